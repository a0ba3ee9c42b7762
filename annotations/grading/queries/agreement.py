"""How far markers of an assignment agree, and how each of them marks: figures of what one may know.

All of it is counted over the submitted marks that the person sees, so whoever is still to mark a
work without seeing the other's mark learns nothing of it here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache, partial
from statistics import median
from typing import TYPE_CHECKING, Any, Final

from annotations.grading import metrics
from annotations.grading.enums import CriterionKind, MarkRole, MarkState
from annotations.grading.models import Criterion, Mark
from annotations.grading.queries.marking import content_of, with_content

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID

    from annotations.grading.metrics import Agreement
    from annotations.grading.models import GradingPlan
    from annotations.grading.queries.marking import PartContent
    from debate.accounts.models import User

FEWEST: Final = 5
"""Of fewer works no coefficient says anything."""
RELIABLE, TENTATIVE = 0.8, 0.667
"""Krippendorff's bounds: above the first one may rely on the marks, above the second with caution."""
BINS: Final = 10
THIRDS: Final = 3
FEWEST_IN_ORDER: Final = 6
"""Of fewer works of one marker no order is told."""
KEPT: Final = 512

Pair = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Figures:
    """How far two markers agree by one criterion, or by the total (`key` None).

    `exact` is how many of `n` works got the same from both. Coefficients are None where they say
    nothing: kappa is of levels alone.
    """

    key: UUID | None
    title: str
    n: int
    exact: int
    alpha: Agreement | None
    kappa: Agreement | None
    words: str

    @property
    def exact_percent(self) -> int | None:
        """The share of works that got the same from both."""
        return round(self.exact * 100 / self.n) if self.n else None


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a distribution: how many marks from `low` percent up to the next bar's."""

    low: int
    count: int
    x: int
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Spread:
    """How one person marks, in percent of what the rubric gives."""

    marker: str
    n: int
    mean: float
    median: float
    low: float
    high: float
    bars: list[Bar]


@dataclass(frozen=True, slots=True)
class Use:
    """What is given by a criterion: how often each level or check, and whether all got the same."""

    criterion: Criterion
    n: int
    counts: list[tuple[str, int]]
    is_same: bool

    @property
    def unused(self) -> list[str]:
        """The levels and checks that nobody has chosen."""
        return [title for title, count in self.counts if not count]


