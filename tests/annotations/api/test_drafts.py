"""Drafts kept, and names offered, through the API."""

import uuid

import pytest

from annotations.models import Draft
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import annotation_on

KEY = str(uuid.UUID(int=5))


@pytest.fixture
def address(assignment):
    return f"/api/v1/assignments/{assignment.pk}/drafts/"


def written(**rest):
    return {"key": "p:1:1", "content": {"body": "Half"}, "submission_key": KEY, **rest}


def test_draft_is_kept_replaced_read_and_discarded(api, student, address):
    client = api(student)

    first = client.post(address, written())
    second = client.post(address, written(content={"body": "Half a", "tags": ["a"]}, revision=1))
    listed = client.get(address).json()["results"]
    discarded = client.delete(first["Location"])

    assert (first.status_code, second.status_code, discarded.status_code) == (201, 200, 204)
    assert [(one["id"], one["revision"], one["content"]) for one in listed] == [
        (first.json()["id"], 2, {"body": "Half a", "tags": ["a"]})
    ]
    assert not Draft.objects.exists()


def test_draft_saved_from_elsewhere_is_told(api, student, address):
    client = api(student)
    client.post(address, written())

    response = client.post(address, written(content={"body": "Other"}))

    expect_problem(response, 409, "draft_changed")
    assert response.json()["current"]["content"] == {"body": "Half"}


@pytest.mark.parametrize(
    ("rest", "code", "pointer"),
    [
        ({"content": {"body": 7}}, "invalid", "/content/body"),
        ({"content": []}, "invalid", "/content"),
        ({"content": {"body": " "}}, "blank", "/content"),
        ({"revision": 2**31}, "invalid", "/revision"),
        ({"key": "here"}, "invalid", "/key"),
    ],
)
def test_draft_that_cannot_be_kept_names_the_member(api, student, address, rest, code, pointer):
    expect_problem(api(student).post(address, written(**rest)), 400, code, pointer)


def test_drafts_take_the_same_queries_for_three(api, student, address):
    client = api(student)
    client.post(address, written())

    def grow():
        for number in (2, 3):
            client.post(address, written(key=f"p:1:{number}", submission_key=str(uuid.uuid4())))

    expect_constant_queries(lambda: client.get(address), grow=grow)


def test_names_are_offered_of_those_who_read_the_thread(
    api, student, classmate, assignment, paragraphs, group
):
    note = annotation_on(
        paragraphs[0], assignment=assignment, author=student, audience="group", group=group
    )
    client = api(student)
    address = f"/api/v1/assignments/{assignment.pk}/mentions/"

    assert client.get(f"{address}?q=class").json() == {"names": [classmate.display_name]}
    assert client.get(f"{address}?q=class&parent={note.pk}").json() == {"names": []}
    assert client.get(f"{address}?parent={uuid.UUID(int=3)}").status_code == 404
    assert client.get(f"{address}?parent=x").status_code == 400
