"""The database role that serves: it owns nothing, and only adds to histories.

Not one of the usual module names: a role is the server's, beside all models. Migrations, backups
and commands work as the owner of the tables; web processes and job workers take this role as they
connect, so that whoever gets hold of one of them cannot rewrite what has happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connections, transaction
from django.db.utils import ProgrammingError
from psycopg import errors, sql

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

_OWN = """
    GRANT USAGE ON SCHEMA public TO {role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA public TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {role};
    ALTER DEFAULT PRIVILEGES IN SCHEMA public
        GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO {role};
"""
_HISTORY = "REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON {table} FROM {role}"


def histories() -> list[str]:
    """The tables to which rows are only ever added: of models with `is_history`."""
    return sorted(
        model._meta.db_table  # noqa: SLF001 - Django's documented name
        for model in apps.get_models()
        if getattr(model, "is_history", False)
    )


def grant(connection: BaseDatabaseWrapper, role: str) -> None:
    """Let `role` read and write what the application's tables hold, and only add to histories.

    Makes the role where there is none; may be done again, and before all tables are there. Raises ImproperlyConfigured when the
    connection's user may not make roles.
    """
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        _make(cursor, role)
        names = {"role": sql.Identifier(role)}
        cursor.execute(sql.SQL(_OWN).format(**names))
        there = set(connection.introspection.table_names(cursor))
        for table in histories():
            if table in there:
                cursor.execute(sql.SQL(_HISTORY).format(table=sql.Identifier(table), **names))


def _make(cursor: Any, role: str) -> None:
    name = sql.Identifier(role)
    try:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if not cursor.fetchone():
            cursor.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
        cursor.execute("SELECT pg_has_role(current_user, %s, 'MEMBER')", [role])
        if not cursor.fetchone()[0]:
            cursor.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    except ProgrammingError as error:
        if not isinstance(error.__cause__, errors.InsufficientPrivilege):
            raise
        raise ImproperlyConfigured(
            f"The database's user may not make the role {role}, as which the application serves. "
            f"Let a superuser run CREATE ROLE {role} NOLOGIN and GRANT {role} TO that user, or set "
            "DATABASE_ROLE to nothing: then the application can rewrite histories."
        ) from error


def grant_after_migrating(using: str, **_: Any) -> None:
    """Grant anew after each `migrate`: tables are new, and a restored database knows no grants."""
    if settings.DATABASE_ROLE:
        grant(connections[using], settings.DATABASE_ROLE)


def take() -> None:
    """Let this process serve as the application's role: at each connection that it opens from now.

    To be called before the first. By the connection's options, as the `assume_role` of Django's
    settings waits for ever where connections are pooled.
    """
    if settings.DATABASE_ROLE:
        options = settings.DATABASES["default"]["OPTIONS"]
        options["options"] = with_role(options.get("options", ""), settings.DATABASE_ROLE)


def with_role(options: str, role: str) -> str:
    """A connection's options, with the one that takes the role said once."""
    taken = f"-c role={role}"
    return options if taken in options else f"{options} {taken}".strip()
