"""The application as it is served, on a thread of the test process and its database."""

from __future__ import annotations

import asyncio
import io
import socket
import sys
import threading
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from debate.core.handling import Handler, Open
from debate.core.webserver import Server, configuration

if TYPE_CHECKING:
    from collections.abc import Iterator
    from concurrent.futures import ThreadPoolExecutor

PATIENCE = 40
"""Seconds that requests under way may take to end; a stream notices at its next beat that nobody listens."""


class Followed(Handler):
    """The handler of requests that knows how many threads are at one.

    Where the client has gone, a thread may be at its request for longer than the request itself.
    """

    def __init__(self) -> None:
        super().__init__()
        self.at_work = 0
        self.changed = threading.Condition()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            with self.changed:
                self.at_work += 1
        await super().__call__(scope, receive, send)

    def _let_go(self, thread: ThreadPoolExecutor, open_: Open) -> None:
        try:
            super()._let_go(thread, open_)
        finally:
            with self.changed:
                self.at_work -= 1
                self.changed.notify_all()


class Watched:
    """An ASGI application that knows when it has nothing under way, nor its handler where that is followed."""

    def __init__(self, application: Any, handler: Followed | None = None) -> None:
        self._application = application
        self._handler = handler
        self._under_way: dict[asyncio.Task[Any], str] = {}
        self._changed = handler.changed if handler else threading.Condition()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        task: Any = asyncio.current_task()
        with self._changed:
            self._under_way[task] = f"{scope['type']} {scope.get('path', '')}"
        try:
            await self._application(scope, receive, send)
        finally:
            with self._changed:
                del self._under_way[task]
                self._changed.notify_all()

    def wait_until_idle(self) -> None:
        """Return once every request has ended: only then may a test's rows be removed."""
        with self._changed:
            assert self._changed.wait_for(self._is_idle, PATIENCE), self._told()

    def _is_idle(self) -> bool:
        return not self._under_way and not (self._handler and self._handler.at_work)

    def _told(self) -> str:
        """What is still under way, and where each waits."""
        said = io.StringIO()
        for task, request in self._under_way.items():
            said.write(f"{request}\n")
            task.print_stack(file=said)
            for other in asyncio.all_tasks(task.get_loop()) - {task}:
                other.print_stack(limit=3, file=said)
        frames = sys._current_frames()
        for thread in threading.enumerate():
            said.write(f"thread {thread.name}\n")
            said.writelines(traceback.format_stack(frames.get(thread.ident or 0))[-4:])
        return said.getvalue()


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
