"""Extensions, accommodations, closed and rebuttal rounds, where annotations are written."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import (
    Content,
    Target,
    create_annotation,
    edit_annotation,
    withdraw_annotation,
)
from annotations.models import Annotation
from debate.assignments.actions import grant_extension, withdraw_extension
from debate.assignments.models import Assignment, Round
from debate.core.errors import InvalidState
from tests.expect import expect_refusal
from tests.factories.assignments import AccommodationFactory, ExtensionFactory, RoundFactory

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def post(assignment, paragraphs):
    def write(actor, kind="comment", **fields):
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(kind=kind, body="A remark."),
            targets=[Target(paragraph_id=paragraphs[0].pk)],
            **fields,
        )

    return write


@pytest.fixture
def closed(assignment):
    """The assignment, which closed an hour ago."""
    past = timezone.now() - HOUR
    Assignment.objects.update(due_at=past - HOUR, closes_at=past)
    assignment.refresh_from_db()
    return assignment


def refused(act, code="closed"):
    return expect_refusal(InvalidState, act, code=code)


def test_closed_assignment_takes_nothing_from_students(post, closed, student):
    refused(lambda: post(student))

    assert not Annotation.objects.exists()


def test_student_with_a_later_closing_writes_on_and_in_time(post, closed, student, classmate):
    ExtensionFactory(assignment=closed, user=student, due_at=None, closes_at=timezone.now() + HOUR)

    written = post(student, as_late=True)

    assert (written.is_late, written.audience) == (False, "seminar")
    refused(lambda: post(classmate))


def test_student_with_a_later_due_date_is_not_shut_out_before_it(post, closed, student):
    ExtensionFactory(assignment=closed, user=student, due_at=timezone.now() + HOUR)

    assert post(student).author == student


def test_student_whose_extension_is_over_writes_no_more(post, closed, student):
    ExtensionFactory(assignment=closed, user=student, due_at=timezone.now() - timedelta(minutes=1))

    refused(lambda: post(student))


def test_extension_granted_and_withdrawn_acts_at_once(post, closed, student, instructor):
    refused(lambda: post(student))
    grant_extension(
        actor=instructor,
        assignment_id=closed.pk,
        user_id=student.pk,
        closes_at=timezone.now() + DAY,
    )
    written = post(student)

    withdraw_extension(actor=instructor, assignment_id=closed.pk, user_id=student.pk)

    refused(lambda: post(student))
    refused(
        lambda: edit_annotation(
            actor=student,
            annotation_id=written.pk,
            content=Content(kind="comment", body="Another remark."),
        )
    )
    refused(lambda: withdraw_annotation(actor=student, annotation_id=written.pk))


def test_accommodation_gives_days_and_no_more(post, closed, student, classmate, seminar):
    AccommodationFactory(seminar=seminar, user=student, extra_days=1)
    AccommodationFactory(seminar=seminar, user=classmate, extra_days=1)
    ExtensionFactory(assignment=closed, user=classmate, due_at=timezone.now() - HOUR / 2)

    assert post(student).author == student
    refused(lambda: post(classmate))


def test_own_dates_open_nothing_before_the_opening(post, assignment, student):
    Assignment.objects.update(opens_at=timezone.now() + HOUR, due_at=timezone.now() + DAY)
    ExtensionFactory(assignment=assignment, user=student, due_at=timezone.now() + 2 * DAY)

    refused(lambda: post(student), code="not_open")


# -- rounds ---------------------------------------------------------------------------------------


@pytest.fixture
def rounds(assignment):
    """An open round, and a closed one since an hour."""
    now = timezone.now()
    Round.objects.update(opens_at=now - DAY, ends_at=now - HOUR)
    return [
        assignment.rounds.get(number=1),
        RoundFactory(assignment=assignment, number=2, opens_at=now - HOUR, mode="closed"),
    ]


def test_closed_round_takes_nothing_from_students(post, rounds, student):
    refused(lambda: post(student))


def test_closed_round_takes_from_staff(post, rounds, assistant):
    assert post(assistant).round == rounds[1]


def test_own_dates_lead_through_a_closed_round_into_the_one_before(
    post, rounds, student, assignment
):
    Assignment.objects.update(due_at=timezone.now() - HOUR)
    ExtensionFactory(assignment=assignment, user=student, due_at=timezone.now() + DAY)

    assert post(student).round == rounds[0]


def test_extension_that_changes_nothing_opens_no_closed_round(post, rounds, student, assignment):
    due = timezone.now() + 3 * DAY
    Assignment.objects.update(due_at=due)
    ExtensionFactory(assignment=assignment, user=student, due_at=due - DAY)

    refused(lambda: post(student))


@pytest.fixture
def rebuttal(assignment):
    now = timezone.now()
    Round.objects.update(opens_at=now - DAY, ends_at=now - HOUR)
    return RoundFactory(
        assignment=assignment,
        number=2,
        name="Rebuttal",
        opens_at=now - HOUR,
        mode="rebuttal",
        allowed_kinds=["counterargument", "concession"],
    )


@pytest.mark.parametrize("kind", ["counterargument", "concession"])
def test_rebuttal_takes_its_kinds(post, rebuttal, student, kind):
    assert post(student, kind).round == rebuttal


@pytest.mark.parametrize("kind", ["comment", "question", "support"])
def test_rebuttal_refuses_other_kinds_and_names_those_it_takes(post, rebuttal, student, kind):
    error = refused(lambda: post(student, kind), code="kind_closed")

    assert error.field == "kind"
    assert error.sentence == "This round takes only: counterargument, concession."


def test_rounds_kinds_do_not_bind_staff(post, rebuttal, assistant):
    assert post(assistant, "question").round == rebuttal


def test_post_belongs_to_the_round_in_which_it_was_written(post, rebuttal, student, assignment):
    Round.objects.filter(pk=rebuttal.pk).update(opens_at=timezone.now() + HOUR)

    assert post(student, "question").round == assignment.rounds.get(number=1)
