"""What holds of each assignment of a list for one person, read with the list."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch, Q

from debate.assignments.models import Accommodation, Extension, Side
from debate.assignments.queries.dates import dates_with
from debate.assignments.queries.sides import chosen_side
from debate.seminars.models import Group

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.enums import Position
    from debate.assignments.models import Assignment, AssignmentQuerySet, Round
    from debate.assignments.queries.dates import Dates


def with_own(assignments: AssignmentQuerySet, user: User | AnonymousUser) -> AssignmentQuerySet:
    """The assignments with the person's own dates and sides: 3 queries more, however many."""
    mine = Q(user_id=user.pk) if user.pk else Q(pk=None)
    sides = Side.objects.filter(mine | Q(group__in=Group.objects.of(user)))
    return assignments.prefetch_related(
        Prefetch("extensions", Extension.objects.filter(mine), to_attr="own_extensions"),
        Prefetch(
            "seminar__accommodations",
            Accommodation.objects.filter(mine),
            to_attr="own_accommodations",
        ),
        Prefetch("sides", sides, to_attr="own_sides"),
    )


def own_dates_of(assignment: Assignment) -> Dates:
    """The dates that hold for the person; the assignment was read `with_own`."""
    extensions: list[Extension] = assignment.own_extensions  # type: ignore[attr-defined]  # `with_own`
    held: Any = assignment.seminar.own_accommodations  # type: ignore[attr-defined]  # as above
    return dates_with(
        assignment,
        extensions[0] if extensions else None,
        held[0].extra_days if held else None,
    )


def own_side_of(
    assignment: Assignment, user: User | AnonymousUser, in_round: Round
) -> Position | None:
    """The side that the person argues; the assignment was read `with_own`."""
    if not user.pk:
        return None
    sides: list[Side] = assignment.own_sides  # type: ignore[attr-defined]  # `with_own`
    groups = {side.group_id for side in sides if side.group_id}
    return chosen_side(sides, user.pk, groups, in_round)
