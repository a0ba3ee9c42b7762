"""What changes who belongs to a seminar, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debate.core.errors import Invalid, NotAllowed
from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from debate.accounts.models import User


@transaction.atomic
def add_member(*, actor: User, seminar: Seminar, user: User, role: str) -> Membership:
    """Make the person a member, or give a member another role. Raises NotAllowed, Invalid.

    The last instructor keeps the role, so that no seminar is left without one.
    """
    Seminar.objects.select_for_update(no_key=True).get(pk=seminar.pk)
    if not may_manage(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar add people.")
    if role not in Role.values:
        raise Invalid("Choose one of: " + ", ".join(Role.values) + ".", field="role")
    instructors = seminar.memberships.filter(role=Role.INSTRUCTOR)
    if role != Role.INSTRUCTOR and not instructors.exclude(user=user).exists():
        raise Invalid("A seminar keeps at least one instructor.", field="role")
    membership, _ = Membership.objects.update_or_create(
        seminar=seminar, user=user, defaults={"role": role}
    )
    return membership
