"""Works in the API: lists, filters, one work with its facts, markers, and the next one."""

import uuid

import pytest

from annotations.grading.models import Lease, Work
from debate.seminars.enums import GroupKind
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    WorkFactory,
    WorkItemFactory,
)
from tests.factories.seminars import GroupFactory

WORKS = "/api/v1/works/"
SCOPES = ("marks:read", "marks:write")


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student, alias="Quiet Lever")
    GradeFactory(work=work)
    return work


@pytest.fixture
def marking(api):
    """`marking(user)`: a client whose token reads and writes marks."""
    return lambda user: api(user, scopes=SCOPES)


def ids(response):
    return [one["id"] for one in response.json()["results"]]


def test_list_shows_works_with_their_students_to_staff(plan, work, student, instructor, marking):
    body = marking(instructor).get(WORKS, {"assignment": str(plan.assignment_id)}).json()

    assert body["results"] == [
        {
            "id": str(work.pk),
            "assignment": str(plan.assignment_id),
            "student": {"id": str(student.pk), "name": "Student"},
            "alias": None,
            "state": "not_started",
            "frozen_at": work.frozen_at.isoformat().replace("+00:00", "Z"),
            "snapshot_hash": work.snapshot_hash,
            "first_at": None,
            "last_at": None,
            "item_count": 0,
            "late_count": 0,
            "changed_count": 0,
            "marker": None,
            "second_marker": None,
            "third_marker": None,
            "version": 1,
            "html_url": "http://testserver/seminars/water-policy/who-should-pay/grading/works/"
            f"{work.pk}/",
        }
    ]


def test_blind_list_shows_the_alias_alone(plan, work, instructor, marking):
    plan.is_blind = True
    plan.save()

    (shown,) = marking(instructor).get(WORKS).json()["results"]

    assert (shown["student"], shown["alias"], shown["snapshot_hash"]) == (
        None,
        "Quiet Lever",
        None,
    )


def test_student_sees_the_own_work_without_state_markers_or_alias(
    plan, work, student, instructor, marking
):
    plan.is_blind = True
    plan.save()
    Work.objects.filter(pk=work.pk).update(marker=instructor)
    work.grade.state, work.grade.final = "ready", 7
    work.grade.save()
    WorkFactory(assignment=plan.assignment)

    (shown,) = marking(student).get(WORKS).json()["results"]

    assert shown["student"] == {"id": str(student.pk), "name": "Student"}
    assert (shown["state"], shown["marker"], shown["alias"]) == (None, None, None)
    assert shown["html_url"] == "http://testserver/seminars/water-policy/who-should-pay/"


@pytest.mark.parametrize(
    "query",
    [
        {"state": "not_started"},
        {"marker": "instructor"},
        {"held": "1"},
        {"section": "section"},
        {"late": "1"},
        {"changed": "1"},
    ],
    ids=lambda query: next(iter(query)),
)
def test_list_is_filtered(query, plan, assignment, student, instructor, marking):
    wanted, other = WorkFactory.create_batch(2, assignment=assignment)
    GradeFactory(work=wanted)
    GradeFactory(work=other, state="ready", final=5)
    Work.objects.filter(pk=wanted.pk).update(marker=instructor)
    LeaseFactory(work=wanted, holder=instructor)
    note = AnnotationFactory(assignment=assignment, author=wanted.student, version=2)
    WorkItemFactory(work=wanted, annotation=note, annotation_version=1, late_by=5)
    section = GroupFactory(
        seminar=assignment.seminar, kind=GroupKind.SECTION, members=[wanted.student]
    )
    values = {"instructor": str(instructor.pk), "section": str(section.pk)}
    query = {name: values.get(value, value) for name, value in query.items()}

    assert ids(marking(instructor).get(WORKS, query)) == [str(wanted.pk)]
    # What staff alone know of one's own work, no filter tells.
    own = WorkFactory(assignment=assignment, student=student)
    GradeFactory(work=own)
    GroupFactory(seminar=assignment.seminar, name="Own", members=[student])
    expected = [] if query.keys() & {"state", "marker", "held", "section"} else None
    if expected is not None:
        assert ids(marking(student).get(WORKS, query)) == expected


def test_no_filter_is_the_other_half_of_the_works(plan, work, instructor, marking):
    LeaseFactory(work=work, holder=instructor)
    free = WorkFactory(assignment=plan.assignment)
    GradeFactory(work=free)

    assert ids(marking(instructor).get(WORKS, {"held": "0"})) == [str(free.pk)]
    assert len(ids(marking(instructor).get(WORKS, {"late": "0"}))) == 2


def test_list_takes_as_many_queries_for_many_works(plan, work, instructor, marking):
    client = marking(instructor)

    def grow():
        for one in WorkFactory.create_batch(3, assignment=plan.assignment):
            GradeFactory(work=one)

    expect_constant_queries(lambda: client.get(WORKS), grow=grow)


