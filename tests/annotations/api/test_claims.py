"""Claims in the API."""

import uuid

import pytest

from annotations.actions.claims import change_claim, propose_claim
from annotations.actions.inputs import Target
from annotations.actions.merging import merge_claims
from annotations.models import Claim
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import AnnotationFactory
from tests.factories.argument import (
    ClaimAnchorFactory,
    ClaimFactory,
    HouseRulesFactory,
    InferenceFactory,
    RelationFactory,
)

CLAIMS = "/api/v1/claims/"


@pytest.fixture
def claim(assignment, instructor, paragraphs):
    claim = ClaimFactory(assignment=assignment, text="Prices work.", added_by=instructor)
    ClaimAnchorFactory(
        claim=claim,
        paragraph=paragraphs[1],
        start=0,
        end=11,
        exact="The council",
        suffix=" 🙂 voted twice",
    )
    return claim


def texts(response):
    return [one["text"] for one in response.json()["results"]]


# -- reading --------------------------------------------------------------------------------------


def test_claim_is_shown_whole(api, student, instructor, assignment, paragraphs, claim):
    body = api(student).get(f"{CLAIMS}{claim.pk}/").json()

    assert body | {"created_at": "", "updated_at": ""} == {
        "id": str(claim.pk),
        "assignment": str(assignment.pk),
        "text": "Prices work.",
        "origin": "essay",
        "status": "marked",
        "type": "",
        "is_thesis": False,
        "has_burden": False,
        "is_explicit": True,
        "annotation": None,
        "merged_into": None,
        "anchors": [
            {
                "paragraph": str(paragraphs[1].pk),
                "key": str(paragraphs[1].key),
                "number": 2,
                "revision": 1,
                "start": 0,
                "end": 11,
                "exact": "The council",
                "prefix": "",
                "suffix": " 🙂 voted twice",
                "state": "created",
                "confidence": 1.0,
            }
        ],
        "added_by": {"id": str(instructor.pk), "name": instructor.display_name},
        "version": 1,
        "created_at": "",
        "updated_at": "",
        "html_url": "http://testserver/seminars/water-policy/who-should-pay/map/claims/"
        f"{claim.pk}/",
    }


def test_claim_of_an_annotation_names_that_alone(api, student, assignment):
    claim = ClaimFactory(assignment=assignment, asserted=True)

    body = api(student).get(f"{CLAIMS}{claim.pk}/").json()

    assert (body["annotation"], body["added_by"]) == (str(claim.annotation_id), None)


def test_claim_under_pseudonyms_hides_who_added_it(api, student, classmate, assignment):
    assignment.uses_pseudonyms = True
    assignment.save()
    claim = ClaimFactory(assignment=assignment, added_by=student)

    assert api(classmate).get(f"{CLAIMS}{claim.pk}/").json()["added_by"] is None
    assert api(student).get(f"{CLAIMS}{claim.pk}/").json()["added_by"]["id"] == str(student.pk)


def test_claim_merged_into_what_one_may_not_know_tells_nothing_of_it(
    api, student, classmate, assignment
):
    note = AnnotationFactory(assignment=assignment, counterargument=True)
    into = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    claim = ClaimFactory(assignment=assignment, asserted=True, merged_into=into)
    assert api(classmate).get(f"{CLAIMS}{claim.pk}/").json()["merged_into"] == str(into.pk)

    note.status = "hidden"
    note.save()

    assert api(classmate).get(f"{CLAIMS}{claim.pk}/").json()["merged_into"] is None


def test_claims_of_another_revision_have_its_anchors(api, student, claim):
    client = api(student)

    assert client.get(CLAIMS, {"revision": "2"}).json()["results"][0]["anchors"] == []
    assert len(client.get(CLAIMS, {"revision": "1"}).json()["results"][0]["anchors"]) == 1


