"""How an assignment is graded, in the API."""

from datetime import timedelta

import jsonschema
import pytest
from django.utils import timezone

from annotations.grading.actions.rubrics import publish_rubric_version
from annotations.grading.enums import MarkState, Verb
from annotations.grading.formats import as_json
from annotations.grading.models import Grade, GradingPlan
from annotations.grading.queries.rubrics import content_of, latest_of
from debate.accounts.models import IdempotencyKey
from debate.core.api.schema import description
from tests.expect import expect_constant_queries, expect_problem
from tests.factories.assignments import AssignmentFactory
from tests.factories.grading import (
    CriterionFactory,
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    MarkPartFactory,
    WorkFactory,
    rubric_of,
)

SCOPES = ("marks:read", "marks:write")


@pytest.fixture
def rubric(seminar, instructor):
    return rubric_of(seminar=seminar, owner=instructor, title="Commentary").rubric


@pytest.fixture
def plan(assignment, rubric, instructor):
    return GradingPlanFactory(
        assignment=assignment, rubric_version=rubric.versions.get(), created_by=instructor
    )


@pytest.fixture
def address(assignment):
    return f"/api/v1/assignments/{assignment.pk}/grading-plan/"


@pytest.fixture
def program(api):
    """A client with a token that reads and writes how things are graded."""
    return lambda user, **options: api(user, **{"scopes": SCOPES, **options})


def graded(plan):
    """A work with a submitted mark: 2, 2 and 3 points; its grade is ready."""
    work = WorkFactory(assignment=plan.assignment)
    mark = MarkFactory(work=work, total=7, state=MarkState.SUBMITTED, submitted_at=timezone.now())
    claim, evidence, style = plan.rubric_version.criteria.all()
    for criterion in (claim, evidence):
        level = criterion.levels.get(points=2)
        MarkPartFactory(mark=mark, criterion=criterion, points=2, level=level)
    MarkPartFactory(mark=mark, criterion=style, points=3)
    basis = {"rule": "single", "marks": {str(mark.pk): mark.version}}
    GradeFactory(work=work, raw=7, final=7, state="ready", basis=basis)
    return work


def test_plan_is_set_up_and_read(program, instructor, address, rubric, assignment):
    client = program(instructor)
    expect_problem(client.get(address), 404, "not_found")
    body = {"rubric": str(rubric.pk), "points": 20, "is_blind": True, "tolerance": "1.5"}

    response = client.put(address, body, format="json")

    told = response.json()
    assert response.status_code == 201
    assert told == client.get(address).json()
    assert (told["assignment"], told["rubric"]) == (str(assignment.pk), str(rubric.pk))
    assert (told["points"], told["is_blind"], told["tolerance"]) == ("20.00", True, "1.50")
    assert (told["marking_mode"], told["release_mode"], told["version"]) == (
        "single",
        "manual",
        1,
    )
    assert [one["title"] for one in told["rubric_version"]["criteria"]] == [
        "Claim",
        "Evidence",
        "Style",
    ]


def test_plan_is_replaced_by_what_is_usual(program, instructor, address, plan):
    GradingPlan.objects.update(points=50, regrade_days=3)
    client = program(instructor, if_match=None)

    missing = client.put(address, {"regrade_days": 5}, format="json")
    done = client.put(address, {"regrade_days": 5, "version": 1}, format="json")

    expect_problem(missing, 428, "precondition_required")
    told = done.json()
    assert (told["rubric"], told["rubric_version"], told["points"], told["regrade_days"]) == (
        None,
        None,
        None,
        5,
    )


def test_student_is_told_what_is_theirs_alone(program, student, address, plan):
    GradingPlan.objects.update(
        is_blind=True, marking_mode="blind_double", collected_at=timezone.now()
    )

    told = program(student).get(address).json()

    assert (told["points"], told["release_mode"], told["regrade_days"]) == (None, "manual", 7)
    hidden = (
        "is_blind", "names_known_at", "marking_mode", "tolerance", "agreement_rule",
        "sample_percent", "sample_least", "pass_percent", "collected_at",
    )  # fmt: skip
    assert [told[name] for name in hidden] == [None] * 9
    criteria = told["rubric_version"]["criteria"]
    assert [one["marker_text"] for one in criteria] == [None] * 3
    assert [one["student_text"] for one in criteria] == ["What you show."] * 3


