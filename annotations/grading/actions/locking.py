"""The lock that every change of grading takes first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.grading.models import GradingPlan
from debate.assignments.actions import ClockTimestamp
from debate.core.errors import Missing

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID


NO_PLAN = "No grading has been set up for this assignment."


def lock_plan(assignment_id: UUID) -> tuple[GradingPlan, datetime]:
    """Lock the assignment's grading plan, before works, marks and grades.

    So a release sees marks of one moment, and nobody changes one meanwhile. Where annotations
    change in the same transaction, the assignment's lock comes before. Returns the plan with its
    assignment, and the database's time after the lock was granted. Raises Missing without a plan.
    """
    locked = GradingPlan.objects.select_for_update(no_key=True).filter(assignment=assignment_id)
    if not locked.values_list("pk", flat=True):
        raise Missing(NO_PLAN)
    found = GradingPlan.objects.select_related("assignment__seminar", "rubric_version")
    plan = found.annotate(locked_at=ClockTimestamp()).get(assignment=assignment_id)
    now: datetime = plan.locked_at  # type: ignore[attr-defined]  # annotated
    return plan, now


def raise_plan_counter(plan: GradingPlan) -> int:
    """Raise the locked plan's counter, which all tags of grading hold; returns its new value."""
    plan.counter += 1
    plan.save(update_fields=["counter"])
    return plan.counter