def test_claims_are_filtered(api, instructor, assignment, paragraphs, claim):
    other = ClaimFactory(assignment=assignment, text="Thesis.", is_thesis=True, type="policy")
    merged = ClaimFactory(assignment=assignment, text="Merged.", merged_into=claim)
    ClaimFactory(assignment=assignment, text="Off.", status="withdrawn")
    noted = ClaimFactory(assignment=assignment, text="Noted.", asserted=True)
    elsewhere = ClaimFactory(text="Elsewhere.")
    client = api(instructor)

    everything = ["Prices work.", "Thesis.", "Merged.", "Noted."]
    assert texts(client.get(CLAIMS)) == everything
    expected = {
        f"assignment={assignment.pk}": everything,
        f"assignment={elsewhere.assignment_id}": [],
        f"seminar={assignment.seminar_id}": everything,
        f"essay={assignment.essay_id}": everything,
        "status=withdrawn": ["Off."],
        "type=policy": ["Thesis."],
        "origin=annotation": ["Noted."],
        f"annotation={noted.annotation_id}": ["Noted."],
        "thesis=1": [other.text],
        "merged=1": [merged.text],
        "merged=0": ["Prices work.", "Thesis.", "Noted."],
        f"paragraph={paragraphs[1].pk}": ["Prices work."],
        f"paragraph={paragraphs[1].key}": ["Prices work."],
        f"paragraph={paragraphs[0].pk}": [],
        "q=prices": ["Prices work."],
        "updated_before=2001-01-01T00:00:00Z": [],
    }
    assert {query: texts(client.get(f"{CLAIMS}?{query}")) for query in expected} == expected


@pytest.mark.parametrize("query", ["status=x", "thesis=x", "colour=red", "assignment=7"])
def test_claims_by_what_is_no_filter_are_refused(query, api, student, claim):
    name = query.split("=")[0]

    body = expect_problem(api(student).get(f"{CLAIMS}?{query}"), 400, "invalid")

    assert [one["parameter"] for one in body["errors"]] == [name]


def test_claims_take_the_same_queries_for_three(api, student, assignment, claim):
    client = api(student)

    def grow():
        for made in ClaimFactory.create_batch(2, assignment=assignment):
            ClaimAnchorFactory(claim=made)

    expect_constant_queries(lambda: client.get(CLAIMS), grow=grow)


@pytest.mark.parametrize("who", ["classmate", "outsider", "anonymous"])
def test_claim_that_is_proposed_is_absent_to_others(who, request, api, student, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed", added_by=student)
    client = api(request.getfixturevalue(who))

    expect_problem(client.get(f"{CLAIMS}{claim.pk}/"), 404, "not_found")
    assert client.get(CLAIMS).json()["results"] == []


def test_claim_has_a_history_without_what_is_not_for_the_reader(
    api, student, classmate, instructor, assignment, paragraphs
):
    claim = propose_claim(
        actor=student,
        assignment_id=assignment.pk,
        targets=[Target(paragraph_id=paragraphs[0].pk)],
        text="Draft.",
    )
    api(instructor).put(f"{CLAIMS}{claim.pk}/accept/", {"text": "Better."})

    shown = api(classmate).get(f"{CLAIMS}{claim.pk}/history/").json()["results"]
    own = api(student).get(f"{CLAIMS}{claim.pk}/history/").json()["results"]

    assert [one["act"] for one in own] == ["create", "mark"]
    assert [one | {"at": ""} for one in shown] == [
        {
            "version": 2,
            "act": "mark",
            "text": "Better.",
            "details": {
                "type": "",
                "status": "marked",
                "is_thesis": False,
                "has_burden": False,
                "is_explicit": True,
            },
            "by": {"id": str(instructor.pk), "name": instructor.display_name},
            "at": "",
        }
    ]


# -- writing --------------------------------------------------------------------------------------


def test_claim_is_marked(api, instructor, assignment, paragraphs):
    response = api(instructor).post(
        CLAIMS,
        {
            "assignment": str(assignment.pk),
            "anchors": [{"paragraph": str(paragraphs[0].pk), "quote": "Fairness, not scarcity"}],
            "text": "Fairness counts.",
            "type": "value",
            "status": "marked",
            "is_thesis": True,
        },
        format="json",
    )

    body = response.json()
    assert response.status_code == 201
    assert response["Location"].endswith(f"{CLAIMS}{body['id']}/")
    assert (body["text"], body["type"], body["status"]) == ("Fairness counts.", "value", "marked")
    assert (body["is_thesis"], body["anchors"][0]["exact"]) == (True, "Fairness, not scarcity")


def test_claim_is_proposed_of_what_an_annotation_says(api, student, assignment):
    note = AnnotationFactory(assignment=assignment, counterargument=True)

    body = api(student).post(
        CLAIMS,
        {"assignment": str(assignment.pk), "annotation": str(note.pk), "is_explicit": False},
        format="json",
    )

    assert (body.json()["text"], body.json()["status"]) == ("It does not follow.", "proposed")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"text": "A claim."}, "/anchors"),
        ({"text": 7}, "/text"),
        ({"text": "", "is_explicit": False}, "/text"),
        ({"type": "taste"}, "/type"),
        ({"status": "implied"}, "/status"),
        ({"is_thesis": True}, "/is_thesis"),
        ({"anchors": [{"paragraph": str(uuid.uuid4())}]}, "/anchors/0/paragraph"),
        ({"annotation": str(uuid.uuid4())}, "/annotation"),
        ({"colour": "red"}, "/colour"),
    ],
)
def test_claim_of_another_shape_is_refused(given, pointer, api, instructor, assignment):
    response = api(instructor).post(
        CLAIMS, {"assignment": str(assignment.pk), **given}, format="json"
    )

    body = expect_problem(response, 400, response.json()["code"], pointer)
    assert body["code"] in {"invalid", "blank"}
    assert not Claim.objects.exists()


