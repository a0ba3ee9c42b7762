"""What counts of a student's annotations, in the version that stood at a moment, in essay order.

What a work is made of when it is frozen, and what has come since.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.utils import timezone

from annotations.enums import Audience, Status
from annotations.models import Anchor, Annotation, AnnotationVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime
    from uuid import UUID

    from debate.assignments.models import Assignment

NOWHERE: Final = (1 << 31, 0)
"""The place of what has lost its words: after all others."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """An annotation in the version that is graded; `posted_at` is when its author handed it in."""

    annotation_id: UUID
    version: int
    posted_at: datetime


@dataclass(frozen=True, slots=True)
class _State:
    """What of one version decides whether it counts."""

    version: int
    status: str
    audience: str
    at: datetime

    @property
    def counts(self) -> bool:
        return self.status == Status.PUBLISHED and self.audience != Audience.PRIVATE


def contributions(
    assignment: Assignment, frozen_at: Mapping[UUID, datetime]
) -> dict[UUID, list[Contribution]]:
    """What counts of these students, each as it stood at that moment, in the order of the essay.

    What was accepted in time counts as it stood then: also what waited for approval then and has
    got it since. What was accepted afterwards, as late work is, counts as it stands. Replies stand
    with what they reply to. Takes 4 queries for any number of students.
    """
    rows = list(
        Annotation.objects.filter(assignment=assignment, author__in=list(frozen_at))
        .order_by("id")
        .only("id", "author_id", "root_id", "status", "audience", "version", "created_at")
    )
    states = _states_of([row.pk for row in rows])
    places = _places_of(assignment, {row.root_id or row.pk for row in rows})
    found: dict[UUID, list[tuple[tuple[int, int], Contribution]]] = defaultdict(list)
    for row in rows:
        history = states.get(row.pk) or [_as_it_is(row)]
        chosen = _chosen(row, history, frozen_at[row.author_id])
        if chosen is None:
            continue
        place = places.get(row.root_id or row.pk, NOWHERE)
        one = Contribution(row.pk, chosen, _posted_at(row, history))
        found[row.author_id].append((place, one))
    return {
        author: [one for _, one in sorted(pairs, key=lambda pair: (pair[0], pair[1].posted_at))]
        for author, pairs in found.items()
    }


def come_since(
    assignment: Assignment, student_id: UUID, known: Collection[UUID]
) -> list[Contribution]:
    """What counts of the student now and is not among those annotations, in the order of the essay."""
    now = contributions(assignment, {student_id: timezone.now()})
    return [one for one in now.get(student_id, []) if one.annotation_id not in known]


def _chosen(row: Annotation, history: list[_State], moment: datetime) -> int | None:
    """The version that is graded; None where nothing of it counts."""
    stood = [one for one in history if one.at <= moment]
    now = _as_it_is(row)
    if not stood:
        return now.version if now.counts else None
    last = stood[-1]
    if last.counts:
        return last.version
    if last.status == Status.PENDING and now.counts:
        return now.version
    return None


def _posted_at(row: Annotation, history: list[_State]) -> datetime:
    """When it was handed in: for what its author held back at first, when that ended."""
    if history[0].status != Status.HELD:
        return row.created_at
    return next((one.at for one in history if one.status != Status.HELD), row.created_at)


def _as_it_is(row: Annotation) -> _State:
    return _State(row.version, row.status, row.audience, row.created_at)


def _states_of(annotations: Collection[UUID]) -> dict[UUID, list[_State]]:
    rows = (
        AnnotationVersion.objects.filter(annotation__in=annotations)
        .order_by("annotation_id", "version")
        .values_list("annotation_id", "version", "status", "details__audience", "at")
    )
    found: dict[UUID, list[_State]] = defaultdict(list)
    for pk, version, status, audience, at in rows:
        found[pk].append(_State(version, status, audience or "", at))
    return found


def _places_of(assignment: Assignment, roots: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    """Where each thread stands in the essay that the assignment shows: paragraph, then words."""
    rows = (
        Anchor.objects.filter(
            annotation__in=roots, revision=assignment.revision_id, paragraph__isnull=False
        )
        .order_by("annotation_id", "-position")
        .values_list("annotation_id", "paragraph__position", "start")
    )
    return {pk: (position, start or 0) for pk, position, start in rows}
