"""Claims merged, taken apart again and split."""

import uuid

import pytest

from annotations.actions.claims import withdraw_claim
from annotations.actions.merging import merge_claims, split_claim, unmerge_claim
from annotations.models import Change, Claim
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    ConcessionFactory,
    InferenceFactory,
    RelationFactory,
)


@pytest.fixture
def claim(assignment):
    return ClaimFactory(assignment=assignment, text="Prices work.")


@pytest.fixture
def into(assignment):
    return ClaimFactory(assignment=assignment, text="Prices lower demand.")


def acts(claim):
    return list(claim.history.values_list("act", flat=True))


def merged(claim):
    return Claim.objects.get(pk=claim.pk).merged_into


# -- merging --------------------------------------------------------------------------------------


def test_merge_shows_the_other_and_keeps_what_is_there(instructor, claim, into):
    ClaimAnchorFactory(claim=claim)
    challenge = RelationFactory(
        source=ClaimFactory(assignment=claim.assignment), target_claim=claim
    )

    merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk, version=1)

    claim.refresh_from_db()
    challenge.refresh_from_db()
    assert (claim.merged_into, claim.version, claim.status) == (into, 2, "marked")
    assert (claim.anchors.count(), challenge.target_claim) == (1, claim)
    assert claim.history.get().details["merged_into"] == str(into.pk)
    assert list(Change.objects.values_list("type", "op", "version")) == [("claim", "update", 2)]


def test_merge_into_what_is_merged_goes_to_what_stands(instructor, assignment, claim, into):
    middle = ClaimFactory(assignment=assignment, text="Middle.", merged_into=into)

    merge_claims(actor=instructor, claim_id=claim.pk, into_id=middle.pk)

    assert merged(claim) == into


def test_merge_takes_along_what_was_merged_and_unmerge_gives_it_back(
    instructor, assignment, claim, into
):
    first = ClaimFactory(assignment=assignment, text="First.")
    merge_claims(actor=instructor, claim_id=first.pk, into_id=claim.pk)
    merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk)
    assert (merged(first), merged(claim)) == (into, into)

    unmerge_claim(actor=instructor, claim_id=claim.pk, version=2)

    assert (merged(first), merged(claim)) == (claim, None)
    assert acts(claim) == ["merge", "unmerge"]


def test_unmerge_leaves_what_was_merged_otherwise(instructor, assignment, claim, into):
    other = ClaimFactory(assignment=assignment, text="Other.")
    merge_claims(actor=instructor, claim_id=other.pk, into_id=into.pk)
    merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk)

    unmerge_claim(actor=instructor, claim_id=claim.pk)

    assert merged(other) == into


def test_unmerge_what_is_not_merged_does_nothing(instructor, claim):
    assert unmerge_claim(actor=instructor, claim_id=claim.pk).version == 1


def test_merge_into_itself_is_refused(instructor, claim):
    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=claim.pk),
        field="into",
    )


def test_merge_into_what_is_merged_into_it_is_refused(instructor, assignment, claim):
    part = ClaimFactory(assignment=assignment, text="Part.", merged_into=claim)

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=part.pk),
        field="into",
    )


@pytest.mark.parametrize("which", ["elsewhere", "withdrawn", "unknown"])
def test_merge_into_what_is_not_there_is_refused_alike(which, instructor, assignment, claim):
    ids = {
        "elsewhere": lambda: ClaimFactory(text="Elsewhere.").pk,
        "withdrawn": lambda: ClaimFactory(assignment=assignment, status="withdrawn").pk,
        "unknown": uuid.uuid4,
    }

    error = expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=ids[which]()),
        field="into",
    )
    assert error.sentence == "This assignment has no such claim."


def test_merge_into_a_proposal_is_refused(instructor, assignment, claim):
    proposed = ClaimFactory(assignment=assignment, text="Proposed.", status="proposed")

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=proposed.pk),
        field="into",
    )


def test_merge_of_a_claim_of_the_essay_into_that_of_a_note_is_refused(
    instructor, assignment, claim
):
    into = ClaimFactory(assignment=assignment, asserted=True)

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )


def noted(assignment, audience):
    """The claim of a note with that audience."""
    note = AnnotationFactory(assignment=assignment, counterargument=True, audience=audience)
    return ClaimFactory(annotation=note, assignment=assignment, asserted=True)