def test_work_has_its_contributions_and_facts(
    plan, work, student, classmate, instructor, paragraphs, marking
):
    note = annotation_on(paragraphs[0], "water", assignment=plan.assignment, author=student)
    item = WorkItemFactory(work=work, annotation=note, late_by=60)
    ReplyFactory(parent=note, author=classmate)

    body = marking(instructor).get(f"{WORKS}{work.pk}/").json()

    (shown,) = body["items"]
    assert shown == {
        "id": str(item.pk),
        "annotation": str(note.pk),
        "version": 1,
        "number": 1,
        "kind": "comment",
        "posted_at": item.posted_at.isoformat().replace("+00:00", "Z"),
        "late_by": 60,
        "left_out": False,
        "paragraph": 1,
        "exact": "water",
        "body": "A remark.",
        "body_html": "<p>A remark.</p>",
        "attacks": "",
        "counterclaim": "",
        "warrant": "",
        "source": "",
        "locator": "",
        "quote": "",
        "is_reply": False,
        "replies_received": 1,
        "changed_since": False,
    }
    told = {(one["tag"], one["name"]): (one["count"], one["of"]) for one in body["facts"]}
    assert told["", "comment"] == (1, None)
    assert told["", "replies_received"] == (1, None)
    assert ("rebuttal", "challenges_answered") not in told


def test_blind_work_names_nobody(plan, work, student, instructor, marking):
    plan.is_blind = True
    plan.save()
    student.name = "Amira Solberg"
    student.save()
    note = AnnotationFactory(
        assignment=plan.assignment, author=student, body="I, Amira Solberg, object."
    )
    WorkItemFactory(work=work, annotation=note)

    response = marking(instructor).get(f"{WORKS}{work.pk}/")

    (shown,) = response.json()["items"]
    assert (shown["annotation"], shown["body"]) == (None, "I, Quiet Lever, object.")
    assert "Amira" not in response.content.decode()


def test_work_of_another_seminar_is_missing(work, outsider, classmate, marking):
    for person in (outsider, classmate):
        expect_problem(marking(person).get(f"{WORKS}{work.pk}/"), 404, "not_found")


def test_markers_are_assigned_with_the_version(plan, work, instructor, assistant, marking):
    client = marking(instructor)
    tag = client.get(f"{WORKS}{work.pk}/")["ETag"]

    response = client.patch(
        f"{WORKS}{work.pk}/",
        {"marker": str(assistant.pk), "second_marker": str(instructor.pk)},
        format="json",
        HTTP_IF_MATCH=tag,
    )

    body = response.json()
    assert (response.status_code, body["version"]) == (200, 2)
    assert (body["marker"], body["second_marker"]) == (str(assistant.pk), str(instructor.pk))
    stale = client.patch(f"{WORKS}{work.pk}/", {"marker": None}, format="json", HTTP_IF_MATCH=tag)
    expect_problem(stale, 412, "stale_version")
    freed = client.patch(f"{WORKS}{work.pk}/", {"marker": None}, format="json")
    assert freed.json()["marker"] is None


def test_one_person_is_not_both_markers(plan, work, instructor, assistant, marking):
    given = {"marker": str(assistant.pk), "second_marker": str(assistant.pk)}

    response = marking(instructor).patch(f"{WORKS}{work.pk}/", given, format="json")

    expect_problem(response, 400, "invalid", "/marker")


def test_assigning_is_for_instructors(plan, work, student, assistant, marking):
    for person in (student, assistant):
        response = marking(person).patch(f"{WORKS}{work.pk}/", {"marker": None}, format="json")
        expect_problem(response, 403, "not_allowed")


def test_next_work_is_held(plan, work, instructor, marking):
    client = marking(instructor)
    given = {"assignment": str(plan.assignment_id)}

    response = client.post(f"{WORKS}next/", given, format="json")

    body = response.json()
    lease = Lease.objects.get()
    assert (body["work"]["id"], body["role"]) == (str(work.pk), "first")
    assert body["held_until"] == lease.expires_at.isoformat().replace("+00:00", "Z")
    work.grade.state, work.grade.final = "ready", 5
    work.grade.save()
    assert client.post(f"{WORKS}next/", given, format="json").status_code == 204


def test_next_work_is_for_staff(plan, student, outsider, instructor, marking):
    given = {"assignment": str(plan.assignment_id)}

    expect_problem(marking(student).post(f"{WORKS}next/", given, format="json"), 403, "not_allowed")
    for person, body in ((outsider, given), (instructor, {"assignment": str(uuid.uuid4())})):
        expect_problem(marking(person).post(f"{WORKS}next/", body, format="json"), 404, "not_found")
    expect_problem(
        marking(instructor).post(f"{WORKS}next/", {}, format="json"), 400, "invalid", "/assignment"
    )


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", "", ("read", "marks:write")),
        ("POST", "next/", ("write", "marks:read")),
    ],
    ids=["read", "write"],
)
def test_works_need_scopes_of_their_own(method, path, scopes, plan, instructor, api):
    response = api(instructor, scopes=scopes).generic(method, f"{WORKS}{path}")

    expect_problem(response, 403, "insufficient_scope")


def test_works_need_somebody_who_is_known(api):
    expect_problem(api(None).get(WORKS), 401, "not_authenticated")
