"""Sides given to people and groups."""

import uuid

import pytest

from debate.assignments.actions import change_sides
from debate.core.errors import Invalid, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.assignments import RoundFactory, SideFactory
from tests.factories.seminars import GroupFactory

FOR, AGAINST, NEITHER = "affirmative", "negative", "none"


def given(actor, assignment, people=None, groups=None, **fields):
    return change_sides(
        actor=actor,
        assignment_id=assignment.pk,
        people=people or {},
        groups=groups or {},
        **fields,
    )


def said(assignment):
    return {
        (one.round_id, one.user_id or one.group_id): one.position for one in assignment.sides.all()
    }


def test_sides_given_are_kept(instructor, assignment, student, classmate, group):
    given(instructor, assignment, {student.pk: FOR, classmate.pk: NEITHER}, {group.pk: AGAINST})

    assert said(assignment) == {
        (None, student.pk): FOR,
        (None, classmate.pk): NEITHER,
        (None, group.pk): AGAINST,
    }


def test_side_of_a_round_stands_beside_that_of_all_rounds(instructor, assignment, student):
    second = RoundFactory(assignment=assignment, number=2)
    given(instructor, assignment, {student.pk: FOR})

    given(instructor, assignment, {student.pk: AGAINST}, round_id=second.pk)

    assert said(assignment) == {(None, student.pk): FOR, (second.pk, student.pk): AGAINST}


def test_side_given_again_replaces_and_empty_takes_back(instructor, assignment, student, classmate):
    given(instructor, assignment, {student.pk: FOR, classmate.pk: FOR})

    given(instructor, assignment, {student.pk: AGAINST, classmate.pk: ""})

    assert said(assignment) == {(None, student.pk): AGAINST}


def test_who_is_not_named_keeps_the_side(instructor, assignment, student, classmate):
    given(instructor, assignment, {student.pk: FOR})

    given(instructor, assignment, {classmate.pk: AGAINST})

    assert said(assignment) == {(None, student.pk): FOR, (None, classmate.pk): AGAINST}


def test_side_is_not_given_to_whom_it_cannot_be(
    instructor, assistant, outsider, assignment, other_seminar
):
    theirs = GroupFactory(seminar=other_seminar)

    for people in ({assistant.pk: FOR}, {outsider.pk: FOR}):
        expect_refusal(
            Invalid, lambda one=people: given(instructor, assignment, one), field="people"
        )
    expect_refusal(
        Invalid, lambda: given(instructor, assignment, groups={theirs.pk: FOR}), field="groups"
    )


def test_side_of_an_unknown_word_or_round_is_refused(instructor, assignment, student, group):
    expect_refusal(
        Invalid, lambda: given(instructor, assignment, {student.pk: "pro"}), field="people"
    )
    expect_refusal(
        Invalid, lambda: given(instructor, assignment, groups={group.pk: "pro"}), field="groups"
    )
    expect_refusal(
        Invalid,
        lambda: given(instructor, assignment, {student.pk: FOR}, round_id=uuid.UUID(int=7)),
        field="round",
    )
    assert said(assignment) == {}


@pytest.mark.parametrize(
    ("role", "error"),
    [("assistant", NotAllowed), ("student", NotAllowed), ("outsider", Missing)],
)
def test_sides_are_given_by_instructors_only(request, assignment, student, role, error):
    SideFactory(assignment=assignment, user=student)
    actor = request.getfixturevalue(role)

    expect_refusal(error, lambda: given(actor, assignment, {student.pk: AGAINST}))

    assert said(assignment) == {(None, student.pk): FOR}
