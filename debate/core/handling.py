"""Requests under ASGI, each in one thread from its beginning to its end.

Django's handler goes to a thread and back four times for a request: to say that it begins, for the
chain of middleware, for the view, which the chain asks for by way of the event loop, and to say that
it has ended; and it makes two threads each time, one to run it and one to wait for that. Here a
thread does it all in one go, as under WSGI, and threads are kept for the next request. A request
still has a thread to itself until it has ended, and leaves nothing in it: its connection to the
database is closed, or given back, with it.
"""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import IO, Any

import django
from asgiref.sync import ThreadSensitiveContext, sync_to_async
from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import connections
from django.http import FileResponse
from django.http.response import HttpResponseBase
from django.urls import set_script_prefix

Open = list[IO[bytes] | HttpResponseBase]
"""What of a request is still to be closed."""

KEPT = 16
"""Threads that wait for the next request; as many as are asked for serve at the same time."""


class Handler(ASGIHandler):
    """Django's handler of requests, with a chain that is synchronous and threads that are kept."""

    chunk_size = 2**18  # a page of a hundred annotations goes out in one piece

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
        open_: Open = []
        try:
            async with ThreadSensitiveContext(executor=thread):
                await self._serve(scope, receive, send, open_)
        finally:
            # By the thread itself: where the client has gone, it may still be at the request.
            thread.submit(self._let_go, thread, open_)

    def _let_go(self, thread: ThreadPoolExecutor, open_: Open) -> None:
        """Keep the thread for the next request, unless there are enough.

        A request that was broken off, as its client has gone or its server ends, has not let go of
        its answer and its connection.
        """
        for one in open_:
            one.close()
        connections.close_all()
        if len(self._idle) < KEPT:
            self._idle.append(thread)
        else:
            thread.shutdown(wait=False)

    async def _serve(self, scope: Any, receive: Any, send: Any, open_: Open) -> None:
        """Read the body, and answer as long as the client is there.

        An answer that is whole is closed by the thread that made it, before it is sent. Others stand
        in `open_` until they are closed, as the body does: what came whole is acted on, though the
        client has gone before the view read it.
        """
        try:
            body = await self.read_body(receive)
        except RequestAborted:
            return
        open_.append(body)
        request, refused = self.create_request(scope, body)
        leaving = asyncio.ensure_future(receive())
        answering = asyncio.ensure_future(self._answer(scope, request or refused, send, open_))
        try:
            await asyncio.wait([leaving, answering], return_when=asyncio.FIRST_COMPLETED)
        finally:
            leaving.cancel()
            answering.cancel()  # one that has ended stays as it is
            await asyncio.wait([answering])
        if not answering.cancelled():
            answering.result()

    async def _answer(self, scope: Any, asked: Any, send: Any, open_: Open) -> None:
        """Send the answer to a request, or that which refuses one that cannot be read."""

        def made() -> Any:
            set_script_prefix(get_script_prefix(scope))
            request_started.send(sender=self.__class__, scope=scope)
            is_refused = isinstance(asked, HttpResponseBase)
            response: Any = asked if is_refused else self.get_response(asked)
            response._handler_class = self.__class__  # noqa: SLF001 - whose signal tells of its end
            if response.streaming:
                open_.append(response)
                if response.is_async:
                    # Its parts are made elsewhere, for as long as the client takes to take them.
                    connections.close_all()
            else:
                response.close()
            return response

        response = await sync_to_async(made)()
        if isinstance(response, FileResponse):
            response.block_size = self.chunk_size
        await self.send_response(response, send)
        if response.streaming:
            await sync_to_async(response.close)()
            open_.remove(response)


def get_application() -> Handler:
    """The application, once Django is set up."""
    django.setup(set_prefix=False)
    return Handler()
