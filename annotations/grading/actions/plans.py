"""How an assignment is graded: set up, changed, taken to another version of its rubric, applied to others."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, TypedDict, Unpack

from django.db import transaction

from annotations.grading.actions.events import record_event
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.actions.rubrics import copy_rubric, publish_rubric_version
from annotations.grading.actions.settling import settle
from annotations.grading.actions.simulating import (
    Loaded,
    Simulation,
    agreement,
    carry,
    load,
    load_all,
    moved_mark,
    simulate,
)
from annotations.grading.enums import (
    AgreementRule,
    GradeState,
    LateInterval,
    LateOwner,
    LateRule,
    MarkingMode,
    MarkRole,
    ReleaseMode,
    Verb,
    Via,
)
from annotations.grading.models import (
    Grade,
    GradingPlan,
    Mark,
    MarkPart,
    Rubric,
    RubricVersion,
)
from annotations.grading.permissions import may_set_up_grading
from annotations.grading.queries.rubrics import content_of, latest_of, uses_of, with_content
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.grading.formats.content import RubricContent
    from annotations.grading.models import Criterion, Level
    from annotations.grading.remapping import Carried
    from debate.accounts.models import User

ONLY_INSTRUCTORS = "Only instructors of this seminar set up its grading, while it is not archived."
STALE = "Somebody has changed how this is graded since you opened it."
REASON_LENGTH = 1000
NOTE_LENGTH = 10_000
MOST_POINTS = Decimal(10_000)
MOST_DAYS, MOST_HOURS = 365, 336
CENT: Final = Decimal("0.01")
WORDS: Final = {
    "marking_mode": MarkingMode,
    "agreement_rule": AgreementRule,
    "release_mode": ReleaseMode,
    "late_owner": LateOwner,
    "late_rule": LateRule,
    "late_interval": LateInterval,
}
WHOLE: Final = {"sample_percent": 100, "pass_percent": 100, "sample_least": 1000} | {
    "regrade_days": MOST_DAYS,
    "regrade_wait_hours": MOST_HOURS,
}
COPIED: Final = (
    "rubric_version", "points", "is_blind", "marking_mode", "tolerance", "agreement_rule",
    "sample_percent", "sample_least", "pass_percent", "release_mode", "release_at", "late_owner",
    "late_rule", "late_percent", "late_interval", "late_floor", "regrade_days",
    "regrade_wait_hours",
)  # fmt: skip
"""The members that one plan takes from another."""


class PlanInput(TypedDict, total=False):
    """What an instructor says of a plan; what is left out stays as it is, or by default.

    `rubric_id` is a rubric of the seminar, whose newest version is taken, or of the own library,
    which is copied into the seminar; None for no rubric. `points` None means what the rubric gives.
    """

    rubric_id: UUID | None
    points: Decimal | None
    is_blind: bool
    marking_mode: str
    tolerance: Decimal
    agreement_rule: str
    sample_percent: int
    sample_least: int
    pass_percent: int
    release_mode: str
    release_at: datetime | None
    late_owner: str
    late_rule: str
    late_percent: Decimal
    late_interval: str
    late_floor: Decimal
    regrade_days: int
    regrade_wait_hours: int


# -- set up and changed ------------------------------------------------------------------------------


@transaction.atomic
def set_up_grading(*, actor: User, assignment_id: UUID, **given: Unpack[PlanInput]) -> GradingPlan:
    """Say how the assignment is graded, which nothing of it is before.

    Raises Missing, NotAllowed for all but instructors, Conflict where there is a plan, Invalid that
    names the member.
    """
    assignment = find_managed(actor, assignment_id)
    # Locked, so that two who set it up at once are told so.
    Assignment.objects.select_for_update(no_key=True).get(pk=assignment.pk)
    if GradingPlan.objects.filter(assignment=assignment).exists():
        raise Conflict("Somebody has set up the grading of this assignment already.")
    plan = GradingPlan(assignment=assignment, created_by=actor)
    _take(actor, plan, given)
    plan.save(force_insert=True)
    return plan


@transaction.atomic
def change_plan(
    *,
    actor: User,
    assignment_id: UUID,
    version: int | None,
    reason: str = "",
    via: Via = Via.WEB,
    **given: Unpack[PlanInput],
) -> tuple[GradingPlan, Simulation]:
    """Change what is given of the plan, and settle the grades that it moves, each with an event.

    Released grades stay as they are until they are reopened. Returns the plan, and whose scores
    have moved. Raises Missing, NotAllowed, Stale, Invalid that names the member; on `reason` with
    the code `reason_required` where scores move and none is given; InvalidState for what cannot be
    changed any more: the rubric once there are marks, blind marking once works are collected, the
    way of marking once somebody marks a second time.
    """
    before, now = _hold(actor, assignment_id, version)
    after = copy(before)
    _take(actor, after, given, now)
    _protect(before, after)
    loaded = load(before)
    simulation = simulate(before, after, loaded=loaded)
    reason = _reason(reason, simulation)
    _save(after)
    _resettle(before, after, loaded, actor=actor, reason=reason, via=via)
    raise_plan_counter(after)
    return after, simulation


def tried_plan(
    *, actor: User, assignment_id: UUID, **given: Unpack[PlanInput]
) -> tuple[GradingPlan, Simulation]:
    """What `change_plan` would do with the same: the plan unsaved, and whose scores would move.

    Raises what it raises, but for the reason.
    """
    assignment = find_managed(actor, assignment_id)
    before = plan_of(assignment)
    if before is None:
        raise Missing
    after = copy(before)
    with transaction.atomic():
        _take(actor, after, given)
        _protect(before, after)
        simulation = simulate(before, after)
        # A rubric of the library that was chosen is copied when the plan is saved, and not before.
        transaction.set_rollback(True)
    return after, simulation


def plan_of(assignment: Assignment) -> GradingPlan | None:
    """The plan with its rubric's version; None where nothing is set up."""
    plans = GradingPlan.objects.select_related("rubric_version__rubric", "assignment__seminar")
    return plans.filter(assignment=assignment).first()


