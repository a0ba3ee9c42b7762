"""An ASGI layer by which clients of the change feed wait for what comes, and hear it as a stream.

Not one of the usual module names: as the gate it stands before Django's handler, so that a request
that waits holds neither a thread nor a connection of the database. Whenever something may concern
the reader, the feed is asked again as a request of its own, which looks anew who asks, whether the
token still holds, and what may be seen. Nothing that is told comes from here.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qsl, urlencode

import orjson

from annotations.live.stream import BEAT, PAUSE, RETRY, RETRY_AFTER_SHUTDOWN, retry
from annotations.live.subscriptions import Hub, Watcher
from annotations.queries.feed import STREAMED, WAITING
from debate.core.api.exceptions import MEDIA_TYPE, of_domain, retry_header
from debate.core.errors import TooMany
from debate.core.shutdown import closing

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from annotations.queries.feed import Feed

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]
    Message = dict[str, Any]

_WAITS: Final = re.compile(r"/api/v1/(assignments/[^/]+/)?changes/")
_STREAM: Final = re.compile(r"/api/v1/changes/stream/")
_OK: Final = 200
# What of an answer's headers is of its page, and not of the stream that it becomes.
_OF_A_PAGE: Final = {b"content-type", b"content-length", b"content-encoding", b"link", b"etag"}
_OF_A_STREAM: Final = {b"accept", b"accept-encoding", b"last-event-id", b"if-none-match"}


def with_waiting(application: Application) -> Application:
    """The application, whose change feed waits where it is asked to."""

    async def waiting(scope: dict[str, Any], receive: Any, send: Any) -> None:
        is_read = scope["type"] == "http" and scope["method"] == "GET"
        if is_read and _STREAM.fullmatch(scope["path"]) and _is_a_streams(scope["query_string"]):
            await _stream(_Asker(application, scope, receive), send)
        elif is_read and b"wait=" in scope["query_string"] and _WAITS.fullmatch(scope["path"]):
            await _poll(_Asker(application, scope, receive), send)
        else:
            await application(scope, receive, send)

    return waiting


def _is_a_streams(query: bytes) -> bool:
    """Whether a stream takes that query; what it does not take, its view refuses."""
    names = [name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)]
    return len(names) == len(set(names)) and STREAMED.issuperset(names)


@dataclass
class _Wish:
    """What the feed's view says beside its answer: of what, and how long, there is to be waited."""

    feed: Feed | None = None
    seconds: float = 0.0

    def take(self, feed: Feed, seconds: float) -> None:
        """Called by the view; no seconds where there is something to tell."""
        self.feed, self.seconds = feed, seconds


@dataclass
class _Answer:
    """An answer of the application, whole."""

    messages: list[Message] = field(default_factory=list)
    wish: _Wish = field(default_factory=_Wish)

    @property
    def status(self) -> int:
        return int(self.messages[0]["status"]) if self.messages else 0

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        return [(name.lower(), value) for name, value in self.messages[0]["headers"]]

    @property
    def body(self) -> bytes:
        return b"".join(one.get("body", b"") for one in self.messages[1:])

    async def take(self, message: Message) -> None:
        self.messages.append(message)