@pytest.mark.parametrize("reader", ["student", "instructor"])
def test_plan_is_as_its_description_says(program, reader, request, address, plan):
    schemas = {"components": {"schemas": description()["components"]["schemas"]}}

    told = program(request.getfixturevalue(reader)).get(address).json()

    schema = {"$ref": "#/components/schemas/GradingPlan", **schemas}
    jsonschema.Draft202012Validator(schema).validate(told)


def test_plan_is_for_members_and_changed_by_instructors(
    program, assistant, student, outsider, address, plan
):
    assert program(assistant).get(address).json()["marking_mode"] == "single"
    for user in (assistant, student):
        expect_problem(program(user).patch(address, "{"), 403, "not_allowed")
        expect_problem(program(user).put(address, "{"), 403, "not_allowed")
    expect_problem(program(outsider).get(address), 404, "not_found")
    expect_problem(program(outsider).patch(address, "{"), 404, "not_found")


def test_plan_changes_what_is_given_from_the_version_that_was_seen(
    program, instructor, address, plan
):
    client = program(instructor, if_match=None)
    tag = client.get(address)["ETag"]

    missing = client.patch(address, {"points": 20}, format="json")
    done = client.patch(address, {"points": 20}, format="json", headers={"If-Match": tag})
    stale = client.patch(address, {"points": 5}, format="json", headers={"If-Match": tag})
    null = client.patch(address, {"points": None, "version": 2}, format="json")

    expect_problem(missing, 428, "precondition_required")
    assert (done.json()["points"], done.json()["version"]) == ("20.00", 2)
    assert expect_problem(stale, 412, "stale_version")["current"]["points"] == "20.00"
    assert (null.json()["points"], null.json()["version"]) == (None, 3)


@pytest.mark.parametrize(
    ("body", "code", "pointer"),
    [
        ({"colour": 1}, "invalid", "/colour"),
        ({"points": 0}, "invalid", "/points"),
        ({"points": False}, "invalid", "/points"),
        ({"marking_mode": "triple"}, "invalid", "/marking_mode"),
        ({"release_mode": "scheduled"}, "invalid", "/release_at"),
        ({"rubric": "00000000-0000-7000-8000-000000000000"}, "invalid", "/rubric"),
        ({"sample_percent": 101}, "invalid", "/sample_percent"),
    ],
    ids=["unknown", "zero", "switch", "mode", "when", "rubric", "percent"],
)
def test_plan_with_a_wrong_member_is_refused(
    body, code, pointer, program, instructor, address, plan
):
    response = program(instructor).patch(address, body, format="json")

    expect_problem(response, 400, code, pointer)


def test_change_that_moves_scores_is_tried_and_needs_a_reason(program, instructor, address, plan):
    work = graded(plan)
    client = program(instructor)

    tried = client.post(f"{address}try/", {"points": 20}, format="json").json()
    refused = client.patch(address, {"points": 20}, format="json")
    done = client.patch(address, {"points": 20, "reason": "Out of twenty."}, format="json")

    assert tried == {
        "works": 1,
        "marks": 1,
        "moved": [
            {
                "work": str(work.pk),
                "name": work.student.display_name,
                "before": "7.00",
                "after": "14.00",
            }
        ],
        "looks": [],
        "released": [],
    }
    expect_problem(refused, 400, "reason_required", "/reason")
    assert done.status_code == 200
    event = Grade.objects.get(work=work).events.get()
    assert (event.verb, event.via, event.reason) == (Verb.RECOMPUTED, "api", "Out of twenty.")


