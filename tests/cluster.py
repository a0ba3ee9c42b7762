"""The PostgreSQL server of a test run: a throwaway cluster, or the server that DATABASE_URL names.

A pytest plugin (see conftest.py). The controller starts one server, the parallel workers share it
and pytest-django gives each a database of its own. The server and its files go when the controller
ends, however it ends: see debate/core/keeper.py.
"""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

from debate.core import postgres

VARIABLE = "COUNTERPOINT_TEST_CLUSTER"
"""Tells the workers, which inherit it, where the controller's cluster is."""


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