class _Asker:
    """One client's request, which is put to the application as often as there may be news."""

    def __init__(self, application: Application, scope: dict[str, Any], receive: Any) -> None:
        self._application, self._scope, self._receive = application, scope, receive
        self._gone = asyncio.Event()

    @contextmanager
    def present(self) -> Iterator[None]:
        """While the client is listened to, who may go at any time."""
        listening = asyncio.ensure_future(self._hear())
        try:
            yield
        finally:
            listening.cancel()

    async def _hear(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self._gone.set()

    @property
    def headers(self) -> dict[bytes, bytes]:
        return dict(self._scope["headers"])

    @property
    def query(self) -> list[tuple[str, str]]:
        given: bytes = self._scope["query_string"]
        return parse_qsl(given.decode("latin-1"), keep_blank_values=True)

    async def ask(self, **other: Any) -> _Answer:
        """The answer of the application, of the scope with those other members."""
        answer = _Answer()
        await self._application(
            self._scope | other | {WAITING: answer.wish}, self._bodiless(), answer.take
        )
        return answer

    def _bodiless(self) -> Callable[[], Awaitable[Message]]:
        messages = iter([{"type": "http.request", "body": b"", "more_body": False}])

        async def receive() -> Message:
            for message in messages:
                return message
            await self._gone.wait()
            return {"type": "http.disconnect"}

        return receive

    async def waits(self, watcher: Watcher, seconds: float) -> bool:
        """Whether there may be news within that time, and somebody who still wants them."""
        events = [watcher.woken, self._gone, closing()]
        waits = [asyncio.ensure_future(one.wait()) for one in events]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        return watcher.woken.is_set() and not self.is_over

    @property
    def is_over(self) -> bool:
        return self._gone.is_set() or closing().is_set()


# --- long polling --------------------------------------------------------------------------------


async def _poll(asker: _Asker, send: Any) -> None:
    """Answer as soon as there is something, or with nothing when the time is over."""
    with asker.present():
        answer = await _awaited(asker)
    for message in answer.messages:
        await send(message)


async def _awaited(asker: _Asker) -> _Answer:
    answer = await asker.ask()
    feed, seconds = answer.wish.feed, answer.wish.seconds
    if not feed or not seconds:
        return answer
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    hub, watcher = Hub.here(), Watcher(feed)
    try:
        hub.watch(watcher)
    except TooMany:
        return answer  # it may ask again at once, as under a server that cannot wait
    try:
        watcher.woken.set()  # something may have come before the hub watched
        while answer.wish.seconds and await asker.waits(watcher, until - loop.time()):
            watcher.woken.clear()
            answer = await asker.ask()
    finally:
        hub.unwatch(watcher)
    return answer


# --- the stream ----------------------------------------------------------------------------------


async def _stream(asker: _Asker, send: Any) -> None:
    """Tell each change as an event whose id is its cursor, until the client goes."""
    with asker.present():
        since = asker.headers.get(b"last-event-id", b"").decode("latin-1")
        since = since or dict(asker.query).get("since", "")
        answer = await _page(asker, since)
        feed = answer.wish.feed
        if answer.status != _OK or feed is None:
            for message in answer.messages:
                await send(message)
            return
        hub, watcher = Hub.here(), Watcher(feed)
        try:
            hub.watch(watcher)
        except TooMany as error:
            await _refuse(send, error, answer)
            return
        try:
            await _tell(asker, send, answer, watcher)
        finally:
            hub.unwatch(watcher)


async def _page(asker: _Asker, since: str) -> _Answer:
    """The page of changes after the cursor, as plain JSON whatever the stream is asked for as."""
    headers = [one for one in asker.headers.items() if one[0] not in _OF_A_STREAM]
    kept = [(name, value) for name, value in asker.query if name != "since"]
    query = urlencode([*kept, *([("since", since)] if since else [])])
    return await asker.ask(
        path="/api/v1/changes/",
        raw_path=b"/api/v1/changes/",
        query_string=query.encode(),
        headers=headers,
    )


async def _refuse(send: Any, error: TooMany, answer: _Answer) -> None:
    """Refuse the stream under the headers of the page that it would have begun with."""
    body = orjson.dumps({**of_domain(error), "instance": "/api/v1/changes/stream/"})
    headers = {"content-type": MEDIA_TYPE, **retry_header(error)}
    own = [(name.encode(), value.encode()) for name, value in headers.items()]
    told = [*_kept(answer), *own]
    await send({"type": "http.response.start", "status": error.status, "headers": told})
    await send({"type": "http.response.body", "body": body})


def _kept(answer: _Answer) -> list[tuple[bytes, bytes]]:
    """The headers of a page's answer that hold for another body, too."""
    return [one for one in answer.headers if one[0] not in _OF_A_PAGE]


async def _tell(asker: _Asker, send: Any, answer: _Answer, watcher: Watcher) -> None:
    kept = [one for one in _kept(answer) if one[0] != b"cache-control"]
    own = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"content-encoding", b"identity"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
    ]
    await send({"type": "http.response.start", "status": _OK, "headers": [*kept, *own]})
    words = retry(RETRY)
    watcher.woken.set()  # something may have come before the hub watched
    while True:
        if answer.status != _OK:
            words += f"event: end\ndata: {answer.body.decode()}\n\n"
            break
        page = orjson.loads(answer.body)
        words += "".join(map(_event, page["results"])) + f"id: {page['cursor']}\n\n"
        await send(_part(words))
        words = ""
        if not page["more"]:
            await asyncio.sleep(PAUSE)  # what happens meanwhile is told together
            if not await asker.waits(watcher, BEAT):
                if asker.is_over:
                    break
                words = ": still here\n\n"  # and a look whether the client may still ask
        watcher.woken.clear()
        answer = await _page(asker, page["cursor"])
    if closing().is_set():
        words += retry(RETRY_AFTER_SHUTDOWN)
    await send(_part(words, more=False))


def _part(words: str, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": words.encode(), "more_body": more}


def _event(item: dict[str, Any]) -> str:
    return f"id: {item['cursor']}\nevent: change\ndata: {orjson.dumps(item).decode()}\n\n"
