"""The job worker: one process that does what requests leave for later, by procrastinate.

Not one of the usual module names: it is a process of its own beside the web processes. Jobs are
rows of the database, so nothing is lost while no worker runs.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time

import django
from django.db import connection
from django.db.utils import Error

from debate.core.keeper import die_with_parent
from debate.core.roles import take

logger = logging.getLogger(__name__)

LOOK = 2.0
"""Seconds between two looks at whether the database is there and up to date."""

POLL = 1.0
"""Seconds between two looks for jobs: what wakes the worker at once is gone for good after the
database was restarted, so this is how late a job then comes at most."""

GRACE = 0.5
"""Seconds that the jobs under way may take once the worker is told to end."""


def work() -> None:
    """Do jobs until SIGINT or SIGTERM; waits for a database whose migrations are applied."""
    take()
    _wait_for_database()
    # What procrastinate makes of the tasks exists only after Django has been set up.
    from debate.core.jobs import worker_app  # noqa: PLC0415 - see above

    worker_app().run_worker(
        name="counterpoint",
        concurrency=1,
        fetch_job_polling_interval=POLL,
        shutdown_graceful_timeout=GRACE,
        delete_jobs="successful",
    )


def _wait_for_database() -> None:
    from debate.core.health import pending_migrations  # noqa: PLC0415 - asks for models, as above

    told = False
    while True:
        try:
            pending = pending_migrations()
        except Error:
            pending = -1
        finally:
            connection.close()
        if not pending:
            return
        if not told:
            logger.info("Jobs wait for the database and its migrations.")
            told = True
        time.sleep(LOOK)


def main(supervisor: int) -> None:
    """Work, and end with the process `supervisor`."""
    die_with_parent(supervisor, signal.SIGTERM)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "debate.settings")
    django.setup()
    work()


if __name__ == "__main__":
    main(int(sys.argv[1]))
