"""What a person may do in a seminar: predicates over the membership, read once for each request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.conf import settings

from debate.core.db import ANYBODY, THIS, Finder
from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User

MAKES_NO_SEMINAR = "This site lets you make no seminar yet. Ask whoever runs it to let you."


def membership_of(user: User | AnonymousUser, seminar: Seminar) -> Membership | None:
    """The person's membership of the seminar, if any."""
    if not user.pk:
        return None
    return next(iter(_MEMBERSHIP.find(anybody=user.pk, this=seminar.pk)), None)


_MEMBERSHIP = Finder(lambda: Membership.objects.filter(user=ANYBODY, seminar=THIS))


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


def may_take_part(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member is a student who makes and joins groups in this seminar."""
    return (
        membership is not None
        and membership.role == Role.STUDENT
        and seminar.students_make_groups
        and seminar.archived_at is None
    )


def oversees(membership: Membership | None, user_id: UUID) -> bool:
    """Whether the member has a staff's rights over what that person does in the seminar.

    Instructors and assistants over everybody's; an assistant limited to sections over that of the
    sections' people only.
    """
    if membership is None or not membership.is_staff:
        return False
    if not membership.is_limited:
        return True
    return Membership.objects.overseen_by(membership).filter(user_id=user_id).exists()


def may_create_seminar(user: User | AnonymousUser) -> bool:
    """Whether the site's policy (`SEMINAR_CREATORS`) lets the person make seminars.

    Operators, and people whom one approved, always. Takes 1 query where domains are named.
    """
    if not user.is_authenticated or not user.is_active:
        return False
    if user.is_superuser or user.may_create_seminars:
        return True
    if settings.SEMINAR_CREATORS == ["anyone"]:
        return True
    if settings.SEMINAR_CREATORS == ["approved"]:
        return False
    verified = EmailAddress.objects.filter(user=user, verified=True)
    return any(
        address.rpartition("@")[2].lower() in settings.SEMINAR_CREATORS
        for address in verified.values_list("email", flat=True)
    )
