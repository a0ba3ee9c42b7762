"""The dates that hold for one person, or for many at once."""

from __future__ import annotations

import zoneinfo
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from debate.assignments.enums import RoundMode
from debate.assignments.models import Accommodation, Extension
from debate.core.db import ANYBODY, THIS, Finder
from debate.core.moments import time_zones

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime, tzinfo
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment, Round


@dataclass(frozen=True, slots=True)
class Dates:
    """When an assignment opens, is due and closes for one person; None where there is no date.

    `is_own` says that due or closing date differ from everybody's.
    """

    opens_at: datetime
    due_at: datetime | None
    closes_at: datetime | None
    is_own: bool = False


def zone_of(name: str) -> tzinfo:
    """The time zone of that name; UTC for a name that this machine does not know."""
    return zoneinfo.ZoneInfo(name) if name in time_zones() else UTC


def dates_for(user: User | AnonymousUser, assignment: Assignment) -> Dates:
    """The dates that hold for the person: an extension's, else with the days of an accommodation.

    Whoever may hand in later is not shut out before. Takes 2 queries at most.
    """
    if not user.pk:
        return dates_with(assignment)
    extension = next(iter(_EXTENSION.find(anybody=user.pk, this=assignment.pk)), None)
    if extension:
        return dates_with(assignment, extension)
    held = _ACCOMMODATION.find(anybody=user.pk, this=assignment.seminar_id)
    return dates_with(assignment, None, held[0].extra_days if held else None)


_EXTENSION = Finder(lambda: Extension.objects.filter(assignment=THIS, user=ANYBODY))
_ACCOMMODATION = Finder(lambda: Accommodation.objects.filter(seminar=THIS, user=ANYBODY))


def dates_of(users: Collection[UUID], assignment: Assignment) -> dict[UUID, Dates]:
    """The dates that hold for each of these people. Takes 2 queries, one for a sole extension."""
    granted = Extension.objects.filter(assignment=assignment, user__in=users)
    extensions = {one.user_id: one for one in granted}
    others = [user for user in users if user not in extensions]
    days: dict[UUID, int] = {}
    if others:
        held = Accommodation.objects.filter(seminar=assignment.seminar_id, user__in=others)
        days = dict(held.values_list("user_id", "extra_days"))
    return {user: dates_with(assignment, extensions.get(user), days.get(user)) for user in users}


def dates_with(
    assignment: Assignment, extension: Extension | None = None, extra_days: int | None = None
) -> Dates:
    """The assignment's dates for whoever has that extension, else so many more days."""
    due, closes = assignment.due_at, assignment.closes_at
    if extension:
        return own_dates(assignment, due=extension.due_at, closes=extension.closes_at)
    if not extra_days:
        return Dates(assignment.opens_at, due, closes)
    more = timedelta(days=extra_days)
    return own_dates(assignment, due=due and due + more, closes=closes and closes + more)


def own_dates(assignment: Assignment, *, due: datetime | None, closes: datetime | None) -> Dates:
    """The assignment's dates with one's own where they are later.

    Nobody is worse off than the others when theirs are moved afterwards, and the closing never
    comes before the own due date.
    """
    due_at = max(due, assignment.due_at or due) if due else assignment.due_at
    closes_at = assignment.closes_at
    if closes_at:
        closes_at = max([closes_at, *(one for one in (closes, due_at) if one)])
    changed = (due_at, closes_at) != (assignment.due_at, assignment.closes_at)
    return Dates(assignment.opens_at, due_at, closes_at, is_own=changed)


def posting_ends_at(
    assignment: Assignment,
    current: Round,
    dates: Dates,
    *,
    rounds: Sequence[Round] | None = None,
) -> datetime | None:
    """When a post of the current round comes too late: at the closing, or as a closed round begins.

    Whoever has dates of their own goes by those alone. `rounds` are the assignment's in their
    order, where they are known already.
    """
    if dates.is_own or current.ends_at is None:
        return dates.closes_at
    if rounds is None:
        rounds = list(assignment.rounds.filter(number__gt=current.number).order_by("number")[:1])
    following = next((one for one in rounds if one.number > current.number), None)
    if following is None or following.mode != RoundMode.CLOSED:
        return dates.closes_at
    return min(current.ends_at, dates.closes_at or current.ends_at)
