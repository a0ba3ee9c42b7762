"""The round that is current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.assignments.enums import RoundMode
from debate.assignments.models import Round
from debate.core.db import THIS, Finder

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from debate.assignments.models import Assignment


def current_round(assignment: Assignment, now: datetime) -> Round:
    """The last round whose time has come; before the first, the first. Takes 1 query."""
    return round_at(rounds_of(assignment), now)


def rounds_of(assignment: Assignment) -> list[Round]:
    """The assignment's rounds in their order. Takes 1 query."""
    rounds = _ROUNDS.find(this=assignment.pk)
    for one in rounds:
        one.assignment = assignment
    return rounds


_ROUNDS = Finder(lambda: Round.objects.filter(assignment=THIS).order_by("number"))


def round_at(rounds: Sequence[Round], now: datetime) -> Round:
    """The current one of an assignment's rounds in their order."""
    return next((one for one in reversed(rounds) if one.opens_at <= now), rounds[0])


def writable_round(assignment: Assignment, now: datetime) -> Round:
    """The round that a post belongs to that is taken although the current round is closed."""
    return writable_among(rounds_of(assignment), now)


def writable_among(rounds: Sequence[Round], now: datetime) -> Round:
    """The same of an assignment's rounds in their order."""
    begun = [one for one in rounds if one.opens_at <= now and one.mode != RoundMode.CLOSED]
    return begun[-1] if begun else rounds[0]
