"""Who sees which assignment, in what order, and when it is open."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from debate.assignments.models import Assignment
from tests.factories.assignments import AssignmentFactory, RoundFactory, assignment_of
from tests.factories.essays import essay_of

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("role", "sees"),
    [
        ("instructor", True),
        ("assistant", True),
        ("student", True),
        ("observer", True),
        ("outsider", False),
        ("operator", False),
        ("anonymous", False),
    ],
)
def test_assignment_is_seen_by_members(request, assignment, role, sees):
    user = request.getfixturevalue(role)

    assert Assignment.objects.visible_to(user).exists() is sees


@pytest.mark.parametrize(
    ("is_public", "allows_public", "sees"),
    [(True, True, True), (True, False, False), (False, True, False)],
)
def test_visitor_sees_what_essay_and_seminar_open(
    anonymous, seminar, is_public, allows_public, sees
):
    seminar.allows_public = allows_public
    seminar.save()
    assignment_of(essay_of("One.", seminar=seminar, is_public=is_public))

    assert Assignment.objects.visible_to(anonymous).exists() is sees


def test_assignments_stand_by_due_date(essay):
    now = timezone.now()
    never = AssignmentFactory(essay=essay)
    later = AssignmentFactory(essay=essay, due_at=now + 2 * HOUR)
    sooner = AssignmentFactory(essay=essay, due_at=now + HOUR)

    assert list(Assignment.objects.by_due_date()) == [sooner, later, never]


@pytest.mark.parametrize(
    ("opens", "closes", "is_open"),
    [(-HOUR, None, True), (-HOUR, HOUR, True), (HOUR, None, False), (-2 * HOUR, -HOUR, False)],
)
def test_assignment_is_open_between_its_dates(essay, opens, closes, is_open):
    now = timezone.now()
    assignment = AssignmentFactory(
        essay=essay, opens_at=now + opens, closes_at=closes and now + closes
    )

    assert assignment.is_open is is_open


def test_instructions_are_shown_as_safe_markdown(essay):
    assignment = AssignmentFactory(essay=essay, instructions="Read *twice*. <b>Now</b>")

    html = assignment.instructions_html

    assert html == "<p>Read <em>twice</em>. &lt;b&gt;Now&lt;/b&gt;</p>"


def test_assignment_and_round_have_readable_names(assignment):
    assert str(assignment) == "Who should pay for water?"
    assert str(assignment.rounds.get()) == "Open discussion"
    assert assignment.get_absolute_url() == "/seminars/water-policy/who-should-pay/"


@pytest.mark.parametrize(
    ("opens", "ends", "is_current"),
    [(-HOUR, None, True), (-HOUR, HOUR, True), (HOUR, None, False), (-2 * HOUR, -HOUR, False)],
)
def test_round_is_current_between_its_times(assignment, opens, ends, is_current):
    now = timezone.now()
    stretch = RoundFactory.build(
        assignment=assignment, opens_at=now + opens, ends_at=ends and now + ends
    )

    assert stretch.is_current is is_current


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("assignment_slug_is_unique_in_seminar", {"slug": "who-should-pay"}),
        ("assignment_is_due_after_it_opens", {"due_at": timezone.now() - 48 * HOUR}),
        ("assignment_closes_last", {"closes_at": timezone.now() - 48 * HOUR}),
        (
            "assignment_closes_last",
            {"due_at": timezone.now() + 2 * HOUR, "closes_at": timezone.now() + HOUR},
        ),
    ],
)
def test_assignment_out_of_shape_is_refused(assignment, constraint, fields):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        AssignmentFactory(essay=assignment.essay, **fields)


def test_round_number_is_taken_once(assignment):
    second = RoundFactory(assignment=assignment, number=2)
    second.number = 1

    with pytest.raises(IntegrityError, match="round_number_is_unique"), transaction.atomic():
        second.save()
