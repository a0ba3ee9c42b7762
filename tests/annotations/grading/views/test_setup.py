"""The set-up of grading: one page, what it would move, the end of blind marking, others alike."""

from datetime import timedelta

import pytest
from django.utils import timezone

from annotations.grading.enums import MarkState, Verb
from annotations.grading.models import Grade, GradingPlan
from tests.expect import expect_constant_queries
from tests.factories.assignments import AssignmentFactory
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    WorkFactory,
    rubric_of,
)


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
    return f"/seminars/{assignment.seminar.slug}/{assignment.slug}/grading/setup/"


def words(response):
    return " ".join(response.content.decode().split())


def filled(rubric=None, **given):
    """The form as it opens for a plan by default, with what is given."""
    return {
        "rubric": str(rubric.pk) if rubric else "",
        "points": "",
        "marking_mode": "single",
        "tolerance": "0",
        "agreement_rule": "mean",
        "sample_percent": "10",
        "sample_least": "10",
        "pass_percent": "50",
        "release_mode": "manual",
        "release_at": "",
        "late_owner": "nobody",
        "late_rule": "each",
        "late_percent": "10",
        "late_interval": "day",
        "late_floor": "0",
        "regrade_days": "7",
        "regrade_wait_hours": "0",
        "act": "save",
        "reason": "",
    } | given


def graded(plan, **fields):
    """A work with a submitted mark of 7 and a grade that is ready."""
    work = WorkFactory(assignment=plan.assignment)
    mark = MarkFactory(work=work, total=7, state=MarkState.SUBMITTED, submitted_at=timezone.now())
    basis = {"rule": "single", "marks": {str(mark.pk): mark.version}}
    GradeFactory(work=work, raw=7, final=7, **{"state": "ready", "basis": basis} | fields)
    return work


def test_set_up_opens_with_what_is_usual(page, instructor, address, rubric):
    response = page(instructor).get(address)

    told = words(response)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert f'<option value="{rubric.pk}">Commentary</option>' in told
    assert "Grades come out when your instructor releases them." in told


def test_grading_is_set_up_and_shown(page, instructor, address, rubric, assignment):
    client = page(instructor)

    response = client.post(address, filled(rubric, points="20", is_blind="on"))

    plan = GradingPlan.objects.get(assignment=assignment)
    assert (response.status_code, response["Location"]) == (302, address)
    assert (plan.rubric_version.rubric, plan.points, plan.is_blind) == (rubric, 20, True)
    told = words(client.get(address))
    assert "Graded out of 20 points." in told
    assert "What you show." in told
    assert "What to look for." not in told


def test_students_see_their_side_of_it_alone(page, instructor, address, plan):
    GradingPlan.objects.update(
        release_mode="scheduled", release_at="2031-05-01T12:00Z", late_owner="us", regrade_days=1
    )

    aside = words(page(instructor).get(address)).partition("<aside")[2]

    assert "Grades come out on" in aside
    assert "Lateness takes 10 percent off, counted in days." in aside
    assert "For 1 day after that you can ask for another look." in aside
    assert "tolerance" not in aside


def test_late_work_that_does_not_count_is_said(page, instructor, address, plan):
    GradingPlan.objects.update(late_owner="us", late_rule="drop")

    assert "What comes late does not count." in words(page(instructor).get(address))


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"points": "0"}, "points"),
        ({"points": "many"}, "points"),
        ({"release_mode": "scheduled"}, "release_at"),
        ({"late_percent": "101"}, "late_percent"),
        ({"tolerance": "11"}, "tolerance"),
        ({"regrade_days": "366"}, "regrade_days"),
        ({"rubric": "x"}, "rubric"),
    ],
    ids=["zero", "word", "when", "percent", "tolerance", "days", "rubric"],
)
def test_member_that_cannot_be_is_marked(given, field, page, instructor, address, plan, rubric):
    response = page(instructor).post(address, filled(rubric, version="1") | given)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]


def test_what_would_move_is_shown_before_and_saved_with_a_reason(
    page, instructor, address, plan, rubric
):
    work = graded(plan)
    client = page(instructor)
    data = filled(rubric, version="1", points="20")

    tried = client.post(address, data | {"act": "try"})
    refused = client.post(address, data)
    saved = client.post(address, data | {"reason": "Out of twenty."})

    for response in (tried, refused):
        told = words(response)
        assert "moves 1 score, by +7 to +7" in told
        assert work.student.display_name in told
    assert (tried.status_code, refused.status_code, saved.status_code) == (200, 400, 302)
    assert Grade.objects.get(work=work).final == 14
    assert GradingPlan.objects.get().version == 2


def test_what_was_tried_hides_names_where_marking_is_blind(page, instructor, address, plan, rubric):
    GradingPlan.objects.update(is_blind=True)
    work = graded(plan)

    told = words(
        page(instructor).post(
            address, filled(rubric, version="1", points="20", is_blind="on", act="try")
        )
    )

    assert work.alias in told
    assert work.student.display_name not in told
    assert work.student.username not in told


def test_nothing_is_tried_before_there_is_a_plan(page, instructor, address):
    response = page(instructor).post(address, filled(act="try"))

    assert "Nothing: it is not set up yet." in words(response)
    assert not GradingPlan.objects.exists()


