"""Empties the database after a test that commits, without making each of its tables anew.

Django's flush truncates every table, and gives each new files however few rows it has: seconds on
a busy machine, after each such test. A test writes a few hundred rows at most; they are deleted.
"""

import os

from django.db import OperationalError, connections, transaction
from django.test import TransactionTestCase
from psycopg.errors import DeadlockDetected

MANY = 2_000
"""Rows of one table from which on truncating is quicker than deleting."""

TURNS = 5

# What migrating makes, and Django's flush would make anew.
MADE = {"auth_permission", "django_content_type"}

_flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]  # the stubs know public names only
_made: dict[str, dict[str, int]] = {}


def remember(connection):
    """How much there is of what migrating makes; to be called before the first test."""
    with connection.cursor() as cursor:
        _made[connection.alias] = _rows(cursor, connection, sorted(MADE))


def after(case):
    """What TransactionTestCase does after a test: all tables are empty, and other connections' writes waited for."""
    if not all(map(emptied, case._databases_names(include_mirrors=False))):
        _flush(case)


def emptied(alias):
    """The same as `empty`, again where that and a thread that still reads waited for each other.

    The server then ends one of the two transactions, and what it ends may be this.
    """
    for _ in range(TURNS - 1):
        try:
            return empty(alias)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return empty(alias)


def empty(alias):
    """Whether all rows could be deleted; nothing is if there are many, or not those of MADE as they were.

    The tables are locked as by TRUNCATE, so nobody's transaction ends after this with more rows.
    Neither triggers nor foreign keys are asked, as TRUNCATE would not, which only a superuser may
    have so: on the server that DATABASE_URL names, Django's own way is taken.
    """
    if os.environ.get("DATABASE_URL"):
        return False
    connection = connections[alias]
    quoted = connection.ops.quote_name
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {', '.join(map(quoted, tables))}")
        rows = _rows(cursor, connection, tables)
        made = {table: rows.pop(table, None) for table in MADE}
        if made != _made[alias] or any(count > MANY for count in rows.values()):
            return False
        filled = [table for table, count in rows.items() if count]
        deletions = [f"DELETE FROM {quoted(table)}" for table in filled]  # noqa: S608 - our own tables
        cursor.execute("; ".join(["SET LOCAL session_replication_role = replica", *deletions]))
    return True


def _rows(cursor, connection, tables):
    """How many rows each table has, counted no further than is of interest."""
    counts = [
        f"(SELECT count(*) FROM (SELECT FROM {connection.ops.quote_name(table)} LIMIT {MANY + 1}))"  # noqa: S608 - names of our own tables
        for table in tables
    ]
    cursor.execute(f"SELECT {', '.join(counts)}")
    return dict(zip(tables, cursor.fetchone(), strict=True))
