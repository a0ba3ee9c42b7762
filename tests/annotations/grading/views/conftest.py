"""A work of the student with a whole mark of 8 of 10 that cites its one contribution."""

import pytest
from django.utils import timezone

from annotations.grading.actions.releasing import release_grades
from annotations.grading.actions.settling import settle
from annotations.grading.enums import MarkState
from tests.factories.annotations import annotation_on
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    ItemFeedbackFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    WorkItemFactory,
)


@pytest.fixture
def graded_plan(assignment, instructor):
    return GradingPlanFactory(assignment=assignment, created_by=instructor)


@pytest.fixture
def graded_work(graded_plan, student, assistant, paragraphs):
    """The work; its grade is ready."""
    note = annotation_on(
        paragraphs[0], "Fairness", assignment=graded_plan.assignment, author=student
    )
    work = WorkFactory(assignment=graded_plan.assignment, student=student, alias="Quiet Lever")
    GradeFactory(work=work)
    item = WorkItemFactory(work=work, annotation=note)
    mark = MarkFactory(
        work=work,
        marker=assistant,
        total=8,
        state=MarkState.SUBMITTED,
        submitted_at=timezone.now(),
        comment="Read **all** of it.",
        private_note="Ask Ada.",
    )
    for criterion, points in zip(
        mark.rubric_version.criteria.order_by("position"), (3, 2, 3), strict=True
    ):
        level = criterion.levels.filter(points=points).first()
        part = MarkPartFactory(mark=mark, criterion=criterion, level=level, points=points)
        if criterion.title == "Claim":
            part.comment = "It names its claim."
            part.save()
            part.cited.add(item)
    ItemFeedbackFactory(mark=mark, item=item, body="Well put.")
    settle(graded_plan, work, actor=assistant)
    return work


@pytest.fixture
def released(graded_work, instructor):
    """The release that showed the grade."""
    return release_grades(actor=instructor, assignment_id=graded_work.assignment_id)


@pytest.fixture
def at_grading(assignment):
    """The address below which the assignment's grading stands."""
    return f"/seminars/{assignment.seminar.slug}/{assignment.slug}/grading/"


def words(response):
    return " ".join(response.content.decode().split())
