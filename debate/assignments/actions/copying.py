"""A seminar copied to a new term: its essays and assignments, without people and annotations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction

from debate.assignments.actions.rounds import RoundInput
from debate.assignments.actions.setting import ASKED, SetUp, set_essay
from debate.assignments.models import Assignment
from debate.assignments.queries import zone_of
from debate.core.errors import NotAllowed
from debate.essays.actions import create_essay, draft_of
from debate.seminars.actions import change_seminar, create_group, create_seminar
from debate.seminars.permissions import (
    MAKES_NO_SEMINAR,
    is_instructor,
    may_create_seminar,
    membership_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date, datetime
    from uuid import UUID

    from debate.accounts.models import User
    from debate.essays.models import Essay
    from debate.seminars.models import Group, Seminar

    Moved = Callable[[datetime | None], datetime | None]


@transaction.atomic
def copy_seminar(*, actor: User, seminar: Seminar, title: str, starts_on: date) -> Seminar:
    """Make a seminar with the essays and assignments of this one, for a term that starts that day.

    The first assignment opens on the day, the others as many days later as they did, each at its
    hour. Essays come with their current text; groups to which assignments are set come empty; the
    only person is the actor. An archived seminar can be copied. Raises NotAllowed for all but
    instructors and for whom the site lets make no seminar, Invalid on `title`.
    """
    if not is_instructor(membership_of(actor, seminar)):
        raise NotAllowed("Only instructors of this seminar copy it.")
    if not may_create_seminar(actor):
        raise NotAllowed(MAKES_NO_SEMINAR)
    made = create_seminar(actor=actor, title=title, time_zone=seminar.time_zone)
    made = change_seminar(
        actor=actor,
        seminar=made,
        title=made.title,
        description=seminar.description,
        time_zone=seminar.time_zone,
        allows_public=seminar.allows_public,
        students_make_groups=seminar.students_make_groups,
        asks_consent=seminar.asks_consent,
    )
    essays = {essay.pk: _copied_essay(actor, essay, made) for essay in _essays_of(seminar)}
    assignments = list(_assignments_of(seminar))
    moved = _moved_to(starts_on, assignments, seminar)
    for assignment in assignments:
        essay = essays.get(assignment.essay_id)
        if essay:
            _copy_assignment(actor, assignment, essay, moved)
    return made


def _essays_of(seminar: Seminar) -> Iterable[Essay]:
    found = seminar.essays.exclude(current_revision=None)
    return found.select_related("current_revision__essay").order_by("id")


def _assignments_of(seminar: Seminar) -> Iterable[Assignment]:
    found = Assignment.objects.filter(seminar=seminar).order_by("id")
    return found.prefetch_related("rounds", "groups")


def _copied_essay(actor: User, essay: Essay, seminar: Seminar) -> Essay:
    assert essay.current_revision is not None  # noqa: S101 - those without are left out above
    return create_essay(
        actor=actor,
        seminar=seminar,
        draft=draft_of(essay.current_revision),
        source_url=essay.source_url,
        licence_note=essay.licence_note,
        is_public=essay.is_public,
    )


def _moved_to(starts_on: date, assignments: list[Assignment], seminar: Seminar) -> Moved:
    """How a moment moves so that the first assignment opens on the day.

    Days are counted on the seminar's clocks: what was due at 23:59 still is, in winter as in summer.
    """
    zone = zone_of(seminar.time_zone)
    opens = [assignment.opens_at.astimezone(zone).date() for assignment in assignments]
    later = starts_on - min(opens, default=starts_on)

    def moved(moment: datetime | None) -> datetime | None:
        if moment is None:
            return None
        local = moment.astimezone(zone).replace(tzinfo=None) + timedelta(days=later.days)
        return local.replace(tzinfo=zone)

    return moved


def _copy_assignment(actor: User, assignment: Assignment, essay: Essay, moved: Moved) -> None:
    rounds = list(assignment.rounds.all())
    closes = assignment.closes_at
    if closes and rounds[-1].opens_at >= closes:
        closes = None  # it was closed before its last round, which this term shall have
    groups = _copied_groups(actor, assignment, essay.seminar)
    given: SetUp = {
        "title": assignment.title,
        "instructions": assignment.instructions,
        "opens_at": moved(assignment.opens_at),
        "due_at": moved(assignment.due_at),
        "closes_at": moved(closes),
        "asked": {what: getattr(assignment, f"asked_{what}") for what in ASKED},
        "is_for_groups": bool(groups),
        "group_ids": groups,
        "uses_pseudonyms": assignment.uses_pseudonyms,
        "requires_approval": assignment.requires_approval,
        "resolution": assignment.resolution,
        "rounds": [
            RoundInput(
                name=one.name,
                mode=one.mode,
                opens_at=moved(one.opens_at),
                reveals_after=one.reveals_after,
                allowed_kinds=tuple(one.allowed_kinds),
            )
            for one in rounds
        ],
    }
    set_essay(actor=actor, essay=essay, slug=assignment.slug, **given)


def _copied_groups(actor: User, assignment: Assignment, seminar: Seminar) -> list[UUID]:
    """The ids of the groups of those names in the new seminar, made when they are not there."""
    known = dict(seminar.groups.values_list("name", "pk"))
    wanted: list[Group] = list(assignment.groups.all()) if assignment.is_for_groups else []
    return [
        known.get(one.name)
        or create_group(actor=actor, seminar=seminar, name=one.name, kind=one.kind).pk
        for one in wanted
    ]
