"""Rounds: in order, within the dates, and never against those who have posted."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debate.assignments.actions import (
    RoundInput,
    change_assignment,
    change_rounds,
    set_essay,
)
from debate.assignments.models import Assignment, Round
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import RoundFactory, SideFactory, assignment_of

OPENS = datetime(2026, 3, 1, 9, tzinfo=UTC)
DAY = timedelta(days=1)
BLIND = RoundInput(name="First reading", mode="blind", reveals_after=2)


def later(days, **fields):
    return RoundInput(opens_at=OPENS + days * DAY, **fields)


@pytest.fixture
def assignment(essay):
    return assignment_of(
        essay, slug="who-should-pay", opens_at=OPENS, due_at=OPENS + 8 * DAY, asked_evidence=0
    )


def changed(actor, assignment, *rounds):
    return change_rounds(actor=actor, assignment_id=assignment.pk, rounds=rounds)


def kept(assignment):
    return [
        (one.number, one.name, one.mode, one.opens_at, one.ends_at)
        for one in assignment.rounds.all()
    ]


def test_rounds_changed_end_as_the_next_one_opens(instructor, assignment):
    first = assignment.rounds.get()

    changed(
        instructor,
        assignment,
        RoundInput(round_id=first.pk, name="First reading", mode="blind", reveals_after=2),
        later(3),
        later(6, name="Rebuttal", mode="rebuttal", allowed_kinds=["counterargument", "comment"]),
    )

    assert kept(assignment) == [
        (1, "First reading", "blind", OPENS, OPENS + 3 * DAY),
        (2, "Open discussion", "open", OPENS + 3 * DAY, OPENS + 6 * DAY),
        (3, "Rebuttal", "rebuttal", OPENS + 6 * DAY, None),
    ]
    assert assignment.rounds.get(number=1).pk == first.pk
    assert assignment.rounds.get(number=1).reveals_after == 2
    assert assignment.rounds.get(number=3).allowed_kinds == ["comment", "counterargument"]


def test_round_put_before_another_keeps_that_ones_row(instructor, assignment):
    first = assignment.rounds.get()

    changed(instructor, assignment, BLIND, later(2, round_id=first.pk))

    assert [(one.number, one.pk == first.pk) for one in assignment.rounds.all()] == [
        (1, False),
        (2, True),
    ]


def test_round_left_out_goes_with_its_sides(instructor, assignment):
    second = RoundFactory(assignment=assignment, number=2, opens_at=OPENS + DAY)
    SideFactory(assignment=assignment, round=second)

    changed(instructor, assignment, RoundInput(round_id=assignment.rounds.get(number=1).pk))

    assert kept(assignment) == [(1, "Open discussion", "open", OPENS, None)]
    assert not assignment.sides.exists()


def test_every_kind_ticked_is_kept_as_no_limit(instructor, assignment):
    every = ["comment", "question", "support", "counterargument", "evidence", "concession"]

    changed(instructor, assignment, RoundInput(allowed_kinds=every))

    assert assignment.rounds.get().allowed_kinds == []


def test_closed_round_keeps_no_kinds_and_an_open_one_no_reveal(instructor, assignment):
    changed(
        instructor,
        assignment,
        RoundInput(reveals_after=3),
        later(2, mode="closed", allowed_kinds=["question"]),
    )

    assert [(one.reveals_after, one.allowed_kinds) for one in assignment.rounds.all()] == [
        (None, []),
        (None, []),
    ]


@pytest.mark.parametrize(
    ("rounds", "field"),
    [
        ([], "rounds"),
        ([RoundInput()] * 9, "rounds"),
        ([RoundInput(name=" ")], "rounds.0.name"),
        ([RoundInput(name="x" * 101)], "rounds.0.name"),
        ([RoundInput(mode="secret")], "rounds.0.mode"),
        ([RoundInput(mode="blind", reveals_after=0)], "rounds.0.reveals_after"),
        ([RoundInput(mode="blind", reveals_after=51)], "rounds.0.reveals_after"),
        ([RoundInput(allowed_kinds=["praise"])], "rounds.0.allowed_kinds"),
        ([RoundInput(), RoundInput()], "rounds.1.opens_at"),
        ([RoundInput(), later(0)], "rounds.1.opens_at"),
        ([RoundInput(), later(3), later(2)], "rounds.2.opens_at"),
        ([RoundInput(round_id=uuid.UUID(int=7))], "rounds.0.id"),
    ],
)
def test_rounds_that_cannot_be_name_the_member(instructor, assignment, rounds, field):
    expect_refusal(Invalid, lambda: changed(instructor, assignment, *rounds), field=field)

    assert kept(assignment) == [(1, "Open discussion", "open", OPENS, None)]


def test_round_named_twice_is_refused(instructor, assignment):
    one = assignment.rounds.get().pk

    expect_refusal(
        Invalid,
        lambda: changed(instructor, assignment, RoundInput(round_id=one), later(1, round_id=one)),
        field="rounds",
    )


def test_round_that_opens_at_the_closing_is_refused(instructor, assignment):
    Assignment.objects.update(closes_at=OPENS + 9 * DAY)

    expect_refusal(
        Invalid, lambda: changed(instructor, assignment, RoundInput(), later(9)),
        field="rounds.1.opens_at",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("kinds", "word", "count"),
    [(["counterargument", "evidence"], "comments", 3), (["comment"], "counterarguments", 2)],
)
def test_round_that_forbids_what_is_asked_is_refused_naming_both(
    instructor, assignment, kinds, word, count
):
    error = expect_refusal(
        Invalid,
        lambda: changed(instructor, assignment, RoundInput(), later(2, allowed_kinds=kinds)),
        field="rounds.1.allowed_kinds",
    )

    assert error.sentence == (
        f"“Open discussion” does not take {word}, but {count} are asked for. "
        f"Let the round take {word}, or ask for none."
    )


def test_asking_for_what_a_round_forbids_is_refused(instructor, assignment):
    changed(instructor, assignment, RoundInput(allowed_kinds=["comment", "counterargument"]))

    expect_refusal(
        Invalid,
        lambda: change_assignment(
            actor=instructor, assignment_id=assignment.pk, asked={"evidence": 1}
        ),
        field="rounds.0.allowed_kinds",
    )


def test_kind_that_is_not_asked_may_be_forbidden(instructor, assignment):
    changed(instructor, assignment, RoundInput(allowed_kinds=["comment", "counterargument"]))

    assert assignment.rounds.get().allowed_kinds == ["comment", "counterargument"]


# -- what protects those who posted, and those who read -------------------------------------------


@pytest.fixture
def two_rounds(instructor, essay):
    """A blind round that began a day ago and an open one that begins tomorrow."""
    now = timezone.now()
    return set_essay(
        actor=instructor,
        essay=essay,
        opens_at=now - DAY,
        rounds=[BLIND, RoundInput(opens_at=now + DAY)],
    )


def inputs(assignment, **first):
    rounds = list(assignment.rounds.all())
    given = [RoundInput.of(one) for one in rounds]
    values = {name: getattr(given[0], name) for name in RoundInput.__slots__}
    return [RoundInput(**{**values, **first}), *given[1:]]


def test_round_with_posts_cannot_be_taken_away(instructor, assignment):
    second = RoundFactory(assignment=assignment, number=2, opens_at=OPENS + DAY)
    AnnotationFactory(assignment=assignment, round=second, status="withdrawn")

    error = expect_refusal(
        InvalidState,
        lambda: changed(
            instructor, assignment, RoundInput(round_id=assignment.rounds.get(number=1).pk)
        ),
        field="rounds",
    )

    assert (
        error.sentence == "Something was posted in “Open discussion”, so it cannot be taken away."
    )
    assert Round.objects.filter(pk=second.pk).exists()


def test_blind_round_with_posts_may_be_opened(instructor, two_rounds):
    AnnotationFactory(assignment=two_rounds, round=two_rounds.rounds.get(number=1))

    changed(instructor, two_rounds, *inputs(two_rounds, mode="open"))

    assert two_rounds.rounds.get(number=1).mode == "open"


@pytest.mark.parametrize("mode", ["open", "rebuttal", "closed"])
def test_round_whose_posts_were_read_cannot_become_blind(instructor, assignment, mode):
    Round.objects.update(mode=mode)
    AnnotationFactory(assignment=assignment, round=assignment.rounds.get())

    expect_refusal(
        InvalidState,
        lambda: changed(instructor, assignment, *inputs(assignment, mode="blind")),
        field="rounds.0.mode",
    )


def test_round_without_posts_may_become_blind(instructor, assignment):
    changed(instructor, assignment, *inputs(assignment, mode="blind"))

    assert assignment.rounds.get().mode == "blind"


@pytest.fixture
def revealed(two_rounds):
    """The rounds again, the blind one over an hour ago, and what would let it go on."""
    first, second = two_rounds.rounds.all()
    past = timezone.now() - timedelta(hours=1)
    Round.objects.filter(pk=first.pk).update(ends_at=past)
    Round.objects.filter(pk=second.pk).update(opens_at=past)
    return [
        RoundInput.of(first),
        RoundInput(round_id=second.pk, opens_at=timezone.now() + DAY),
    ]


def test_blind_round_that_has_ended_does_not_go_on_with_posts(instructor, two_rounds, revealed):
    AnnotationFactory(assignment=two_rounds, round=two_rounds.rounds.get(number=1))

    expect_refusal(
        InvalidState,
        lambda: changed(instructor, two_rounds, *revealed),
        field="rounds.1.opens_at",
    )
    expect_refusal(
        InvalidState, lambda: changed(instructor, two_rounds, revealed[0]), field="rounds"
    )


def test_blind_round_that_has_ended_goes_on_without_posts(instructor, two_rounds, revealed):
    [first, _] = changed(instructor, two_rounds, *revealed)

    assert first.ends_at == revealed[1].opens_at


def test_assignment_closed_early_keeps_its_later_rounds_and_can_be_changed(instructor, two_rounds):
    Assignment.objects.update(closes_at=timezone.now())

    change_assignment(actor=instructor, assignment_id=two_rounds.pk, title="Again")

    assert [one.number for one in two_rounds.rounds.all()] == [1, 2]


def test_opening_moved_moves_the_first_round(instructor, assignment):
    change_assignment(actor=instructor, assignment_id=assignment.pk, opens_at=OPENS + DAY)

    assert assignment.rounds.get().opens_at == OPENS + DAY


def test_rounds_are_changed_under_the_assignments_lock(instructor, assignment):
    with CaptureQueriesContext(connection) as queries:
        changed(instructor, assignment, RoundInput())

    locks = [n for n, query in enumerate(queries) if "FOR NO KEY UPDATE" in query["sql"]]
    writes = [n for n, query in enumerate(queries) if query["sql"].startswith(("INSERT", "UPDATE"))]
    assert len(locks) == 1
    assert locks[0] < min(writes)


@pytest.mark.parametrize(
    ("role", "error"),
    [("assistant", NotAllowed), ("student", NotAllowed), ("outsider", Missing)],
)
def test_rounds_are_changed_by_instructors_only(request, assignment, role, error):
    actor = request.getfixturevalue(role)

    expect_refusal(error, lambda: changed(actor, assignment, RoundInput(name="Mine")))

    assert assignment.rounds.get().name == "Open discussion"
