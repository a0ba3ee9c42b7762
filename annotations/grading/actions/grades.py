"""What instructors do to a grade beside the marks: agree, adjust, excuse, reopen."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations.grading.actions.events import record_event
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.actions.settling import basis_of, late_deduction, settle
from annotations.grading.enums import DOUBLE, GradeState, MarkRole, MarkState, Verb, Via
from annotations.grading.models import Grade, GradingPlan, Mark, Work
from annotations.grading.permissions import may_mark, may_release
from annotations.grading.scoring import final_of, rounded
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

MOST = Decimal("99999.99")
REASON_LENGTH = 1000
ROLES = MarkRole.values


RELEASED = "This grade is released: reopen it first, and say why."


@transaction.atomic
def agree_grade(
    *, actor: User, work_id: UUID, points: Decimal, reason: str, version: int, via: Via = Via.WEB
) -> Grade:
    """Set what the markers of a work agreed on, who differ by more than the tolerance.

    For its markers and for instructors. It stands until one of the marks changes. Raises Missing,
    NotAllowed, Stale, InvalidState where the marks do not disagree and (`released`) for a released
    grade, Invalid for points outside the scale and without a reason.
    """
    plan, work, grade = _locked(actor, work_id, version)
    membership = membership_of(actor, plan.assignment.seminar)
    marks = list(Mark.objects.filter(work=work, state=MarkState.SUBMITTED))
    is_marker = any(mark.marker_id == actor.pk for mark in marks)
    if not (may_release(membership, plan.assignment.seminar) or is_marker):
        raise NotAllowed("Only its markers and instructors agree a mark.")
    if grade.state == GradeState.RELEASED:
        raise InvalidState(RELEASED, code="released")
    if plan.marking_mode not in DOUBLE or grade.state != GradeState.DISAGREED:
        raise InvalidState("The marks of this work do not disagree.")
    agreed = _points(points, most=most_of(plan), field="points")
    reason = _reason(reason)
    changes: dict[str, Any] = {
        "state": GradeState.READY,
        "raw": agreed,
        "basis": basis_of("agreed", *sorted(marks, key=lambda mark: ROLES.index(mark.role))),
    }
    changes |= _numbers(plan, work, grade, agreed, grade.adjustment)
    return _recorded(plan, grade, Verb.AGREED, actor=actor, changes=changes, reason=reason, via=via)


@transaction.atomic
def adjust_grade(
    *,
    actor: User,
    work_id: UUID,
    adjustment: Decimal,
    reason: str,
    version: int,
    via: Via = Via.WEB,
) -> Grade:
    """Add points to what the marks gave, or take some off; the marks stay as they are.

    Raises Missing, NotAllowed for all but instructors, Stale, InvalidState for a grade without a
    number and (`released`) for a released one, Invalid for a number out of bounds and without a
    reason.
    """
    plan, work, grade = _locked_for_release(actor, work_id, version)
    if grade.raw is None:
        raise InvalidState("There is no number yet that could be adjusted.")
    most = most_of(plan)
    adjustment = rounded(_number(adjustment, field="adjustment"))
    if not -most <= adjustment <= most:
        raise Invalid(f"Give a number between -{most} and {most}.", field="adjustment")
    reason = _reason(reason)
    changes: dict[str, Any] = {"adjustment": adjustment}
    changes |= _numbers(plan, work, grade, grade.raw, adjustment)
    if grade.state == GradeState.REOPENED:
        changes["state"] = GradeState.READY
    return _recorded(
        plan, grade, Verb.ADJUSTED, actor=actor, changes=changes, reason=reason, via=via
    )


@transaction.atomic
def excuse_work(
    *, actor: User, work_id: UUID, is_excused: bool, reason: str, version: int, via: Via = Via.WEB
) -> Grade:
    """Give a work no number, ready to be released as excused; or grade it after all.

    Raises Missing, NotAllowed, Stale, InvalidState (`released`) for a released grade, Invalid
    without a reason.
    """
    plan, work, grade = _locked_for_release(actor, work_id, version)
    reason = _reason(reason)
    if grade.is_excused == is_excused:
        return grade
    state = GradeState.READY if is_excused else GradeState.NOT_STARTED
    changes: dict[str, Any] = {"is_excused": is_excused, "state": state, "final": None}
    _recorded(plan, grade, Verb.EXCUSED, actor=actor, changes=changes, reason=reason, via=via)
    if not is_excused:
        grade = settle(plan, work, actor=actor, reason=reason, via=via)
    return grade


@transaction.atomic
def reopen_grade(
    *, actor: User, work_id: UUID, reason: str, version: int, via: Via = Via.WEB
) -> Grade:
    """Let a released grade be changed; the student keeps the sheet, and reads "under review".

    Raises Missing, NotAllowed, Stale, InvalidState for one that is not released, Invalid without a
    reason.
    """
    plan, _, grade = _locked_for_release(actor, work_id, version, released=True)
    reason = _reason(reason)
    changes = {"state": GradeState.REOPENED}
    return _recorded(
        plan, grade, Verb.REOPENED, actor=actor, changes=changes, reason=reason, via=via
    )


def most_of(plan: GradingPlan) -> Decimal:
    """The most that a work can reach on the plan's scale; the rubric's without one of its own."""
    if plan.points is not None:
        return plan.points
    return plan.rubric_version.points if plan.rubric_version else Decimal(0)


def _recorded(plan: GradingPlan, grade: Grade, verb: Verb, **event: Any) -> Grade:
    record_event(grade, verb, **event)
    raise_plan_counter(plan)
    return grade


def _numbers(
    plan: GradingPlan, work: Work, grade: Grade, raw: Decimal, adjustment: Decimal
) -> dict[str, Any]:
    late = late_deduction(plan, raw, list(work.items.values_list("late_by", flat=True)))
    if grade.is_excused:
        return {"late_deduction": late}
    return {"late_deduction": late, "final": final_of(raw, late, adjustment)}


def _locked(
    actor: User, work_id: UUID, version: int, *, by_instructor: bool = False
) -> tuple[GradingPlan, Work, Grade]:
    """The plan under its lock, with the work and its grade, as the actor sees them as staff."""
    seen = Work.objects.marked_by(actor).filter(pk=work_id).first()
    if seen is None:
        raise Missing
    plan, _ = lock_plan(seen.assignment_id)
    membership = membership_of(actor, plan.assignment.seminar)
    if not may_mark(membership, plan.assignment.seminar):
        raise NotAllowed("The seminar is archived, so its grades stay as they are.")
    if by_instructor and not may_release(membership, plan.assignment.seminar):
        raise NotAllowed("Only instructors of this seminar change grades.")
    grade = Grade.objects.get(work=work_id)
    if version != grade.version:
        raise Stale(
            "The grade has changed since you looked at it.", extra={"version": grade.version}
        )
    return plan, seen, grade


def _locked_for_release(
    actor: User, work_id: UUID, version: int, *, released: bool = False
) -> tuple[GradingPlan, Work, Grade]:
    plan, work, grade = _locked(actor, work_id, version, by_instructor=True)
    is_released = grade.state == GradeState.RELEASED
    if is_released and not released:
        raise InvalidState(RELEASED, code="released")
    if released and not is_released:
        raise InvalidState("This grade is not released.")
    return plan, work, grade


def _reason(reason: str) -> str:
    return clean(reason, field="reason", limit=REASON_LENGTH)


def _points(points: Decimal, *, most: Decimal, field: str) -> Decimal:
    points = rounded(_number(points, field=field))
    if not 0 <= points <= most:
        raise Invalid(f"Give a number between 0 and {most}.", field=field)
    return points


def _number(number: Decimal, *, field: str) -> Decimal:
    if not number.is_finite() or abs(number) > MOST:
        raise Invalid(f"Give a number between -{MOST} and {MOST}.", field=field)
    return number
