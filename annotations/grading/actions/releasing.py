"""Grades shown to students: all of one moment, to be taken back for ten minutes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations.grading.actions.events import record_event
from annotations.grading.actions.grades import most_of
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.enums import GradeState, ReleaseMode, Verb, Via
from annotations.grading.models import Grade, GradingPlan, Release, Sheet
from annotations.grading.permissions import may_release
from annotations.grading.queries.sheets import contents_of
from debate.assignments.models import Assignment
from debate.core.errors import InvalidState, Missing, NotAllowed, Stale
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.grading.models.grade import GradeQuerySet
    from debate.accounts.models import User

UNDONE_FOR = timedelta(minutes=10)


@transaction.atomic
def release_grades(
    *,
    actor: User,
    assignment_id: UUID,
    counter: int | None = None,
    works: Collection[UUID] | None = None,
    choice: dict[str, Any] | None = None,
    via: Via = Via.WEB,
) -> Release:
    """Show students the grades that are ready, of these works or of all, as they stand now.

    `counter` is the plan's of the preview: Stale when anything was graded since. Others mark or
    release under the same lock, so all sheets are of one moment. `choice` is kept with the release,
    to tell what was meant. Raises Missing, NotAllowed for all but instructors, InvalidState when
    nothing is ready.
    """
    plan, now = _locked(actor, assignment_id)
    if counter is not None and counter != plan.counter:
        raise Stale(
            "Something was graded since you looked: look again before you release.",
            extra={"counter": plan.counter},
        )
    ready = Grade.objects.visible_to(actor)
    return _released(plan, ready, now, by=actor, works=works, choice=choice, via=via)


@transaction.atomic
def release_when_due(*, assignment_id: UUID) -> Release | None:
    """Release what is ready of a plan whose time has come; None where there is nothing to do.

    What becomes ready afterwards is released by the next call; what somebody took back after that
    time waits for somebody to release it.
    """
    plan, now = lock_plan(assignment_id)
    at = plan.release_at if plan.release_mode == ReleaseMode.SCHEDULED else None
    if at is None or at > now or plan.assignment.seminar.archived_at:
        return None
    try:
        taken_back = Sheet.objects.filter(release__undone_at__gte=at).values("grade")
        waiting = Grade.objects.exclude(pk__in=taken_back)
        return _released(plan, waiting, now, by=None, via=Via.RULE)
    except InvalidState:
        return None


@transaction.atomic
def take_release_back(*, actor: User, release_id: UUID, via: Via = Via.WEB) -> Release:
    """Hide again what a release has shown, within ten minutes; again does nothing.

    Grades are ready as they were, and who had an earlier sheet sees that. Raises Missing,
    NotAllowed, InvalidState when it is too late, and where one of the grades was reopened since.
    """
    seen = Release.objects.visible_to(actor).filter(pk=release_id).first()
    if seen is None:
        raise Missing
    plan, now = _locked(actor, seen.assignment_id)
    release = Release.objects.get(pk=release_id)
    if release.undone_at:
        return release
    if now > release.undo_until:
        raise InvalidState("A release can be taken back for ten minutes: reopen grades one by one.")
    shown = {sheet.grade_id: sheet for sheet in release.sheets.all()}
    grades = list(Grade.objects.filter(pk__in=shown).order_by("pk"))
    if any(grade.state != GradeState.RELEASED for grade in grades):
        raise InvalidState("One of these grades was reopened since, so the release stands.")
    release.undone_at = now
    release.save(update_fields=["undone_at"])
    before = _shown_before(grades)
    for grade in grades:
        changes = {"state": GradeState.READY, "released_at": before.get(grade.pk)}
        record_event(grade, Verb.UNRELEASED, actor=actor, changes=changes, via=via)
    raise_plan_counter(plan)
    return release


def _released(
    plan: GradingPlan,
    seen: GradeQuerySet,
    now: datetime,
    *,
    by: User | None,
    works: Collection[UUID] | None = None,
    choice: dict[str, Any] | None = None,
    via: Via,
) -> Release:
    ready = seen.filter(work__assignment=plan.assignment_id, state=GradeState.READY)
    if works is not None:
        ready = ready.filter(work__in=works)
    grades: Sequence[Grade] = list(ready.order_by("pk"))
    if not grades:
        raise InvalidState("No grade is ready for release.")
    release = Release.objects.create(
        assignment=plan.assignment,
        by=by,
        undo_until=now + UNDONE_FOR,
        choice=choice or {},
        count=len(grades),
    )
    contents = contents_of(plan, grades, most_of(plan))
    for grade in grades:
        changes = {"state": GradeState.RELEASED, "released_at": now}
        record_event(grade, Verb.RELEASED, actor=by, changes=changes, via=via)
    Sheet.objects.bulk_create(
        Sheet(grade=grade, release=release, grade_version=grade.version, content=contents[grade.pk])
        for grade in grades
    )
    raise_plan_counter(plan)
    return release


def _shown_before(grades: Sequence[Grade]) -> dict[UUID, datetime]:
    """When each of them was released before, as sheets that stand tell it."""
    earlier = Sheet.objects.filter(grade__in=grades, release__undone_at=None).order_by("pk")
    return {sheet.grade_id: sheet.release.at for sheet in earlier.select_related("release")}


def _locked(actor: User, assignment_id: UUID) -> tuple[GradingPlan, datetime]:
    seen = Assignment.objects.set_to(actor).select_related("seminar").filter(pk=assignment_id)
    assignment = seen.first()
    if assignment is None:
        raise Missing
    membership = membership_of(actor, assignment.seminar)
    if not may_release(membership, assignment.seminar):
        raise NotAllowed("Only instructors of this seminar release grades.")
    return lock_plan(assignment_id)
