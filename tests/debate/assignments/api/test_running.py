"""Assignments closed and deleted, sides, kept set-ups and more days, through the API."""

import pytest

from debate.assignments.models import AssignmentTemplate
from tests.expect import expect_problem
from tests.factories.annotations import AnnotationFactory


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=("read", "admin"))


@pytest.fixture
def address(assignment):
    return f"/api/v1/assignments/{assignment.pk}/"


def test_assignment_is_closed_once(client, address):
    first = client.post(f"{address}close/").json()
    second = client.post(f"{address}close/").json()

    assert first["is_open"] is False
    assert first["closes_at"] == second["closes_at"]


def test_assignment_is_deleted_until_something_is_posted(client, address, assignment):
    note = AnnotationFactory(assignment=assignment)
    refused = client.delete(address)
    note.delete()

    expect_problem(refused, 409, "invalid_state")
    assert client.delete(address).status_code == 204
    assert client.get(address).status_code == 404


def test_sides_are_given_and_taken_back(client, address, student, group):
    sides = [
        {"user": str(student.pk), "position": "affirmative"},
        {"group": str(group.pk), "position": "negative"},
    ]
    given = client.put(f"{address}sides/", {"sides": sides})
    listed = client.get(f"{address}sides/").json()["results"]
    client.put(f"{address}sides/", {"sides": [{"user": str(student.pk), "position": None}]})
    left = client.get(f"{address}sides/").json()["results"]

    assert given.status_code == 204
    assert [(one["user"], one["group"], one["position"]) for one in listed] == [
        (str(student.pk), None, "affirmative"),
        (None, str(group.pk), "negative"),
    ]
    assert [one["group"] for one in left] == [str(group.pk)]


@pytest.mark.parametrize(
    ("side", "pointer"),
    [
        ({"position": "negative"}, "/sides/0"),
        ({"user": "x", "position": "negative"}, "/sides/0/user"),
    ],
)
def test_side_that_is_nobodys_is_refused(client, address, side, pointer):
    expect_problem(client.put(f"{address}sides/", {"sides": [side]}), 400, "invalid", pointer)


def test_sides_are_refused_to_students_in_words_that_fit(api, student, address):
    client = api(student, scopes=["read", "admin"])
    sentence = "Only instructors {} this, and nobody while the seminar is archived."

    read = expect_problem(client.get(f"{address}sides/"), 403, "not_allowed")
    changed = expect_problem(client.put(f"{address}sides/", {"sides": []}), 403, "not_allowed")

    assert read["detail"] == sentence.format("read")
    assert changed["detail"] == sentence.format("change")


def test_set_up_is_kept_listed_and_deleted(client, api, student, assignment):
    made = client.post(
        "/api/v1/assignment-templates/", {"assignment": str(assignment.pk), "name": "Two weeks"}
    )
    listed = client.get("/api/v1/assignment-templates/").json()["results"]
    deleted = client.delete(made["Location"])

    assert made.status_code == 201
    assert [(one["name"], one["setup"]["asked_comments"]) for one in listed] == [("Two weeks", 3)]
    assert api(student).get("/api/v1/assignment-templates/").json()["results"] == []
    assert deleted.status_code == 204
    assert not AssignmentTemplate.objects.exists()


def test_days_are_granted_listed_and_taken_back(client, student, seminar):
    place = f"/api/v1/seminars/{seminar.pk}/accommodations/"

    given = client.put(f"{place}{student.pk}/", {"extra_days": 3})
    listed = client.get(place).json()["results"]
    refused = client.put(f"{place}{student.pk}/", {"extra_days": 61})
    client.put(f"{place}{student.pk}/", {"extra_days": 0})

    assert given.status_code == 204
    assert [(one["user"], one["extra_days"]) for one in listed] == [(str(student.pk), 3)]
    expect_problem(refused, 400, "invalid", "/extra_days")
    assert client.get(place).json()["results"] == []
