"""What is new since a person's last visit. Counts begin at `visible_to`: a blind round tells nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from annotations.enums import Status
from annotations.models import Annotation, Visit

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

SILENCE = timedelta(minutes=30)


def since_of(visit: Visit | None, now: datetime) -> datetime | None:
    """Since when things are new to the person: the end of the visit before this one."""
    if visit is None:
        return None
    return visit.last_at if now - visit.last_at > SILENCE else visit.before


def last_visit(user: User | AnonymousUser, assignment: Assignment) -> datetime | None:
    """Since when things in the assignment are new to the person; None on a first visit."""
    if not user.pk:
        return None
    visit = Visit.objects.filter(user_id=user.pk, assignment=assignment).first()
    return since_of(visit, timezone.now())


def new_to(user: User | AnonymousUser, since: datetime) -> AnnotationQuerySet:
    """What others have posted since that the person may read."""
    fresh = Annotation.objects.visible_to(user).filter(
        status=Status.PUBLISHED, published_at__gt=since
    )
    return fresh.exclude(author_id=user.pk)


def new_replies(
    user: User | AnonymousUser, assignment: Assignment, since: datetime | None
) -> dict[UUID, int]:
    """How many replies are new in each thread, by the thread's first annotation. Takes 1 query."""
    if since is None:
        return {}
    replies = new_to(user, since).filter(assignment=assignment, root__isnull=False).order_by()
    return dict(replies.values_list("root_id").annotate(count=Count("pk")))


def news_of(user: User, assignments: Collection[Assignment]) -> dict[UUID, tuple[int, datetime]]:
    """How many are new in each assignment, and since when, where any are. Takes 2 queries."""
    now = timezone.now()
    visits = Visit.objects.filter(user=user, assignment__in=assignments)
    since = {visit.assignment_id: since_of(visit, now) for visit in visits}
    known = {pk: moment for pk, moment in since.items() if moment}
    if not known:
        return {}
    fresh = Q(pk=None)
    for pk, moment in known.items():
        fresh |= Q(assignment=pk, published_at__gt=moment)
    rows = new_to(user, min(known.values())).filter(fresh).order_by()
    counts = rows.values_list("assignment_id").annotate(count=Count("pk"))
    return {pk: (count, known[pk]) for pk, count in counts}
