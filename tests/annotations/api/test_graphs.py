"""The argument of an assignment in the API, with its labels and why."""

import pytest

from annotations.actions import Content, Target, create_annotation
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import AnnotationFactory, annotation_on
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    ConcessionFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Price water.", is_thesis=True)
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def challenge(assignment, paragraphs, student, thesis):
    return create_annotation(
        actor=student,
        assignment_id=assignment.pk,
        content=Content(
            kind="counterargument", body="No.", attacks="reason", counterclaim="It is unfair."
        ),
        targets=[Target(paragraph_id=paragraphs[0].pk)],
    )


def address(assignment, what):
    return f"/api/v1/assignments/{assignment.pk}/{what}/"


def test_graph_names_claims_and_who_attacks_them(api, assignment, classmate, thesis, challenge):
    body = api(classmate).get(address(assignment, "graph")).json()

    nodes = {node["id"]: node for node in body["nodes"]}
    assert body["counts"] == {"claims": 2, "challenges": 1, "unanswered": 1}
    assert body["rules"] == {
        "version": 0,
        "burden": "none",
        "symmetric_rebuts": True,
        "cutoff_at": None,
    }
    assert nodes[str(thesis.pk)] | {"html_url": None} == {
        "id": str(thesis.pk),
        "type": "claim",
        "text": "Price water.",
        "label": "out",
        "annotation": None,
        "author": None,
        "paragraph": 1,
        "origin": "essay",
        "status": "marked",
        "claim_type": None,
        "is_thesis": True,
        "has_burden": False,
        "merged": [],
        "standing": "unanswered",
        "open_challenges": 1,
        "stance": None,
        "source": None,
        "scheme": None,
        "html_url": None,
    }
    assert nodes[str(challenge.claim.pk)]["author"] == {
        "id": str(challenge.author_id),
        "name": challenge.author.display_name,
        "is_alias": False,
    }
    assert body["edges"] == [
        {
            "type": "undermines",
            "source": str(challenge.claim.pk),
            "target": str(thesis.pk),
            "id": str(challenge.relation.pk),
            "annotation": str(challenge.pk),
            "is_one_way": False,
            "is_conceded": False,
        }
    ]


def test_graph_makes_reasons_and_evidence_nodes(api, assignment, student, paragraphs, thesis):
    reason = ClaimFactory(assignment=assignment, text="It saves water.")
    step = InferenceFactory(conclusion=thesis, premises=[reason])
    evidence = annotation_on(paragraphs[0], assignment=assignment, author=student, evidence=True)
    use = InferenceFactory(conclusion=thesis, annotation=evidence)

    body = api(student).get(address(assignment, "graph")).json()

    assert [(node["type"], node["id"]) for node in body["nodes"]] == [
        ("claim", str(thesis.pk)),
        ("claim", str(reason.pk)),
        ("evidence", str(evidence.pk)),
        ("inference", str(step.pk)),
        ("inference", str(use.pk)),
    ]
    assert [(edge["type"], edge["source"], edge["target"]) for edge in body["edges"]] == [
        ("premise", str(reason.pk), str(step.pk)),
        ("conclusion", str(step.pk), str(thesis.pk)),
        ("premise", str(evidence.pk), str(use.pk)),
        ("conclusion", str(use.pk), str(thesis.pk)),
    ]


def test_graph_tells_concessions_and_open_questions(api, assignment, student, paragraphs, thesis):
    granting = AnnotationFactory(assignment=assignment, author=student, kind="concession")
    ConcessionFactory(annotation=granting, claim=thesis, scope="in dry years")
    asked = annotation_on(paragraphs[0], assignment=assignment, author=student, kind="question")

    body = api(student).get(address(assignment, "graph")).json()

    assert body["concessions"] == [
        {"annotation": str(granting.pk), "claim": str(thesis.pk), "scope": "in dry years"}
    ]
    assert body["open_questions"] == [str(asked.pk)]


