"""Open streams against the application as it is served."""

import threading
import time
from contextlib import ExitStack, contextmanager

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.models import Session
from django.db import connection
from django.urls import reverse

from annotations.actions import withdraw_annotation
from annotations.live import subscriptions
from annotations.models import Presence
from debate.seminars.actions.people import remove_member
from tests.annotations.live.conftest import cursor_of, post
from tests.annotations.live.server import PATIENCE, Ear, cookie_of, fetch, served

pytestmark = pytest.mark.django_db(transaction=True)


class Site:
    """The application served, and the pages that listen to it."""

    def __init__(self, url, assignment, stack):
        self.url, self.stack = url, stack
        place = [assignment.seminar.slug, assignment.slug]
        self.stream = reverse("live:stream", args=place)
        self.changes = reverse("live:changes", args=place)

    def listen(self, user, cookie=None):
        """A page of the person's that listens, once it hears of what others do."""
        one = Ear(self.url, self.stream, cookie or cookie_of(user))
        self.stack.callback(one.cut)
        if one.response.status == 200:
            one.heard("change")
        return one

    def ask(self, user, cursor, cookie=None):
        return fetch(self.url, f"{self.changes}?after={cursor}", cookie or cookie_of(user))


@contextmanager
def site_of(assignment):
    with served() as url, ExitStack() as stack:
        yield Site(url, assignment, stack)


@pytest.fixture
def site(assignment):
    with site_of(assignment) as site:
        yield site


def test_stream_says_that_something_changed_and_never_what(site, assignment, student, classmate):
    ear = site.listen(classmate)
    cursor = cursor_of(classmate, assignment)
    before = ear.events.count("change")

    one = post(assignment, student)
    ear.heard("change", before + 1)
    status, told = site.ask(classmate, cursor)

    assert (status, [one["id"] for one in told["arrivals"]]) == (200, [str(one.pk)])
    headers = ear.response.headers
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert (headers["Content-Encoding"], headers["Cache-Control"]) == ("identity", "no-store")
    assert set(ear.events) <= {"change", "presence"}
    assert ear.retries
    assert all(1_000 <= one <= 3_000 for one in ear.retries)


def test_stream_wakes_nobody_whom_it_does_not_concern(
    site, assignment, student, classmate, instructor
):
    ear, of_staff = site.listen(classmate), site.listen(instructor)
    before, of_staff_before = ear.events.count("change"), of_staff.events.count("change")

    post(assignment, student, audience="staff")
    of_staff.heard("change", of_staff_before + 1)
    of_both = post(assignment, student)
    ear.heard("change", before + 1)

    assert ear.events.count("change") == before + 1
    withdraw_annotation(actor=student, annotation_id=of_both.pk)
    ear.heard("change", before + 2)


def test_stream_holds_no_connection_to_the_database(site, assignment, student):
    def others():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND application_name <> 'counterpoint listener'"
                " AND backend_type = 'client backend'"
            )
            return {pid for (pid,) in cursor.fetchall()}

    before = others()
    for _ in range(3):
        site.listen(student)

    # Requests just answered may still be letting go of theirs.
    deadline = time.monotonic() + PATIENCE
    while left := others() - before:
        assert time.monotonic() < deadline, left
        time.sleep(0.02)


def test_stream_ends_soon_after_its_reader_was_removed(
    site, assignment, student, classmate, instructor
):
    ear, other = site.listen(student), site.listen(classmate)
    membership = student.memberships.get()

    removed_at = time.monotonic()
    remove_member(actor=instructor, membership_id=membership.pk)
    ear.end()

    assert ear.events[-1] == "gone"
    assert time.monotonic() - removed_at < 20
    assert subscriptions.LOOK <= 5
    assert not other.has_ended
    assert site.listen(student).response.status == 404


def test_stream_ends_with_its_session(site, student):
    ear = site.listen(student)

    Session.objects.all().delete()
    ear.end()

    assert ear.events[-1] == "gone"


