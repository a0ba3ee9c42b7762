"""What a marker does to an own mark: begin it, fill it in, submit it, take it back.

Each action does the same in the same order: may the person see the work and mark it; the plan's
lock; the rules and the version that the change was made from; the rows; what follows for the grade.
A mark belongs to its marker: an instructor changes the grade, never somebody else's mark. What is
changed of a submitted mark leaves it submitted, and settles the grade anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from annotations.grading.actions.events import record_event
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.actions.settling import settle
from annotations.grading.enums import (
    DOUBLE,
    CriterionKind,
    GradeState,
    MarkRole,
    MarkState,
    Verb,
    Via,
)
from annotations.grading.models import (
    Grade,
    ItemFeedback,
    Lease,
    Mark,
    MarkPart,
    Work,
    WorkItem,
)
from annotations.grading.permissions import may_mark
from annotations.grading.queries.completion import completion_of
from annotations.grading.queries.marking import content_of, uncited, unset, with_content
from annotations.grading.scoring import NOTHING, of_checks, rounded, total_of
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean
from debate.seminars.permissions import is_instructor, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from annotations.grading.models import Criterion, GradingPlan, Level
    from annotations.grading.models.mark import MarkQuerySet
    from annotations.grading.queries.marking import Content
    from debate.accounts.models import User
    from debate.seminars.models import Membership

LONGEST_COMMENT: Final = 10_000
LONGEST_PART_COMMENT: Final = 4_000
LONGEST_FEEDBACK: Final = 4_000
LONGEST_REASON: Final = 1_000
MOST_CITED: Final = 50

ARCHIVED = "The seminar is archived, so its marks stay as they are."
NOT_OWN_WORK = "Nobody marks the own work."
NOT_OWN_MARK = (
    "Only its marker changes a mark. An instructor changes the grade instead, and says why."
)
RELEASED = "The grade has been released. An instructor has to reopen it first."


class Unset:
    """Stands for a member of a change that stays as it is."""


UNSET: Final = Unset()


@dataclass(frozen=True, slots=True)
class PartChange:
    """What is to change of what a mark says by one criterion; levels, checks by their keys.

    None for level, checks or points leaves the criterion not set; no checks at all give nothing.
    """

    level: UUID | Unset | None = UNSET
    checks: Collection[UUID] | Unset | None = UNSET
    points: Decimal | Unset | None = UNSET
    comment: str | Unset = UNSET
    cited: Collection[UUID] | Unset = UNSET

    @property
    def is_empty(self) -> bool:
        """Whether it says nothing where nothing has been said."""
        members = (self.level, self.points, self.comment, self.cited)
        says = any(one for one in members if not isinstance(one, Unset))
        return not says and self.points in {UNSET, None} and self.checks in (UNSET, None)


@dataclass(frozen=True, slots=True)
class MarkChange:
    """What is to change of a mark; `parts` by the criteria's keys."""

    comment: str | Unset = UNSET
    private_note: str | Unset = UNSET
    parts: Mapping[UUID, PartChange] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Held:
    """A mark under the plan's lock, with what decides over it."""

    plan: GradingPlan
    mark: Mark
    grade: Grade
    now: datetime


@dataclass(frozen=True, slots=True)
class Beginner:
    """Who begins to mark, what the person is in the seminar, and when."""

    actor: User
    membership: Membership
    now: datetime


# -- beginning -------------------------------------------------------------------------------------


@transaction.atomic
def start_mark(*, actor: User, work_id: UUID, via: Via = Via.WEB) -> Mark:
    """The person's own mark of the work: the one there is, else a new draft in the free part.

    Raises Missing, NotAllowed for the own work, in an archived seminar and where the part belongs
    to somebody else, InvalidState without a rubric and once the grade is released, Conflict
    (`marked_already`, `held`) where all parts are taken or somebody has the work open to mark it.
    """
    work, membership = find_work(actor, work_id)
    plan, now = lock_plan(work.assignment_id)
    own = _standing(work).filter(marker=actor).select_related("work", "rubric_version").first()
    if own:
        return own
    return _begin(Beginner(actor, membership, now), plan, work, via)


