"""One moment of the database, read row by row over a connection of its own.

Not one of the usual module names: below the models, it is where an export gets its rows from, as
PostgreSQL makes them, so that neither side ever holds more than a few. How many are read at once is
bounded by locks of the transaction, which end with it however it ends.
"""

from __future__ import annotations

import os
import select
import time
import zlib
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import orjson
import psycopg
from django.db import connection
from psycopg.pq import ExecStatus, Format

from annotations.exchange.errors import Busy
from debate.core.db import numbered
from debate.core.errors import TooMany

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from uuid import UUID

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

MOST_PLANNED = 8
"""Statements of lines that a kept connection has planned: a plan takes a megabyte or two."""

CHUNK = 16
"""Lines that are taken from the connection together: the most that are held beside a piece."""

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
_FREE = (
    "(SELECT n FROM generate_series(1, {most}) AS n"
    " WHERE pg_try_advisory_xact_lock({kind}, {whose} + n) LIMIT 1)"
)
# Neither sign stands in JSON, so each line comes out as it is.
_COPY = "COPY ({}) TO STDOUT (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02')"


# Until they are closed, so that of what nobody holds any more the connection is not the first to go.
_open: set[Link] = set()


@dataclass(frozen=True, slots=True)
class Lines:
    """The statement of lines, and what is given for its stand-ins; None where there are no lines."""

    statement: Statement | None
    given: Mapping[Any, Any]


class Link(psycopg.Connection[Any]):
    """A connection that keeps planned what is read from it line by line.

    COPY and cursors are planned anew each time, which takes as long as to tell some 500 lines, and
    what EXECUTE finds the server puts aside before it tells the first. Only the protocol itself has
    rows of a planned statement one after the other.
    """

    def __init__(self, *given: Any, **named: Any) -> None:
        """As psycopg makes it."""
        super().__init__(*given, **named)
        self._planned: dict[str, bytes] = {}

    def told(self, sql: str, values: Sequence[Any]) -> Iterator[bytes]:
        """The lines of a statement of one column of text, with a line end each.

        Where nothing may be kept planned, as behind some poolers, it is planned for this time.
        """
        name = self._name_of(sql) if self.prepare_threshold is not None else None
        given = [None if one is None else str(one).encode() for one in values]
        if name:
            self.pgconn.send_query_prepared(name, given, result_format=Format.BINARY)
        else:
            command = numbered(sql).encode()
            self.pgconn.send_query_params(command, given, result_format=Format.BINARY)
        self.pgconn.set_chunked_rows_mode(CHUNK)
        watch = select.poll()
        watch.register(self.pgconn.socket, select.POLLIN | select.POLLOUT)
        while self.pgconn.flush():
            self._take(watch.poll())
        watch.modify(self.pgconn.socket, select.POLLIN)
        while True:
            while self.pgconn.is_busy():
                self._take(watch.poll())
            result = self.pgconn.get_result()
            if result is None:
                return
            if result.status not in {ExecStatus.TUPLES_CHUNK, ExecStatus.TUPLES_OK}:
                raise psycopg.DatabaseError(result.get_error_message())
            for row in range(result.ntuples):
                yield (result.get_value(row, 0) or b"") + b"\n"

    def _name_of(self, sql: str) -> bytes:
        """The name under which the statement is planned, from now on if it is not yet."""
        if sql not in self._planned:
            if len(self._planned) == MOST_PLANNED:
                self.execute("DEALLOCATE ALL", prepare=False)
                self._planned.clear()
            name = f"lines_{len(self._planned)}"
            self.execute(f"PREPARE {name} AS {numbered(sql)}", prepare=False)
            self._planned[sql] = name.encode()
        return self._planned[sql]

    def _take(self, ready: list[tuple[int, int]]) -> None:
        """Take what the server gives, if that is what there is to do."""
        if any(what & ~select.POLLOUT for _, what in ready):
            self.pgconn.consume_input()


