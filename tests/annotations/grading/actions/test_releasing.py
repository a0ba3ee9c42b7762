"""Grades shown to students: all of one moment, to be taken back for ten minutes."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from annotations.grading.actions.grades import reopen_grade
from annotations.grading.actions.releasing import (
    release_grades,
    release_when_due,
    take_release_back,
)
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, ReleaseMode
from annotations.grading.models import Grade, GradingPlan, Release, Sheet
from debate.core.errors import InvalidState, Missing, NotAllowed, Stale
from tests.annotations.grading.actions.conftest import submitted
from tests.factories.grading import (
    GradeFactory,
    ItemFeedbackFactory,
    MarkPartFactory,
    WorkFactory,
)

D = Decimal


@pytest.fixture
def ready(plan, work, assistant):
    submitted(work, assistant, 6)
    return settle(plan, work, actor=assistant)


@pytest.fixture
def unmarked(plan, classmate):
    work = WorkFactory(assignment=plan.assignment, student=classmate)
    return GradeFactory(work=work)


def test_release_grades_shows_what_is_ready_and_nothing_else(
    ready, unmarked, instructor, student, classmate, plan
):
    release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
    ready.refresh_from_db()
    assert (release.count, ready.state) == (1, GradeState.RELEASED)
    assert [sheet.content["final"] for sheet in Sheet.objects.visible_to(student)] == ["6.00"]
    assert not Sheet.objects.visible_to(classmate).exists()
    unmarked.refresh_from_db()
    assert unmarked.state == GradeState.NOT_STARTED


def test_sheet_tells_parts_citations_and_feedback_but_no_marker(ready, work, instructor, plan):
    mark = work.marks.get()
    mark.comment, mark.private_note = "Good.", "Check for copying."
    mark.save()
    level = mark.rubric_version.criteria.first().levels.last()
    part = MarkPartFactory(mark=mark, level=level, points=3, comment="Names its source.")
    part.cited.add(work.items.get())
    ItemFeedbackFactory(mark=mark, item=work.items.get(), body="Well put.")
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    content = Sheet.objects.get().content
    (shown,) = content["marks"]
    item = str(work.items.get().pk)
    assert (shown["comment"], shown["feedback"]) == ("Good.", [{"item": item, "body": "Well put."}])
    (told,) = shown["parts"]
    assert (told["title"], told["points"], told["most"]) == ("Claim", "3.00", "3.00")
    assert (told["level"]["title"], told["cited"]) == (level.title, [item])
    assert [one["item"] for one in content["items"]] == [item]
    assert "copying" not in str(content)
    assert str(mark.marker_id) not in str(content)


def test_release_grades_after_the_preview_is_overtaken_is_stale(ready, instructor, plan):
    with pytest.raises(Stale) as caught:
        release_grades(actor=instructor, assignment_id=plan.assignment_id, counter=99)
    assert caught.value.extra == {"counter": 0}
    assert not Sheet.objects.exists()


def test_release_grades_of_chosen_works_leaves_the_others(ready, instructor, plan):
    with pytest.raises(InvalidState):
        release_grades(actor=instructor, assignment_id=plan.assignment_id, works=[])
    assert Grade.objects.get().state == GradeState.READY


def test_release_grades_by_an_assistant_is_refused(ready, assistant, plan):
    with pytest.raises(NotAllowed):
        release_grades(actor=assistant, assignment_id=plan.assignment_id)


def test_release_grades_by_an_outsider_is_missing(ready, outsider, plan):
    with pytest.raises(Missing):
        release_grades(actor=outsider, assignment_id=plan.assignment_id)


def test_take_release_back_hides_the_sheets_again(ready, instructor, student, plan):
    release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
    take_release_back(actor=instructor, release_id=release.pk)
    grade = Grade.objects.get()
    assert (grade.state, grade.released_at) == (GradeState.READY, None)
    assert not Sheet.objects.visible_to(student).exists()


def test_take_release_back_twice_changes_nothing(ready, instructor, plan):
    release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
    take_release_back(actor=instructor, release_id=release.pk)
    version = Grade.objects.get().version
    take_release_back(actor=instructor, release_id=release.pk)
    assert Grade.objects.get().version == version


def test_take_release_back_after_ten_minutes_is_refused(ready, instructor, plan):
    release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
    Release.objects.update(undo_until=timezone.now() - timedelta(seconds=1))
    with pytest.raises(InvalidState):
        take_release_back(actor=instructor, release_id=release.pk)


def test_take_release_back_of_a_reopened_grade_is_refused(ready, instructor, plan):
    release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
    grade = Grade.objects.get()
    reopen_grade(actor=instructor, work_id=grade.work_id, reason="A slip.", version=grade.version)
    with pytest.raises(InvalidState):
        take_release_back(actor=instructor, release_id=release.pk)


@pytest.mark.parametrize("who", ["assistant", "student", "outsider"])
def test_take_release_back_by_others_is_missing(ready, instructor, plan, who, request):
    release = release_grades(actor=instructor, assignment_id=plan.assignment_id)
    with pytest.raises(Missing):
        take_release_back(actor=request.getfixturevalue(who), release_id=release.pk)


@pytest.mark.parametrize(
    ("minutes", "expected"), [(-1, GradeState.RELEASED), (1, GradeState.READY)]
)
def test_release_when_due_goes_by_the_database_clock(ready, plan, minutes, expected):
    at = timezone.now() + timedelta(minutes=minutes)
    GradingPlan.objects.update(release_mode=ReleaseMode.SCHEDULED, release_at=at)
    release_when_due(assignment_id=plan.assignment_id)
    assert Grade.objects.get().state == expected


def test_release_when_due_of_a_plan_released_by_hand_does_nothing(ready, plan):
    assert release_when_due(assignment_id=plan.assignment_id) is None