def _begin(who: Beginner, plan: GradingPlan, work: Work, via: Via) -> Mark:
    grade, _ = Grade.objects.get_or_create(work=work)
    if grade.state == GradeState.RELEASED:
        raise InvalidState(RELEASED, code="released")
    if plan.rubric_version is None:
        raise InvalidState(
            "This assignment has no rubric yet, so there is nothing to mark by.", code="no_rubric"
        )
    role = role_for(who, plan, work, grade)
    mark = Mark(
        work=work, marker=who.actor, role=role, rubric_version=plan.rubric_version, total=None
    )
    mark.save(force_insert=True)
    is_first = grade.state == GradeState.NOT_STARTED
    changes = {"state": GradeState.IN_PROGRESS} if is_first else {}
    record_event(grade, Verb.STARTED, actor=who.actor, changes=changes, via=via)
    raise_plan_counter(plan)
    return mark


def role_for(who: Beginner, plan: GradingPlan, work: Work, grade: Grade) -> MarkRole:
    """In which part the person begins to mark the work.

    That which is assigned to the person or that the person has open; else the first that is free,
    neither assigned to somebody else (which instructors take over) nor open with somebody. A third
    mark is made where two disagree, by who was asked for it or an instructor. Raises NotAllowed,
    Conflict.
    """
    roles = [MarkRole.FIRST]
    if plan.marking_mode in DOUBLE:
        roles.append(MarkRole.SECOND)
    judges = work.third_marker_id == who.actor.pk or is_instructor(who.membership)
    if grade.state == GradeState.DISAGREED and judges:
        roles.append(MarkRole.THIRD)
    taken = set(_standing(work).values_list("role", flat=True))
    free = [role for role in roles if role not in taken]
    if not free:
        raise Conflict("This work is marked already, or being marked.", code="marked_already")
    assigned = {
        MarkRole.FIRST: work.marker_id,
        MarkRole.SECOND: work.second_marker_id,
        MarkRole.THIRD: work.third_marker_id,
    }
    leases = {
        lease.role: lease
        for lease in Lease.objects.filter(work=work, expires_at__gt=who.now).select_related(
            "holder"
        )
    }
    for role in free:
        lease = leases.get(role)
        if assigned.get(role) == who.actor.pk or (lease and lease.holder_id == who.actor.pk):
            return role
    open_to = [role for role in free if is_instructor(who.membership) or assigned.get(role) is None]
    if not open_to:
        raise NotAllowed("This work is assigned to another marker.")
    for role in open_to:
        if role not in leases:
            return role
    lease = leases[open_to[0]]
    raise Conflict(
        f"{lease.holder.display_name} has this work open to mark it.",
        code="held",
        extra={"held_until": lease.expires_at.isoformat()},
    )


def find_work(actor: User, work_id: UUID) -> tuple[Work, Membership]:
    """A work that the person marks, and what the person is in its seminar.

    Raises Missing, NotAllowed for the own work and in an archived seminar.
    """
    known = Work.objects.select_related("assignment__seminar", "student")
    work = known.filter(
        pk__in=Work.objects.marked_by(actor).filter(pk=work_id).values("pk")
    ).first()
    if work is None:
        if Work.objects.visible_to(actor).filter(pk=work_id, student=actor).exists():
            raise NotAllowed(NOT_OWN_WORK)
        raise Missing
    seminar = work.assignment.seminar
    membership = membership_of(actor, seminar)
    if membership is None or not may_mark(membership, seminar):
        raise NotAllowed(ARCHIVED)
    return work, membership


def _standing(work: Work) -> MarkQuerySet:
    return Mark.objects.filter(work=work).standing()


# -- filling in ------------------------------------------------------------------------------------


@transaction.atomic
def change_mark(
    *,
    actor: User,
    mark_id: UUID,
    change: MarkChange,
    version: int | None,
    via: Via = Via.WEB,
) -> Mark:
    """Change the members of an own mark that are named; its version is raised once, if it changes.

    Raises Missing, NotAllowed for another's mark and in an archived seminar, InvalidState for a
    mark that was taken back and once the grade is released, Stale, Invalid that names the member
    (such as `parts.<key>.level`), and for a submitted mark that would no longer be whole.
    """
    held = hold_mark(actor, mark_id, version, change)
    before = _told(held.mark)
    apply_change(held, change)
    if _told(held.mark) == before:
        return held.mark
    return keep(held, actor=actor, via=via)


