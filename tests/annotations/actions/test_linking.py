"""Reasons and attacks between claims on the map, kept by hand."""

import uuid

import pytest

from annotations.actions.linking import (
    change_link,
    change_relation,
    link_claims,
    relate_claims,
    restore_link,
    restore_relation,
    withdraw_link,
    withdraw_relation,
)
from annotations.models import Change, Inference, Relation
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.expect import expect_refusal
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import (
    ClaimFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)


@pytest.fixture
def conclusion(assignment):
    return ClaimFactory(assignment=assignment, text="Price water by use.")


@pytest.fixture
def premise(assignment):
    return ClaimFactory(assignment=assignment, text="Prices lower demand.")


@pytest.fixture
def other(assignment):
    return ClaimFactory(assignment=assignment, text="Less demand is good.")


@pytest.fixture
def link(assignment):
    """`link(actor, conclusion, premises)`."""

    def act(actor, conclusion, premises, **rest):
        return link_claims(
            actor=actor,
            assignment_id=assignment.pk,
            conclusion_id=conclusion.pk,
            premise_ids=[one.pk for one in premises],
            **rest,
        )

    return act


@pytest.fixture
def relate(assignment):
    """`relate(actor, kind, source, target_claim=…)`."""

    def act(actor, kind, source, **targets):
        ids = {f"{name}_id": value.pk for name, value in targets.items()}
        return relate_claims(
            actor=actor, assignment_id=assignment.pk, kind=kind, source_id=source.pk, **ids
        )

    return act


def lines():
    return [
        (one.type, one.op, one.version, one.status_after, one.audience_after)
        for one in Change.objects.order_by("counter")
    ]


ROLES = [
    ("student", NotAllowed),
    ("observer", NotAllowed),
    ("outsider", Missing),
    ("anonymous", Missing),
]

# -- reasons --------------------------------------------------------------------------------------


def test_link_takes_the_premises_together(link, instructor, conclusion, premise, other):
    link(
        instructor,
        conclusion,
        [premise, other],
        scheme="Practical Reasoning",
        warrant=" What lowers  demand is good. ",
        is_explicit=False,
    )

    inference = Inference.objects.get()
    assert set(inference.premises.all()) == {premise, other}
    assert (inference.conclusion, inference.scheme) == (conclusion, "Practical Reasoning")
    assert (inference.warrant, inference.is_explicit) == ("What lowers demand is good.", False)
    assert (inference.status, inference.annotation, inference.added_by) == (
        "marked", None, instructor,
    )  # fmt: skip
    assert lines() == [("inference", "create", 1, "published", "seminar")]


def test_link_of_what_is_merged_links_what_stands(link, instructor, conclusion, premise, other):
    merged = ClaimFactory(assignment=premise.assignment, text="Merged.", merged_into=premise)

    inference = link(instructor, conclusion, [merged, premise, other])

    assert set(inference.premises.all()) == {premise, other}


def test_link_is_for_students_where_the_rules_let_them(link, student, conclusion, premise):
    HouseRulesFactory(assignment=conclusion.assignment, students_mark_claims=True)

    assert link(student, conclusion, [premise]).added_by == student


@pytest.mark.parametrize(("who", "error"), ROLES)
def test_link_is_refused_to_whoever_does_not_mark(who, error, request, link, conclusion, premise):
    expect_refusal(error, lambda: link(request.getfixturevalue(who), conclusion, [premise]))


def test_link_of_nothing_is_refused(link, instructor, conclusion):
    expect_refusal(Invalid, lambda: link(instructor, conclusion, []), field="premises")


def test_link_of_more_than_are_taken_is_refused(link, instructor, conclusion, premise):
    expect_refusal(Invalid, lambda: link(instructor, conclusion, [premise] * 21), field="premises")


def test_link_of_a_claim_to_itself_is_refused(link, instructor, conclusion):
    expect_refusal(Invalid, lambda: link(instructor, conclusion, [conclusion]), field="premises")


def test_link_that_closes_a_circle_is_refused(link, instructor, conclusion, premise, other):
    link(instructor, other, [conclusion])
    link(instructor, premise, [other])

    expect_refusal(Invalid, lambda: link(instructor, conclusion, [premise]), field="premises")
    assert Inference.objects.count() == 2


