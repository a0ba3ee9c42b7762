"""Many at the same moment."""

import threading
import time

from django.db import connection

from debate.core.errors import DomainError


def at_once(*acts):
    """Run the acts at the same moment, each with a connection of its own; their results in order.

    A refusal counts as a result.
    """
    start = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(index):
        try:
            start.wait()
            results[index] = acts[index]()
        except DomainError as error:
            results[index] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[index]) for index in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def waiting(number):
    """Whether so many connections come to wait for a lock."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone()[0] == number:
                return True
            cursor.execute("SELECT pg_sleep(0.05), pg_stat_clear_snapshot()")
    return False
