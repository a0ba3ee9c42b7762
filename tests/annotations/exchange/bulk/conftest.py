"""Which connections to the database a test has opened, and whether it let go of them."""

import pytest
from django.db import connection

_BACKENDS = (
    "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
    " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
)


@pytest.fixture
def others(transactional_db):
    """`others()`: how many there are beside the test's own that were not there before it.

    Waited for, as a server process ends by itself.
    """
    before = _backends()

    def count():
        with connection.cursor() as cursor:
            for _ in range(600):
                if not (left := _backends() - before):
                    return 0
                cursor.execute("SELECT pg_sleep(0.1)")
        return len(left)

    return count


def _backends():
    with connection.cursor() as cursor:
        cursor.execute(_BACKENDS)
        return {pid for (pid,) in cursor.fetchall()}
