"""Whom an instructor asks to judge between two marks that disagree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction

from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.enums import GradeState
from annotations.grading.models import Grade, Mark, Work
from annotations.grading.permissions import may_set_up_grading
from annotations.grading.queries.splitting import markers_of, reach_of
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

ONLY_INSTRUCTORS: Final = "Only instructors of this seminar ask for a third mark."
NO_DISAGREEMENT: Final = "The marks of this work do not disagree."


@transaction.atomic
def ask_third_marker(
    *, actor: User, work_id: UUID, marker_id: UUID | None, version: int | None = None
) -> Work:
    """Ask somebody of the staff to mark the work as a third, or with None nobody any more.

    The mark that is made then decides: of the two the one that is nearer to it stands
    (`settling.outcome_of`). `version` is the grade's that the choice was made from, None for
    whatever there is. Raises Missing, NotAllowed for all but instructors, Stale, InvalidState where
    the marks do not disagree or a third one is begun, Invalid on `marker` for who may not mark the
    work or has marked it.
    """
    seen = Work.objects.marked_by(actor).select_related("assignment__seminar")
    work = seen.filter(pk=work_id).first()
    if work is None:
        raise Missing
    seminar = work.assignment.seminar
    if not may_set_up_grading(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    plan, _ = lock_plan(work.assignment_id)
    grade = Grade.objects.get(work=work)
    if version is not None and version != grade.version:
        raise Stale(
            "The grade has changed since you looked at it.",
            field="version",
            extra={"version": grade.version},
        )
    work = Work.objects.get(pk=work_id)
    standing = set(Mark.objects.filter(work=work).standing().values_list("marker_id", flat=True))
    if grade.state != GradeState.DISAGREED or len(standing) > 2:  # noqa: PLR2004 - the two that disagree
        raise InvalidState(NO_DISAGREEMENT, code="no_disagreement")
    if marker_id is not None:
        _refuse(work, marker_id, standing)
    if work.third_marker_id != marker_id:
        work.third_marker_id = marker_id
        work.version += 1
        work.save(update_fields=["third_marker", "version", "updated_at"])
        raise_plan_counter(plan)
    return work


def _refuse(work: Work, marker_id: UUID, standing: set[UUID]) -> None:
    """Raise Invalid for whoever cannot judge the work."""
    staff = {one.user_id: one for one in markers_of(work.assignment)}
    if marker_id not in staff or marker_id == work.student_id:
        raise Invalid("Choose somebody of this seminar's staff.", field="marker")
    if marker_id in standing:
        raise Invalid("This person has marked the work. Choose another one.", field="marker")
    if (
        staff[marker_id].is_limited
        and work.student_id not in reach_of([staff[marker_id]])[marker_id]
    ):
        raise Invalid("This assistant marks the work of the own sections only.", field="marker")
