"""What the marks of a work make of its grade."""

from decimal import Decimal

import pytest

from annotations.grading.actions.settling import settle
from annotations.grading.enums import (
    AgreementRule,
    GradeState,
    LateOwner,
    LateRule,
    MarkingMode,
    MarkRole,
    SampleOutcome,
    Verb,
)
from annotations.grading.folding import fold
from annotations.grading.models import Grade, GradeEvent, GradingPlan
from tests.annotations.grading.actions.conftest import submitted
from tests.factories.grading import MarkFactory, SampleFactory, WorkItemFactory

D = Decimal


def with_mode(plan, mode, **fields):
    GradingPlan.objects.filter(pk=plan.pk).update(marking_mode=mode, **fields)
    return GradingPlan.objects.select_related("assignment__seminar", "rubric_version").get()


def told(work):
    """State, raw and final as they are kept."""
    grade = Grade.objects.get(work=work)
    return grade.state, grade.raw, grade.final


def test_settle_without_marks_writes_nothing(plan, work):
    settle(plan, work, actor=None)
    assert told(work) == (GradeState.NOT_STARTED, None, None)
    assert not GradeEvent.objects.exists()


def test_settle_with_a_draft_is_in_progress(plan, work, assistant):
    MarkFactory(work=work, marker=assistant)
    settle(plan, work, actor=assistant)
    assert told(work) == (GradeState.IN_PROGRESS, None, None)


def test_settle_with_one_mark_is_ready(plan, work, assistant):
    mark = submitted(work, assistant, 7)
    grade = settle(plan, work, actor=assistant, verb=Verb.SUBMITTED)
    assert told(work) == (GradeState.READY, D("7.00"), D("7.00"))
    assert grade.basis == {"rule": "single", "marks": {str(mark.pk): mark.version}}


def test_settle_on_a_scale_of_the_plan_converts(plan, work, assistant):
    plan = with_mode(plan, MarkingMode.SINGLE, points=100)
    submitted(work, assistant, 7)
    settle(plan, work, actor=assistant)
    assert told(work) == (GradeState.READY, D("70.00"), D("70.00"))


def test_settle_of_late_work_keeps_the_deduction_apart(plan, work, assistant):
    plan = with_mode(
        plan, MarkingMode.SINGLE, late_owner=LateOwner.US, late_rule=LateRule.LAST, late_percent=20
    )
    WorkItemFactory(work=work, late_by=60)
    submitted(work, assistant, 5)
    grade = settle(plan, work, actor=assistant)
    assert (grade.raw, grade.late_deduction, grade.final) == (D("5.00"), D("1.00"), D("4.00"))


def test_settle_of_late_work_leaves_lateness_to_whom_it_belongs(plan, work, assistant):
    plan = with_mode(plan, MarkingMode.SINGLE, late_owner=LateOwner.LMS, late_rule=LateRule.LAST)
    WorkItemFactory(work=work, late_by=60)
    submitted(work, assistant, 5)
    assert settle(plan, work, actor=assistant).final == D("5.00")


def test_settle_of_a_sampled_work_waits_for_the_moderator(plan, work, assistant):
    plan = with_mode(plan, MarkingMode.SAMPLED)
    submitted(work, assistant, 5)
    settle(plan, work, actor=assistant)
    assert told(work) == (GradeState.MARKED, D("5.00"), D("5.00"))


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (SampleOutcome.AGREE, GradeState.READY),
        (SampleOutcome.CONCERN, GradeState.MARKED),
        ("", GradeState.MARKED),
    ],
    ids=["agreed", "concern", "not looked at"],
)
def test_settle_of_a_sampled_work_follows_the_moderator(plan, work, assistant, outcome, state):
    plan = with_mode(plan, MarkingMode.SAMPLED)
    submitted(work, assistant, 5)
    SampleFactory(work=work, outcome=outcome)
    settle(plan, work, actor=assistant)
    assert told(work)[0] == state


def test_settle_with_the_first_of_two_marks_gives_no_number(plan, work, assistant):
    plan = with_mode(plan, MarkingMode.BLIND_DOUBLE)
    submitted(work, assistant, 5)
    settle(plan, work, actor=assistant)
    assert told(work) == (GradeState.AWAITING_SECOND, None, None)


@pytest.mark.parametrize(
    ("rule", "expected"), [(AgreementRule.MEAN, "6.50"), (AgreementRule.FIRST, "6.00")]
)
def test_settle_within_the_tolerance_agrees_by_rule(
    plan, work, assistant, instructor, rule, expected
):
    plan = with_mode(plan, MarkingMode.BLIND_DOUBLE, tolerance=1, agreement_rule=rule)
    submitted(work, assistant, 6)
    submitted(work, instructor, 7, MarkRole.SECOND)
    settle(plan, work, actor=instructor)
    assert told(work) == (GradeState.READY, D(expected), D(expected))


def test_settle_beyond_the_tolerance_disagrees(plan, work, assistant, instructor):
    plan = with_mode(plan, MarkingMode.BLIND_DOUBLE, tolerance=1)
    submitted(work, assistant, 5)
    submitted(work, instructor, 8, MarkRole.SECOND)
    settle(plan, work, actor=instructor)
    assert told(work) == (GradeState.DISAGREED, None, None)


@pytest.mark.parametrize(
    ("third", "expected"), [(6, "5.00"), (7, "8.00"), (5, "5.00")], ids=["low", "high", "exact"]
)
def test_settle_with_a_third_mark_takes_the_nearest(
    plan, work, assistant, instructor, observer, third, expected
):
    plan = with_mode(plan, MarkingMode.BLIND_DOUBLE)
    submitted(work, assistant, 5)
    submitted(work, instructor, 8, MarkRole.SECOND)
    submitted(work, observer, third, MarkRole.THIRD)
    settle(plan, work, actor=observer)
    assert told(work) == (GradeState.READY, D(expected), D(expected))


def test_settle_of_a_released_grade_leaves_it(plan, work, assistant):
    submitted(work, assistant, 5)
    settle(plan, work, actor=assistant)
    Grade.objects.filter(work=work).update(state=GradeState.RELEASED)
    work.marks.update(total=9)
    settle(plan, work, actor=assistant)
    assert told(work) == (GradeState.RELEASED, D("5.00"), D("5.00"))


def test_settle_again_without_a_change_writes_no_event(plan, work, assistant):
    submitted(work, assistant, 5)
    settle(plan, work, actor=assistant)
    settle(plan, work, actor=assistant)
    assert GradeEvent.objects.count() == 1


def test_settled_grade_is_the_fold_of_its_events(plan, work, assistant):
    draft = MarkFactory(work=work, marker=assistant)
    settle(plan, work, actor=assistant)
    draft.state, draft.total = "submitted", D(5)
    draft.save()
    grade = settle(plan, work, actor=assistant, verb=Verb.SUBMITTED)
    folded = fold(GradeEvent.objects.values_list("after", flat=True))
    assert (folded["state"], folded["raw"], folded["final"]) == ("ready", "5.00", "5.00")
    assert grade.version == GradeEvent.objects.count() == 2
