"""How much of what an assignment asks is in a frozen work, and what a criterion of that kind gives."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from annotations.grading.enums import LateOwner, LateRule
from annotations.grading.models import WorkItem
from annotations.grading.scoring import of_completion
from annotations.models import Anchor
from annotations.queries.progress import Counts, task_lines

if TYPE_CHECKING:
    from collections.abc import Collection
    from decimal import Decimal
    from uuid import UUID

    from django.db.models import QuerySet

    from annotations.grading.models import GradingPlan, Work
    from annotations.queries.progress import TaskLine


@dataclass(frozen=True, slots=True)
class Completion:
    """What a criterion proposes by what is in: the points, and what they were computed from."""

    points: Decimal
    tasks: list[TaskLine]

    @property
    def plain(self) -> str:
        """The points without the zeros at their end."""
        return f"{self.points.normalize():f}"

    @property
    def words(self) -> str:
        """Such as "Comments 2/3, Replies 1/1"; "" where nothing is asked."""
        return ", ".join(task.words for task in self.tasks)


def tasks_of(plan: GradingPlan, works: Collection[UUID]) -> dict[UUID, list[TaskLine]]:
    """What is asked, with how much of it is in, of each of the works. Takes 1 query, or 2.

    Where what came late counts for nothing, it does not count here either.
    """
    counted = WorkItem.objects.filter(work__in=works).order_by()
    if plan.late_owner == LateOwner.US and plan.late_rule == LateRule.DROP:
        counted = counted.filter(late_by=0)
    kinds: dict[UUID, dict[str, int]] = defaultdict(dict)
    replies: dict[UUID, int] = defaultdict(int)
    rows = counted.values("work", "annotation__kind").annotate(
        count=Count("pk"), replies=Count("pk", filter=Q(annotation__parent__isnull=False))
    )
    for row in rows:
        kinds[row["work"]][row["annotation__kind"]] = row["count"]
        replies[row["work"]] += row["replies"]
    paragraphs = _paragraphs(counted) if plan.assignment.asked_paragraphs else {}
    return {
        work: task_lines(
            plan.assignment,
            Counts(by_kind=kinds[work], replies=replies[work], paragraphs=paragraphs.get(work, 0)),
        )
        for work in works
    }


def completion_of(plan: GradingPlan, work: Work, most: Decimal) -> Completion:
    """What a criterion of `most` points proposes for the work. Takes 1 query, or 2."""
    return proposed(tasks_of(plan, [work.pk])[work.pk], most)


def proposed(tasks: list[TaskLine], most: Decimal) -> Completion:
    """What so much of what is asked gives of `most` points."""
    return Completion(of_completion(((one.done, one.asked) for one in tasks), most), tasks)


def _paragraphs(counted: QuerySet[WorkItem]) -> dict[UUID, int]:
    """In how many numbered paragraphs of the shown revision each work has something."""
    anchors = Anchor.objects.filter(
        annotation__graded_as__in=counted.values("pk"),
        paragraph__number__isnull=False,
        revision=F("annotation__assignment__revision"),
    )
    return dict(
        anchors.order_by()
        .values_list("annotation__graded_as__work")
        .annotate(count=Count("paragraph", distinct=True))
    )
