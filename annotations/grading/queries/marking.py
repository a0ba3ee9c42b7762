"""The right column of the desk: the rubric's rows with what the own mark says, and what helps to mark.

Also what a refused form holds is shown by it: `Content` comes from rows, or from what was typed.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q, TextField
from django.db.models.functions import Cast, JSONObject, Now

from annotations.enums import Kind
from annotations.grading.enums import (
    DOUBLE,
    CriterionKind,
    CriterionTag,
    GradeState,
    MarkRole,
    MarkState,
)
from annotations.grading.models import (
    Criterion,
    ItemFeedback,
    Lease,
    Mark,
    MarkPart,
    Remark,
    Work,
)
from annotations.grading.queries.completion import proposed, tasks_of
from annotations.grading.queries.facts import facts_of
from annotations.grading.queries.names import called, shown_name
from annotations.grading.scoring import NOTHING, of_checks, rounded, scaled
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.grading.models import GradingPlan, Level
    from annotations.grading.queries.completion import Completion
    from annotations.grading.queries.facts import Fact
    from annotations.grading.queries.frozen import Item
    from debate.accounts.models import User

MOST_REMARKS: Final = 60
MOST_DIGITS: Final = 9
MOST_POINTS: Final = 100_000

KINDS_OF: Final[Mapping[str, frozenset[str]]] = {
    CriterionTag.CLAIM: frozenset({Kind.COMMENT, Kind.SUPPORT, Kind.COUNTERARGUMENT}),
    CriterionTag.EVIDENCE: frozenset({Kind.EVIDENCE}),
    CriterionTag.REBUTTAL: frozenset({Kind.COUNTERARGUMENT}),
    CriterionTag.CONCESSION: frozenset({Kind.CONCESSION}),
}
"""What is offered for citing first, by what a criterion looks at."""


@dataclass(frozen=True, slots=True)
class PartContent:
    """What is said by one criterion, as plain values: keys, ids and numbers as text."""

    level: str = ""
    checks: frozenset[str] = frozenset()
    points: str = ""
    comment: str = ""
    cited: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Content:
    """What a mark says, of its rows or of a form; `parts` by the criteria's keys."""

    comment: str = ""
    private_note: str = ""
    parts: Mapping[str, PartContent] = field(default_factory=dict)
    feedback: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A level or a check; `digit` is its key, 0 for none."""

    level: Level
    digit: int
    is_chosen: bool
    is_saved: bool = False


@dataclass(frozen=True, slots=True)
class Offered:
    """A contribution that can be cited; `suits` says that it is of the kind that is looked at."""

    item: Item
    is_cited: bool
    suits: bool


@dataclass(frozen=True, slots=True)
class OtherPart:
    """What another marker says by a criterion."""

    marker: str
    words: str
    comment: str


@dataclass(frozen=True, slots=True)
class Row:
    """One criterion, with what the own mark says by it."""

    criterion: Criterion
    number: int
    part: PartContent
    points: Decimal | None
    choices: list[Choice]
    offered: list[Offered]
    facts: list[Fact]
    others: list[OtherPart]
    proposal: Completion | None = None
    saved: str = ""

    @property
    def key(self) -> str:
        """The criterion's key, as the form's fields are called by it."""
        return str(self.criterion.key)

    @property
    def gives_points(self) -> bool:
        """Whether it counts."""
        return self.criterion.kind != CriterionKind.FEEDBACK

    @property
    def is_set(self) -> bool:
        """Whether a number is there."""
        return self.points is not None

    @property
    def is_proposed(self) -> bool:
        """Whether the number is what was computed, and nobody has said otherwise."""
        return self.proposal is not None and not self.part.points

    @property
    def typed(self) -> str:
        """The points as they stand in their field: as typed, without zeros at the end."""
        points = self.part.points
        return points.rstrip("0").rstrip(".") if "." in points else points

    @property
    def is_none(self) -> bool:
        """Whether it was said that none of the checks is given."""
        is_checks = self.criterion.kind == CriterionKind.CHECKS
        return is_checks and self.is_set and not self.part.checks

    @property
    def most(self) -> str:
        """The most that the criterion gives, as attributes take it."""
        return plain(self.criterion.points)

    @property
    def is_ranged(self) -> bool:
        """Whether points are typed."""
        return self.criterion.kind in {CriterionKind.RANGE, CriterionKind.COMPLETION}

    @property
    def counted(self) -> Decimal:
        """The points times the weight; nothing while none are set."""
        return rounded((self.points or NOTHING) * self.criterion.weight)

    @property
    def cited(self) -> list[Offered]:
        """The contributions that are cited."""
        return [one for one in self.offered if one.is_cited]

    @property
    def lacks_citation(self) -> bool:
        """Whether the mark cannot be submitted before something is cited here."""
        return bool(self.criterion.requires_citation and self.points and not self.part.cited)

    @property
    def lacks(self) -> str:
        """What keeps the mark from being submitted here, as a sentence; "" for nothing."""
        if self.gives_points and not self.is_set:
            return unset(self.criterion)
        return uncited(self.criterion) if self.lacks_citation else ""


def unset(criterion: Criterion) -> str:
    """What is told of a criterion that has to be set before a mark is submitted."""
    return f"“{criterion.title}” is not set yet."


def uncited(criterion: Criterion) -> str:
    """The same of one that gives points for what has to be cited."""
    return f"“{criterion.title}” has to rest on a contribution: cite at least one."


@dataclass(frozen=True, slots=True)
class Total:
    """The points so far, honest about rows that are not set."""

    points: Decimal
    most: Decimal
    unset: int


@dataclass(frozen=True, slots=True)
class OtherMark:
    """A mark of somebody else that the person sees; the private note is told to instructors."""

    mark: Mark
    marker: str
    private_note: str


@dataclass(frozen=True, slots=True)
class Marking:
    """All that the column shows. `version` is 0 while there is no own mark."""

    plan: GradingPlan
    work: Work
    name: str
    called: str
    mark: Mark | None
    content: Content
    rows: list[Row]
    others: list[OtherMark]
    remarks: list[Remark]
    lease: Lease | None
    holder: str
    closed: str
    version: int

    @property
    def state(self) -> str:
        """The own mark's, or that there is none."""
        return self.mark.state if self.mark else ""

    @property
    def is_submitted(self) -> bool:
        """Whether the own mark counts."""
        return self.state == MarkState.SUBMITTED

    @property
    def saved_at(self) -> datetime | None:
        """When the own mark was saved last."""
        return self.mark.updated_at if self.mark else None

    @property
    def released_at(self) -> datetime | None:
        """When its student was shown the grade; None where that is not so, or no longer."""
        grade = self.work.grade
        return grade.released_at if grade.state == GradeState.RELEASED else None

    @property
    def is_reopened(self) -> bool:
        """Whether the grade was released, and is reopened."""
        return self.work.grade.state == GradeState.REOPENED

    @property
    def on_scale(self) -> Decimal | None:
        """The points so far on the scale of the grade; None where that is the rubric's."""
        total = self.total
        if self.plan.points is None or self.plan.points == total.most:
            return None
        return scaled(total.points, total.most, self.plan.points)

    @property
    def missing(self) -> list[Row]:
        """The criteria that keep the mark from being submitted."""
        return [row for row in self.rows if row.lacks]

    @property
    def marked_by(self) -> str:
        """Whose marks beside the own one the person sees, by name; "" for nobody's."""
        return ", ".join(dict.fromkeys(one.marker for one in self.others))

    @property
    def total(self) -> Total:
        """The points so far."""
        counting = [row for row in self.rows if row.gives_points]
        return Total(
            points=rounded(sum((row.counted for row in counting), NOTHING)),
            most=sum((row.criterion.points * row.criterion.weight for row in counting), NOTHING),
            unset=sum(not row.is_set for row in counting),
        )


