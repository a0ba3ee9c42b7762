"""Which side of the resolution somebody argues: a person's own before that of the groups."""

from __future__ import annotations

from secrets import SystemRandom
from typing import TYPE_CHECKING

from django.db.models import Q

from debate.assignments.enums import Position
from debate.assignments.models import Side
from debate.seminars.models import Group

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment, Round

OPPOSITE = {
    Position.AFFIRMATIVE: Position.NEGATIVE,
    Position.NEGATIVE: Position.AFFIRMATIVE,
}


def side_of(user: User, assignment: Assignment, in_round: Round | None = None) -> Position | None:
    """The side that the person argues in that round; None when nothing is said of it.

    What is said of the person goes before what is said of a group, what is said of the round
    before what is said of all rounds. Takes 2 queries.
    """
    return sides_of([user.pk], assignment, in_round).get(user.pk)


def sides_of(
    users: Collection[UUID], assignment: Assignment, in_round: Round | None = None
) -> dict[UUID, Position]:
    """The sides of these people, as `side_of`; who has none is left out. Takes 2 queries."""
    said = list(
        Side.objects.filter(assignment=assignment)
        .filter(Q(round=None) | Q(round=in_round))
        .filter(Q(user=None) | Q(user__in=users))
    )
    groups = _groups_of(users, {side.group_id for side in said if side.group_id})
    found = {user: chosen_side(said, user, groups.get(user, ()), in_round) for user in users}
    return {user: position for user, position in found.items() if position}


def chosen_side(
    sides: Iterable[Side], user_id: UUID, groups: Collection[UUID], in_round: Round | None
) -> Position | None:
    """Which of the sides holds for the person, who is in those groups, in that round."""
    wanted = in_round.pk if in_round else None
    held = [
        (side.group_id is not None, side.round_id is None, str(side.group_id), side.position)
        for side in sides
        if (side.user_id == user_id or side.group_id in groups) and side.round_id in {None, wanted}
    ]
    return Position(min(held)[-1]) if held else None


def sides_said(assignment: Assignment, in_round: Round | None) -> dict[UUID, str]:
    """What is said of people and groups themselves for exactly that round, or for all rounds."""
    said = Side.objects.filter(assignment=assignment, round=in_round)
    return {side.user_id or side.group_id: side.position for side in said}  # type: ignore[misc]  # one of them is there


def drawn_sides(ids: Sequence[UUID]) -> dict[UUID, str]:
    """A draw that gives each side to half of them; chance decides on which side an odd one is."""
    chance = SystemRandom()
    drawn = list(ids)
    chance.shuffle(drawn)
    first = chance.choice([Position.AFFIRMATIVE, Position.NEGATIVE])
    return {one: str(OPPOSITE[first] if n % 2 else first) for n, one in enumerate(drawn)}


def swapped_sides(
    assignment: Assignment, rounds: Sequence[Round], in_round: Round
) -> dict[UUID, str]:
    """For that round, the opposite of what is said of people and groups in the round before it."""
    index = [one.pk for one in rounds].index(in_round.pk)
    before = sides_said(assignment, None)
    if index:
        before |= sides_said(assignment, rounds[index - 1])
    return {
        whose: str(OPPOSITE.get(Position(position), position)) for whose, position in before.items()
    }


def _groups_of(users: Collection[UUID], among: Collection[UUID]) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = {}
    pairs = Group.members.through.objects.filter(user__in=users, group__in=among)
    for user_id, group_id in pairs.values_list("user_id", "group_id"):
        found.setdefault(user_id, set()).add(group_id)
    return found
