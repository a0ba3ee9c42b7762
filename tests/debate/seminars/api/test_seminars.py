import pytest

from tests.expect import expect_constant_queries, expect_problem, expect_same_as_absent
from tests.factories.seminars import GroupFactory, MembershipFactory

NOBODY = "00000000-0000-7000-8000-000000000000"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


def test_seminar_is_shown_with_role_and_own_groups(api, student, seminar, group, other_group):
    response = api(student).get(f"/api/v1/seminars/{seminar.pk}/")

    body = response.json()
    assert body == {
        "id": str(seminar.pk),
        "slug": "water-policy",
        "title": "Water policy",
        "description": "",
        "time_zone": "UTC",
        "allows_public": False,
        "students_make_groups": False,
        "asks_consent": False,
        "archived_at": None,
        "role": "student",
        "groups": [{"id": str(group.pk), "name": "Upstream", "kind": "reading"}],
        "created_at": iso(seminar.created_at),
        "updated_at": iso(seminar.updated_at),
        "html_url": "http://testserver/seminars/water-policy/",
    }


def test_seminar_is_shown_to_staff_with_all_groups(api, assistant, seminar, group, other_group):
    response = api(assistant).get(f"/api/v1/seminars/{seminar.pk}/")

    assert response.json()["role"] == "assistant"
    assert [one["name"] for one in response.json()["groups"]] == ["Downstream", "Upstream"]


def test_seminars_are_the_persons_own(api, student, seminar, other_seminar):
    response = api(student).get("/api/v1/seminars/")

    assert [one["id"] for one in response.json()["results"]] == [str(seminar.pk)]


def test_seminars_of_a_visitor_are_none(api, seminar):
    assert api(None).get("/api/v1/seminars/").json()["results"] == []


def test_seminar_that_is_hidden_is_as_one_that_is_absent(api, outsider, seminar):
    client = api(outsider)

    expect_same_as_absent(
        client.get(f"/api/v1/seminars/{seminar.pk}/"), client.get(f"/api/v1/seminars/{NOBODY}/")
    )


def test_seminars_take_a_fixed_number_of_queries(api, student):
    client = api(student)

    expect_constant_queries(
        lambda: client.get("/api/v1/seminars/"),
        grow=lambda: [
            GroupFactory(seminar=MembershipFactory(user=student).seminar, members=[student])
            for _ in range(2)
        ],
    )


def test_me_tells_person_token_scopes_and_roles(api, student, seminar):
    body = api(student, scopes=["read"]).get("/api/v1/me/").json()

    assert (body["id"], body["username"], body["name"]) == (str(student.pk), "student", "Student")
    assert body["scopes"] == ["read"]
    assert body["token"].keys() == {"name", "prefix", "scopes", "expires_at"}
    assert body["token"]["name"] == "tests"
    assert [(one["slug"], one["role"]) for one in body["seminars"]] == [("water-policy", "student")]


def test_me_of_a_session_has_every_scope_and_no_token(page, student):
    body = page(student).get("/api/v1/me/").json()

    marking = ["marks:read", "marks:write", "grades:read", "grades:write"]
    assert body["scopes"] == ["read", "write", "roster:read", *marking, "admin"]
    assert body["token"] is None


@pytest.mark.parametrize("method", ["get", "head"])
def test_me_of_a_visitor_is_challenged(api, db, method):
    response = getattr(api(None), method)("/api/v1/me/")

    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="counterpoint"'
    expect_problem(api(None).get("/api/v1/me/"), 401, "not_authenticated")