def marking_for(
    user: User,
    plan: GradingPlan,
    work: Work,
    items: Sequence[Item] = (),
    *,
    typed: Content | None = None,
) -> Marking:
    """The column for a member of staff who marks the work; `typed` is shown instead of what is kept.

    `work` carries its student and grade, `plan` its assignment and rubric version, `items` are the
    work's (`queries.frozen`). Takes at most 6 queries.
    """
    marks = marks_of(user, work)
    own = next((mark for mark in marks if mark.marker_id == user.pk), None)
    content = typed or (content_of(own) if own else Content())
    others = [one for one in marks if one is not own and one.is_shown]  # type: ignore[attr-defined]  # annotated
    version_id = own.rubric_version_id if own else plan.rubric_version_id
    remarks = list(
        Remark.objects.visible_to(user).filter(seminar=plan.assignment.seminar_id)[:MOST_REMARKS]
    )
    criteria = _criteria(version_id)
    tasks = (
        tasks_of(plan, [work.pk])[work.pk]
        if any(one.kind == CriterionKind.COMPLETION for one in criteria)
        else []
    )
    facts = facts_of(items)
    kept = content_of(own) if own and typed else None
    rows = [
        _row(number, criterion, content, kept) for number, criterion in enumerate(criteria, start=1)
    ]
    rows = [
        replace(
            row,
            offered=_offered(row.criterion, row.part, items),
            facts=facts.get(row.criterion.tag, []),
            others=[one for mark in others if (one := _said_by(mark, row.criterion))],
            **_proposal(row, tasks),
        )
        for row in rows
    ]
    lease, holder = _leases(user, work)
    return Marking(
        plan=plan,
        work=work,
        name=shown_name(work, plan),
        called=called(work, plan),
        mark=own,
        content=content,
        rows=rows,
        others=[_other(one) for one in others],
        remarks=remarks,
        lease=lease,
        holder=holder,
        closed=_closed(user, plan, work, marks, own),
        version=own.version if own else 0,
    )