@pytest.mark.parametrize("audience", ["seminar", "staff"])
def test_merge_into_the_claim_of_a_note_read_by_as_many_is_taken(audience, instructor, assignment):
    claim, into = noted(assignment, audience), noted(assignment, "seminar")

    merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk)

    assert merged(claim) == into


def test_merge_into_the_claim_of_a_note_read_by_fewer_is_refused(instructor, assignment):
    claim, into = noted(assignment, "seminar"), noted(assignment, "staff")

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )


def test_merge_into_the_claim_of_a_hidden_note_is_refused(instructor, assignment, claim):
    note = AnnotationFactory(assignment=assignment, counterargument=True, status="hidden")
    into = ClaimFactory(annotation=note, assignment=assignment, asserted=True)

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )


@pytest.mark.parametrize("forth", [True, False])
def test_merge_of_what_attacks_one_another_is_refused(forth, instructor, claim, into):
    source, target = (claim, into) if forth else (into, claim)
    RelationFactory(source=source, target_claim=target)

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )


def test_merge_of_what_attacked_one_another_is_taken(instructor, claim, into):
    RelationFactory(source=claim, target_claim=into, status="withdrawn")

    assert merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk).merged_into == into


def test_merge_of_a_reason_with_its_conclusion_is_refused(instructor, claim, into):
    InferenceFactory(conclusion=into, premises=[claim])

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )
    assert (merged(claim), claim.history.count()) == (None, 0)


def test_merge_that_closes_a_circle_of_reasons_is_refused(instructor, assignment, claim, into):
    between = ClaimFactory(assignment=assignment, text="Between.")
    InferenceFactory(conclusion=between, premises=[claim])
    InferenceFactory(conclusion=into, premises=[between])

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )


def test_merge_of_the_thesis_is_refused(instructor, assignment, into):
    thesis = ClaimFactory(assignment=assignment, is_thesis=True)

    expect_refusal(
        InvalidState,
        lambda: merge_claims(actor=instructor, claim_id=thesis.pk, into_id=into.pk),
        field="into",
    )


@pytest.mark.parametrize("state", ["withdrawn", "merged"])
def test_merge_of_what_does_not_stand_is_refused(state, instructor, assignment, into):
    fields = {"withdrawn": {"status": "withdrawn"}, "merged": {"merged_into": into}}
    claim = ClaimFactory(assignment=assignment, **fields[state])
    other = ClaimFactory(assignment=assignment, text="Other.")

    expect_refusal(
        InvalidState,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=other.pk),
    )


def test_merge_and_unmerge_of_an_older_version_are_stale(instructor, into, claim):
    expect_refusal(
        Stale,
        lambda: merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk, version=7),
    )
    expect_refusal(Stale, lambda: unmerge_claim(actor=instructor, claim_id=claim.pk, version=7))


@pytest.mark.parametrize(
    ("who", "error"),
    [("student", NotAllowed), ("observer", NotAllowed), ("outsider", Missing)],
)
def test_merge_unmerge_and_split_are_for_staff(who, error, request, claim, into):
    actor = request.getfixturevalue(who)

    expect_refusal(error, lambda: merge_claims(actor=actor, claim_id=claim.pk, into_id=into.pk))
    expect_refusal(error, lambda: unmerge_claim(actor=actor, claim_id=claim.pk))
    expect_refusal(
        error, lambda: split_claim(actor=actor, claim_id=claim.pk, texts=["One.", "Two."])
    )


def test_merge_of_what_was_withdrawn_meanwhile_by_its_proposer_is_refused(
    assistant, instructor, claim, into
):
    withdraw_claim(actor=instructor, claim_id=into.pk)

    expect_refusal(
        Invalid,
        lambda: merge_claims(actor=assistant, claim_id=claim.pk, into_id=into.pk),
        field="into",
    )


# -- splitting ------------------------------------------------------------------------------------


