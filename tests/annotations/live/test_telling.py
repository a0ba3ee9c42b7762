"""The telling of many at once: who is told of a line, by which rules, and what that asks the database."""

import asyncio
import logging
from uuid import UUID

import orjson
import pytest
from django.contrib.sessions.models import Session
from django.db import connections
from django.db.backends.signals import connection_created

from annotations.actions.changes import _TOLD, CHANNEL
from annotations.actions.claims import withdraw_claim
from annotations.live import subscriptions
from annotations.live.stream import events
from annotations.live.subscriptions import CHANGE, GONE, Hub, Subscription
from annotations.models import Change, Claim
from annotations.queries.view_keys import view_of
from debate.accounts.models import User
from debate.seminars.actions.people import remove_member
from debate.seminars.enums import Role
from tests.annotations.live.conftest import fresh, post
from tests.annotations.live.server import cookie_of
from tests.factories.seminars import MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60


@pytest.fixture(autouse=True)
def _short_pause(monkeypatch):
    monkeypatch.setattr(subscriptions, "PAUSE", 0.02)


@pytest.fixture
def statements():
    """What is asked from now on by other threads, each of which opens a connection for it."""
    asked = []

    def keep(execute, sql, params, many, context):
        asked.append(sql)
        return execute(sql, params, many, context)

    def opened(connection, **_):
        if keep not in connection.execute_wrappers:
            connection.execute_wrappers.append(keep)

    connection_created.connect(opened)
    yield asked
    connection_created.disconnect(opened)


class Room:
    """A hub in which people listen to an assignment, and hear only what they are told here."""

    def __init__(self, assignment, *people):
        self.hub = Hub()
        self.assignment = assignment
        self.ones = {}
        for user in people:
            self.let_in(user)

    def let_in(self, user, **given):
        key = cookie_of(user)["Cookie"].partition("=")[2] if user.pk else None
        one = Subscription(view_of(user, fresh(self.assignment)), key, user.pk, **given)
        self.hub._all[one] = None
        self.hub._by_assignment.setdefault(self.assignment.pk, {})[one] = None
        self.ones[user] = one
        return one

    def hear(self, *lines):
        """Hear of those lines of the change feed, as they come from the database."""
        for line in lines:
            told = {"assignment": line.assignment_id, "id": line.object_id} | {
                name: getattr(line, name) for name in _TOLD
            }
            self.hub.heard(CHANNEL, orjson.loads(orjson.dumps(told)))

    async def quiet(self):
        """Until all was told."""
        async with asyncio.timeout(PATIENCE):
            while self.hub._telling:
                await asyncio.wait(self.hub._telling.values())

    async def told(self, *lines):
        """What each is told of those lines."""
        self.hear(*lines)
        await self.quiet()
        return {user: one.taken() for user, one in self.ones.items()}


def line_of_post(assignment, author, **given):
    post(assignment, author, **given)
    return Change.objects.filter(assignment=assignment).last()


def students(seminar, count):
    return [MembershipFactory(seminar=seminar, role=Role.STUDENT).user for _ in range(count)]


def test_telling_asks_as_often_for_many_as_for_one(assignment, seminar, student, statements):
    line = line_of_post(assignment, student)
    counts = {}
    for number in (1, 12):
        room = Room(assignment, *students(seminar, number))

        async def scene(room=room):
            first = await room.told(line)
            after_first = len(statements)
            second = await room.told(line)
            return first, second, after_first

        statements.clear()
        first, second, after_first = asyncio.run(scene())
        assert list(first.values()) == list(second.values()) == [[CHANGE]] * number
        counts[number] = (after_first, len(statements) - after_first)

    # Once it was decided what they hear, one statement says that it still holds.
    assert counts[1] == counts[12]
    assert counts[12][1] == 1


def test_telling_decides_once_for_all_who_read_alike(assignment, seminar, student, instructor):
    room = Room(assignment, student, instructor, *students(seminar, 5))

    alike = {one.alike for one in room.ones.values()}

    assert len(alike) == 2


def test_telling_tells_each_view_its_own(
    assignment, student, classmate, observer, instructor, group
):
    lines = {
        "seminar": line_of_post(assignment, student),
        "group": line_of_post(assignment, student, audience="group", group_id=group.pk),
        "staff": line_of_post(assignment, student, audience="staff"),
        "private": line_of_post(assignment, student, audience="private"),
    }
    room = Room(assignment, student, classmate, observer, instructor)

    async def scene():
        return {name: await room.told(line) for name, line in lines.items()}

    told = asyncio.run(scene())

    heard = {
        name: {who for who, what in one.items() if what == [CHANGE]} for name, one in told.items()
    }
    assert heard == {
        "seminar": {student, classmate, observer, instructor},
        "group": {student, instructor},
        "staff": {student, instructor},
        "private": {student},
    }
    assert {what for one in told.values() for all_ in one.values() for what in all_} == {CHANGE}


