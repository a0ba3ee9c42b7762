"""What changes the groups of a seminar: by hand, at random, and by students where they may.

Each holds the seminar's row, so that a student is never in two sections.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import ProtectedError

from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.core.text import clean_name
from debate.seminars.actions.seminars import lock_seminar
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership, Seminar
from debate.seminars.permissions import may_manage, may_take_part, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from debate.accounts.models import User

LONGEST_NAME = 100
MOST_GROUPS = 200
ONLY_INSTRUCTORS = "Only instructors of this seminar make and change groups."

NOT_BY_STUDENTS = "In this seminar you do not make, join or leave groups by yourself."


@transaction.atomic
def create_group(
    *,
    actor: User,
    seminar: Seminar,
    name: str,
    members: Iterable[User] = (),
    kind: str = GroupKind.READING,
    is_open: bool = False,
) -> Group:
    """Make a group of people of the seminar.

    Raises NotAllowed for all but instructors, Conflict on `name` for one that is taken, Invalid
    that names the field: a section is never open, and nobody is in two.
    """
    locked = lock_seminar(seminar)
    if not may_manage(membership_of(actor, locked), locked):
        raise NotAllowed(ONLY_INSTRUCTORS)
    group = Group(seminar=locked, kind=_kind(kind), name=_free_name(locked, name))
    _open(group, is_open=is_open)
    group.save()
    _put_in(group, members)
    return group


@transaction.atomic
def change_group(
    *,
    actor: User,
    group_id: UUID,
    name: str | None = None,
    members: Iterable[User] | None = None,
    is_open: bool | None = None,
) -> Group:
    """Change a group's name, who is in it, or whether students join by themselves; None leaves it.

    Whoever is taken out reads nothing of the group's from the next request on. Raises Missing for
    a group that the actor may not know of, and what `create_group` raises.
    """
    group = _managed(actor, group_id)
    if name is not None:
        group.name = _free_name(group.seminar, name, but=group)
    if is_open is not None:
        _open(group, is_open=is_open)
    group.save()
    if members is not None:
        _put_in(group, members)
    return group


@transaction.atomic
def delete_group(*, actor: User, group_id: UUID) -> None:
    """Remove a group that nothing names.

    Raises Missing, NotAllowed for all but instructors, InvalidState when assignments are set to
    it, have given it a side, or annotations were written for it.
    """
    group = _managed(actor, group_id)
    if group.assignments.exists():
        raise InvalidState("An assignment is set to this group, so it stays.", code="group_in_use")
    if group.sides.exists():
        raise InvalidState(
            "An assignment gives this group a side, so it stays.", code="group_in_use"
        )
    try:
        with transaction.atomic():
            group.delete()
    except ProtectedError as error:
        raise InvalidState(
            "Annotations were written for this group, so it stays. Take its members out instead.",
            code="group_in_use",
        ) from error


def put_into_section(*, section: Group, user: User) -> None:
    """Put a member into a section, for an action that holds the seminar's row.

    Raises Invalid on `members` when the person is in another one.
    """
    _check_section(section, [user])
    section.members.add(user)


# -- at random ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Chance:
    """How groups are drawn: so many, or of about so many people.

    `seed` makes the same draw again, so that what was looked at is what is made. `only_free` leaves
    out who is in a group of the kind already; to sections that always holds. `within_sections`
    draws in each section for itself.
    """

    seed: int
    count: int | None = None
    size: int | None = None
    kind: str = GroupKind.READING
    only_free: bool = False
    within_sections: bool = False


@dataclass(frozen=True)
class Drawn:
    """A group as it was drawn, not made yet."""

    name: str
    members: list[User]


@dataclass(frozen=True)
class Draw:
    """What was drawn, and a digest of it by which it is known again."""

    groups: list[Drawn]
    digest: str


def draw_groups(*, actor: User, seminar: Seminar, chance: Chance) -> Draw:
    """The groups that `make_drawn_groups` would make now.

    Raises NotAllowed for all but instructors, Invalid that names `count`, `size`, or nothing when
    no student is to be grouped.
    """
    if not may_manage(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    if chance.within_sections and chance.kind == GroupKind.SECTION:
        raise Invalid("Sections are not drawn within sections.", field="within_sections")
    pools = _pools(seminar, chance)
    if not any(pools.values()):
        raise Invalid("There is no student to put into a group.", code="nobody")
    taken = set(seminar.groups.values_list("name", flat=True))
    luck = random.Random(chance.seed)  # noqa: S311 - a lottery, no secret
    drawn = [
        one for stem, people in pools.items() for one in _split(stem, people, chance, luck, taken)
    ]
    told = [f"{one.name}:{','.join(str(person.pk) for person in one.members)}" for one in drawn]
    return Draw(drawn, sha256("\n".join(told).encode()).hexdigest())


@transaction.atomic
def make_drawn_groups(
    *, actor: User, seminar: Seminar, chance: Chance, digest: str | None
) -> list[Group]:
    """Make the groups that were drawn; without `digest`, as they are drawn now.

    Raises what `draw_groups` raises, and Conflict when the draw would be another one now, because
    somebody came or left or a group was made.
    """
    locked = lock_seminar(seminar)
    draw = draw_groups(actor=actor, seminar=locked, chance=chance)
    if digest is not None and draw.digest != digest:
        raise Conflict("The seminar has changed since. Here is how it would be drawn now.")
    made = []
    for one in draw.groups:
        group = Group.objects.create(seminar=locked, name=one.name, kind=chance.kind)
        _put_in(group, one.members)
        made.append(group)
    return made


def _pools(seminar: Seminar, chance: Chance) -> dict[str, list[User]]:
    """The students to be drawn, by the word with which their groups' names begin."""
    students = seminar.memberships.people().filter(role=Role.STUDENT).select_related("user")
    if chance.only_free or chance.kind == GroupKind.SECTION:
        students = students.exclude(
            user__in=Group.members.through.objects.filter(
                group__seminar=seminar, group__kind=chance.kind
            ).values("user_id")
        )
    people = [one.user for one in students.order_by("user_id")]
    if not chance.within_sections:
        return {"Section" if chance.kind == GroupKind.SECTION else "Group": people}
    section_of = _sections_of(seminar)
    pools: dict[str, list[User]] = {}
    for person in people:
        pools.setdefault(section_of.get(person.pk, "Group"), []).append(person)
    return dict(sorted(pools.items()))


