"""Whom an instructor asks to judge between two marks, and how that one comes to mark."""

import pytest

from annotations.grading.actions.judging import ask_third_marker
from annotations.grading.actions.marking import start_mark, submit_mark
from annotations.grading.actions.queueing import take_next
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, MarkingMode, MarkRole
from annotations.grading.models import Grade, GradingPlan, Mark, MarkPart
from annotations.grading.queries.waiting import to_grade
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.annotations.grading.actions.conftest import submitted
from tests.factories.seminars import MembershipFactory


@pytest.fixture
def others(assignment):
    """Two more assistants: the second marker, and who may be asked."""
    return [MembershipFactory(seminar=assignment.seminar, role="assistant").user for _ in range(2)]


@pytest.fixture
def apart(plan, work, assistant, others):
    """Two marks of the work that disagree, 3 and 8; neither saw the other's."""
    GradingPlan.objects.filter(pk=plan.pk).update(marking_mode=MarkingMode.BLIND_DOUBLE)
    plan = GradingPlan.objects.select_related("assignment__seminar", "rubric_version").get()
    submitted(work, assistant, 3)
    submitted(work, others[0], 8, MarkRole.SECOND)
    settle(plan, work, actor=None)
    return work


def version_of(work):
    return Grade.objects.get(work=work).version


def ask(actor, work, marker):
    pk = marker.pk if marker else None
    return ask_third_marker(actor=actor, work_id=work.pk, marker_id=pk, version=version_of(work))


def test_asking_an_assistant_gives_the_work_to_mark_as_third(apart, instructor, others):
    assert to_grade(others[1]) == []
    assert ask(instructor, apart, others[1]).third_marker == others[1]
    assert [one.count for one in to_grade(others[1])] == [1]
    taken = take_next(actor=others[1], assignment_id=apart.assignment_id)
    assert (taken.work, taken.role) == (apart, MarkRole.THIRD)
    assert start_mark(actor=others[1], work_id=apart.pk).role == MarkRole.THIRD


def test_who_is_asked_sees_no_mark_before_the_own(apart, instructor, others):
    ask(instructor, apart, others[1])
    mark = start_mark(actor=others[1], work_id=apart.pk)
    assert list(Mark.objects.visible_to(others[1])) == [mark]
    for criterion in mark.rubric_version.criteria.all():
        MarkPart.objects.create(mark=mark, criterion=criterion, points=3)
    submit_mark(actor=others[1], mark_id=mark.pk, version=mark.version)
    assert Mark.objects.visible_to(others[1]).count() == 3
    grade = Grade.objects.get(work=apart)
    assert (grade.state, grade.basis["rule"], grade.raw) == (GradeState.READY, "nearest", 8)


def test_who_is_not_asked_makes_no_third_mark(apart, others):
    with pytest.raises(Conflict) as caught:
        start_mark(actor=others[1], work_id=apart.pk)
    assert caught.value.code == "marked_already"
    assert take_next(actor=others[1], assignment_id=apart.assignment_id) is None


def test_asking_nobody_any_more_takes_it_back(apart, instructor, others):
    ask(instructor, apart, others[1])
    ask(instructor, apart, None)
    assert to_grade(others[1]) == []


def test_instructor_who_is_asked_sees_no_mark_before_the_own(apart, instructor):
    assert Mark.objects.visible_to(instructor).count() == 2
    ask(instructor, apart, instructor)
    assert not Mark.objects.visible_to(instructor).exists()


def test_instructor_who_is_to_mark_second_sees_no_first_mark(plan, work, instructor, assistant):
    GradingPlan.objects.filter(pk=plan.pk).update(marking_mode=MarkingMode.BLIND_DOUBLE)
    submitted(work, assistant, 3)
    Grade.objects.filter(work=work).update(state=GradeState.AWAITING_SECOND)
    assert Mark.objects.visible_to(instructor).count() == 1
    work.second_marker = instructor
    work.save()
    assert not Mark.objects.visible_to(instructor).exists()


@pytest.mark.parametrize("whom", ["assistant", "student", "outsider"])
def test_asking_who_cannot_judge_is_refused(request, apart, instructor, whom):
    with pytest.raises(Invalid) as caught:
        ask(instructor, apart, request.getfixturevalue(whom))
    assert caught.value.field == "marker"


def test_asking_a_limited_assistant_of_other_sections_is_refused(apart, instructor):
    limited = MembershipFactory(
        seminar=apart.assignment.seminar, role="assistant", is_limited=True
    ).user
    with pytest.raises(Invalid) as caught:
        ask(instructor, apart, limited)
    assert caught.value.field == "marker"


def test_asking_by_an_assistant_is_refused(apart, assistant, others):
    with pytest.raises(NotAllowed):
        ask(assistant, apart, others[1])


def test_asking_by_a_student_finds_nothing(apart, classmate, others):
    with pytest.raises(Missing):
        ask(classmate, apart, others[1])


def test_asking_from_an_older_version_is_stale(apart, instructor, others):
    with pytest.raises(Stale):
        ask_third_marker(actor=instructor, work_id=apart.pk, marker_id=others[1].pk, version=0)


def test_asking_where_marks_agree_is_refused(plan, work, instructor, assistant):
    with pytest.raises(InvalidState) as caught:
        ask(instructor, work, assistant)
    assert caught.value.code == "no_disagreement"
