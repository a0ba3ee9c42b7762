"""Which works a moderator looks at: drawn by rule, so that nobody chooses the flattering ones."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence
    from decimal import Decimal
    from uuid import UUID

BORDER: Final = 3
"""Percentage points around the pass mark that count as a border."""

SPREAD: Final = 5
"""Works that are taken at even distances from the worst to the best."""


def drawn(
    scores: Sequence[tuple[UUID, Decimal]],
    *,
    percent: int,
    least: int,
    pass_percent: int,
    seed: str,
) -> list[tuple[UUID, str]]:
    """The works of the sample and why each is in it: `failed`, `borderline`, `spread`, `random`.

    `scores` are percent of the most. All that fail, all around the border, some spread over the
    whole range, and as many more at random as make `percent` of all, and `least` at least; all where
    there are fewer. The same seed draws the same.
    """
    ordered = sorted(scores, key=lambda score: (score[1], score[0]))
    why: dict[UUID, str] = {}
    for work, score in ordered:
        if score < pass_percent:
            why[work] = "failed"
        elif score <= pass_percent + BORDER:
            why[work] = "borderline"
    taken = min(SPREAD, len(ordered))
    for at in range(taken):
        work, _ = ordered[at * (len(ordered) - 1) // max(taken - 1, 1)]
        why.setdefault(work, "spread")
    wanted = min(max(least, -(-len(ordered) * percent // 100)), len(ordered))
    others = [work for work, _ in ordered if work not in why]
    Random(seed).shuffle(others)  # noqa: S311 - a fair draw that can be drawn again
    for work in others[: max(wanted - len(why), 0)]:
        why[work] = "random"
    return sorted(why.items())
