"""What a person may do in a seminar: predicates over the membership, read once for each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


def membership_of(user: User | AnonymousUser, seminar: Seminar) -> Membership | None:
    """The person's membership of the seminar, if any."""
    return Membership.objects.of(user).filter(seminar=seminar).first()


def is_instructor(membership: Membership | None) -> bool:
    """Whether the membership is an instructor's."""
    return membership is not None and membership.role == Role.INSTRUCTOR


def is_staff(membership: Membership | None) -> bool:
    """Whether the membership is an instructor's or assistant's."""
    return membership is not None and membership.is_staff


def may_write(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member writes in the seminar: not observers, and nobody in an archived one."""
    return membership is not None and membership.may_write and seminar.archived_at is None


def may_manage(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member imports essays, sets assignments and manages people."""
    return is_instructor(membership) and seminar.archived_at is None
