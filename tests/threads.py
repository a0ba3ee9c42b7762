"""Many at the same moment."""

import threading

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
