"""How far markers agree: Krippendorff's alpha and weighted kappa, pure arithmetic.

Krippendorff, Content Analysis (4th edition, 2018), chapter 12; Cohen, "Weighted kappa",
Psychological Bulletin 70 (1968).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import permutations
from random import Random
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

Unit = TypeVar("Unit")

RESAMPLES: Final = 1000
INTERVAL: Final = 0.95


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient, its interval by resampling the works, and of how many works it is told.

    `value` is None where nothing can be told: fewer than two works that two people marked, or
    everybody gave everything the same. `low` and `high` are None where resampling tells nothing.
    """

    value: float | None
    low: float | None
    high: float | None
    n: int


def alpha(units: Sequence[Sequence[float]], *, level: str = "interval") -> float | None:
    """Krippendorff's alpha of units, each with the values that its raters gave.

    `level` is `nominal`, `ordinal` or `interval`. Units with fewer than two values tell nothing and
    are left out. None where no two values differ, or none can be paired. Raises KeyError for
    another level.
    """
    pairs: defaultdict[tuple[float, float], float] = defaultdict(float)
    for values in units:
        for pair in permutations(values, 2):
            pairs[pair] += 1 / (len(values) - 1)
    totals: defaultdict[float, float] = defaultdict(float)
    for (one, _), count in pairs.items():
        totals[one] += count
    n = sum(totals.values())
    at = _PLACES[level](totals)
    if len(totals) < 2:  # noqa: PLR2004 - of one value alone nothing differs
        return None
    if level == "nominal":
        expected = n * n - sum(total * total for total in totals.values())
        observed = sum(count for (one, other), count in pairs.items() if one != other)
    else:
        # The sum of squares over all pairs is that around the mean, which takes far fewer steps.
        mean = sum(total * at[value] for value, total in totals.items()) / n
        around = sum(total * (at[value] - mean) ** 2 for value, total in totals.items())
        expected = 2 * n * around
        observed = sum(count * (at[one] - at[other]) ** 2 for (one, other), count in pairs.items())
    return 1 - (n - 1) * observed / expected


def _ranks(totals: Mapping[float, float]) -> Mapping[float, float]:
    ranks, below = {}, 0.0
    for value in sorted(totals):
        ranks[value] = below + totals[value] / 2
        below += totals[value]
    return ranks


def _as_they_are(totals: Mapping[float, float]) -> Mapping[float, float]:
    return {value: value for value in totals}


# Where values stand on the scale by which they are apart; names stand nowhere.
_PLACES: Final = {"nominal": _as_they_are, "ordinal": _ranks, "interval": _as_they_are}


def weighted_kappa(
    pairs: Sequence[tuple[float, float]], *, scale: Sequence[float], power: int = 2
) -> float | None:
    """Cohen's weighted kappa of two raters' values, all of them on the ordered scale.

    `power` 1 weighs by how many steps they are apart, 2 by the square of it. None where chance
    alone explains everything, as when both give everything the same. Raises ValueError for a value
    off the scale.
    """
    place = {value: at for at, value in enumerate(scale)}
    try:
        placed = [(place[one], place[other]) for one, other in pairs]
    except KeyError as error:
        raise ValueError(f"{error} is not on the scale") from None
    rows, columns = Counter(one for one, _ in placed), Counter(other for _, other in placed)
    observed = sum(abs(one - other) ** power for one, other in placed)
    expected = sum(
        rows[one] * columns[other] * abs(one - other) ** power for one in rows for other in columns
    )
    if not expected:
        return None
    return float(1 - len(placed) * observed / expected)


def with_interval(
    units: Sequence[Unit], told: Callable[[Sequence[Unit]], float | None]
) -> Agreement:
    """What `told` says of the units, with the middle 95 % of what it says of resampled ones.

    Resampled with a fixed seed, so that the same marks always give the same interval.
    """
    value = told(units)
    if value is None:
        return Agreement(None, None, None, len(units))
    draw = Random(len(units))  # noqa: S311 - statistics, no secret
    found = [told(draw.choices(units, k=len(units))) for _ in range(RESAMPLES)]
    values = sorted(one for one in found if one is not None)
    if not values:
        return Agreement(value, None, None, len(units))
    cut = (1 - INTERVAL) / 2
    low, high = values[int(cut * len(values))], values[int((1 - cut) * len(values)) - 1]
    return Agreement(value, low, high, len(units))
