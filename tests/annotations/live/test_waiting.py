"""Clients of the change feed that wait for what comes, against the application as it is served."""

import http.client
import json
import socket
import threading
import time
from contextlib import ExitStack, contextmanager
from urllib.parse import urlencode, urlsplit

import pytest
from django.db import connection

from annotations.actions import withdraw_annotation
from annotations.actions.claims import withdraw_claim
from annotations.live import subscriptions, waiting
from annotations.live.gate import AT_ONCE, with_gate
from annotations.live.waiting import with_waiting
from annotations.models import Claim
from debate.accounts.actions import create_token, revoke_token
from debate.core.handling import Handler
from tests.annotations.api.mirrors import FEED, said
from tests.annotations.live.conftest import post
from tests.browser.server import Watched, serve

pytestmark = pytest.mark.django_db(transaction=True)

PATIENCE = 60


@contextmanager
def served():
    """The application on a free port, with the layers that let clients wait."""
    watched = Watched(with_waiting(with_gate(Handler())))
    with serve(watched) as url:
        yield url
    watched.wait_until_idle()


@pytest.fixture
def site(assignment):
    """Addresses are asked of it; what is open at the end is cut."""
    with served() as url, ExitStack() as stack:
        yield Site(url, stack)


class Site:
    def __init__(self, url, stack):
        self._place, self._stack = urlsplit(url), stack

    @property
    def address(self):
        return self._place.hostname, self._place.port

    def client(self, user):
        return Client(self._place, self._stack, user)


class Client:
    """A program with a token of its person's."""

    def __init__(self, place, stack, user):
        self._place, self._stack = place, stack
        self.token, secret = create_token(actor=user, name="waits", scopes=["read"])
        self._headers = {"Authorization": f"Bearer {secret}"}

    def open(self, path, headers=(), **query):
        """The answer's beginning, on a connection that is closed at the end."""
        asking = http.client.HTTPConnection(
            self._place.hostname, self._place.port, timeout=PATIENCE
        )
        self._stack.callback(asking.close)
        asking.request("GET", f"{path}?{urlencode(query)}", headers=self._headers | dict(headers))
        return asking, asking.getresponse()

    def get(self, path=FEED, **query):
        asking, answer = self.open(path, **query)
        try:
            return answer.status, json.loads(answer.read())
        finally:
            asking.close()

    def begin(self):
        status, page = self.get()
        assert (status, page["more"]) == (200, False)
        return page["cursor"]

    def listen(self, **given):
        return Stream(self, **given)


class Stream(threading.Thread):
    """The events of a stream as they come, on a thread of their own."""

    def __init__(self, client, **given):
        super().__init__(daemon=True)
        asks = {"Accept": "text/event-stream", "Accept-Encoding": "gzip"} | given.pop("headers", {})
        self.asking, self.answer = client.open(f"{FEED}stream/", asks, **given)
        self.events, self._changed, self.has_ended = [], threading.Condition(), False
        client._stack.callback(self.cut)
        self.start()

    def run(self):
        event = {}
        try:
            for line in self.answer:
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name:
                    event[name] = value
                    continue
                with self._changed:
                    self.events.append(event)
                    self._changed.notify_all()
                event = {}
        except (OSError, http.client.HTTPException, AttributeError, ValueError):
            pass  # it was cut
        with self._changed:
            self.has_ended = True
            self._changed.notify_all()

    @property
    def changes(self):
        return [json.loads(one["data"]) for one in self.events if one.get("event") == "change"]

    @property
    def last_id(self):
        return next(one["id"] for one in reversed(self.events) if "id" in one)

    def wait(self, told):
        with self._changed:
            assert self._changed.wait_for(lambda: told(self), PATIENCE), self.events
        return self

    def cut(self):
        if self.asking.sock:
            self.asking.sock.shutdown(2)
        self.join(PATIENCE)
        self.asking.close()


