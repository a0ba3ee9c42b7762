"""Checks of what the application runs on, by Django's check framework."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name
from django.db import connection

from debate.core.postgres import server_complaints

if TYPE_CHECKING:
    from collections.abc import Sequence

# The row's columns differ between versions, hence its way over JSON.
QUERY = """
    SELECT current_setting('server_version_num')::int,
           pg_encoding_to_char(encoding),
           CASE WHEN datlocprovider <> 'c'
                    THEN coalesce(to_jsonb(d) ->> 'datlocale', to_jsonb(d) ->> 'daticulocale')
                WHEN datcollate = datctype THEN datcollate
                ELSE datcollate || '/' || datctype END
      FROM pg_database d
     WHERE datname = current_database()
"""


@register(Tags.database)
def check_server(*, databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """A warning for each thing in which the database server is not one that we promise to work with."""
    if not databases:
        return []
    with connection.cursor() as cursor:
        cursor.execute(QUERY)
        version, encoding, locale = cursor.fetchone()
    return [
        Warning(sentence, id="core.W001")
        for sentence in server_complaints(version, encoding, locale)
    ]
