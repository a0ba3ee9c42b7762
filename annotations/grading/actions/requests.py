"""Students who ask to have a grade looked at again, and what staff do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from annotations.grading.actions.grades import REASON_LENGTH, adjust_grade, reopen_grade
from annotations.grading.actions.locking import lock_plan, raise_plan_counter
from annotations.grading.enums import GradeState, RequestState, Verb, Via
from annotations.grading.models import (
    Grade,
    GradeEvent,
    RegradeMessage,
    RegradeRequest,
    Sheet,
)
from annotations.grading.notices import REGRADE_ANSWERED, REGRADE_ASKED
from annotations.grading.permissions import may_ask_again, may_mark, may_release
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.moments import in_words
from debate.core.text import clean
from debate.notices.actions import give_notice
from debate.seminars.models import Membership
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal
    from uuid import UUID

    from annotations.grading.models import GradingPlan
    from annotations.grading.models.grade import SheetQuerySet
    from debate.accounts.models import User

MESSAGE_LENGTH = 4000
UNSETTLED = (RequestState.OPEN, RequestState.ESCALATED)
CHANGES = (Verb.REOPENED, Verb.ADJUSTED, Verb.RECOMPUTED, Verb.AGREED, Verb.EXCUSED)
"""Verbs that say that somebody took a grade up again."""


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when a student may ask about a sheet; both None where nobody may."""

    opens_at: datetime | None = None
    ends_at: datetime | None = None

    def refusal(self, now: datetime) -> str:
        """Why nobody may ask at that time; "" when one may."""
        if self.opens_at is None or self.ends_at is None:
            return "In this assignment nobody asks to have a grade looked at again."
        if now < self.opens_at:
            return f"You can ask from {in_words(self.opens_at, now)} on."
        if now > self.ends_at:
            return f"You could ask until {in_words(self.ends_at, now)}."
        return ""


def window_of(plan: GradingPlan, sheet: Sheet) -> Window:
    """When the sheet's student may ask."""
    if not plan.regrade_days:
        return Window()
    opens = sheet.at + timedelta(hours=plan.regrade_wait_hours)
    return Window(opens, max(opens, sheet.at + timedelta(days=plan.regrade_days)))