class Asked(threading.Thread):
    """A question that waits for its answer."""

    def __init__(self, client, **query):
        super().__init__(daemon=True)
        self.client, self.query, self.answer = client, query, None
        self.start()

    def run(self):
        self.answer = self.client.get(**self.query)

    def told(self):
        self.join(PATIENCE)
        status, page = self.answer
        assert status == 200, page
        return page


def waiting_now():
    """How many wait in the processes of this test."""
    return sum(len(hub._watchers) for hub in list(subscriptions._hubs.values()))


def until(holds):
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_question_waits_and_is_answered_with_what_comes(site, assignment, student, classmate):
    client = site.client(student)
    asked = Asked(client, since=client.begin(), wait="25")
    until(lambda: waiting_now() == 1)

    note = post(assignment, classmate)

    page = asked.told()
    assert said(page["results"]) == [("create", "annotation", str(note.pk))]
    assert client.get(since=page["cursor"])[1]["results"] == []


def test_question_is_answered_with_a_claim_that_was_known_beside_a_note_and_goes(
    site, assignment, student, classmate, instructor
):
    post(assignment, classmate, kind="counterargument")
    claim = Claim.objects.get(status="implied")
    client = site.client(student)
    asked = Asked(client, since=client.begin(), wait="25")
    until(lambda: waiting_now() == 1)

    withdraw_claim(actor=instructor, claim_id=claim.pk)

    assert ("withdraw", "claim", str(claim.pk)) in said(asked.told()["results"])


def test_question_is_not_answered_for_what_does_not_concern_its_reader(
    site, assignment, student, classmate
):
    client = site.client(student)
    begun = client.begin()
    asked = Asked(client, since=begun, wait="5")
    until(lambda: waiting_now() == 1)
    before = time.monotonic()

    post(assignment, classmate, audience="private")

    page = asked.told()
    assert (page["results"], page["more"]) == ([], False)
    assert time.monotonic() - before > 0.5
    assert client.get(since=page["cursor"])[1]["results"] == []


def test_question_that_has_an_answer_does_not_wait(site, assignment, student, classmate):
    client = site.client(student)
    begun = client.begin()
    note = post(assignment, classmate)

    status, page = client.get(since=begun, wait="25")

    assert (status, said(page["results"])) == (200, [("create", "annotation", str(note.pk))])


def test_questions_that_wait_hold_no_connection_of_the_database(
    site, assignment, student, classmate
):
    before = connections_but_the_listener()
    client = site.client(student)
    begun = client.begin()
    asked = [Asked(client, since=begun, wait="25") for _ in range(6)]
    until(lambda: waiting_now() == 6)
    until(lambda: connections_but_the_listener() <= before)

    post(assignment, classmate)

    assert [len(one.told()["results"]) for one in asked] == [1] * 6


def connections_but_the_listener():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
            " AND pid <> pg_backend_pid() AND application_name <> 'counterpoint listener'"
            " AND backend_type = 'client backend'"
        )
        return {pid for (pid,) in cursor.fetchall()}


def test_clients_who_never_send_their_body_keep_nobody_waiting(site, assignment, student):
    client = site.client(student)
    request = f"GET {FEED} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n"
    with ExitStack() as idle:
        for _ in range(AT_ONCE):
            one = idle.enter_context(socket.create_connection(site.address, timeout=PATIENCE))
            one.sendall(request.encode())
            # Answered though its body never comes: it holds no place any more.
            assert one.recv(12) == b"HTTP/1.1 200"

        assert client.get()[0] == 200


def test_question_that_is_refused_is_refused_at_once(site, assignment, student):
    client = site.client(student)

    status, problem = client.get(since="x", wait="25")

    assert (status, problem["code"]) == (400, "invalid")


def test_crowd_that_is_too_large_is_answered_at_once(site, assignment, student, monkeypatch):
    monkeypatch.setattr(subscriptions, "WATCHERS_A_PERSON", 0)
    client = site.client(student)

    status, page = client.get(since=client.begin(), wait="25")

    assert (status, page["results"]) == (200, [])
    assert client.open(f"{FEED}stream/")[1].status == 429


