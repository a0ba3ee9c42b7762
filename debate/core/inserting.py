"""Rows that are new, of whatever tables and however many, inserted by one statement.

Not one of the usual module names: actions of several apps insert so.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import AutoField, Expression

from debate.core.db import asked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from django.db.models import Model


class OfRow(Expression):
    """A column that the database works out of texts that are sent with its row.

    `texts` are those; `in_row` is the SQL that names each as it is told by `text_of`, the same for
    all rows of one statement.
    """

    in_row: str
    texts: Mapping[str, str]


def text_of(name: str) -> str:
    """How the SQL of an `OfRow` names one of its texts."""
    return f"(one.doc ->> '{name}')"


def insert_all(
    rows: Sequence[Model],
    *,
    beside: tuple[str, Sequence[Any]] = ("SELECT 1", ()),
    telling: tuple[str, Sequence[str]] = ("", ()),
) -> int:
    """Insert the rows in one statement, the same for any number, which is planned once a connection.

    As `save` does it for each, but that keys which the database makes are not told. The rows are
    sent as JSON, a text for each table: that costs a fraction of what their values cost as
    parameters. `beside` is another statement with its parameters that is done with them; returns
    how many rows that returned. `telling` is told to whoever listens once the transaction is
    committed: a channel, and the texts.
    """
    by_table: dict[type[Model], list[Model]] = {}
    for row in rows:
        by_table.setdefault(type(row), []).append(row)
    first, params = beside
    parts, params = [f"beside AS ({first})"], list(params)
    for number, (model, some) in enumerate(by_table.items()):
        said = _said_of_rows(some)
        parts.append(f"row_{number} AS ({_insert_into(model, said)})")
        params.append(orjson.dumps([_document(one) for one in some]).decode())
    channel, texts = telling
    sql = (
        f"WITH {', '.join(parts)} SELECT (SELECT count(*) FROM beside),"  # noqa: S608 - SQL of ours
        " (SELECT count(pg_notify(%s, told.one)) FROM json_array_elements_text(%s::json) AS told (one))"
    )
    ((found, _),) = asked(sql, [*params, channel, orjson.dumps(texts).decode()])
    for one in rows:
        one._state.adding = False  # noqa: SLF001 - Django's documented name
        one._state.db = DEFAULT_DB_ALIAS  # noqa: SLF001 - as above
    return int(found)


def _said_of_rows(rows: Sequence[Model]) -> tuple[tuple[str, str], ...]:
    """The columns that the database works out, with their SQL."""
    _, fields = _columns(type(rows[0]))
    values = ((str(one.column), getattr(rows[0], one.attname)) for one, _ in fields)
    return tuple((name, value.in_row) for name, value in values if isinstance(value, OfRow))


@cache
def _insert_into(model: type[Model], said: tuple[tuple[str, str], ...]) -> str:
    """The INSERT of rows that are given as a JSON array."""
    quoted = connection.ops.quote_name
    table, fields = _columns(model)
    names = [str(one.column) for one, _ in fields]
    worked_out = dict(said)
    values = ", ".join(worked_out.get(one, f"given.{quoted(one)}") for one in names)
    return (
        f"INSERT INTO {table} ({', '.join(map(quoted, names))}) SELECT {values}"  # noqa: S608 - names of ours
        f" FROM json_array_elements(%s::json) AS one (doc),"
        f" json_populate_record(NULL::{table}, one.doc) AS given"
    )


def _document(row: Model) -> dict[str, Any]:
    """The columns that are given with the row, and the texts of which others are made."""
    document: dict[str, Any] = {}
    for field, is_plain in _columns(type(row))[1]:
        value = getattr(row, field.attname) if is_plain else field.pre_save(row, add=True)
        if isinstance(value, OfRow):
            document.update(value.texts)
        else:
            document[str(field.column)] = value
    return document


@cache
def _columns(model: type[Model]) -> tuple[str, list[tuple[Any, bool]]]:
    """The table, and the fields that are given with a new row; whether they are kept as they are."""
    whole = model._meta  # noqa: SLF001 - Django's documented name
    fields = [
        (one, not (getattr(one, "auto_now", False) or getattr(one, "auto_now_add", False)))
        for one in whole.concrete_fields
        if not (isinstance(one, AutoField) or one.generated)
    ]
    return connection.ops.quote_name(whole.db_table), fields