def test_claim_in_words_that_are_there_names_the_other(api, instructor, assignment, claim):
    response = api(instructor).post(
        CLAIMS,
        {"assignment": str(assignment.pk), "text": "prices work.", "is_explicit": False},
        format="json",
    )

    assert expect_problem(response, 409, "claim_exists", "/text")["claim"] == str(claim.pk)


@pytest.mark.parametrize(
    ("who", "status"),
    [("student", 403), ("observer", 403), ("outsider", 404), ("anonymous", 401)],
)
def test_marking_is_refused_before_the_rest_is_judged(who, status, request, api, assignment):
    client = api(request.getfixturevalue(who))

    response = client.post(
        CLAIMS, {"assignment": str(assignment.pk), "status": "marked", "x": 1}, format="json"
    )

    assert response.status_code == status


def test_marking_is_for_students_where_the_rules_let_them(api, student, assignment):
    HouseRulesFactory(assignment=assignment, students_mark_claims=True)

    response = api(student).post(
        CLAIMS,
        {
            "assignment": str(assignment.pk),
            "status": "marked",
            "text": "So.",
            "is_explicit": False,
        },
        format="json",
    )

    assert (response.status_code, response.json()["status"]) == (201, "marked")


@pytest.mark.parametrize("body", [{}, {"assignment": 7}, ["a"]])
def test_claim_for_no_assignment_is_refused(body, api, instructor):
    response = api(instructor).post(CLAIMS, body, format="json")

    assert response.status_code == 400


def test_claim_is_changed(api, instructor, claim):
    response = api(instructor).patch(
        f"{CLAIMS}{claim.pk}/", {"has_burden": True, "text": "Prices do work.", "version": 1}
    )

    body = response.json()
    assert (body["text"], body["has_burden"], body["version"]) == ("Prices do work.", True, 2)


@pytest.mark.parametrize(("given", "status"), [('"2"', 412), ('"1"', 200), ("x", 400)])
def test_version_of_a_claim_may_stand_in_the_header(given, status, api, instructor, claim):
    response = api(instructor).patch(f"{CLAIMS}{claim.pk}/", {"type": "fact"}, HTTP_IF_MATCH=given)

    assert response.status_code == status


def test_claim_is_taken_off_and_put_back(api, instructor, claim):
    client = api(instructor)

    assert client.delete(f"{CLAIMS}{claim.pk}/").status_code == 204
    assert texts(client.get(CLAIMS)) == []
    body = client.put(f"{CLAIMS}{claim.pk}/restore/", {"version": 2}).json()

    assert (body["status"], body["version"]) == ("marked", 3)


def test_claim_is_accepted_by_another_version_than_stands_is_stale(api, instructor, assignment):
    claim = ClaimFactory(assignment=assignment, status="proposed")

    response = api(instructor).put(f"{CLAIMS}{claim.pk}/accept/", {"version": 4})

    assert expect_problem(response, 412, "stale_version")["current_version"] == 1


def test_claim_is_merged_and_taken_apart(api, instructor, assignment, claim):
    into = ClaimFactory(assignment=assignment, text="Other.")
    client = api(instructor)

    body = client.put(f"{CLAIMS}{claim.pk}/merge/", {"into": str(into.pk)}).json()
    assert body["merged_into"] == str(into.pk)
    assert client.delete(f"{CLAIMS}{claim.pk}/merge/").status_code == 204

    claim.refresh_from_db()
    assert claim.merged_into is None


