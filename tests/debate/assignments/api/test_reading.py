from datetime import timedelta

import pytest
from django.utils import timezone

from tests.expect import expect_constant_queries, expect_same_as_absent
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

NOBODY = "00000000-0000-7000-8000-000000000000"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def test_assignment_is_shown_whole_to_members(api, student, seminar, essay):
    assignment = assignment_of(
        essay, slug="first", title="First", instructions="Read it twice.", asked_evidence=0
    )
    [stretch] = assignment.rounds.all()

    response = api(student).get(f"/api/v1/assignments/{assignment.pk}/")

    assert response.json() == {
        "id": str(assignment.pk),
        "seminar": str(seminar.pk),
        "essay": str(essay.pk),
        "revision": 1,
        "slug": "first",
        "title": "First",
        "instructions": "Read it twice.",
        "asked": {"comments": 3, "counterarguments": 2, "evidence": 0},
        "opens_at": iso(assignment.opens_at),
        "due_at": None,
        "closes_at": None,
        "is_open": True,
        "rounds": [
            {
                "id": str(stretch.pk),
                "number": 1,
                "name": "Open discussion",
                "opens_at": iso(stretch.opens_at),
            }
        ],
        "created_at": iso(assignment.created_at),
        "updated_at": iso(assignment.updated_at),
        "html_url": "http://testserver/seminars/water-policy/first/",
    }


def test_assignment_open_to_all_keeps_its_instructions_from_outsiders(api, outsider, seminar):
    seminar.allows_public = True
    seminar.save()
    assignment = assignment_of(
        essay_of("Words.", seminar=seminar, is_public=True), instructions="Read it twice."
    )

    body = api(outsider).get(f"/api/v1/assignments/{assignment.pk}/").json()

    assert (body["instructions"], body["asked"]) == (None, None)


def test_assignment_that_has_closed_is_not_open(api, student, essay):
    now = timezone.now()
    assignment = assignment_of(
        essay, opens_at=now - timedelta(days=2), closes_at=now - timedelta(days=1)
    )

    assert api(student).get(f"/api/v1/assignments/{assignment.pk}/").json()["is_open"] is False


def test_assignments_are_those_of_the_persons_seminars(api, student, outsider, assignment):
    assert [one["id"] for one in api(student).get("/api/v1/assignments/").json()["results"]] == [
        str(assignment.pk)
    ]
    assert api(outsider).get("/api/v1/assignments/").json()["results"] == []


@pytest.mark.parametrize("name", ["seminar", "essay"])
def test_assignments_are_filtered(api, student, assignment, name):
    client = api(student)
    of = getattr(assignment, f"{name}_id")

    matching = client.get(f"/api/v1/assignments/?{name}={of}").json()["results"]
    others = client.get(f"/api/v1/assignments/?{name}={NOBODY}").json()["results"]

    assert ([one["id"] for one in matching], others) == ([str(assignment.pk)], [])


def test_assignment_that_is_hidden_is_as_one_that_is_absent(api, outsider, assignment):
    client = api(outsider)

    expect_same_as_absent(
        client.get(f"/api/v1/assignments/{assignment.pk}/"),
        client.get(f"/api/v1/assignments/{NOBODY}/"),
    )


def test_assignments_take_a_fixed_number_of_queries(api, student, seminar, assignment):
    client = api(student)

    expect_constant_queries(
        lambda: client.get("/api/v1/assignments/"),
        grow=lambda: [assignment_of(essay_of("Words.", seminar=seminar)) for _ in range(2)],
    )
