"""SQL expressions that the ORM does not have, and statements that are built once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache, wraps
from itertools import count
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import EmptyResultSet
from django.db import OperationalError, connection, connections, transaction
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import (
    BooleanField,
    Expression,
    F,
    Func,
    Model,
    Q,
    QuerySet,
    Subquery,
)
from django.db.models.lookups import IsNull
from django.db.models.query import get_related_populators
from django.db.models.sql.where import WhereNode
from psycopg import RawCursor
from psycopg.errors import DeadlockDetected
from psycopg.sql import Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Rows = TypeVar("Rows", bound=QuerySet[Any])
Row = TypeVar("Row", bound=Model)

# People whose statements are kept in a process: one takes 50 to 500 kB.
KEPT = 32


def is_deadlock(error: BaseException | None) -> bool:
    """Whether the database broke the statement off, as its transaction and others waited in a circle."""
    return isinstance(error, OperationalError) and isinstance(error.__cause__, DeadlockDetected)


def is_there(rows: QuerySet[Any]) -> Q:
    """Whether there is a row among `rows`, which refer to the outer row; looked up for each.

    What `Exists` says; but of an EXISTS that is asked of many rows PostgreSQL makes a table of all
    rows that any of them may find, which for what a person may see is nearly all there are.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), rhs=False))


def is_among(rows: QuerySet[Any]) -> Func:
    """Whether the row is one of `rows`, which are found first and then looked up by their keys.

    What `pk__in` says; but PostgreSQL plans that together with the rest of the statement, and where
    the rest joins many tables it reads all there is before it asks which are among the few.
    """
    keys = ArraySubquery(rows.order_by().values("pk"))
    return Func(
        F("pk"),
        keys,
        arg_joiner=" = ANY(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )


@dataclass(frozen=True)
class Somebody:
    """All that a statement of what a person may see knows of the person."""

    pk: UUID | None


def built_once(door: Callable[[Rows, Any], Rows]) -> Callable[[Rows, Any], Rows]:
    """A QuerySet's method that says what a person may see, its SQL made once a process.

    Django takes 10 to 30 ms to build one, and some to write it down. It says by the person's id
    alone who may see what, and the database decides that anew each time it is asked, so nothing in
    it grows old. Rows that are chosen already, by a filter before it, are asked as usual.
    """

    @cache
    def built(model: Any, reader: UUID | None) -> QuerySet[Any]:
        return to_be_told(door(cast("Rows", model._default_manager.all()), Somebody(reader)))  # noqa: SLF001 - Django's documented name

    @wraps(door)
    def opened(rows: Rows, user: Any) -> Rows:
        if not (_is_bare(rows) and isinstance(user.pk, UUID | None)):
            return door(rows, user)
        model: Any = rows.model
        found: Any = told(built(model, ANYBODY if user.pk else None), user.pk)
        # As long as nothing else is said of the rows: whoever builds on them finds them again.
        found.opened_by = (door.__name__, user.pk)
        return cast("Rows", found)

    return opened


def _is_bare(rows: QuerySet[Any]) -> bool:
    """Whether nothing has been said of the rows yet: all of a table, as the manager gives them."""
    query = rows.query
    said = (
        query.where,
        query.annotations,
        query.select_related,
        query.order_by,
        query.values_select,
        query.extra,
        query.distinct,
        query.combinator,
        query.is_sliced,
        query.deferred_loading[0],
    )
    return not any(said)


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Around reads that have to be of one moment; a transaction that is under way keeps its own."""
    if connection.in_atomic_block:
        yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


# -- statements that are the same for everybody -----------------------------------------------------

# Statements that a connection keeps planned: the plan of one takes a megabyte or two.
MOST_PREPARED = 40
ANYBODY = UUID(int=(1 << 128) - 1)
"""Stands for the reader's id in a statement that is built for whoever it will be."""
_PLACE = re.compile(r"%%|%s")
# Names of the rows of one expression whose SQL is kept, those of the subqueries that it stands in.
MOST_RENAMED = 32


class Told(Expression):
    """An expression whose SQL is made once, for ANYBODY, and then told who it is that reads.

    Its constants stand in the SQL, so that all statements of one shape are one text, which the
    server can prepare. Of rows that are given other names, as those of a subquery, it is made once
    for each names that they are given.
    """

    def __init__(self, whole: Any, reader: UUID | None = None) -> None:
        super().__init__(output_field=getattr(whole, "output_field", None) or BooleanField())
        self.whole = whole
        self.reader = reader
        self.made: list[tuple[str, int]] = []
        self.renamed: dict[frozenset[tuple[str, str]], Told] = {}

    def __eq__(self, other: object) -> bool:
        """Whether it is the same, told to the same reader."""
        if not isinstance(other, Told):
            return NotImplemented
        return self.whole is other.whole and self.reader == other.reader

    def __hash__(self) -> int:
        """As what is equal has it."""
        return hash((id(self.whole), self.reader))

    def told_to(self, reader: UUID | None) -> Told:
        """The same for that reader, None for a visitor who is nobody."""
        one = copy(self)
        one.reader = reader
        return one

    def get_source_expressions(self) -> list[Any]:
        """What it stands for."""
        return [self.whole]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        """Take what is another expression than before, of which no SQL is made yet."""
        (self.whole,) = exprs
        self.made = []
        self.renamed = {}

    def relabeled_clone(self, change_map: Mapping[str, str]) -> Told:
        """The same of rows that have other names."""
        names = frozenset(change_map.items())
        known = self.renamed.get(names)
        if known is None:
            known = super().relabeled_clone(change_map)
            if len(self.renamed) < MOST_RENAMED:
                self.renamed[names] = known
        return known.told_to(self.reader)

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, tuple[Any, ...]]:  # noqa: ARG002 - ids are parameters too
        """The SQL, and the reader's id as often as it is named in it."""
        if not self.made:
            self.made.append(_with_constants(*compiler.compile(self.whole)))
        sql, times = self.made[0]
        return sql, (self.reader,) * times


