"""Members in the API: who reads what of them, and who changes them."""

import uuid

import pytest

from debate.seminars.models import Membership, RosterEntry
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_problem,
    expect_same_as_absent,
)
from tests.factories.accounts import UserFactory
from tests.factories.seminars import GroupFactory, MembershipFactory, SeminarFactory

EVERY = ("read", "write", "roster:read", "admin")
NOBODY = uuid.UUID(int=7)


@pytest.fixture
def section(seminar):
    return GroupFactory(seminar=seminar, name="Monday", kind="section")


def members(seminar):
    return f"/api/v1/seminars/{seminar.pk}/members/"


def member(seminar, user):
    return f"{members(seminar)}{user.pk}/"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


# -- reading -----------------------------------------------------------------------------------


def test_member_is_shown_to_instructors_in_full(api, instructor, seminar, student, section):
    section.members.add(student)
    student.pronouns, student.pronunciation = "she/her", "STYOO-dent"
    student.save()
    membership = Membership.objects.get(user=student)

    body = api(instructor, scopes=EVERY).get(member(seminar, student)).json()

    assert body == {
        "id": str(student.pk),
        "name": "Student",
        "pronouns": "she/her",
        "pronunciation": "STYOO-dent",
        "role": "student",
        "is_limited": False,
        "sections": [{"id": str(section.pk), "name": "Monday"}],
        "email": "student@example.org",
        "created_at": iso(membership.created_at),
        "updated_at": iso(membership.updated_at),
    }


@pytest.mark.parametrize(
    ("role", "scopes", "shown"),
    [
        ("instructor", ("read", "roster:read"), "student@example.org"),
        ("instructor", ("read", "write", "admin"), None),
        ("assistant", EVERY, None),
        ("student", EVERY, None),
        ("classmate", EVERY, None),
        ("observer", EVERY, None),
    ],
)
def test_address_is_for_instructors_whose_token_may(
    request, api, seminar, student, role, scopes, shown
):
    client = api(request.getfixturevalue(role), scopes=scopes)

    assert client.get(member(seminar, student)).json()["email"] == shown
    listed = {one["id"]: one["email"] for one in client.get(members(seminar)).json()["results"]}
    assert listed[str(student.pk)] == shown


def test_address_is_for_instructors_on_the_sites_own_pages(page, instructor, seminar, student):
    body = page(instructor).get(member(seminar, student)).json()

    assert body["email"] == "student@example.org"


@pytest.mark.parametrize(
    ("role", "pronouns", "sections"),
    [("assistant", "she/her", ["Monday"]), ("classmate", None, None), ("observer", None, None)],
)
def test_how_a_member_is_called_is_for_staff(
    request, api, seminar, student, section, role, pronouns, sections
):
    section.members.add(student)
    type(student).objects.filter(pk=student.pk).update(pronouns="she/her")

    body = api(request.getfixturevalue(role)).get(member(seminar, student)).json()

    assert (body["name"], body["role"], body["pronouns"]) == ("Student", "student", pronouns)
    names = body["sections"] and [one["name"] for one in body["sections"]]
    assert names == sections
    assert body["is_limited"] is (None if sections is None else False)


def test_members_are_people_who_may_sign_in(api, instructor, seminar, student):
    MembershipFactory(seminar=seminar, user__is_active=False)

    body = api(instructor).get(members(seminar), {"count": 1}).json()

    assert [one["name"] for one in body["results"]] == ["Instructor", "Student"]
    assert body["total"] == 2


def test_members_are_found_by_role_and_section(api, assistant, seminar, student, section):
    limited = MembershipFactory(seminar=seminar, role="assistant", is_limited=True)
    limited.sections.add(section)
    section.members.add(student)
    client = api(assistant)

    def found(**query):
        results = client.get(members(seminar), query).json()["results"]
        return {one["id"] for one in results}

    assert found(role="student") == {str(student.pk)}
    assert found(section=section.pk) == {str(student.pk), str(limited.user_id)}
    assert found(section=NOBODY) == set()


def test_members_are_not_found_by_section_by_who_may_not_read_it(
    api, classmate, seminar, student, section
):
    section.members.add(student)

    assert api(classmate).get(members(seminar), {"section": section.pk}).json()["results"] == []


@pytest.mark.parametrize("query", [{"role": "guest"}, {"section": "Monday"}, {"email": "a"}])
def test_members_asked_for_wrongly_are_refused(api, instructor, seminar, query):
    problem = expect_problem(api(instructor).get(members(seminar), query), 400, "invalid")

    assert [one["parameter"] for one in problem["errors"]] == list(query)


def test_members_take_a_fixed_number_of_queries(api, instructor, seminar, section):
    client = api(instructor, scopes=EVERY)

    count = expect_constant_queries(
        lambda: client.get(members(seminar)),
        grow=lambda: section.members.set(
            [MembershipFactory(seminar=seminar).user for _ in range(2)]
        ),
    )

    assert count <= 8


@pytest.mark.parametrize("role", ["outsider", "operator", "anonymous"])
def test_members_of_a_hidden_seminar_are_as_of_none(request, api, seminar, student, role):
    client = api(request.getfixturevalue(role), scopes=EVERY)

    expect_same_as_absent(
        client.get(members(seminar)), client.get(f"/api/v1/seminars/{NOBODY}/members/")
    )
    expect_same_as_absent(
        client.get(member(seminar, student)),
        client.get(f"/api/v1/seminars/{NOBODY}/members/{NOBODY}/"),
    )


