"""Assignments as members and others read them in the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from debate.assignments.models import Assignment
from tests.expect import expect_constant_queries, expect_same_as_absent
from tests.factories.assignments import (
    AccommodationFactory,
    ExtensionFactory,
    RoundFactory,
    SideFactory,
    assignment_of,
)
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
        "asked": {
            "comments": 3,
            "counterarguments": 2,
            "evidence": 0,
            "replies": 0,
            "paragraphs": 0,
        },
        "is_for_groups": False,
        "groups": [],
        "uses_pseudonyms": False,
        "requires_approval": False,
        "resolution": "",
        "opens_at": iso(assignment.opens_at),
        "due_at": None,
        "closes_at": None,
        "is_open": True,
        "rounds": [
            {
                "id": str(stretch.pk),
                "number": 1,
                "name": "Open discussion",
                "mode": "open",
                "opens_at": iso(stretch.opens_at),
                "ends_at": None,
                "reveals_after": None,
                "allowed_kinds": [],
            }
        ],
        "current_round": str(stretch.pk),
        "dates": {"due_at": None, "closes_at": None, "is_own": False},
        "side": None,
        "created_at": iso(assignment.created_at),
        "updated_at": iso(assignment.updated_at),
        "html_url": "http://testserver/seminars/water-policy/first/",
    }


@pytest.fixture
def public(seminar):
    seminar.allows_public = True
    seminar.save()
    return assignment_of(
        essay_of("Words.", seminar=seminar, is_public=True), instructions="Read it twice."
    )


@pytest.mark.parametrize("role", ["outsider", "operator", "anonymous"])
def test_assignment_open_to_all_keeps_what_is_for_members_from_others(
    api, request, public, student, role
):
    SideFactory(assignment=public, user=student)

    body = api(request.getfixturevalue(role)).get(f"/api/v1/assignments/{public.pk}/").json()

    hidden = {
        "instructions", "asked", "is_for_groups", "groups", "uses_pseudonyms", "requires_approval",
        "resolution", "dates", "side",
    }  # fmt: skip
    assert {name for name, value in body.items() if value is None} == {
        *hidden, "due_at", "closes_at",
    }  # fmt: skip
    assert body["current_round"] == body["rounds"][0]["id"]


def test_assignment_tells_own_dates_and_own_side(api, student, classmate, assignment, group):
    due = timezone.now() + timedelta(days=1)
    Assignment.objects.update(due_at=due, closes_at=due)
    second = RoundFactory(assignment=assignment, number=2, opens_at=timezone.now() - timedelta(1))
    AccommodationFactory(seminar=assignment.seminar, user=student, extra_days=2)
    SideFactory(assignment=assignment, user=None, group=group)
    SideFactory(assignment=assignment, user=student, round=second, position="negative")
    SideFactory(assignment=assignment, user=classmate)
    ExtensionFactory(assignment=assignment, user=classmate, due_at=due + timedelta(9))

    own, other = (
        api(one).get(f"/api/v1/assignments/{assignment.pk}/").json() for one in (student, classmate)
    )

    moved = iso(due + timedelta(days=2))
    assert own["dates"] == {"due_at": moved, "closes_at": moved, "is_own": True}
    assert other["dates"]["due_at"] == iso(due + timedelta(9))
    assert (own["side"], other["side"]) == ("negative", "affirmative")
    assert own["current_round"] == str(second.pk)
    assert own["due_at"] == iso(due)


def test_assignment_for_a_group_is_absent_for_others(api, student, classmate, assignment, group):
    Assignment.objects.update(is_for_groups=True)
    assignment.groups.add(group)
    address = f"/api/v1/assignments/{assignment.pk}/"

    mine = api(student).get(address).json()
    others = api(classmate)

    assert (mine["is_for_groups"], mine["groups"]) == (True, [str(group.pk)])
    assert others.get("/api/v1/assignments/").json()["results"] == []
    expect_same_as_absent(others.get(address), others.get(f"/api/v1/assignments/{NOBODY}/"))


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
