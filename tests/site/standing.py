"""The world of tests/site/people.py for all tests of a module: each takes back what it changes."""

import copy
from contextlib import contextmanager

from django.db import transaction

# Whether the world stays in the database, so that forks of the process find it: see mutation.py.
KEEPS = False


@contextmanager
def built():
    """The world while the module's tests run, in a transaction that is taken back."""
    from tests.site import people  # noqa: PLC0415 - models are ready only now

    if KEEPS:
        yield people.build()
        return
    with transaction.atomic():
        yield people.build()
        transaction.set_rollback(True)


def own(world):
    """The test's own copy of the rows: what one test reads into them or sets, no other finds there."""
    return copy.deepcopy(world)