# -- changing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("by", ["username", "email"])
def test_person_added_is_answered_with_its_address(api, instructor, seminar, by, section):
    person = UserFactory(username="ada")
    body = {by: getattr(person, by), "role": "student", "sections": [str(section.pk)]}

    response = api(instructor, scopes=EVERY).post(members(seminar), body, format="json")

    assert response.status_code == 201
    assert response["Location"] == f"http://testserver{member(seminar, person)}"
    assert response.json()["sections"] == [{"id": str(section.pk), "name": "Monday"}]
    assert Membership.objects.get(user=person).role == "student"


def test_address_without_account_is_accepted_and_expected(api, instructor, seminar):
    response = api(instructor, scopes=EVERY).post(
        members(seminar), {"email": "new@example.org", "role": "observer"}, format="json"
    )

    assert (response.status_code, response.content) == (202, b"")
    assert RosterEntry.objects.values_list("email", "role").get() == ("new@example.org", "observer")


@pytest.mark.parametrize(
    ("body", "status", "code", "pointer"),
    [
        ({}, 400, "invalid", ""),
        ({"username": "a", "email": "b"}, 400, "invalid", ""),
        ({"username": "nobody"}, 400, "invalid", "/username"),
        ({"email": "nobody"}, 400, "invalid", "/email"),
        ({"username": "student"}, 409, "conflict", "/username"),
        ({"username": "student", "role": "guest"}, 400, "invalid", "/role"),
        ({"username": 1}, 400, "invalid", "/username"),
        ({"username": "ada", "name": "Ada"}, 400, "invalid", "/name"),
        ({"username": "ada", "is_limited": 1}, 400, "invalid", "/is_limited"),
        ({"username": "ada", "is_limited": True}, 400, "invalid", "/is_limited"),
        ({"username": "ada", "sections": "Monday"}, 400, "invalid", "/sections"),
        ({"username": "ada", "sections": [str(NOBODY)]}, 400, "invalid", "/sections"),
    ],
)
def test_person_added_wrongly_is_refused_at_its_place(
    api, instructor, seminar, student, body, status, code, pointer
):
    UserFactory(username="ada")
    client = api(instructor, scopes=EVERY)

    expect_problem(client.post(members(seminar), body, format="json"), status, code, pointer)

    assert seminar.memberships.count() == 2


def test_member_changed_is_answered(api, instructor, seminar, assistant, section):
    body = {"is_limited": True, "sections": [str(section.pk)]}

    response = api(instructor, scopes=EVERY).patch(member(seminar, assistant), body, format="json")

    assert response.status_code == 200
    changed = response.json()
    assert (changed["role"], changed["is_limited"]) == ("assistant", True)
    assert changed["sections"] == [{"id": str(section.pk), "name": "Monday"}]


@pytest.mark.parametrize(
    ("body", "pointer"), [({"role": "guest"}, "/role"), ({"role": "student"}, "/role")]
)
def test_last_instructor_is_not_changed(api, instructor, seminar, body, pointer):
    client = api(instructor, scopes=EVERY)

    expect_problem(
        client.patch(member(seminar, instructor), body, format="json"), 400, "invalid", pointer
    )


def test_member_removed_is_gone(api, instructor, seminar, student):
    client = api(instructor, scopes=EVERY)

    assert client.delete(member(seminar, student)).status_code == 204
    expect_problem(client.get(member(seminar, student)), 404, "not_found")


def test_member_leaves_by_removing_himself(api, seminar, student):
    client = api(student, scopes=EVERY)

    assert client.delete(member(seminar, student)).status_code == 204
    expect_problem(client.get(members(seminar)), 404, "not_found")


def test_last_instructor_does_not_leave(api, instructor, seminar):
    response = api(instructor, scopes=EVERY).delete(member(seminar, instructor))

    expect_problem(response, 409, "invalid_state")


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_members_are_changed_by_instructors_only(request, api, seminar, classmate, role):
    client = api(request.getfixturevalue(role), scopes=EVERY)

    expect_denied(client.post(members(seminar), {"nonsense": 1}, format="json"))
    expect_denied(client.patch(member(seminar, classmate), {"nonsense": 1}, format="json"))
    expect_denied(client.delete(member(seminar, classmate)))


@pytest.mark.parametrize("call", ["post", "patch", "delete"])
def test_members_are_changed_with_the_scope_admin_only(api, instructor, seminar, student, call):
    client = api(instructor, scopes=("read", "write", "roster:read"))
    address = members(seminar) if call == "post" else member(seminar, student)

    expect_problem(getattr(client, call)(address, {}, format="json"), 403, "insufficient_scope")


@pytest.mark.parametrize("call", ["patch", "delete"])
def test_member_of_another_seminar_is_missing(api, instructor, seminar, outsider, call):
    client = api(instructor, scopes=EVERY)

    expect_problem(
        getattr(client, call)(member(seminar, outsider), {"x": 1}, format="json"), 404, "not_found"
    )


def test_members_of_an_archived_seminar_stay(api, instructor, student):
    seminar = SeminarFactory(archived_at="2026-01-01T00:00Z")
    for user, role in ((instructor, "instructor"), (student, "student")):
        MembershipFactory(seminar=seminar, user=user, role=role)

    expect_denied(api(instructor, scopes=EVERY).delete(member(seminar, student)))
