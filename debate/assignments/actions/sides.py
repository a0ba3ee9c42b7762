"""Which side of the resolution somebody argues."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debate.assignments.actions.locking import locked_by_instructor
from debate.assignments.enums import Position
from debate.assignments.models import Side
from debate.core.errors import Invalid
from debate.seminars.enums import Role
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment


@transaction.atomic
def change_sides(
    *,
    actor: User,
    assignment_id: UUID,
    round_id: UUID | None = None,
    people: Mapping[UUID, str],
    groups: Mapping[UUID, str],
) -> None:
    """Say which side these students and groups argue in that round, or in all rounds.

    An empty position takes back what was said before; who is not named keeps it. Raises Missing,
    NotAllowed for all but instructors, Invalid that names `round`, `people` or `groups`.
    """
    assignment, _ = locked_by_instructor(actor, assignment_id)
    if round_id and not assignment.rounds.filter(pk=round_id).exists():
        raise Invalid("This assignment has no such round.", field="round")
    students = Membership.objects.filter(seminar=assignment.seminar, role=Role.STUDENT)
    known = set(students.filter(user__in=people).values_list("user_id", flat=True))
    if known != people.keys():
        raise Invalid("Only students of this seminar are given a side.", field="people")
    known = set(
        Group.objects.filter(seminar=assignment.seminar, pk__in=groups).values_list("pk", flat=True)
    )
    if known != groups.keys():
        raise Invalid("This seminar has no such group.", field="groups")
    _put(assignment, round_id, "user_id", people)
    _put(assignment, round_id, "group_id", groups)


def _put(
    assignment: Assignment, round_id: UUID | None, column: str, positions: Mapping[UUID, str]
) -> None:
    if set(positions.values()) - {"", *Position.values}:
        field = "people" if column == "user_id" else "groups"
        raise Invalid("Choose one of: " + ", ".join(Position.values) + ".", field=field)
    said = Side.objects.filter(assignment=assignment, round=round_id)
    said.filter(**{f"{column}__in": positions}).delete()
    Side.objects.bulk_create(
        Side(assignment=assignment, round_id=round_id, position=position, **{column: whose})
        for whose, position in positions.items()
        if position
    )
