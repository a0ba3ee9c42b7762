"""The argument as one reader may know it: which rows become nodes, and how they are labelled."""

import pytest

from annotations.actions import Content, Target, create_annotation
from annotations.arguments import Label
from annotations.enums import Attacks, Audience, Burden, Kind
from annotations.models import Claim
from annotations.queries.graph import argument_graph
from tests.factories.annotations import AnnotationFactory, ReplyFactory
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.", is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def counter(assignment, student):
    def _counter(attacks=Attacks.CONCLUSION, *, actor=student, parent=None, **content):
        targets = [] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)]
        return create_annotation(
            actor=actor,
            assignment_id=assignment.pk,
            content=Content(
                kind=Kind.COUNTERARGUMENT, body="Talks reward.", attacks=attacks, **content
            ),
            targets=targets,
            parent_id=parent.pk if parent else None,
        )

    return _counter


def labels(graph):
    return {node.claim.text: node.label for node in graph.claims.values()}


def test_graph_of_a_rebuttal_leaves_both_contested(assignment, student, thesis, counter):
    counter()

    graph = argument_graph(student, assignment)

    assert labels(graph) == {
        "Talks should reopen.": Label.UNDECIDED,
        "Talks reward.": Label.UNDECIDED,
    }
    assert graph.counts == {"claims": 2, "challenges": 1, "unanswered": 1}


def test_graph_of_an_undermining_leaves_the_claim_unanswered(assignment, student, thesis, counter):
    counter(Attacks.REASON)

    graph = argument_graph(student, assignment)

    assert labels(graph) == {"Talks should reopen.": Label.OUT, "Talks reward.": Label.IN}
    assert graph.claims[str(thesis.pk)].is_dropped


def test_graph_of_an_answered_challenge_lets_the_claim_stand(
    assignment, student, classmate, thesis, counter
):
    challenge = counter(Attacks.REASON)
    counter(Attacks.REASON, actor=classmate, parent=challenge, counterclaim="They do not.")

    graph = argument_graph(student, assignment)

    assert labels(graph) == {
        "Talks should reopen.": Label.IN,
        "Talks reward.": Label.OUT,
        "They do not.": Label.IN,
    }


def test_graph_of_a_granted_challenge_no_longer_answers_it(
    assignment, student, classmate, thesis, counter
):
    challenge = counter()
    answer = counter(actor=classmate, parent=challenge, counterclaim="They do not.")
    create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.CONCESSION, body="Granted.", scope="so far"),
        parent_id=answer.pk,
    )

    graph = argument_graph(student, assignment)

    assert labels(graph)["They do not."] == Label.IN
    assert labels(graph)["Talks should reopen."] == Label.IN
    assert [grant.concession.scope for grant in graph.grants] == ["so far"]


def test_graph_under_a_burden_lets_a_claim_without_reason_fall(assignment, student, thesis):
    HouseRulesFactory(assignment=assignment, burden=Burden.THESIS)

    graph = argument_graph(student, assignment)

    assert graph.claims[str(thesis.pk)].label == Label.OUT
    assert graph.why(str(thesis.pk)).missing_reason


def test_graph_shows_a_private_counterargument_to_nobody(
    assignment, student, instructor, thesis, counter
):
    counter(audience=Audience.PRIVATE)

    assert len(argument_graph(instructor, assignment).claims) == 1
    assert len(argument_graph(student, assignment).claims) == 1


def test_graph_counts_merged_claims_as_one(assignment, student, thesis):
    twin = ClaimFactory(assignment=assignment, text="Reopen the talks.", merged_into=thesis)
    RelationFactory(
        source=ClaimFactory(assignment=assignment, text="No."), target_claim=twin, kind="undermines"
    )

    graph = argument_graph(student, assignment)

    assert labels(graph) == {"Talks should reopen.": Label.OUT, "No.": Label.IN}
    assert [one.text for one in graph.claims[str(thesis.pk)].merged] == ["Reopen the talks."]


@pytest.mark.parametrize("count", [1, 3])
def test_graph_takes_8_queries(
    assignment, student, thesis, counter, count, django_assert_num_queries
):
    for number in range(count):
        note = counter(counterclaim=f"Counterclaim {number}.")
        InferenceFactory(conclusion=thesis, premises=[ClaimFactory(assignment=assignment)])
        counter(parent=note, counterclaim=f"Answer {number}.")

    with django_assert_num_queries(8):
        graph = argument_graph(student, assignment)

    assert len(graph.attacks) == 2 * count


def test_graph_keeps_labels_by_snapshot(assignment, student, instructor, thesis, counter):
    counter()

    first = argument_graph(student, assignment)
    second = argument_graph(instructor, assignment)

    assert first.snapshot == second.snapshot
    assert first.labelling is second.labelling


def test_graph_leaves_out_an_implied_claim_that_only_hidden_notes_bear_on(
    assignment, student, classmate, counter
):
    counter(audience=Audience.PRIVATE)

    assert Claim.objects.filter(assignment=assignment).count() == 2
    assert argument_graph(classmate, assignment).claims == {}


def test_graph_leaves_out_annotations_that_argue_nothing(assignment, student):
    AnnotationFactory(assignment=assignment, author=student)

    assert argument_graph(student, assignment).claims == {}


def test_graph_knows_questions_that_nobody_has_answered(assignment, student):
    open_one = AnnotationFactory(assignment=assignment, author=student, kind="question")
    answered = AnnotationFactory(assignment=assignment, author=student, kind="question")
    ReplyFactory(parent=answered, is_answer=True)
    AnnotationFactory(assignment=assignment, author=student, kind="question", audience="private")

    graph = argument_graph(student, assignment)

    assert graph.questions == [open_one]
    assert set(graph.notes) == {open_one.pk, answered.pk}


def test_graph_tells_which_claims_have_evidence_of_their_own(assignment, student, thesis):
    reason = ClaimFactory(assignment=assignment, text="It worked before.")
    InferenceFactory(conclusion=thesis, premises=[reason])
    evidence = AnnotationFactory(assignment=assignment, author=student, evidence=True)
    InferenceFactory(conclusion=reason, annotation=evidence)

    graph = argument_graph(student, assignment)

    assert [graph.has_evidence(str(one.pk)) for one in (reason, thesis)] == [True, False]


def test_graph_holds_no_challenge_open_that_was_answered_or_given_up(
    assignment, student, classmate, thesis, counter
):
    answered = counter(Attacks.REASON)
    counter(Attacks.REASON, actor=classmate, parent=answered, counterclaim="They do not.")
    given_up = counter(Attacks.REASON, counterclaim="They cost too much.")
    create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(kind=Kind.CONCESSION, body="Granted.", claim_id=thesis.pk),
        parent_id=given_up.pk,
    )

    graph = argument_graph(student, assignment)

    assert {
        graph.claims[edge.source].claim.text: graph.is_open(edge) for edge in graph.attacks.values()
    } == {"Talks reward.": False, "They do not.": True, "They cost too much.": False}


def test_graph_names_the_notes_that_a_label_turns_on(
    assignment, student, classmate, thesis, counter
):
    challenge = counter(Attacks.REASON)
    answer = counter(Attacks.REASON, actor=classmate, parent=challenge, counterclaim="They do not.")
    AnnotationFactory(assignment=assignment, author=student, kind="question")

    graph = argument_graph(student, assignment)

    assert graph.pivots(str(thesis.pk)) == [answer]
    assert graph.pivots(str(challenge.claim.pk)) == [answer]
