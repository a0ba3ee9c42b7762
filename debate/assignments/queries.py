"""The dates that hold for one person, and the round that is current."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from debate.assignments.enums import RoundMode
from debate.assignments.models import Accommodation, Extension

if TYPE_CHECKING:
    from datetime import datetime

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


def dates_for(user: User | AnonymousUser, assignment: Assignment) -> Dates:
    """The dates that hold for the person: an extension's, else with the days of an accommodation.

    Whoever may hand in later is not shut out before. Takes 2 queries at most.
    """
    due, closes = assignment.due_at, assignment.closes_at
    if not user.pk:
        return Dates(assignment.opens_at, due, closes)
    extension = Extension.objects.filter(assignment=assignment, user_id=user.pk).first()
    if extension:
        return own_dates(assignment, due=extension.due_at, closes=extension.closes_at)
    days = Accommodation.objects.filter(seminar=assignment.seminar_id, user_id=user.pk)
    extra = days.values_list("extra_days", flat=True).first()
    if not extra:
        return Dates(assignment.opens_at, due, closes)
    more = timedelta(days=extra)
    return own_dates(assignment, due=due and due + more, closes=closes and closes + more)


def own_dates(assignment: Assignment, *, due: datetime | None, closes: datetime | None) -> Dates:
    """The assignment's dates with one's own instead, the closing never before the own due date."""
    due_at = due or assignment.due_at
    closes_at = closes or assignment.closes_at
    if closes_at and due_at and due_at > closes_at:
        closes_at = due_at
    changed = (due_at, closes_at) != (assignment.due_at, assignment.closes_at)
    return Dates(assignment.opens_at, due_at, closes_at, is_own=changed)


def current_round(assignment: Assignment, now: datetime) -> Round:
    """The last round whose time has come; before the first, the first."""
    rounds = list(assignment.rounds.order_by("number"))
    return next((one for one in reversed(rounds) if one.opens_at <= now), rounds[0])


def writable_round(assignment: Assignment, now: datetime) -> Round:
    """The round that a post belongs to that is taken although the current round is closed."""
    rounds = list(assignment.rounds.order_by("number"))
    begun = [one for one in rounds if one.opens_at <= now and one.mode != RoundMode.CLOSED]
    return begun[-1] if begun else rounds[0]


def posting_ends_at(assignment: Assignment, current: Round, dates: Dates) -> datetime | None:
    """When a post of the current round comes too late: at the closing, or as a closed round begins.

    Whoever has dates of their own goes by those alone.
    """
    if dates.is_own or current.ends_at is None:
        return dates.closes_at
    following = assignment.rounds.filter(number__gt=current.number).order_by("number").first()
    if following is None or following.mode != RoundMode.CLOSED:
        return dates.closes_at
    return min(current.ends_at, dates.closes_at or current.ends_at)
