"""The dates that hold for one person, and when a round's posting ends."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from debate.assignments.models import Assignment, Round
from debate.assignments.queries import dates_for, dates_of, posting_ends_at, zone_of
from tests.factories.assignments import AccommodationFactory, ExtensionFactory, RoundFactory
from tests.factories.seminars import SeminarFactory

DUE = datetime(2026, 3, 10, 22, 59, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def assignment(assignment):
    opens = datetime(2026, 3, 1, tzinfo=UTC)
    Assignment.objects.update(opens_at=opens, due_at=DUE, closes_at=DUE + DAY)
    assignment.refresh_from_db()
    return assignment


def own(user, assignment):
    dates = dates_for(user, assignment)
    return dates.due_at, dates.closes_at, dates.is_own


def test_dates_are_everybodys_without_anything_else(assignment, student, anonymous):
    assert own(student, assignment) == (DUE, DUE + DAY, False)
    assert own(anonymous, assignment) == (DUE, DUE + DAY, False)


@pytest.mark.parametrize(
    ("due", "closes", "expected"),
    [
        (3, 5, (3, 5)),
        (3, None, (3, 3)),
        (None, 5, (0, 5)),
        (-3, None, (0, 1)),
        (None, -3, (0, 1)),
    ],
)
def test_extension_moves_dates_later_and_never_earlier(assignment, student, due, closes, expected):
    ExtensionFactory(
        assignment=assignment,
        user=student,
        due_at=due and DUE + due * DAY,
        closes_at=closes and DUE + closes * DAY,
    )

    moved = tuple(DUE + days * DAY for days in expected)
    assert own(student, assignment) == (*moved, moved != (DUE, DUE + DAY))


def test_accommodation_moves_both_dates(assignment, student, classmate):
    AccommodationFactory(seminar=assignment.seminar, user=student, extra_days=2)

    assert own(student, assignment) == (DUE + 2 * DAY, DUE + 3 * DAY, True)
    assert own(classmate, assignment) == (DUE, DUE + DAY, False)


def test_accommodation_of_another_seminar_moves_nothing(assignment, student):
    AccommodationFactory(seminar=SeminarFactory(), user=student)

    assert own(student, assignment) == (DUE, DUE + DAY, False)


def test_extension_goes_before_an_accommodation(assignment, student):
    AccommodationFactory(seminar=assignment.seminar, user=student, extra_days=9)
    ExtensionFactory(assignment=assignment, user=student, due_at=DUE + 3 * DAY)

    assert own(student, assignment) == (DUE + 3 * DAY, DUE + 3 * DAY, True)


def test_assignment_that_does_not_close_closes_for_nobody(assignment, student):
    Assignment.objects.update(closes_at=None)
    assignment.refresh_from_db()
    ExtensionFactory(assignment=assignment, user=student, due_at=DUE + DAY, closes_at=DUE + 2 * DAY)

    assert own(student, assignment) == (DUE + DAY, None, True)


def test_dates_of_many_take_two_queries(assignment, student, classmate, instructor):
    ExtensionFactory(assignment=assignment, user=student, due_at=DUE + 3 * DAY)
    AccommodationFactory(seminar=assignment.seminar, user=classmate, extra_days=1)

    with CaptureQueriesContext(connection) as queries:
        found = dates_of([student.pk, classmate.pk, instructor.pk], assignment)

    assert len(queries) == 2
    assert {user: dates.due_at for user, dates in found.items()} == {
        student.pk: DUE + 3 * DAY,
        classmate.pk: DUE + DAY,
        instructor.pk: DUE,
    }


@pytest.mark.parametrize(
    ("mode", "closes", "expected"),
    [("closed", 1, 0), ("closed", None, 0), ("closed", -1, -1), ("open", 1, 1)],
)
def test_posting_ends_at_closing_or_as_a_closed_round_begins(
    assignment, student, mode, closes, expected
):
    Assignment.objects.update(due_at=None, closes_at=closes and DUE + closes * DAY)
    assignment.refresh_from_db()
    Round.objects.update(opens_at=assignment.opens_at, ends_at=DUE)
    RoundFactory(assignment=assignment, number=2, opens_at=DUE, mode=mode)
    first = assignment.rounds.get(number=1)

    ends = posting_ends_at(assignment, first, dates_for(student, assignment))

    assert ends == DUE + expected * DAY


def test_posting_goes_by_own_dates_whatever_the_rounds_say(assignment, student):
    Round.objects.update(opens_at=assignment.opens_at, ends_at=DUE)
    RoundFactory(assignment=assignment, number=2, opens_at=DUE, mode="closed")
    ExtensionFactory(assignment=assignment, user=student, due_at=DUE + 3 * DAY)
    first = assignment.rounds.get(number=1)

    assert posting_ends_at(assignment, first, dates_for(student, assignment)) == DUE + 3 * DAY


def test_zone_that_this_machine_does_not_know_is_utc():
    assert (zone_of("Mars/Base"), zone_of("Europe/Berlin")) == (UTC, ZoneInfo("Europe/Berlin"))
