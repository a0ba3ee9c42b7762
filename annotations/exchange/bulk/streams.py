"""An export on its way to whoever asked, piece by piece, under either kind of server.

Not one of the usual module names: it is what a response iterates over. Django gathers a synchronous
iterator whole under ASGI and an asynchronous one under WSGI, so each kind of server gets its own.
Whatever ends it, also that the other side is gone or takes nothing more, the snapshot is let go.
"""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, cast
from weakref import WeakSet

import psycopg
from django.core.handlers.asgi import ASGIRequest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from django.http import HttpRequest

    from annotations.exchange.bulk.snapshot import Snapshot

STALL = 60.0
"""Seconds in which the other side has to take a piece."""

LONGEST = 1_800.0
"""Seconds that an export may take as a whole."""

TOGETHER = 131_072
"""Bytes that a server which must not wait takes together, at least."""

LOOK = 1.0
"""Seconds between two looks for those who take nothing more."""


class BrokenOff(TimeoutError):
    """The other side took nothing for too long; what it has is not the whole."""


class Flow:
    """The pieces of an export, as an iterator whose `close` may be called at any time."""

    def __init__(self, pieces: Iterator[bytes], snapshot: Snapshot) -> None:
        self._pieces: Iterator[bytes] | None = pieces
        self._snapshot = snapshot
        self._mutex = threading.Lock()
        self._given_up = False
        self._last = self._start = time.monotonic()
        _Watch.over(self)

    def __iter__(self) -> Flow:
        return self

    def __next__(self) -> bytes:
        """The next piece. Raises BrokenOff where the export was given up."""
        with self._mutex:
            if self._given_up:
                raise BrokenOff("This export was not taken fast enough.")
            if self._pieces is None:
                raise StopIteration
            try:
                piece = next(self._pieces)
            except BaseException:
                self._free()
                raise
            self._last = time.monotonic()
            return piece

    def close(self) -> None:
        """Let go of everything; again does nothing."""
        with self._mutex:
            self._free()

    def __del__(self) -> None:
        """Whoever was to take it is gone before it began, such as a request that was cancelled."""
        self._free()

    def is_over(self, now: float) -> bool:
        """Whether it has ended; one that nobody takes any more is ended here."""
        if self._pieces is None:
            return True
        late = now - self._last > STALL or now - self._start > LONGEST
        if late and self._mutex.acquire(blocking=False):
            try:
                self._given_up = True
                self._free()
            finally:
                self._mutex.release()
        return self._pieces is None

    def _free(self) -> None:
        pieces, self._pieces = self._pieces, None
        if pieces is None:
            return
        # First the connection: what is read from it otherwise waits for the statement's end.
        self._snapshot.close()
        with suppress(psycopg.Error):
            cast("Generator[bytes]", pieces).close()


class AsyncFlow:
    """The same for a server that must not wait: its pieces are made in threads.

    To go there and back takes as long as to make some lines, so after the first, which is waited
    for, pieces come together.
    """

    def __init__(self, flow: Flow) -> None:
        """Make the first piece, which whoever asks for the flow is in a thread for. Raises what it does."""
        self._flow = flow
        self._first = next(flow, b"")
        self._is_over = False

    def __aiter__(self) -> AsyncFlow:
        return self

    async def __anext__(self) -> bytes:
        """The next pieces."""
        some, self._first = self._first, b""
        if not some and not self._is_over:
            some = await asyncio.to_thread(self._some)
        if not some:
            raise StopAsyncIteration
        return some

    def _some(self) -> bytes:
        pieces, size = [], 0
        for piece in self._flow:
            pieces.append(piece)
            size += len(piece)
            if size >= TOGETHER:
                break
        else:
            self._is_over = True
        return b"".join(pieces)

    def close(self) -> None:
        """As of a flow."""
        self._flow.close()


def flow_for(request: HttpRequest, flow: Flow) -> Flow | AsyncFlow:
    """The flow as the server of the request takes it."""
    return AsyncFlow(flow) if isinstance(request, ASGIRequest) else flow


class _Watch:
    """Looks now and then, in a thread of its own as long as there is any, which flows have stalled."""

    _flows: WeakSet[Flow] = WeakSet()
    _mutex = threading.Lock()
    _thread: threading.Thread | None = None

    @classmethod
    def over(cls, flow: Flow) -> None:
        with cls._mutex:
            cls._flows.add(flow)
            if cls._thread is None:
                cls._thread = threading.Thread(target=cls._look, name="exports", daemon=True)
                cls._thread.start()

    @classmethod
    def _look(cls) -> None:
        while True:
            time.sleep(LOOK)
            with cls._mutex:
                now = time.monotonic()
                for flow in [one for one in cls._flows if one.is_over(now)]:
                    cls._flows.discard(flow)
                if not cls._flows:
                    cls._thread = None
                    return
