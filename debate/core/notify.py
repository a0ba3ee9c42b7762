"""What processes tell one another by way of the database: NOTIFY, and one LISTEN a process.

LISTEN needs a connection to the database itself: behind a proxy that gives each transaction any
connection (PgBouncer's transaction pooling), DATABASE_URL has to name the database directly.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import random
from typing import TYPE_CHECKING

import orjson
import psycopg
from django.db import connection, connections
from psycopg import sql

from debate.core.shutdown import closing

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from typing import Any

logger = logging.getLogger(__name__)

KEEP_ALIVE = 30.0
"""Seconds without a word after which the connection is asked whether it still stands."""

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 15.0
"""Seconds before the first and between later attempts to connect again, about halved by chance."""


def notify(channel: str, told: Mapping[str, object]) -> None:
    """Tell whoever listens on the channel once the transaction is committed; nothing if it is not.

    `told` becomes JSON of at most 8,000 bytes, PostgreSQL's bound.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [channel, told_as(told)])


def told_as(told: Mapping[str, object]) -> str:
    """How it is told: as JSON."""
    return orjson.dumps(told).decode()


class Listener:
    """The one connection by which an event loop hears of notifications; it comes back by itself.

    `heard` is called in the loop with the channel and what was told. It is called with "" and
    nothing whenever something may have been missed: after each time that the connection was made.
    `is_listening` says whether it stands.
    """

    def __init__(
        self, channels: Collection[str], heard: Callable[[str, dict[str, Any]], None]
    ) -> None:
        self._channels = channels
        self._heard = heard
        self._task: asyncio.Task[None] | None = None
        self.is_listening = False

    def start(self) -> None:
        """Listen from now on until the server shuts down; further calls change nothing.

        Waits for nothing between looking and starting: else several would start, and each
        notification be heard as many times.
        """
        if self._task is None or self._task.done():
            # In a context of its own: that of the request that came first ends with the request.
            self._task = asyncio.get_running_loop().create_task(
                self._until_closing(), context=contextvars.Context()
            )

    async def ended(self) -> None:
        """Wait until it listens no more."""
        if self._task:
            await asyncio.wait({self._task})

    async def _until_closing(self) -> None:
        listening = asyncio.ensure_future(self._listen())
        ending = asyncio.ensure_future(closing().wait())
        try:
            await asyncio.wait({listening, ending}, return_when=asyncio.FIRST_COMPLETED)
            if listening.done():
                logger.error("The listener broke.", exc_info=listening.exception())
        finally:
            ending.cancel()
            listening.cancel()
            await asyncio.gather(listening, ending, return_exceptions=True)

    async def _listen(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                async with await _connect() as own:
                    for channel in self._channels:
                        await own.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
                    self.is_listening = True
                    self._heard("", {})
                    pause = FIRST_PAUSE
                    await self._hear(own)
            except (psycopg.Error, OSError) as error:
                logger.warning("The connection that listens was lost: %s", str(error).strip())
            finally:
                self.is_listening = False
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - spreads, guards nothing
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _hear(self, own: psycopg.AsyncConnection[Any]) -> None:
        while True:
            async for one in own.notifies(timeout=KEEP_ALIVE):
                try:
                    told = orjson.loads(one.payload)
                except orjson.JSONDecodeError:
                    logger.warning("What came on %s is no JSON.", one.channel)
                else:
                    self._heard(one.channel, told)
            await own.execute("SELECT 1")


async def _connect() -> psycopg.AsyncConnection[Any]:
    """A connection of our own to the database that Django uses, outside any transaction."""
    given = connections["default"].get_connection_params()
    of_django = ("cursor_factory", "context", "prepare_threshold")
    wanted = {name: value for name, value in given.items() if name not in of_django}
    return await psycopg.AsyncConnection.connect(
        **wanted, application_name="counterpoint listener", autocommit=True
    )
