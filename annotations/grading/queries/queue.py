"""The works of an assignment as its markers see them: rows, counts, filters and orders.

All rows of an assignment are read at once, in a fixed number of queries, so that a page of them,
the counts above it and the list beside a work say the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, F, IntegerField, OuterRef, Q, Subquery, TextField
from django.db.models.expressions import Value
from django.db.models.functions import Cast, Coalesce, JSONObject, Now, NullIf

from annotations.enums import Status
from annotations.grading.enums import GradeState, MarkState, RequestState
from annotations.grading.models import Lease, Mark, RegradeRequest, Work, WorkItem
from annotations.grading.queries.names import shown_name
from debate.seminars.enums import GroupKind
from debate.seminars.models import Group

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from annotations.grading.models import GradingPlan
    from debate.accounts.models import User

UNGRADED: Final = (GradeState.NOT_STARTED, GradeState.IN_PROGRESS, GradeState.REOPENED)
"""States in which a first mark is wanted still."""

WAITS: Final = (*UNGRADED, GradeState.AWAITING_SECOND)
"""States in which a mark is wanted still, the first or the second."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a work open, in which role."""

    id: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class MarkLine:
    """A standing mark as far as the person may know of it; drafts have no total yet that counts."""

    marker_id: UUID
    marker: str
    role: str
    state: str
    total: Decimal | None


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A work in the queue. `lot` is its place in the order that chance made for the person."""

    work: Work
    name: str
    section: str
    section_id: str
    state: str
    state_words: str
    item_count: int
    late_count: int
    changed_count: int
    holders: list[Holder]
    marks: list[MarkLine]
    lot: str
    me: UUID

    @property
    def id(self) -> UUID:
        """The work's id."""
        return self.work.pk

    @property
    def last_at(self) -> datetime | None:
        """When the last contribution came."""
        return self.work.last_at

    @property
    def is_held_by_others(self) -> bool:
        """Whether somebody else has it open."""
        return bool(self.others)

    @property
    def others(self) -> list[Holder]:
        """Who else has it open."""
        return [one for one in self.holders if one.id != str(self.me)]

    @property
    def own(self) -> MarkLine | None:
        """The person's own mark."""
        return next((one for one in self.marks if one.marker_id == self.me), None)

    @property
    def is_mine(self) -> bool:
        """Whether the person marks it, or it is assigned to the person."""
        work = self.work
        assigned = {work.marker_id, work.second_marker_id, work.third_marker_id}
        return self.own is not None or self.me in assigned

    @property
    def is_graded(self) -> bool:
        """Whether the person has submitted, or nobody's mark is wanted any more."""
        own = self.own
        if own is not None and own.state == MarkState.SUBMITTED:
            return True
        judges = self.state == GradeState.DISAGREED and self.work.third_marker_id == self.me
        return self.state not in WAITS and not judges

    @property
    def markers(self) -> list[str]:
        """Who marks it, or is to, by name."""
        names = [one.marker for one in self.marks]
        assigned = (self.work.marker, self.work.second_marker, self.work.third_marker)
        return [*dict.fromkeys([*names, *(one.display_name for one in assigned if one)])]

    @property
    def difference(self) -> Decimal | None:
        """By how much the submitted marks differ that the person may know of; None without two."""
        totals = [
            one.total
            for one in self.marks
            if one.state == MarkState.SUBMITTED and one.total is not None
        ]
        return max(totals) - min(totals) if len(totals) > 1 else None