def _told(mark: Mark) -> Content:
    """What the mark says now: its own words as they stand here, its parts as they are kept."""
    kept = content_of(with_content(Mark.objects.filter(pk=mark.pk)).get())
    return replace(kept, comment=mark.comment, private_note=mark.private_note)


@transaction.atomic
def change_work(
    *, actor: User, work_id: UUID, change: MarkChange, version: int, via: Via = Via.WEB
) -> Mark:
    """As `change_mark`, of the person's own mark of the work; version 0 begins one.

    Raises what `start_mark` and `change_mark` raise; Stale as well where there is a mark though
    none was known of, and none though one was.
    """
    work, _ = find_work(actor, work_id)
    lock_plan(work.assignment_id)
    own = _standing(work).filter(marker=actor).first()
    if own is None:
        if version:
            raise Stale("This mark was taken back meanwhile.", extra={"version": 0})
        own = start_mark(actor=actor, work_id=work_id, via=via)
        version = own.version
    return change_mark(actor=actor, mark_id=own.pk, change=change, version=version, via=via)


def save_part(
    *,
    actor: User,
    mark_id: UUID,
    criterion_key: UUID,
    change: PartChange,
    version: int | None,
    via: Via = Via.WEB,
) -> Mark:
    """Say something by one criterion. Raises what `change_mark` raises."""
    whole = MarkChange(parts={criterion_key: change})
    return change_mark(actor=actor, mark_id=mark_id, change=whole, version=version, via=via)


@transaction.atomic
def cite(
    *,
    actor: User,
    mark_id: UUID,
    criterion_key: UUID,
    item_id: UUID,
    version: int | None,
    is_cited: bool = True,
    via: Via = Via.WEB,
) -> Mark:
    """Rest what a criterion gives on a contribution of the work, or with `is_cited` off no longer.

    Raises what `change_mark` raises.
    """
    held = hold_mark(actor, mark_id, version, None)
    part = MarkPart.objects.filter(mark=held.mark, criterion__key=criterion_key).first()
    cited = set(part.cited.values_list("pk", flat=True)) if part else set()
    cited = cited | {item_id} if is_cited else cited - {item_id}
    apply_change(held, MarkChange(parts={criterion_key: PartChange(cited=cited)}))
    return keep(held, actor=actor, via=via)


def save_comment(
    *, actor: User, mark_id: UUID, comment: str, version: int | None, via: Via = Via.WEB
) -> Mark:
    """Say something to the student of the whole. Raises what `change_mark` raises."""
    change = MarkChange(comment=comment)
    return change_mark(actor=actor, mark_id=mark_id, change=change, version=version, via=via)


def save_private_note(
    *, actor: User, mark_id: UUID, private_note: str, version: int | None, via: Via = Via.WEB
) -> Mark:
    """Keep a note for oneself and instructors. Raises what `change_mark` raises."""
    change = MarkChange(private_note=private_note)
    return change_mark(actor=actor, mark_id=mark_id, change=change, version=version, via=via)


@transaction.atomic
def save_item_feedback(
    *,
    actor: User,
    mark_id: UUID,
    item_id: UUID,
    body: str,
    version: int | None,
    via: Via = Via.WEB,
) -> ItemFeedback | None:
    """Say something of one contribution; nothing at all takes it away. Its author reads it on release.

    Raises what `change_mark` raises; Invalid names `item` or `body`.
    """
    try:
        held = hold_mark(actor, mark_id, version, None)
    except Stale as error:
        said_now = ItemFeedback.objects.filter(mark=mark_id, item=item_id).first()
        error.extra["theirs"] = {"feedback": said_now.body if said_now else ""}
        raise
    words = clean(body, field="body", limit=LONGEST_FEEDBACK, required=False)
    item = WorkItem.objects.filter(work=held.mark.work_id, pk=item_id).first()
    if item is None:
        raise Invalid("This contribution is none of the work's.", field="item")
    feedback = ItemFeedback.objects.filter(mark=held.mark, item=item)
    said: ItemFeedback | None = None
    if words:
        said, _ = feedback.update_or_create(
            defaults={"body": words},
            create_defaults={"mark": held.mark, "item": item, "body": words},
        )
    else:
        feedback.delete()
    keep(held, actor=actor, via=via)
    return said