def test_trial_is_told_under_aliases_where_marking_is_blind(program, instructor, address, plan):
    GradingPlan.objects.update(is_blind=True)
    work = graded(plan)

    told = program(instructor).post(f"{address}try/", {"points": 20}, format="json").content

    assert work.alias.encode() in told
    for hidden in (work.student.display_name, work.student.username, str(work.student_id)):
        assert hidden.encode() not in told


def test_nothing_can_be_tried_or_moved_without_a_plan(program, instructor, address):
    client = program(instructor)

    expect_problem(client.post(f"{address}try/", {}, format="json"), 404, "not_found")
    expect_problem(client.post(f"{address}move/", {"number": 1}, format="json"), 404, "not_found")


def test_rubric_with_marks_is_not_replaced(program, instructor, address, plan, seminar):
    graded(plan)
    other = rubric_of(seminar=seminar).rubric

    response = program(instructor).patch(address, {"rubric": str(other.pk)}, format="json")

    expect_problem(response, 409, "marks_exist", "/rubric")


def test_trial_of_a_move_keeps_no_key(program, instructor, address, plan):
    response = program(instructor).post(
        f"{address}move/",
        {"number": 1, "dry_run": True},
        format="json",
        headers={"Idempotency-Key": "a-key"},
    )

    assert response.status_code == 200
    assert not IdempotencyKey.objects.exists()


def test_plan_is_taken_to_another_version(program, instructor, address, plan, rubric):
    work = graded(plan)
    value = as_json.as_value("", content_of(latest_of(rubric)))
    value["criteria"][0]["levels"][2]["points"] = "1"
    publish_rubric_version(
        actor=instructor, rubric_id=rubric.pk, version=None, content=as_json.read(value)[1]
    )
    client = program(instructor)

    shown = client.post(f"{address}move/", {"number": 2, "dry_run": True}, format="json").json()
    assert Grade.objects.get(work=work).final == 7
    refused = client.post(f"{address}move/", {"number": 2}, format="json")
    done = client.post(f"{address}move/", {"number": 2, "reason": "Too kind."}, format="json")

    assert shown["moved"] == done.json()["moved"]
    assert [(one["before"], one["after"]) for one in shown["moved"]] == [("7.00", "6.00")]
    expect_problem(refused, 400, "reason_required", "/reason")
    assert Grade.objects.get(work=work).final == 6
    assert GradingPlan.objects.get().rubric_version.number == 2
    unknown = client.post(f"{address}move/", {"number": 9}, format="json")
    expect_problem(unknown, 409, "invalid_state")


def test_blind_marking_ends(program, instructor, address, plan):
    GradingPlan.objects.update(is_blind=True, collected_at=timezone.now())
    client = program(instructor)
    refused = client.patch(address, {"is_blind": False}, format="json")
    expect_problem(refused, 409, "works_collected", "/is_blind")

    ended = client.post(f"{address}end-blind/", {"version": 1}, format="json")

    assert ended.json()["names_known_at"] is not None
    again = client.post(f"{address}end-blind/", {}, format="json")
    expect_problem(again, 409, "invalid_state")


def test_plan_is_applied_to_others(program, instructor, address, plan):
    other, done = (AssignmentFactory(essay=plan.assignment.essay) for _ in range(2))
    GradingPlanFactory(assignment=done, collected_at=timezone.now() - timedelta(days=1))
    client = program(instructor)

    made = client.post(f"{address}apply/", {"assignments": [str(other.pk)]}, format="json").json()
    refused = client.post(f"{address}apply/", {"assignments": [str(done.pk)]}, format="json")
    none = client.post(f"{address}apply/", {"assignments": []}, format="json")

    assert [one["assignment"] for one in made] == [str(other.pk)]
    expect_problem(refused, 409, "works_collected", "/assignments")
    expect_problem(none, 400, "invalid", "/assignments")


def test_plan_asks_as_often_for_three_more_criteria(program, instructor, address, plan):
    client = program(instructor)

    def grow():
        for _ in range(3):
            CriterionFactory(rubric_version=plan.rubric_version)

    expect_constant_queries(lambda: client.get(address), grow=grow)
