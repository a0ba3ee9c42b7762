"""Students who ask to have a grade looked at again, and what staff do about it."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from annotations.grading.actions.grades import reopen_grade
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.actions.requests import (
    answer_request,
    ask_again,
    decline_request,
    escalate_request,
    take_request_back,
    uphold_request,
)
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, RequestState
from annotations.grading.models import (
    Grade,
    GradingPlan,
    RegradeMessage,
    RegradeRequest,
    Sheet,
)
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.notices.models import Notice
from tests.annotations.grading.actions.conftest import submitted
from tests.factories.grading import MarkPartFactory

D = Decimal


@pytest.fixture
def released(plan, work, assistant, instructor):
    """The student's grade of 6, with one criterion, released."""
    mark = submitted(work, assistant, 6)
    MarkPartFactory(mark=mark, criterion=mark.rubric_version.criteria.first(), points=3)
    settle(plan, work, actor=assistant)
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    return Grade.objects.get()


@pytest.fixture
def asked(released, student):
    return ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look again.")


def told(person):
    return sorted(Notice.objects.filter(recipient=person).values_list("kind", flat=True))


def step(act, actor, request, body="So.", **given):
    version = RegradeRequest.objects.get(pk=request.pk).version
    return act(actor=actor, request_id=request.pk, version=version, **{"body": body} | given)


def test_ask_again_keeps_the_words_and_tells_staff(
    asked, student, instructor, assistant, classmate
):
    assert (asked.state, asked.version) == (RequestState.OPEN, 1)
    message = RegradeMessage.objects.get()
    assert (message.author, message.body) == (student, "Look again.")
    assert (told(instructor), told(assistant)) == (["regrade_asked"], ["regrade_asked"])
    assert (told(student), told(classmate)) == ([], [])


def test_ask_again_raises_the_counter(released, student):
    before = GradingPlan.objects.get().counter
    ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look.")
    assert GradingPlan.objects.get().counter == before + 1


def test_ask_again_of_a_criterion_while_the_whole_is_open_is_another_request(
    asked, released, student
):
    key = Sheet.objects.get().content["marks"][0]["parts"][0]["criterion"]
    ask_again(actor=student, grade_id=released.pk, criterion_key=key, body="This too.")
    with pytest.raises(InvalidState):
        ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Again.")
    assert RegradeRequest.objects.count() == 2


def test_ask_again_of_an_unknown_criterion_is_refused(released, student):
    with pytest.raises(Invalid) as caught:
        ask_again(actor=student, grade_id=released.pk, criterion_key=uuid4(), body="Look.")
    assert caught.value.field == "criterion"


def test_ask_again_without_words_is_refused(released, student):
    with pytest.raises(Invalid) as caught:
        ask_again(actor=student, grade_id=released.pk, criterion_key=None, body=" ")
    assert caught.value.field == "body"


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider", "instructor", "assistant"])
def test_ask_again_about_somebody_elses_grade_is_missing(released, who, request):
    actor = request.getfixturevalue(who)
    with pytest.raises(Missing):
        ask_again(actor=actor, grade_id=released.pk, criterion_key=None, body="Look.")


def test_ask_again_before_a_release_is_missing(plan, work, assistant, student):
    submitted(work, assistant, 6)
    grade = settle(plan, work, actor=assistant)
    with pytest.raises(Missing):
        ask_again(actor=student, grade_id=grade.pk, criterion_key=None, body="Look.")


def test_ask_again_after_the_release_was_taken_back_is_missing(released, student, instructor):
    release = Sheet.objects.get().release
    take_release_back(actor=instructor, release_id=release.pk)
    with pytest.raises(Missing):
        ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look.")


def test_ask_again_of_a_grade_under_review_is_refused(released, student, instructor):
    reopen_grade(
        actor=instructor, work_id=released.work_id, reason="A slip.", version=released.version
    )
    with pytest.raises(InvalidState):
        ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look.")


@pytest.mark.parametrize(
    ("days", "wait", "ago", "may"),
    [
        (7, 0, timedelta(days=6, hours=23), True),
        (7, 0, timedelta(days=7, minutes=1), False),
        (7, 24, timedelta(hours=23), False),
        (7, 24, timedelta(hours=25), True),
        (0, 0, timedelta(0), False),
    ],
    ids=["in time", "too late", "too early", "after the wait", "never"],
)
def test_ask_again_goes_by_the_days_and_the_wait_of_the_plan(
    released, student, days, wait, ago, may
):
    GradingPlan.objects.update(regrade_days=days, regrade_wait_hours=wait)
    Sheet.objects.update(at=timezone.now() - ago)
    if not may:
        with pytest.raises(InvalidState):
            ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look.")
    else:
        ask_again(actor=student, grade_id=released.pk, criterion_key=None, body="Look.")
    assert RegradeRequest.objects.count() == int(may)


