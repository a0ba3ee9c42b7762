"""What lateness costs a body of commentary: told per contribution, as nobody hands in at one time."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from annotations.grading.scoring import NOTHING, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

SECONDS: Final = {"hour": 3600, "day": 86400}
WHOLE: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Policy:
    """A plan's rule: `drop`, `each` or `last`, percent an interval, and what is left at least."""

    rule: str
    percent: Decimal
    interval: str
    floor: Decimal


def intervals(late_by: int, interval: str) -> int:
    """How many intervals that many seconds are; a begun one is a whole one."""
    return -(-late_by // SECONDS[interval])


def lost(late_by: int, policy: Policy) -> Decimal:
    """Which part, of 1, a contribution loses that came so many seconds late."""
    if policy.rule == "drop":
        return Decimal(1) if late_by else Decimal(0)
    most = (WHOLE - policy.floor) / WHOLE
    return min(policy.percent * intervals(late_by, policy.interval) / WHOLE, most)


def deduction(raw: Decimal, late_by: Sequence[int], policy: Policy) -> Decimal:
    """The points that lateness takes from `raw`, of contributions so many seconds late.

    `each`: the mean of what the contributions lose. `last`: what the last of them loses. `drop`
    takes no points: what came late counts for nothing in what markers are shown.
    """
    if policy.rule == "drop" or not late_by:
        return NOTHING
    parts = [lost(one, policy) for one in late_by]
    share = max(parts) if policy.rule == "last" else sum(parts, Decimal(0)) / len(parts)
    return rounded(raw * share)
