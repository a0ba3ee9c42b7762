"""What students wrote becomes works: frozen as it stood at the closing that held for each."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from itertools import count
from math import ceil
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from annotations.grading.actions.aliasing import fresh_aliases
from annotations.grading.actions.events import record_event
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.actions.settling import settle
from annotations.grading.enums import GradeState, Verb, Via
from annotations.grading.models import Grade, GradingPlan, Work, WorkItem
from annotations.grading.permissions import may_mark
from annotations.grading.queries.contributions import come_since, contributions
from debate.assignments.models import Assignment
from debate.assignments.queries import Dates, dates_of
from debate.core.errors import InvalidState, Missing, NotAllowed, Stale
from debate.seminars.enums import Role
from debate.seminars.models import Group, Membership
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.grading.queries.contributions import Contribution
    from debate.accounts.models import User
    from debate.seminars.models import MembershipQuerySet


@transaction.atomic
def collect_works(
    *, actor: User | None, assignment_id: UUID, by_hand: bool = False, via: Via = Via.WEB
) -> list[Work]:
    """Make works of what those students wrote whose closing has passed and who have none yet.

    Without `actor` a rule does it; with one, the person must be staff. `by_hand` collects an
    assignment without a closing, as it stands now. Doing it again adds nothing but who has come
    to be due since. Returns the new works. Raises Missing without a plan or for what the actor
    may not know of, NotAllowed for all but staff, InvalidState (`not_closed`) before the closing.
    """
    if actor is not None:
        _refuse_all_but_staff(actor, assignment_id)
    plan, now = lock_plan(assignment_id)
    assignment = plan.assignment
    if not by_hand and (assignment.closes_at is None or assignment.closes_at > now):
        raise InvalidState("It has not closed yet.", code="not_closed")
    if by_hand and assignment.closes_at is not None and assignment.closes_at > now:
        raise InvalidState(
            "It closes by itself, and is collected then. Close it first to grade it earlier.",
            code="not_closed",
        )
    students = list(_without_work(assignment).values_list("user_id", flat=True))
    dates = dates_of(students, assignment)
    frozen_at = {
        student: own.closes_at or now
        for student, own in dates.items()
        if own.closes_at is None or own.closes_at <= now
    }
    works = _make(plan, frozen_at, dates, actor=actor, via=via)
    if works or plan.collected_at is None:
        plan.collected_at = plan.collected_at or now
        plan.save(update_fields=["collected_at"])
        raise_plan_counter(plan)
    return works


@transaction.atomic
def take_in(*, actor: User, work_id: UUID, version: int | None = None, via: Via = Via.WEB) -> int:
    """Add to a work what its student wrote since it was frozen; returns how much that was.

    For late work that staff want to grade. What is in the work stays in its version. Raises
    Missing, NotAllowed for all but staff, Stale, InvalidState (`released`) for a released grade.
    """
    work = Work.objects.marked_by(actor).filter(pk=work_id).first()
    if work is None:
        raise Missing
    _refuse_all_but_staff(actor, work.assignment_id)
    plan, _ = lock_plan(work.assignment_id)
    work.refresh_from_db()
    if version is not None and version != work.version:
        raise Stale("This work has been changed since you read it.")
    grade = Grade.objects.get(work=work)
    if grade.state == GradeState.RELEASED:
        raise InvalidState("Its grade is released. Reopen it first.", code="released")
    items = list(work.items.all())
    new = come_since(plan.assignment, work.student_id, {one.annotation_id for one in items})
    if not new:
        return 0
    own = dates_of([work.student_id], plan.assignment)[work.student_id]
    last = max((one.position for one in items), default=0)
    items += WorkItem.objects.bulk_create(_items(work, new, own, first=last + 1))
    _describe(work, items)
    work.version += 1
    work.save()
    reason = f"Took in {len(new)} more of what the student wrote."
    record_event(grade, Verb.RECOMPUTED, actor=actor, reason=reason, via=via)
    settle(plan, work, actor=actor, reason=reason, via=via)
    raise_plan_counter(plan)
    return len(new)


def collect_due() -> int:
    """Collect each assignment with a plan whose closing has passed for somebody without a work.

    Returns how many works were made. What the periodic job does; see `collect_works`.
    """
    plans = GradingPlan.objects.filter(
        assignment__closes_at__lte=Now(), assignment__seminar__archived_at=None
    )
    due = plans.filter(Q(collected_at=None) | Exists(_waiting_in_outer_plan()))
    made = 0
    for one in list(due.order_by("assignment_id").values_list("assignment_id", flat=True)):
        # Somebody may have moved the closing since it was asked for.
        with suppress(InvalidState):
            made += len(collect_works(actor=None, assignment_id=one, via=Via.RULE))
    return made


def _refuse_all_but_staff(actor: User, assignment_id: UUID) -> None:
    """Raise Missing for an assignment that is not set to the actor, NotAllowed for all but staff."""
    known = Assignment.objects.set_to(actor).select_related("seminar")
    found = known.filter(pk=assignment_id).first()
    if found is None:
        raise Missing
    if not may_mark(membership_of(actor, found.seminar), found.seminar):
        raise NotAllowed("Only staff of this seminar collect works.")


def _without_work(assignment: Assignment) -> MembershipQuerySet:
    """The students to whom the assignment is set and who have no work in it."""
    students = Membership.objects.people().filter(seminar=assignment.seminar_id, role=Role.STUDENT)
    has_work = Work.objects.filter(assignment=assignment, student=OuterRef("user_id"))
    found = students.exclude(Exists(has_work))
    if assignment.is_for_groups:
        theirs = Group.members.through.objects.filter(
            user=OuterRef("user_id"), group__in=assignment.groups.values("pk")
        )
        found = found.filter(Exists(theirs))
    return found


def _waiting_in_outer_plan() -> MembershipQuerySet:
    """Students of the seminar of the outer plan's assignment who have no work in it."""
    has_work = Work.objects.filter(
        assignment=OuterRef(OuterRef("assignment")), student=OuterRef("user_id")
    )
    theirs = Group.members.through.objects.filter(
        user=OuterRef("user_id"), group__assignments=OuterRef(OuterRef("assignment"))
    )
    return (
        Membership.objects.people()
        .filter(seminar=OuterRef("assignment__seminar"), role=Role.STUDENT)
        .exclude(Exists(has_work))
        .filter(Q(seminar__assignments__pk=OuterRef("assignment")))
        .filter(Q(seminar__assignments__is_for_groups=False) | Exists(theirs))
    )


