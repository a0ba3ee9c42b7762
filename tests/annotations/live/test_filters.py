"""Whom a line wakes: everybody whom it concerns, and nobody whom it surely does not."""

from dataclasses import replace

import orjson
import pytest

from annotations.actions import change_audience, hide_annotation, withdraw_annotation
from annotations.actions.changes import _TOLD
from annotations.actions.claims import withdraw_claim
from annotations.live.filters import line_of, may_concern
from annotations.models import Change, Claim
from annotations.queries.changes import bearing_on, is_known_beside
from annotations.queries.view_keys import view_of
from tests.annotations.live.conftest import fresh, post
from tests.factories.argument import QualityMarkFactory

pytestmark = pytest.mark.django_db


def woken(assignment, people, type_="annotation"):
    """Whom the latest line of that type wakes, as it comes over the wire."""
    line = Change.objects.filter(assignment=assignment, type=type_).last()
    words = {"id": line.object_id} | {name: getattr(line, name) for name in _TOLD}
    told = orjson.loads(orjson.dumps(words))
    found, heard = fresh(assignment), line_of(told)
    bearing = bearing_on([heard]).get(line.object_id, ())
    return {one for one in people if may_concern(view_of(one, found), heard, bearing)}


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


@pytest.mark.parametrize(
    ("audience", "expected"),
    [
        ("seminar", {"student", "classmate", "observer", "instructor"}),
        ("group", {"student", "instructor"}),
        ("staff", {"student", "instructor"}),
    ],
)
def test_claim_that_nobody_has_marked_wakes_those_who_read_a_note_on_it(
    audience, expected, assignment, student, classmate, observer, instructor, group
):
    post(
        assignment,
        student,
        kind="counterargument",
        audience=audience,
        group_id=group.pk if audience == "group" else None,
    )

    withdraw_claim(actor=instructor, claim_id=Claim.objects.get(status="implied").pk)

    people = [student, classmate, observer, instructor]
    assert {one.username for one in woken(assignment, people, "claim")} == expected


def test_mark_on_a_claim_that_nobody_has_marked_is_known_to_members_beside_the_note_on_it(
    assignment, student, classmate
):
    post(assignment, student, kind="counterargument")
    mark = QualityMarkFactory(claim=Claim.objects.get(status="implied"), annotation=None)
    line = Change(type="quality_mark", object_id=mark.pk, status_before="", status_after="pending")

    [note] = bearing_on([line])[mark.pk]

    view = view_of(classmate, fresh(assignment))
    assert note.author_id == student.pk
    assert is_known_beside(view, line, [note])
    assert not is_known_beside(replace(view, role=""), line, [note])
