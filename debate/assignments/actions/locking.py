"""The lock that every change of an assignment, and of what is said in it, takes first."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.db import connection, models
from django.db.models import Func
from django.db.transaction import TransactionManagementError

from debate.assignments.models import Assignment
from debate.assignments.permissions import may_set_essay
from debate.core.db import THIS, Finder, asked
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

    @classmethod
    def told(cls) -> str:
        """How it is asked in SQL."""
        return cls.template % {"function": cls.function}


_LOCK = "SELECT 1 FROM assignments_assignment WHERE id = %s FOR NO KEY UPDATE"
_RAISE = (
    'UPDATE "assignments_assignment" SET "change_counter" = "change_counter" + %s WHERE "id" = %s'
)
_TOLD = ' RETURNING "change_counter"'


@lru_cache(maxsize=1)
def _locked(clock: str) -> Finder[Assignment]:  # noqa: ARG001 - what is found depends on it
    """The assignment THIS with the time by that clock, which is the database's."""
    found = Assignment.objects.select_related("seminar", "revision", "essay")
    return Finder(lambda: found.annotate(locked_at=ClockTimestamp()).filter(pk=THIS))


def lock_assignment(assignment_id: UUID) -> tuple[Assignment, datetime]:
    """Lock the assignment as every change of its annotations does, before any other row.

    `FOR NO KEY UPDATE`, so that rows that merely refer to it are not held up. Returns it with the
    database's time after the lock was granted, by which deadlines are decided. Raises Missing.
    """
    # Alone: joined to its revision the row would be gone for whoever waited while another revision
    # was published, as PostgreSQL looks for the new row's partner among the old snapshot's.
    if connection.get_autocommit():
        raise TransactionManagementError("A lock is held until its transaction ends.")
    if not asked(_LOCK, [assignment_id]):
        raise Missing
    (assignment,) = _locked(ClockTimestamp.told()).find(this=assignment_id)
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
    sql, params = _RAISE, [by, assignment.pk]
    if until:
        sql, params = f"{sql} AND {ClockTimestamp.told()} < %s", [*params, until]
    if not asked(sql + _TOLD, params):
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