# -- marks with their parts, in one query ----------------------------------------------------------


def with_content(marks: Any) -> Any:
    """Adds to marks what `content_of` reads, without further queries."""
    checks = MarkPart.checks.through.objects.filter(markpart=OuterRef("pk"))
    cited = MarkPart.cited.through.objects.filter(markpart=OuterRef("pk"))
    parts = MarkPart.objects.filter(mark=OuterRef("pk")).values(
        data=JSONObject(
            criterion="criterion__key",
            level="level__key",
            points=Cast("points", TextField()),
            comment="comment",
            checks=ArraySubquery(checks.values("level__key")),
            cited=ArraySubquery(cited.values("workitem")),
        )
    )
    feedback = ItemFeedback.objects.filter(mark=OuterRef("pk")).values(
        data=JSONObject(item="item", body="body")
    )
    return marks.annotate(told_parts=ArraySubquery(parts), told_feedback=ArraySubquery(feedback))


def content_of(mark: Any) -> Content:
    """What a mark of `with_content` says."""
    return Content(
        comment=mark.comment,
        private_note=mark.private_note,
        parts={
            part["criterion"]: PartContent(
                level=part["level"] or "",
                checks=frozenset(part["checks"]),
                points=part["points"] or "",
                comment=part["comment"],
                cited=frozenset(part["cited"]),
            )
            for part in mark.told_parts
        },
        feedback={one["item"]: one["body"] for one in mark.told_feedback},
    )


def marks_of(user: User, work: Work) -> list[Mark]:
    """The standing marks of the work, with their content; of those that are hidden `is_shown` is off.

    Takes 1 query.
    """
    shown = Mark.objects.visible_to(user).filter(pk=OuterRef("pk"))
    taught = Seminar.objects.taught_by(user).filter(pk=OuterRef("work__assignment__seminar"))
    marks = Mark.objects.filter(work=work).standing().select_related("marker")
    marks = marks.annotate(is_shown=Exists(shown), is_taught=Exists(taught))
    return list(with_content(marks).order_by("role"))


def _other(mark: Any) -> OtherMark:
    note = mark.private_note if mark.is_taught else ""
    return OtherMark(mark, mark.marker.display_name, note)


def _said_by(mark: Any, criterion: Criterion) -> OtherPart | None:
    part = content_of(mark).parts.get(str(criterion.key))
    if part is None:
        return None
    chosen = [
        level.title
        for level in criterion.levels.all()
        if str(level.key) in {part.level, *part.checks}
    ]
    words = ", ".join([*([plain(Decimal(part.points))] if part.points else []), *chosen])
    return OtherPart(mark.marker.display_name, words, part.comment)


def plain(number: Decimal) -> str:
    """The number without the zeros at its end."""
    return f"{number.normalize():f}"


# -- rows ------------------------------------------------------------------------------------------


def _criteria(version_id: UUID | None) -> list[Criterion]:
    rows = Criterion.objects.filter(rubric_version=version_id)
    return list(rows.order_by("position").prefetch_related("levels"))


def _row(number: int, criterion: Criterion, content: Content, kept: Content | None) -> Row:
    key = str(criterion.key)
    part = content.parts.get(key, PartContent())
    was = kept.parts.get(key, PartContent()) if kept else None
    choices = [
        Choice(
            level,
            digit=digit if digit <= MOST_DIGITS else 0,
            is_chosen=_has(part, level),
            is_saved=was is not None and _has(was, level) and not _has(part, level),
        )
        for digit, level in enumerate(criterion.levels.all(), start=1)
    ]
    return Row(
        criterion=criterion,
        number=number,
        part=part,
        points=_points(criterion, part, [one.level for one in choices if one.is_chosen]),
        choices=choices,
        offered=[],
        facts=[],
        others=[],
        saved=_difference(criterion, was, part) if was is not None else "",
    )


def _has(part: PartContent, level: Level) -> bool:
    return str(level.key) in {part.level, *part.checks}


