"""Own dates: who is given them, by whom, and that they are later."""

from datetime import timedelta

import pytest
from django.utils import timezone

from debate.assignments.actions import (
    change_accommodations,
    grant_extension,
    withdraw_extension,
)
from debate.assignments.models import Accommodation, Assignment, Extension
from debate.core.errors import Invalid, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.assignments import AccommodationFactory, ExtensionFactory

DAY = timedelta(days=1)
ROLES = [("assistant", NotAllowed), ("student", NotAllowed), ("outsider", Missing)]


@pytest.fixture
def now():
    return timezone.now()


@pytest.fixture
def assignment(assignment, now):
    Assignment.objects.update(due_at=now + DAY, closes_at=now + 2 * DAY)
    assignment.refresh_from_db()
    return assignment


def granted(actor, assignment, person, **fields):
    return grant_extension(actor=actor, assignment_id=assignment.pk, user_id=person.pk, **fields)


def test_extension_granted_is_kept_with_its_reason(instructor, assignment, student, now):
    granted(
        instructor,
        assignment,
        student,
        due_at=now + 3 * DAY,
        closes_at=now + 4 * DAY,
        reason_code="technical",
    )

    kept = Extension.objects.get()
    assert (kept.user, kept.due_at, kept.closes_at) == (student, now + 3 * DAY, now + 4 * DAY)
    assert (kept.reason_code, kept.granted_by) == ("technical", instructor)


def test_extension_granted_again_takes_the_place_of_the_first(instructor, assignment, student, now):
    granted(instructor, assignment, student, due_at=now + 3 * DAY)

    granted(instructor, assignment, student, closes_at=now + 5 * DAY)

    kept = Extension.objects.get()
    assert (kept.due_at, kept.closes_at, kept.reason_code) == (None, now + 5 * DAY, "other")


@pytest.mark.parametrize(
    ("due", "closes", "reason", "field"),
    [
        (None, None, "other", "due_at"),
        (1, None, "other", "due_at"),
        (None, 2, "other", "closes_at"),
        (5, 4, "other", "closes_at"),
        (3, None, "laziness", "reason_code"),
    ],
)
def test_extension_that_cannot_be_names_the_field(
    instructor, assignment, student, now, due, closes, reason, field
):
    expect_refusal(
        Invalid,
        lambda: granted(
            instructor,
            assignment,
            student,
            due_at=due and now + due * DAY,
            closes_at=closes and now + closes * DAY,
            reason_code=reason,
        ),
        field=field,
    )

    assert not Extension.objects.exists()


@pytest.mark.parametrize("field", ["due_at", "closes_at"])
def test_date_that_nobody_has_cannot_be_extended(instructor, assignment, student, now, field):
    Assignment.objects.update(due_at=None, closes_at=None)

    expect_refusal(
        Invalid,
        lambda: granted(instructor, assignment, student, **{field: now + 3 * DAY}),
        field=field,
    )


@pytest.mark.parametrize("role", ["assistant", "observer", "outsider"])
def test_extension_is_for_students_of_the_seminar(request, instructor, assignment, now, role):
    person = request.getfixturevalue(role)

    expect_refusal(Missing, lambda: granted(instructor, assignment, person, due_at=now + 3 * DAY))


@pytest.mark.parametrize(("role", "error"), ROLES)
def test_extension_is_granted_by_instructors_only(request, assignment, student, now, role, error):
    actor = request.getfixturevalue(role)

    expect_refusal(error, lambda: granted(actor, assignment, student, due_at=now + 3 * DAY))

    assert not Extension.objects.exists()


def test_extension_withdrawn_is_gone_and_again_nothing_happens(instructor, assignment, student):
    ExtensionFactory(assignment=assignment, user=student)
    other = ExtensionFactory(assignment=assignment)

    for _ in range(2):
        withdraw_extension(actor=instructor, assignment_id=assignment.pk, user_id=student.pk)

    assert list(Extension.objects.all()) == [other]


@pytest.mark.parametrize(("role", "error"), ROLES)
def test_extension_is_withdrawn_by_instructors_only(request, assignment, student, role, error):
    ExtensionFactory(assignment=assignment, user=student)
    actor = request.getfixturevalue(role)

    expect_refusal(
        error,
        lambda: withdraw_extension(actor=actor, assignment_id=assignment.pk, user_id=student.pk),
    )

    assert Extension.objects.exists()


def accommodated(actor, seminar, days):
    change_accommodations(actor=actor, seminar_id=seminar.pk, days=days)


def held(seminar):
    return dict(Accommodation.objects.filter(seminar=seminar).values_list("user", "extra_days"))


def test_accommodations_are_given_changed_and_taken_back(instructor, seminar, student, classmate):
    accommodated(instructor, seminar, {student.pk: 2, classmate.pk: 3})
    first = held(seminar)

    accommodated(instructor, seminar, {student.pk: 0, classmate.pk: 5})

    assert (first, held(seminar)) == ({student.pk: 2, classmate.pk: 3}, {classmate.pk: 5})


def test_accommodation_that_stays_keeps_who_granted_it(instructor, seminar, student):
    given = AccommodationFactory(seminar=seminar, user=student, extra_days=2)

    accommodated(instructor, seminar, {student.pk: 2})

    assert Accommodation.objects.get().granted_by == given.granted_by


@pytest.mark.parametrize("days", [-1, 61])
def test_accommodation_of_too_many_days_is_refused(instructor, seminar, student, days):
    expect_refusal(
        Invalid, lambda: accommodated(instructor, seminar, {student.pk: days}), field="days"
    )


def test_accommodation_is_for_students_of_the_seminar(instructor, seminar, assistant):
    for person in (assistant, UserFactory()):
        expect_refusal(Missing, lambda one=person: accommodated(instructor, seminar, {one.pk: 2}))


@pytest.mark.parametrize(("role", "error"), ROLES)
def test_accommodations_are_given_by_instructors_only(request, seminar, student, role, error):
    actor = request.getfixturevalue(role)

    expect_refusal(error, lambda: accommodated(actor, seminar, {student.pk: 2}))

    assert held(seminar) == {}
