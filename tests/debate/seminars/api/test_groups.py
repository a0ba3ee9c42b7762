"""Groups in the API: read by members, changed by instructors whose token may."""

import uuid

import pytest

from debate.seminars.actions import begin_student_view
from debate.seminars.models import Group
from tests.expect import (
    expect_constant_queries,
    expect_denied,
    expect_problem,
    expect_same_as_absent,
)
from tests.factories.seminars import GroupFactory, MembershipFactory

MANAGE = ("read", "write", "admin")


def groups(seminar):
    return f"/api/v1/seminars/{seminar.pk}/groups/"


def group_at(group):
    return f"{groups(group.seminar)}{group.pk}/"


def iso(moment):
    return moment.isoformat().replace("+00:00", "Z")


# -- reading ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["instructor", "assistant", "student", "classmate", "observer"])
def test_group_is_read_by_members(request, api, role, group, student):
    body = {
        "id": str(group.pk),
        "name": "Upstream",
        "kind": "reading",
        "is_open": False,
        "members": [{"id": str(student.pk), "name": "Student"}],
        "created_at": iso(group.created_at),
        "updated_at": iso(group.updated_at),
    }
    client = api(request.getfixturevalue(role))

    assert client.get(group_at(group)).json() == body
    assert client.get(groups(group.seminar)).json()["results"] == [body]


@pytest.mark.parametrize("role", ["outsider", "operator", "anonymous"])
def test_groups_of_others_are_absent(request, api, role, group):
    client = api(request.getfixturevalue(role))

    for address in (groups(group.seminar), group_at(group)):
        expect_same_as_absent(
            client.get(address),
            client.get(address.replace(str(group.seminar_id), str(uuid.uuid4()))),
        )


def test_group_of_another_seminar_is_absent(api, instructor, seminar, other_seminar):
    group = GroupFactory(seminar=other_seminar)

    response = api(instructor, scopes=MANAGE).patch(f"{groups(seminar)}{group.pk}/", {"name": "A"})

    expect_problem(response, 404, "not_found")


def test_who_has_left_is_in_no_group(api, instructor, seminar, group, student):
    seminar.memberships.filter(user=student).delete()

    assert api(instructor).get(group_at(group)).json()["members"] == []


def test_groups_take_constant_queries(api, student, seminar, group):
    client = api(student)

    def grow():
        for _ in range(2):
            GroupFactory(seminar=seminar, members=[MembershipFactory(seminar=seminar).user])

    expect_constant_queries(lambda: client.get(groups(seminar)), grow=grow)


# -- changing ---------------------------------------------------------------------------------------


def test_group_is_made(api, instructor, seminar, student):
    body = {"name": "Source", "kind": "section", "members": [str(student.pk)]}

    response = api(instructor, scopes=MANAGE).post(groups(seminar), body)

    made = Group.objects.get()
    assert response.status_code == 201
    assert response["Location"].endswith(group_at(made))
    assert response.json()["members"] == [{"id": str(student.pk), "name": "Student"}]
    assert (made.name, made.kind, made.is_open) == ("Source", "section", False)


def test_group_is_changed_where_something_is_given(api, instructor, group, classmate):
    client = api(instructor, scopes=MANAGE)

    client.patch(group_at(group), {"members": [str(classmate.pk)]})
    body = client.patch(group_at(group), {"name": "Delta", "is_open": True}).json()

    assert (body["name"], body["is_open"]) == ("Delta", True)
    assert body["members"] == [{"id": str(classmate.pk), "name": "Classmate"}]


def test_group_is_removed(api, instructor, group):
    response = api(instructor, scopes=MANAGE).delete(group_at(group))

    assert response.status_code == 204
    assert not Group.objects.exists()


def test_group_in_use_stays(api, instructor, group, assignment):
    assignment.groups.add(group)

    response = api(instructor, scopes=MANAGE).delete(group_at(group))

    expect_problem(response, 409, "group_in_use")


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_groups_are_changed_by_instructors_only(request, api, role, group):
    client = api(request.getfixturevalue(role), scopes=MANAGE)

    expect_denied(client.post(groups(group.seminar), {}))
    expect_denied(client.patch(group_at(group), {}))
    expect_denied(client.delete(group_at(group)))


def test_groups_are_changed_with_the_scope_only(api, instructor, group):
    response = api(instructor).patch(group_at(group), {"name": "A"})

    expect_problem(response, 403, "insufficient_scope")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/name"),
        ({"name": 7}, "/name"),
        ({"name": "A", "kind": "choir"}, "/kind"),
        ({"name": "A", "is_open": 1}, "/is_open"),
        ({"name": "A", "kind": "section", "is_open": True}, "/is_open"),
        ({"name": "A", "members": "all"}, "/members"),
        ({"name": "A", "members": [str(uuid.UUID(int=7))]}, "/members"),
        ({"name": "A", "colour": "red"}, "/colour"),
    ],
)
def test_group_that_cannot_be_names_the_place(body, pointer, api, instructor, seminar):
    response = api(instructor, scopes=MANAGE).post(groups(seminar), body)

    assert response.status_code == 400
    assert [one["pointer"] for one in response.json()["errors"]] == [pointer]


def test_group_of_a_taken_name_conflicts(api, instructor, seminar, group):
    response = api(instructor, scopes=MANAGE).post(groups(seminar), {"name": "Upstream"})

    expect_problem(response, 409, "conflict", "/name")


def test_group_takes_neither_outsiders_nor_the_stand_in(api, instructor, seminar, outsider):
    stand_in = begin_student_view(actor=instructor, seminar=seminar)
    client = api(instructor, scopes=MANAGE)

    for user in (outsider, stand_in):
        response = client.post(groups(seminar), {"name": "A", "members": [str(user.pk)]})
        expect_problem(response, 400, "invalid", "/members")