@pytest.mark.parametrize("which", ["elsewhere", "unknown", "withdrawn", "hidden"])
@pytest.mark.parametrize("end", ["conclusion", "premises"])
def test_link_of_what_is_not_there_is_refused_alike(which, end, assignment, instructor, conclusion):
    private = AnnotationFactory(assignment=assignment, counterargument=True, audience="private")
    ids = {
        "elsewhere": lambda: ClaimFactory().pk,
        "unknown": uuid.uuid4,
        "withdrawn": lambda: ClaimFactory(assignment=assignment, status="withdrawn").pk,
        "hidden": lambda: ClaimFactory(annotation=private, asserted=True).pk,
    }
    given = {"conclusion": conclusion.pk, "premises": conclusion.pk} | {end: ids[which]()}

    error = expect_refusal(
        Invalid,
        lambda: link_claims(
            actor=instructor,
            assignment_id=assignment.pk,
            conclusion_id=given["conclusion"],
            premise_ids=[given["premises"]],
        ),
        field=end,
    )
    assert error.sentence == "This assignment has no such claim."


def test_link_of_a_proposal_is_refused(link, instructor, conclusion):
    proposed = ClaimFactory(assignment=conclusion.assignment, text="New.", status="proposed")

    expect_refusal(Invalid, lambda: link(instructor, conclusion, [proposed]), field="premises")


@pytest.mark.parametrize(
    ("given", "field"), [({"scheme": "Magic"}, "scheme"), ({"warrant": "x" * 501}, "warrant")]
)
def test_link_with_what_cannot_be_taken_names_the_member(
    given, field, link, instructor, conclusion, premise
):
    expect_refusal(Invalid, lambda: link(instructor, conclusion, [premise], **given), field=field)


def test_link_that_is_there_already_is_refused(link, instructor, conclusion, premise, other):
    link(instructor, conclusion, [premise])
    link(instructor, conclusion, [premise, other])

    expect_refusal(Conflict, lambda: link(instructor, conclusion, [premise]), code="link_exists")


def test_link_that_was_taken_off_is_made_anew(link, instructor, conclusion, premise):
    first = link(instructor, conclusion, [premise])
    withdraw_link(actor=instructor, inference_id=first.pk)

    assert link(instructor, conclusion, [premise]).pk != first.pk


# -- reasons changed ------------------------------------------------------------------------------


def test_change_of_a_link_says_it_otherwise(instructor, conclusion, premise, other):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise])

    change_link(
        actor=instructor,
        inference_id=inference.pk,
        version=1,
        premise_ids=[other.pk],
        scheme="Sign",
        warrant="So it is.",
        is_explicit=False,
    )

    inference.refresh_from_db()
    assert (inference.scheme, inference.warrant, inference.is_explicit) == (
        "Sign", "So it is.", False,
    )  # fmt: skip
    assert (list(inference.premises.all()), inference.version) == ([other], 2)
    assert lines() == [("inference", "update", 2, "published", "seminar")]


def test_change_of_a_link_to_the_same_leaves_no_trace(instructor, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise], scheme="Of old")

    change_link(
        actor=instructor, inference_id=inference.pk, premise_ids=[premise.pk], scheme="Of old"
    )

    assert (Inference.objects.get().version, lines()) == (1, [])


def test_change_of_a_link_to_a_circle_is_refused(instructor, conclusion, premise, other):
    InferenceFactory(conclusion=other, premises=[conclusion])
    inference = InferenceFactory(conclusion=conclusion, premises=[premise])

    expect_refusal(
        Invalid,
        lambda: change_link(actor=instructor, inference_id=inference.pk, premise_ids=[other.pk]),
        field="premises",
    )


def test_change_of_a_link_to_another_that_is_there_is_refused(
    instructor, conclusion, premise, other
):
    InferenceFactory(conclusion=conclusion, premises=[other])
    inference = InferenceFactory(conclusion=conclusion, premises=[premise])

    expect_refusal(
        Conflict,
        lambda: change_link(actor=instructor, inference_id=inference.pk, premise_ids=[other.pk]),
        code="link_exists",
    )


def test_withdraw_of_a_link_and_restore(instructor, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise])

    withdraw_link(actor=instructor, inference_id=inference.pk)
    assert withdraw_link(actor=instructor, inference_id=inference.pk).version == 2
    restore_link(actor=instructor, inference_id=inference.pk)
    assert restore_link(actor=instructor, inference_id=inference.pk).version == 3

    assert lines() == [
        ("inference", "withdraw", 2, "withdrawn", "staff"),
        ("inference", "update", 3, "published", "seminar"),
    ]


def test_change_of_a_link_that_is_off_the_map_is_refused(instructor, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise], status="withdrawn")

    expect_refusal(
        InvalidState,
        lambda: change_link(actor=instructor, inference_id=inference.pk, warrant="So."),
    )


def test_restore_of_a_link_that_would_close_a_circle_is_refused(instructor, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise], status="withdrawn")
    InferenceFactory(conclusion=premise, premises=[conclusion])

    expect_refusal(
        Invalid,
        lambda: restore_link(actor=instructor, inference_id=inference.pk),
        field="premises",
    )


