"""What the marks of a work make of its grade: one rule for each way of marking."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from annotations.grading import lateness
from annotations.grading.actions.events import record_event
from annotations.grading.enums import (
    DOUBLE,
    AgreementRule,
    GradeState,
    LateOwner,
    MarkingMode,
    MarkRole,
    MarkState,
    SampleOutcome,
    Verb,
    Via,
)
from annotations.grading.models import Grade, Mark, Sample, WorkItem
from annotations.grading.scoring import NOTHING, final_of, rounded, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotations.grading.models import GradingPlan, Work
    from debate.accounts.models import User

SHOWN = (GradeState.RELEASED,)
"""States in which a grade moves by reopening it alone."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What marks make: the state, the number on the plan's scale if there is one, and on what it rests."""

    state: GradeState
    raw: Decimal | None
    basis: dict[str, Any]


def settle(
    plan: GradingPlan,
    work: Work,
    *,
    actor: User | None,
    verb: Verb = Verb.RECOMPUTED,
    reason: str = "",
    via: Via = Via.WEB,
) -> Grade:
    """Make the work's grade what its marks, the plan and its lateness say, with an event.

    To be called under the plan's lock after each change of a mark. What the pair agreed stands
    until one of its marks changes. A released grade stays as it is until it is reopened; one that is
    reopened is ready again as soon as its marks give a number. Without a change nothing is written,
    unless `verb` says what somebody did.
    """
    grade = Grade.objects.get(work=work)
    if grade.state in SHOWN:
        return grade
    changes = settled(
        plan, grade, list(_marks(work)), _late_by(work), is_moderated=_moderated(plan)
    )
    moved = any(getattr(grade, name) != value for name, value in changes.items())
    if moved or verb != Verb.RECOMPUTED:
        record_event(grade, verb, actor=actor, changes=changes, reason=reason, via=via)
    return grade


def settled(
    plan: GradingPlan,
    grade: Grade,
    marks: Sequence[Mark],
    late_by: Sequence[int],
    *,
    is_moderated: bool,
) -> dict[str, Any]:
    """The members of the grade that follow from these standing marks; reads nothing."""
    outcome = _agreed(grade, marks) or outcome_of(plan, marks, is_moderated=is_moderated)
    if grade.is_excused:
        outcome = Outcome(GradeState.READY, outcome.raw, outcome.basis)
    changes: dict[str, Any] = {
        "state": outcome.state,
        "raw": outcome.raw,
        "basis": outcome.basis,
        "late_deduction": NOTHING,
        "final": None,
    }
    if outcome.raw is not None:
        late = late_deduction(plan, outcome.raw, late_by)
        changes["late_deduction"] = late
        if not grade.is_excused:
            changes["final"] = final_of(outcome.raw, late, grade.adjustment)
    return changes


def outcome_of(plan: GradingPlan, marks: Sequence[Mark], *, is_moderated: bool) -> Outcome:
    """What standing marks make by the plan's way of marking."""
    submitted = {mark.role: mark for mark in marks if mark.state == MarkState.SUBMITTED}
    first = submitted.get(MarkRole.FIRST)
    if first is None:
        state = GradeState.IN_PROGRESS if marks else GradeState.NOT_STARTED
        return Outcome(state, None, {})
    if plan.marking_mode not in DOUBLE:
        waits = plan.marking_mode == MarkingMode.SAMPLED and not is_moderated
        state = GradeState.MARKED if waits else GradeState.READY
        return Outcome(state, on_scale(plan, first), basis_of("single", first))
    second = submitted.get(MarkRole.SECOND)
    if second is None:
        return Outcome(GradeState.AWAITING_SECOND, None, basis_of("first", first))
    return _of_two(plan, first, second, submitted.get(MarkRole.THIRD))


def _of_two(plan: GradingPlan, first: Mark, second: Mark, third: Mark | None) -> Outcome:
    one, other = on_scale(plan, first), on_scale(plan, second)
    if abs(one - other) <= plan.tolerance:
        takes_first = plan.agreement_rule == AgreementRule.FIRST
        raw = one if takes_first else rounded((one + other) / 2)
        rule = "first" if takes_first else "mean"
        return Outcome(GradeState.READY, raw, basis_of(rule, first, second))
    if third is None:
        return Outcome(GradeState.DISAGREED, None, basis_of("disagreed", first, second))
    judge = on_scale(plan, third)
    # Of two that are equally far the first stands.
    nearest = first if abs(one - judge) <= abs(other - judge) else second
    basis = basis_of("nearest", first, second, third)
    return Outcome(GradeState.READY, on_scale(plan, nearest), basis | {"stands": str(nearest.pk)})


def _agreed(grade: Grade, marks: Sequence[Mark]) -> Outcome | None:
    """What the pair agreed, as long as the marks are those that they had before them."""
    if grade.basis.get("rule") != "agreed":
        return None
    standing = {str(mark.pk): mark.version for mark in marks if mark.state == MarkState.SUBMITTED}
    if standing != grade.basis["marks"]:
        return None
    return Outcome(GradeState.READY, grade.raw, grade.basis)


def basis_of(rule: str, *marks: Mark) -> dict[str, Any]:
    """What a grade rests on: the rule, and the marks in the versions that were read."""
    return {"rule": rule, "marks": {str(mark.pk): mark.version for mark in marks}}


def on_scale(plan: GradingPlan, mark: Mark) -> Decimal:
    """A submitted mark's total on the plan's scale."""
    total = mark.total if mark.total is not None else NOTHING
    return scaled(total, mark.rubric_version.points, plan.points)


def late_deduction(plan: GradingPlan, raw: Decimal, late_by: Sequence[int]) -> Decimal:
    """What lateness takes by the plan, where this site takes it at all."""
    if plan.late_owner != LateOwner.US:
        return NOTHING
    policy = lateness.Policy(
        rule=plan.late_rule,
        percent=plan.late_percent,
        interval=plan.late_interval,
        floor=plan.late_floor,
    )
    return lateness.deduction(raw, late_by, policy)


def number_of(members: Mapping[str, Any]) -> Decimal | None:
    """The `final` among the members of an event, as a number."""
    final = members.get("final")
    return None if final is None else Decimal(final)


def _marks(work: Work) -> Sequence[Mark]:
    return list(Mark.objects.filter(work=work).standing().select_related("rubric_version"))


def _late_by(work: Work) -> list[int]:
    return list(WorkItem.objects.filter(work=work).values_list("late_by", flat=True))


def _moderated(plan: GradingPlan) -> bool:
    """Whether a moderator agreed to all of the sample, and there is one."""
    if plan.marking_mode != MarkingMode.SAMPLED:
        return False
    outcomes = Sample.objects.filter(work__assignment=plan.assignment_id)
    found = list(outcomes.values_list("outcome", flat=True))
    return bool(found) and all(outcome == SampleOutcome.AGREE for outcome in found)
