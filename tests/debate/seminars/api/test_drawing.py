"""Groups drawn at random in the API: looked at, then made."""

import pytest

from debate.seminars.models import Group
from tests.expect import expect_denied, expect_problem
from tests.factories.seminars import MembershipFactory

MANAGE = ("read", "write", "admin")


@pytest.fixture
def students(seminar, student, classmate):
    """Six students of the seminar."""
    return [student, classmate, *(MembershipFactory(seminar=seminar).user for _ in range(4))]


@pytest.fixture
def draw(api, instructor, seminar):
    """Draws as the instructor; `tries` looks at it alone."""
    client = api(instructor, scopes=MANAGE)

    def post(tries=False, **body):
        query = "?dry_run=1" if tries else ""
        address = f"/api/v1/seminars/{seminar.pk}/groups/draw/{query}"
        return client.post(address, body, format="json")

    return post


def members(groups):
    return [{person["id"] for person in one["members"]} for one in groups]


def test_trial_tells_who_would_be_with_whom_and_makes_nothing(draw, students):
    response = draw(tries=True, size=3, seed=7)

    assert response.status_code == 200
    assert (response.json()["seed"], len(response.json()["digest"])) == (7, 64)
    assert [one["name"] for one in response.json()["groups"]] == ["Group 1", "Group 2"]
    assert set.union(*members(response.json()["groups"])) == {str(one.pk) for one in students}
    assert not Group.objects.exists()


def test_draw_that_was_looked_at_is_made_exactly_so(draw, students):
    seen = draw(tries=True, count=3).json()

    made = draw(count=3, seed=seen["seed"], digest=seen["digest"])

    assert made.status_code == 201
    assert made.json()["seed"] == seen["seed"]
    assert members(made.json()["groups"]) == members(seen["groups"])
    assert Group.objects.count() == 3


def test_draw_is_made_at_once_without_a_digest(draw, students):
    made = draw(count=2, kind="section")

    assert made.status_code == 201
    assert {one["kind"] for one in made.json()["groups"]} == {"section"}
    assert [len(one) for one in members(made.json()["groups"])] == [3, 3]


def test_draw_that_has_become_another_one_is_a_conflict(draw, students, seminar):
    seen = draw(tries=True, count=3).json()
    MembershipFactory(seminar=seminar)

    again = draw(count=3, seed=seen["seed"], digest=seen["digest"])

    expect_problem(again, 409, "conflict")
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"count": 2, "size": 2}, ""),
        ({"count": 2, "digest": "x"}, ""),
        ({"count": 0}, "/count"),
        ({"size": "2"}, "/size"),
        ({"count": 2, "kind": "team"}, "/kind"),
        ({"count": 2, "kind": "section", "within_sections": True}, "/within_sections"),
        ({"count": 2, "seed": -1}, "/seed"),
    ],
)
def test_draw_that_says_nothing_sensible_is_refused(draw, students, body, pointer):
    expect_problem(draw(**body), 400, "invalid", pointer)


def test_draw_of_nobody_is_refused(draw, student, seminar):
    seminar.memberships.filter(user=student).delete()

    assert draw(count=2).status_code == 400


def test_draw_is_for_instructors(api, assistant, seminar):
    address = f"/api/v1/seminars/{seminar.pk}/groups/draw/"

    expect_denied(api(assistant, scopes=MANAGE).post(address, {"count": 2}))


def test_trial_says_true_or_false(api, instructor, seminar, students):
    address = f"/api/v1/seminars/{seminar.pk}/groups/draw/?dry_run=maybe"

    response = api(instructor, scopes=MANAGE).post(address, {"count": 2})

    assert (response.status_code, response.json()["errors"][0]["parameter"]) == (400, "dry_run")
