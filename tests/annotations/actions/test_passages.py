"""Passages: taken, marked, and checked by a second reader."""

import uuid
from functools import partial

import pytest
from django.utils import timezone

from annotations.actions.passages import (
    add_passage,
    check_passage,
    mark_relied_on,
    set_relied_on,
)
from annotations.enums import Match
from annotations.models import Passage, PassageCheck
from debate.core.errors import Invalid, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.annotations import PassageFactory, SourceFactory

QUOTE = "Prices cut use by a third. Rules did not."


@pytest.fixture
def source(seminar, instructor):
    return SourceFactory(seminar=seminar, added_by=instructor)


@pytest.fixture
def passage(source):
    """A passage that the instructor took."""
    return PassageFactory(source=source, quote=QUOTE)


def check(actor, passage, **found):
    found = {"opened": True, "match": Match.VERBATIM, **found}
    return check_passage(actor=actor, passage_id=passage.pk, **found)


def test_add_passage_keeps_the_words_and_where_they_stand(source, student):
    passage = add_passage(actor=student, source_id=source.pk, quote=f" {QUOTE}\r\n", locator=" p.  7 ", relied_on=[[7, 10], [0, 6]])  # fmt: skip

    passage.refresh_from_db()
    assert (passage.source, passage.quote, passage.locator) == (source, QUOTE, "p. 7")
    assert (passage.relied_on, passage.added_by) == ([[0, 6], [7, 10]], student)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"quote": " "}, "quote"),
        ({"quote": "x" * 5_001}, "quote"),
        ({"quote": "x\x00"}, "quote"),
        ({"locator": "x" * 101}, "locator"),
        ({"relied_on": [[0, 99]]}, "relied_on"),
        ({"relied_on": [[3, 3]]}, "relied_on"),
        ({"relied_on": [7]}, "relied_on"),
    ],
)
def test_add_passage_with_what_cannot_be_is_refused(source, student, given, field):
    act = partial(add_passage, actor=student, source_id=source.pk, **{"quote": QUOTE, **given})

    expect_refusal(Invalid, act, field=field)
    assert not Passage.objects.exists()


@pytest.mark.parametrize(("who", "refusal"), [("observer", NotAllowed), ("outsider", Missing)])
def test_add_passage_by_who_does_not_write_there_is_refused(source, request, who, refusal):
    actor = request.getfixturevalue(who)

    expect_refusal(refusal, partial(add_passage, actor=actor, source_id=source.pk, quote=""))


def test_set_relied_on_puts_the_runs_in_order(passage, instructor):
    set_relied_on(actor=instructor, passage_id=passage.pk, relied_on=[[7, 10], [0, 6], [4, 7]])

    passage.refresh_from_db()
    assert passage.relied_on == [[0, 10]]


def test_set_relied_on_outside_the_words_is_refused(passage, instructor):
    act = partial(set_relied_on, actor=instructor, passage_id=passage.pk, relied_on=[[0, 999]])

    expect_refusal(Invalid, act, field="relied_on")


def test_set_relied_on_of_another_by_a_student_is_refused(passage, student):
    act = partial(set_relied_on, actor=student, passage_id=passage.pk, relied_on=[[0, 999]])

    expect_refusal(NotAllowed, act)


def test_set_relied_on_of_one_that_is_hidden_is_refused_as_absent(source, student, classmate):
    hidden = PassageFactory(source=source, quote=QUOTE, added_by=classmate)

    for one in (hidden.pk, uuid.uuid4()):
        expect_refusal(Missing, partial(set_relied_on, actor=student, passage_id=one, relied_on=[]))


def test_mark_relied_on_takes_the_marks(passage, instructor):
    marked = "[[Prices cut use]] by a third. [[Rules]] did not.\r\n"

    mark_relied_on(actor=instructor, passage_id=passage.pk, marked=marked)

    passage.refresh_from_db()
    assert passage.relied_on == [[0, 14], [27, 32]]


@pytest.mark.parametrize("marked", ["[[Prices", "[[Prices]] cut use.", "", QUOTE + " [[x]]"])
def test_mark_relied_on_with_other_words_is_refused(passage, instructor, marked):
    act = partial(mark_relied_on, actor=instructor, passage_id=passage.pk, marked=marked)

    expect_refusal(Invalid, act, field="marked")


def test_check_passage_is_kept_beside_earlier_ones(passage, student, classmate):
    check(student, passage, match=Match.NOT_FOUND, opened=False, note=" not  there ")
    check(classmate, passage)

    checks = PassageCheck.objects.values_list("by", "match", "opened", "note")
    assert list(checks) == [
        (student.pk, Match.NOT_FOUND, False, "not there"),
        (classmate.pk, Match.VERBATIM, True, ""),
    ]


@pytest.mark.parametrize(
    ("found", "field"),
    [
        ({"match": "perhaps"}, "match"),
        ({"match": ""}, "match"),
        ({"opened": False}, "opened"),
        ({"note": "x" * 501}, "note"),
    ],
)
def test_check_passage_with_what_cannot_be_is_refused(passage, student, found, field):
    expect_refusal(Invalid, partial(check, student, passage, **found), field=field)

    assert not PassageCheck.objects.exists()


def test_check_passage_by_who_took_it_is_refused(passage, instructor):
    expect_refusal(NotAllowed, partial(check, instructor, passage, match=""))


def test_check_passage_by_an_observer_is_refused(passage, observer):
    expect_refusal(NotAllowed, partial(check, observer, passage, match=""))


def test_check_passage_in_an_archived_seminar_is_refused(passage, student, seminar):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, partial(check, student, passage))


def test_check_passage_that_is_hidden_is_refused_as_absent(source, student, classmate):
    hidden = PassageFactory(source=source, quote=QUOTE, added_by=classmate)

    expect_refusal(Missing, partial(check, student, hidden, match=""))
