"""One level of one criterion for many works at once, and taking that back.

The marks that come of it are drafts of whoever does it, so nothing counts before it is submitted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import transaction

from annotations.grading.actions.locking import lock_plan
from annotations.grading.actions.marking import (
    ARCHIVED,
    MarkChange,
    PartChange,
    apply_change,
    hold_mark,
    keep,
    start_mark,
    take_back,
)
from annotations.grading.enums import CriterionKind, MarkState, Via
from annotations.grading.models import GradingPlan, Mark, MarkPart
from annotations.grading.permissions import may_mark
from annotations.grading.queries.marking import ungraded
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from annotations.grading.models import Criterion, Level
    from debate.accounts.models import User

MOST_AT_ONCE: Final = 500


@dataclass(frozen=True, slots=True)
class Given:
    """What one work was given: the mark in its version afterwards, and whether it was begun for it."""

    mark_id: UUID
    version: int
    is_begun: bool


def find_plan(actor: User, assignment_id: UUID) -> GradingPlan:
    """The plan of an assignment that the person marks in. Raises Missing, NotAllowed."""
    plans = GradingPlan.objects.visible_to(actor).select_related(
        "assignment__seminar", "rubric_version"
    )
    plan = plans.filter(assignment=assignment_id).first()
    if plan is None:
        raise Missing
    seminar = plan.assignment.seminar
    membership = membership_of(actor, seminar)
    if not is_staff(membership):
        raise NotAllowed("Only staff of this seminar mark works.")
    if not may_mark(membership, seminar):
        raise NotAllowed(ARCHIVED)
    return plan


def find_level(plan: GradingPlan, criterion_key: UUID, level_key: UUID) -> tuple[Criterion, Level]:
    """A level of a criterion of the plan's rubric. Raises Invalid that names `criterion` or `level`."""
    version = plan.rubric_version
    criterion = version.criteria.filter(key=criterion_key).first() if version else None
    if criterion is None or criterion.kind != CriterionKind.LEVELS:
        raise Invalid("Choose a criterion that has levels.", field="criterion")
    level = criterion.levels.filter(key=level_key).first()
    if level is None:
        raise Invalid("Choose one of the criterion's levels.", field="level")
    return criterion, level


@transaction.atomic
def give_level(
    *,
    actor: User,
    assignment_id: UUID,
    criterion_key: UUID,
    level_key: UUID,
    work_ids: Collection[UUID],
    via: Via = Via.WEB,
) -> list[Given]:
    """Give the level to those of the works that are still ungraded and not set by that criterion.

    Works that others mark or hold meanwhile are passed over. Raises Missing, NotAllowed, Invalid
    that names `criterion`, `level` or `works`.
    """
    find_plan(actor, assignment_id)
    if len(work_ids) > MOST_AT_ONCE:
        raise Invalid(f"At most {MOST_AT_ONCE} works are marked at once.", field="works")
    plan, _ = lock_plan(assignment_id)
    criterion, level = find_level(plan, criterion_key, level_key)
    set_already = set(
        MarkPart.objects.filter(
            mark__work__assignment=assignment_id,
            mark__marker=actor,
            criterion=criterion,
            points__isnull=False,
        )
        .exclude(mark__state=MarkState.WITHDRAWN)
        .values_list("mark__work", flat=True)
    )
    change = MarkChange(parts={criterion_key: PartChange(level=level.key)})
    given = []
    for work in ungraded(actor, plan).filter(pk__in=work_ids).exclude(pk__in=set_already):
        own = Mark.objects.filter(work=work, marker=actor).standing().first()
        try:
            mark = own or start_mark(actor=actor, work_id=work.pk, via=via)
        except (Conflict, NotAllowed):
            continue
        if mark.rubric_version_id != plan.rubric_version_id:
            continue
        held = hold_mark(actor, mark.pk, None, None)
        apply_change(held, change)
        kept = keep(held, actor=actor, via=via)
        given.append(Given(kept.pk, kept.version, is_begun=own is None))
    return given


@transaction.atomic
def take_levels_back(
    *,
    actor: User,
    assignment_id: UUID,
    criterion_key: UUID,
    level_key: UUID,
    given: Sequence[Given],
    via: Via = Via.WEB,
) -> int:
    """Take back what `give_level` gave where nobody has changed it since; returns in how many works.

    A mark that was begun for it, and holds nothing else, is taken back whole. Raises Missing,
    NotAllowed.
    """
    find_plan(actor, assignment_id)
    plan, _ = lock_plan(assignment_id)
    criterion, level = find_level(plan, criterion_key, level_key)
    taken = 0
    for one in given:
        part = MarkPart.objects.filter(
            mark=one.mark_id, mark__marker=actor, mark__state=MarkState.DRAFT, level=level
        ).first()
        if part is None or part.comment or part.cited.exists():
            continue
        try:
            held = hold_mark(actor, one.mark_id, None, None)
        except InvalidState:
            continue
        if one.is_begun and held.mark.version == one.version:
            take_back(held, actor=actor, reason="", via=via)
        else:
            apply_change(held, MarkChange(parts={criterion.key: PartChange(level=None)}))
            keep(held, actor=actor, via=via)
        taken += 1
    return taken