def test_split_makes_claims_of_the_texts_on_the_same_words(instructor, assignment):
    claim = ClaimFactory(assignment=assignment, type="fact", has_burden=True, is_thesis=True)
    ClaimAnchorFactory(claim=claim, start=0, end=6, exact="Cities")

    first, second = split_claim(
        actor=instructor, claim_id=claim.pk, texts=["Prices work.", "They are fair."], version=1
    )

    claim.refresh_from_db()
    assert (first, claim.text, claim.version, claim.is_thesis) == (claim, "Prices work.", 2, True)
    assert (second.text, second.type, second.has_burden) == ("They are fair.", "fact", True)
    assert (second.is_thesis, second.status, second.added_by) == (False, "marked", instructor)
    assert [one.exact for one in second.anchors.all()] == ["Cities"]
    assert claim.history.get().details["split_into"] == str(second.pk)
    assert second.history.get().details["split_from"] == str(claim.pk)
    assert sorted(Change.objects.values_list("op", flat=True)) == ["create", "update"]


def test_split_leaves_what_bears_on_it_with_the_first_unless_said(instructor, claim):
    other = ClaimFactory(assignment=claim.assignment, text="Other.")
    stays, goes = (
        RelationFactory(source=other, target_claim=claim),
        RelationFactory(source=claim, target_claim=other),
    )
    reason = InferenceFactory(conclusion=claim, premises=[other])
    use = InferenceFactory(conclusion=other, premises=[claim])
    granted = ConcessionFactory(
        annotation=AnnotationFactory(assignment=claim.assignment, kind="concession"), claim=claim
    )

    _, second = split_claim(
        actor=instructor,
        claim_id=claim.pk,
        texts=["One.", "Two."],
        bearing={goes.pk: 1, reason.pk: 1, use.pk: 1, granted.pk: 1},
    )

    for row in (stays, goes, reason, granted):
        row.refresh_from_db()
    assert (stays.target_claim, goes.source, reason.conclusion) == (claim, second, second)
    assert (list(use.premises.all()), granted.claim) == ([second], second)
    assert (stays.version, goes.version, reason.version) == (1, 2, 2)


@pytest.mark.parametrize("number", [-1, 2])
def test_split_onto_a_text_there_is_not_is_refused(number, instructor, claim):
    reason = InferenceFactory(conclusion=claim)

    expect_refusal(
        Invalid,
        lambda: split_claim(
            actor=instructor,
            claim_id=claim.pk,
            texts=["One.", "Two."],
            bearing={reason.pk: number},
        ),
        field="bearing",
    )


@pytest.mark.parametrize("which", ["unknown", "of another", "hidden"])
def test_split_with_what_does_not_bear_on_it_is_refused(which, instructor, claim, into):
    hidden = AnnotationFactory(assignment=claim.assignment, kind="concession", audience="private")
    ids = {
        "unknown": uuid.uuid4,
        "of another": lambda: InferenceFactory(conclusion=into).pk,
        "hidden": lambda: ConcessionFactory(annotation=hidden, claim=claim).pk,
    }

    expect_refusal(
        Invalid,
        lambda: split_claim(
            actor=instructor,
            claim_id=claim.pk,
            texts=["One.", "Two."],
            bearing={ids[which](): 1},
        ),
        field="bearing",
    )


@pytest.mark.parametrize(
    ("texts", "field"),
    [
        (["One."], "texts"),
        (["One."] * 11, "texts"),
        (["One.", " "], "texts.1"),
        (["One.", "one."], "texts.1"),
        (["x" * 301, "Two."], "texts.0"),
    ],
)
def test_split_into_what_cannot_be_taken_names_the_text(texts, field, instructor, claim):
    expect_refusal(
        Invalid,
        lambda: split_claim(actor=instructor, claim_id=claim.pk, texts=texts),
        field=field,
    )
    assert Claim.objects.count() == 1


@pytest.mark.parametrize("state", ["withdrawn", "merged", "of a note"])
def test_split_of_what_does_not_stand_for_itself_is_refused(state, instructor, assignment, into):
    fields = {
        "withdrawn": {"status": "withdrawn"},
        "merged": {"merged_into": into},
        "of a note": {"asserted": True},
    }
    claim = ClaimFactory(assignment=assignment, **fields[state])

    expect_refusal(
        InvalidState,
        lambda: split_claim(actor=instructor, claim_id=claim.pk, texts=["One.", "Two."]),
    )


def test_split_of_an_older_version_is_stale(instructor, claim):
    expect_refusal(
        Stale,
        lambda: split_claim(actor=instructor, claim_id=claim.pk, texts=["One.", "Two."], version=2),
    )