def _points(criterion: Criterion, part: PartContent, chosen: Sequence[Level]) -> Decimal | None:
    """What the content gives, also where it is typed and not kept yet."""
    if criterion.kind == CriterionKind.LEVELS:
        return chosen[0].points if chosen else None
    if criterion.kind == CriterionKind.CHECKS:
        if not chosen and not part.points:
            return None
        return of_checks((one.points for one in chosen), criterion.points)
    try:
        points = Decimal(part.points) if part.points else None
    except ArithmeticError:
        return None
    # What was typed may be any number, or none at all.
    is_sane = points is not None and points.is_finite() and abs(points) < MOST_POINTS
    return rounded(points) if points is not None and is_sane else None


def _difference(criterion: Criterion, was: PartContent, part: PartContent) -> str:
    """What is kept where it is another than what was typed, in words; "" where they agree."""
    if _told(criterion, was) == _told(criterion, part):
        return ""
    told = [level.title for level in criterion.levels.all() if _has(was, level)]
    if criterion.kind in {CriterionKind.RANGE, CriterionKind.COMPLETION} and was.points:
        told = [plain(Decimal(was.points))]
    if was.comment != part.comment and was.comment:
        told.append(f"“{was.comment}”")
    return ", ".join(told) or "–"


def _told(criterion: Criterion, part: PartContent) -> tuple[object, ...]:
    """What the part says, one thing said in one way: what is kept has been cleaned, and counted."""
    said: object = part.level
    if criterion.kind == CriterionKind.CHECKS:
        said = (part.checks, bool(part.points))
    elif criterion.kind in {CriterionKind.RANGE, CriterionKind.COMPLETION}:
        points = _points(criterion, part, [])
        said = part.points if points is None else points
    elif criterion.kind == CriterionKind.FEEDBACK:
        said = ""
    return said, part.comment.replace("\r\n", "\n").strip(), part.cited


def _proposal(row: Row, tasks: Any) -> dict[str, Any]:
    if row.criterion.kind != CriterionKind.COMPLETION:
        return {}
    completion = proposed(tasks, row.criterion.points)
    return {
        "proposal": completion,
        "points": completion.points if row.points is None else row.points,
    }


def _offered(criterion: Criterion, part: PartContent, items: Sequence[Item]) -> list[Offered]:
    """The contributions, those of the kind that is looked at first, else in their order."""
    kinds = KINDS_OF.get(criterion.tag)
    offered = [
        Offered(item, str(item.id) in part.cited, kinds is None or item.kind in kinds)
        for item in items
    ]
    return sorted(offered, key=lambda one: not one.suits)


# -- who is here, and whether one may ---------------------------------------------------------------


def _leases(user: User, work: Work) -> tuple[Lease | None, str]:
    """The own lease, and who else has the work open."""
    leases = list(Lease.objects.filter(work=work, expires_at__gt=Now()).select_related("holder"))
    own = next((one for one in leases if one.holder_id == user.pk), None)
    others = [one.holder.display_name for one in leases if one.holder_id != user.pk]
    return own, ", ".join(others)


def _closed(
    user: User, plan: GradingPlan, work: Work, marks: Sequence[Mark], own: Mark | None
) -> str:
    """Why nothing is marked here, as a code; "" where the person marks."""
    state = work.grade.state
    if plan.assignment.seminar.archived_at:
        return "archived"
    if state == GradeState.RELEASED:
        return "released"
    if own:
        return ""
    if plan.rubric_version_id is None:
        return "no_rubric"
    roles = {MarkRole.FIRST}
    if plan.marking_mode in DOUBLE:
        roles.add(MarkRole.SECOND)
    is_taught = any(mark.is_taught for mark in marks)  # type: ignore[attr-defined]  # annotated
    if state == GradeState.DISAGREED and (is_taught or work.third_marker_id == user.pk):
        roles.add(MarkRole.THIRD)
    return "" if roles - {mark.role for mark in marks} else "marked_already"


# -- one criterion across works ---------------------------------------------------------------------


def ungraded(user: User, plan: GradingPlan) -> Any:
    """The works that nobody has submitted a mark of and that the person may mark, by alias."""
    others = Mark.objects.filter(work=OuterRef("pk")).standing()
    return (
        Work.objects.marked_by(user)
        .filter(
            Q(grade__state__in=(GradeState.NOT_STARTED, GradeState.IN_PROGRESS)),
            assignment=plan.assignment_id,
            grade__is_excused=False,
        )
        .exclude(Exists(others.exclude(marker=user.pk)))
        .exclude(Exists(others.filter(state=MarkState.SUBMITTED)))
        .select_related("student", "grade")
        .order_by("alias")
    )