# -- handing in and taking back --------------------------------------------------------------------


@transaction.atomic
def submit_mark(*, actor: User, mark_id: UUID, version: int | None, via: Via = Via.WEB) -> Mark:
    """Let the mark count. What is asked for and nobody said otherwise counts as proposed.

    The work is open to the next from then on. Again does nothing. Raises what `change_mark` raises,
    and Invalid that names the first criterion that is not set (`incomplete`) or cites nothing though
    it has to (`uncited`).
    """
    held = hold_mark(actor, mark_id, version, None)
    mark = held.mark
    if mark.state == MarkState.SUBMITTED:
        return mark
    _take_proposals(held)
    mark.total = whole_total(mark)
    mark.state, mark.submitted_at = MarkState.SUBMITTED, held.now
    mark.version += 1
    mark.save(update_fields=["state", "submitted_at", "total", "version", "updated_at"])
    Lease.objects.filter(work=mark.work, role=mark.role, holder=actor).delete()
    settle(held.plan, mark.work, actor=actor, verb=Verb.SUBMITTED, via=via)
    raise_plan_counter(held.plan)
    return mark


@transaction.atomic
def reopen_mark(*, actor: User, mark_id: UUID, version: int | None, via: Via = Via.WEB) -> Mark:
    """Make an own submitted mark a draft again, so that it counts for nothing until it is submitted.

    On a draft it does nothing. Raises what `change_mark` raises.
    """
    held = hold_mark(actor, mark_id, version, None)
    mark = held.mark
    if mark.state == MarkState.DRAFT:
        return mark
    mark.state, mark.submitted_at = MarkState.DRAFT, None
    mark.version += 1
    mark.save(update_fields=["state", "submitted_at", "version", "updated_at"])
    settle(held.plan, mark.work, actor=actor, verb=Verb.WITHDREW, via=via)
    raise_plan_counter(held.plan)
    return mark


@transaction.atomic
def withdraw_mark(
    *,
    actor: User,
    mark_id: UUID,
    version: int | None,
    reason: str = "",
    via: Via = Via.WEB,
) -> Mark:
    """Take an own mark back: it is kept, counts for nothing, and its part is free again.

    A reason is demanded for one that was submitted. Raises what `change_mark` raises; Invalid that
    names `reason`.
    """
    held = hold_mark(actor, mark_id, version, None)
    mark = held.mark
    needed = mark.state == MarkState.SUBMITTED
    words = clean(reason, field="reason", limit=LONGEST_REASON, required=needed, one_line=True)
    take_back(held, actor=actor, reason=words, via=via)
    return mark


def take_back(held: Held, *, actor: User, reason: str, via: Via) -> None:
    """Take a held mark back, and settle what is left."""
    mark = held.mark
    mark.state = MarkState.WITHDRAWN
    mark.version += 1
    mark.save(update_fields=["state", "version", "updated_at"])
    settle(held.plan, mark.work, actor=actor, verb=Verb.WITHDREW, reason=reason, via=via)
    raise_plan_counter(held.plan)


# -- what they share -------------------------------------------------------------------------------


def hold_mark(actor: User, mark_id: UUID, version: int | None, change: MarkChange | None) -> Held:
    """An own mark under the plan's lock, as it may be changed from that version.

    `change` is what is wanted, of which Stale tells what stands there now. Raises Missing,
    NotAllowed, InvalidState, Stale.
    """
    known = Mark.objects.visible_to(actor).filter(pk=mark_id)
    seen = known.select_related("work__assignment__seminar").first()
    if seen is None:
        raise Missing
    seminar = seen.work.assignment.seminar
    if not may_mark(membership_of(actor, seminar), seminar):
        raise NotAllowed(ARCHIVED)
    if seen.marker_id != actor.pk:
        raise NotAllowed(NOT_OWN_MARK)
    plan, now = lock_plan(seen.work.assignment_id)
    mark = Mark.objects.select_related("work", "rubric_version", "marker").get(pk=mark_id)
    grade = Grade.objects.get(work=mark.work_id)
    if mark.state == MarkState.WITHDRAWN:
        raise InvalidState("This mark was taken back. Begin a new one.", code="taken_back")
    if grade.state == GradeState.RELEASED:
        raise InvalidState(RELEASED, code="released")
    if version is not None and version != mark.version:
        raise stale(mark, change)
    return Held(plan, mark, grade, now)


