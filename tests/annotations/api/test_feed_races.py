"""The change feed while many write: nothing missed, nothing doubled, in order, nothing of others."""

import http.client
import json
import random
import threading
import time
from collections import Counter
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import Error, connection, connections, transaction
from rest_framework.test import APIClient

from annotations.models import Annotation, Change
from debate.accounts.actions import create_token
from debate.seminars.enums import Role
from tests.annotations.api.mirrors import Mirror, full
from tests.annotations.live.conftest import post
from tests.annotations.live.workers import Workers
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of
from tests.factories.seminars import GroupFactory, MembershipFactory

pytestmark = pytest.mark.django_db(transaction=True)

AUDIENCES = ["seminar", "seminar", "group", "staff", "private"]
WRITERS = 8


@pytest.fixture
def scene(seminar, other_seminar):
    """Three assignments of a seminar and one of another; eight writers, some of whom read."""
    essays = [essay_of("One.", "Two.", "Three.", seminar=seminar) for _ in range(3)]
    elsewhere = essay_of("One.", "Two.", "Three.", seminar=other_seminar)
    assignments = [assignment_of(one, slug=f"a{n}") for n, one in enumerate([*essays, elsewhere])]
    people = [
        MembershipFactory(seminar=seminar, role=role).user
        for role in [Role.INSTRUCTOR, *[Role.STUDENT] * (WRITERS - 1)]
    ]
    for one in people:
        MembershipFactory(seminar=other_seminar, user=one, role=Role.STUDENT)
    for half in range(2):
        GroupFactory(seminar=seminar, members=people[1 + half :: 2])
    observer = MembershipFactory(seminar=seminar, role=Role.OBSERVER).user
    return assignments, people, [people[0], people[1], people[2], observer]


def secret_of(user):
    _, secret = create_token(actor=user, name="feed", scopes=["read"])
    return secret


def client_of(user):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {secret_of(user)}")
    return client


def patiently(act):
    """Do it, again where the connection of the database was cut."""
    while True:
        try:
            return act()
        except Error:
            connection.close()


def write(assignments, author, seed, posts, pause):
    """Some notes by chance, on a connection of its own."""
    chance = random.Random(seed)

    def once():
        assignment, audience = chance.choice(assignments), chance.choice(AUDIENCES)
        group = author.reading_groups.filter(seminar=assignment.seminar_id).first()
        if audience == "group" and group:
            post(assignment, author, number=2, audience=audience, group_id=group.pk)
        else:
            audience = "seminar" if audience == "group" else audience
            post(assignment, author, number=2, audience=audience)

    try:
        for _ in range(posts):
            patiently(once)
            time.sleep(chance.uniform(0, pause))
    finally:
        connection.close()


def hold(assignment, author, *, written, let):
    """A note whose transaction stays open until it is let; it commits late, with early lines."""
    try:
        with transaction.atomic():
            post(assignment, author)
            written.set()
            let.wait()
    finally:
        written.set()
        connection.close()


def follow(mirror, *, over):
    """Pull until the writing is over, and once more."""
    try:
        while True:
            last = over.is_set()
            patiently(lambda: mirror.pull(limit=7))
            if last:
                return
    finally:
        connection.close()