def _removed(user, instructor):
    remove_member(actor=instructor, membership_id=user.memberships.get().pk)


def _signed_out(user, _instructor):
    for one in Session.objects.all():
        if one.get_decoded()["_auth_user_id"] == str(user.pk):
            one.delete()


def _switched_off(user, _instructor):
    User.objects.filter(pk=user.pk).update(is_active=False)


@pytest.mark.parametrize("lost", [_removed, _signed_out, _switched_off])
def test_telling_ends_who_may_no_longer_listen(assignment, student, classmate, instructor, lost):
    room = Room(assignment, student, classmate)
    before, after = (line_of_post(assignment, instructor) for _ in range(2))

    async def scene():
        first = await room.told(before)
        await asyncio.to_thread(_in_thread, lost, student, instructor)
        second = await room.told(after)
        third = await room.told(after)
        return first, second, third

    first, second, third = asyncio.run(scene())

    assert first == {student: [CHANGE], classmate: [CHANGE]}
    assert second == {student: [GONE], classmate: [CHANGE]}
    assert third == {student: [], classmate: [CHANGE]}
    assert [room.ones[one].has_ended for one in (student, classmate)] == [True, False]


def _in_thread(act, *given):
    try:
        act(*given)
    finally:
        connections.close_all()


def test_telling_goes_by_the_rules_of_now(assignment, student, classmate, group):
    """Who joined the group since the last telling hears of what is said to it."""
    line = line_of_post(assignment, student, audience="group", group_id=group.pk)
    room = Room(assignment, classmate)

    async def scene():
        first = await room.told(line)
        await asyncio.to_thread(_in_thread, group.members.add, classmate)
        return first, await room.told(line), await room.told(line)

    first, second, third = asyncio.run(scene())

    assert (first, second, third) == ({classmate: []}, {classmate: [CHANGE]}, {classmate: [CHANGE]})


def test_telling_in_a_blind_round_looks_at_who_has_posted_enough(assignment, student, classmate):
    assignment.rounds.update(mode="blind", reveals_after=1)
    before = line_of_post(assignment, student)
    room = Room(assignment, classmate)

    async def scene():
        first = await room.told(before)
        await asyncio.to_thread(_in_thread, line_of_post, assignment, classmate)
        return first, await room.told(before), await room.told(before)

    first, second, third = asyncio.run(scene())

    assert (first, second, third) == ({classmate: []}, {classmate: [CHANGE]}, {classmate: [CHANGE]})


class Client:
    """What a server sends to, which takes it or, when it is slow, waits before it does."""

    def __init__(self, error=None):
        self.got = []
        self.is_slow = False
        self.error = error

    async def sending(self, message):
        if self.error:
            raise self.error
        if self.is_slow:
            await asyncio.get_running_loop().create_future()
        self.got.append(message)


def test_line_is_told_once_and_at_once(assignment, student, classmate):
    line = line_of_post(assignment, student)
    room, client = Room(assignment), Client()
    one = room.let_in(classmate, sending=client.sending, is_open=True)

    async def scene():
        return await room.told(line)

    assert asyncio.run(scene()) == {classmate: []}
    part = {"type": "http.response.body", "body": b"event: change\ndata: 0\n\n", "more_body": True}
    assert client.got == [part]
    assert not one.woken.is_set()


def test_lines_of_a_burst_are_told_together(assignment, student, classmate):
    lines = [line_of_post(assignment, student) for _ in range(4)]
    room, client = Room(assignment), Client()
    room.let_in(classmate, sending=client.sending, is_open=True)

    async def scene():
        room.hear(*lines[:2])
        await asyncio.sleep(0)  # the look is under way, and has perhaps not seen what comes now
        room.hear(*lines[2:])
        await room.quiet()

    asyncio.run(scene())

    assert len(client.got) == 2


