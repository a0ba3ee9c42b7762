"""Own dates in the API: read by whom they concern, granted by instructors."""

import uuid
from datetime import UTC, datetime

import pytest

from debate.assignments.models import Assignment, Extension
from debate.seminars.models import Membership
from tests.expect import expect_constant_queries, expect_problem, expect_same_as_absent
from tests.factories.assignments import ExtensionFactory
from tests.factories.seminars import GroupFactory

DUE = datetime(2030, 3, 12, tzinfo=UTC)


@pytest.fixture
def assignment(assignment):
    Assignment.objects.update(due_at=datetime(2030, 3, 9, tzinfo=UTC))
    return Assignment.objects.get()


@pytest.fixture
def path(assignment):
    return f"/api/v1/assignments/{assignment.pk}/extensions/"


@pytest.fixture
def extensions(assignment, student, classmate):
    return [
        ExtensionFactory(assignment=assignment, user=one, due_at=DUE, reason_code="technical")
        for one in (student, classmate)
    ]


def test_instructor_reads_all_with_reasons(api, instructor, path, extensions, student):
    [first, second] = api(instructor).get(path).json()["results"]

    assert first == {
        "user": str(student.pk),
        "name": student.display_name,
        "due_at": "2030-03-12T00:00:00Z",
        "closes_at": None,
        "reason_code": "technical",
        "created_at": extensions[0].created_at.isoformat().replace("+00:00", "Z"),
        "updated_at": extensions[0].updated_at.isoformat().replace("+00:00", "Z"),
    }
    assert second["reason_code"] == "technical"


@pytest.mark.parametrize(
    ("role", "reasons"),
    [
        ("assistant", {"student": None, "classmate": None}),
        ("student", {"student": "technical"}),
        ("classmate", {"classmate": "technical"}),
        ("observer", {}),
    ],
)
def test_others_read_what_concerns_them(api, request, path, extensions, role, reasons):
    results = api(request.getfixturevalue(role)).get(path).json()["results"]

    expected = {str(request.getfixturevalue(name).pk): reason for name, reason in reasons.items()}
    assert {one["user"]: one["reason_code"] for one in results} == expected


def test_limited_assistant_reads_dates_of_the_section(
    api, assistant, path, extensions, student, seminar
):
    section = GroupFactory(seminar=seminar, kind="section", members=[student])
    Membership.objects.filter(user=assistant).update(is_limited=True)
    Membership.objects.get(user=assistant).sections.add(section)

    results = api(assistant).get(path).json()["results"]

    assert [one["user"] for one in results] == [str(student.pk)]


def test_limited_assistant_reads_nothing_of_a_students_other_seminar(
    api, assistant, student, seminar, other_seminar
):
    """The section of one seminar opens nothing of another in which the student also reads."""
    section = GroupFactory(seminar=seminar, kind="section", members=[student])
    Membership.objects.filter(user=assistant).update(is_limited=True)
    Membership.objects.get(user=assistant).sections.add(section)
    ExtensionFactory(assignment__essay__seminar=other_seminar, user=student)

    assert list(Extension.objects.visible_to(assistant)) == []


def test_extensions_take_a_fixed_number_of_queries(api, instructor, path, assignment):
    client = api(instructor)

    def grow():
        ExtensionFactory.create_batch(2, assignment=assignment)

    grow()
    expect_constant_queries(lambda: client.get(path), grow=grow)


def test_extension_is_put_and_deleted(api, instructor, path, student):
    client = api(instructor, scopes=("read", "admin"), if_match=None)
    given = {"due_at": "2030-03-12T00:00:00Z", "reason_code": "circumstances"}
    own = f"{path}{student.pk}/"

    put = client.put(own, given, format="json")
    deleted = client.delete(own, HTTP_IF_MATCH=put["ETag"])
    again = client.delete(own)

    assert (put.status_code, deleted.status_code, again.status_code) == (201, 204, 204)
    assert put["Location"] == f"http://testserver{own}"
    assert (put.json()["user"], put.json()["reason_code"]) == (str(student.pk), "circumstances")
    assert not Extension.objects.exists()


