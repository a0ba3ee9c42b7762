"""Plans as their set-up is read: which other assignments of the seminar may be graded alike."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debate.assignments.models import Assignment

if TYPE_CHECKING:
    from annotations.grading.models import GradingPlan
    from debate.accounts.models import User

MOST_TARGETS = 200


@dataclass(frozen=True, slots=True)
class Target:
    """Another assignment: without a plan, with one that would be replaced, or past changing."""

    assignment: Assignment
    plan: GradingPlan | None

    @property
    def is_collected(self) -> bool:
        """Whether its works are collected, so that its plan is changed on its own page alone."""
        return self.plan is not None and self.plan.collected_at is not None


def targets_of(user: User, plan: GradingPlan) -> list[Target]:
    """The other assignments of the plan's seminar, by title. Takes 1 query."""
    others = Assignment.objects.set_to(user).filter(seminar=plan.assignment.seminar_id)
    rows = others.exclude(pk=plan.assignment_id).select_related("grading_plan__rubric_version")
    return [
        Target(one, getattr(one, "grading_plan", None))
        for one in rows.order_by("title", "pk")[:MOST_TARGETS]
    ]
