"""From what a marker chose to points: arithmetic alone, exact, in Decimal."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

CENT: Final = Decimal("0.01")
NOTHING: Final = Decimal("0.00")


def rounded(points: Decimal) -> Decimal:
    """To two places, a half upwards."""
    return points.quantize(CENT, rounding=ROUND_HALF_UP)


def of_checks(chosen: Iterable[Decimal], most: Decimal) -> Decimal:
    """What the chosen checks give: their sum, at least 0 and at most `most`."""
    return min(max(sum(chosen, NOTHING), NOTHING), most)


def of_completion(done: Iterable[tuple[int, int]], most: Decimal) -> Decimal:
    """What is due for how much of each thing asked is in: (done, asked) pairs.

    The share is the sum of what was done, more than asked not counted, over the sum of what was
    asked; nothing asked gives all. So extra replies do not pay for missing comments.
    """
    pairs = [(min(one, asked), asked) for one, asked in done if asked > 0]
    asked = sum(pair[1] for pair in pairs)
    if not asked:
        return most
    return rounded(most * sum(pair[0] for pair in pairs) / asked)


def total_of(parts: Iterable[tuple[Decimal | None, Decimal]]) -> Decimal | None:
    """The sum of points times weight of the parts that give points; None while one is not set."""
    whole = NOTHING
    for points, weight in parts:
        if points is None:
            return None
        whole += points * weight
    return rounded(whole)


def scaled(total: Decimal, of: Decimal, to: Decimal | None) -> Decimal:
    """`total` of the rubric's `of` points on a scale of `to` points; as it is without one."""
    if to is None or of <= 0:
        return rounded(total)
    return rounded(total * to / of)


def final_of(raw: Decimal, late_deduction: Decimal, adjustment: Decimal) -> Decimal:
    """What counts: never less than nothing."""
    return max(rounded(raw - late_deduction + adjustment), NOTHING)
