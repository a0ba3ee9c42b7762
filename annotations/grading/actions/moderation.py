"""The moderator's sample: drawn by rule, looked at by somebody else, and what follows from it.

A moderator changes no mark. Only when all of the sample is agreed with are the grades ready; one
concern holds all of them back, as what is wrong with some may be wrong with any.
"""

from __future__ import annotations

from secrets import token_hex
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from annotations.grading.actions.events import record_event
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.actions.settling import on_scale, settle
from annotations.grading.enums import (
    GradeState,
    MarkingMode,
    MarkRole,
    MarkState,
    SampleOutcome,
    SampleReason,
    Verb,
    Via,
)
from annotations.grading.models import Grade, GradingPlan, Mark, Sample, Work
from annotations.grading.permissions import may_mark, may_set_up_grading
from annotations.grading.sampling import drawn
from debate.assignments.models import Assignment
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User

NOTE_LENGTH: Final = 4000
ONLY_INSTRUCTORS: Final = "Only instructors of this seminar draw the sample."
NOT_OWN: Final = "Somebody else than its first marker moderates a work."
ARCHIVED: Final = "The seminar is archived, so its moderation stays as it is."
UNMARKED: Final = (GradeState.NOT_STARTED, GradeState.IN_PROGRESS)
"""States of works that have no first mark yet."""


@transaction.atomic
def draw_sample(
    *, actor: User, assignment_id: UUID, seed: str = "", via: Via = Via.WEB
) -> Sequence[Sample]:
    """Draw the works that a moderator looks at, by the plan's rule over the first marks.

    What was drawn before is replaced as long as no outcome was said; what was picked by hand stays.
    How it was drawn is kept with the plan, so that it can be drawn again: `seed` is chance's
    without one. Raises Missing, NotAllowed for all but instructors, InvalidState (`not_sampled`,
    `unmarked_works`, `outcomes_said`).
    """
    plan, now = _hold(actor, assignment_id)
    samples = Sample.objects.filter(work__assignment=assignment_id)
    if samples.exclude(outcome="").exists():
        raise InvalidState(
            "An outcome has been said, so this sample stands. Add works by hand instead.",
            code="outcomes_said",
        )
    works = Work.objects.filter(assignment=assignment_id, grade__is_excused=False)
    waiting = works.filter(grade__state__in=UNMARKED).count()
    firsts = _first_marks(assignment_id)
    if waiting or not firsts:
        raise InvalidState(
            "The sample is drawn over all works, and some have no first mark yet.",
            code="unmarked_works",
        )
    rule: dict[str, Any] = {
        "percent": plan.sample_percent,
        "least": plan.sample_least,
        "pass_percent": plan.pass_percent,
        "seed": seed or token_hex(8),
    }
    why = dict(drawn([(mark.work_id, _percent(plan, mark)) for mark in firsts], **rule))
    samples.exclude(why=SampleReason.FLAGGED).delete()
    known = set(samples.values_list("work_id", flat=True))
    made = [Sample(work_id=pk, why=reason) for pk, reason in why.items() if pk not in known]
    for sample in made:
        sample.save(force_insert=True)
    told = rule | {"of": len(firsts), "drawn": len(made)}
    plan.sample_draws = [
        *plan.sample_draws,
        told | {"at": now.isoformat(), "by": str(actor.pk)},
    ]
    plan.save(update_fields=["sample_draws", "updated_at"])
    _settle_all(plan, actor=actor, via=via)
    raise_plan_counter(plan)
    return made


@transaction.atomic
def flag_for_moderation(*, actor: User, work_id: UUID, via: Via = Via.WEB) -> Sample:
    """Put a work into the sample by hand; one that is in it stays as it is.

    Raises Missing, NotAllowed for all but instructors, InvalidState (`not_sampled`,
    `unmarked_works` without a first mark).
    """
    work = Work.objects.marked_by(actor).filter(pk=work_id).first()
    if work is None:
        raise Missing
    plan, _ = _hold(actor, work.assignment_id)
    known = Sample.objects.filter(work=work).first()
    if known is not None:
        return known
    _first_mark_of(work)
    sample = Sample(work=work, why=SampleReason.FLAGGED)
    sample.save(force_insert=True)
    _settle_all(plan, actor=actor, via=via)
    raise_plan_counter(plan)
    return sample


