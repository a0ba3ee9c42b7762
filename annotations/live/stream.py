"""The event stream of one open page: that something happened, and never what.

No database connection is held while it stands open. Events are `change` and `presence`, upon which
the page asks for what is new, and `gone`, after which there is nothing more to ask for. Their data
are the milliseconds after which it has its turn to ask: all are told at once, but ask by turns.
"""

from __future__ import annotations

import asyncio
import random
from typing import TYPE_CHECKING

from debate.core.shutdown import closing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from annotations.live.subscriptions import Hub, Subscription

BEAT = 20.0
"""Seconds without an event after which a comment is sent, so that nobody takes the stream for dead."""

PAUSE = 0.25
"""Seconds between two times that somebody is told; what happens meanwhile is told together."""

RETRY = (1_000, 3_000)
"""Milliseconds, by chance, after which a page connects again whose stream broke."""

RETRY_AFTER_SHUTDOWN = (500, 6_000)
"""The same when the server is about to end: spread, so that not all come to the next at once."""

RETRY_WHEN_CROWDED = (45_000, 75_000)
"""The same for the oldest page of a person who has too many open."""


async def events(one: Subscription, hub: Hub) -> AsyncIterator[str]:
    """What the page is told, until it goes, may no longer listen, or the server shuts down."""
    try:
        yield retry(RETRY)
        one.is_open = True
        while True:
            try:
                # Not `wait_for`: before Python 3.12 it passes over that the page went, if the page
                # is woken at the same moment, and the stream would stand open for ever.
                async with asyncio.timeout(BEAT):
                    await one.woken.wait()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            words = one.words
            one.taken()
            if one.has_ended:
                words += retry(RETRY_AFTER_SHUTDOWN if closing().is_set() else RETRY_WHEN_CROWDED)
            yield words
            if one.has_ended:
                return
    finally:
        hub.remove(one)


def retry(between: tuple[int, int]) -> str:
    """Tell a client how many milliseconds to wait before it connects again."""
    return f"retry: {random.randint(*between)}\n\n"  # noqa: S311 - spreads, guards nothing