def test_answer_tells_the_student_and_raises_the_version(asked, assistant, student):
    step(answer_request, assistant, asked, "Which note?")
    asked.refresh_from_db()
    assert (asked.state, asked.version) == (RequestState.OPEN, 2)
    assert told(student) == ["regrade_answered"]


def test_answer_by_the_student_tells_nobody_again(asked, student, assistant):
    step(answer_request, student, asked, "The second.")
    assert RegradeMessage.objects.count() == 2
    assert (told(student), told(assistant)) == ([], ["regrade_asked"])


def test_answer_from_an_older_version_is_stale(asked, assistant, instructor):
    step(answer_request, assistant, asked)
    with pytest.raises(Stale) as caught:
        answer_request(actor=instructor, request_id=asked.pk, body="So.", version=1)
    assert caught.value.extra == {"version": 2}


@pytest.mark.parametrize("act", [answer_request, decline_request, uphold_request])
def test_step_without_words_is_refused(asked, instructor, act):
    with pytest.raises(Invalid) as caught:
        step(act, instructor, asked, " ")
    assert caught.value.field == "body"


def test_escalated_request_is_settled_by_instructors_alone(asked, assistant, instructor):
    step(escalate_request, assistant, asked, "")
    assert RegradeRequest.objects.get().state == RequestState.ESCALATED
    with pytest.raises(InvalidState):
        step(escalate_request, assistant, asked, "")
    with pytest.raises(NotAllowed):
        step(decline_request, assistant, asked)
    step(decline_request, instructor, asked)
    found = RegradeRequest.objects.get()
    assert (found.state, found.settled_by) == (RequestState.DECLINED, instructor)


def test_decline_by_an_assistant_lets_the_grade_stand(asked, assistant, released):
    step(decline_request, assistant, asked, "It stands.")
    found = RegradeRequest.objects.get()
    assert (found.state, found.settled_by) == (RequestState.DECLINED, assistant)
    assert Grade.objects.get().version == released.version


def test_uphold_with_an_adjustment_moves_the_grade_and_shows_nothing_yet(
    asked, instructor, student
):
    step(uphold_request, instructor, asked, "You are right.", adjustment=D(2))
    grade = Grade.objects.get()
    assert (grade.state, grade.final) == (GradeState.READY, D(8))
    reasons = grade.events.order_by("-number").values_list("reason", flat=True)[:2]
    assert list(reasons) == ["You are right.", "You are right."]
    assert RegradeRequest.objects.get().state == RequestState.UPHELD
    assert Sheet.objects.visible_to(student).get().content["final"] == "6.00"


def test_uphold_raises_the_counter_for_each_step(asked, instructor):
    before = GradingPlan.objects.get().counter
    step(uphold_request, instructor, asked, "So.", adjustment=D(2))
    assert GradingPlan.objects.get().counter == before + 3


def test_uphold_without_a_change_of_the_grade_is_refused(asked, instructor):
    with pytest.raises(InvalidState):
        step(uphold_request, instructor, asked)
    assert RegradeRequest.objects.get().state == RequestState.OPEN


def test_uphold_of_a_grade_that_was_reopened_since_needs_no_number(asked, instructor, released):
    reopen_grade(
        actor=instructor, work_id=released.work_id, reason="A slip.", version=released.version
    )
    step(uphold_request, instructor, asked)
    assert RegradeRequest.objects.get().state == RequestState.UPHELD


def test_uphold_out_of_bounds_changes_nothing(asked, instructor, released):
    with pytest.raises(Invalid):
        step(uphold_request, instructor, asked, adjustment=D(11))
    assert Grade.objects.get().version == released.version


def test_uphold_by_an_assistant_is_refused(asked, assistant):
    with pytest.raises(NotAllowed):
        step(uphold_request, assistant, asked, adjustment=D(1))


@pytest.mark.parametrize(
    "act", [escalate_request, decline_request, uphold_request], ids=["up", "no", "yes"]
)
def test_student_settles_no_request(asked, student, act):
    with pytest.raises(NotAllowed):
        step(act, student, asked)


def test_take_request_back_is_the_students(asked, student, assistant):
    with pytest.raises(NotAllowed):
        take_request_back(actor=assistant, request_id=asked.pk, version=1)
    take_request_back(actor=student, request_id=asked.pk, version=1)
    found = RegradeRequest.objects.get()
    assert (found.state, found.settled_by) == (RequestState.TAKEN_BACK, student)
    with pytest.raises(InvalidState):
        step(answer_request, assistant, asked)


@pytest.mark.parametrize("who", ["classmate", "observer", "outsider"])
def test_request_of_somebody_else_is_missing(asked, who, request):
    with pytest.raises(Missing):
        step(answer_request, request.getfixturevalue(who), asked)


@pytest.mark.parametrize("who", ["student", "instructor"])
def test_request_in_an_archived_seminar_stays_as_it_is(asked, seminar, who, request):
    seminar.archived_at = timezone.now()
    seminar.save()
    with pytest.raises(NotAllowed):
        step(answer_request, request.getfixturevalue(who), asked)