@dataclass(frozen=True, slots=True)
class InOrder:
    """A person's mean percent in the first, middle and last third of the works, as they were begun."""

    marker: str
    n: int
    means: list[float] = field(default_factory=list)

    @property
    def by(self) -> float | None:
        """By how much the last third lies above the first; None for too few works."""
        return round(self.means[-1] - self.means[0], 1) if self.means else None


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of an assignment. `pairs` is of how many works two marks are known."""

    pairs: int
    figures: list[Figures]
    spreads: list[Spread]
    uses: list[Use]
    orders: list[InOrder]


def agreement_of(user: User, plan: GradingPlan) -> Report:
    """The figures over the marks that the person may know of. Takes 3 queries."""
    seen = Mark.objects.visible_to(user).filter(
        work__assignment=plan.assignment_id, state=MarkState.SUBMITTED
    )
    marks = list(
        with_content(seen.select_related("marker", "rubric_version")).order_by("created_at", "pk")
    )
    criteria = _criteria(plan)
    said = {mark.pk: content_of(mark).parts for mark in marks}
    pairs = _pairs(marks)
    figures = [
        _of_criterion(one, [(said[a.pk], said[b.pk]) for a, b in pairs])
        for one in criteria
        if one.kind != CriterionKind.FEEDBACK
    ]
    totals = [(_total(a), _total(b)) for a, b in pairs]
    if figures:
        figures.append(_figures(None, "Total", totals, "interval", ()))
    by_marker: dict[UUID, list[Any]] = defaultdict(list)
    for mark in marks:
        by_marker[mark.marker_id].append(mark)
    people = sorted(by_marker.values(), key=lambda one: one[0].marker.display_name.casefold())
    return Report(
        pairs=len(pairs),
        figures=figures,
        spreads=[_spread(one) for one in people],
        uses=[_use(one, list(said.values())) for one in criteria],
        orders=[_in_order(one) for one in people],
    )


def _criteria(plan: GradingPlan) -> list[Criterion]:
    found = Criterion.objects.filter(rubric_version=plan.rubric_version_id)
    return list(found.order_by("position").prefetch_related("levels"))


def _pairs(marks: Iterable[Mark]) -> list[tuple[Mark, Mark]]:
    """First and second mark of each work that has both, in an order that chance did not make.

    A third mark is made where two disagree alone, so it would tell of another kind of work.
    """
    by_work: dict[UUID, dict[str, Mark]] = defaultdict(dict)
    for mark in marks:
        by_work[mark.work_id][mark.role] = mark
    return [
        (roles[MarkRole.FIRST], roles[MarkRole.SECOND])
        for _, roles in sorted(by_work.items())
        if MarkRole.FIRST in roles and MarkRole.SECOND in roles
    ]


def _total(mark: Mark) -> float:
    """What a submitted mark gives, which it has by a constraint."""
    return float(mark.total or 0)


def _of_criterion(criterion: Criterion, pairs: Sequence[tuple[Any, Any]]) -> Figures:
    key = str(criterion.key)
    place = {str(level.key): float(at) for at, level in enumerate(criterion.levels.all())}
    is_levelled = criterion.kind == CriterionKind.LEVELS

    def value(parts: Mapping[str, PartContent]) -> float | None:
        part = parts.get(key)
        if part is None:
            return None
        if is_levelled:
            return place.get(part.level)
        return float(part.points) if part.points else None

    both = [(value(one), value(other)) for one, other in pairs]
    known = [(a, b) for a, b in both if a is not None and b is not None]
    scale = tuple(place.values()) if is_levelled else ()
    level = "ordinal" if is_levelled else "interval"
    return _figures(criterion.key, criterion.title, known, level, scale)


def _figures(
    key: UUID | None, title: str, pairs: Sequence[Pair], level: str, scale: tuple[float, ...]
) -> Figures:
    enough = len(pairs) >= FEWEST
    alpha = _alpha(tuple(pairs), level) if enough else None
    kappa = _kappa(tuple(pairs), scale) if enough and scale else None
    return Figures(
        key=key,
        title=title,
        n=len(pairs),
        exact=sum(one == other for one, other in pairs),
        alpha=alpha,
        kappa=kappa,
        words=in_words(len(pairs), alpha),
    )


# Resampling a thousand times takes its time, and the same marks give the same.
@lru_cache(maxsize=KEPT)
def _alpha(pairs: tuple[Pair, ...], level: str) -> Agreement:
    return metrics.with_interval(pairs, partial(metrics.alpha, level=level))


@lru_cache(maxsize=KEPT)
def _kappa(pairs: tuple[Pair, ...], scale: tuple[float, ...]) -> Agreement:
    return metrics.with_interval(pairs, partial(metrics.weighted_kappa, scale=scale))


def in_words(n: int, alpha: Agreement | None) -> str:
    """What an alpha of so many works says, no more than it does."""
    if not n:
        return "No work has two marks yet that you may know of."
    if alpha is None:
        return f"Too few to tell: less than {FEWEST} works have two marks."
    if alpha.value is None:
        return "Nothing can be told, as everybody gave every work the same."
    said = {
        2: "The markers agree well.",
        1: "The markers agree, well enough for careful conclusions.",
        0: "The markers agree too little to rely on their marks alone.",
    }[_band(alpha.value)]
    if alpha.low is None or alpha.high is None or _band(alpha.low) == _band(alpha.high):
        return said
    return f"{said} With so few works it may also be {_other(alpha)} than that."


def _band(value: float) -> int:
    return 2 if value >= RELIABLE else 1 if value >= TENTATIVE else 0


def _other(alpha: Agreement) -> str:
    band = _band(alpha.value or 0)
    worse, better = _band(alpha.low or 0) < band, _band(alpha.high or 0) > band
    return "better or worse" if worse and better else "worse" if worse else "better"


# -- how each person marks ---------------------------------------------------------------------------


def _percent(mark: Mark) -> float:
    most = mark.rubric_version.points
    return float((mark.total or Decimal(0)) * 100 / most) if most else 0.0


def _spread(marks: Sequence[Any]) -> Spread:
    values = [_percent(mark) for mark in marks]
    counts = Counter(min(int(value * BINS / 100), BINS - 1) for value in values)
    tallest = max(counts.values())
    heights = [round(counts[at] * 30 / tallest) for at in range(BINS)]
    return Spread(
        marker=marks[0].marker.display_name,
        n=len(values),
        mean=round(sum(values) / len(values), 1),
        median=round(median(values), 1),
        low=round(min(values), 1),
        high=round(max(values), 1),
        bars=[
            Bar(at * 100 // BINS, counts[at], at * 12, 32 - heights[at], heights[at])
            for at in range(BINS)
        ],
    )


def _use(criterion: Criterion, said: Sequence[Mapping[str, PartContent]]) -> Use:
    key = str(criterion.key)
    parts = [one[key] for one in said if key in one and (one[key].points or one[key].comment)]
    chosen: Counter[str] = Counter()
    for part in parts:
        chosen.update({part.level, *part.checks} - {""})
    return Use(
        criterion=criterion,
        n=len(parts),
        counts=[(level.title, chosen[str(level.key)]) for level in criterion.levels.all()],
        is_same=len(parts) >= FEWEST
        and criterion.kind != CriterionKind.FEEDBACK
        and len({part.points for part in parts}) == 1,
    )


def _in_order(marks: Sequence[Any]) -> InOrder:
    values = [_percent(mark) for mark in marks]
    name, n = marks[0].marker.display_name, len(values)
    if n < FEWEST_IN_ORDER:
        return InOrder(name, n)
    cuts = [round(n * at / THIRDS) for at in range(THIRDS + 1)]
    thirds = [values[cuts[at] : cuts[at + 1]] for at in range(THIRDS)]
    return InOrder(name, n, [round(sum(one) / len(one), 1) for one in thirds])
