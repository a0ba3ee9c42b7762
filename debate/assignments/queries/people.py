"""What the pages about an assignment's students show, each in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from debate.accounts.models import User
from debate.assignments.models import Accommodation, Extension
from debate.assignments.permissions import may_read_extensions, may_read_reasons
from debate.assignments.queries.dates import dates_for, dates_with
from debate.assignments.queries.sides import sides_of
from debate.seminars.enums import Role
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from uuid import UUID

    from debate.assignments.enums import Position
    from debate.assignments.models import Assignment, Round
    from debate.assignments.queries.dates import Dates
    from debate.seminars.models import Group, Seminar


@dataclass(frozen=True, slots=True)
class StudentDates:
    """A student and the dates that hold for the student.

    `reason` is empty unless there is an extension and whoever looks may know why; `extra_days` is
    for instructors alone.
    """

    person: User
    dates: Dates
    has_extension: bool
    reason: str
    extra_days: int | None


@dataclass(frozen=True, slots=True)
class ExtensionsPage:
    """The page of own dates: everybody's whom the person oversees, and the person's own."""

    students: list[StudentDates]
    own: Dates
    own_reason: str
    reads_all: bool
    reads_reasons: bool


@dataclass(frozen=True, slots=True)
class SidesPage:
    """Whom sides are given to, and the side that holds for each student in the round looked at."""

    groups: list[Group]
    students: list[User]
    in_force: dict[UUID, Position]
    rounds: list[Round]
    in_round: Round | None


def students_in(assignment: Assignment, membership: Membership | None = None) -> list[User]:
    """The students whom the assignment is set to, by name; with a membership, those it oversees."""
    memberships = Membership.objects.filter(seminar=assignment.seminar_id, role=Role.STUDENT)
    if membership:
        memberships = memberships.overseen_by(membership)
    people = User.objects.filter(pk__in=memberships.people().values("user_id"))
    if assignment.is_for_groups:
        people = people.filter(reading_groups__in=assignment.groups.all()).distinct()
    return sorted(people, key=lambda person: person.display_name.casefold())


def students_of(seminar: Seminar) -> list[User]:
    """The students of the seminar, by name."""
    memberships = Membership.objects.filter(seminar=seminar, role=Role.STUDENT).people()
    people = User.objects.filter(pk__in=memberships.values("user_id"))
    return sorted(people, key=lambda person: person.display_name.casefold())


def extensions_page(
    user: User, assignment: Assignment, membership: Membership | None
) -> ExtensionsPage:
    """Who has which dates, as far as the person may know. Takes 6 queries at most."""
    own = Extension.objects.filter(assignment=assignment, user=user).first()
    rows: list[StudentDates] = []
    if membership and may_read_extensions(membership):
        rows = _rows(user, assignment, membership)
    return ExtensionsPage(
        students=rows,
        own=dates_for(user, assignment),
        own_reason=own.get_reason_code_display() if own else "",
        reads_all=may_read_extensions(membership),
        reads_reasons=may_read_reasons(membership),
    )


def _rows(user: User, assignment: Assignment, membership: Membership) -> list[StudentDates]:
    people = students_in(assignment, membership)
    granted = Extension.objects.visible_to(user).filter(assignment=assignment)
    extensions = {one.user_id: one for one in granted}
    held = Accommodation.objects.filter(seminar=assignment.seminar_id, user__in=people)
    days = dict(held.values_list("user_id", "extra_days"))
    knows = may_read_reasons(membership)
    rows = []
    for person in people:
        extension = extensions.get(person.pk)
        rows.append(
            StudentDates(
                person=person,
                dates=dates_with(assignment, extension, days.get(person.pk)),
                has_extension=extension is not None,
                reason=extension.get_reason_code_display() if extension and knows else "",
                extra_days=days.get(person.pk) if knows else None,
            )
        )
    return rows


def accommodations_in(seminar: Seminar, user: User) -> dict[UUID, int]:
    """How many days students have more, as far as the person may know."""
    held = Accommodation.objects.visible_to(user).filter(seminar=seminar)
    return dict(held.values_list("user_id", "extra_days"))


def sides_page(assignment: Assignment, in_round: Round | None) -> SidesPage:
    """Whom sides are given to in that round, or in all rounds. Takes 5 queries."""
    students = students_in(assignment)
    rounds = list(assignment.rounds.all())
    groups = (
        assignment.groups.all() if assignment.is_for_groups else assignment.seminar.groups.all()
    )
    return SidesPage(
        groups=list(groups),
        students=students,
        in_force=sides_of([one.pk for one in students], assignment, in_round),
        rounds=rounds,
        in_round=in_round,
    )
