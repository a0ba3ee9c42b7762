"""One moment of the database, read row by row over a connection of its own.

Not one of the usual module names: below the models, it is where an export gets its rows from. COPY
gives them as PostgreSQL makes them, so that neither side ever holds more than a few. How many are
read at once is bounded by locks of the transaction, which end with it however it ends.
"""

from __future__ import annotations

import os
import time
import zlib
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import orjson
import psycopg
from django.db import connection

from annotations.exchange.errors import Busy
from debate.core.db import ANYBODY
from debate.core.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from django.db.models import QuerySet

    from debate.core.db import Statement

MOST_AT_ONCE = 4
"""Exports of people that one database serves at once: each holds a connection and an old state."""

MOST_OF_A_PERSON = 2
"""Of these, those of one person."""

MOST_OF_VISITORS = 2
"""Exports that all visitors have at once, beside the others', which they take no room of."""

WAIT = 10
"""Seconds after which somebody who found no room may try again."""

MOST_KEPT = 2
"""Connections that a process keeps between two exports: to begin one takes longer than the first rows."""

KEPT_FOR = 60.0
"""Seconds after which a kept connection is not used again."""

FIRST_LINES = 16
"""Lines that are told before any others are asked for."""

AFTER = UUID(int=ANYBODY.int - 20)
"""Stands for the id of the last line that was told."""

PIECE = 65_536
FIRST_PIECE = 4_096
"""Bytes of a piece, and of the first one, which is not to wait until there are as many."""

_ALL, _PERSON, _VISITORS = 0x0E, 0x0F, 0x10
_BEGIN = (
    "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;"
    "SET LOCAL TIME ZONE 'UTC';"
    "SET LOCAL idle_in_transaction_session_timeout = '10min';"
    "SET LOCAL plan_cache_mode = force_generic_plan;"
    # Joined as it is written: to try all orders takes as long as some hundred lines.
    "SET LOCAL join_collapse_limit = 1; SET LOCAL from_collapse_limit = 1"
)
# Where an index has the rows in their order: begin at once instead of sorting all of them first.
_AT_ONCE = "SET LOCAL enable_sort = off"
_ROOM = (
    "SELECT (SELECT n FROM generate_series(1, %s) AS n"
    " WHERE pg_try_advisory_xact_lock(%s, %s + n) LIMIT 1),"
    " (SELECT n FROM generate_series(1, %s) AS n"
    " WHERE pg_try_advisory_xact_lock(%s, n) LIMIT 1)"
)
_ROOM_OF_VISITORS = (
    "SELECT n FROM generate_series(1, %s) AS n WHERE pg_try_advisory_xact_lock(%s, n) LIMIT 1"
)
# Neither sign stands in JSON, so each line comes out as it is.
_COPY = "COPY ({}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"


# Until they are closed, so that of what nobody holds any more the connection is not the first to go.
_open: set[psycopg.Connection[Any]] = set()


@dataclass(frozen=True, slots=True)
class Lines:
    """The statements of lines in the order of their ids, and what is given for their stand-ins.

    `first` tells id and line of the first FIRST_LINES, `rest` the lines behind the id AFTER; they are
    None where it is known that there are none.
    """

    first: Statement | None
    rest: Statement | None
    given: Mapping[Any, Any]


