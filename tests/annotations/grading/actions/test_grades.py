"""What instructors do to a grade beside the marks."""

from decimal import Decimal

import pytest

from annotations.grading.actions.events import plain
from annotations.grading.actions.grades import adjust_grade, agree_grade, excuse_work, reopen_grade
from annotations.grading.actions.releasing import release_grades
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, MarkingMode, MarkRole, Verb
from annotations.grading.folding import FOLDED, fold
from annotations.grading.models import Grade, GradeEvent, GradingPlan
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.annotations.grading.actions.conftest import submitted

D = Decimal


@pytest.fixture
def ready(plan, work, assistant):
    submitted(work, assistant, 6)
    return settle(plan, work, actor=assistant)


@pytest.fixture
def disagreed(plan, work, assistant, instructor):
    GradingPlan.objects.update(marking_mode=MarkingMode.BLIND_DOUBLE)
    plan = GradingPlan.objects.select_related("assignment__seminar", "rubric_version").get()
    submitted(work, assistant, 4)
    submitted(work, instructor, 8, MarkRole.SECOND)
    return settle(plan, work, actor=instructor)


def adjust(actor, grade, adjustment="1", reason="Answered a question in class.", **more):
    return adjust_grade(
        actor=actor,
        work_id=grade.work_id,
        adjustment=D(adjustment),
        reason=reason,
        version=more.pop("version", grade.version),
    )


def test_adjust_grade_adds_to_what_the_marks_gave(ready, instructor):
    grade = adjust(instructor, ready, "1.5")
    assert (grade.raw, grade.adjustment, grade.final) == (D("6.00"), D("1.50"), D("7.50"))
    event = GradeEvent.objects.order_by("number").last()
    assert (event.verb, event.reason) == (Verb.ADJUSTED, "Answered a question in class.")
    assert event.before == {"adjustment": "0.00", "final": "6.00"}


@pytest.mark.parametrize("behind", [0, 1], ids=["current", "stale"])
def test_adjust_grade_by_an_assistant_is_refused_whatever_the_version(ready, assistant, behind):
    with pytest.raises(NotAllowed):
        adjust(assistant, ready, version=ready.version - behind)


@pytest.mark.parametrize("who", ["student", "classmate", "observer", "outsider"])
def test_adjust_grade_by_whoever_does_not_see_it_is_missing(ready, who, request):
    with pytest.raises(Missing):
        adjust(request.getfixturevalue(who), ready)


def test_adjust_grade_of_another_version_is_stale(ready, instructor):
    with pytest.raises(Stale) as caught:
        adjust(instructor, ready, version=ready.version - 1)
    assert caught.value.extra == {"version": ready.version}


def test_adjust_grade_without_a_reason_is_refused(ready, instructor):
    with pytest.raises(Invalid) as caught:
        adjust(instructor, ready, reason="  ")
    assert caught.value.field == "reason"


@pytest.mark.parametrize("number", ["10.01", "-10.01", "NaN", "Infinity", "1E+9"])
def test_adjust_grade_by_a_number_out_of_bounds_is_refused(ready, instructor, number):
    with pytest.raises(Invalid) as caught:
        adjust(instructor, ready, number)
    assert caught.value.field == "adjustment"


def test_adjust_grade_of_a_released_one_asks_to_reopen(ready, instructor, plan):
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    grade = Grade.objects.get()
    with pytest.raises(InvalidState):
        adjust(instructor, grade)


def test_adjust_grade_without_a_number_is_refused(plan, work, instructor):
    with pytest.raises(InvalidState):
        adjust(instructor, Grade.objects.get())


def test_reopen_grade_keeps_what_the_student_sees_until_released_again(
    ready, instructor, student, plan
):
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    grade = Grade.objects.get()
    reopened = reopen_grade(
        actor=instructor, work_id=grade.work_id, reason="A sum was wrong.", version=grade.version
    )
    assert reopened.state == GradeState.REOPENED
    again = adjust(instructor, reopened)
    assert again.state == GradeState.READY
    seen = type(again).objects.get().sheets.visible_to(student)
    assert [sheet.content["final"] for sheet in seen] == ["6.00"]
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    seen = again.sheets.visible_to(student)
    assert [sheet.content["final"] for sheet in seen] == ["7.00", "6.00"]


def test_reopen_grade_that_is_not_released_is_refused(ready, instructor):
    with pytest.raises(InvalidState):
        reopen_grade(
            actor=instructor, work_id=ready.work_id, reason="Why not.", version=ready.version
        )


def test_excuse_work_gives_no_number_and_is_ready(plan, work, instructor):
    grade = Grade.objects.get()
    excused = excuse_work(
        actor=instructor, work_id=work.pk, is_excused=True, reason="Ill.", version=grade.version
    )
    assert (excused.state, excused.final, excused.is_excused) == (GradeState.READY, None, True)


def test_excuse_work_taken_back_grades_it_after_all(ready, instructor):
    excused = excuse_work(
        actor=instructor,
        work_id=ready.work_id,
        is_excused=True,
        reason="Ill.",
        version=ready.version,
    )
    back = excuse_work(
        actor=instructor,
        work_id=ready.work_id,
        is_excused=False,
        reason="Was not.",
        version=excused.version,
    )
    assert (back.state, back.final) == (GradeState.READY, D("6.00"))


def test_agree_grade_stands_until_a_mark_changes(disagreed, instructor, assistant, work, plan):
    agreed = agree_grade(
        actor=assistant,
        work_id=work.pk,
        points=D(7),
        reason="We read paragraph 4 again.",
        version=disagreed.version,
    )
    assert (agreed.state, agreed.raw, agreed.basis["rule"]) == (
        GradeState.READY,
        D("7.00"),
        "agreed",
    )
    plan = GradingPlan.objects.select_related("assignment__seminar", "rubric_version").get()
    assert settle(plan, work, actor=instructor).raw == D("7.00")
    mark = work.marks.get(role=MarkRole.FIRST)
    mark.version += 1
    mark.save()
    assert settle(plan, work, actor=instructor).state == GradeState.DISAGREED


def test_agree_grade_of_marks_that_do_not_disagree_is_refused(ready, instructor):
    with pytest.raises(InvalidState):
        agree_grade(
            actor=instructor,
            work_id=ready.work_id,
            points=D(7),
            reason="We agreed.",
            version=ready.version,
        )


def test_agree_grade_above_the_most_is_refused(disagreed, instructor):
    with pytest.raises(Invalid) as caught:
        agree_grade(
            actor=instructor,
            work_id=disagreed.work_id,
            points=D("10.01"),
            reason="We agreed.",
            version=disagreed.version,
        )
    assert caught.value.field == "points"


def test_grade_after_all_that_was_done_is_the_fold_of_its_events(ready, instructor, plan):
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    grade = Grade.objects.get()
    reopened = reopen_grade(
        actor=instructor, work_id=grade.work_id, reason="A sum was wrong.", version=grade.version
    )
    adjust(instructor, reopened, "-0.25")
    grade = Grade.objects.get()
    folded = fold(grade.events.order_by("number").values_list("after", flat=True))
    assert folded == {name: plain(getattr(grade, name)) for name in FOLDED}
