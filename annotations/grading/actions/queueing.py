"""Who marks which work: the next one, leases while it is open, and the split among markers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, IntegerField, OuterRef, Q, Value, When
from django.db.models.functions import MD5, Cast, Concat, Now

from annotations.grading.actions.locking import NO_PLAN, lock_plan, raise_plan_counter
from annotations.grading.enums import DOUBLE, GradeState, MarkingMode, MarkRole, MarkState
from annotations.grading.models import GradingPlan, Lease, Mark, Work
from annotations.grading.permissions import may_mark, may_set_up_grading
from annotations.grading.queries.splitting import (
    fields_of,
    kept_of,
    markers_of,
    planned_split,
    reach_of,
    roles_of,
    sections_of,
    split_by_section,
)
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed, Stale
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from annotations.grading.models.work import WorkQuerySet
    from debate.accounts.models import User

LEASE: Final = timedelta(minutes=15)
ONLY_STAFF: Final = "Only staff of this seminar mark works."
ONLY_INSTRUCTORS: Final = "Only instructors of this seminar say who marks what."
NOT_STAFF: Final = "Choose somebody of this seminar's staff."
SETTLED: Final = (GradeState.MARKED, GradeState.READY, GradeState.RELEASED)
"""States in which nobody is asked for a further mark."""

_TAKE = """
INSERT INTO grading_lease (work_id, role, holder_id, expires_at)
VALUES (%s, %s, %s, clock_timestamp() + make_interval(secs => %s))
ON CONFLICT (work_id, role) DO UPDATE
SET holder_id = EXCLUDED.holder_id, expires_at = EXCLUDED.expires_at
WHERE grading_lease.holder_id = EXCLUDED.holder_id
   OR grading_lease.expires_at <= clock_timestamp()
RETURNING id
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """A work that a marker has open, in which role, and for how long."""

    work: Work
    role: MarkRole


@dataclass(frozen=True, slots=True)
class Split:
    """Who marks which work by a rule, how many works that changes, and the plan's counter then."""

    markers: dict[UUID, UUID]
    changed: int
    counter: int


# -- the next one ----------------------------------------------------------------------------------


@transaction.atomic
def take_next(*, actor: User, assignment_id: UUID, after: UUID | None = None) -> Taken | None:
    """Give the actor a work to mark, and hold it for a quarter of an hour; None when all are done.

    First what the actor began and has not submitted, then what is assigned to the actor, then what
    is assigned to nobody; in an order of the actor's own, that chance made. No work is given to two
    people in one role at once: who takes one locks it, and others pass it over. `after` is the work
    that the actor leaves, which comes last. Raises Missing without a plan, NotAllowed for all but
    staff.
    """
    plan = _found_plan(actor, assignment_id)
    passed: list[UUID] = []
    while True:
        found = _open_to(actor, plan).exclude(pk__in=passed)
        if after is not None:
            is_left = Case(When(pk=after, then=1), default=0, output_field=IntegerField())
            found = found.order_by(is_left, *found.query.order_by)
        work = found.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if work is None:
            return None
        role = MarkRole(work.open_role)  # type: ignore[attr-defined]  # annotated
        if _lease(actor, work.pk, role):
            return Taken(work, role)
        passed.append(work.pk)  # taken between the look and the lock


def _open_to(actor: User, plan: GradingPlan) -> WorkQuerySet:
    """The works that wait for the actor, each with the role as `open_role`, in the actor's order."""
    marks = Mark.objects.standing().filter(work=OuterRef("pk"))
    mine, others = marks.filter(marker=actor.pk), marks.exclude(marker=actor.pk)
    leases = Lease.objects.filter(work=OuterRef("pk"), expires_at__gt=Now())
    held = leases.exclude(holder=actor.pk)
    first, second = Value(MarkRole.FIRST), Value(MarkRole.SECOND)
    has_begun = Exists(mine.filter(state=MarkState.DRAFT))
    is_first = (
        ~Exists(marks.filter(role=MarkRole.FIRST))
        & ~Exists(held.filter(role=MarkRole.FIRST))
        & (Q(marker=None) | Q(marker=actor.pk))
        & (Q(second_marker=None) | ~Q(second_marker=actor.pk))
    )
    cases = [When(is_first, then=first)]
    if plan.marking_mode in DOUBLE:
        is_second: Any = (
            ~Exists(marks.filter(role=MarkRole.SECOND))
            & ~Exists(held.filter(role=MarkRole.SECOND))
            & (Q(second_marker=None) | Q(second_marker=actor.pk))
            & (Q(marker=None) | ~Q(marker=actor.pk))
        )
        theirs = others.filter(role=MarkRole.FIRST)
        if plan.marking_mode == MarkingMode.OPEN_SECOND:
            is_second &= Exists(theirs.filter(state=MarkState.SUBMITTED))
        else:
            begun = Exists(theirs) | Exists(held.filter(role=MarkRole.FIRST))
            is_second &= begun | Q(marker__isnull=False) | Q(second_marker=actor.pk)
        cases.insert(0, When(is_second, then=second))
        is_third = (
            Q(grade__state=GradeState.DISAGREED, third_marker=actor.pk)
            & ~Exists(marks.filter(role=MarkRole.THIRD))
            & ~Exists(held.filter(role=MarkRole.THIRD))
        )
        cases.insert(0, When(is_third, then=Value(MarkRole.THIRD)))
    free = Case(*cases, default=None, output_field=CharField(null=True))
    own_role = mine.filter(state=MarkState.DRAFT).values("role")[:1]
    seed = f"{actor.pk}{plan.assignment_id}"
    return (
        Work.objects.marked_by(actor)
        .filter(assignment=plan.assignment_id, grade__is_excused=False)
        .annotate(
            open_role=Case(
                When(has_begun, then=own_role),
                When(Exists(mine), then=None),
                When(grade__state__in=SETTLED, then=None),
                default=free,
                output_field=CharField(null=True),
            ),
            nearness=Case(
                When(has_begun, then=0),
                When(
                    Q(marker=actor.pk) | Q(second_marker=actor.pk) | Q(third_marker=actor.pk),
                    then=1,
                ),
                default=2,
                output_field=IntegerField(),
            ),
            lot=MD5(Concat(Cast("pk", CharField()), Value(seed))),
        )
        .exclude(grade__state=GradeState.RELEASED)
        .filter(open_role__isnull=False)
        .order_by("nearness", "lot")
    )


