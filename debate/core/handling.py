"""Requests under ASGI, each in one thread from the first middleware to the view.

Django's handler runs a chain of synchronous middleware in a thread, but asks for the view by way of
the event loop, which asks the thread again; and it makes two threads for each request, one to run
it and one to wait for that. Here the chain calls the view itself, as under WSGI, and threads are
kept for the next request. A request still has a thread to itself until it has ended, and leaves
nothing in it: its connection to the database is closed, or given back, with it.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.handlers.asgi import ASGIHandler
from django.db import connections

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase

KEPT = 16
"""Threads that wait for the next request; as many as are asked for serve at the same time."""


class Handler(ASGIHandler):
    """Django's handler of requests, with a chain that is synchronous and threads that are kept."""

    def __init__(self) -> None:
        super().__init__()
        self._idle: deque[ThreadPoolExecutor] = deque()

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        """Make the chain a synchronous one."""
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise ValueError(f"Only HTTP is served, not {scope['type']}.")
        thread = self._idle.pop() if self._idle else ThreadPoolExecutor(1, "request")
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self.handle(scope, receive, send)
        finally:
            # By the thread itself: where the client has gone, it may still be at the request.
            thread.submit(self._let_go, thread)

    def _let_go(self, thread: ThreadPoolExecutor) -> None:
        """Keep the thread for the next request, unless there are enough.

        A request that was broken off, as its server ends, has not let go of its connection.
        """
        connections.close_all()
        if len(self._idle) < KEPT:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)

    async def get_response_async(self, request: HttpRequest) -> HttpResponseBase:
        """The answer, for which the thread of the request is asked once."""
        response: HttpResponseBase = await sync_to_async(self.get_response)(request)
        return response


def get_application() -> Handler:
    """The application, once Django is set up."""
    django.setup(set_prefix=False)
    return Handler()