def test_restore_of_a_link_that_was_made_anew_is_refused(instructor, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise], status="withdrawn")
    InferenceFactory(conclusion=conclusion, premises=[premise])

    expect_refusal(
        Conflict,
        lambda: restore_link(actor=instructor, inference_id=inference.pk),
        code="link_exists",
    )


@pytest.mark.parametrize("act", [change_link, withdraw_link, restore_link])
def test_older_version_of_a_link_is_stale(act, instructor, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise], version=2)

    expect_refusal(Stale, lambda: act(actor=instructor, inference_id=inference.pk, version=1))


@pytest.mark.parametrize("act", [change_link, withdraw_link])
@pytest.mark.parametrize(("who", "error"), ROLES)
def test_link_is_changed_by_staff_alone(act, who, error, request, conclusion, premise):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise])

    expect_refusal(
        error, lambda: act(actor=request.getfixturevalue(who), inference_id=inference.pk)
    )


def test_link_is_changed_by_the_student_who_made_it_where_they_mark(
    student, conclusion, premise, other
):
    HouseRulesFactory(assignment=conclusion.assignment, students_mark_claims=True)
    own = InferenceFactory(conclusion=conclusion, premises=[premise], added_by=student)
    foreign = InferenceFactory(conclusion=conclusion, premises=[other])

    assert change_link(actor=student, inference_id=own.pk, warrant="So.").version == 2
    expect_refusal(
        NotAllowed,
        lambda: change_link(actor=student, inference_id=foreign.pk, warrant="So."),
    )


def test_link_made_by_a_note_changes_with_that_alone(instructor, conclusion):
    note = AnnotationFactory(assignment=conclusion.assignment, evidence=True)
    inference = InferenceFactory(conclusion=conclusion, annotation=note)

    expect_refusal(NotAllowed, lambda: withdraw_link(actor=instructor, inference_id=inference.pk))


# -- attacks --------------------------------------------------------------------------------------


def test_relate_says_that_one_claim_attacks_another(assignment, instructor, premise, other):
    relate_claims(
        actor=instructor,
        assignment_id=assignment.pk,
        kind="rebuts",
        source_id=other.pk,
        target_claim_id=premise.pk,
        is_one_way=True,
        rationale=" Both  cannot be. ",
    )

    relation = Relation.objects.get()
    assert (relation.kind, relation.source, relation.target_claim) == ("rebuts", other, premise)
    assert (relation.is_one_way, relation.rationale) == (True, "Both cannot be.")
    assert (relation.status, relation.added_by) == ("marked", instructor)
    assert lines() == [("relation", "create", 1, "published", "seminar")]


def test_relate_undercuts_a_reason_and_undermines_evidence(
    relate, instructor, conclusion, premise, other
):
    inference = InferenceFactory(conclusion=conclusion, premises=[premise])
    evidence = AnnotationFactory(assignment=conclusion.assignment, evidence=True)

    undercut = relate(instructor, "undercuts", other, target_inference=inference)
    undermined = relate(instructor, "undermines", other, target_evidence=evidence)

    assert (undercut.target_inference, undermined.target_evidence) == (inference, evidence)


def test_relate_a_claim_to_itself_is_refused(relate, instructor, premise):
    expect_refusal(
        Invalid,
        lambda: relate(instructor, "rebuts", premise, target_claim=premise),
        field="target",
    )


def test_relate_a_claim_to_what_is_merged_into_it_is_refused(relate, instructor, premise):
    merged = ClaimFactory(assignment=premise.assignment, text="Same.", merged_into=premise)

    expect_refusal(
        Invalid,
        lambda: relate(instructor, "rebuts", premise, target_claim=merged),
        field="target",
    )


def test_relate_twice_is_refused(relate, instructor, premise, other):
    relate(instructor, "rebuts", premise, target_claim=other)

    expect_refusal(
        Conflict,
        lambda: relate(instructor, "rebuts", premise, target_claim=other),
        code="relation_exists",
    )
    assert Relation.objects.count() == 1


@pytest.mark.parametrize(
    ("kind", "target"),
    [("undercuts", "claim"), ("rebuts", "inference"), ("rebuts", "evidence")],
)
def test_relate_by_a_kind_that_does_not_fit_is_refused(
    kind, target, relate, instructor, conclusion, premise
):
    targets = {
        "claim": lambda: {"target_claim": conclusion},
        "inference": lambda: {"target_inference": InferenceFactory(conclusion=conclusion)},
        "evidence": lambda: {
            "target_evidence": AnnotationFactory(assignment=conclusion.assignment, evidence=True)
        },
    }

    expect_refusal(
        Invalid, lambda: relate(instructor, kind, premise, **targets[target]()), field="kind"
    )


def test_relate_by_an_unknown_kind_is_refused(relate, instructor, premise, other):
    expect_refusal(
        Invalid, lambda: relate(instructor, "hates", premise, target_claim=other), field="kind"
    )