def test_claim_merged_into_itself_is_refused(api, instructor, claim):
    response = api(instructor).put(f"{CLAIMS}{claim.pk}/merge/", {"into": str(claim.pk)})

    expect_problem(response, 400, "invalid", "/into")


def test_claim_is_split(api, instructor, assignment, claim):
    other = ClaimFactory(assignment=assignment, text="Other.")
    reason = InferenceFactory(conclusion=claim, premises=[other])

    response = api(instructor).post(
        f"{CLAIMS}{claim.pk}/split/",
        {"texts": ["One.", "Two."], "bearing": {str(reason.pk): 1}, "version": 1},
        format="json",
    )

    reason.refresh_from_db()
    assert response.status_code == 201
    assert [one["text"] for one in response.json()] == ["One.", "Two."]
    assert str(reason.conclusion_id) == response.json()[1]["id"]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"texts": ["One."]}, "/texts"),
        ({"texts": ["One.", 7]}, "/texts/1"),
        ({"texts": ["One.", " "]}, "/texts/1"),
        ({"texts": ["One.", "Two."], "bearing": {"x": 1}}, "/bearing"),
        ({"texts": ["One.", "Two."], "bearing": {str(uuid.uuid4()): 1}}, "/bearing"),
        ({}, "/texts"),
    ],
)
def test_claim_split_otherwise_is_refused(given, pointer, api, instructor, claim):
    response = api(instructor).post(f"{CLAIMS}{claim.pk}/split/", given, format="json")

    body = expect_problem(response, 400, response.json()["code"], pointer)
    assert body["code"] in {"invalid", "blank"}


CHANGES = [
    ("patch", "", {"text": "Other."}),
    ("delete", "", None),
    ("put", "accept/", {}),
    ("put", "restore/", {}),
    ("put", "merge/", {"into": str(uuid.uuid4())}),
    ("delete", "merge/", None),
    ("post", "split/", {"texts": ["One.", "Two."]}),
]


@pytest.mark.parametrize(("method", "place", "body"), CHANGES)
@pytest.mark.parametrize(
    ("who", "status"), [("student", 403), ("observer", 403), ("outsider", 404)]
)
def test_claim_is_kept_by_staff(method, place, body, who, status, request, api, claim):
    client = api(request.getfixturevalue(who))
    HouseRulesFactory(assignment=claim.assignment)

    response = getattr(client, method)(f"{CLAIMS}{claim.pk}/{place}", body, format="json")

    assert response.status_code == status


def test_claim_of_an_annotation_is_not_changed_here(api, instructor, assignment):
    claim = ClaimFactory(assignment=assignment, asserted=True)
    client = api(instructor)

    expect_problem(client.patch(f"{CLAIMS}{claim.pk}/", {"text": "X."}), 403, "not_allowed")
    expect_problem(client.put(f"{CLAIMS}{claim.pk}/accept/", {}), 403, "not_allowed")
    expect_problem(client.put(f"{CLAIMS}{claim.pk}/restore/", {}), 403, "not_allowed")


def test_claim_is_not_written_with_a_token_to_read(api, instructor, claim):
    response = api(instructor, scopes=("read",)).patch(f"{CLAIMS}{claim.pk}/", {"text": "X."})

    expect_problem(response, 403, "insufficient_scope")


def test_claim_that_was_merged_keeps_its_history(api, instructor, student, assignment, claim):
    into = ClaimFactory(assignment=assignment, text="Other.")
    change_claim(actor=instructor, claim_id=claim.pk, type="fact")
    merge_claims(actor=instructor, claim_id=claim.pk, into_id=into.pk)

    shown = api(student).get(f"{CLAIMS}{claim.pk}/history/").json()["results"]

    assert [one["act"] for one in shown] == ["change", "merge"]


def test_claim_that_a_note_implies_is_known_where_the_note_is(api, student, classmate, assignment):
    note = AnnotationFactory(
        assignment=assignment, author=student, counterargument=True, audience="private"
    )
    implied = ClaimFactory(assignment=assignment, status="implied", added_by=student)
    source = ClaimFactory(annotation=note, assignment=assignment, asserted=True)
    RelationFactory(source=source, target_claim=implied, annotation=note)

    assert api(student).get(f"{CLAIMS}{implied.pk}/").status_code == 200
    expect_problem(api(classmate).get(f"{CLAIMS}{implied.pk}/"), 404, "not_found")
