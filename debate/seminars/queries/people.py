"""Who is in a seminar, as its people page lists them, and whose an address is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from allauth.account.models import EmailAddress
from django.core import signing
from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Prefetch,
    Q,
    Value,
    When,
)
from django.db.models.functions import Coalesce, Lower, NullIf

from debate.accounts.models import User
from debate.seminars import rosters
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership, RosterEntry
from debate.seminars.permissions import may_manage

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from debate.seminars.models import MembershipQuerySet

PAGE_SIZE = 50
_SALT = "debate.seminars.people"
_ORDER = ("role_rank", "sort_name", "pk")


def accounts_by_address(addresses: Iterable[str]) -> dict[str, User]:
    """The active accounts of those addresses, by the address in small letters. Takes 2 queries.

    An address that somebody has typed at sign-up and not confirmed is nobody's yet: else whoever
    types another's address would be let in for that person. Accounts made by an operator have no
    confirmation at all, and count.
    """
    wanted = {one.lower() for one in addresses}
    confirmed = EmailAddress.objects.annotate(small=Lower("email")).filter(
        small__in=wanted, verified=True, user__is_active=True
    )
    found = {one.small: one.user for one in confirmed.select_related("user")}
    asked = EmailAddress.objects.filter(user=OuterRef("pk"), email__iexact=OuterRef("email"))
    made = User.objects.annotate(small=Lower("email")).filter(
        ~Exists(asked), small__in=wanted - {""}, is_active=True
    )
    return {one.small: one for one in made} | found


def account_of_username(username: str) -> User | None:
    """The active account of that username, in any case."""
    return User.objects.filter(username__iexact=username, is_active=True).first()


def sections_of(seminar_id: UUID) -> list[Group]:
    """The seminar's sections, in the order of their names."""
    return list(Group.objects.filter(seminar=seminar_id, kind=GroupKind.SECTION))


def with_sections(memberships: MembershipQuerySet, seminar_id: UUID) -> MembershipQuerySet:
    """The memberships with their people and sections, in 2 more queries (see `shown_sections`)."""
    own = Group.objects.filter(seminar=seminar_id, kind=GroupKind.SECTION)
    return memberships.select_related("user").prefetch_related(
        Prefetch("user__reading_groups", own, to_attr="own_sections"),
        Prefetch("sections", own, to_attr="limits"),
    )


def shown_sections(membership: Membership) -> list[Group]:
    """The sections of a row of `with_sections`: a student's own, those an assistant acts for."""
    found: Any = membership
    return list(found.limits if membership.role == Role.ASSISTANT else found.user.own_sections)


def in_section(section_id: UUID) -> Q:
    """Memberships of the section's students, and of the assistants who are limited to it."""
    inside = Group.members.through.objects.filter(user=OuterRef("user_id"), group=section_id)
    return Q(Exists(inside), role=Role.STUDENT) | Q(sections=section_id)


@dataclass(frozen=True, slots=True)
class PeopleFilter:
    """What the people page is asked for."""

    words: str = ""
    role: str = ""
    section: Group | None = None


@dataclass(frozen=True, slots=True)
class PersonLine:
    """A member in the list. Texts that the reader may not see are empty."""

    membership: Membership
    name: str
    role: str
    pronouns: str
    pronunciation: str
    email: str
    sections: list[Group]
    is_you: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """One page of the people of a seminar, grouped by role, as one of its members sees them."""

    groups: list[tuple[str, list[PersonLine]]]
    counts: list[tuple[str, str, int]]
    total: int
    expected: int
    following: str
    preceding: str
    is_filtered: bool
    may_manage: bool
    is_instructor: bool
    shows_details: bool


def people_page(
    reader: Membership, wanted: PeopleFilter, *, after: str = "", before: str = ""
) -> PeoplePage:
    """The seminar's people, 50 a page, in the order of role and name. Takes at most 6 queries.

    `after` and `before` are the cursors of a neighbouring page; what is none begins anew. Students
    and observers read names and roles, staff also how a person is called and the sections,
    instructors also the address; nobody finds people by what is not shown.
    """
    everybody = Membership.objects.filter(seminar=reader.seminar_id).people()
    rows = with_sections(_found(reader, _ordered(everybody), wanted), reader.seminar_id)
    shown, has_preceding, has_following = _page(rows, _key(before or after), is_back=bool(before))
    counts = dict(everybody.values_list("role").annotate(Count("pk")).order_by())
    manages = may_manage(reader, reader.seminar)
    lines = [_line(reader, row) for row in shown]
    return PeoplePage(
        groups=_by_role(lines),
        counts=[(role.value, str(role.label), counts.get(role.value, 0)) for role in Role],
        total=sum(counts.values()),
        expected=RosterEntry.objects.filter(seminar=reader.seminar_id).count() if manages else 0,
        following=_cursor(shown[-1]) if shown and has_following else "",
        preceding=_cursor(shown[0]) if shown and has_preceding else "",
        is_filtered=wanted != PeopleFilter(),
        may_manage=manages,
        is_instructor=reader.role == Role.INSTRUCTOR,
        shows_details=reader.is_staff,
    )