@transaction.atomic
def say_outcome(
    *,
    actor: User,
    sample_id: UUID,
    outcome: str,
    note: str = "",
    version: int | None,
    via: Via = Via.WEB,
) -> Sample:
    """Say as a moderator what was found of a work in the sample; again, to say otherwise.

    Every saying stands in the grade's history. Once all of the sample is agreed with, all marked
    works are ready; a concern takes them back to marked, as long as they are not released. Raises
    Missing, NotAllowed for its first marker, Stale, InvalidState (`not_sampled`, `released`,
    `unmarked_works` while its mark is being changed), Invalid on `outcome`, and on `note` for a
    concern without one.
    """
    sample = find_sample(actor, sample_id)
    plan, now = lock_plan(sample.work.assignment_id)
    sample = Sample.objects.select_related("work").get(pk=sample_id)
    if version is not None and version != sample.version:
        raise Stale(
            "Somebody has said an outcome since you looked at it.",
            field="version",
            extra={"version": sample.version},
        )
    _refuse_other_ways(plan)
    mark, grade = _first_mark_of(sample.work), Grade.objects.get(work=sample.work)
    if mark.marker_id == actor.pk:
        raise NotAllowed(NOT_OWN)
    if grade.state == GradeState.RELEASED:
        raise InvalidState("The grade has been released.", code="released")
    if outcome not in SampleOutcome.values:
        raise Invalid("Choose one of: " + ", ".join(SampleOutcome.values) + ".", field="outcome")
    needed = outcome == SampleOutcome.CONCERN
    sample.note = clean(note, field="note", limit=NOTE_LENGTH, required=needed)
    sample.outcome, sample.moderator, sample.moderated_at = outcome, actor, now
    sample.version += 1
    sample.save()
    said = f"{SampleOutcome(outcome).label}. {sample.note}".strip()[:1000]
    record_event(grade, Verb.MODERATED, actor=actor, reason=said, via=via)
    _settle_all(plan, actor=actor, via=via)
    raise_plan_counter(plan)
    return sample


def find_sample(actor: User, sample_id: UUID) -> Sample:
    """A sample that the actor may say something of. Raises Missing, NotAllowed."""
    seen = Sample.objects.visible_to(actor).select_related("work__assignment__seminar")
    sample = seen.filter(pk=sample_id).first()
    if sample is None:
        raise Missing
    seminar = sample.work.assignment.seminar
    if not may_mark(membership_of(actor, seminar), seminar):
        raise NotAllowed(ARCHIVED)
    if Mark.objects.filter(work=sample.work_id, role=MarkRole.FIRST, marker=actor).standing():
        raise NotAllowed(NOT_OWN)
    return sample


def _hold(actor: User, assignment_id: UUID) -> tuple[GradingPlan, datetime]:
    """The plan under its lock. Raises Missing, NotAllowed, InvalidState where nothing is sampled."""
    known = Assignment.objects.set_to(actor).select_related("seminar")
    found = known.filter(pk=assignment_id).first()
    if found is None:
        raise Missing
    if not may_set_up_grading(membership_of(actor, found.seminar), found.seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    plan, now = lock_plan(assignment_id)
    _refuse_other_ways(plan)
    return plan, now


def _refuse_other_ways(plan: GradingPlan) -> None:
    if plan.marking_mode != MarkingMode.SAMPLED:
        raise InvalidState("No sample of this assignment is moderated.", code="not_sampled")


def _first_marks(assignment_id: UUID) -> list[Mark]:
    marks = Mark.objects.filter(
        work__assignment=assignment_id,
        work__grade__is_excused=False,
        role=MarkRole.FIRST,
        state=MarkState.SUBMITTED,
    )
    return list(marks.select_related("rubric_version").order_by("work_id"))


def _first_mark_of(work: Work) -> Mark:
    mark = Mark.objects.filter(work=work, role=MarkRole.FIRST, state=MarkState.SUBMITTED).first()
    if mark is None:
        raise InvalidState("This work has no first mark now.", code="unmarked_works")
    return mark


def _percent(plan: GradingPlan, mark: Mark) -> Any:
    most = plan.points or mark.rubric_version.points
    return on_scale(plan, mark) * 100 / most if most else most


def _settle_all(plan: GradingPlan, *, actor: User, via: Via) -> None:
    """Make all marked works ready, or take them back, as the sample says now."""
    outcomes = Sample.objects.filter(work__assignment=plan.assignment_id)
    found = list(outcomes.values_list("outcome", flat=True))
    is_moderated = bool(found) and all(one == SampleOutcome.AGREE for one in found)
    moving = GradeState.MARKED if is_moderated else GradeState.READY
    grades = Grade.objects.filter(work__assignment=plan.assignment_id, is_excused=False)
    for grade in grades.filter(state=moving).select_related("work").order_by("work_id"):
        settle(plan, grade.work, actor=actor, verb=Verb.MODERATED, via=via)
