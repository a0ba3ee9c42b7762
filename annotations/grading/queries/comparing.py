"""The marks of one work side by side, as far as the person may know of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from annotations.grading.enums import CriterionKind, GradeState, MarkingMode, MarkState
from annotations.grading.models import Criterion
from annotations.grading.queries.frozen import frozen_items
from annotations.grading.queries.marking import content_of, marks_of, plain
from annotations.grading.queries.veil import veil_of
from annotations.grading.scoring import NOTHING, scaled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from annotations.grading.models import GradingPlan, Mark, Work
    from annotations.grading.queries.frozen import Item
    from debate.accounts.models import User


@dataclass(frozen=True, slots=True)
class Column:
    """One submitted mark; `total` is on the plan's scale."""

    mark: Mark
    marker: str
    role: str
    is_own: bool
    total: Decimal


@dataclass(frozen=True, slots=True)
class Said:
    """What a mark says by one criterion; `words` are levels or checks, "" for points alone."""

    column: Column
    words: str
    points: Decimal | None
    comment: str
    cited: list[Item]


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion across the marks: how far they are apart, in words and in percent of the most."""

    criterion: Criterion
    said: list[Said]
    difference: Decimal | None
    words: str
    percent: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """The marks of a work. `waits` says that the person may know of others once the own is in.

    `is_hidden` says that there are marks of which the person may not know.
    """

    columns: list[Column]
    lines: list[Line]
    difference: Decimal | None
    is_within: bool
    is_hidden: bool
    waits: bool
    disagrees: bool

    @property
    def is_marker(self) -> bool:
        """Whether one of the marks is the person's."""
        return any(one.is_own for one in self.columns)

    @property
    def has_third(self) -> bool:
        """Whether a third mark is among them."""
        return len(self.columns) > 2  # noqa: PLR2004 - the two and the one that decides


def comparison_of(user: User, plan: GradingPlan, work: Work) -> Comparison:
    """The submitted marks of a work that the person may mark. Takes at most 9 queries.

    `work` carries its student and grade.
    """
    marks: list[Any] = marks_of(user, work)
    submitted = [mark for mark in marks if mark.state == MarkState.SUBMITTED]
    shown = [mark for mark in submitted if mark.is_shown]
    shown.sort(key=lambda mark: ("first", "second", "third").index(mark.role))
    has_submitted = any(mark.marker_id == user.pk for mark in submitted)
    columns = [_column(user, plan, mark) for mark in shown]
    totals = [one.total for one in columns[:2]]
    difference = abs(totals[0] - totals[1]) if len(totals) > 1 else None
    is_blind = plan.marking_mode == MarkingMode.BLIND_DOUBLE
    return Comparison(
        columns=columns,
        lines=_lines(user, plan, work, columns) if columns else [],
        difference=difference,
        is_within=difference is not None and difference <= plan.tolerance,
        is_hidden=len(shown) < len(submitted),
        waits=is_blind and not has_submitted and not shown and bool(submitted),
        disagrees=work.grade.state == GradeState.DISAGREED and len(columns) > 1,
    )


def _column(user: User, plan: GradingPlan, mark: Mark) -> Column:
    total = mark.total if mark.total is not None else NOTHING
    return Column(
        mark=mark,
        marker=mark.marker.display_name,
        role=str(mark.get_role_display()),
        is_own=mark.marker_id == user.pk,
        total=scaled(total, mark.rubric_version.points, plan.points),
    )


def _lines(user: User, plan: GradingPlan, work: Work, columns: Sequence[Column]) -> list[Line]:
    version = columns[0].mark.rubric_version_id
    criteria = Criterion.objects.filter(rubric_version=version).order_by("position")
    items = {str(one.id): one for one in frozen_items(user, plan, [work], veil_of(plan))[work.pk]}
    said = [(one, content_of(one.mark).parts) for one in columns]
    return [_line(one, said, items) for one in criteria.prefetch_related("levels")]


def _line(
    criterion: Criterion, said: Sequence[tuple[Column, Any]], items: Mapping[str, Item]
) -> Line:
    levels = list(criterion.levels.all())
    cells, places = [], []
    for column, parts in said:
        part = parts.get(str(criterion.key))
        chosen = [one for one in levels if part and str(one.key) in {part.level, *part.checks}]
        places.append([levels.index(one) for one in chosen])
        cells.append(
            Said(
                column=column,
                words=", ".join(one.title for one in chosen),
                points=Decimal(part.points) if part and part.points else None,
                comment=part.comment if part else "",
                cited=[items[one] for one in sorted(part.cited) if one in items] if part else [],
            )
        )
    points = [cell.points for cell in cells[:2] if cell.points is not None]
    if len(points) < 2:  # noqa: PLR2004 - of two marks alone a difference is told
        return Line(criterion, cells, None, "", 0)
    difference = abs(points[0] - points[1])
    percent = int(difference * 100 / criterion.points) if criterion.points else 0
    return Line(criterion, cells, difference, _apart(criterion, difference, places), percent)


def _apart(criterion: Criterion, difference: Decimal, places: Sequence[Sequence[int]]) -> str:
    """How far two marks are apart, as people say it."""
    if criterion.kind == CriterionKind.LEVELS and places[0] and places[1]:
        steps = abs(places[0][0] - places[1][0])
        if not steps:
            return "the same level"
        return "1 level apart" if steps == 1 else f"{steps} levels apart"
    if not difference:
        return "the same" if places[0] == places[1] else "the same points for other reasons"
    return "1 point apart" if difference == 1 else f"{plain(difference)} points apart"
