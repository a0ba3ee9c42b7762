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

from debate.core.webserver import Server, configuration

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 40
"""Seconds that requests under way may take to end; a stream notices at its next beat that nobody listens."""


class Watched:
    """An ASGI application that knows when it has nothing under way."""

    def __init__(self, application: Any) -> None:
        self._application = application
        self._under_way: dict[asyncio.Task[Any], str] = {}
        self._changed = threading.Condition()

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
            assert self._changed.wait_for(lambda: not self._under_way, PATIENCE), self._told()

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
