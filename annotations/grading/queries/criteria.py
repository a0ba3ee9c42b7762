"""One criterion across all works: what the marker has given by it, and the work that is looked at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.grading.enums import MarkState
from annotations.grading.models import Criterion, MarkPart
from annotations.grading.queries.frozen import frozen_items
from annotations.grading.queries.marking import KINDS_OF, marking_for
from annotations.grading.queries.queue import in_order, queue_rows
from annotations.grading.queries.veil import veil_of
from debate.core.errors import Missing

if TYPE_CHECKING:
    from decimal import Decimal
    from uuid import UUID

    from annotations.grading.models import GradingPlan
    from annotations.grading.queries.frozen import Item
    from annotations.grading.queries.marking import Content, Marking, Row
    from annotations.grading.queries.queue import QueueRow
    from debate.accounts.models import User


@dataclass(frozen=True, slots=True)
class Given:
    """A work in the list: what the marker gave it by the criterion, None while nothing is set."""

    row: QueueRow
    points: Decimal | None


@dataclass(frozen=True, slots=True)
class CriterionPage:
    """A criterion with all works, one of which is open; `part` is its row of the rubric.

    `looked_at` are the contributions of the kinds that the criterion looks at, `rest` the others.
    """

    criterion: Criterion
    criteria: list[Criterion]
    works: list[Given]
    current: QueueRow | None
    following: QueueRow | None
    marking: Marking | None
    part: Row | None
    looked_at: list[Item]
    rest: list[Item]

    @property
    def done(self) -> int:
        """How many works have something by the criterion."""
        return sum(one.points is not None for one in self.works)


def criteria_of(plan: GradingPlan) -> list[Criterion]:
    """The criteria by which the assignment is marked, in their order. Takes 1 query."""
    found = Criterion.objects.filter(rubric_version=plan.rubric_version_id)
    return list(found.order_by("position"))


def criterion_page(
    user: User,
    plan: GradingPlan,
    key: UUID,
    work_id: UUID | None = None,
    *,
    typed: Content | None = None,
) -> CriterionPage:
    """The criterion of that key, with that work open, else the first that has nothing by it.

    Raises Missing for a criterion that the rubric does not have and a work that the person does not
    mark. Takes as many queries for any number of works.
    """
    criteria = criteria_of(plan)
    criterion = next((one for one in criteria if one.key == key), None)
    if criterion is None:
        raise Missing
    rows = in_order(queue_rows(user, plan, with_sections=False), plan)
    points = _points(user, plan, key)
    works = [Given(row, points.get(row.id)) for row in rows]
    current = _current(works, work_id)
    if current is None:
        return CriterionPage(criterion, criteria, works, None, None, None, None, [], [])
    items = frozen_items(user, plan, [current.work], veil_of(plan))[current.id]
    marking = marking_for(user, plan, current.work, items, typed=typed)
    kinds = KINDS_OF.get(criterion.tag)
    return CriterionPage(
        criterion=criterion,
        criteria=criteria,
        works=works,
        current=current,
        following=following_of(works, current),
        marking=marking,
        part=next((row for row in marking.rows if row.criterion.key == key), None),
        looked_at=[one for one in items if kinds is None or one.kind in kinds],
        rest=[one for one in items if kinds is not None and one.kind not in kinds],
    )


def following_of(works: list[Given], current: QueueRow) -> QueueRow | None:
    """The next work, after that one and then from the beginning, that has nothing by the criterion."""
    place = next(at for at, one in enumerate(works) if one.row.id == current.id)
    waiting = [one.row for one in [*works[place + 1 :], *works[:place]] if one.points is None]
    return waiting[0] if waiting else None


def _current(works: list[Given], work_id: UUID | None) -> QueueRow | None:
    if work_id is not None:
        found = next((one.row for one in works if one.row.id == work_id), None)
        if found is None:
            raise Missing
        return found
    waiting = (one.row for one in works if one.points is None)
    return next(waiting, works[0].row if works else None)


def _points(user: User, plan: GradingPlan, key: UUID) -> dict[UUID, Decimal | None]:
    parts = MarkPart.objects.filter(
        mark__marker=user, mark__work__assignment=plan.assignment_id, criterion__key=key
    ).exclude(mark__state=MarkState.WITHDRAWN)
    return dict(parts.values_list("mark__work", "points"))
