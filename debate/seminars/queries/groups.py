"""What the pages of groups show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Prefetch

from debate.accounts.models import User
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership
from debate.seminars.permissions import is_staff, may_manage, may_take_part

if TYPE_CHECKING:
    from uuid import UUID

    from debate.seminars.models import GroupQuerySet, MembershipQuerySet


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in the list, and what the person may do there."""

    group: Group
    people: list[User]
    is_mine: bool
    may_join: bool
    may_leave: bool


@dataclass(frozen=True, slots=True)
class GroupsPage:
    """The groups of a seminar; `alone` are students who are in no reading group, for staff."""

    reading: list[GroupLine]
    sections: list[GroupLine]
    alone: list[User]
    is_instructor: bool
    takes_part: bool


def groups_page(membership: Membership) -> GroupsPage:
    """The groups of the member's seminar, as the member sees them. Takes 3 queries."""
    seminar = membership.seminar
    takes_part = may_take_part(membership, seminar)
    lines = [
        _line(group, membership, takes_part=takes_part)
        for group in with_people(seminar.groups.all(), seminar.pk)
    ]
    reading = [line for line in lines if line.group.kind == GroupKind.READING]
    grouped = {person.pk for line in reading for person in line.people}
    alone = [
        one.user
        for one in people_of(seminar.pk).filter(role=Role.STUDENT)
        if one.user_id not in grouped
    ]
    return GroupsPage(
        reading=reading,
        sections=[line for line in lines if line.group.kind == GroupKind.SECTION],
        alone=alone if is_staff(membership) and reading else [],
        is_instructor=may_manage(membership, seminar),
        takes_part=takes_part,
    )


def with_people(groups: GroupQuerySet, seminar_id: UUID) -> GroupQuerySet:
    """The groups with their `people`: members who still belong to the seminar. 1 query more."""
    inside = Membership.objects.filter(seminar=seminar_id).people()
    members = User.objects.filter(pk__in=inside.values("user_id")).order_by("name", "username")
    return groups.prefetch_related(Prefetch("members", members, to_attr="people"))


def people_of(seminar_id: UUID) -> MembershipQuerySet:
    """The seminar's people by name, to choose from."""
    found = Membership.objects.filter(seminar=seminar_id).people().exclude(role=Role.OBSERVER)
    return found.select_related("user").order_by("user__name", "user__username")


def _line(group: Group, membership: Membership, *, takes_part: bool) -> GroupLine:
    people: list[User] = group.people  # type: ignore[attr-defined]  # by `with_people`
    is_mine = any(person.pk == membership.user_id for person in people)
    return GroupLine(
        group=group,
        people=people,
        is_mine=is_mine,
        may_join=takes_part and group.is_open and not is_mine,
        may_leave=takes_part and group.is_open and is_mine,
    )