def _with_constants(sql: str, params: Iterable[Any]) -> tuple[str, int]:
    """The SQL with all parameters but the reader's in it, and how often the reader's stands there."""
    given = iter(params)
    places = 0

    def constant(found: re.Match[str]) -> str:
        nonlocal places
        if found.group() == "%%":
            return "%%"
        value = next(given)
        if value == ANYBODY:
            places += 1
            return "%s"
        return Literal(value).as_string(None).replace("%", "%%")

    return _PLACE.sub(constant, sql), places


def told(rows: Rows, reader: UUID | None) -> Rows:
    """The rows that were built for ANYBODY, all of them `Told`, as that reader sees them."""
    one = rows.all()
    query: Any = one.query
    query.annotations = {name: said.told_to(reader) for name, said in query.annotations.items()}
    query.where.children = [said.told_to(reader) for said in query.where.children]
    return one


def to_be_told(rows: Rows) -> Rows:
    """The rows, built for ANYBODY, with what was said of them as `Told`."""
    one = rows.all()
    query: Any = one.query
    query.annotations = {name: Told(said) for name, said in query.annotations.items()}
    query.where = WhereNode([cast("Any", Told(query.where))])
    return one


def prepared(rows: QuerySet[Any]) -> list[tuple[Any, ...]]:
    """The rows of a `values_list`, asked for as `asked` does."""
    if rows.query.is_empty():
        return []
    try:
        sql, params = rows.query.get_compiler(rows.db).as_sql()
    except EmptyResultSet:
        return []
    return asked(sql, params, alias=rows.db)


def asked(
    sql: str, params: Sequence[Any] | Mapping[str, Any], *, alias: str = "default"
) -> list[tuple[Any, ...]]:
    """The rows of a statement that the server plans once a connection.

    For what is asked often, and planned longer than it runs. `prepare_threshold` of the connection
    says after how many times; where it is None, as behind some poolers, each time is planned anew.
    """
    used: Any = connections[alias]
    used.ensure_connection()
    used.connection.prepared_max = MOST_PREPARED
    kind: Any = ServerBindingCursor
    # What is logged is read by people, and asked again to be explained: with its parameters in it.
    is_read = used.queries_logged
    if not (is_read or isinstance(params, Mapping)):
        sql, kind = numbered(sql), RawCursor
    with used.cursor() if is_read else used.make_cursor(kind(used.connection)) as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


