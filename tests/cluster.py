"""The PostgreSQL server of a test run: a throwaway cluster, or the server that DATABASE_URL names.

A pytest plugin (see conftest.py). The controller starts one server, the parallel workers share it
and pytest-django gives each a database of its own. The server and its files go when the controller
ends, however it ends: see debate/core/keeper.py. One worker migrates its database; the others copy
that, as migrating takes longer than most files of tests.
"""

from __future__ import annotations

import fcntl
import os
import secrets
import tempfile
from pathlib import Path

from debate.core import postgres

VARIABLE = "COUNTERPOINT_TEST_CLUSTER"
"""Tells the workers, which inherit it, where the controller's cluster is."""

MIGRATED = "counterpoint_migrated"
"""The database that the workers' are copies of."""


def folder() -> Path:
    """The data folder of this run's cluster: a name that is chosen once, and nothing created."""
    name = f"counterpoint-test-{secrets.token_hex(6)}"
    return Path(os.environ.setdefault(VARIABLE, str(Path(tempfile.gettempdir(), name))))


def pytest_configure(config):
    if not hasattr(config, "workerinput") and not os.environ.get("DATABASE_URL"):
        folder().mkdir(mode=0o755)
        postgres.start(folder(), database="counterpoint", throwaway=True)


def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        postgres.release(folder())


def wait_for_copy():
    """A lock if this worker is to migrate its database, which it tells by `keep_copy`; None if another has."""
    lock = (folder() / "migrating.lock").open("wb")
    fcntl.flock(lock, fcntl.LOCK_EX)
    if not (folder() / MIGRATED).exists():
        return lock
    lock.close()
    return None


def keep_copy(connection, lock):
    """Copy the database for the other workers."""
    name = connection.ops.quote_name(connection.settings_dict["NAME"])
    connection.close()
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {MIGRATED} TEMPLATE {name}")
    (folder() / MIGRATED).touch()
    lock.close()