def _sections_of(seminar: Seminar) -> dict[UUID, str]:
    inside = Group.members.through.objects.filter(
        group__seminar=seminar, group__kind=GroupKind.SECTION
    )
    return dict(inside.values_list("user_id", "group__name"))


def _split(
    stem: str, people: list[User], chance: Chance, luck: random.Random, taken: set[str]
) -> list[Drawn]:
    if not people:
        return []
    count = _count(len(people), chance)
    luck.shuffle(people)
    drawn = []
    number = 0
    for at in range(count):
        number += 1
        while f"{stem} {number}"[:LONGEST_NAME] in taken:
            number += 1
        name = f"{stem[: LONGEST_NAME - 4]} {number}"
        taken.add(name)
        members = sorted(people[at::count], key=lambda person: person.display_name.casefold())
        drawn.append(Drawn(name, members))
    return drawn


def _count(people: int, chance: Chance) -> int:
    """How many groups: no more than people, and of a size the number that comes nearest to it."""
    if chance.count is not None:
        if not 1 <= chance.count <= MOST_GROUPS:
            raise Invalid(f"Give a number from 1 to {MOST_GROUPS}.", field="count")
        return min(chance.count, people)
    if chance.size is None or chance.size < 1:
        raise Invalid("Give how many groups, or how many people in each.", field="size")
    return max(1, round(people / chance.size))


# -- by students ----------------------------------------------------------------------------------


