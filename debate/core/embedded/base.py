"""The backend's connection: the usual one, which has the server started before it first connects."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.utils import OperationalError

from debate.core import postgres
from debate.core.pooled import base


class DatabaseWrapper(base.DatabaseWrapper):
    """PostgreSQL on the embedded server of ``settings.DATA``; raises OperationalError without it."""

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        try:
            postgres.start(Path(settings.DATA))
        except postgres.PostgresError as error:
            raise OperationalError(str(error)) from error
        return super().get_new_connection(conn_params)