def _found(
    reader: Membership, memberships: MembershipQuerySet, wanted: PeopleFilter
) -> MembershipQuerySet:
    if wanted.role:
        memberships = memberships.filter(role=wanted.role)
    if wanted.section and reader.is_staff:
        memberships = memberships.filter(in_section(wanted.section.pk))
    if wanted.words:
        hit = Q(sort_name__icontains=wanted.words)
        if reader.is_staff:
            hit |= Q(user__username__icontains=wanted.words)
        if reader.role == Role.INSTRUCTOR:
            hit |= Q(user__email__icontains=wanted.words)
        memberships = memberships.filter(hit)
    return memberships


def _ordered(memberships: MembershipQuerySet) -> MembershipQuerySet:
    ranks = [When(role=role, then=Value(rank)) for rank, role in enumerate(Role)]
    name = Coalesce(NullIf(F("user__name"), Value("")), F("user__username"))
    return memberships.annotate(
        role_rank=Case(*ranks, output_field=IntegerField()), sort_name=Lower(name)
    )


def _page(
    rows: MembershipQuerySet, key: list[Any], *, is_back: bool
) -> tuple[list[Membership], bool, bool]:
    """The rows behind the key, or before it, and whether there are others on either side."""
    backwards = is_back and bool(key)
    if key:
        rows = rows.filter(_beyond(key, "lt" if backwards else "gt"))
    order = [f"-{name}" for name in _ORDER] if backwards else list(_ORDER)
    found = list(rows.order_by(*order)[: PAGE_SIZE + 1])
    shown, more = found[:PAGE_SIZE], len(found) > PAGE_SIZE
    if backwards:
        return shown[::-1], more, True
    return shown, bool(key), more


def _beyond(key: list[Any], way: str) -> Q:
    beyond, same = Q(), Q()
    for name, value in zip(_ORDER, key, strict=True):
        beyond |= same & Q(**{f"{name}__{way}": value})
        same &= Q(**{name: value})
    return beyond


def _cursor(row: Any) -> str:
    return signing.dumps([row.role_rank, row.sort_name, str(row.pk)], salt=_SALT)


def _key(cursor: str) -> list[Any]:
    try:
        return list(signing.loads(cursor, salt=_SALT)) if cursor else []
    except signing.BadSignature:
        return []


def _line(reader: Membership, row: Membership) -> PersonLine:
    person = row.user
    return PersonLine(
        membership=row,
        name=person.display_name,
        role=row.role,
        pronouns=person.pronouns if reader.is_staff else "",
        pronunciation=person.pronunciation if reader.is_staff else "",
        email=person.email if reader.role == Role.INSTRUCTOR else "",
        sections=shown_sections(row) if reader.is_staff else [],
        is_you=row.pk == reader.pk,
    )


def _by_role(lines: list[PersonLine]) -> list[tuple[str, list[PersonLine]]]:
    groups: dict[str, list[PersonLine]] = {}
    for line in lines:
        groups.setdefault(line.role, []).append(line)
    return [(_PLURALS[role], some) for role, some in groups.items()]


_PLURALS: dict[str, str] = {role.value: f"{role.label}s" for role in Role}


def expected_people(seminar_id: UUID) -> list[RosterEntry]:
    """Whom the seminar expects, in the order of their addresses. Takes 1 query."""
    return list(RosterEntry.objects.filter(seminar=seminar_id).select_related("section"))


def roster_file(seminar_id: UUID) -> str:
    """The seminar's people, then those it expects, as a roster. Takes 4 queries.

    A limited assistant's sections stand in one cell, parted by semicolons.
    """
    members = Membership.objects.filter(seminar=seminar_id).people()
    rows = [
        {
            "name": row.user.display_name,
            "email": row.user.email,
            "role": row.role,
            "section": "; ".join(one.name for one in shown_sections(row)),
        }
        for row in _ordered(with_sections(members, seminar_id)).order_by(*_ORDER)
    ]
    rows += [
        {
            "name": one.name,
            "email": one.email,
            "role": one.role,
            "section": one.section.name if one.section else "",
        }
        for one in expected_people(seminar_id)
    ]
    return rosters.written(rows)
