"""A work on the desk: its contributions, the list beside it, and what comes before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from annotations.grading.queries.frozen import by_paragraph, frozen_items
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.queue import in_order, queue_rows
from annotations.grading.queries.veil import veil_of
from debate.core.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from annotations.grading.models import GradingPlan, Work
    from annotations.grading.queries.frozen import Item
    from annotations.grading.queries.queue import QueueRow
    from debate.accounts.models import User

ITEMS_A_PAGE: Final = 60
BESIDE: Final = 20
"""How many works the list shows before and after the one on the desk."""

ORDERS: Final = {"time": "As they came", "paragraph": "By paragraph"}


@dataclass(frozen=True, slots=True)
class Desk:
    """A work as its marker has it open. `page` counts from 1; `items` are all, `groups` the page's."""

    row: QueueRow
    work: Work
    name: str
    order: str
    items: list[Item]
    groups: list[tuple[int | None, list[Item]]]
    page: int
    pages: int
    beside: list[QueueRow]
    previous: QueueRow | None
    following: QueueRow | None
    graded: int
    total: int

    @property
    def reply_count(self) -> int:
        """How many replies the contributions got."""
        return sum(item.reply_count for item in self.items)

    @property
    def late_count(self) -> int:
        """How many contributions came late."""
        return sum(item.is_late for item in self.items)

    @property
    def next_page(self) -> int | None:
        """The number of the page that follows; None on the last."""
        return self.page + 1 if self.page < self.pages else None

    @property
    def previous_page(self) -> int | None:
        """The number of the page before; None on the first."""
        return self.page - 1 if self.page > 1 else None


def desk_of(
    user: User, plan: GradingPlan, work_id: UUID, *, order: str = "", page: int = 1
) -> Desk:
    """A work that the person may mark, as it is shown. Raises Missing.

    Takes 3 queries, in blind marking 4, or 5 where the assignment uses pseudonyms.
    """
    rows = in_order(queue_rows(user, plan, with_sections=False), plan)
    place = next((at for at, row in enumerate(rows) if row.id == work_id), None)
    if place is None:
        raise Missing
    row = rows[place]
    items = frozen_items(user, plan, [row.work], veil_of(plan))[row.id]
    order = order if order in ORDERS else "time"
    pages = max(-(-len(items) // ITEMS_A_PAGE), 1)
    page = min(max(page, 1), pages)
    return Desk(
        row=row,
        work=row.work,
        name=shown_name(row.work, plan),
        order=order,
        items=items,
        groups=_groups(items, order, page),
        page=page,
        pages=pages,
        beside=rows[max(place - BESIDE, 0) : place + BESIDE + 1],
        previous=rows[place - 1] if place else None,
        following=rows[place + 1] if place + 1 < len(rows) else None,
        graded=sum(one.is_graded for one in rows),
        total=len(rows),
    )


def _groups(items: Sequence[Item], order: str, page: int) -> list[tuple[int | None, list[Item]]]:
    """The page's items under their paragraphs, or all under one as they came."""
    first = (page - 1) * ITEMS_A_PAGE
    if order == "time":
        in_time = sorted(items, key=lambda one: (one.posted_at, one.number))
        return [(None, in_time[first : first + ITEMS_A_PAGE])]
    placed = [(number, one) for number, group in by_paragraph(items) for one in group]
    found: list[tuple[int | None, list[Item]]] = []
    for number, one in placed[first : first + ITEMS_A_PAGE]:
        if not found or found[-1][0] != number:
            found.append((number, []))
        found[-1][1].append(one)
    return found