@dataclass(frozen=True, slots=True)
class QueueChoice:
    """What somebody asked to see of the queue, as its address says it."""

    state: str = ""
    section: str = ""
    marker: str = ""
    held: str = ""
    changed: str = ""
    late: str = ""
    sort: str = ""

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out."""
        return bool(self.state) or any(self._in_form())

    @property
    def is_refined(self) -> bool:
        """Whether anything was chosen beside the state: what the form holds, its order too."""
        return any((*self._in_form(), self.sort))

    def _in_form(self) -> tuple[str, ...]:
        return (self.section, self.marker, self.held, self.changed, self.late)


STATES: Final = {
    "ungraded": "Ungraded",
    "mine": "Mine",
    "held": "Held",
    "marked": "Marked",
    "disagree": "Disagree",
    "ready": "Ready",
    "released": "Released",
}
SORTS: Final = {
    "own": "In an order of your own, made by chance",
    "name": "By name",
    "state": "By state",
    "last": "By last activity",
    "notes": "By number of contributions",
    "difference": "By difference of marks",
}
_IN: Final[dict[str, Callable[[QueueRow], bool]]] = {
    "ungraded": lambda row: row.state in UNGRADED,
    "mine": lambda row: row.is_mine,
    "held": lambda row: bool(row.holders),
    "marked": lambda row: row.state in {GradeState.MARKED, GradeState.AWAITING_SECOND},
    "disagree": lambda row: row.state == GradeState.DISAGREED,
    "ready": lambda row: row.state == GradeState.READY,
    "released": lambda row: row.state == GradeState.RELEASED,
}


@dataclass(frozen=True, slots=True)
class Tally:
    """How many of the works stand so."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Queue:
    """The works that a person may mark of an assignment; `asked` counts requests that wait about them."""

    plan: GradingPlan
    rows: list[QueueRow]
    total: int
    choice: QueueChoice
    tallies: list[Tally] = field(default_factory=list)
    sections: list[tuple[str, str]] = field(default_factory=list)
    markers: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0

    @property
    def sort(self) -> str:
        """The order in which the rows stand."""
        return order_of(self.plan, self.choice.sort)

    @property
    def sorts(self) -> dict[str, str]:
        """The orders that there are; by alias where names are hidden."""
        return {**SORTS, "name": "By alias"} if self.plan.hides_names else SORTS


def queue_of(user: User, plan: GradingPlan, choice: QueueChoice) -> Queue:
    """The works that fit the choice, in its order, with counts of all. Takes 2 queries."""
    rows = queue_rows(user, plan, with_requests=True)
    markers = {
        str(one.pk): one.display_name
        for row in rows
        for one in (row.work.marker, row.work.second_marker, row.work.third_marker)
        if one
    }
    markers |= {str(mark.marker_id): mark.marker for row in rows for mark in row.marks}
    sections = {row.section_id: row.section for row in rows if row.section_id}
    return Queue(
        plan=plan,
        rows=in_order([row for row in rows if _fits(row, choice)], plan, choice.sort),
        total=len(rows),
        choice=choice,
        tallies=[Tally(key, label, sum(map(_IN[key], rows))) for key, label in STATES.items()],
        sections=sorted(sections.items(), key=lambda pair: pair[1].casefold()),
        markers=sorted(markers.items(), key=lambda pair: pair[1].casefold()),
        asked=sum(row.work.asked for row in rows),  # type: ignore[attr-defined]  # annotated
    )


def queue_rows(
    user: User, plan: GradingPlan, *, with_sections: bool = True, with_requests: bool = False
) -> list[QueueRow]:
    """All works of the assignment that the person may mark, in no order. Takes 2 queries, or 1."""
    asked = {"asked": _asked()} if with_requests else {}
    works = list(
        Work.objects.marked_by(user)
        .filter(assignment=plan.assignment_id)
        .select_related("student", "grade", "marker", "second_marker", "third_marker")
        .annotate(
            item_count=counted_items(Q()),
            late_count=counted_items(Q(late_by__gt=0)),
            changed_count=counted_items(CHANGED),
            held_by=ArraySubquery(_holders()),
            marked_as=ArraySubquery(_marks(user)),
            **asked,
        )
    )
    students = [work.student_id for work in works] if with_sections else []
    sections = _sections_of(plan, students) if students else {}
    return [_row(user, plan, work, sections) for work in works]


CHANGED: Final = ~Q(annotation__version=F("annotation_version")) | Q(
    annotation__status__in=(Status.WITHDRAWN, Status.HIDDEN)
)
"""Of items: what has been changed, withdrawn or hidden since it was frozen."""


