"""The lock that every change of an assignment, and of what is said in it, takes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Func

from debate.assignments.models import Assignment
from debate.assignments.permissions import may_set_essay
from debate.core.errors import InvalidState, Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User


class ClockTimestamp(Func):
    """The database's clock at the moment the row is read, not the transaction's beginning."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


def lock_assignment(assignment_id: UUID) -> tuple[Assignment, datetime]:
    """Lock the assignment as every change of its annotations does, before any other row.

    `FOR NO KEY UPDATE`, so that rows that merely refer to it are not held up. Returns it with the
    database's time after the lock was granted, by which deadlines are decided. Raises Missing.
    """
    # Alone: joined to its revision the row would be gone for whoever waited while another revision
    # was published, as PostgreSQL looks for the new row's partner among the old snapshot's.
    locked = Assignment.objects.select_for_update(no_key=True).filter(pk=assignment_id)
    if not locked.values_list("pk", flat=True):
        raise Missing
    found = Assignment.objects.select_related("seminar", "revision")
    assignment = found.annotate(locked_at=ClockTimestamp()).get(pk=assignment_id)
    now: datetime = assignment.locked_at  # type: ignore[attr-defined]  # annotated
    return assignment, now


def lock_assignments(assignment_ids: Collection[UUID]) -> None:
    """Lock several in the order of their ids, so that no two who hold some wait for one another.

    To be taken before changes of them in one transaction, each of which then locks its own again.
    """
    rows = Assignment.objects.filter(pk__in=set(assignment_ids)).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def raise_counter(assignment: Assignment, by: int = 1, *, until: datetime | None = None) -> int:
    """Raise the locked assignment's counter; returns its new value.

    Of a change that has to be in time, `until` is the moment it closes: then the statement that
    writes looks at the database's clock itself. Raises InvalidState when that moment has come.
    """
    assignment.change_counter += by
    rows = Assignment.objects.filter(pk=assignment.pk)
    if until:
        rows = rows.annotate(now=ClockTimestamp()).filter(now__lt=until)
    if not rows.update(change_counter=F("change_counter") + by):
        raise InvalidState(
            "This assignment has closed, so nothing more can be posted or changed.", code="closed"
        )
    return assignment.change_counter


def locked_by_instructor(actor: User, assignment_id: UUID) -> tuple[Assignment, datetime]:
    """The assignment, locked, with the database's time, for whoever changes what is asked there.

    Raises Missing for an assignment that the actor may not know of, NotAllowed for all but
    instructors, and in an archived seminar.
    """
    known = Assignment.objects.visible_to(actor).select_related("seminar")
    seen = known.filter(pk=assignment_id).first()
    if seen is None:
        raise Missing
    if not may_set_essay(membership_of(actor, seen.seminar), seen.seminar):
        raise NotAllowed("Only instructors of this seminar change its assignments.")
    return lock_assignment(assignment_id)
