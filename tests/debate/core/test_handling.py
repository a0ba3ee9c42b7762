"""Threads of requests: one for each at a time, kept for the next one, and left as they were."""

import asyncio
import threading

import pytest
from django.core.signals import request_finished, request_started
from django.db import connection, connections
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import path

from debate.core.handling import KEPT, Handler

LONGEST = 60  # seconds that anything here may take
begun, going_on = threading.Semaphore(0), threading.Event()


def thread(request):
    """Says in which thread it was answered."""
    return HttpResponse(str(threading.get_ident()))


def held(request):
    """The same, once it is let go on."""
    begun.release()
    assert going_on.wait(LONGEST)
    request.close()  # Django leaves that undone where the client has gone
    return thread(request)


async def looped(request):
    """Says whether it was answered in the loop that serves."""
    return HttpResponse(str(threading.current_thread() is threading.main_thread()))


def asking(request):
    """Says whether a connection was open when it began, and asks the database."""
    was_open = connection.connection is not None
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse(str(was_open))


def asking_and_held(request):
    """Asks the database, then waits to be let go on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return held(request)


def asking_and_streamed(request):
    """Asks the database, notes over which connection, and then streams."""
    asking(request)
    asked_over.append(connections["default"])
    return streamed(request)


def heard_late(request):
    """Reads what was sent once it is let go on."""
    begun.release()
    assert going_on.wait(LONGEST)
    heard.append(request.body)
    return thread(request)


def breaking(request):
    """Fails."""
    raise ZeroDivisionError


class Noting(StreamingHttpResponse):
    """Notes which thread closes it."""

    def close(self):
        closed.append(threading.get_ident())
        super().close()


closed: list[int] = []
asked_over: list[object] = []
heard: list[bytes] = []


def streamed(request):
    """Says in which thread it was made, then waits for ever if it is asked to."""

    async def parts(made_by):
        yield str(made_by)
        if "held" in request.GET:
            begun.release()
            await asyncio.sleep(LONGEST)

    return Noting(parts(threading.get_ident()))


urlpatterns = [
    path("thread", thread),
    path("held", held),
    path("looped", looped),
    path("asking", asking),
    path("asking-and-held", asking_and_held),
    path("asking-and-streamed", asking_and_streamed),
    path("heard-late", heard_late),
    path("breaking", breaking),
    path("streamed", streamed),
]


@pytest.fixture(autouse=True)
def _alone(settings):
    settings.ROOT_URLCONF = __name__
    settings.MIDDLEWARE = []
    settings.DEBUG_PROPAGATE_EXCEPTIONS = False
    going_on.clear()
    closed.clear()
    asked_over.clear()
    heard.clear()


async def ask(handler, address, *, gone=None, body=b""):
    """Status and body of the answer; where the client has `gone` before there is one, None."""
    sent = []
    messages = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive():
        if messages:
            return messages.pop(0)
        await (gone.wait() if gone else asyncio.sleep(LONGEST))
        return {"type": "http.disconnect"}

    async def send(message):
        sent.append(message)

    path_, _, query = address.partition("?")
    scope = {"type": "http", "method": "GET", "path": path_, "headers": []}
    scope["query_string"] = query.encode()
    await asyncio.wait_for(handler(scope, receive, send), LONGEST)
    return (sent[0]["status"], sent[1]["body"].decode()) if sent else None


async def begin(handler, *, gone=None, address="/held", body=b""):
    """A request that is under way in its thread."""
    task = asyncio.ensure_future(ask(handler, address, gone=gone, body=body))
    assert await asyncio.to_thread(begun.acquire, timeout=LONGEST)
    return task


async def rest(handler, count):
    """Wait until so many threads wait for the next request."""
    async with asyncio.timeout(LONGEST):
        while len(handler._idle) != count:  # noqa: ASYNC110 - a thread tells nobody
            await asyncio.sleep(0.01)


def test_request_after_request_is_answered_in_one_thread():
    async def run():
        handler, found = Handler(), []
        for _ in range(3):
            found.append(await ask(handler, "/thread"))
            await rest(handler, 1)
        return found

    first, second, third = asyncio.run(run())

    assert first == second == third
    assert first[0] == 200
    assert int(first[1]) != threading.get_ident()


def test_requests_at_once_have_a_thread_each_of_which_some_are_kept():
    async def run():
        handler = Handler()
        tasks = [await begin(handler) for _ in range(KEPT + 2)]
        going_on.set()
        found = await asyncio.gather(*tasks)
        await rest(handler, KEPT)
        return found

    found = asyncio.run(run())

    assert [status for status, _ in found] == [200] * (KEPT + 2)
    assert len({body for _, body in found}) == KEPT + 2


def test_thread_is_not_given_on_while_it_is_at_a_request_whose_client_has_gone():
    async def run():
        handler, gone = Handler(), asyncio.Event()
        left = await begin(handler, gone=gone)
        gone.set()
        other = await ask(handler, "/thread")
        going_on.set()
        assert await left is None
        await rest(handler, 2)
        return other

    assert asyncio.run(run())[0] == 200


def test_what_came_whole_is_read_though_its_client_has_gone():
    async def hear():
        handler, gone = Handler(), asyncio.Event()
        task = await begin(handler, gone=gone, address="/heard-late", body=b"Said in leaving.")
        gone.set()
        assert await task is None
        going_on.set()
        await rest(handler, 1)

    asyncio.run(hear())

    assert heard == [b"Said in leaving."]


def test_request_begins_without_the_connection_of_the_one_before(django_db_blocker):
    async def run():
        handler, found = Handler(), []
        for _ in range(2):
            found.append(await ask(handler, "/asking"))
            await rest(handler, 1)
        return found

    with django_db_blocker.unblock():
        assert asyncio.run(run()) == [(200, "False")] * 2


def test_view_of_the_loop_is_answered_in_the_loop():
    async def run():
        return await ask(Handler(), "/looped")

    assert asyncio.run(run()) == (200, "True")


def test_view_that_fails_leaves_its_thread_to_the_next():
    async def run():
        handler = Handler()
        failed = await ask(handler, "/breaking")
        await rest(handler, 1)
        return failed[0], (await ask(handler, "/thread"))[0]

    assert asyncio.run(run()) == (500, 200)


def test_handler_serves_http_alone():
    with pytest.raises(ValueError, match="Only HTTP is served, not websocket"):
        asyncio.run(Handler()({"type": "websocket"}, None, None))


@pytest.mark.django_db(transaction=True)
def test_request_that_the_server_breaks_off_leaves_no_connection_in_its_thread():
    async def run():
        handler = Handler()
        task = await begin(handler, address="/asking-and-held")
        task.cancel()
        await asyncio.wait([task])
        going_on.set()
        await rest(handler, 1)
        thread = handler._idle.pop()
        return await asyncio.wrap_future(thread.submit(lambda: connection.connection))

    assert asyncio.run(run()) is None


@pytest.mark.django_db(transaction=True)
def test_stream_holds_no_connection_while_its_client_takes_nothing():
    async def run():
        begins, sending = [{"type": "http.request"}], asyncio.Event()

        async def receive():
            return begins.pop() if begins else await asyncio.sleep(LONGEST)

        async def untaken(_message):
            sending.set()
            await asyncio.sleep(LONGEST)

        scope = {"type": "http", "method": "GET", "path": "/asking-and-streamed", "headers": []}
        scope["query_string"] = b""
        task = asyncio.ensure_future(Handler()(scope, receive, untaken))
        await asyncio.wait_for(sending.wait(), LONGEST)
        held = [one.connection for one in asked_over]
        task.cancel()
        await asyncio.wait([task])
        return held

    assert asyncio.run(run()) == [None]


def test_stream_is_closed_once_by_the_thread_that_made_it():
    async def run():
        handler = Handler()
        found = await ask(handler, "/streamed")
        await rest(handler, 1)
        return found

    status, made_by = asyncio.run(run())

    assert status == 200
    assert closed == [int(made_by)]


def test_stream_whose_client_has_gone_is_closed_once_by_the_thread_that_made_it():
    async def run():
        handler, gone = Handler(), asyncio.Event()
        left = await begin(handler, gone=gone, address="/streamed?held")
        gone.set()
        found = await left
        await rest(handler, 1)
        return found

    _, made_by = asyncio.run(run())

    assert closed == [int(made_by)]


@pytest.mark.parametrize("address", ["/thread", "/streamed", "/breaking"])
def test_request_tells_once_that_it_begins_and_has_ended_in_its_thread(address):
    told = []

    def begins(**_given):
        told.append(("begins", threading.get_ident()))

    def ends(**_given):
        told.append(("ends", threading.get_ident()))

    async def run():
        handler = Handler()
        await ask(handler, address)
        await rest(handler, 1)
        return await asyncio.wrap_future(handler._idle.pop().submit(threading.get_ident))

    request_started.connect(begins)
    request_finished.connect(ends)
    try:
        thread = asyncio.run(run())
    finally:
        request_started.disconnect(begins)
        request_finished.disconnect(ends)

    assert told == [("begins", thread), ("ends", thread)]
