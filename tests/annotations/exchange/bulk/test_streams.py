"""An export on its way: under either kind of server, taken whole, half, or not at all."""

import asyncio
import contextlib
import http.client
import json
import socket
import socketserver
import threading
import time
import tracemalloc
from wsgiref import simple_server

import pytest
import uvicorn
from django.core.handlers.asgi import ASGIHandler
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.urls import reverse

from annotations.exchange.bulk import streams
from annotations.exchange.bulk.snapshot import Snapshot
from annotations.exchange.bulk.streams import AsyncFlow, BrokenOff, Flow
from annotations.models import Annotation
from debate.accounts.actions import create_token
from debate.core.handling import Handler
from debate.core.models import uuid7
from tests.factories.annotations import AnnotationFactory

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 20_000
FEWER = 6_000


class Quiet(simple_server.WSGIRequestHandler):
    def log_message(self, *_):
        """Tests read what they are told."""


class Threads(socketserver.ThreadingMixIn, simple_server.WSGIServer):
    daemon_threads = True


@contextlib.contextmanager
def under_wsgi():
    server = simple_server.make_server("127.0.0.1", 0, WSGIHandler(), Threads, Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def under_asgi(handler=ASGIHandler):
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(handler(), lifespan="off", log_config=None, timeout_graceful_shutdown=1)
    )
    server.install_signal_handlers = lambda: None
    thread = threading.Thread(
        target=lambda: asyncio.run(server.serve(sockets=[listening])), daemon=True
    )
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield listening.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listening.close()


@pytest.fixture(params=[under_wsgi, under_asgi], ids=["wsgi", "asgi"])
def port(request, settings):
    settings.ALLOWED_HOSTS = ["*"]
    with request.param() as found:
        yield found


@pytest.fixture
def many(assignment, student):
    """`many(count)`: that many annotations of 600 characters, more than buffers hold."""

    def make(count):
        first = AnnotationFactory(assignment=assignment, author=student, body="x" * 600)
        names = [field.column for field in Annotation._meta.concrete_fields if field.name != "id"]
        columns = ", ".join(names)
        with connection.cursor() as cursor:
            cursor.execute(
                f"INSERT INTO annotations_annotation (id, {columns}) SELECT gen_random_uuid(),"  # noqa: S608 - of its own
                f" {columns} FROM annotations_annotation, generate_series(2, %s) WHERE id = %s",
                [count, first.pk],
            )
        return assignment

    return make


def asked(port, assignment, user):
    _, secret = create_token(actor=user, name="tests", scopes=["read"])
    link = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    address = reverse("api:export", args=[assignment.pk])
    link.request("GET", f"{address}?format=ndjson", headers={"Authorization": f"Bearer {secret}"})
    return link, link.getresponse()


def test_export_needs_no_more_memory_than_a_few_pieces(port, many, student):
    link, answer = asked(port, many(MANY), student)
    assert answer.status == 200
    size, last = 0, b""
    tracemalloc.start()
    try:
        while block := answer.read(65_536):
            size += len(block)
            last = (last + block)[-400:]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
        link.close()

    end = json.loads(last.splitlines()[-1])
    assert (end["end"], end["count"]) == (True, MANY)
    assert size > MANY * 1_000
    assert peak < 4_000_000


def test_export_that_is_cut_off_frees_connection_and_room(port, many, student, others):
    assignment = many(FEWER)
    for _ in range(5):
        link, answer = asked(port, assignment, student)
        assert (answer.status, len(answer.read(1_000))) == (200, 1_000)
        answer.close()
        link.close()
        assert others() == 0


def test_export_that_nobody_takes_is_given_up(monkeypatch, many, student, others):
    monkeypatch.setattr(streams, "LOOK", 0.1)
    many(200)
    snapshot = Snapshot(student.pk)
    flow = Flow(
        (
            piece
            for _, piece in snapshot.pieces(
                *Annotation.objects.values("body").query.sql_with_params()
            )
        ),
        snapshot,
    )
    next(flow)
    monkeypatch.setattr(streams, "STALL", 0.2)

    assert others() == 0
    with pytest.raises(BrokenOff):
        next(flow)


def test_export_of_which_nothing_is_read_is_given_up_while_its_connection_stands(
    monkeypatch, settings, many, student, others
):
    settings.ALLOWED_HOSTS = ["*"]
    monkeypatch.setattr(streams, "LOOK", 0.1)
    monkeypatch.setattr(streams, "STALL", 0.5)
    with under_asgi(Handler) as port:
        link, answer = asked(port, many(MANY), student)

        assert others() == 0
        with pytest.raises(http.client.IncompleteRead):
            answer.read()
        link.close()


def test_flow_ends_and_may_be_closed_at_any_time(student):
    def flow(pieces):
        return Flow((one for one in pieces), Snapshot(uuid7()))

    whole, half, none = flow([b"a", b"b"]), flow([b"a", b"b"]), flow([b"a"])
    none.close()

    assert list(whole) == [b"a", b"b"]
    assert next(half) == b"a"
    half.close()
    half.close()
    whole.close()
    assert (list(half), list(none)) == ([], [])


async def taken(*pieces):
    return [piece async for piece in AsyncFlow(Flow((one for one in pieces), Snapshot(None)))]


def test_flow_for_a_server_that_must_not_wait_gives_the_same(student):
    many = [b"x" * (streams.TOGETHER // 2)] * 5

    assert asyncio.run(taken()) == []
    assert asyncio.run(taken(b"a")) == [b"a"]
    assert asyncio.run(taken(b"a", b"b", b"c")) == [b"a", b"bc"]
    assert [len(one) // len(many[0]) for one in asyncio.run(taken(*many))] == [1, 2, 2]


def test_piece_that_cannot_be_made_frees_the_snapshot(student, others):
    def broken():
        yield b"a"
        raise ValueError("No more.")

    flow = Flow(broken(), Snapshot(student.pk))
    next(flow)

    with pytest.raises(ValueError, match=r"No more\."):
        next(flow)
    assert others() == 0
