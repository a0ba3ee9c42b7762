"""What a counterargument attacks, said by its author and by staff."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.actions import Content, Target, create_annotation
from annotations.actions.coding import code_attack
from annotations.models import Change, Relation
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import GroupKind
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory, InferenceFactory
from tests.factories.seminars import GroupFactory


@pytest.fixture
def claim(assignment):
    """The essay's claim in the first paragraph, for which another is a reason."""
    claim = ClaimFactory(assignment=assignment, text="Price water by use.")
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def step(claim):
    premise = ClaimFactory(assignment=claim.assignment, text="Prices lower demand.")
    return InferenceFactory(conclusion=claim, premises=[premise])


@pytest.fixture
def counter(student, assignment, paragraphs, claim, step):
    """A counterargument whose author was not sure."""
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind="counterargument", body="Renters pay nothing by use."),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )


@pytest.mark.parametrize("who", ["student", "instructor", "assistant"])
def test_code_says_what_is_attacked_and_moves_the_attack(who, request, counter, claim, step):
    actor = request.getfixturevalue(who)
    assert Relation.objects.get().kind == "rebuts"

    code_attack(actor=actor, annotation_id=counter.pk, attacks="step", version=1)

    counter.refresh_from_db()
    relation = Relation.objects.get()
    assert (counter.attacks, counter.version, counter.body) == (
        "step", 2, "Renters pay nothing by use.",
    )  # fmt: skip
    assert (relation.kind, relation.target_inference) == ("undercuts", step)
    kept = counter.history.get(version=2)
    assert (kept.by, kept.details["attacks"]) == (actor, "step")
    assert Change.objects.last().object_id == counter.pk


def test_code_of_another_claim_moves_the_attack_there(instructor, counter, assignment):
    other = ClaimFactory(assignment=assignment, text="Other.")

    code_attack(actor=instructor, annotation_id=counter.pk, attacks="conclusion", claim_id=other.pk)

    assert Relation.objects.get().target_claim == other


def test_code_of_what_is_there_already_is_refused(instructor, counter):
    code_attack(actor=instructor, annotation_id=counter.pk, attacks="reason")

    expect_refusal(
        InvalidState,
        lambda: code_attack(actor=instructor, annotation_id=counter.pk, attacks="reason"),
        field="attacks",
    )


@pytest.mark.parametrize("attacks", ["", "unspecified", "person"])
def test_code_of_no_such_thing_is_refused(attacks, instructor, counter):
    expect_refusal(
        Invalid,
        lambda: code_attack(actor=instructor, annotation_id=counter.pk, attacks=attacks),
        field="attacks",
    )


def test_code_of_a_claim_there_is_not_is_refused(instructor, counter):
    expect_refusal(
        Invalid,
        lambda: code_attack(
            actor=instructor,
            annotation_id=counter.pk,
            attacks="reason",
            claim_id=ClaimFactory().pk,
        ),
        field="claim",
    )


def test_code_of_an_older_version_is_stale(instructor, counter):
    expect_refusal(
        Stale,
        lambda: code_attack(actor=instructor, annotation_id=counter.pk, attacks="step", version=9),
    )


def test_code_by_its_author_after_the_closing_is_refused(student, counter, assignment):
    assignment.closes_at = timezone.now() - timedelta(seconds=1)
    assignment.save()

    expect_refusal(
        InvalidState,
        lambda: code_attack(actor=student, annotation_id=counter.pk, attacks="step"),
        code="closed",
    )


def test_code_of_another_kind_is_refused(instructor, assignment):
    note = AnnotationFactory(assignment=assignment)

    expect_refusal(
        NotAllowed,
        lambda: code_attack(actor=instructor, annotation_id=note.pk, attacks="step"),
    )


@pytest.mark.parametrize(
    ("who", "error"),
    [("classmate", NotAllowed), ("observer", NotAllowed), ("outsider", Missing)],
)
def test_code_is_refused_to_others(who, error, request, counter):
    actor = request.getfixturevalue(who)

    expect_refusal(
        error, lambda: code_attack(actor=actor, annotation_id=counter.pk, attacks="step")
    )


def test_code_by_an_assistant_of_another_section_is_refused(seminar, assistant, counter):
    membership = seminar.memberships.get(user=assistant)
    membership.is_limited = True
    membership.save()
    membership.sections.set([GroupFactory(seminar=seminar, kind=GroupKind.SECTION, members=[])])

    expect_refusal(
        NotAllowed,
        lambda: code_attack(actor=assistant, annotation_id=counter.pk, attacks="step"),
    )
