"""A release before it happens: which grades it shows to whom, and which are missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models.functions import Now

from annotations.grading.enums import GradeState
from annotations.grading.models import Release, Sheet
from annotations.grading.queries.queue import in_order, queue_rows

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from annotations.grading.models import Grade, GradingPlan
    from annotations.grading.queries.queue import QueueRow
    from debate.accounts.models import User


@dataclass(frozen=True, slots=True)
class Shown:
    """A grade that is ready; `was` is the final number that its student reads now, "" for none."""

    row: QueueRow
    was: str

    @property
    def grade(self) -> Grade:
        """The grade."""
        return self.row.work.grade

    @property
    def seen(self) -> str:
        """The work with the version of its grade, as a form carries it."""
        return f"{self.row.id}:{self.grade.version}"


@dataclass(frozen=True, slots=True)
class Preview:
    """What a release would show, of a section or of all; `undoable` are releases of the last minutes."""

    ready: list[Shown]
    missing: list[QueueRow]
    released: int
    sections: list[tuple[str, str]]
    section: str
    undoable: list[Release]

    @property
    def changed(self) -> list[Shown]:
        """Those of the ready ones of which something was changed since they were collected."""
        return [one for one in self.ready if one.row.changed_count]

    def among(self, works: Collection[UUID]) -> list[Shown]:
        """Those of the ready ones that are among these works."""
        return [one for one in self.ready if one.row.id in works]


def preview_of(user: User, plan: GradingPlan, *, section: str = "") -> Preview:
    """What a release would show of an assignment's grades, by name or alias. Takes 4 queries."""
    rows = in_order(queue_rows(user, plan), plan, "name")
    sections = {row.section_id: row.section for row in rows if row.section_id}
    section = section if section in sections else ""
    chosen = [row for row in rows if not section or row.section_id == section]
    was = _shown_now(user, plan)
    return Preview(
        ready=[Shown(row, was.get(row.id, "")) for row in chosen if row.state == GradeState.READY],
        missing=[row for row in chosen if row.state not in {GradeState.READY, GradeState.RELEASED}],
        released=sum(row.state == GradeState.RELEASED for row in chosen),
        sections=sorted(sections.items(), key=lambda pair: pair[1].casefold()),
        section=section,
        undoable=list(
            Release.objects.visible_to(user)
            .filter(assignment=plan.assignment_id, undone_at=None, undo_until__gt=Now())
            .select_related("by")
        ),
    )


def _shown_now(user: User, plan: GradingPlan) -> dict[UUID, str]:
    """The final number of each work's latest sheet that stands; "excused" for one without."""
    sheets = Sheet.objects.visible_to(user).filter(
        grade__work__assignment=plan.assignment_id, release__undone_at=None
    )
    rows = sheets.order_by("pk").values_list("grade__work_id", "content__final")
    return {work: final or "excused" for work, final in rows}