@pytest.mark.parametrize("error", [None, OSError("gone"), RuntimeError("over")])
def test_client_that_cannot_be_sent_to_is_left_to_the_stream(
    error, assignment, student, classmate, observer
):
    line = line_of_post(assignment, student)
    room, slow, quick = Room(assignment), Client(error), Client()
    slow.is_slow = True
    one = room.let_in(classmate, sending=slow.sending, is_open=True)
    room.let_in(observer, sending=quick.sending, is_open=True)

    async def scene():
        told = events(one, room.hub)
        retry = await anext(told)
        room.hear(line)
        words = await asyncio.wait_for(anext(told), PATIENCE)
        slow.is_slow, slow.error = False, None
        room.hear(line)
        words_again = await asyncio.wait_for(anext(told), PATIENCE)
        await room.quiet()
        await told.aclose()
        return retry[:6], words, words_again

    told = asyncio.run(scene())

    assert told == ("retry:", "event: change\ndata: 0\n\n", "event: change\ndata: 0\n\n")
    assert (slow.got, len(quick.got)) == ([], 2)


def test_stream_that_has_not_begun_is_told_by_its_task(assignment, student, classmate):
    line = line_of_post(assignment, student)
    room, client = Room(assignment), Client()
    room.let_in(classmate, sending=client.sending)

    async def scene():
        return await room.told(line)

    assert asyncio.run(scene()) == {classmate: [CHANGE]}
    assert client.got == []


def test_all_are_told_at_once_and_ask_by_turns(assignment, seminar, student, monkeypatch):
    monkeypatch.setattr(subscriptions, "BURST", 2)
    monkeypatch.setattr(subscriptions, "A_SECOND", 0.01)
    line = line_of_post(assignment, student)
    clients = {one: Client() for one in students(seminar, 4)}
    room = Room(assignment)
    ones = [
        room.let_in(who, sending=client.sending, is_open=True) for who, client in clients.items()
    ]

    async def scene():
        await room.told(line)
        turns = [one.asks_at for one in ones]
        await room.told(line)
        again = [one.asks_at for one in ones]
        ones[3].end(said=GONE)
        return turns, again, ones[3].words

    turns, again, last = asyncio.run(scene())

    # The first two may ask now; of the others each has its turn 100 seconds after the one before,
    # and keeps it when there is more to ask for meanwhile.
    said = [[int(part["body"].split()[-1]) for part in one.got] for one in clients.values()]
    assert [one[0] > 0 for one in said] == [False, False, True, True]
    assert turns[3] - turns[2] == pytest.approx(100)
    assert again[2:] == turns[2:]
    assert [0 < second <= first for first, second in said[2:]] == [True, True]
    assert last == "event: gone\ndata: 0\n\n"


class Warned(logging.Handler):
    """Knows once it was warned of something."""

    def __init__(self):
        super().__init__()
        self.event = asyncio.Event()

    def emit(self, record):
        if record.levelno == logging.WARNING:
            self.event.set()


def test_nobody_is_told_until_the_database_says_whom(assignment, student, classmate, monkeypatch):
    monkeypatch.setattr(subscriptions, "AGAIN", 0.02)
    line = line_of_post(assignment, student)
    room = Room(assignment, classmate)
    given = connections.settings["default"]
    name = given["NAME"]

    async def scene():
        warned = Warned()
        subscriptions.logger.addHandler(warned)
        given["NAME"] = "no_such_database"
        try:
            room.hear(line)
            await asyncio.wait_for(warned.event.wait(), PATIENCE)
            before = room.ones[classmate].taken()
        finally:
            given["NAME"] = name
            subscriptions.logger.removeHandler(warned)
        await room.quiet()
        return before, room.ones[classmate].taken()

    assert asyncio.run(scene()) == ([], [CHANGE])


def test_line_without_an_author_concerns_members_by_what_they_read(assignment, student, classmate):
    line = line_of_post(assignment, student, audience="private")
    line.author_id = None
    room = Room(assignment, classmate)

    async def scene():
        return await room.told(line)

    assert asyncio.run(scene()) == {classmate: []}
    assert room.ones[classmate].shared.user_id == UUID(int=0)


def test_claim_that_nobody_has_marked_is_told_to_those_who_read_a_note_on_it(
    assignment, student, classmate, instructor, group
):
    post(assignment, student, kind="counterargument", audience="group", group_id=group.pk)
    claim = Claim.objects.get(status="implied")
    withdraw_claim(actor=instructor, claim_id=claim.pk)
    line = Change.objects.filter(assignment=assignment, type="claim").last()
    member = MembershipFactory(seminar=assignment.seminar, role=Role.STUDENT).user
    group.members.add(member)
    room = Room(assignment, student, member, classmate, instructor)

    async def scene():
        return await room.told(line)

    assert asyncio.run(scene()) == {
        student: [CHANGE], member: [CHANGE], classmate: [], instructor: [CHANGE],
    }  # fmt: skip
