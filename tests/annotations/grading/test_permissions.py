"""The predicates of grading, for each role, and in a seminar that is archived."""

import pytest
from django.utils import timezone

from annotations.grading.enums import MarkingMode
from annotations.grading.permissions import (
    knows_names,
    may_ask_again,
    may_change_rubric,
    may_mark,
    may_read_marker_text,
    may_release,
    may_see_gradebook,
    may_set_up_grading,
    may_take_grades,
)
from debate.seminars.permissions import membership_of
from tests.factories.grading import GradingPlanFactory, RubricFactory
from tests.factories.seminars import SeminarFactory

STAFF = {"assistant", "instructor"}
CHANGES = {
    may_set_up_grading: {"instructor"},
    may_mark: STAFF,
    may_release: {"instructor"},
    may_ask_again: {"student"},
}
READS = {
    may_see_gradebook: STAFF,
    may_take_grades: {"instructor"},
    may_read_marker_text: STAFF,
}


@pytest.fixture
def memberships(seminar, outsider, observer, student, assistant, instructor):
    people = {"outsider": outsider, "observer": observer, "student": student}
    people |= {"assistant": assistant, "instructor": instructor}
    return {role: membership_of(user, seminar) for role, user in people.items()}


def name_of(predicate):
    return predicate.__name__


@pytest.mark.parametrize("may", CHANGES, ids=name_of)
def test_change_of_grading_is_for_its_roles_alone(may, memberships, seminar):
    assert {role for role, one in memberships.items() if may(one, seminar)} == CHANGES[may]


@pytest.mark.parametrize("may", CHANGES, ids=name_of)
def test_change_of_grading_in_an_archived_seminar_is_for_nobody(may, memberships, seminar):
    seminar.archived_at = timezone.now()

    assert [role for role, one in memberships.items() if may(one, seminar)] == []


@pytest.mark.parametrize("may", READS, ids=name_of)
def test_reading_of_grades_is_for_its_roles_in_an_archived_seminar_too(may, memberships):
    assert {role for role, one in memberships.items() if may(one)} == READS[may]


def test_rubric_of_a_library_is_changed_by_its_owner_alone(seminar, instructor, assistant):
    rubric = RubricFactory(seminar=None, owner=assistant)

    assert may_change_rubric(assistant, membership_of(assistant, seminar), rubric)
    assert not may_change_rubric(instructor, membership_of(instructor, seminar), rubric)


def test_rubric_of_a_seminar_is_changed_by_instructors_whoever_made_it(
    seminar, instructor, assistant
):
    rubric = RubricFactory(seminar=seminar, owner=assistant)

    assert may_change_rubric(instructor, membership_of(instructor, seminar), rubric)
    assert not may_change_rubric(assistant, membership_of(assistant, seminar), rubric)


def test_rubric_of_a_seminar_is_not_changed_by_who_made_it_and_teaches_elsewhere(instructor):
    rubric = RubricFactory(seminar=SeminarFactory(), owner=instructor)

    assert not may_change_rubric(instructor, membership_of(instructor, rubric.seminar), rubric)


@pytest.mark.parametrize("blind", [True, False])
def test_names_are_known_unless_marking_is_blind(blind, assignment):
    plan = GradingPlanFactory(
        assignment=assignment, is_blind=blind, marking_mode=MarkingMode.SINGLE
    )

    assert knows_names(plan) is not blind
