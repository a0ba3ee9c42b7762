"""The backend's connection: of those that are kept, one that still stands."""

from __future__ import annotations

import select
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import psycopg
from django.db.backends.postgresql import base
from psycopg_pool import PoolTimeout

if TYPE_CHECKING:
    from psycopg import Connection

TURNS = 5
"""How often a request waits for a connection, as long as the pool's `timeout` each time."""


class LastFirst(deque[Any]):
    """Connections that are free, of which the one used last is used next.

    In turns, each would be cold when its turn comes, and have to plan all statements first. The
    library takes from the left what it has put at the right.
    """

    def popleft(self) -> Any:
        """The one that was put there last."""
        return self.pop()


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's own; its CONN_HEALTH_CHECKS would ask the server once more for each request."""

    @property
    def pool(self) -> Any:
        """The connections that are kept; None where none are."""
        pool = super().pool
        if pool is not None and not isinstance(pool._pool, LastFirst):  # noqa: SLF001 - nothing else says it
            with pool._lock:  # noqa: SLF001 - as above
                pool._pool = LastFirst(pool._pool)  # noqa: SLF001 - as above
        return pool

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """A connection that is new, or kept and as good as new. Raises OperationalError."""
        for turn in range(TURNS):
            try:
                one = super().get_new_connection(conn_params)
            except PoolTimeout:
                # All are busy, or the server is away, which is not to be waited for.
                self.Database.connect(**conn_params).close()
                if turn == TURNS - 1:
                    raise
                continue
            pool: Any = self.pool
            if pool is None or stands(one):
                return one
            one.close()
            pool.putconn(one)  # which then opens another in its place
        raise PoolTimeout("The server ends each connection.")


def stands(connection: Connection[Any]) -> bool:
    """Whether the server has not ended the connection, which nobody uses.

    A server that ends or dies closes its end, so that there is something to read; else there is
    nothing, or a notice, behind which the connection answers.
    """
    looked = select.poll()
    looked.register(connection.fileno(), select.POLLIN)
    if not looked.poll(0):
        return True
    with suppress(psycopg.Error):
        connection.execute("")
        return True
    return False
