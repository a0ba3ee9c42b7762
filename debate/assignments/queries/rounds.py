"""The round that is current."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.assignments.enums import RoundMode

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from debate.assignments.models import Assignment, Round


def current_round(assignment: Assignment, now: datetime) -> Round:
    """The last round whose time has come; before the first, the first. Takes 1 query."""
    return round_at(list(assignment.rounds.order_by("number")), now)


def round_at(rounds: Sequence[Round], now: datetime) -> Round:
    """The current one of an assignment's rounds in their order."""
    return next((one for one in reversed(rounds) if one.opens_at <= now), rounds[0])


def writable_round(assignment: Assignment, now: datetime) -> Round:
    """The round that a post belongs to that is taken although the current round is closed."""
    rounds = list(assignment.rounds.order_by("number"))
    begun = [one for one in rounds if one.opens_at <= now and one.mode != RoundMode.CLOSED]
    return begun[-1] if begun else rounds[0]
