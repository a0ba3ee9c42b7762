import asyncio
import http.client
import socket
import threading
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest

from annotations.live.gate import AT_ONCE, with_gate
from tests.browser.server import Watched, serve

PATIENCE = 60
CHANGES = "/seminars/water-policy/who-should-pay/changes/"


class Slow:
    """An application whose requests end when they are let."""

    def __init__(self):
        self.entered, self.most, self.now = [], 0, 0
        self.let = asyncio.Event()

    async def __call__(self, scope, _receive, _send):
        self.entered.append(scope["path"])
        self.now += 1
        self.most = max(self.most, self.now)
        await self.let.wait()
        self.now -= 1


async def settle():
    """Let everything that can go on do so."""
    for _ in range(20):
        await asyncio.sleep(0)


def asked(*paths, at_once=2):
    """What is inside while all wait, and what was once they are let."""

    async def scene():
        inner = Slow()
        gate = with_gate(inner, at_once=at_once)
        asking = [
            asyncio.ensure_future(gate({"type": "http", "path": path}, None, None))
            for path in paths
        ]
        await settle()
        before = list(inner.entered)
        inner.let.set()
        await asyncio.gather(*asking)
        return before, inner

    return asyncio.run(scene())


def test_gate_lets_a_few_ask_at_a_time_and_all_in_the_end():
    before, inner = asked(*[CHANGES] * 5)

    assert len(before) == 2
    assert len(inner.entered) == 5
    assert inner.most == 2


def test_gate_lets_everything_else_pass():
    others = ["/", "/seminars/water-policy/who-should-pay/", "/api/v1/essays/", f"{CHANGES}x"]

    before, _ = asked(*[CHANGES] * 3, *others)

    assert before == [CHANGES, CHANGES, *others]


def test_gate_gives_back_the_place_of_a_request_that_broke():
    async def scene():
        async def broken(*_given):
            raise OSError

        gate = with_gate(broken, at_once=1)
        return await asyncio.gather(
            *(gate({"type": "http", "path": CHANGES}, None, None) for _ in range(3)),
            return_exceptions=True,
        )

    assert [type(one) for one in asyncio.run(scene())] == [OSError] * 3


def test_gate_keeps_no_place_for_a_stream_that_has_begun():
    async def scene():
        sent, let = [], asyncio.Event()

        async def stream(_scope, _receive, send):
            await send({"type": "http.response.start", "status": 200})
            await send({"type": "http.response.body", "body": b"retry: 1", "more_body": True})
            await let.wait()

        async def keep(message):
            sent.append(message["type"])

        gate = with_gate(stream, at_once=1)
        scope = {"type": "http", "path": CHANGES.replace("changes", "stream")}
        open_ones = [asyncio.ensure_future(gate(scope, None, keep)) for _ in range(3)]
        await settle()
        begun = sent.count("http.response.body")
        let.set()
        await asyncio.gather(*open_ones)
        return begun

    assert asyncio.run(scene()) == 3


def test_gate_holds_back_clients_of_the_feed_as_well():
    feed = ["/api/v1/changes/", "/api/v1/assignments/0190/changes/", "/api/v1/changes/"]

    before, _ = asked(*feed)

    assert before == feed[:2]


def test_gate_gives_the_application_an_empty_body_and_then_hears_the_client_go():
    async def scene():
        heard = []

        async def application(_scope, receive, _send):
            heard.extend([await receive(), await receive()])

        messages = iter(
            [
                {"type": "http.request", "body": b"0123", "more_body": True},
                {"type": "http.request", "body": b"456789", "more_body": False},
                {"type": "http.disconnect"},
            ]
        )

        async def receive():
            return next(messages)

        gate = with_gate(application, at_once=1)
        await gate({"type": "http", "path": CHANGES}, receive, None)
        return heard

    assert asyncio.run(scene()) == [
        {"type": "http.request", "body": b"", "more_body": False},
        {"type": "http.disconnect"},
    ]


def test_gate_keeps_no_place_for_clients_who_never_send_their_body():
    async def scene():
        answered = []

        async def application(scope, receive, _send):
            assert (await receive())["more_body"] is False
            answered.append(scope["path"])

        async def nothing():
            await asyncio.Event().wait()

        gate = with_gate(application, at_once=2)
        asking = [gate({"type": "http", "path": CHANGES}, nothing, None) for _ in range(5)]
        await asyncio.wait_for(asyncio.gather(*asking), 30)
        return answered

    assert asyncio.run(scene()) == [CHANGES] * 5


def test_gate_keeps_no_place_for_an_answer_that_waits_to_be_taken():
    async def scene():
        begun = []

        async def application(_scope, _receive, send):
            begun.append(True)
            await send({"type": "http.response.start", "status": 200, "headers": []})

        async def untaken(_message):
            await asyncio.Event().wait()

        gate = with_gate(application, at_once=2)
        scope = {"type": "http", "path": CHANGES}
        asking = [asyncio.ensure_future(gate(scope, None, untaken)) for _ in range(5)]
        await settle()
        for one in asking:
            one.cancel()
        await asyncio.gather(*asking, return_exceptions=True)
        return len(begun)

    assert asyncio.run(scene()) == 5


class Large:
    """An application with answers that no connection holds, unless somebody reads them."""

    BODY = b"x" * 2**23

    def __init__(self):
        self._entered, self._changed = 0, threading.Condition()

    async def __call__(self, scope, receive, send):
        await receive()
        with self._changed:
            self._entered += 1
            self._changed.notify_all()
        body = self.BODY if scope["query_string"] else b"[]"
        length = str(len(body)).encode()
        headers = [(b"content-length", length)]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    def entered(self, times):
        """Until so many questions have come in."""
        with self._changed:
            assert self._changed.wait_for(lambda: self._entered >= times, PATIENCE), self._entered


@pytest.mark.parametrize("is_half_closed", [False, True])
def test_clients_that_ask_again_and_read_nothing_keep_nobody_waiting(is_half_closed):
    large = Large()
    watched = Watched(with_gate(large))
    request = f"GET {CHANGES}?large HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()
    with serve(watched) as url:
        place = urlsplit(url)
        with ExitStack() as stack:
            for _ in range(AT_ONCE):
                one = stack.enter_context(
                    socket.create_connection((place.hostname, place.port), timeout=PATIENCE)
                )
                one.sendall(request * 2)
                if is_half_closed:
                    one.shutdown(socket.SHUT_WR)
            # The second answer of each waits behind the first, which is never taken.
            large.entered(2 * AT_ONCE)

            other = http.client.HTTPConnection(place.hostname, place.port, timeout=PATIENCE)
            stack.callback(other.close)
            other.request("GET", CHANGES)
            assert other.getresponse().read() == b"[]"
        watched.wait_until_idle()
