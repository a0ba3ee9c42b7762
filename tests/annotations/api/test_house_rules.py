"""The house rules of an assignment in the API."""

import pytest

from annotations.models import HouseRules
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.argument import HouseRulesFactory

ADMIN = ("read", "write", "admin")


@pytest.fixture
def address(assignment):
    return f"/api/v1/assignments/{assignment.pk}/house-rules/"


def test_house_rules_are_listed_the_last_in_force(api, student, instructor, assignment, address):
    HouseRulesFactory(assignment=assignment, version=1, by=instructor)
    rules = HouseRulesFactory(
        assignment=assignment, version=2, burden="thesis", note="Agreed.", by=instructor
    )

    results = api(student).get(address).json()["results"]

    assert [one["version"] for one in results] == [1, 2]
    assert results[1] | {"at": ""} == {
        "id": str(rules.pk),
        "assignment": str(assignment.pk),
        "version": 2,
        "burden": "thesis",
        "symmetric_rebuts": True,
        "cutoff_at": None,
        "students_mark_claims": False,
        "note": "Agreed.",
        "by": {"id": str(instructor.pk), "name": instructor.display_name},
        "at": "",
    }


def test_house_rules_take_the_same_queries_for_three(api, student, assignment, address):
    HouseRulesFactory(assignment=assignment, version=1)
    client = api(student)

    def grow():
        HouseRulesFactory(assignment=assignment, version=2)
        HouseRulesFactory(assignment=assignment, version=3)

    expect_constant_queries(lambda: client.get(address), grow=grow)


def test_house_rules_are_set(api, instructor, address):
    response = api(instructor, scopes=ADMIN).post(
        address,
        {
            "burden": "essay",
            "symmetric_rebuts": False,
            "cutoff_at": "2026-05-31T14:00:00Z",
            "students_mark_claims": True,
            "note": "Why.",
            "version": 0,
        },
        format="json",
    )

    body = response.json()
    assert (response.status_code, body["version"], body["burden"]) == (201, 1, "essay")
    assert (body["symmetric_rebuts"], body["students_mark_claims"]) == (False, True)
    assert (body["cutoff_at"], body["note"]) == ("2026-05-31T14:00:00Z", "Why.")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"burden": "all"}, "/burden"),
        ({"symmetric_rebuts": 1}, "/symmetric_rebuts"),
        ({"cutoff_at": "soon"}, "/cutoff_at"),
        ({"note": 7}, "/note"),
        ({"by": "me"}, "/by"),
    ],
)
def test_house_rules_of_another_shape_are_refused(given, pointer, api, instructor, address):
    response = api(instructor, scopes=ADMIN).post(address, given, format="json")

    expect_problem(response, 400, "invalid", pointer)
    assert not HouseRules.objects.exists()


def test_house_rules_that_change_nothing_are_refused(api, instructor, address):
    response = api(instructor, scopes=ADMIN).post(address, {"burden": "none"}, format="json")

    expect_problem(response, 409, "invalid_state")


def test_house_rules_from_an_older_version_are_stale(api, instructor, assignment, address):
    HouseRulesFactory(assignment=assignment, version=3)

    response = api(instructor, scopes=ADMIN).post(
        address, {"burden": "essay", "version": 2}, format="json"
    )

    assert expect_problem(response, 412, "stale_version")["current_version"] == 3


def test_house_rules_are_not_set_without_the_scope_admin(api, instructor, address):
    response = api(instructor).post(address, {"burden": "essay"}, format="json")

    expect_problem(response, 403, "insufficient_scope")


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("assistant", 403),
        ("student", 403),
        ("observer", 403),
        ("outsider", 404),
        ("anonymous", 401),
    ],
)
def test_house_rules_are_set_by_instructors(who, status, request, api, address):
    client = api(request.getfixturevalue(who), scopes=ADMIN)

    assert client.post(address, {"x": 1}, format="json").status_code == status