def test_stream_too_many_is_refused_under_the_headers_of_every_answer(
    site, assignment, student, settings, monkeypatch
):
    settings.API_RATES = {"read": (1_000, 3_600)}
    monkeypatch.setattr(subscriptions, "WATCHERS_A_PERSON", 0)
    client = site.client(student)
    asks = {"Origin": "https://elsewhere.example"}

    page = client.open(FEED, asks)[1]
    page.read()
    refused = client.open(f"{FEED}stream/", asks)[1]
    told = json.loads(refused.read())

    assert (refused.status, told["code"]) == (429, "too_many_streams")
    assert refused.headers.get_all("Content-Type") == ["application/problem+json"]
    assert refused.headers["Retry-After"]
    same = ["Access-Control-Allow-Origin", "Cache-Control", "RateLimit-Policy", "Vary"]
    assert {name: refused.headers[name] for name in same} == {
        name: page.headers[name] for name in same
    }
    assert None not in {refused.headers[name] for name in [*same, "RateLimit"]}


def test_stream_tells_the_full_state_and_then_each_change(site, assignment, student, classmate):
    first = post(assignment, classmate)
    stream = site.client(student).listen()
    stream.wait(lambda one: len(one.changes) == 2)
    until(lambda: waiting_now() == 1)

    note = post(assignment, classmate)
    stream.wait(lambda one: len(one.changes) == 3)
    withdraw_annotation(actor=classmate, annotation_id=note.pk)
    stream.wait(lambda one: len(one.changes) == 4)

    assert said(stream.changes) == [
        ("create", "assignment", str(assignment.pk)),
        ("create", "annotation", str(first.pk)),
        ("create", "annotation", str(note.pk)),
        ("withdraw", "annotation", str(note.pk)),
    ]
    assert [one["id"] for one in stream.events if one.get("event") == "change"] == [
        item["cursor"] for item in stream.changes
    ]
    headers = stream.answer.headers
    assert headers["Content-Type"] == "text/event-stream; charset=utf-8"
    assert (headers["Content-Encoding"], headers["Cache-Control"]) == ("identity", "no-store")


def test_stream_goes_on_after_the_last_event(site, assignment, student, classmate):
    client = site.client(student)
    stream = client.listen().wait(lambda one: one.changes)
    stream.cut()
    note = post(assignment, classmate)

    again = client.listen(headers={"Last-Event-ID": stream.last_id})
    again.wait(lambda one: one.changes)

    assert said(again.changes) == [("create", "annotation", str(note.pk))]


def test_stream_ends_for_who_may_no_longer_ask(site, assignment, student, classmate, monkeypatch):
    monkeypatch.setattr(waiting, "BEAT", 0.3)
    client = site.client(student)
    stream = client.listen().wait(lambda one: one.changes)
    revoke_token(actor=student, token_id=client.token.pk)

    stream.wait(lambda one: one.has_ended)

    [end] = [one for one in stream.events if one.get("event") == "end"]
    assert json.loads(end["data"])["status"] == 401


@pytest.mark.parametrize(
    ("query", "named"), [({"limit": 2}, "limit"), ({"wait": 3}, "wait"), ({"x": ""}, "x")]
)
def test_stream_refuses_parameters_that_are_not_its_own(site, assignment, student, query, named):
    _, answer = site.client(student).open(f"{FEED}stream/", **query)

    assert answer.status == 400
    problem = json.loads(answer.read())
    assert [one["parameter"] for one in problem["errors"]] == [named]


def test_stream_without_a_valid_token_is_refused_as_any_request(site, assignment, student):
    client = site.client(student)
    revoke_token(actor=student, token_id=client.token.pk)

    _, answer = client.open(f"{FEED}stream/")

    assert answer.status == 401
    assert answer.headers["Content-Type"] == "application/problem+json"
