"""Seminars made, changed, archived and joined, and groups by students, through the API."""

import pytest

from debate.seminars.models import Membership, Seminar
from tests.expect import expect_problem
from tests.factories.seminars import GroupFactory, InvitationFactory

ADMIN = ("read", "admin")


@pytest.fixture
def client(api, instructor):
    return api(instructor, scopes=ADMIN)


@pytest.fixture
def address(seminar):
    return f"/api/v1/seminars/{seminar.pk}/"


def test_seminar_is_made_with_its_first_instructor(api, student, seminar):
    response = api(student, scopes=ADMIN).post(
        "/api/v1/seminars/", {"title": "Energy", "time_zone": "Europe/Berlin"}
    )

    made = Seminar.objects.exclude(pk=seminar.pk).get()
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/api/v1/seminars/{made.pk}/"
    assert (response.json()["slug"], response.json()["role"]) == ("energy", "instructor")
    assert (made.title, made.time_zone) == ("Energy", "Europe/Berlin")


def test_seminar_is_made_by_whom_the_site_lets(api, student, settings):
    settings.SEMINAR_CREATORS = ["approved"]

    response = api(student, scopes=ADMIN).post("/api/v1/seminars/", {"title": "Energy"})

    expect_problem(response, 403, "not_allowed")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({"title": "x", "time_zone": "Mars"}, 400, "invalid", "/time_zone"),
        ({"title": "x", "slug": "water-policy"}, 409, "conflict", "/slug"),
        ({}, 400, "invalid", "/title"),
    ],
)
def test_seminar_that_cannot_be_made_names_the_member(client, body, status, code, pointer):
    expect_problem(client.post("/api/v1/seminars/", body), status, code, pointer)


def test_settings_that_are_left_out_stay(client, address, seminar):
    body = client.patch(address, {"students_make_groups": True}).json()

    assert (body["title"], body["students_make_groups"]) == ("Water policy", True)
    seminar.refresh_from_db()
    assert (seminar.title, seminar.students_make_groups) == ("Water policy", True)


def test_settings_are_changed_from_what_was_read(client, address):
    read = client.get(address)
    client.patch(address, {"title": "Water and air"})

    response = client.patch(address, {"title": "Air"}, headers={"If-Match": read["ETag"]})

    expect_problem(response, 412, "stale_version")
    assert response.json()["current"]["title"] == "Water and air"


def test_seminar_is_archived_and_restored(client, address):
    archived = client.put(f"{address}archive/")
    refused = client.patch(address, {"title": "Air"})
    restored = client.delete(f"{address}archive/")

    assert archived.json()["archived_at"] is not None
    expect_problem(refused, 409, "invalid_state")
    assert restored.status_code == 204
    assert client.get(address).json()["archived_at"] is None


def test_seminar_is_copied_to_a_new_term(client, address, assignment):
    response = client.post(f"{address}copy/", {"title": "Again", "starts_on": "2031-04-07"})

    made = Seminar.objects.get(title="Again")
    assert response.status_code == 201
    assert response["Location"] == f"http://testserver/api/v1/seminars/{made.pk}/"
    [copied] = made.assignments.all()
    assert (copied.title, f"{copied.opens_at:%Y-%m-%d}") == (assignment.title, "2031-04-07")


@pytest.mark.parametrize("day", ["tomorrow", "1999-12-31", 7])
def test_seminar_is_copied_to_a_day_that_there_is(client, address, day):
    response = client.post(f"{address}copy/", {"title": "Again", "starts_on": day})

    expect_problem(response, 400, "invalid", "/starts_on")


def test_person_comes_in_by_a_code_once(api, outsider, seminar):
    invitation = InvitationFactory(seminar=seminar, code="AAAAABBBBB", most_uses=1)
    client = api(outsider)

    first = client.put("/api/v1/join/", {"code": "AAAAA-BBBBB"})
    second = client.put("/api/v1/join/", {"code": "AAAAA-BBBBB"})

    assert first.json()["id"] == str(seminar.pk)
    assert Membership.objects.of(outsider).filter(seminar=seminar).count() == 1
    expect_problem(second, 400, "no_way_in", "/code")
    invitation.refresh_from_db()
    assert invitation.uses == 1


def test_codes_are_not_guessed_under_a_key_either(api, outsider, seminar):
    client = api(outsider)

    codes = [
        client.put(
            "/api/v1/join/", {"code": f"WRONG{number}"}, headers={"Idempotency-Key": f"k{number}"}
        ).status_code
        for number in range(21)
    ]

    assert codes == [400] * 20 + [429]


def test_group_is_founded_joined_and_left_by_students(api, student, classmate, seminar, address):
    seminar.students_make_groups = True
    seminar.save()

    made = api(student).post(f"{address}groups/own/", {"name": "Delta"})
    place = f"{address}groups/{made.json()['id']}/membership/"
    joined = api(classmate).put(place).json()
    left = api(student).delete(place)

    assert made.status_code == 201
    assert {one["id"] for one in joined["members"]} == {str(student.pk), str(classmate.pk)}
    assert left.status_code == 204
    group = seminar.groups.get()
    assert list(group.members.all()) == [classmate]


def test_group_that_is_not_open_is_not_joined(api, student, seminar, address):
    seminar.students_make_groups = True
    seminar.save()
    group = GroupFactory(seminar=seminar)

    response = api(student).put(f"{address}groups/{group.pk}/membership/")

    expect_problem(response, 403, "not_allowed")


def test_profile_is_changed_where_it_is_sent(api, student):
    body = api(student).patch("/api/v1/me/", {"pronouns": "she/her"}).json()

    assert (body["name"], body["pronouns"]) == (student.name, "she/her")
    student.refresh_from_db()
    assert student.pronouns == "she/her"


def test_own_tokens_are_listed_without_their_secrets_and_revoked(api, student, classmate):
    api(classmate)
    client = api(student, scopes=ADMIN)

    [token] = client.get("/api/v1/me/tokens/").json()["results"]
    revoked = client.delete(f"/api/v1/me/tokens/{token['id']}/")

    assert token.keys() == {
        "id", "name", "prefix", "scopes", "state", "created_at", "expires_at", "last_used_at",
        "revoked_at", "warned_at",
    }  # fmt: skip
    assert revoked.status_code == 204
    expect_problem(client.get("/api/v1/me/"), 401, "authentication_failed")
