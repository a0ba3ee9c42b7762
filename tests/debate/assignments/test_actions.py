"""Essays set to their seminar, and what is asked changed later."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debate.assignments.actions import (
    change_assignment,
    lock_assignment,
    raise_counter,
    set_essay,
)
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.assignments import assignment_of
from tests.factories.essays import EssayFactory, essay_of

OPENS = datetime(2026, 3, 1, 9, tzinfo=UTC)


def changed(actor, assignment, **fields):
    given = {
        "title": "Read it twice",
        "instructions": "Slowly.",
        "opens_at": OPENS,
        "due_at": OPENS + timedelta(days=2),
        "closes_at": OPENS + timedelta(days=3),
        "asked": {"comments": 1, "counterarguments": 0, "evidence": 4},
    }
    return change_assignment(actor=actor, assignment_id=assignment.pk, **{**given, **fields})


def test_essay_set_has_dates_counts_and_round(instructor, essay):
    assignment = set_essay(
        actor=instructor,
        essay=essay,
        instructions="Read it twice.",
        opens_at=OPENS,
        due_at=OPENS + timedelta(days=7),
        asked={"comments": 1, "evidence": 0},
    )

    stored = Assignment.objects.get()
    assert (stored.seminar, stored.revision) == (essay.seminar, essay.current_revision)
    assert (stored.title, stored.slug) == ("Who should pay for water?", "who-should-pay-for-water")
    assert (stored.asked_comments, stored.asked_counterarguments, stored.asked_evidence) == (
        1,
        2,
        0,
    )
    assert [(one.number, one.opens_at) for one in assignment.rounds.all()] == [(1, OPENS)]


def test_essay_set_without_dates_opens_now(instructor, essay):
    before = timezone.now()

    assignment = set_essay(actor=instructor, essay=essay)

    assert before <= assignment.opens_at <= timezone.now()
    assert (assignment.due_at, assignment.closes_at) == (None, None)


def test_essay_with_title_in_other_script_gets_an_address(instructor, seminar):
    essay = essay_of("Текст.", seminar=seminar, title="Вода")

    assert set_essay(actor=instructor, essay=essay).slug == "essay"


@pytest.mark.parametrize("role", ["assistant", "student", "observer", "outsider", "operator"])
def test_essay_is_set_by_instructors_only(request, essay, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: set_essay(actor=actor, essay=essay))

    assert not Assignment.objects.exists()


def test_essay_of_archived_seminar_is_not_set(instructor, essay):
    essay.seminar.archived_at = OPENS

    expect_refusal(NotAllowed, lambda: set_essay(actor=instructor, essay=essay))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "\u200b"}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"instructions": "x" * 10_001}, "instructions"),
        ({"due_at": OPENS - timedelta(seconds=1)}, "due_at"),
        ({"closes_at": OPENS - timedelta(seconds=1)}, "closes_at"),
        (
            {"due_at": OPENS + timedelta(days=2), "closes_at": OPENS + timedelta(days=1)},
            "closes_at",
        ),
    ],
)
def test_essay_set_with_bad_input_names_field(instructor, essay, given, field):
    expect_refusal(
        Invalid,
        lambda: set_essay(actor=instructor, essay=essay, opens_at=OPENS, **given),
        field=field,
    )


def test_essay_without_text_is_not_set(instructor, seminar):
    essay = EssayFactory(seminar=seminar)

    expect_refusal(Invalid, lambda: set_essay(actor=instructor, essay=essay), field="essay")


def test_essay_set_twice_at_one_address_conflicts(instructor, essay):
    set_essay(actor=instructor, essay=essay, slug="water")

    expect_refusal(
        Conflict, lambda: set_essay(actor=instructor, essay=essay, slug="water"), field="slug"
    )


def test_assignment_changed_keeps_essay_and_address(instructor, assignment):
    changed(instructor, assignment)

    stored = Assignment.objects.get()
    assert (stored.title, stored.instructions) == ("Read it twice", "Slowly.")
    assert (stored.opens_at, stored.due_at, stored.closes_at) == (
        OPENS,
        OPENS + timedelta(days=2),
        OPENS + timedelta(days=3),
    )
    assert (stored.asked_comments, stored.asked_counterarguments, stored.asked_evidence) == (
        1,
        0,
        4,
    )
    assert (stored.slug, stored.essay) == ("who-should-pay", assignment.essay)
    assert stored.rounds.get().opens_at == OPENS


def test_assignment_changed_locks_its_row_first(instructor, assignment):
    with CaptureQueriesContext(connection) as queries:
        changed(instructor, assignment)

    locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    assert len(locks) == 1


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_assignment_is_changed_by_instructors_only(request, assignment, role):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: changed(actor, assignment))

    assert Assignment.objects.get().title == assignment.title


def test_assignment_of_another_seminar_is_missing(outsider, assignment):
    expect_refusal(Missing, lambda: changed(outsider, assignment))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"instructions": "x" * 10_001}, "instructions"),
        ({"due_at": OPENS - timedelta(days=1)}, "due_at"),
        ({"closes_at": OPENS}, "closes_at"),
    ],
)
def test_assignment_changed_with_bad_input_names_field(instructor, assignment, given, field):
    expect_refusal(Invalid, lambda: changed(instructor, assignment, **given), field=field)

    assert Assignment.objects.get().title == assignment.title


def test_unknown_assignment_cannot_be_locked(db):
    expect_refusal(Missing, lambda: lock_assignment(uuid.uuid4()))


def test_counter_raised_is_kept(essay):
    assignment = assignment_of(essay)

    first = raise_counter(assignment)
    second = raise_counter(assignment, by=2)

    assert (first, second) == (1, 3)
    assert Assignment.objects.get().change_counter == 3
