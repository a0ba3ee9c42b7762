"""What the pages about an assignment's students show, and to whom."""

import pytest

from debate.assignments.queries import (
    accommodations_in,
    extensions_page,
    sides_page,
    students_in,
    students_of,
)
from debate.seminars.models import Membership
from debate.seminars.permissions import membership_of
from tests.expect import expect_constant_queries
from tests.factories.accounts import UserFactory
from tests.factories.assignments import (
    AccommodationFactory,
    ExtensionFactory,
    RoundFactory,
    SideFactory,
)
from tests.factories.seminars import GroupFactory, MembershipFactory


@pytest.fixture
def page_of(assignment):
    def page(user):
        return extensions_page(user, assignment, membership_of(user, assignment.seminar))

    return page


@pytest.fixture
def limited(seminar, assistant, student):
    """The assistant limited to a section in which the student is."""
    section = GroupFactory(seminar=seminar, kind="section", name="Monday", members=[student])
    membership = Membership.objects.get(user=assistant)
    membership.is_limited = True
    membership.save()
    membership.sections.add(section)
    return assistant


def rows(page):
    return [(row.person, row.has_extension, row.reason, row.extra_days) for row in page.students]


def test_instructor_reads_dates_and_reasons(page_of, assignment, instructor, student, classmate):
    ExtensionFactory(assignment=assignment, user=student, reason_code="technical")
    AccommodationFactory(seminar=assignment.seminar, user=classmate, extra_days=3)

    assert rows(page_of(instructor)) == [
        (classmate, False, "", 3),
        (student, True, "Technical trouble", None),
    ]


def test_assistant_reads_dates_alone(page_of, assignment, assistant, student, classmate):
    extension = ExtensionFactory(assignment=assignment, user=student)
    AccommodationFactory(seminar=assignment.seminar, user=classmate)

    page = page_of(assistant)

    assert rows(page) == [(classmate, False, "", None), (student, True, "", None)]
    assert page.students[1].dates.due_at == extension.due_at
    assert page.reads_reasons is False


def test_limited_assistant_reads_the_sections_dates(page_of, limited, student, classmate):
    assert [row.person for row in page_of(limited).students] == [student]


def test_student_reads_the_own_dates_alone(page_of, assignment, student, classmate):
    extension = ExtensionFactory(assignment=assignment, user=student, reason_code="technical")
    ExtensionFactory(assignment=assignment, user=classmate)

    page = page_of(student)

    assert (page.students, page.reads_all, page.own_reason) == ([], False, "Technical trouble")
    assert page.own.due_at == extension.due_at


def test_own_dates_take_a_fixed_number_of_queries(page_of, assignment, seminar, instructor):
    def grow():
        for _ in range(2):
            member = MembershipFactory(seminar=seminar, role="student")
            ExtensionFactory(assignment=assignment, user=member.user)

    grow()

    assert expect_constant_queries(lambda: page_of(instructor), grow=grow) == 7


def test_students_are_those_of_the_groups_that_take_part(
    assignment, student, classmate, group, instructor
):
    assignment.is_for_groups = True
    assignment.save()
    assignment.groups.add(group, GroupFactory(seminar=assignment.seminar, members=[student]))

    assert students_in(assignment) == [student]
    assert students_of(assignment.seminar) == [classmate, student]


def test_students_are_people_who_can_sign_in(assignment, student):
    ghost = UserFactory(is_active=False)
    MembershipFactory(seminar=assignment.seminar, user=ghost, role="student")

    assert students_in(assignment) == [student]


@pytest.mark.parametrize(
    ("role", "sees"), [("instructor", 2), ("assistant", 0), ("student", 1), ("outsider", 0)]
)
def test_accommodations_are_read_by_instructors_and_oneself(
    request, seminar, student, classmate, role, sees
):
    AccommodationFactory(seminar=seminar, user=student)
    AccommodationFactory(seminar=seminar, user=classmate)

    assert len(accommodations_in(seminar, request.getfixturevalue(role))) == sees


def test_sides_page_shows_what_follows_in_the_round(assignment, student, classmate, group):
    second = RoundFactory(assignment=assignment, number=2)
    SideFactory(assignment=assignment, user=None, group=group)
    SideFactory(assignment=assignment, user=classmate, round=second, position="negative")

    page = sides_page(assignment, second)

    assert (page.groups, page.students) == ([group], [classmate, student])
    assert page.in_force == {student.pk: "affirmative", classmate.pk: "negative"}
    assert [one.number for one in page.rounds] == [1, 2]


def test_sides_take_a_fixed_number_of_queries(assignment, seminar, student, group):
    SideFactory(assignment=assignment, user=None, group=group)

    assert (
        expect_constant_queries(
            lambda: sides_page(assignment, None),
            grow=lambda: MembershipFactory.create_batch(2, seminar=seminar, role="student"),
        )
        == 5
    )
