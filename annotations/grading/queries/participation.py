"""How much each student took part in an assignment: counts of what is in, never of its worth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F

from annotations.enums import Kind
from annotations.grading.models import Work
from annotations.grading.permissions import knows_names
from annotations.grading.queries.names import shown_name
from annotations.models import Annotation
from annotations.queries.progress import Counts, counts_of, students_of

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from annotations.grading.models import GradingPlan
    from debate.accounts.models import User
    from debate.seminars.models import Membership

BAR = 48


@dataclass(frozen=True, slots=True)
class Number:
    """A number of a person, with how long its bar is beside those of the others."""

    label: str
    count: int
    width: int


@dataclass(frozen=True, slots=True)
class Participant:
    """A student with counts, in the order of `Participation.labels`."""

    name: str
    counts: list[Number]


@dataclass(frozen=True, slots=True)
class Participation:
    """Everybody's counts: notes by kind, replies given and received, paragraphs."""

    columns: list[str]
    labels: list[str]
    people: list[Participant]


def participation_of(user: User, membership: Membership, plan: GradingPlan) -> Participation:
    """What the students of an assignment did whom the member looks after. Takes 4 queries.

    By alias while names are hidden: then of those whose works are collected.
    """
    people = _people(user, membership, plan)
    counts = counts_of(plan.assignment, people=list(people))
    received = _received(plan, list(people))
    numbers = {
        person: _numbers(counts.get(person, Counts()), received.get(person, 0)) for person in people
    }
    kinds = [kind for kind in Kind if any(one[kind] for one in numbers.values())]
    columns = [*kinds, "given", "received", "paragraphs"]
    labels = [str(kind.label) for kind in kinds]
    labels += ["Replies given", "Replies received", "Paragraphs"]
    most = {key: max((one[key] for one in numbers.values()), default=0) for key in columns}
    return Participation(
        columns=columns,
        labels=labels,
        people=[
            Participant(
                name,
                [
                    Number(label, numbers[person][key], _width(numbers[person][key], most[key]))
                    for key, label in zip(columns, labels, strict=True)
                ],
            )
            for person, name in sorted(
                people.items(), key=lambda pair: (pair[1].casefold(), str(pair[0]))
            )
        ],
    )


def _people(user: User, membership: Membership, plan: GradingPlan) -> dict[UUID, str]:
    if knows_names(plan):
        students = students_of(membership, plan.assignment)
        return {one.user_id: one.user.display_name for one in students}
    works = Work.objects.marked_by(user).filter(assignment=plan.assignment_id)
    return {work.student_id: shown_name(work, plan) for work in works.select_related("student")}


def _received(plan: GradingPlan, people: Collection[UUID]) -> dict[UUID, int]:
    """How many replies of others each has got."""
    replies = Annotation.objects.filter(
        assignment=plan.assignment_id, parent__author__in=people
    ).exclude(author=F("parent__author"))
    rows = replies.counted().order_by().values_list("parent__author")
    return dict(rows.annotate(count=Count("pk")))


def _numbers(counts: Counts, received: int) -> Mapping[str, int]:
    by_kind = {kind.value: counts.by_kind.get(kind, 0) for kind in Kind}
    others = {"given": counts.replies, "received": received, "paragraphs": counts.paragraphs}
    return by_kind | others


def _width(count: int, most: int) -> int:
    return round(BAR * count / most) if most else 0