@transaction.atomic
def ask_again(
    *, actor: User, grade_id: UUID, criterion_key: UUID | None, body: str
) -> RegradeRequest:
    """Ask to have one criterion of an own released grade looked at again, or the whole (None).

    Staff who look after the student are told. Raises Missing, NotAllowed, InvalidState outside the
    plan's time, for a grade under review and while the same is open already, Invalid.
    """
    seen = _own_sheets(actor, grade_id).select_related("grade__work").first()
    if seen is None:
        raise Missing
    plan, now = lock_plan(seen.grade.work.assignment_id)
    seminar = plan.assignment.seminar
    if not may_ask_again(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only students of this seminar ask, and while it is not archived.")
    sheet = _own_sheets(actor, grade_id).first()
    if sheet is None:
        raise Missing
    if Grade.objects.get(pk=grade_id).state != GradeState.RELEASED:
        raise InvalidState("This grade is under review already.")
    refusal = window_of(plan, sheet).refusal(now)
    if refusal:
        raise InvalidState(refusal)
    if criterion_key is not None and str(criterion_key) not in criteria_of(sheet):
        raise Invalid("Choose one of the criteria of your grade.", field="criterion")
    body = clean(body, field="body", limit=MESSAGE_LENGTH)
    same = RegradeRequest.objects.filter(grade=grade_id, criterion_key=criterion_key)
    if same.filter(state__in=UNSETTLED).exists():
        raise InvalidState("You have asked about this already, and it is not settled yet.")
    made = RegradeRequest.objects.create(grade_id=grade_id, criterion_key=criterion_key)
    RegradeMessage.objects.create(request=made, author=actor, body=body)
    raise_plan_counter(plan)
    give_notice(
        kind=REGRADE_ASKED,
        object_id=made.pk,
        context_id=plan.assignment_id,
        recipients=_staff_of(plan, made) - {actor.pk},
    )
    return made


@transaction.atomic
def answer_request(*, actor: User, request_id: UUID, body: str, version: int) -> RegradeRequest:
    """Say something in a request that is not settled: its student, or staff.

    Raises Missing, NotAllowed, Stale, InvalidState once it is settled, Invalid.
    """
    plan, request, _ = _locked(actor, request_id, version)
    if request.grade.work.student_id == actor.pk:
        _refuse_all_but_its_student(actor, plan, request)
    else:
        _refuse_all_but_staff(actor, plan, request)
    return _say(plan, request, actor, body, required=True)


@transaction.atomic
def escalate_request(
    *, actor: User, request_id: UUID, body: str = "", version: int
) -> RegradeRequest:
    """Hand a request to the instructors, who alone settle it then.

    Raises Missing, NotAllowed for all but staff, Stale, InvalidState, Invalid.
    """
    plan, request, _ = _locked(actor, request_id, version)
    _refuse_all_but_staff(actor, plan, request)
    if request.state == RequestState.ESCALATED:
        raise InvalidState("It is with the instructors already.")
    request.state = RequestState.ESCALATED
    return _say(plan, request, actor, body)


@transaction.atomic
def decline_request(*, actor: User, request_id: UUID, body: str, version: int) -> RegradeRequest:
    """Let the grade stand, and say why. Instructors alone, once it was handed to them.

    Raises Missing, NotAllowed, Stale, InvalidState, Invalid without a reason.
    """
    plan, request, now = _locked(actor, request_id, version)
    _refuse_all_but_staff(actor, plan, request)
    if request.state == RequestState.ESCALATED:
        _refuse_all_but_instructors(actor, plan)
    _settle(request, RequestState.DECLINED, actor, now)
    return _say(plan, request, actor, body, required=True)


@transaction.atomic
def uphold_request(
    *,
    actor: User,
    request_id: UUID,
    body: str,
    version: int,
    adjustment: Decimal | None = None,
    via: Via = Via.WEB,
) -> RegradeRequest:
    """Say that the student was right, for instructors; with `adjustment` move the grade at once.

    A released grade is reopened for that, with what is said as its reason, and its student reads
    the new number after the next release alone. Without `adjustment` the grade was reopened or
    changed since it was asked. Raises Missing, NotAllowed, Stale, InvalidState, Invalid.
    """
    plan, request, now = _locked(actor, request_id, version)
    _refuse_all_but_staff(actor, plan, request)
    _refuse_all_but_instructors(actor, plan)
    said = clean(body, field="body", limit=MESSAGE_LENGTH)
    grade = Grade.objects.get(pk=request.grade_id)
    if adjustment is not None:
        work, reason = grade.work_id, said[:REASON_LENGTH]
        if grade.state == GradeState.RELEASED:
            grade = reopen_grade(
                actor=actor, work_id=work, reason=reason, version=grade.version, via=via
            )
        adjust_grade(
            actor=actor,
            work_id=work,
            adjustment=adjustment,
            reason=reason,
            version=grade.version,
            via=via,
        )
        # The change of the grade has raised the counter, which is raised once more below.
        plan.refresh_from_db(fields=["counter"])
    elif not _was_taken_up(request):
        raise InvalidState("Say by how much the grade moves, or reopen it first and mark again.")
    _settle(request, RequestState.UPHELD, actor, now)
    return _say(plan, request, actor, said, required=True)


@transaction.atomic
def take_request_back(*, actor: User, request_id: UUID, version: int) -> RegradeRequest:
    """Ask no longer; for the student. Raises Missing, NotAllowed, Stale, InvalidState."""
    plan, request, now = _locked(actor, request_id, version)
    _refuse_all_but_its_student(actor, plan, request)
    _settle(request, RequestState.TAKEN_BACK, actor, now)
    return _say(plan, request, actor, "")


def criteria_of(sheet: Sheet) -> dict[str, str]:
    """The criteria that a sheet shows, by key, with their titles."""
    return {
        part["criterion"]: part["title"]
        for mark in sheet.content.get("marks", [])
        for part in mark["parts"]
    }


def _own_sheets(actor: User, grade_id: UUID) -> SheetQuerySet:
    """The actor's own sheets of a grade that stand, the last one first."""
    own = Sheet.objects.visible_to(actor).filter(grade=grade_id, grade__work__student=actor.pk)
    return own.filter(release__undone_at=None).order_by("-pk")


def _locked(
    actor: User, request_id: UUID, version: int
) -> tuple[GradingPlan, RegradeRequest, datetime]:
    """The plan under its lock, with the request as it stands. Raises Missing, Stale, InvalidState."""
    seen = RegradeRequest.objects.visible_to(actor).select_related("grade__work")
    found = seen.filter(pk=request_id).first()
    if found is None:
        raise Missing
    plan, now = lock_plan(found.grade.work.assignment_id)
    request = seen.get(pk=request_id)
    if version != request.version:
        raise Stale(
            "Somebody has answered meanwhile: read it before you send yours.",
            extra={"version": request.version},
        )
    if request.state not in UNSETTLED:
        raise InvalidState("This request is settled.")
    return plan, request, now


def _refuse_all_but_staff(actor: User, plan: GradingPlan, request: RegradeRequest) -> None:
    seminar = plan.assignment.seminar
    is_own = request.grade.work.student_id == actor.pk
    if is_own or not may_mark(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only staff of this seminar do this, and while it is not archived.")


def _refuse_all_but_instructors(actor: User, plan: GradingPlan) -> None:
    seminar = plan.assignment.seminar
    if not may_release(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar do this.")


def _refuse_all_but_its_student(actor: User, plan: GradingPlan, request: RegradeRequest) -> None:
    seminar = plan.assignment.seminar
    is_own = request.grade.work.student_id == actor.pk
    if not (is_own and may_ask_again(membership_of(actor, seminar), seminar)):
        raise NotAllowed("Only who asked does this, and while the seminar is not archived.")


def _settle(request: RegradeRequest, state: RequestState, actor: User, now: datetime) -> None:
    request.state = state
    request.settled_by = actor
    request.settled_at = now


def _say(
    plan: GradingPlan, request: RegradeRequest, actor: User, body: str, *, required: bool = False
) -> RegradeRequest:
    """Keep the request in its next version, with what is said; its student is told of staff's."""
    body = clean(body, field="body", limit=MESSAGE_LENGTH, required=required)
    request.version += 1
    request.save()
    if body:
        message = RegradeMessage.objects.create(request=request, author=actor, body=body)
        student = request.grade.work.student_id
        if actor.pk != student:
            give_notice(
                kind=REGRADE_ANSWERED,
                object_id=message.pk,
                context_id=plan.assignment_id,
                recipients={student},
            )
    raise_plan_counter(plan)
    return request


def _was_taken_up(request: RegradeRequest) -> bool:
    """Whether the grade was reopened or changed since it was asked."""
    since = GradeEvent.objects.filter(grade=request.grade_id, at__gt=request.created_at)
    return since.filter(verb__in=CHANGES).exists()


def _staff_of(plan: GradingPlan, request: RegradeRequest) -> set[UUID]:
    """The staff who see the request: of a limited assistant, those of the student's sections."""
    staff = Membership.objects.staff().filter(seminar=plan.assignment.seminar_id)
    return {
        one.user_id
        for one in staff.select_related("user")
        if RegradeRequest.objects.visible_to(one.user).filter(pk=request.pk).exists()
    }
