"""Changes as JSON Merge Patches (RFC 7396), of objects of every kind."""

import json

import pytest

from tests.expect import expect_problem
from tests.factories.annotations import SourceFactory, TagFactory, annotation_on

MERGE_PATCH = "application/merge-patch+json"


@pytest.fixture
def challenge(assignment, paragraphs, student):
    return annotation_on(
        paragraphs[0],
        assignment=assignment,
        author=student,
        counterargument=True,
        body="Need is not what moves a price. It is custom.",
        counterclaim="Custom moves prices.",
        attacks="reason",
        tags=["economy"],
    )


def patch(client, path, body, kind=MERGE_PATCH):
    return client.patch(path, json.dumps(body), content_type=kind)


@pytest.mark.parametrize("kind", [MERGE_PATCH, "application/json", f"{MERGE_PATCH}; charset=utf-8"])
def test_merge_patch_is_taken_by_either_name(api, student, challenge, kind):
    path = f"/api/v1/annotations/{challenge.pk}/"

    response = patch(api(student), path, {"body": "It is custom."}, kind)

    assert (response.status_code, response.json()["body"]) == (200, "It is custom.")


def test_other_body_is_refused_with_what_is_taken(api, student, challenge):
    path = f"/api/v1/annotations/{challenge.pk}/"

    refused = api(student).patch(path, "body=x", content_type="application/x-www-form-urlencoded")
    posted = patch_as_post(api(student), f"{path}replies/")
    offered = api(student).options(path)

    problem = expect_problem(refused, 415, "unsupported_media_type")
    assert problem["detail"] == f"Send the body as application/json or {MERGE_PATCH}."
    taken = {"application/json", MERGE_PATCH}
    assert {*refused["Accept-Patch"].split(", ")} == {*offered["Accept-Patch"].split(", ")} == taken
    assert {*refused["Accept"].split(", ")} == taken
    expect_problem(posted, 415, "unsupported_media_type")
    assert (posted["Accept"], "Accept-Patch" in posted) == ("application/json", False)


def patch_as_post(client, path):
    return client.post(path, '{"kind": "comment", "body": "x"}', content_type=MERGE_PATCH)


def test_members_of_an_object_are_changed_one_by_one(api, student, challenge):
    path = f"/api/v1/annotations/{challenge.pk}/"

    one = patch(api(student), path, {"counterargument": {"attacks": "conclusion"}}).json()
    other = patch(api(student), path, {"counterargument": {"counterclaim": "Habit does."}}).json()

    told = [
        (x["counterargument"]["attacks"], x["counterargument"]["counterclaim"])
        for x in (one, other)
    ]
    assert told == [("conclusion", "Custom moves prices."), ("conclusion", "Habit does.")]


@pytest.mark.parametrize("sent", [{"counterargument": {"counterclaim": None}}, {"tags": None}])
def test_null_empties_what_may_be_empty(api, student, challenge, sent):
    path = f"/api/v1/annotations/{challenge.pk}/"

    shown = patch(api(student), path, sent).json()

    [(name, value)] = sent.items()
    if name == "tags":
        assert shown["tags"] == []
    else:
        assert shown[name]["attacks"] == "reason"
        assert shown[name]["counterclaim"] == "Need is not what moves a price."
    assert value is None or value == {"counterclaim": None}


def test_null_for_the_object_of_a_kind_takes_all_that_it_said(api, student, challenge):
    path = f"/api/v1/annotations/{challenge.pk}/"

    shown = patch(api(student), path, {"counterargument": None}).json()

    assert shown["counterargument"]["attacks"] is None
    assert shown["counterargument"]["counterclaim"] == "Need is not what moves a price."


@pytest.mark.parametrize("member", ["kind", "body"])
def test_null_for_what_may_not_be_empty_names_it(api, student, challenge, member):
    path = f"/api/v1/annotations/{challenge.pk}/"

    response = patch(api(student), path, {member: None})

    problem = response.json()
    assert (response.status_code, problem["errors"][0]["pointer"]) == (400, f"/{member}")
    challenge.refresh_from_db()
    assert challenge.version == 1


def test_evidence_loses_words_and_place_but_not_what_makes_it_evidence(
    api, student, assignment, paragraphs
):
    made = api(student).post(
        "/api/v1/annotations/",
        {
            "assignment": str(assignment.pk),
            "paragraph": str(paragraphs[0].pk),
            "kind": "evidence",
            "evidence": {
                "stance": "supports",
                "warrant": "It counted.",
                "quote": "We counted.",
                "locator": "p. 3",
                "source": {"url": "https://example.org/count", "title": "The count"},
            },
        },
    )
    path = f"/api/v1/annotations/{made.json()['id']}/"

    shown = patch(api(student), path, {"evidence": {"locator": None}}).json()["evidence"]
    refused = [
        patch(api(student), path, {"evidence": {name: None}}) for name in ("stance", "warrant")
    ]

    assert (shown["locator"], shown["quote"], shown["warrant"]) == (
        "",
        "We counted.",
        "It counted.",
    )
    assert [one.json()["errors"][0]["pointer"] for one in refused] == [
        "/evidence/stance",
        "/evidence/warrant",
    ]
    expect_problem(patch(api(student), path, {"evidence": None}), 400, "invalid", "/evidence")


def test_null_empties_members_of_other_objects(api, instructor, seminar, assignment):
    client = api(instructor, scopes=("read", "write", "admin"))
    source = SourceFactory(seminar=seminar, added_by=instructor, interest_note="Paid by a mill.")
    tag = TagFactory(vocabulary__seminar=seminar, label="Harms", definition="What it harms.")
    assignment.instructions = "Read it twice."
    assignment.save()
    changes = {
        f"/api/v1/sources/{source.pk}/": "interest_note",
        f"/api/v1/seminars/{seminar.pk}/tags/{tag.pk}/": "definition",
        f"/api/v1/assignments/{assignment.pk}/": "instructions",
    }

    for path, member in changes.items():
        before, after = client.get(path).json(), patch(client, path, {member: None}).json()
        assert (bool(before[member]), after[member]) == (True, ""), path
