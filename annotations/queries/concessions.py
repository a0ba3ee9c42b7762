"""The ledger of concessions: what each side grants, how far, and the common ground that makes.

Worked out from `argument_graph`, with two queries more for the sides.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from debate.assignments.enums import Position
from debate.assignments.models import Side
from debate.assignments.queries import chosen_side
from debate.seminars.models import Group
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.graph import ArgumentGraph, ClaimNode, Grant
    from debate.accounts.models import User

ENTRIES_A_PAGE = 50
MOST_COMMON = 12

SIDES = {
    Position.AFFIRMATIVE: "The affirmative grants",
    Position.NEGATIVE: "The negative grants",
    None: "Granted without a side",
}
TO_ESSAY, TO_OTHERS = "Granted to the essay", "Granted to what others argue"


@dataclass(frozen=True, slots=True)
class Entry:
    """One concession: which claim was granted, how far, and by whom."""

    grant: Grant
    claim: ClaimNode

    @property
    def id(self) -> str:
        """The annotation's id, which is the concession's place in the order of time."""
        return str(self.grant.note.pk)

    @property
    def scope(self) -> str:
        """How far it goes; "" where nothing was said."""
        return self.grant.concession.scope

    @property
    def by(self) -> str:
        """Who granted it, as the reader may know it."""
        return self.grant.note.shown_author_name  # type: ignore[attr-defined,no-any-return]  # by `for_display`


@dataclass(slots=True)
class Part:
    """What one side grants, or what is granted to one."""

    label: str
    entries: list[Entry] = field(default_factory=list)


@dataclass(slots=True)
class Common:
    """A claim on which somebody of the other side agrees, with all who granted it."""

    claim: ClaimNode
    entries: list[Entry] = field(default_factory=list)

    @property
    def names(self) -> list[str]:
        """Who granted it, each once."""
        return list(dict.fromkeys(one.by for one in self.entries))

    @property
    def scopes(self) -> list[str]:
        """How far they go, each once."""
        return list(dict.fromkeys(one.scope for one in self.entries if one.scope))


@dataclass(slots=True)
class Ledger:
    """A page of the concessions, by side; `common` is the common ground in the order of the text."""

    parts: list[Part]
    common: list[Common]
    more_common: int
    total: int
    next_after: str
    by_sides: bool


def ledger(user: User | AnonymousUser, graph: ArgumentGraph, *, after: str = "") -> Ledger:
    """What is granted, from the concession behind `after` on.

    By the sides of the assignment where it has them; under pseudonyms for staff alone, for who
    argues on which side may tell who stands behind an alias. Takes 3 queries at most.
    """
    entries = [Entry(grant, graph.claims[grant.claim]) for grant in graph.grants]
    sides = _sides(user, graph)
    labelled = [(_label(one, sides), one) for one in entries]
    order = [SIDES[one] for one in SIDES] if sides is not None else [TO_ESSAY, TO_OTHERS]
    labelled.sort(key=lambda pair: (order.index(pair[0]), *_place(pair[1].claim), pair[1].id))
    ids = [one.id for _, one in labelled]
    start = ids.index(after) + 1 if after in ids else 0
    page = labelled[start : start + ENTRIES_A_PAGE]
    parts: dict[str, Part] = {}
    for label, one in page:
        parts.setdefault(label, Part(label)).entries.append(one)
    common = common_ground(graph)
    return Ledger(
        parts=list(parts.values()),
        common=common[:MOST_COMMON],
        more_common=max(0, len(common) - MOST_COMMON),
        total=len(entries),
        next_after=page[-1][1].id if start + ENTRIES_A_PAGE < len(labelled) else "",
        by_sides=sides is not None,
    )


def common_ground(graph: ArgumentGraph) -> list[Common]:
    """The claims that somebody granted, each once, in the order of the text."""
    found: dict[str, Common] = {}
    for grant in graph.grants:
        claim = graph.claims[grant.claim]
        found.setdefault(claim.id, Common(claim)).entries.append(Entry(grant, claim))
    return sorted(found.values(), key=lambda one: _place(one.claim))


def _place(node: ClaimNode) -> tuple[int, int, str]:
    return node.place.position, node.place.start, node.id


def _label(entry: Entry, sides: dict[UUID, Position | None] | None) -> str:
    if sides is None:
        return TO_ESSAY if entry.claim.is_of_essay else TO_OTHERS
    side = sides.get(entry.grant.note.pk)
    return SIDES[None if side is Position.NONE else side]


def _sides(user: User | AnonymousUser, graph: ArgumentGraph) -> dict[UUID, Position | None] | None:
    """By concession, the side of its author in its round; None where no side is to be told."""
    assignment = graph.assignment
    if assignment.uses_pseudonyms and not is_staff(membership_of(user, assignment.seminar)):
        return None
    said = list(Side.objects.filter(assignment=assignment))
    if all(side.position == Position.NONE for side in said):
        return None
    groups = defaultdict(set)
    members = Group.members.through.objects.filter(
        group__in={side.group_id for side in said if side.group_id},
        user__in={grant.note.author_id for grant in graph.grants},
    )
    for user_id, group_id in members.values_list("user_id", "group_id"):
        groups[user_id].add(group_id)
    return {
        grant.note.pk: chosen_side(
            said, grant.note.author_id, groups[grant.note.author_id], grant.note.round
        )
        for grant in graph.grants
    }
