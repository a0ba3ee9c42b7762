"""One order for the change lines of all assignments, and how long they are kept.

Within an assignment the counter is the order: it is raised under the row's lock, so that whoever
sees a line sees all before it. Between assignments there is no such lock, and none is wanted, as
all writers would stand in one queue. A sequence or a time of day is no order either: both are taken
before the commit, and a reader who has seen 8 would never see the 7 that commits later. So lines are
numbered afterwards, once they are committed, by the first who reads: under an advisory lock, in one
statement, which sees committed lines alone. Numbers of one transaction become visible together, and
those of the next are higher; who sees a number therefore sees all below it, and what commits later
gets a higher one, however long it was under way.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db import connection, transaction
from django.db.models import Min
from django.utils import timezone

from annotations.models import Change, FeedBook
from debate.core.db import asked

RETENTION: Final = timedelta(days=90)
"""How long a change can be asked for."""

_LOCK: Final = 0x636F756E746572
"""The key of the advisory lock; nothing else in the database takes it."""

# In the order of their index, which is looked at whatever the planner believes of how many there are.
_WAITING = """
SELECT 1 FROM annotations_change WHERE number IS NULL ORDER BY assignment_id, counter LIMIT 1
"""
_NUMBER = """
WITH waiting AS (
    SELECT id, row_number() OVER (ORDER BY assignment_id, counter) AS place
    FROM annotations_change WHERE number IS NULL
), book AS (
    INSERT INTO annotations_feedbook AS known (id, last_number, forgotten)
    SELECT %(book)s, count(*), 0 FROM waiting
    ON CONFLICT (id) DO UPDATE SET last_number = known.last_number + excluded.last_number
    RETURNING last_number - (SELECT count(*) FROM waiting) AS before
)
UPDATE annotations_change AS line SET number = book.before + waiting.place
FROM waiting, book WHERE line.id = waiting.id
"""


def number_lines() -> None:
    """Number all change lines that are committed, those of an assignment in their order.

    Call it before a snapshot is taken in which the feed is read. Costs one look where there is
    nothing to number: then all that can be seen is numbered.
    """
    if asked(_WAITING, []):
        with transaction.atomic():
            _number()


def _number() -> None:
    with connection.cursor() as cursor:
        # In a statement of its own: the next one has to see what the last holder committed.
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_NUMBER, {"book": FeedBook.THE_ONE})


@transaction.atomic
def forget_lines() -> int:
    """Delete the change lines that are older than `RETENTION`; returns how many.

    Up to the oldest line that is kept, in the order of the feed, so that a reader has all after a
    cursor or is told that some are gone.
    """
    _number()
    kept = Change.objects.filter(at__gte=timezone.now() - RETENTION)
    first = kept.aggregate(first=Min("number"))["first"]
    book = FeedBook.objects.filter(pk=FeedBook.THE_ONE)
    last = book.values_list("last_number", flat=True).get() if first is None else first - 1
    book.filter(forgotten__lt=last).update(forgotten=last)
    count, _ = Change.objects.filter(number__lte=last).delete()
    return count