def test_labels_say_why(api, assignment, student, thesis, challenge):
    body = api(student).get(address(assignment, "labels")).json()

    labels = {one["id"]: one for one in body["labels"]}
    assert (body["algorithm"], body["settings"]) == (
        "grounded",
        {"burden_of_proof": False, "symmetric_rebuts": True},
    )
    assert labels[str(thesis.pk)] == {
        "id": str(thesis.pk),
        "type": "claim",
        "label": "out",
        "words": "has an unanswered challenge",
        "challenges": [
            {
                "attack": str(challenge.relation.pk),
                "type": "undermines",
                "source": str(challenge.claim.pk),
                "label": "in",
                "answered_by": None,
                "reason_falls": False,
                "returned": False,
            }
        ],
        "missing_reason": False,
        "fallen": [],
        "cycle": [],
    }
    assert labels[str(challenge.claim.pk)]["words"] == (
        "standing: no open challenge, or every challenge is answered"
    )


def test_labels_follow_the_rules_in_force(api, assignment, student, thesis):
    HouseRulesFactory(assignment=assignment, burden="thesis")

    body = api(student).get(address(assignment, "labels")).json()

    assert (body["rules"]["version"], body["rules"]["burden"]) == (1, "thesis")
    assert [(one["label"], one["missing_reason"]) for one in body["labels"]] == [("out", True)]


@pytest.mark.parametrize("what", ["graph", "labels"])
def test_answer_under_its_etag_is_304_until_something_changes(
    api, assignment, student, thesis, what
):
    client = api(student)
    first = client.get(address(assignment, what))

    again = client.get(address(assignment, what), headers={"If-None-Match": first["ETag"]})
    RelationFactory(source=ClaimFactory(assignment=assignment, text="No."), target_claim=thesis)
    changed = client.get(address(assignment, what), headers={"If-None-Match": first["ETag"]})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", first["ETag"])
    assert (changed.status_code, changed["ETag"] == first["ETag"]) == (200, False)


@pytest.mark.parametrize("what", ["graph", "labels"])
def test_answer_of_another_version_than_is_wanted_is_a_problem(
    api, assignment, student, thesis, what
):
    client = api(student)
    own = client.get(address(assignment, what))["ETag"]

    stale = client.get(address(assignment, what), headers={"If-Match": '"9-x"'})
    same = client.get(address(assignment, what), headers={"If-Match": own})

    expect_problem(stale, 412, "stale_version")
    assert same.status_code == 200


@pytest.mark.parametrize("what", ["graph", "labels"])
def test_answer_is_304_under_the_tag_of_its_compressed_form(api, assignment, student, thesis, what):
    client = api(student)
    packed = f'{client.get(address(assignment, what))["ETag"][:-1]}-gzip"'

    again = client.get(address(assignment, what), headers={"If-None-Match": packed})

    assert (again.status_code, again.content, again["ETag"]) == (304, b"", packed)


def test_rewording_changes_the_etag_and_not_the_snapshot(api, assignment, student, thesis):
    first = api(student).get(address(assignment, "graph"))
    thesis.text = "Price all water."
    thesis.save()

    second = api(student).get(address(assignment, "graph"))

    assert first["ETag"] != second["ETag"]
    assert first.json()["snapshot"] == second.json()["snapshot"]


@pytest.mark.parametrize("what", ["graph", "labels"])
def test_argument_is_absent_to_those_who_may_not_see_the_assignment(
    api, assignment, outsider, what
):
    expect_problem(api(outsider).get(address(assignment, what)), 404, "not_found")


@pytest.mark.parametrize("what", ["graph", "labels"])
def test_argument_asks_as_often_for_one_claim_as_for_many(api, assignment, student, thesis, what):
    client = api(student)

    def more():
        for number in range(3):
            claim = ClaimFactory(assignment=assignment, text=f"Reason {number}.")
            InferenceFactory(conclusion=thesis, premises=[claim])
            source = ClaimFactory(assignment=assignment, text=f"Doubt {number}.")
            RelationFactory(source=source, target_claim=claim)

    count = expect_constant_queries(lambda: client.get(address(assignment, what)), grow=more)

    assert count <= 12
