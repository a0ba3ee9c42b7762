"""Which side holds: a person's before a group's, a round's before that of all rounds."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from debate.assignments.queries import (
    drawn_sides,
    side_of,
    sides_of,
    sides_said,
    swapped_sides,
)
from tests.factories.assignments import RoundFactory, SideFactory
from tests.factories.seminars import GroupFactory

FOR, AGAINST, NEITHER = "affirmative", "negative", "none"


@pytest.fixture
def second(assignment):
    return RoundFactory(assignment=assignment, number=2)


@pytest.fixture
def give(assignment):
    def put(position, **whose):
        return SideFactory(assignment=assignment, position=position, **{"user": None, **whose})

    return put


def test_nobody_has_a_side_before_one_is_given(assignment, student, second):
    assert side_of(student, assignment) is None
    assert side_of(student, assignment, second) is None


def test_side_of_all_rounds_holds_in_each(assignment, student, second, give):
    give(FOR, user=student)

    assert [side_of(student, assignment, one) for one in (None, second)] == [FOR, FOR]


def test_side_of_a_round_goes_before_and_holds_there_only(assignment, student, second, give):
    give(FOR, user=student)
    give(AGAINST, user=student, round=second)

    first = assignment.rounds.get(number=1)
    assert [side_of(student, assignment, one) for one in (None, first, second)] == [
        FOR,
        FOR,
        AGAINST,
    ]


def test_side_of_a_person_goes_before_that_of_the_group(assignment, student, group, second, give):
    give(AGAINST, group=group, round=second)
    give(FOR, group=group)
    in_group = side_of(student, assignment, second)

    give(NEITHER, user=student)

    assert (in_group, side_of(student, assignment, second)) == (AGAINST, NEITHER)


def test_side_of_another_group_or_assignment_is_not_taken(assignment, student, other_group, give):
    give(FOR, group=other_group)
    SideFactory(user=student)

    assert side_of(student, assignment) is None


def test_sides_of_many_take_two_queries(assignment, student, classmate, other_group, give):
    give(FOR, user=student)
    give(AGAINST, group=other_group)

    with CaptureQueriesContext(connection) as queries:
        found = sides_of([student.pk, classmate.pk, assignment.created_by_id], assignment)

    assert len(queries) == 2
    assert found == {student.pk: FOR, classmate.pk: AGAINST}


def test_sides_said_are_those_of_exactly_that_round(assignment, student, group, second, give):
    give(FOR, user=student)
    give(AGAINST, group=group, round=second)

    assert sides_said(assignment, None) == {student.pk: FOR}
    assert sides_said(assignment, second) == {group.pk: AGAINST}


@pytest.mark.parametrize(("people", "halves"), [(0, (0, 0)), (1, (0, 1)), (6, (3, 3)), (7, (3, 4))])
def test_draw_gives_each_side_to_half(people, halves):
    drawn = list(drawn_sides(range(people)).values())

    assert tuple(sorted((drawn.count(FOR), drawn.count(AGAINST)))) == halves


def test_sides_swapped_are_the_opposites_of_the_round_before(
    assignment, student, classmate, group, second, give
):
    give(FOR, user=student)
    give(NEITHER, user=classmate)
    give(AGAINST, group=group, round=second)
    third = RoundFactory(assignment=assignment, number=3)
    rounds = list(assignment.rounds.all())

    assert swapped_sides(assignment, rounds, second) == {
        student.pk: AGAINST,
        classmate.pk: NEITHER,
    }
    assert swapped_sides(assignment, rounds, third) == {
        student.pk: AGAINST,
        classmate.pk: NEITHER,
        group.pk: FOR,
    }


def test_first_round_is_swapped_from_what_holds_in_all(assignment, student, give):
    give(FOR, user=student)
    rounds = list(assignment.rounds.all())

    assert swapped_sides(assignment, rounds, rounds[0]) == {student.pk: AGAINST}


def test_whoever_is_in_two_groups_takes_the_same_side_each_time(assignment, student, group, give):
    other = GroupFactory(seminar=assignment.seminar, members=[student])
    give(FOR, group=group)
    give(AGAINST, group=other)

    assert len({side_of(student, assignment) for _ in range(3)}) == 1
