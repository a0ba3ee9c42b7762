"""Who can be named with an @ in an annotation, and who is.

Not one of the usual module names: it is read by the action that tells people as well as by the
composer's completion, which must not differ. Where students write under pseudonyms they are named
by these alone, and a name that is not said there names nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q, UUIDField
from django.db.models.expressions import RawSQL

from annotations.models import Annotation
from debate.accounts.models import User
from debate.assignments.models import Alias, Assignment
from debate.seminars.enums import STAFF
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from uuid import UUID

MOST_MENTIONS = 25
MOST_OFFERED = 10


@dataclass(frozen=True, slots=True)
class Nameable:
    """A person who can be named, by any of `names`; the first of them is the one that is shown."""

    user_id: UUID
    names: tuple[str, ...]


def nameable(assignment: Assignment) -> list[Nameable]:
    """The people to whom the essay is set, with the names under which the others know them.

    Not the stand-in that "view as student" looks through. Takes 2 queries at most.
    """
    members = Membership.objects.filter(seminar=assignment.seminar_id).people()
    if assignment.is_for_groups:
        inside = Group.members.through.objects.filter(
            user=OuterRef("user_id"), group__assignments=assignment.pk
        )
        members = members.filter(Q(role__in=STAFF) | Exists(inside))
    aliases: dict[UUID, str] = {}
    if assignment.uses_pseudonyms:
        aliases = dict(Alias.objects.filter(assignment=assignment).values_list("user_id", "name"))
    found = []
    for member in members.select_related("user").order_by("user__name", "user__username"):
        person = member.user
        if not assignment.uses_pseudonyms or member.is_staff:
            found.append(Nameable(person.pk, (person.display_name, person.username)))
        elif person.pk in aliases:
            found.append(Nameable(person.pk, (aliases[person.pk],)))
    return found


def named_in(body: str, people: Iterable[Nameable]) -> list[UUID]:
    """Whom the body names, in the order of their first mention, 25 at most.

    An @ counts where no word runs into it, the longest name that follows it names, and it must end
    where the word ends. A name that several people bear names them all.
    """
    known: dict[str, list[UUID]] = {}
    for person in people:
        for name in dict.fromkeys(one.casefold() for one in person.names):
            known.setdefault(name, []).append(person.user_id)
    lengths = sorted({len(name) for name in known}, reverse=True)
    named: dict[UUID, None] = {}
    body = body.casefold()
    at = body.find("@")
    while at >= 0 and len(named) < MOST_MENTIONS:
        if at == 0 or not _is_of_a_word(body[at - 1]):
            named.update(dict.fromkeys(_longest(body, at + 1, lengths, known)))
        at = body.find("@", at + 1)
    return list(named)[:MOST_MENTIONS]


def _longest(
    body: str, start: int, lengths: Iterable[int], known: dict[str, list[UUID]]
) -> list[UUID]:
    for length in lengths:
        end = start + length
        name = body[start:end]
        if name in known and (end >= len(body) or not _is_of_a_word(body[end])):
            return known[name]
    return []


def names_like(
    begun: str, *, assignment: Assignment, parent: Annotation | None, asked_by: User
) -> list[str]:
    """The names of which a word begins as `begun`, those that begin so themselves first.

    Of the others to whom the essay is set, and where `parent` is answered of those who may read
    it. Usernames are none of them, as they may be addresses. Takes 3 queries at most.
    """
    people = [one for one in nameable(assignment) if one.user_id != asked_by.pk]
    start = " ".join(begun.split()).casefold()
    found = [one for one in people if _begins(one.names[0], start)]
    if parent:
        readers = readers_among(parent, [one.user_id for one in found])
        found = [one for one in found if one.user_id in readers]
    names = dict.fromkeys(one.names[0] for one in found)
    return sorted(names, key=lambda name: not name.casefold().startswith(start))


def _begins(name: str, start: str) -> bool:
    folded = name.casefold()
    return folded.startswith(start) or f" {start}" in folded


def _is_of_a_word(char: str) -> bool:
    return char.isalnum() or char == "_"


class _Reader:
    """Whoever a row of the surrounding query over users stands for, as `visible_to` takes a user.

    `visible_to` asks for the person at several depths of subqueries, where no OuterRef reaches the
    outermost; the column itself does, as nothing inside joins the table of users.
    """

    pk = RawSQL('"accounts_user"."id"', (), output_field=UUIDField())


def readers_among(annotation: Annotation, people: Collection[UUID]) -> set[UUID]:
    """Those of the people who may read the annotation now. Takes 1 query, however many they are."""
    if not people:
        return set()
    readable = Annotation.objects.visible_to(_Reader()).filter(pk=annotation.pk)
    readers = User.objects.filter(Exists(readable), pk__in=people)
    return set(readers.order_by().values_list("pk", flat=True))
