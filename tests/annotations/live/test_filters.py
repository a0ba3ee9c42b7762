"""Whom a line wakes: everybody whom it concerns, and nobody whom it surely does not."""

import orjson
import pytest

from annotations.actions import change_audience, hide_annotation, withdraw_annotation
from annotations.actions.changes import _TOLD
from annotations.live.filters import line_of, may_concern
from annotations.models import Change
from annotations.queries.view_keys import view_of
from tests.annotations.live.conftest import fresh, post

pytestmark = pytest.mark.django_db


def woken(assignment, people):
    """Whom the latest line of an annotation wakes, as it comes over the wire."""
    line = Change.objects.filter(assignment=assignment, type="annotation").last()
    told = orjson.loads(orjson.dumps({name: getattr(line, name) for name in _TOLD}))
    found = fresh(assignment)
    return {one for one in people if may_concern(view_of(one, found), line_of(told))}


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("seminar", {"instructor", "assistant", "limited", "student", "classmate", "observer"}),
        ("group", {"instructor", "assistant", "limited", "student"}),
        ("staff", {"instructor", "assistant", "limited", "student"}),
        ("private", {"student"}),
    ],
)
def test_note_wakes_those_who_read_it(
    audience, expected, assignment, readers, limited, student, group, outsider
):
    post(
        assignment,
        student,
        audience=audience,
        group_id=group.pk if audience == "group" else None,
    )

    names = {one.username for one in woken(assignment, [*readers, outsider])}
    assert names == {limited.username if one == "limited" else one for one in expected}


def test_note_wakes_those_who_lose_it(assignment, readers, student, classmate, instructor):
    one = post(assignment, student)

    withdraw_annotation(actor=student, annotation_id=one.pk)

    assert woken(assignment, readers) == set(readers)


def test_note_of_which_fewer_read_wakes_those_who_did(assignment, readers, student):
    one = post(assignment, student)

    change_audience(actor=student, annotation_id=one.pk, audience="private")

    assert woken(assignment, readers) == set(readers)


def test_note_that_was_never_theirs_wakes_nobody_when_it_goes(
    assignment, student, classmate, observer, instructor
):
    one = post(assignment, student, audience="staff")

    hide_annotation(actor=instructor, annotation_id=one.pk, reason="Off the point.")

    assert woken(assignment, [student, classmate, observer, instructor]) == {student, instructor}


def test_note_of_a_blind_round_wakes_its_author_and_staff(assignment, readers, student, limited):
    assignment.rounds.update(mode="blind")

    post(assignment, student)

    assert {one.username for one in woken(assignment, readers)} == {
        "student", "instructor", "assistant", limited.username,
    }  # fmt: skip