def test_relate_to_nothing_or_two_things_is_refused(relate, instructor, premise, other):
    inference = InferenceFactory(conclusion=other)

    expect_refusal(Invalid, lambda: relate(instructor, "rebuts", premise), field="target")
    expect_refusal(
        Invalid,
        lambda: relate(
            instructor, "rebuts", premise, target_claim=other, target_inference=inference
        ),
        field="target",
    )


@pytest.mark.parametrize("kind", ["rebuts", "undercuts", "undermines"])
def test_relate_across_assignments_is_refused_as_what_is_not_there(
    kind, relate, instructor, premise
):
    elsewhere = {
        "rebuts": lambda: {"target_claim": ClaimFactory(text="Elsewhere.")},
        "undercuts": lambda: {"target_inference": InferenceFactory()},
        "undermines": lambda: {"target_evidence": AnnotationFactory(evidence=True)},
    }

    expect_refusal(
        Invalid, lambda: relate(instructor, kind, premise, **elsewhere[kind]()), field="target"
    )


def test_relate_from_elsewhere_is_refused(relate, instructor, premise):
    expect_refusal(
        Invalid,
        lambda: relate(instructor, "rebuts", ClaimFactory(), target_claim=premise),
        field="source",
    )


@pytest.mark.parametrize(("who", "error"), ROLES)
def test_relate_is_for_staff(who, error, request, relate, premise, other):
    HouseRulesFactory(assignment=premise.assignment, students_mark_claims=True)

    expect_refusal(
        error,
        lambda: relate(request.getfixturevalue(who), "rebuts", premise, target_claim=other),
    )


def test_relation_is_changed_withdrawn_and_restored(instructor, premise, other):
    relation = RelationFactory(source=premise, target_claim=other)
    act = {"actor": instructor, "relation_id": relation.pk}

    change_relation(**act, version=1, is_one_way=True, rationale="So.")
    withdraw_relation(**act, version=2)
    restore_relation(**act, version=3)

    relation.refresh_from_db()
    assert (relation.is_one_way, relation.rationale) == (True, "So.")
    assert (relation.status, relation.version) == ("marked", 4)
    assert [line[1] for line in lines()] == ["update", "withdraw", "update"]


def test_relation_changed_to_the_same_or_put_back_twice_leaves_no_trace(instructor, premise, other):
    relation = RelationFactory(source=premise, target_claim=other)
    act = {"actor": instructor, "relation_id": relation.pk}

    change_relation(**act, rationale="")
    restore_relation(**act)

    assert (Relation.objects.get().version, lines()) == (1, [])


def test_relation_that_is_off_the_map_is_not_changed(instructor, premise, other):
    relation = RelationFactory(source=premise, target_claim=other, status="withdrawn")

    expect_refusal(
        InvalidState,
        lambda: change_relation(actor=instructor, relation_id=relation.pk, rationale="So."),
    )


def test_relation_with_too_long_a_rationale_is_refused(instructor, premise, other):
    relation = RelationFactory(source=premise, target_claim=other)

    expect_refusal(
        Invalid,
        lambda: change_relation(actor=instructor, relation_id=relation.pk, rationale="x" * 501),
        field="rationale",
    )


def test_relation_that_was_made_anew_is_not_restored(instructor, premise, other):
    relation = RelationFactory(source=premise, target_claim=other, status="withdrawn")
    RelationFactory(source=premise, target_claim=other)

    expect_refusal(
        Conflict,
        lambda: restore_relation(actor=instructor, relation_id=relation.pk),
        code="relation_exists",
    )


@pytest.mark.parametrize("act", [change_relation, withdraw_relation, restore_relation])
def test_older_version_of_a_relation_is_stale(act, instructor, premise, other):
    relation = RelationFactory(source=premise, target_claim=other, version=2)

    expect_refusal(Stale, lambda: act(actor=instructor, relation_id=relation.pk, version=1))


@pytest.mark.parametrize("act", [change_relation, withdraw_relation, restore_relation])
@pytest.mark.parametrize(("who", "error"), ROLES)
def test_relation_is_changed_by_staff_alone(act, who, error, request, premise, other):
    relation = RelationFactory(source=premise, target_claim=other)

    expect_refusal(error, lambda: act(actor=request.getfixturevalue(who), relation_id=relation.pk))


def test_relation_made_by_a_note_changes_with_that_alone(instructor, premise):
    claim = ClaimFactory(assignment=premise.assignment, asserted=True)
    relation = RelationFactory(source=claim, target_claim=premise, annotation=claim.annotation)

    expect_refusal(NotAllowed, lambda: withdraw_relation(actor=instructor, relation_id=relation.pk))