def stale(mark: Mark, change: MarkChange | None) -> Stale:
    """That the mark has moved on: its version, who saved it when, and what stands there instead."""
    return Stale(
        "This mark has been changed since you opened it.",
        field="version",
        extra={
            "version": mark.version,
            "saved_by": mark.marker.display_name,
            "saved_at": mark.updated_at.isoformat(),
            "theirs": _counterparts(mark, change) if change else {},
        },
    )


def _counterparts(mark: Mark, change: MarkChange) -> dict[str, Any]:
    """What the mark holds at the members that a change names, as plain values."""
    found: dict[str, Any] = {}
    for name in ("comment", "private_note"):
        if not isinstance(getattr(change, name), Unset):
            found[name] = getattr(mark, name)
    if change.parts:
        parts = mark.parts.filter(criterion__key__in=change.parts)
        rows = {
            part.criterion.key: part
            for part in parts.select_related("criterion", "level").prefetch_related(
                "checks", "cited"
            )
        }
        found["parts"] = {
            str(key): _plain_part(rows.get(key), one) for key, one in change.parts.items()
        }
    return found


def _plain_part(part: MarkPart | None, change: PartChange) -> dict[str, Any]:
    whole: dict[str, Any] = {
        "level": str(part.level.key) if part and part.level else None,
        "checks": sorted(str(check.key) for check in part.checks.all()) if part else [],
        "points": str(part.points) if part and part.points is not None else None,
        "comment": part.comment if part else "",
        "cited": sorted(str(item.pk) for item in part.cited.all()) if part else [],
    }
    return {
        name: value for name, value in whole.items() if not isinstance(getattr(change, name), Unset)
    }


def apply_change(held: Held, change: MarkChange) -> None:
    """Write the members of the change to the rows, but for the mark's own row (`keep`)."""
    mark = held.mark
    if not isinstance(change.comment, Unset):
        mark.comment = clean(change.comment, field="comment", limit=LONGEST_COMMENT, required=False)
    if not isinstance(change.private_note, Unset):
        mark.private_note = clean(
            change.private_note, field="private_note", limit=LONGEST_COMMENT, required=False
        )
    if not change.parts:
        return
    criteria = {
        criterion.key: criterion
        for criterion in mark.rubric_version.criteria.prefetch_related("levels")
    }
    for key, one in change.parts.items():
        criterion = criteria.get(key)
        if criterion is None:
            raise Invalid("The mark's rubric has no such criterion.", field=f"parts.{key}")
        _change_part(held, criterion, one)


def _change_part(held: Held, criterion: Criterion, change: PartChange) -> None:
    known = MarkPart.objects.filter(mark=held.mark, criterion=criterion).first()
    part = known or MarkPart(mark=held.mark, criterion=criterion)
    at = f"parts.{criterion.key}"
    checks = _points_changed(part, criterion, change, at)
    if known is None and change.is_empty:
        return
    if not isinstance(change.comment, Unset):
        part.comment = clean(
            change.comment, field=f"{at}.comment", limit=LONGEST_PART_COMMENT, required=False
        )
    part.save()
    if checks is not None:
        part.checks.set(checks)
    if not isinstance(change.cited, Unset):
        part.cited.set(_cited(held.mark, change.cited, f"{at}.cited"))


def _points_changed(
    part: MarkPart, criterion: Criterion, change: PartChange, at: str
) -> list[Level] | None:
    """Set level and points as the criterion's kind has them; the checks that were chosen, if any were."""
    given = {
        CriterionKind.LEVELS: "level",
        CriterionKind.CHECKS: "checks",
        CriterionKind.RANGE: "points",
        CriterionKind.COMPLETION: "points",
    }.get(CriterionKind(criterion.kind))
    for name in ("level", "checks", "points"):
        if name != given and not isinstance(getattr(change, name), Unset):
            raise Invalid("This criterion takes no such value.", field=f"{at}.{name}")
    levels = {level.key: level for level in criterion.levels.all()}
    if not isinstance(change.level, Unset):
        part.level = _level(levels, change.level, f"{at}.level")
        part.points = part.level.points if part.level else None
    elif not isinstance(change.points, Unset):
        part.points = _range(change.points, criterion.points, f"{at}.points")
    elif change.checks is None:
        part.points = None
        return []
    elif not isinstance(change.checks, Unset):
        chosen = [_level(levels, key, f"{at}.checks") for key in dict.fromkeys(change.checks)]
        checks = [one for one in chosen if one]
        part.points = of_checks((one.points for one in checks), criterion.points)
        return checks
    return None