def test_change_refused_is_shown_at_its_field(page, instructor, address, plan, rubric, seminar):
    graded(plan)
    other = rubric_of(seminar=seminar).rubric

    for act in ("try", "save"):
        response = page(instructor).post(address, filled(other, version="1", act=act))
        assert response.status_code == 400
        assert list(response.context["form"].errors) == ["rubric"]


def test_saved_by_somebody_else_meanwhile_shows_both_and_asks(
    page, instructor, address, plan, rubric
):
    client = page(instructor)
    client.post(address, filled(rubric, version="1", regrade_days="3"))

    response = client.post(address, filled(rubric, version="1", regrade_days="14"))

    told = words(response)
    assert response.status_code == 412
    assert "Somebody has changed how this is graded since you opened it." in told
    assert "<td>3</td><td>14</td>" in told
    assert '<input type="hidden" name="version" value="2">' in told
    client.post(address, filled(rubric, version="2", regrade_days="14"))
    assert GradingPlan.objects.get().regrade_days == 14


def test_set_up_is_the_instructors(page, assistant, student, outsider, address):
    statuses = [page(user).get(address).status_code for user in (assistant, student, outsider)]

    assert statuses == [403, 403, 404]


def test_set_up_asks_as_often_for_three_rubrics(page, instructor, address, plan, seminar):
    client = page(instructor)

    expect_constant_queries(
        lambda: client.get(address),
        grow=lambda: [rubric_of(seminar=seminar), rubric_of(seminar=seminar)],
    )


# -- the end of blind marking ------------------------------------------------------------------------


def test_blind_marking_ends_with_a_reason(page, instructor, address, plan):
    GradingPlan.objects.update(is_blind=True, collected_at=timezone.now())
    work = graded(plan, state="in_progress")
    client = page(instructor)
    assert f'href="{address}names/"' in words(client.get(address))
    assert client.get(f"{address}names/").status_code == 200

    refused = client.post(f"{address}names/", {"version": "1", "reason": ""})
    stale = client.post(f"{address}names/", {"version": "9", "reason": "A complaint."})
    ended = client.post(f"{address}names/", {"version": "1", "reason": "A complaint."})

    assert (refused.status_code, stale.status_code, ended["Location"]) == (400, 400, address)
    event = Grade.objects.get(work=work).events.get()
    assert (event.verb, event.reason, event.actor) == (
        Verb.BROKE_BLIND,
        "A complaint.",
        instructor,
    )
    assert not GradingPlan.objects.get().hides_names
    assert "The names are known here already." in words(client.get(f"{address}names/"))


def test_names_and_others_are_asked_for_with_a_plan_alone(page, instructor, address):
    for ending in ("names/", "apply/"):
        assert page(instructor).get(address + ending)["Location"] == address


# -- others alike ------------------------------------------------------------------------------------


def test_others_are_graded_alike(page, instructor, address, plan):
    essay = plan.assignment.essay
    new = AssignmentFactory(essay=essay, title="New")
    old = AssignmentFactory(essay=essay, title="Old")
    done = AssignmentFactory(essay=essay, title="Done")
    GradingPlanFactory(assignment=old, points=5)
    GradingPlanFactory(assignment=done, collected_at=timezone.now())
    client = page(instructor)

    told = words(client.get(f"{address}apply/"))
    response = client.post(
        f"{address}apply/", {"version": "1", "assignments": [str(new.pk), str(old.pk)]}
    )

    assert "New (not set up yet)" in told
    assert "Old (its set-up is replaced)" in told
    assert ">Done</a>" in told
    assert response["Location"] == address
    assert GradingPlan.objects.get(assignment=new).rubric_version == plan.rubric_version
    assert GradingPlan.objects.get(assignment=old).points is None


@pytest.mark.parametrize("given", [{}, {"assignments": ["x"]}], ids=["none", "unknown"])
def test_others_that_are_none_are_refused(given, page, instructor, address, plan):
    AssignmentFactory(essay=plan.assignment.essay)

    response = page(instructor).post(f"{address}apply/", {"version": "1"} | given)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["assignments"]


def test_others_there_are_none(page, instructor, address, plan):
    told = words(page(instructor).get(f"{address}apply/"))

    assert "There is no other assignment" in told


def test_others_ask_as_often_for_three(page, instructor, address, plan):
    essay = plan.assignment.essay
    AssignmentFactory(essay=essay)
    client = page(instructor)

    expect_constant_queries(
        lambda: client.get(f"{address}apply/"),
        grow=lambda: [AssignmentFactory(essay=essay), AssignmentFactory(essay=essay)],
    )


def test_time_of_release_is_typed_by_the_seminars_clocks(
    page, instructor, address, plan, rubric, seminar
):
    seminar.time_zone = "Europe/Berlin"
    seminar.save()
    day = (timezone.now() + timedelta(days=400)).year

    page(instructor).post(
        address,
        filled(rubric, version="1", release_mode="scheduled", release_at=f"{day}-01-15T12:00"),
    )

    assert GradingPlan.objects.get().release_at.isoformat() == f"{day}-01-15T11:00:00+00:00"
