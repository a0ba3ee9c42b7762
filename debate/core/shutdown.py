"""Tells those who wait for a long time inside a request that the web process is about to end."""

from __future__ import annotations

import asyncio
from weakref import WeakKeyDictionary

_events: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Event] = WeakKeyDictionary()


def closing() -> asyncio.Event:
    """The running loop's event, set when its server begins to shut down.

    A stream waits for it beside whatever else it waits for, and ends when it is set: otherwise the
    server waits for the stream, and a restart for the server.
    """
    return _events.setdefault(asyncio.get_running_loop(), asyncio.Event())