def _level(levels: Mapping[UUID, Level], key: UUID | None, at: str) -> Level | None:
    if key is None:
        return None
    if key not in levels:
        raise Invalid("The criterion has no such level.", field=at)
    return levels[key]


def _range(points: Decimal | None, most: Decimal, at: str) -> Decimal | None:
    if points is None:
        return None
    if not points.is_finite() or not 0 <= points <= most:
        raise Invalid(f"Give a number from 0 to {most.normalize():f}.", field=at)
    if points != rounded(points):
        raise Invalid("Give at most two digits after the point.", field=at)
    return rounded(points)


def _cited(mark: Mark, ids: Collection[UUID], at: str) -> list[WorkItem]:
    wanted = set(ids)
    if len(wanted) > MOST_CITED:
        raise Invalid(f"At most {MOST_CITED} contributions are cited by one criterion.", field=at)
    items = list(WorkItem.objects.filter(work=mark.work_id, pk__in=wanted))
    if len(items) < len(wanted):
        raise Invalid("A contribution that you cite is none of the work's.", field=at)
    return items


def keep(held: Held, *, actor: User, via: Via) -> Mark:
    """Total the mark, raise its version and settle the grade if it counts. Raises Invalid."""
    mark = held.mark
    if mark.state == MarkState.SUBMITTED:
        mark.total = whole_total(mark)
    else:
        mark.total = _total(mark)
    mark.version += 1
    mark.save(update_fields=["comment", "private_note", "total", "version", "updated_at"])
    if mark.state == MarkState.SUBMITTED:
        settle(held.plan, mark.work, actor=actor, via=via)
    raise_plan_counter(held.plan)
    return mark


def _parts_of(mark: Mark) -> list[tuple[Criterion, MarkPart | None]]:
    """The rubric's criteria in their order, each with what the mark says by it."""
    parts = {part.criterion_id: part for part in mark.parts.prefetch_related("cited")}
    return [(one, parts.get(one.pk)) for one in mark.rubric_version.criteria.all()]


def _total(mark: Mark) -> Decimal | None:
    return total_of(
        (part.points if part else None, criterion.weight)
        for criterion, part in _parts_of(mark)
        if criterion.kind != CriterionKind.FEEDBACK
    )


def whole_total(mark: Mark) -> Decimal:
    """What the mark gives. Raises Invalid that names each criterion that is not done."""
    whole = NOTHING
    open_ones, baseless = {}, {}
    for criterion, part in _parts_of(mark):
        if criterion.kind == CriterionKind.FEEDBACK:
            continue
        if part is None or part.points is None:
            open_ones[f"parts.{criterion.key}"] = unset(criterion)
            continue
        if criterion.requires_citation and part.points > 0 and not part.cited.all():
            baseless[f"parts.{criterion.key}.cited"] = uncited(criterion)
        whole += part.points * criterion.weight
    if open_ones:
        raise Invalid(**_places(open_ones), code="incomplete")
    if baseless:
        raise Invalid(**_places(baseless), code="uncited")
    return rounded(whole)


def _places(faults: dict[str, str]) -> dict[str, Any]:
    """What a refusal says of several fields, whose sentences these are."""
    (field, sentence), *others = faults.items()
    return {"sentence": sentence, "field": field, "also": dict(others)}


def _take_proposals(held: Held) -> None:
    """Set what is computed by what is in where the marker said nothing else."""
    mark = held.mark
    for criterion, part in _parts_of(mark):
        if criterion.kind == CriterionKind.COMPLETION and (part is None or part.points is None):
            done = completion_of(held.plan, mark.work, criterion.points)
            MarkPart.objects.update_or_create(
                mark=mark, criterion=criterion, defaults={"points": done.points}
            )