def _make(
    plan: GradingPlan,
    frozen_at: Mapping[UUID, datetime],
    dates: Mapping[UUID, Dates],
    *,
    actor: User | None,
    via: Via,
) -> list[Work]:
    """The works of these students with their items and grades, in a random order."""
    written = contributions(plan.assignment, frozen_at)
    aliases = fresh_aliases(plan.assignment_id)
    works, items = [], []
    for student, moment in frozen_at.items():
        work = Work(
            assignment=plan.assignment,
            student_id=student,
            alias=next(aliases),
            frozen_at=moment,
        )
        own = list(_items(work, written.get(student, ()), dates[student]))
        _describe(work, own)
        works.append(work)
        items += own
    Work.objects.bulk_create(works)
    WorkItem.objects.bulk_create(items)
    for grade in Grade.objects.bulk_create(Grade(work=work) for work in works):
        record_event(grade, Verb.OPENED, actor=actor, via=via)
    return works


def _items(
    work: Work, written: Iterable[Contribution], dates: Dates, *, first: int = 1
) -> Iterable[WorkItem]:
    due = dates.due_at or dates.closes_at
    for position, one in zip(count(first), written, strict=False):
        late = (one.posted_at - due).total_seconds() if due else 0
        yield WorkItem(
            work=work,
            annotation_id=one.annotation_id,
            annotation_version=one.version,
            position=position,
            posted_at=one.posted_at,
            late_by=max(ceil(late), 0),
        )


def _describe(work: Work, items: Sequence[WorkItem]) -> None:
    """Set what the work says of its items: their hash, and when the first and the last came."""
    moments = [one.posted_at for one in items]
    work.first_at = min(moments, default=None)
    work.last_at = max(moments, default=None)
    said = "\n".join(
        f"{one.position}:{one.annotation_id}:{one.annotation_version}:{one.late_by}"
        for one in items
    )
    work.snapshot_hash = hashlib.sha256(said.encode()).hexdigest()
