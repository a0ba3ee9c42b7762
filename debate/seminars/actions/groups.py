"""What changes the groups of a seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debate.core.errors import Conflict, Invalid, NotAllowed
from debate.core.text import clean_name
from debate.seminars.enums import GroupKind
from debate.seminars.models import Group, Seminar
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debate.accounts.models import User


@transaction.atomic
def create_group(
    *,
    actor: User,
    seminar: Seminar,
    name: str,
    members: Iterable[User] = (),
    kind: str = GroupKind.READING,
) -> Group:
    """Make a group of members of the seminar. Raises NotAllowed, Invalid, Conflict on `name`."""
    if not may_manage(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar make groups.")
    name = clean_name(name, field="name", limit=100)
    if seminar.groups.filter(name=name).exists():
        raise Conflict("This seminar has a group of that name.", field="name")
    people = list(members)
    if seminar.memberships.filter(user__in=people).count() != len(people):
        raise Invalid("Everybody in a group must be a member of the seminar.", field="members")
    group = Group.objects.create(seminar=seminar, name=name, kind=kind)
    group.members.set(people)
    return group
