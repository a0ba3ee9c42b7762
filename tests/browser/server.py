"""The application as it is served, on a thread of the test process and its database."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from debate.core.webserver import Server, configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10
"""Seconds that requests under way may take to end."""


class Watched:
    """An ASGI application that knows when it has nothing under way."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._under_way = 0
        self._changed = threading.Condition()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self._count(1)
        try:
            await self._application(scope, receive, send)
        finally:
            self._count(-1)

    def _count(self, step: int) -> None:
        with self._changed:
            self._under_way += step
            self._changed.notify_all()

    def wait_until_idle(self) -> None:
        """Return once every request has ended: only then may a test's rows be removed."""
        with self._changed:
            assert self._changed.wait_for(lambda: not self._under_way, PATIENCE)


@contextmanager
def serve(application: Watched) -> Iterator[str]:
    """Serve on a free port of this machine; gives the address, without a slash at its end."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()  # from here on a browser waits instead of being refused
    server = Server(configuration(application))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(PATIENCE)