def test_stream_says_that_something_changed_when_the_rules_do(site, assignment, student):
    ear = site.listen(student)
    cursor = cursor_of(student, assignment)
    before = ear.events.count("change")

    assignment.rounds.update(mode="blind")
    ear.heard("change", before + 1)

    status, told = site.ask(student, cursor)
    assert (status, told["code"], told["reload"]) == (410, "view_changed", True)


def test_stream_of_a_visitor_hears_of_public_notes(assignment, student):
    assignment.seminar.allows_public = True
    assignment.seminar.save()
    assignment.essay.is_public = True
    assignment.essay.save()
    with site_of(assignment) as site:
        ear = site.listen(AnonymousUser())
        before = ear.events.count("change")

        post(assignment, student, audience="public")
        ear.heard("change", before + 1)

        assert not Presence.objects.exists()


def test_too_many_streams_of_one_person_end_the_oldest(site, student, classmate, monkeypatch):
    monkeypatch.setattr(subscriptions, "STREAMS_A_PERSON", 3)
    others = site.listen(classmate)

    ears = [site.listen(student) for _ in range(5)]
    for one in ears[:2]:
        one.end()

    assert [one.has_ended for one in ears] == [True, True, False, False, False]
    assert not others.has_ended
    assert "gone" not in ears[0].events
    assert 45_000 <= ears[0].retries[-1] <= 75_000


def test_too_many_streams_of_a_process_are_refused(site, student, classmate, monkeypatch):
    monkeypatch.setattr(subscriptions, "STREAMS_A_PROCESS", 1)
    site.listen(student)

    response = site.listen(classmate).response

    assert (response.status, response.headers["Retry-After"]) == (429, "60")


def test_streams_end_with_the_server_and_come_back_spread(assignment, student, classmate):
    with site_of(assignment) as site:
        ears = [site.listen(one) for one in (student, classmate)]

    for one in ears:
        one.end()
        assert 500 <= one.retries[-1] <= 6_000
        assert "gone" not in one.events


def test_presence_of_a_reader_is_told_to_the_others(site, assignment, student, classmate):
    ear = site.listen(classmate)

    site.listen(student)
    ear.heard("presence")

    _, told = site.ask(classmate, cursor_of(classmate, assignment))
    assert told["reading"]["people"] == [
        {"name": student.display_name, "initials": "S", "paragraph": None}
    ]


def test_presence_of_whoever_goes_is_let_go(site, assignment, student, classmate):
    site.listen(classmate)
    site.listen(student).cut()
    row = Presence.objects.get(user=student)
    came = row.seen_at

    deadline = time.monotonic() + PATIENCE
    while Presence.objects.get(user=student).seen_at == came:
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_stream_comes_back_after_its_listening_connection_was_cut(
    site, assignment, student, classmate
):
    ear = site.listen(classmate)
    before = ear.events.count("change")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'counterpoint listener' AND datname = current_database()"
        )

    ear.heard("change", before + 1)  # something may have been missed
    cursor = cursor_of(classmate, assignment)
    post(assignment, student)
    ear.heard("change", before + 2)

    assert len(site.ask(classmate, cursor)[1]["arrivals"]) == 1


def test_two_processes_hear_of_each_other(assignment, student, classmate):
    """Two servers of one database, as two web processes are: each has its own hub and connection."""
    with site_of(assignment) as one, site_of(assignment) as other:
        ears = [one.listen(classmate), other.listen(classmate)]
        before = [ear.events.count("change") for ear in ears]

        post(assignment, student)

        for ear, count in zip(ears, before, strict=True):
            ear.heard("change", count + 1)


def test_requests_are_answered_beside_many_streams_of_one_person(
    site, assignment, student, classmate
):
    cookie = cookie_of(student)
    ears = [site.listen(student, cookie) for _ in range(7)]
    cursor = cursor_of(student, assignment)

    answers = []
    asking = [
        threading.Thread(target=lambda: answers.append(site.ask(student, cursor, cookie)[0]))
        for _ in range(6)
    ]
    post(assignment, classmate)
    for one in asking:
        one.start()
    for one in asking:
        one.join(PATIENCE)

    assert answers == [200] * 6
    assert not any(one.has_ended for one in ears)
