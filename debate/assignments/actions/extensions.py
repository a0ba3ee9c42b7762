"""Other dates for one student, and more days for a student in all of a seminar's assignments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debate.assignments.actions.locking import locked_by_instructor
from debate.assignments.enums import ReasonCode
from debate.assignments.models import Accommodation, Extension
from debate.assignments.permissions import may_extend
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

MOST_EXTRA_DAYS = 60


@transaction.atomic
def grant_extension(
    *,
    actor: User,
    assignment_id: UUID,
    user_id: UUID,
    due_at: datetime | None = None,
    closes_at: datetime | None = None,
    reason_code: str = ReasonCode.OTHER,
) -> Extension:
    """Give the student later dates than everybody's, in place of what was granted before.

    Raises Missing for an assignment or a student that is not there, NotAllowed for all but
    instructors, Invalid that names `due_at`, `closes_at` or `reason_code`.
    """
    assignment, _ = locked_by_instructor(actor, assignment_id)
    _refuse_all_but_students(assignment.seminar_id, {user_id})
    if reason_code not in ReasonCode.values:
        raise Invalid("Choose one of: " + ", ".join(ReasonCode.values) + ".", field="reason_code")
    _check_dates(assignment, due_at, closes_at)
    extension, _ = Extension.objects.update_or_create(
        assignment=assignment,
        user_id=user_id,
        defaults={
            "due_at": due_at,
            "closes_at": closes_at,
            "reason_code": reason_code,
            "granted_by": actor,
        },
    )
    return extension


@transaction.atomic
def withdraw_extension(*, actor: User, assignment_id: UUID, user_id: UUID) -> None:
    """Let everybody's dates hold for the student again; without an extension, nothing happens.

    Raises Missing, and NotAllowed for all but instructors.
    """
    assignment, _ = locked_by_instructor(actor, assignment_id)
    assignment.extensions.filter(user_id=user_id).delete()


@transaction.atomic
def change_accommodations(*, actor: User, seminar_id: UUID, days: Mapping[UUID, int]) -> None:
    """Give these students so many more days in each assignment of the seminar; 0 takes them back.

    Raises Missing for a seminar or a student that is not there, NotAllowed for all but
    instructors, Invalid that names `days`.
    """
    seminar = Seminar.objects.visible_to(actor).filter(pk=seminar_id).first()
    if seminar is None:
        raise Missing
    if not may_extend(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar grant more time.")
    _refuse_all_but_students(seminar.pk, days.keys())
    if any(not 0 <= count <= MOST_EXTRA_DAYS for count in days.values()):
        raise Invalid(f"Give a number of days from 0 to {MOST_EXTRA_DAYS}.", field="days")
    # Locked, so that two instructors who save at once do not both insert.
    Seminar.objects.select_for_update(no_key=True).get(pk=seminar.pk)
    held = Accommodation.objects.filter(seminar=seminar, user__in=days)
    kept = {one.user_id: one.extra_days for one in held}
    held.filter(user__in=[user for user, count in days.items() if not count]).delete()
    for user_id, count in days.items():
        if count and kept.get(user_id) != count:
            Accommodation.objects.update_or_create(
                seminar=seminar,
                user_id=user_id,
                defaults={"extra_days": count, "granted_by": actor},
            )


def _refuse_all_but_students(seminar_id: UUID, users: Collection[UUID]) -> None:
    students = Membership.objects.filter(seminar=seminar_id, role=Role.STUDENT, user__in=users)
    if students.count() < len(users):
        raise Missing


def _check_dates(
    assignment: Assignment, due_at: datetime | None, closes_at: datetime | None
) -> None:
    if due_at is None and closes_at is None:
        raise Invalid("Give another due date, another closing, or both.", field="due_at")
    for field, own, everybodys in (
        ("due_at", due_at, assignment.due_at),
        ("closes_at", closes_at, assignment.closes_at),
    ):
        if own and everybodys is None:
            word = "due date" if field == "due_at" else "closing"
            raise Invalid(f"The assignment has no {word} that could be extended.", field=field)
        if own and everybodys and own <= everybodys:
            raise Invalid("An extension is later than everybody's date.", field=field)
    if due_at and closes_at and closes_at < due_at:
        raise Invalid("It cannot close before it is due.", field="closes_at")
