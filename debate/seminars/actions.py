"""What changes seminars, memberships and groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from debate.core.errors import Conflict, Invalid, NotAllowed
from debate.core.text import clean, clean_name
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership, Seminar, validate_time_zone
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debate.accounts.models import User


@transaction.atomic
def create_seminar(
    *,
    actor: User,
    title: str,
    slug: str = "",
    description: str = "",
    time_zone: str = "UTC",
    allows_public: bool = False,
) -> Seminar:
    """Make a seminar whose first instructor is the actor.

    The slug is made from the title when none is given. Raises Invalid that names the field, and
    Conflict on `slug` when another seminar has it.
    """
    title = clean_name(title, field="title")
    slug = slugify(slug or title)[:80]
    if not slug:
        raise Invalid("Please give an address of letters a to z and digits.", field="slug")
    if Seminar.objects.filter(slug=slug).exists():
        raise Conflict("Another seminar has this address.", field="slug")
    try:
        validate_time_zone(time_zone)
    except ValidationError as error:
        raise Invalid(f"{time_zone} is not a time zone.", field="time_zone") from error
    seminar = Seminar.objects.create(
        title=title,
        slug=slug,
        description=clean(description, field="description", limit=5_000, required=False),
        time_zone=time_zone,
        allows_public=allows_public,
    )
    Membership.objects.create(seminar=seminar, user=actor, role=Role.INSTRUCTOR)
    return seminar


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