class Snapshot:
    """A state of the database that stays as it is for whoever reads it, until `close`."""

    def __init__(self, user_id: UUID | None) -> None:
        """Begin it. Raises TooMany for a person, and Busy for anybody, where there is no room."""
        self._link = _begun()
        _open.add(self._link)
        try:
            self._take_room(user_id)
        except BaseException:
            self.close()
            raise

    def begin_at_once(self) -> None:
        """Expect the rows of an index in its order, of which the first is wanted soon."""
        self._link.execute(_AT_ONCE)

    def lines(self, asked: Lines) -> Iterator[tuple[int, bytes]]:
        """The lines that are asked for, as `pieces`: the first by a statement that is planned already.

        To plan one takes as long as to find some hundred lines, and COPY takes none that is planned.
        """
        if asked.first is None or asked.rest is None:
            return
        with psycopg.Cursor(self._link) as cursor:  # that of Django binds on this side
            cursor.execute(asked.first.sql, asked.first.filled(asked.given), prepare=True)
            found = cursor.fetchall()
        if found:
            yield len(found), "".join(f"{line}\n" for _, line in found).encode()
        if len(found) == FIRST_LINES:
            values = asked.rest.filled({**asked.given, AFTER: found[-1][0]})
            yield from self._copied(asked.rest.sql, values)

    def pieces(self, statement: str, values: Any) -> Iterator[tuple[int, bytes]]:
        """The lines that the statement's one column makes, and how many, some 64 kB at a time."""
        return self._copied(statement, values)

    def records(self, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
        """The rows of `values` as dictionaries, as JSON writes their values."""
        statement, values = rows.query.sql_with_params()
        statement = f"SELECT row_to_json(one) FROM ({statement}) AS one"  # noqa: S608 - of Django's making
        for _, piece in self._copied(statement, values):
            yield from map(orjson.loads, piece.splitlines())

    def count(self, rows: QuerySet[Any]) -> int:
        """How many rows there are in this state."""
        statement, values = rows.order_by().values("pk").query.sql_with_params()
        counted: Any = f"SELECT count(*) FROM ({statement}) AS one"  # noqa: S608 - as above
        found = self._link.execute(counted, values).fetchone()
        return int(found[0]) if found else 0

    def close(self) -> None:
        """Let go of the state, the room and the connection, also in the middle of reading.

        A connection that was read to the end is kept for the next, where connections are kept.
        """
        if self._link in _open:
            _open.discard(self._link)
            _put_back(self._link)

    def _take_room(self, user_id: UUID | None) -> None:
        if user_id is None:
            values = (MOST_OF_VISITORS, _VISITORS)
            if self._link.execute(_ROOM_OF_VISITORS, values).fetchone() is None:
                raise Busy(retry_after=WAIT)
            return
        person = zlib.crc32(user_id.bytes) >> 2
        own, free = self._link.execute(
            _ROOM, (MOST_OF_A_PERSON, _PERSON, person, MOST_AT_ONCE, _ALL)
        ).fetchone() or (None, None)
        if own is None:
            raise TooMany(
                f"{MOST_OF_A_PERSON} exports of yours are being made; wait for one to end.",
                code="too_many_exports",
                extra={"retry_after": WAIT},
            )
        if free is None:
            raise Busy(retry_after=WAIT)

    def _copied(self, statement: str, values: Any) -> Iterator[tuple[int, bytes]]:
        held: list[Any] = []
        size, enough = 0, FIRST_PIECE
        with (
            self._link.cursor() as cursor,
            cursor.copy(_COPY.format(statement), values) as copy,
        ):
            for row in copy:
                held.append(row)
                size += len(row)
                if size >= enough:
                    yield len(held), b"".join(held)
                    held, size, enough = [], 0, PIECE
        if held:
            yield len(held), b"".join(held)


# Connections that nobody uses, the last one behind; only where a process keeps a pool of its others.
_idle: deque[tuple[psycopg.Connection[Any], float]] = deque()


def _begun() -> psycopg.Connection[Any]:
    """A connection on which the transaction has begun: a kept one, else a new one."""
    while True:
        try:
            link, since = _idle.pop()
        except IndexError:
            break
        try:
            if time.monotonic() - since < KEPT_FOR:
                link.execute(_BEGIN, prepare=False)
                return link
        except psycopg.Error:  # the database has gone, or ended it
            pass
        link.close()
    link = _connected()
    try:
        link.execute(_BEGIN, prepare=False)
    except BaseException:
        link.close()
        raise
    return link


def _put_back(link: psycopg.Connection[Any]) -> None:
    """Keep the connection for the next who needs one, or close it."""
    done = link.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS
    try:
        if done and len(_idle) < MOST_KEPT and connection.settings_dict["OPTIONS"].get("pool"):
            link.execute("COMMIT", prepare=False)  # upon a rollback psycopg forgets what is planned
            _idle.append((link, time.monotonic()))
            return
    except psycopg.Error:
        pass
    with suppress(psycopg.Error):
        link.close()


def _forget() -> None:
    """A forked child shares its parent's connections without knowing what is said on them."""
    _idle.clear()


os.register_at_fork(after_in_child=_forget)


def _connected() -> psycopg.Connection[Any]:
    """A connection as Django would make it, beside those that it knows of. Raises its errors."""
    given = {
        name: value for name, value in connection.get_connection_params().items() if name != "pool"
    }
    with connection.wrap_database_errors:
        return psycopg.connect(**{**given, "autocommit": True})
