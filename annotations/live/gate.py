"""An ASGI layer that lets a few open pages and clients at a time ask what changed; the rest pass.

Not one of the usual module names: it stands before Django's handler, where a request that waits
holds neither a thread nor a connection of the database. Three hundred who ask at the same moment
would else take all connections from those who post.
"""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Application = Callable[[dict[str, Any], Any, Any], Awaitable[None]]

SENDING = "counterpoint.live.sending"
"""The scope's member by which a stream that has begun is sent to without asking for its task."""

AT_ONCE = 12
"""Questions that a process answers at the same time; the others wait in the order they came."""

_ASKED = re.compile(
    r"/seminars/[^/]+/[^/]+/(changes|stream)/|/api/v1/(assignments/[^/]+/)?changes/"
)


def with_gate(application: Application, at_once: int = AT_ONCE) -> Application:
    """The application behind the gate; an answer gives its place back when it begins.

    What is sent waits until the client has taken what it was sent before, the answers to other
    questions of its among them; one that takes nothing lets it wait for ever. By then the answer is
    made, and needs the database no more.
    """
    places = asyncio.Semaphore(at_once)

    async def gated(scope: dict[str, Any], receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not _ASKED.fullmatch(scope["path"]):
            await application(scope, receive, send)
            return
        await places.acquire()
        place = _Place(places)
        client = _Client(receive)

        async def begun(message: dict[str, Any]) -> None:
            place.give_back()
            await send(message)

        try:
            await application(scope | {SENDING: send}, client.receive, begun)
        finally:
            place.give_back()

    return gated


class _Client:
    """Who asks, of whom only the going is heard.

    What is asked here has no body that means anything. Whoever announces one and sends nothing
    would keep a place for as long as the connection stands, token or not.
    """

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._has_asked = False

    async def receive(self) -> dict[str, Any]:
        if not self._has_asked:
            self._has_asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        while (message := await self._receive())["type"] == "http.request":
            pass
        return cast("dict[str, Any]", message)


class _Place:
    """A place that was taken, and is given back once."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places
        self._is_taken = True

    def give_back(self) -> None:
        if self._is_taken:
            self._is_taken = False
            self._places.release()