@transaction.atomic
def make_own_group(*, actor: User, seminar: Seminar, name: str) -> Group:
    """A student makes an open reading group and is its first member, where the seminar allows it.

    Raises NotAllowed, Conflict on `name` for one that is taken, Invalid on `name`.
    """
    locked = lock_seminar(seminar)
    _check_students_may(actor, locked)
    if locked.groups.count() >= MOST_GROUPS:
        raise InvalidState(f"A seminar has at most {MOST_GROUPS} groups.", code="too_many_groups")
    group = Group.objects.create(seminar=locked, name=_free_name(locked, name), is_open=True)
    group.members.add(actor)
    return group


@transaction.atomic
def join_group(*, actor: User, group_id: UUID) -> Group:
    """A student joins an open group; again does nothing. Raises Missing, NotAllowed."""
    group = _open_to(actor, group_id)
    group.members.add(actor)
    return group


@transaction.atomic
def leave_group(*, actor: User, group_id: UUID) -> Group:
    """A student leaves an open group; again does nothing. Raises Missing, NotAllowed."""
    group = _open_to(actor, group_id)
    group.members.remove(actor)
    return group


def _check_students_may(actor: User, seminar: Seminar) -> None:
    if not may_take_part(membership_of(actor, seminar), seminar):
        raise NotAllowed(NOT_BY_STUDENTS)


def _open_to(actor: User, group_id: UUID) -> Group:
    group = _locked_group(actor, group_id)
    _check_students_may(actor, group.seminar)
    if not group.is_open:
        raise NotAllowed("This group is not open: an instructor says who is in it.")
    return group


# -- what they share --------------------------------------------------------------------------------


def _locked_group(actor: User, group_id: UUID) -> Group:
    """The group as it stands once its seminar's row is held."""
    known = Group.objects.visible_to(actor).filter(pk=group_id)
    seen = known.select_related("seminar").first()
    if seen is None:
        raise Missing
    seminar = lock_seminar(seen.seminar)
    group = known.first()
    if group is None:
        raise Missing
    group.seminar = seminar
    return group


def _managed(actor: User, group_id: UUID) -> Group:
    group = _locked_group(actor, group_id)
    if not may_manage(membership_of(actor, group.seminar), group.seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    return group


def _kind(kind: str) -> str:
    if kind not in GroupKind.values:
        raise Invalid("Choose one of: " + ", ".join(GroupKind.values) + ".", field="kind")
    return kind


def _free_name(seminar: Seminar, name: str, but: Group | None = None) -> str:
    name = clean_name(name, field="name", limit=LONGEST_NAME)
    others = seminar.groups.exclude(pk=but.pk) if but else seminar.groups.all()
    if others.filter(name=name).exists():
        raise Conflict("This seminar has a group of that name.", field="name")
    return name


def _open(group: Group, *, is_open: bool) -> None:
    if is_open and group.kind == GroupKind.SECTION:
        raise Invalid("Nobody joins a section by themselves.", field="is_open")
    group.is_open = is_open


def _put_in(group: Group, members: Iterable[User]) -> None:
    """Make the people the group's members, and nobody else; the seminar's row is held."""
    people = list({person.pk: person for person in members}.values())
    memberships = Membership.objects.filter(seminar=group.seminar_id, user__in=people)
    if memberships.people().count() != len(people):
        raise Invalid("Everybody in a group must be a member of the seminar.", field="members")
    if group.kind == GroupKind.SECTION:
        _check_section(group, people)
    group.members.set(people)


def _check_section(group: Group, people: Sequence[User]) -> None:
    elsewhere = (
        Group.members.through.objects.filter(
            group__seminar=group.seminar_id, group__kind=GroupKind.SECTION, user__in=people
        )
        .exclude(group=group)
        .select_related("user", "group")
        .order_by("user__name")
    )
    found = [f"{one.user.display_name} is in {one.group.name}" for one in elsewhere[:5]]
    if found:
        raise Invalid(
            "Everybody is in one section at most: " + ", ".join(found) + ".",
            field="members",
            code="second_section",
        )