@lru_cache(maxsize=256)
def numbered(sql: str) -> str:
    """The statement with its places as the server counts them, which psycopg would work out each time."""
    number = count(1)
    return _PLACE.sub(lambda one: "%" if one.group() == "%%" else f"${next(number)}", sql)


@dataclass(frozen=True)
class Statement:
    """A SELECT of which Django makes the SQL once, and which the server plans once a connection.

    It is built with stand-ins, UUIDs, texts or lists of one: whoever asks says what stands for each.
    """

    sql: str
    params: tuple[Any, ...]
    alias: str = "default"

    @classmethod
    def of(cls, rows: QuerySet[Any]) -> Statement | None:
        """That of the rows of a `values_list`; None where it is known already that there are none."""
        try:
            sql, params = rows.query.get_compiler(rows.db).as_sql()
        except EmptyResultSet:
            return None
        return cls(sql, tuple(params), rows.db)

    def filled(self, given: Mapping[Any, Any]) -> list[Any]:
        """The values, with what is given in place of the stand-ins; of a list its first names it."""
        names = [one[0] if isinstance(one, list) and one else one for one in self.params]
        return [
            given[name] if isinstance(name, UUID | str) and name in given else one
            for name, one in zip(names, self.params, strict=True)
        ]

    def ask(self, given: Mapping[Any, Any]) -> list[tuple[Any, ...]]:
        """The rows, as `asked` finds them."""
        return asked(self.sql, self.filled(given), alias=self.alias)


THIS, THAT = (UUID(int=ANYBODY.int - n) for n in (2, 3))
"""Stand for ids in the rows that a `Finder` looks for."""


class Finder(Generic[Row]):
    """Finds rows by a SELECT of which Django makes the SQL once, and the server the plan.

    To build one again for each request takes Django as long as ten of them take the database.
    `rows` says which rows, with ANYBODY, THIS and THAT for what differs from time to time.
    """

    def __init__(self, rows: Callable[[], QuerySet[Row]]) -> None:
        self._rows = rows

    def find(self, **given: Any) -> list[Row]:
        """The rows for that person (`anybody`) and those ids (`this`, `that`)."""
        known = self._known
        values: dict[UUID | str, Any] = {_STAND_INS[name]: one for name, one in given.items()}
        return [known.row(one) for one in known.statement.ask(values)]

    @cached_property
    def _known(self) -> _Known:
        rows = self._rows()
        compiler = rows.query.get_compiler(rows.db)
        sql, params = compiler.as_sql()
        return _Known(Statement(sql, tuple(params), rows.db), compiler)


_STAND_INS = {"anybody": ANYBODY, "this": THIS, "that": THAT}


class _Known:
    """A statement, and how its rows become objects: as Django's ModelIterable makes them."""

    def __init__(self, statement: Statement, compiler: Any) -> None:
        self.statement = statement
        kind = compiler.klass_info
        first, last = kind["select_fields"][0], kind["select_fields"][-1] + 1
        self._model = kind["model"]
        self._own = slice(first, last)
        self._names = [one[0].target.attname for one in compiler.select[first:last]]
        self._beside = get_related_populators(kind, compiler.select, statement.alias)  # type: ignore[call-arg]  # that of a later Django
        self._annotated = dict(compiler.annotation_col_map or {})
        self._converters = compiler.get_converters(one[0] for one in compiler.select)

    def row(self, values: Sequence[Any]) -> Any:
        """The object of which these are the columns."""
        if self._converters:
            values = list(values)
            for at, (converters, expression) in self._converters.items():
                for convert in converters:
                    values[at] = convert(values[at], expression, connections[self.statement.alias])
        one = self._model.from_db(self.statement.alias, self._names, values[self._own])
        for beside in self._beside:
            beside.populate(values, one)
        for name, at in self._annotated.items():
            setattr(one, name, values[at])
        return one
