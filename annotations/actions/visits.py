"""When people looked at an assignment, by which things are new to them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from annotations.models import Visit
from annotations.queries.visits import SILENCE, since_of

if TYPE_CHECKING:
    from datetime import datetime

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

# Nobody needs to know the minute: a page that is loaded again at once writes nothing.
PRECISION = timedelta(minutes=1)


@transaction.atomic
def record_visit(*, actor: User, assignment: Assignment) -> datetime | None:
    """Keep that the person looks at the assignment now; returns since when things are new.

    Half an hour of silence ends a visit; what others post from then on is new at the next, and
    stays so while that lasts. None at the first visit, to which nothing is new. Nothing is kept of
    the stand-in through whom staff view as a student. The caller has found the assignment among
    those that the person may see.
    """
    if not actor.is_active:
        return None
    now = timezone.now()
    mine = Visit.objects.filter(user=actor, assignment=assignment)
    visit = mine.first()
    if visit is None:
        first = Visit(user=actor, assignment=assignment, last_at=now)
        Visit.objects.bulk_create([first], ignore_conflicts=True)
        return None
    since = since_of(visit, now)
    if now - visit.last_at > SILENCE:
        # Of two pages that are opened at once, one ends the visit.
        mine.filter(last_at=visit.last_at).update(before=visit.last_at, last_at=now)
    elif now - visit.last_at > PRECISION:
        mine.update(last_at=now)
    return since
