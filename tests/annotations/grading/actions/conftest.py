"""A work of the student that waits to be graded, and marks of it with a total."""

import pytest
from django.utils import timezone

from annotations.grading.enums import MarkRole, MarkState
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    WorkFactory,
    WorkItemFactory,
)


@pytest.fixture
def plan(assignment, instructor):
    return GradingPlanFactory(assignment=assignment, created_by=instructor)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student)
    GradeFactory(work=work)
    WorkItemFactory(work=work)
    return work


def submitted(work, marker, total, role=MarkRole.FIRST):
    """A mark of that total, as `submit_mark` leaves it."""
    return MarkFactory(
        work=work,
        marker=marker,
        role=role,
        total=total,
        state=MarkState.SUBMITTED,
        submitted_at=timezone.now(),
    )
