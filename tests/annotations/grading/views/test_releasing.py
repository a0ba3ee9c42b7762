"""The page of a release: what becomes visible to whom, asked once more, done, taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from annotations.enums import Status
from annotations.grading.actions.grades import adjust_grade
from annotations.grading.enums import GradeState
from annotations.grading.models import Grade, GradingPlan, Release, Sheet
from annotations.models import Annotation
from tests.annotations.grading.views.conftest import words
from tests.expect import expect_constant_queries, expect_denied
from tests.factories.grading import GradeFactory, WorkFactory
from tests.factories.seminars import GroupFactory


@pytest.fixture
def address(at_grading, graded_work):
    return f"{at_grading}release/"


@pytest.fixture
def unmarked(graded_plan, classmate):
    return GradeFactory(
        work=WorkFactory(assignment=graded_plan.assignment, student=classmate, alias="Loud Pulley")
    )


def sent(of, step="release", **given):
    """What the page sends of the work as it stands."""
    grade = Grade.objects.get(work=of)
    counter = GradingPlan.objects.get().counter
    return {
        "step": step,
        "counter": counter,
        "work": [str(of.pk)],
        "seen": [f"{of.pk}:{grade.version}"],
    } | given


def test_release_page_tells_numbers_of_the_ready_and_names_the_missing(
    page, instructor, address, unmarked, classmate, student
):
    response = page(instructor).get(address)

    told = words(response)
    assert response["Cache-Control"] == "private, no-store"
    assert "1 grade is ready" in told
    assert "<b>8</b> of 10" in told
    assert student.display_name in told
    assert "1 mark is missing" in told
    missing = told.partition("1 mark is missing")[2]
    assert classmate.display_name in missing
    assert "Not started" in missing


def test_release_page_in_blind_marking_names_aliases(
    page, instructor, address, unmarked, student, classmate
):
    GradingPlan.objects.update(is_blind=True)

    told = words(page(instructor).get(address))

    assert "Quiet Lever" in told
    assert "Loud Pulley" in told
    for person in (student, classmate):
        assert person.display_name not in told
        assert person.username not in told
        assert str(person.pk) not in told


def test_release_of_a_work_that_was_changed_since_warns_on_both_pages(
    page, instructor, address, graded_work
):
    client = page(instructor)
    warning = "1 of these works has been changed since it was collected."

    assert warning not in words(client.get(address))
    Annotation.objects.update(status=Status.WITHDRAWN)
    shown, asked = client.get(address), client.post(address, sent(graded_work, "look"))

    for response in (shown, asked):
        told = words(response)
        assert warning in told
        assert f'works/{graded_work.pk}/">changed since<' in told


def test_release_is_asked_once_more_and_then_shown(page, instructor, student, address, graded_work):
    client = page(instructor)

    asked = client.post(address, sent(graded_work, "look"))
    assert asked.status_code == 200
    assert "Show 1 grade?" in words(asked)
    assert not Release.objects.exists()
    done = client.post(address, sent(graded_work), follow=True)

    release = Release.objects.get()
    until = timezone.localtime(release.undo_until).strftime("%H:%M")
    assert f"Take back (until {until})" in words(done)
    assert [sheet.content["final"] for sheet in Sheet.objects.visible_to(student)] == ["8.00"]


def test_release_of_a_stale_preview_is_refused_with_what_changed(
    page, instructor, address, graded_work
):
    form = sent(graded_work)
    grade = Grade.objects.get()
    adjust_grade(
        actor=instructor,
        work_id=graded_work.pk,
        adjustment=Decimal(-1),
        reason="A slip.",
        version=grade.version,
    )

    response = page(instructor).post(address, form)

    assert response.status_code == 412
    assert "adjusted the grade: Adjustment 0.00 → -1.00, Final 8.00 → 7.00" in words(response)
    assert not Release.objects.exists()


def test_release_after_others_became_ready_is_refused_and_says_so(
    page, instructor, address, graded_work
):
    form = sent(graded_work, "look")
    GradingPlan.objects.update(counter=99)

    response = page(instructor).post(address, form)

    assert response.status_code == 412
    assert "None of the grades that you were to release has moved" in words(response)


def test_release_of_nothing_ticked_is_refused(page, instructor, address, graded_work):
    response = page(instructor).post(address, sent(graded_work, work=[]))

    assert response.status_code == 400
    assert "Tick at least one grade" in words(response)


def test_release_page_of_a_section_shows_its_people_alone(
    page, instructor, address, student, seminar
):
    section = GroupFactory(seminar=seminar, kind="section", name="Monday")
    other = GroupFactory(seminar=seminar, kind="section", name="Friday")
    section.members.add(student)
    client = page(instructor)

    assert "1 grade is ready" in words(client.get(address, {"section": str(section.pk)}))
    # A section in which nobody has a work is none of the choices.
    assert "1 grade is ready" in words(client.get(address, {"section": str(other.pk)}))
    assert "Friday" not in words(client.get(address))


def test_release_taken_back_hides_the_sheets(page, instructor, student, address, released):
    client = page(instructor)

    response = client.post(f"{address}{released.pk}/undo/", follow=True)

    assert "Taken back: 1 grade is hidden again." in words(response)
    assert not Sheet.objects.visible_to(student).exists()
    assert Grade.objects.get().state == GradeState.READY


def test_release_taken_back_too_late_stands_and_says_why(page, instructor, address, released):
    Release.objects.update(undo_until=timezone.now() - timedelta(seconds=1))

    response = page(instructor).post(f"{address}{released.pk}/undo/", follow=True)

    told = words(response)
    assert "A release can be taken back for ten minutes" in told
    assert "Take back (until" not in told
    assert Grade.objects.get().state == GradeState.RELEASED


@pytest.mark.parametrize("who", ["assistant", "student", "observer"])
def test_release_page_is_for_instructors(page, address, who, request):
    expect_denied(page(request.getfixturevalue(who)).get(address))


def test_release_page_asks_as_often_for_many(page, instructor, address, graded_plan):
    client = page(instructor)

    def grow():
        for _ in range(3):
            work = WorkFactory(assignment=graded_plan.assignment)
            GradeFactory(work=work, raw=5, final=5, state=GradeState.READY)

    assert expect_constant_queries(lambda: client.get(address), grow=grow) <= 16
