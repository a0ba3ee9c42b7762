"""Works collected, added to, held and judged by a third, in the API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.grading.enums import GradeState, MarkingMode, MarkRole, MarkState
from annotations.grading.models import Lease, Work
from debate.seminars.enums import Role
from tests.expect import expect_problem
from tests.factories.annotations import annotation_on
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    LeaseFactory,
    MarkFactory,
    WorkFactory,
)
from tests.factories.seminars import MembershipFactory

SCOPES = ("marks:read", "marks:write")


@pytest.fixture
def plan(assignment):
    return GradingPlanFactory(assignment=assignment)


@pytest.fixture
def work(plan, student):
    work = WorkFactory(assignment=plan.assignment, student=student)
    GradeFactory(work=work)
    return work


@pytest.fixture
def marking(api):
    """`marking(user)`: a client whose token reads and writes marks."""
    return lambda user, **rest: api(user, scopes=SCOPES, **rest)


def collecting(assignment):
    return f"/api/v1/assignments/{assignment.pk}/collect/"


def at(work, step=""):
    return f"/api/v1/works/{work.pk}/{step}"


# -- collecting ------------------------------------------------------------------------------------


def test_collect_makes_a_work_of_each_student_once(plan, assignment, student, assistant, marking):
    client = marking(assistant)

    first, again = (client.post(collecting(assignment)) for _ in range(2))

    made = Work.objects.filter(assignment=assignment)
    assert first.status_code == again.status_code == 200
    assert first.json() == {"works": sorted(str(one.pk) for one in made)}
    assert student.pk in {one.student_id for one in made}
    assert again.json() == {"works": []}


def test_collect_before_the_closing_is_refused(plan, assignment, instructor, marking):
    assignment.closes_at = timezone.now() + timedelta(days=1)
    assignment.save()

    response = marking(instructor).post(collecting(assignment))

    expect_problem(response, 409, "not_closed")
    assert not Work.objects.exists()


def test_collect_without_a_plan_is_absent(assignment, instructor, marking):
    problem = expect_problem(marking(instructor).post(collecting(assignment)), 404, "not_found")

    assert problem["detail"] == "No grading has been set up for this assignment."


def test_key_that_comes_again_collects_once(plan, assignment, student, instructor, marking):
    client = marking(instructor)
    key = {"HTTP_IDEMPOTENCY_KEY": "collect-once"}

    first, again = (client.post(collecting(assignment), **key) for _ in range(2))

    assert first.json() == again.json()
    assert first.json()["works"]


# -- taking in -------------------------------------------------------------------------------------


def test_take_in_adds_what_came_since(work, student, assignment, paragraphs, assistant, marking):
    note = annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)

    response = marking(assistant).post(at(work, "take-in/"))

    assert response.status_code == 200
    assert [one["annotation"] for one in response.json()["items"]] == [str(note.pk)]
    assert response.json()["version"] == work.version + 1
    assert response["Content-Location"] == at(work)


def test_take_in_of_a_released_work_is_refused(
    work, student, assignment, paragraphs, assistant, marking
):
    annotation_on(paragraphs[0], "Fairness", assignment=assignment, author=student)
    work.grade.state, work.grade.raw, work.grade.final = GradeState.RELEASED, 3, 3
    work.grade.save()

    expect_problem(marking(assistant).post(at(work, "take-in/")), 409, "released")


# -- leases ----------------------------------------------------------------------------------------


def test_lease_is_taken_renewed_and_let_go(work, assistant, marking):
    client = marking(assistant)

    taken = client.put(at(work, "lease/"), {})
    renewed = client.put(at(work, "lease/"), {"role": "first"})

    lease = Lease.objects.get(work=work)
    assert (lease.holder_id, lease.role) == (assistant.pk, MarkRole.FIRST)
    assert taken.json()["role"] == renewed.json()["role"] == "first"
    assert taken.json()["held_until"] < renewed.json()["held_until"]
    assert [client.delete(at(work, "lease/")).status_code for _ in range(2)] == [204, 204]
    assert not Lease.objects.exists()


def test_lease_of_somebody_else_is_told_with_its_end(work, assistant, instructor, marking):
    lease = LeaseFactory(work=work, holder=instructor)

    response = marking(assistant).put(at(work, "lease/"), {})

    expect_problem(response, 409, "held")
    assert response.json()["held_until"] == lease.expires_at.isoformat()


def test_lease_in_no_part_is_refused(work, assistant, marking):
    response = marking(assistant).put(at(work, "lease/"), {"role": "fourth"})

    expect_problem(response, 400, "invalid", "/role")


# -- a third marker --------------------------------------------------------------------------------


@pytest.fixture
def second_assistant(seminar):
    return MembershipFactory(seminar=seminar, role=Role.ASSISTANT).user


@pytest.fixture
def disagreed(work, assistant, instructor):
    """The assistant and the instructor have marked the work, and are too far apart."""
    plan = work.assignment.grading_plan
    plan.marking_mode = MarkingMode.OPEN_SECOND
    plan.save()
    submitted = {"work": work, "state": MarkState.SUBMITTED}
    MarkFactory(marker=assistant, total=3, **submitted)
    MarkFactory(marker=instructor, total=9, role=MarkRole.SECOND, **submitted)
    work.grade.state = GradeState.DISAGREED
    work.grade.save()
    return work


def test_third_marker_is_asked_and_asked_no_longer(
    disagreed, second_assistant, instructor, marking
):
    client = marking(instructor)

    asked = client.patch(at(disagreed), {"third_marker": str(second_assistant.pk)})
    nobody = client.patch(at(disagreed), {"third_marker": None})

    assert (asked.status_code, asked.json()["third_marker"]) == (200, str(second_assistant.pk))
    assert (nobody.status_code, nobody.json()["third_marker"]) == (200, None)
    assert nobody.json()["version"] == disagreed.version + 2


def test_third_marker_who_has_marked_the_work_is_refused(disagreed, assistant, instructor, marking):
    response = marking(instructor).patch(at(disagreed), {"third_marker": str(assistant.pk)})

    expect_problem(response, 400, "invalid", "/third_marker")


def test_third_marker_where_nothing_disagrees_is_refused(work, assistant, instructor, marking):
    response = marking(instructor).patch(at(work), {"third_marker": str(assistant.pk)})

    expect_problem(response, 409, "no_disagreement")


def test_third_marker_from_an_older_version_is_stale(
    disagreed, second_assistant, instructor, marking
):
    client = marking(instructor, if_match='"99-0123456789abcdef"')

    response = client.patch(at(disagreed), {"third_marker": str(second_assistant.pk)})

    expect_problem(response, 412, "stale_version")


@pytest.mark.parametrize("named", ["*", '"1"', '"99"'])
def test_change_of_no_markers_is_judged_by_its_version_alone(work, instructor, marking, named):
    response = marking(instructor, if_match=named).patch(at(work), {})

    assert response.status_code == (412 if named == '"99"' else 200)