# -- leases ----------------------------------------------------------------------------------------


@transaction.atomic
def hold_work(*, actor: User, work_id: UUID, role: MarkRole = MarkRole.FIRST) -> Lease:
    """Say that the actor has the work open in that role, for a quarter of an hour from now.

    Advice to others alone: what decides are versions. Raises Missing, NotAllowed, Conflict
    (`held`) while somebody else holds it.
    """
    work = _found_work(actor, work_id)
    while not _lease(actor, work.pk, role):
        held = Lease.objects.filter(work=work, role=role).first()
        if held:  # it may just have been let go
            raise Conflict(
                "Somebody else has this work open.",
                code="held",
                extra={"held_until": held.expires_at.isoformat()},
            )
    return Lease.objects.get(work=work, role=role)


@transaction.atomic
def let_go(*, actor: User, work_id: UUID) -> None:
    """Say that the actor has closed the work. Raises Missing, NotAllowed."""
    work = _found_work(actor, work_id)
    Lease.objects.filter(work=work, holder=actor).delete()


def _lease(actor: User, work_id: UUID, role: MarkRole) -> bool:
    """Take or renew the lease; False while somebody else has it."""
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [work_id, str(role), actor.pk, LEASE.total_seconds()])
        return cursor.fetchone() is not None


# -- the split -------------------------------------------------------------------------------------


@transaction.atomic
def assign_markers(
    *,
    actor: User,
    assignment_id: UUID,
    changes: Sequence[tuple[UUID, MarkRole, UUID | None]],
    counter: int | None = None,
    versions: Mapping[UUID, int] | None = None,
) -> int:
    """Say who marks which work in which role, None for whoever comes; returns how many changed.

    `counter` is the plan's that the choice was made from, `versions` those of works. Raises
    Missing, NotAllowed for all but instructors, Stale, Invalid for a person who may not mark the
    work, and for one who is its other marker.
    """
    plan = _locked_plan(actor, assignment_id, counter)
    wanted = {work for work, _, _ in changes} | (versions or {}).keys()
    found = Work.objects.marked_by(actor).filter(assignment=assignment_id, pk__in=wanted)
    works = {work.pk: work for work in found}
    if len(works) < len(wanted):
        raise Missing
    if any(works[pk].version != version for pk, version in (versions or {}).items()):
        raise Stale("This work has been changed since you read it.")
    return _assign(plan, works, changes)


@transaction.atomic
def split_works(
    *,
    actor: User,
    assignment_id: UUID,
    role: MarkRole = MarkRole.FIRST,
    markers: Sequence[UUID] = (),
    sections: Sequence[tuple[UUID, UUID]] = (),
    counter: int | None = None,
    is_trial: bool = False,
) -> Split:
    """Say by a rule who marks the assignment's works: evenly among `markers`, or by section.

    `sections` are pairs of a section and its marker. All works are split that the actor sees as
    staff, but for those that are marked in the role or released, which stay as they are; a trial
    judges the same and changes nothing. Raises what `assign_markers` does, and Invalid for a role,
    a marker or a section that there is not.
    """
    plan = _locked_plan(actor, assignment_id, counter)
    if role not in roles_of(plan):
        raise Invalid("The works of this assignment have one marker each.", field="role")
    _refuse_unknown(plan, markers, sections)
    works = list(Work.objects.marked_by(actor).filter(assignment=assignment_id))
    kept = kept_of(assignment_id, role=role)
    if sections:
        movable = [work for work in works if work.pk not in kept]
        chosen = split_by_section(plan.assignment, movable, dict(sections), role=role)
    else:
        chosen = planned_split(works, markers, role=role, kept=kept)
    changes = [(work, role, marker) for work, marker in chosen.items()]
    try:
        changed = _assign(plan, {work.pk: work for work in works}, changes, is_trial=is_trial)
    except Invalid as error:  # named as a work's member, which nobody has sent
        field = "sections" if sections else "markers"
        raise Invalid(error.sentence, field=field, code=error.code) from error
    return Split(chosen, changed, plan.counter)


