"""Releases by the clock: those whose time has come, and who is told of them when."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from annotations.grading.actions.announcing import announce_all, announce_release, release_all_due
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, ReleaseMode
from annotations.grading.models import Grade, GradingPlan, Release
from annotations.grading.notices import GRADE_RELEASED
from debate.notices.models import Notice
from debate.notices.registry import kind_of
from tests.annotations.grading.actions.conftest import submitted


@pytest.fixture
def ready(plan, work, assistant):
    submitted(work, assistant, 6)
    return settle(plan, work, actor=assistant)


@pytest.fixture
def release(ready, plan, instructor):
    return release_grades(actor=instructor, assignment_id=plan.assignment_id)


def past(release):
    Release.objects.filter(pk=release.pk).update(undo_until=timezone.now() - timedelta(seconds=1))


def due(minutes=-1):
    at = timezone.now() + timedelta(minutes=minutes)
    GradingPlan.objects.update(release_mode=ReleaseMode.SCHEDULED, release_at=at)


def test_announce_all_waits_until_nothing_is_taken_back_any_more(release, student, classmate):
    assert (announce_all(), Notice.objects.count()) == (0, 0)
    past(release)
    assert announce_all() == 1
    notice = Notice.objects.get()
    assert (notice.recipient, notice.kind, notice.object_id) == (
        student, GRADE_RELEASED, release.pk,
    )  # fmt: skip
    assert announce_all() == 0
    assert mail.outbox == []


def test_announce_release_of_one_taken_back_meanwhile_tells_nobody(release, instructor):
    take_release_back(actor=instructor, release_id=release.pk)
    past(release)
    assert announce_all() == 0
    assert announce_release(release_id=release.pk) is False
    assert not Notice.objects.exists()


def test_announce_release_before_its_time_tells_nobody(release):
    assert announce_release(release_id=release.pk) is False
    assert not Notice.objects.exists()


def test_notice_of_a_release_tells_no_number(release, student, classmate, plan):
    kind = kind_of(GRADE_RELEASED)
    said = kind.word(student, [release.pk])[release.pk]
    assert said.sentence == f"Your grade in “{plan.assignment.title}” is released"
    assert said.href.endswith("/grading/mine/")
    assert said.quote == ""
    assert kind.word(classmate, [release.pk]) == {}
    assert not kind.visible(classmate).exists()


def test_notice_of_a_release_that_is_taken_back_is_not_shown(release, student, instructor):
    take_release_back(actor=instructor, release_id=release.pk)
    assert not kind_of(GRADE_RELEASED).visible(student).exists()


def test_release_all_due_releases_what_is_ready(ready):
    due()
    (release,) = release_all_due()
    assert (release.by, release.count, Grade.objects.get().state) == (
        None, 1, GradeState.RELEASED,
    )  # fmt: skip
    assert release_all_due() == []


@pytest.mark.parametrize("minutes", [1, 60])
def test_release_all_due_before_the_time_does_nothing(ready, minutes):
    due(minutes)
    assert release_all_due() == []


def test_release_all_due_of_an_archived_seminar_does_nothing(ready, seminar):
    due()
    seminar.archived_at = timezone.now()
    seminar.save()
    assert release_all_due() == []


def test_release_all_due_leaves_what_somebody_took_back(ready, instructor, plan):
    due()
    (release,) = release_all_due()
    take_release_back(actor=instructor, release_id=release.pk)
    assert release_all_due() == []
    assert Grade.objects.get().state == GradeState.READY
    release_grades(actor=instructor, assignment_id=plan.assignment_id)
    assert Grade.objects.get().state == GradeState.RELEASED
