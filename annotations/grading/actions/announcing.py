"""Releases by the clock: those whose time has come, and notices once none is taken back any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now

from annotations.grading.actions.locking import lock_plan
from annotations.grading.actions.releasing import release_when_due
from annotations.grading.enums import GradeState, ReleaseMode
from annotations.grading.models import Grade, GradingPlan, Release
from annotations.grading.notices import GRADE_RELEASED
from debate.notices.actions import give_notice

if TYPE_CHECKING:
    from uuid import UUID


def release_all_due() -> list[Release]:
    """Release what is ready wherever its time has come, each plan in a transaction of its own."""
    ready = Grade.objects.filter(work__assignment=OuterRef("assignment"), state=GradeState.READY)
    due = GradingPlan.objects.filter(
        Exists(ready),
        release_mode=ReleaseMode.SCHEDULED,
        release_at__lte=Now(),
        assignment__seminar__archived_at=None,
    )
    released = [
        release_when_due(assignment_id=pk) for pk in due.values_list("assignment", flat=True)
    ]
    return [one for one in released if one is not None]


def announce_all() -> int:
    """Tell students of releases that can no longer be taken back, each once; how many there were."""
    due = Release.objects.filter(undo_until__lt=Now(), undone_at=None, announced_at=None)
    return sum(announce_release(release_id=pk) for pk in due.values_list("pk", flat=True))


@transaction.atomic
def announce_release(*, release_id: UUID) -> bool:
    """Tell the students of one release, unless that is done or it was taken back meanwhile."""
    release = Release.objects.get(pk=release_id)
    # Whoever takes it back holds the same lock.
    _, now = lock_plan(release.assignment_id)
    release.refresh_from_db()
    if release.undone_at or release.announced_at or now <= release.undo_until:
        return False
    release.announced_at = now
    release.save(update_fields=["announced_at"])
    students = release.sheets.values_list("grade__work__student", flat=True)
    give_notice(
        kind=GRADE_RELEASED,
        object_id=release.pk,
        context_id=release.assignment_id,
        recipients=set(students),
    )
    return True