def find_managed(actor: User, assignment_id: UUID) -> Assignment:
    """The assignment. Raises Missing, and NotAllowed for all but its seminar's instructors."""
    concerned = Assignment.objects.set_to(actor).select_related("seminar")
    assignment = concerned.filter(pk=assignment_id).first()
    if assignment is None:
        raise Missing
    if not may_set_up_grading(membership_of(actor, assignment.seminar), assignment.seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    return assignment


def _hold(actor: User, assignment_id: UUID, version: int | None) -> tuple[GradingPlan, datetime]:
    find_managed(actor, assignment_id)
    plan, now = lock_plan(assignment_id)
    if version is not None and version != plan.version:
        raise Stale(STALE, field="version", extra={"version": plan.version})
    return plan, now


def _save(plan: GradingPlan) -> None:
    plan.version += 1
    plan.save()


def _reason(reason: str, simulation: Simulation) -> str:
    reason = clean(reason, field="reason", limit=REASON_LENGTH, required=False)
    if not reason and not simulation.is_silent:
        raise Invalid(
            "This moves scores that have been given. Say why.",
            field="reason",
            code="reason_required",
        )
    return reason


def _resettle(
    before: GradingPlan,
    after: GradingPlan,
    loaded: Loaded,
    *,
    actor: User,
    reason: str,
    via: Via,
    then: dict[UUID, list[Mark]] | None = None,
) -> None:
    """Make every grade that is not released what the plan says now. `then` are the marks after."""
    for grade in loaded.grades:
        if grade.state == GradeState.RELEASED:
            continue
        marks = loaded.marks.get(grade.work_id, [])
        now = (then or loaded.marks).get(grade.work_id, [])
        agreed = agreement(before, after, grade, marks, now)
        if any(getattr(grade, name) != value for name, value in agreed.items()):
            record_event(
                grade, Verb.RECOMPUTED, actor=actor, changes=agreed, reason=reason, via=via
            )
        settle(after, grade.work, actor=actor, reason=reason, via=via)


# -- what may be said --------------------------------------------------------------------------------


def _take(actor: User, plan: GradingPlan, given: PlanInput, now: datetime | None = None) -> None:
    """Set the members that are given on the plan, unsaved. Raises Invalid that names the member."""
    values: dict[str, Any] = dict(given)
    if "rubric_id" in values:
        _take_rubric(actor, plan, values.pop("rubric_id"))
    for name, value in values.items():
        setattr(plan, name, _CHECKS[name](name, value) if name in _CHECKS else value)
    if plan.release_mode == ReleaseMode.SCHEDULED:
        if plan.release_at is None:
            raise Invalid("Say when the grades are released.", field="release_at")
        if now and "release_at" in given and plan.release_at <= now:
            _refuse_past(plan)
    else:
        plan.release_at = None
    most = plan.points or (plan.rubric_version.points if plan.rubric_version else MOST_POINTS)
    if plan.tolerance > most:
        raise Invalid("Two marks cannot differ by more than there is to reach.", field="tolerance")


def _refuse_past(plan: GradingPlan) -> None:
    """A time that has passed may stay, and not be set."""
    kept = GradingPlan.objects.filter(pk=plan.pk, release_at=plan.release_at).exists()
    if not kept:
        raise Invalid("This time has passed. Release the grades by hand.", field="release_at")


def _take_rubric(actor: User, plan: GradingPlan, rubric_id: UUID | None) -> None:
    if rubric_id is None:
        plan.rubric_version = None
        return
    current = plan.rubric_version
    if current is not None and current.rubric_id == rubric_id:
        return
    seminar = plan.assignment.seminar
    rubric = Rubric.objects.visible_to(actor).filter(pk=rubric_id, archived_at=None).first()
    if rubric is None or rubric.seminar_id not in {None, seminar.pk}:
        raise Invalid("There is no such rubric in this seminar or your library.", field="rubric")
    newest = latest_of(rubric)
    if newest is None:
        raise Invalid("Nothing of this rubric has been published yet.", field="rubric")
    if rubric.seminar_id is None:
        newest = _copied(actor, plan, rubric, newest)
    plan.rubric_version = newest


def _copied(
    actor: User, plan: GradingPlan, rubric: Rubric, newest: RubricVersion
) -> RubricVersion | None:
    """The seminar's copy of the rubric, as it is now; one that was made before is taken again."""
    seminar = plan.assignment.seminar
    copies = RubricVersion.objects.filter(
        rubric__seminar=seminar, rubric__copied_from=rubric, content_hash=newest.content_hash
    )
    known = copies.filter(rubric__archived_at=None).order_by("pk").first()
    return known or latest_of(copy_rubric(actor=actor, rubric_id=rubric.pk, seminar=seminar))


def _word(name: str, value: str) -> str:
    words = WORDS[name].values
    if value not in words:
        raise Invalid("Choose one of: " + ", ".join(words) + ".", field=name)
    return value


def _whole(name: str, value: int) -> int:
    if not 0 <= value <= WHOLE[name]:
        raise Invalid(f"Give a whole number from 0 to {WHOLE[name]}.", field=name)
    return value


def _decimal(name: str, value: Decimal, most: Decimal) -> Decimal:
    if not value.is_finite() or not 0 <= value <= most:
        raise Invalid(f"Give a number from 0 to {most:f}.", field=name)
    kept = value.quantize(CENT)
    if kept != value:
        raise Invalid("Give at most two decimal places.", field=name)
    return kept


def _points(name: str, value: Decimal | None) -> Decimal | None:
    if value is None:
        return None
    kept = _decimal(name, value, MOST_POINTS)
    if kept == 0:
        raise Invalid("Give more than 0 points, or none for what the rubric gives.", field=name)
    return kept


_CHECKS: Final[dict[str, Any]] = {
    **dict.fromkeys(WORDS, _word),
    **dict.fromkeys(WHOLE, _whole),
    "points": _points,
    "tolerance": lambda name, value: _decimal(name, value, MOST_POINTS),
    "late_percent": lambda name, value: _decimal(name, value, Decimal(100)),
    "late_floor": lambda name, value: _decimal(name, value, Decimal(100)),
}


def _protect(before: GradingPlan, after: GradingPlan) -> None:
    """Raise InvalidState for what cannot be changed any more."""
    standing = Mark.objects.filter(work__assignment=before.assignment_id).standing()
    if before.rubric_version_id != after.rubric_version_id and standing.exists():
        raise InvalidState(
            "Marks have been made by this rubric. It can be taken to another version of itself.",
            field="rubric",
            code="marks_exist",
        )
    if before.is_blind and not after.is_blind and before.collected_at:
        raise InvalidState(
            "Works are collected under aliases. End blind marking instead, which is kept.",
            field="is_blind",
            code="works_collected",
        )
    if after.is_blind and not before.is_blind and standing.exists():
        raise InvalidState(
            "Somebody has marked and knows the names, so marking cannot become blind.",
            field="is_blind",
            code="marks_exist",
        )
    seconds = standing.filter(role__in=(MarkRole.SECOND, MarkRole.THIRD))
    if before.marking_mode != after.marking_mode and seconds.exists():
        raise InvalidState(
            "Somebody has marked a second time, so the way of marking stays as it is.",
            field="marking_mode",
            code="second_marks_exist",
        )


# -- the end of blind marking ------------------------------------------------------------------------


@transaction.atomic
def end_blind(
    *,
    actor: User,
    assignment_id: UUID,
    version: int | None,
    reason: str = "",
    via: Via = Via.WEB,
) -> GradingPlan:
    """Let markers know from now on whose works they mark; every grade keeps that, and who did it.

    It cannot be taken back. Raises Missing, NotAllowed, Stale, InvalidState where names are known,
    and Invalid on `reason` without one as long as a grade is not ready.
    """
    plan, now = _hold(actor, assignment_id, version)
    if not plan.hides_names:
        raise InvalidState("The names are known here already.")
    reason = clean(reason, field="reason", limit=REASON_LENGTH, required=False)
    grades = list(Grade.objects.filter(work__assignment=assignment_id).order_by("pk"))
    done = (GradeState.READY, GradeState.RELEASED)
    if not reason and any(grade.state not in done for grade in grades):
        raise Invalid(
            "Works are still being marked. Say why the names are needed now.",
            field="reason",
            code="reason_required",
        )
    plan.names_known_at = now
    _save(plan)
    for grade in grades:
        record_event(grade, Verb.BROKE_BLIND, actor=actor, reason=reason, via=via)
    raise_plan_counter(plan)
    return plan


# -- another version of the rubric -------------------------------------------------------------------


def simulate_move(actor: User, assignment_id: UUID, number: int) -> tuple[GradingPlan, Simulation]:
    """What `move_plan_to_version` would do. Raises Missing, NotAllowed. Takes about 15 queries."""
    plan = plan_of(find_managed(actor, assignment_id))
    version = _version_of(plan, number)
    if plan is None or version is None:
        raise Missing
    return plan, _tried_move(plan, version)


@dataclass(frozen=True, slots=True)
class Tried:
    """A version that may not be published yet: what it says, and what it moves in each assignment."""

    content: RubricContent
    moves: Sequence[tuple[GradingPlan, Simulation]]


def tried_version(
    *,
    actor: User,
    rubric_id: UUID,
    content: RubricContent | None = None,
    number: int | None = None,
) -> Tried:
    """What taking each assignment on another version of the rubric to this one would move.

    The version is that of the number, or one that the content would make: then it is published,
    looked at, and taken back with all that was written. Raises what publishing raises.
    """
    with transaction.atomic():
        if content is not None:
            version, _ = publish_rubric_version(
                actor=actor, rubric_id=rubric_id, version=None, content=content
            )
            number = version.number
        found = RubricVersion.objects.filter(rubric=rubric_id, number=number or 0)
        made = found.select_related("rubric").prefetch_related(with_content()).first()
        if made is None:
            raise Missing
        plans = [plan for plan in uses_of(actor, made.rubric) if plan.rubric_version_id != made.pk]
        loaded = load_all(plans)
        moves = [(plan, _tried_move(plan, made, loaded[plan.assignment_id])) for plan in plans]
        tried = Tried(content_of(made), moves)
        transaction.set_rollback(True)
    return tried


def _tried_move(
    plan: GradingPlan, version: RubricVersion, loaded: Loaded | None = None
) -> Simulation:
    after = copy(plan)
    after.rubric_version = version
    return simulate(plan, after, version=version, loaded=loaded)


@transaction.atomic
def move_plan_to_version(
    *,
    actor: User,
    assignment_id: UUID,
    number: int,
    version: int | None,
    reason: str = "",
    via: Via = Via.WEB,
) -> tuple[GradingPlan, Simulation]:
    """Ask by that version of the plan's rubric, and take all standing marks to it.

    Criteria and levels are matched by their keys, totals made anew, versions of marks raised, and
    grades settled; those that are released stay as they are until they are reopened. What has no
    counterpart becomes unset: a submitted mark that misses something is a draft again. What a
    marker wrote by a criterion that is gone is kept in the mark's private note. Raises Missing,
    NotAllowed, Stale, InvalidState for a rubric without such a version, Invalid on `reason`
    without one where scores move or grades are released.
    """
    before, _ = _hold(actor, assignment_id, version)
    target = _version_of(before, number)
    if target is None:
        raise InvalidState("The rubric of this assignment has no such version.")
    if target.pk == before.rubric_version_id:
        return before, Simulation()
    after = copy(before)
    after.rubric_version = target
    loaded = load(before)
    simulation = simulate(before, after, version=target, loaded=loaded)
    reason = _reason_to_move(reason, simulation)
    then = {work: [_move(mark, target) for mark in marks] for work, marks in loaded.marks.items()}
    _save(after)
    _resettle(before, after, loaded, actor=actor, reason=reason, via=via, then=then)
    raise_plan_counter(after)
    return after, simulation


def _version_of(plan: GradingPlan | None, number: int) -> RubricVersion | None:
    if plan is None or plan.rubric_version is None:
        return None
    versions = RubricVersion.objects.filter(rubric=plan.rubric_version.rubric_id, number=number)
    return versions.prefetch_related(with_content()).first()


def _reason_to_move(reason: str, simulation: Simulation) -> str:
    kept = _reason(reason, simulation)
    if not kept and simulation.released:
        raise Invalid(
            "Grades are released. They stay as they are until they are reopened; say why the "
            "rubric changes beneath them.",
            field="reason",
            code="reason_required",
        )
    return kept


def _move(mark: Mark, version: RubricVersion) -> Mark:
    """Write the mark as it is by the version; returns it."""
    by = carry(mark, version)
    criteria = {one.key: one for one in version.criteria.all()}
    one = moved_mark(mark, version, by)
    lost: list[str] = []
    for part in mark.parts.all():
        criterion = criteria.get(part.criterion.key)
        if criterion is None:
            lost += _words_of(part)
            part.delete()
            continue
        _move_part(part, criterion, by)
    if lost:
        one.private_note = "\n\n".join(filter(None, [one.private_note, *lost]))[:NOTE_LENGTH]
    one.save()
    return one


def _words_of(part: MarkPart) -> list[str]:
    """What the marker wrote by a criterion that is gone."""
    return [f"“{part.criterion.title}”: {part.comment}"] if part.comment else []


def _move_part(part: MarkPart, criterion: Criterion, by: Carried) -> None:
    levels: dict[UUID, Level] = {level.key: level for level in criterion.levels.all()}
    choice = by.choices[criterion.key]
    part.criterion = criterion
    part.level = levels[choice.level] if choice.level else None
    part.points = choice.points
    part.save()
    part.checks.set([levels[key] for key in choice.checks])


# -- applied to other assignments --------------------------------------------------------------------


@transaction.atomic
def apply_plan_to(
    *,
    actor: User,
    assignment_id: UUID,
    version: int | None,
    to: Collection[UUID],
) -> Sequence[GradingPlan]:
    """Grade other assignments of the seminar as this one is graded; all of them, or none.

    A scheduled release is not taken over, as each assignment has its own time: it becomes one by
    hand. Raises Missing, NotAllowed, Stale for a newer plan here, Invalid on `assignments` for no or unknown
    assignments, InvalidState that names the first whose works are collected.
    """
    source = plan_of(find_managed(actor, assignment_id))
    if source is None:
        raise Missing
    if version is not None and version != source.version:
        raise Stale(STALE, field="version", extra={"version": source.version})
    wanted = set(to) - {assignment_id}
    rows = Assignment.objects.filter(seminar=source.assignment.seminar_id, pk__in=wanted)
    # In the order of their ids, so that no two who hold some wait for one another.
    targets = list(rows.select_for_update(no_key=True).order_by("pk"))
    if not targets or len(targets) < len(wanted):
        raise Invalid("Choose assignments of this seminar.", field="assignments")
    return [_apply(actor, source, target) for target in targets]


def _apply(actor: User, source: GradingPlan, target: Assignment) -> GradingPlan:
    plan = GradingPlan.objects.select_for_update(no_key=True).filter(assignment=target).first()
    if plan is not None and plan.collected_at:
        raise InvalidState(
            f"The works of “{target.title}” are collected, so its grading is changed on its own "
            "page.",
            field="assignments",
            code="works_collected",
        )
    is_new = plan is None
    made = plan or GradingPlan(assignment=target, created_by=actor)
    for name in COPIED:
        setattr(made, name, getattr(source, name))
    if made.release_mode == ReleaseMode.SCHEDULED:
        made.release_mode, made.release_at = ReleaseMode.MANUAL, None
    if is_new:
        made.save(force_insert=True)
    else:
        _save(made)
        raise_plan_counter(made)
    return made