class Snapshot:
    """A state of the database that stays as it is for whoever reads it, until `close`."""

    def __init__(self, user_id: UUID | None, *, at_once: bool = False) -> None:
        """Begin it. Raises TooMany for a person, and Busy for anybody, where there is no room.

        `at_once`: expect the rows of an index in its order, of which the first is wanted soon.
        """
        self._link, free = _begun(f"{_AT_ONCE};{_room(user_id)}" if at_once else _room(user_id))
        _open.add(self._link)
        if None in free:
            self.close()
            _refuse(is_own=free[0] is None and user_id is not None)

    def lines(self, asked: Lines) -> Iterator[tuple[int, bytes]]:
        """The lines that are asked for, as `pieces`."""
        if asked.statement is not None:
            values = asked.statement.filled(asked.given)
            yield from _in_pieces(self._link.told(asked.statement.sql, values))

    def pieces(self, statement: str, values: Any) -> Iterator[tuple[int, bytes]]:
        """The lines that the statement's one column makes, and how many, some 64 kB at a time."""
        with (
            self._link.cursor() as cursor,
            cursor.copy(_COPY.format(statement), values) as copy,
        ):
            yield from _in_pieces(map(bytes, copy))

    def records(self, rows: QuerySet[Any]) -> Iterator[dict[str, Any]]:
        """The rows of `values` as dictionaries, as JSON writes their values."""
        statement, values = rows.query.sql_with_params()
        statement = f"SELECT row_to_json(one) FROM ({statement}) AS one"  # noqa: S608 - of Django's making
        for _, piece in self.pieces(statement, values):
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


def _room(user_id: UUID | None) -> str:
    """The statement that takes the room of the person's and that of all, in this order, or NULL.

    Of numbers alone, so that it goes along with the beginning of the transaction.
    """
    if user_id is None:
        return "SELECT " + _FREE.format(most=MOST_OF_VISITORS, kind=_VISITORS, whose=0)
    person = zlib.crc32(user_id.bytes) >> 2
    own = _FREE.format(most=MOST_OF_A_PERSON, kind=_PERSON, whose=person)
    return f"SELECT {own}, " + _FREE.format(most=MOST_AT_ONCE, kind=_ALL, whose=0)


def _refuse(*, is_own: bool) -> NoReturn:
    if not is_own:
        raise Busy(retry_after=WAIT)
    raise TooMany(
        f"{MOST_OF_A_PERSON} exports of yours are being made; wait for one to end.",
        code="too_many_exports",
        extra={"retry_after": WAIT},
    )


def _in_pieces(lines: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    held: list[bytes] = []
    size, enough = 0, FIRST_PIECE
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= enough:
            yield len(held), b"".join(held)
            held, size, enough = [], 0, PIECE
    if held:
        yield len(held), b"".join(held)


# Connections that nobody uses, the last one behind; only where a process keeps a pool of its others.
_idle: deque[tuple[Link, float]] = deque()


def _begun(asked: str) -> tuple[Link, tuple[Any, ...]]:
    """A connection on which the transaction has begun, a kept one or else a new one.

    And the row that is asked for with it.
    """
    while True:
        try:
            link, since = _idle.pop()
        except IndexError:
            break
        try:
            if time.monotonic() - since < KEPT_FOR:
                return link, _begin(link, asked)
        except psycopg.Error:  # the database has gone, or ended it
            pass
        link.close()
    link = _connected()
    try:
        return link, _begin(link, asked)
    except BaseException:
        link.close()
        raise


def _begin(link: Link, asked: str) -> tuple[Any, ...]:
    with link.execute(f"{_BEGIN};{asked}", prepare=False) as cursor:
        while cursor.nextset():
            pass  # to what the last statement tells
        return tuple(cursor.fetchone() or ())


def _put_back(link: Link) -> None:
    """Keep the connection for the next who needs one, or close it."""
    try:
        if link.info.transaction_status is psycopg.pq.TransactionStatus.INTRANS:
            # Before closing too, or its room stays taken until the server notices. And not rolled
            # back, upon which psycopg forgets what is planned.
            link.execute("COMMIT", prepare=False)
            if len(_idle) < MOST_KEPT and connection.settings_dict["OPTIONS"].get("pool"):
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


def _connected() -> Link:
    """A connection as Django would make it, beside those that it knows of. Raises its errors."""
    given = {
        name: value for name, value in connection.get_connection_params().items() if name != "pool"
    }
    with connection.wrap_database_errors:
        return Link.connect(**{**given, "autocommit": True})