def _refuse_unknown(
    plan: GradingPlan, markers: Sequence[UUID], sections: Sequence[tuple[UUID, UUID]]
) -> None:
    """Raise Invalid for who is no staff of the seminar, and for what is no section of it."""
    known = {one.pk for one in sections_of(plan.assignment)} if sections else set()
    for place, (section, _) in enumerate(sections):
        if section not in known:
            raise Invalid(
                "Choose sections of this seminar, each once.", field=f"sections.{place}.section"
            )
        known.remove(section)
    staff = {one.user_id for one in markers_of(plan.assignment)}
    named = {f"markers.{place}": one for place, one in enumerate(markers)}
    named |= {f"sections.{place}.marker": one for place, (_, one) in enumerate(sections)}
    for field, marker in named.items():
        if marker not in staff:
            raise Invalid(NOT_STAFF, field=field)


def _locked_plan(actor: User, assignment_id: UUID, counter: int | None) -> GradingPlan:
    """The plan, locked. Raises as `find_plan_to_split`, and Stale where the counter is another."""
    find_plan_to_split(actor, assignment_id)
    plan, _ = lock_plan(assignment_id)
    if counter is not None and counter != plan.counter:
        raise Stale(
            "Somebody has changed the works since you read this. Please look again.",
            extra={"counter": plan.counter},
        )
    return plan


def _assign(
    plan: GradingPlan,
    works: Mapping[UUID, Work],
    changes: Sequence[tuple[UUID, MarkRole, UUID | None]],
    *,
    is_trial: bool = False,
) -> int:
    """Do it, under the plan's lock; in a trial only judge it. Returns how many works change."""
    changed = set()
    for pk, role, marker in changes:
        field, _ = fields_of(role)
        if getattr(works[pk], f"{field}_id") != marker:
            setattr(works[pk], f"{field}_id", marker)
            changed.add(pk)
    moved = [works[pk] for pk in changed]
    _refuse_others(plan, moved, {role for _, role, _ in changes})
    if moved and not is_trial:
        for work in moved:
            work.version += 1
        Work.objects.bulk_update(moved, ["marker", "second_marker", "version"])
        raise_plan_counter(plan)
    return len(moved)


def _refuse_others(plan: GradingPlan, works: Iterable[Work], roles: Collection[MarkRole]) -> None:
    """Raise Invalid for whoever may not mark a work in a role that was changed."""
    staff = {one.user_id: one for one in markers_of(plan.assignment)}
    reach = reach_of([one for one in staff.values() if one.is_limited])
    for work in works:
        for field in sorted(fields_of(role)[0] for role in roles):
            marker = getattr(work, f"{field}_id")
            if marker is None:
                continue
            if marker not in staff or marker == work.student_id:
                raise Invalid(NOT_STAFF, field=field)
            if staff[marker].is_limited and work.student_id not in reach[marker]:
                raise Invalid(
                    "This assistant marks the work of the own sections only.", field=field
                )
            if work.marker_id == work.second_marker_id:
                raise Invalid("Two people mark a work, so choose another one.", field=field)


# -- doors -----------------------------------------------------------------------------------------


def find_plan_to_split(actor: User, assignment_id: UUID) -> GradingPlan:
    """The plan of an assignment of which the actor says who marks what. Raises Missing, NotAllowed."""
    plan = _found_plan(actor, assignment_id)
    seminar = plan.assignment.seminar
    if not may_set_up_grading(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    return plan


def _found_plan(actor: User, assignment_id: UUID) -> GradingPlan:
    """The plan of an assignment whose works the actor marks. Raises Missing, NotAllowed."""
    known = Assignment.objects.set_to(actor).select_related("seminar")
    found = known.filter(pk=assignment_id).first()
    if found is None:
        raise Missing
    if not may_mark(membership_of(actor, found.seminar), found.seminar):
        raise NotAllowed(ONLY_STAFF)
    plans = GradingPlan.objects.select_related("assignment__seminar")
    plan = plans.filter(assignment=found).first()
    if plan is None:
        raise Missing(NO_PLAN)
    return plan


def _found_work(actor: User, work_id: UUID) -> Work:
    """A work that the actor may mark. Raises Missing, NotAllowed."""
    works: Any = Work.objects.marked_by(actor).select_related("assignment__seminar")
    work: Work | None = works.filter(pk=work_id).first()
    if work is None:
        raise Missing
    seminar = work.assignment.seminar
    if not may_mark(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_STAFF)
    return work