def in_order(rows: Iterable[QueueRow], plan: GradingPlan, sort: str = "") -> list[QueueRow]:
    """The rows in that order (`order_of`)."""
    sort = order_of(plan, sort)
    keys: dict[str, Callable[[QueueRow], Any]] = {
        "own": lambda row: row.lot,
        "name": lambda row: row.name.casefold(),
        "state": lambda row: GradeState.values.index(row.state),
        "last": lambda row: -row.last_at.timestamp() if row.last_at else 0,
        "notes": lambda row: -row.item_count,
        "difference": lambda row: -(row.difference if row.difference is not None else -1),
    }
    return sorted(rows, key=lambda row: (keys[sort](row), row.lot))


def order_of(plan: GradingPlan, sort: str) -> str:
    """The order that is meant: that one, else by name, or where names are hidden the person's lot."""
    return sort if sort in SORTS else "own" if plan.hides_names else "name"


def _fits(row: QueueRow, choice: QueueChoice) -> bool:
    markers = {str(mark.marker_id) for mark in row.marks}
    work = row.work
    markers |= {str(work.marker_id), str(work.second_marker_id), str(work.third_marker_id)}
    return all(
        (
            choice.state not in _IN or _IN[choice.state](row),
            not choice.section or row.section_id == choice.section,
            not choice.marker or choice.marker in markers,
            not choice.held or bool(row.holders),
            not choice.changed or row.changed_count > 0,
            not choice.late or row.late_count > 0,
        )
    )


def _row(
    user: User,
    plan: GradingPlan,
    work: Any,
    sections: dict[UUID, tuple[str, str]],
) -> QueueRow:
    section_id, section = sections.get(work.student_id, ("", ""))
    grade = work.grade
    lot = hashlib.sha256(work.pk.bytes + user.pk.bytes + plan.pk.bytes).hexdigest()
    return QueueRow(
        work=work,
        name=shown_name(work, plan),
        section=section,
        section_id=section_id,
        state=grade.state,
        state_words="Excused" if grade.is_excused else str(grade.get_state_display()),
        item_count=work.item_count,
        late_count=work.late_count,
        changed_count=work.changed_count,
        holders=[Holder(one["id"], one["name"], one["role"]) for one in work.held_by],
        marks=[
            MarkLine(
                UUID(one["marker"]),
                one["name"],
                one["role"],
                one["state"],
                None if one["total"] is None else Decimal(one["total"]),
            )
            for one in work.marked_as
        ],
        lot=lot,
        me=user.pk,
    )


def counted_items(which: Q) -> Coalesce:
    """Of works: how many of their items are so."""
    items = WorkItem.objects.filter(which, work=OuterRef("pk")).order_by().values("work")
    counted = Subquery(items.annotate(count=Count("pk")).values("count"))
    return Coalesce(counted, 0, output_field=IntegerField())


def _asked() -> Coalesce:
    """Of works: how many requests about their grade wait for an answer of staff."""
    waits = RegradeRequest.objects.filter(
        grade__work=OuterRef("pk"), state__in=(RequestState.OPEN, RequestState.ESCALATED)
    )
    counted = Subquery(
        waits.order_by().values("grade__work").annotate(count=Count("pk")).values("count")
    )
    return Coalesce(counted, 0, output_field=IntegerField())


def _holders() -> Any:
    name = Coalesce(NullIf("holder__name", Value("")), "holder__username")
    leases = Lease.objects.filter(work=OuterRef("pk"), expires_at__gt=Now()).order_by("role")
    return leases.values(told=JSONObject(id="holder_id", name=name, role="role"))


def _marks(user: User) -> Any:
    """The standing marks of the outer work that the person may know of, first ones first."""
    name = Coalesce(NullIf("marker__name", Value("")), "marker__username")
    seen = Mark.objects.visible_to(user).standing().filter(work=OuterRef("pk")).order_by("role")
    told = JSONObject(
        marker="marker_id", name=name, role="role", state="state", total=Cast("total", TextField())
    )
    return seen.values(told=told)


def _sections_of(plan: GradingPlan, students: Sequence[UUID]) -> dict[UUID, tuple[str, str]]:
    """Each student's first section, by id and name."""
    rows = Group.members.through.objects.filter(
        group__seminar=plan.assignment.seminar_id,
        group__kind=GroupKind.SECTION,
        user__in=students,
    ).order_by("-group__name")
    return {
        user: (str(group), name)
        for user, group, name in rows.values_list("user_id", "group_id", "group__name")
    }