def test_extension_is_read_under_the_tag_that_changes_it(
    api, instructor, classmate, path, extensions, student
):
    client = api(instructor, scopes=("read", "admin"), if_match=None)
    own = f"{path}{student.pk}/"
    later = {"due_at": "2030-03-14T00:00:00Z"}
    tag = client.get(own)["ETag"]

    changed = client.put(own, later, HTTP_IF_MATCH=tag)
    stale = client.put(own, {"due_at": "2030-03-15T00:00:00Z"}, HTTP_IF_MATCH=tag)

    assert changed.json()["due_at"] == "2030-03-14T00:00:00Z"
    assert expect_problem(stale, 412, "stale_version")["current"] == changed.json()
    expect_problem(client.put(own, later), 428, "precondition_required")
    expect_problem(client.put(own, later, HTTP_IF_NONE_MATCH="*"), 428, "precondition_required")
    expect_problem(api(classmate).get(own), 404, "not_found")


def test_first_extension_is_granted_only_where_none_is(api, instructor, path, student):
    client = api(instructor, scopes=("read", "admin"), if_match=None)
    given = {"due_at": "2030-03-12T00:00:00Z"}
    own = f"{path}{student.pk}/"

    expect_problem(client.put(own, given, HTTP_IF_MATCH="*"), 412, "stale_version")
    assert client.put(own, given, HTTP_IF_NONE_MATCH="*").status_code == 201
    again = client.put(own, given, HTTP_IF_NONE_MATCH="*", HTTP_IF_MATCH="*")
    expect_problem(again, 412, "stale_version")


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({}, "/due_at"),
        ({"due_at": "2030-03-01T00:00:00Z"}, "/due_at"),
        ({"closes_at": "2030-03-12T00:00:00Z"}, "/closes_at"),
        ({"due_at": "tomorrow"}, "/due_at"),
        ({"due_at": "2030-03-12T00:00:00Z", "reason_code": "laziness"}, "/reason_code"),
    ],
)
def test_extension_that_cannot_be_names_the_member(api, instructor, path, student, given, pointer):
    client = api(instructor, scopes=("read", "admin"), if_match=None)

    response = client.put(f"{path}{student.pk}/", given, format="json")

    expect_problem(response, 400, "invalid", pointer)


@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_extension_is_granted_by_instructors_only(api, request, path, student, role):
    client = api(request.getfixturevalue(role), scopes=("read", "admin"))

    expect_problem(
        client.put(f"{path}{student.pk}/", {"due_at": 7}, format="json"), 403, "not_allowed"
    )
    expect_problem(client.delete(f"{path}{student.pk}/"), 403, "not_allowed")


def test_extension_needs_the_scope_admin(api, instructor, path, student):
    client = api(instructor, scopes=("read", "write"))

    expect_problem(client.delete(f"{path}{student.pk}/"), 403, "insufficient_scope")


def test_person_who_is_no_student_there_is_as_nobody(api, instructor, path, assistant, outsider):
    client = api(instructor, scopes=("read", "admin"))

    for person in (assistant, outsider):
        expect_same_as_absent(
            client.put(f"{path}{person.pk}/", {}, format="json"),
            client.put(f"{path}{uuid.uuid4()}/", {}, format="json"),
        )


def test_extensions_of_a_hidden_assignment_are_as_of_none(api, outsider, path):
    client = api(outsider, scopes=("read", "admin"))
    nowhere = f"/api/v1/assignments/{uuid.uuid4()}/extensions/"

    expect_same_as_absent(client.get(path), client.get(nowhere))
    expect_same_as_absent(
        client.put(f"{path}{outsider.pk}/", {}, format="json"),
        client.put(f"{nowhere}{outsider.pk}/", {}, format="json"),
    )