def cut_connections():
    """End all connections of the database but this one, as a restart of it does."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
            " AND state <> 'idle in transaction'"
        )


def expect_all_told_once_and_in_order(mirror, reader, seminar):
    """The client was told of each note that its reader may see, once, and in each assignment in order."""
    visible = Annotation.objects.visible_to(reader).filter(assignment__seminar=seminar)
    seen = {str(pk) for pk in visible.values_list("pk", flat=True)}
    told = [item for item in mirror.told if item["type"] == "annotation"]
    assert {item["op"] for item in told} == {"create"}
    assert Counter(item["id"] for item in told) == dict.fromkeys(seen, 1)
    places = {
        str(pk): (assignment, counter)
        for pk, assignment, counter in Change.objects.values_list(
            "object_id", "assignment_id", "counter"
        )
    }
    by_assignment = {}
    for item in told:
        assignment, counter = places[item["id"]]
        by_assignment.setdefault(assignment, []).append(counter)
    assert all(some == sorted(some) for some in by_assignment.values())


def test_feed_misses_doubles_and_mixes_nothing_under_writers_and_a_late_commit(scene, seminar):
    assignments, people, readers = scene
    held, *others = assignments
    query = {"seminar": str(seminar.pk)}
    mirrors = [Mirror(client_of(one), query=query) for one in readers]
    for one in mirrors:
        one.pull()
        one.told.clear()
    written, let, over = threading.Event(), threading.Event(), threading.Event()
    holding = threading.Thread(
        target=hold, args=[held, people[1]], kwargs={"written": written, "let": let}
    )
    writing = [
        threading.Thread(target=write, args=[others, one, n, 4, 0.05])
        for n, one in enumerate(people)
    ]
    following = [
        threading.Thread(target=follow, args=[one], kwargs={"over": over}) for one in mirrors
    ]

    for one in [holding, *following, *writing]:
        one.start()
    written.wait()  # else its connection would be cut as well
    for _ in range(2):
        time.sleep(0.5)
        cut_connections()
    for one in writing:
        one.join()
    let.set()
    holding.join()
    over.set()
    for one in following:
        one.join()

    assert Change.objects.filter(assignment=held).count() == 1
    for mirror, reader in zip(mirrors, readers, strict=True):
        expect_all_told_once_and_in_order(mirror, reader, seminar)
        assert mirror.objects == full(client_of(reader), **query)
        assert mirror.resets == []


class Remote:
    """A client of a served site; it asks again where the server or its database was killed."""

    def __init__(self, url, user):
        self._place, self._secret = urlsplit(url), secret_of(user)

    def get(self, path, query):
        while True:
            asking = http.client.HTTPConnection(self._place.hostname, self._place.port, timeout=60)
            try:
                headers = {"Authorization": f"Bearer {self._secret}"}
                asking.request("GET", f"{path}?{urlencode(query)}", headers=headers)
                answer = asking.getresponse()
                fetched = Fetched(answer.status, answer.read())
                if fetched.status_code < 500:  # else its database was cut
                    return fetched
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            finally:
                asking.close()


class Fetched:
    def __init__(self, status_code, content):
        self.status_code, self.content = status_code, content

    def json(self):
        return json.loads(self.content)


@pytest.mark.soak
def test_feed_misses_nothing_in_a_minute_with_a_late_commit_and_two_killed_servers(scene, seminar):
    assignments, people, readers = scene
    held, *others = assignments
    workers = Workers(2)
    written, let, over = threading.Event(), threading.Event(), threading.Event()
    try:
        query = {"seminar": str(seminar.pk), "wait": "2"}
        mirrors = [Mirror(Remote(workers.url, one), query=query) for one in readers]
        for one in mirrors:
            one.pull()
            one.told.clear()
        holding = threading.Thread(
            target=hold, args=[held, people[1]], kwargs={"written": written, "let": let}
        )
        writing = [
            threading.Thread(target=write, args=[others, one, n, 60, 1.5])
            for n, one in enumerate(people)
        ]
        following = [
            threading.Thread(target=follow, args=[one], kwargs={"over": over}) for one in mirrors
        ]
        for one in [holding, *following, *writing]:
            one.start()
        written.wait()  # else its connection would be cut as well
        for _ in range(2):
            time.sleep(15)
            workers.kill_one()
            cut_connections()
        for one in writing:
            one.join()
        let.set()
        holding.join()
        over.set()
        for one in following:
            one.join()
    finally:
        let.set()
        over.set()
        workers.end()
        connections.close_all()

    for mirror, reader in zip(mirrors, readers, strict=True):
        expect_all_told_once_and_in_order(mirror, reader, seminar)
        here = {"seminar": str(seminar.pk)}
        assert mirror.objects.keys() == full(client_of(reader), **here).keys()
