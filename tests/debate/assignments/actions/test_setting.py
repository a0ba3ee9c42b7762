"""Essays set to their seminar, and what is asked changed later."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debate.assignments.actions import (
    RoundInput,
    change_assignment,
    close_assignment,
    delete_assignment,
    set_essay,
)
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import ExtensionFactory, SideFactory
from tests.factories.essays import EssayFactory, essay_of
from tests.factories.seminars import GroupFactory

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


# -- who takes part, names, approval, resolution --------------------------------------------------


def test_essay_set_for_groups_keeps_everything_given(instructor, essay, group):
    set_essay(
        actor=instructor,
        essay=essay,
        asked={"replies": 1, "paragraphs": 4},
        is_for_groups=True,
        group_ids=[group.pk],
        uses_pseudonyms=True,
        requires_approval=True,
        resolution=" Water should\ncost. ",
        rounds=[RoundInput(name="Alone", mode="blind")],
    )

    stored = Assignment.objects.get()
    assert (stored.is_for_groups, list(stored.groups.all())) == (True, [group])
    assert (stored.uses_pseudonyms, stored.requires_approval) == (True, True)
    assert (stored.asked_replies, stored.asked_paragraphs) == (1, 4)
    assert stored.resolution == "Water should cost."
    assert [(one.name, one.mode) for one in stored.rounds.all()] == [("Alone", "blind")]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"is_for_groups": True}, "groups"),
        ({"is_for_groups": True, "group_ids": []}, "groups"),
        ({"is_for_groups": True, "group_ids": [uuid.UUID(int=7)]}, "groups"),
        ({"resolution": "x" * 501}, "resolution"),
        ({"asked": {"comments": 51}}, "asked.comments"),
        ({"asked": {"replies": -1}}, "asked.replies"),
        ({"asked": {"praise": 1}}, "asked.praise"),
        ({"rounds": [RoundInput(mode="secret")]}, "rounds.0.mode"),
    ],
)
def test_set_up_that_cannot_be_names_the_field(instructor, essay, given, field):
    expect_refusal(Invalid, lambda: set_essay(actor=instructor, essay=essay, **given), field=field)


def test_groups_of_another_seminar_take_no_part(instructor, assignment, other_seminar):
    theirs = GroupFactory(seminar=other_seminar)

    expect_refusal(
        Invalid,
        lambda: changed(instructor, assignment, is_for_groups=True, group_ids=[theirs.pk]),
        field="groups",
    )


def test_groups_stay_when_only_other_things_change(instructor, assignment, group):
    changed(instructor, assignment, is_for_groups=True, group_ids=[group.pk])

    changed(instructor, assignment)

    assert list(assignment.groups.all()) == [group]


def test_assignment_set_to_all_again_has_no_groups(instructor, assignment, group):
    changed(instructor, assignment, is_for_groups=True, group_ids=[group.pk])

    changed(instructor, assignment, is_for_groups=False)

    assert list(assignment.groups.all()) == []


def test_change_of_one_thing_keeps_the_others(instructor, assignment):
    change_assignment(actor=instructor, assignment_id=assignment.pk, resolution="It should.")

    stored = Assignment.objects.get()
    assert (stored.resolution, stored.title) == ("It should.", assignment.title)
    assert (stored.opens_at, stored.asked_comments) == (assignment.opens_at, 3)


def test_pseudonyms_are_chosen_until_somebody_has_posted(instructor, assignment):
    changed(instructor, assignment, uses_pseudonyms=True)
    AnnotationFactory(assignment=assignment, status="withdrawn")

    changed(instructor, assignment, uses_pseudonyms=True, title="Again")
    expect_refusal(
        InvalidState,
        lambda: changed(instructor, assignment, uses_pseudonyms=False),
        field="uses_pseudonyms",
    )

    stored = Assignment.objects.get()
    assert (stored.title, stored.uses_pseudonyms) == ("Again", True)


# -- the end --------------------------------------------------------------------------------------


def test_assignment_closed_closes_now_and_is_due_no_later(instructor, assignment):
    changed(instructor, assignment, due_at=OPENS + timedelta(days=4000), closes_at=None)
    before = timezone.now()

    close_assignment(actor=instructor, assignment_id=assignment.pk)

    stored = Assignment.objects.get()
    assert before <= stored.closes_at <= timezone.now()
    assert stored.due_at == stored.closes_at


def test_assignment_that_was_due_before_stays_so(instructor, assignment):
    changed(instructor, assignment, closes_at=None)

    close_assignment(actor=instructor, assignment_id=assignment.pk)

    assert Assignment.objects.get().due_at == OPENS + timedelta(days=2)


def test_assignment_closed_before_it_opened_never_opens(instructor, assignment):
    opens = timezone.now() + timedelta(days=1)
    changed(instructor, assignment, opens_at=opens, due_at=None, closes_at=None)

    close_assignment(actor=instructor, assignment_id=assignment.pk)

    assert Assignment.objects.get().closes_at == opens


def test_assignment_closed_long_ago_stays_as_it_is(instructor, assignment):
    changed(instructor, assignment)

    close_assignment(actor=instructor, assignment_id=assignment.pk)

    assert Assignment.objects.get().closes_at == OPENS + timedelta(days=3)


def test_assignment_without_posts_is_deleted_with_what_belongs_to_it(instructor, assignment):
    SideFactory(assignment=assignment)
    ExtensionFactory(assignment=assignment)

    delete_assignment(actor=instructor, assignment_id=assignment.pk)

    assert not Assignment.objects.exists()
    assert not assignment.essay.assignments.exists()


@pytest.mark.parametrize("status", ["published", "withdrawn", "pending"])
def test_assignment_with_posts_is_not_deleted(instructor, assignment, status):
    AnnotationFactory(assignment=assignment, status=status)

    expect_refusal(
        InvalidState,
        lambda: delete_assignment(actor=instructor, assignment_id=assignment.pk),
    )

    assert Assignment.objects.exists()


@pytest.mark.parametrize("end", [close_assignment, delete_assignment])
@pytest.mark.parametrize(
    ("role", "error"),
    [("assistant", NotAllowed), ("student", NotAllowed), ("outsider", Missing)],
)
def test_assignment_is_ended_by_instructors_only(request, assignment, role, error, end):
    actor = request.getfixturevalue(role)

    expect_refusal(error, lambda: end(actor=actor, assignment_id=assignment.pk))

    assert Assignment.objects.get().closes_at is None
