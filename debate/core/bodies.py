"""Bodies that are too large are refused before they are read: an ASGI layer around the application.

Not one of the usual module names: Django's handler stores the whole body before any middleware
runs, so this stands before it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import orjson

from debate.core.api.exceptions import MEDIA_TYPE, problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from typing import Any

    Receive = Callable[[], Awaitable[dict[str, Any]]]
    Send = Callable[[dict[str, Any]], Awaitable[None]]
    Application = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]

LARGEST = 8_388_608
"""Bytes. Above what any form or file of the site may hold, so that those name the field at fault."""
SENTENCE = "The body is larger than is taken in one request."


def with_bounded_bodies(application: Application, largest: int = LARGEST) -> Application:
    """The application, shielded from bodies of more than `largest` bytes: they are answered 413."""

    async def bounded(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await application(scope, receive, send)
            return
        if _announced(scope) > largest:
            await _refuse(scope, send)
            return
        gate = _Gate(receive, send, largest)
        await application(scope, gate.receive, gate.send)
        if gate.is_over and not gate.has_answered:
            await _refuse(scope, send)

    return bounded


class _Gate:
    """Counts what comes in; beyond the bound the application sees its client go away."""

    def __init__(self, receive: Receive, send: Send, largest: int) -> None:
        self._receive, self._send, self._left = receive, send, largest
        self.has_answered = False

    @property
    def is_over(self) -> bool:
        return self._left < 0

    async def receive(self) -> dict[str, Any]:
        if self.is_over:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        return {"type": "http.disconnect"} if self.is_over else message

    async def send(self, message: dict[str, Any]) -> None:
        self.has_answered = True
        await self._send(message)


def _announced(scope: dict[str, Any]) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(scope: dict[str, Any], send: Send) -> None:
    """The problem document (RFC 9457) to programs, a sentence to people; then the connection ends."""
    for_programs = scope["path"].startswith(("/api/", "/wa/"))
    if for_programs:
        kind = MEDIA_TYPE.encode()
        document = problem(413, "too_large", SENTENCE, instance=scope["path"])
        body = orjson.dumps(document)
    else:
        kind = b"text/plain; charset=utf-8"
        body = SENTENCE.encode()
    headers = [
        (b"content-type", kind),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if for_programs:  # scripts of other sites read why, as of every other refusal
        headers.append((b"access-control-allow-origin", b"*"))
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": body})
