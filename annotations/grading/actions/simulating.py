"""What a change of a plan or of its rubric would do to scores: read only, as `publication` is.

What is shown before is what happens then, as both take the marks to the new version by
`remapping.carried` and make scores of them by `settling.settled`.
"""

from __future__ import annotations

from collections import defaultdict
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from annotations.grading.actions.settling import on_scale, settled
from annotations.grading.enums import GradeState, MarkState
from annotations.grading.models import Grade, Mark, MarkPart, RubricVersion, WorkItem
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.rubrics import with_content
from annotations.grading.remapping import Carried, Choice, Rule, carried, moved_by
from annotations.grading.scoring import scaled

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from annotations.grading.models import GradingPlan, Work


@dataclass(frozen=True, slots=True)
class Moved:
    """A work whose score moves."""

    work: Work
    before: Decimal | None
    after: Decimal | None

    @property
    def by(self) -> Decimal | None:
        """By how much; None where a number comes or goes."""
        return moved_by(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Simulation:
    """What a change would do: whose score moves, who has to be looked at, and who is released.

    Released grades do not move; their marks do, and count when the grade is reopened.
    """

    works: int = 0
    marks: int = 0
    moved: Sequence[Moved] = ()
    looks: Sequence[Work] = ()
    released: Sequence[Work] = ()

    @property
    def least(self) -> Decimal | None:
        """The least move, of those that have a number before and after."""
        return min((one.by for one in self.moved if one.by is not None), default=None)

    @property
    def most(self) -> Decimal | None:
        """The greatest move."""
        return max((one.by for one in self.moved if one.by is not None), default=None)

    @property
    def least_shown(self) -> str:
        """The least move with its sign."""
        return signed(self.least)

    @property
    def most_shown(self) -> str:
        """The greatest move with its sign."""
        return signed(self.most)

    def lines(self, plan: GradingPlan) -> list[tuple[str, str, str, str]]:
        """Whose score moves, as markers of the plan know the name: before, after, and by how much."""
        return [
            (shown_name(one.work, plan), _text(one.before), _text(one.after), signed(one.by))
            for one in self.moved
        ]

    @property
    def is_silent(self) -> bool:
        """Whether nothing happens that anybody would have to be told a reason for."""
        return not (self.moved or self.looks)


def signed(number: Decimal | None) -> str:
    """The number with its sign, as people write it; "" for none."""
    return f"{_plain(number):+}".replace("-", "−") if number is not None else ""


def _text(number: Decimal | None) -> str:
    return "" if number is None else str(_plain(number))


def _plain(number: Decimal) -> Decimal:
    return number.quantize(Decimal(1)) if number == number.to_integral() else number.normalize()


@dataclass(slots=True)
class Loaded:
    """The grades, marks and lateness of a plan, read at once in a fixed number of queries."""

    grades: list[Grade]
    marks: dict[UUID, list[Mark]] = field(default_factory=lambda: defaultdict(list))
    late_by: dict[UUID, list[int]] = field(default_factory=lambda: defaultdict(list))


def load(plan: GradingPlan) -> Loaded:
    """All that a change of the plan may move. Takes 9 queries."""
    return load_all([plan])[plan.assignment_id]


def load_all(plans: Collection[GradingPlan]) -> dict[UUID, Loaded]:
    """The same of several plans, by their assignments, in as many queries."""
    loaded = {plan.assignment_id: Loaded([]) for plan in plans}
    grades = Grade.objects.filter(work__assignment__in=loaded)
    for grade in grades.select_related("work__student").order_by("work__alias"):
        loaded[grade.work.assignment_id].grades.append(grade)
    parts = MarkPart.objects.select_related("criterion", "level").prefetch_related("checks")
    versions = RubricVersion.objects.prefetch_related(with_content())
    marks = Mark.objects.filter(work__assignment__in=loaded).standing().order_by("pk")
    read = (Prefetch("parts", parts), Prefetch("rubric_version", versions))
    for mark in marks.select_related("work").prefetch_related(*read):
        loaded[mark.work.assignment_id].marks[mark.work_id].append(mark)
    items = WorkItem.objects.filter(work__assignment__in=loaded)
    for assignment_id, work_id, seconds in items.values_list(
        "work__assignment", "work_id", "late_by"
    ):
        loaded[assignment_id].late_by[work_id].append(seconds)
    return loaded


def rules_of(version: RubricVersion) -> list[Rule]:
    """How the version gives points; its criteria and levels have to be read already."""
    return [
        Rule(
            key=one.key,
            kind=one.kind,
            most=one.points,
            weight=one.weight,
            levels={level.key: level.points for level in one.levels.all()},
        )
        for one in version.criteria.all()
    ]


def choices_of(mark: Mark) -> dict[UUID, Choice]:
    """What the mark says, by the keys of the criteria; its parts have to be read already."""
    return {
        part.criterion.key: Choice(
            points=part.points,
            level=part.level.key if part.level else None,
            checks=frozenset(check.key for check in part.checks.all()),
        )
        for part in mark.parts.all()
    }


def carry(mark: Mark, version: RubricVersion) -> Carried:
    """The mark taken to that version, of which criteria and levels have been read."""
    return carried(choices_of(mark), rules_of(mark.rubric_version), rules_of(version))


def moved_mark(mark: Mark, version: RubricVersion, by: Carried) -> Mark:
    """The mark as it is once it has been taken to the version: a draft again if something is missing."""
    one = copy(mark)
    one.rubric_version = version
    one.total = by.total
    one.version = mark.version + 1
    if by.total is None and mark.state == MarkState.SUBMITTED:
        one.state = MarkState.DRAFT
        one.submitted_at = None
    return one


def agreement(
    before: GradingPlan,
    after: GradingPlan,
    grade: Grade,
    marks: Sequence[Mark],
    then: Sequence[Mark],
) -> dict[str, Any]:
    """What a pair's agreed number becomes, on which the marks have no bearing; {} for no such grade.

    It is taken to the new scale, and stands as long as none of the marks that it rests on moves.
    """
    if grade.basis.get("rule") != "agreed" or grade.raw is None:
        return {}
    agreed_on = [mark for mark in marks if str(mark.pk) in grade.basis["marks"]]
    now = {mark.pk: mark for mark in then}
    if any(now[mark.pk].total != mark.total for mark in agreed_on):
        return {}
    versions = {str(mark.pk): now[mark.pk].version for mark in agreed_on}
    old, new = scale_of(before), scale_of(after)
    raw = scaled(grade.raw, old, new) if old and new and old != new else grade.raw
    return {"raw": raw, "basis": {**grade.basis, "marks": versions}}


def scale_of(plan: GradingPlan) -> Decimal | None:
    """The most that a work can reach; None without rubric and points."""
    if plan.points is not None:
        return plan.points
    return plan.rubric_version.points if plan.rubric_version else None


def simulate(
    before: GradingPlan,
    after: GradingPlan,
    *,
    version: RubricVersion | None = None,
    loaded: Loaded | None = None,
) -> Simulation:
    """What becomes of the scores when the plan is as `after`, its marks taken to the version.

    `after` is not saved. With `version`, its criteria and levels have to be read. Takes 9 queries,
    none when `loaded` is given.
    """
    loaded = loaded or load(before)
    moved, looks, released = [], [], []
    for grade in loaded.grades:
        marks = loaded.marks.get(grade.work_id, [])
        by = {mark.pk: carry(mark, version) for mark in marks} if version else {}
        then = [moved_mark(mark, version, by[mark.pk]) for mark in marks] if version else marks
        if any(one.needs_look for one in by.values()):
            looks.append(grade.work)
        if grade.state == GradeState.RELEASED:
            released.append(grade.work)
            continue
        if grade.is_excused:
            continue
        old = grade.final if grade.final is not None else _shown(before, marks)
        agreed = agreement(before, after, grade, marks, then)
        late_by = loaded.late_by.get(grade.work_id, [])
        new = _final(after, grade, then, late_by, agreed)
        if old != new:
            moved.append(Moved(grade.work, old, new))
    count = sum(len(marks) for marks in loaded.marks.values())
    return Simulation(len(loaded.grades), count, moved, looks, released)


def _final(
    plan: GradingPlan,
    grade: Grade,
    marks: Sequence[Mark],
    late_by: Sequence[int],
    agreed: Mapping[str, Any],
) -> Decimal | None:
    one = copy(grade)
    for name, value in agreed.items():
        setattr(one, name, value)
    final: Decimal | None = settled(plan, one, marks, late_by, is_moderated=True)["final"]
    return final if final is not None or grade.final is not None else _shown(plan, marks)


def _shown(plan: GradingPlan, marks: Sequence[Mark]) -> Decimal | None:
    """The first mark's number on the plan's scale, where there is no grade yet."""
    given = [mark for mark in marks if mark.total is not None]
    return on_scale(plan, given[0]) if given else None
