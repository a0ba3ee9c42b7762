"""The gradebook: a seminar's students by its assignments, and one assignment's works by their numbers.

Cells are read in one query, as values: there are thousands. While an assignment is marked blind a
cell of it, beside a name, would say whose work stands how; so it says nothing, and its own page
lists aliases instead.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from django.db.models import Exists, OuterRef, Q

from annotations.grading.enums import GradeState
from annotations.grading.models import Grade, GradingPlan, Sheet, WorkItem
from annotations.grading.permissions import knows_names
from annotations.grading.queries.grades import with_is_known
from annotations.grading.queries.queue import in_order, queue_rows
from annotations.grading.scoring import rounded
from debate.accounts.models import User
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from annotations.grading.queries.queue import QueueRow

FEWEST_FOR_MEAN: Final = 5
"""A mean of fewer people would tell what single ones have."""

STATES: Final = {
    "not_started": "not started",
    "draft": "draft",
    "ready": "ready",
    "released": "released",
    "review": "under review",
    "excused": "excused",
    "empty": "not handed in",
}
"""How a cell stands, by the key that the address uses."""
BLIND: Final = "marked blind"
NO_WORK: Final = "no work"
NOT_COLLECTED: Final = "not collected"
_KEYS: Final = {
    GradeState.NOT_STARTED: "not_started",
    GradeState.READY: "ready",
    GradeState.RELEASED: "released",
    GradeState.REOPENED: "review",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What a student reads of a grade now; `final` is None for an excused work."""

    final: Decimal | None
    raw: Decimal | None
    late_deduction: Decimal | None
    adjustment: Decimal | None
    comment: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A student's grade in an assignment: its number, if there is one to know, and its state.

    `href` leads to the work, "" where there is none or nobody may know which.
    """

    words: str
    key: str = ""
    score: Decimal | None = None
    href: str = ""

    @property
    def plain(self) -> str:
        """The number without zeros at its end; "" for none."""
        return "" if self.score is None else f"{self.score.normalize():f}"


@dataclass(frozen=True, slots=True)
class Column:
    """An assignment with a plan. `mean` is of the shown people, None for too few of them."""

    plan: GradingPlan
    points: Decimal
    mean: Decimal | None = None

    @property
    def slug(self) -> str:
        """How the address calls it."""
        return self.plan.assignment.slug

    @property
    def href(self) -> str:
        """The assignment's own gradebook, from that of the seminar."""
        return f"../../{self.slug}/gradebook/"

    @property
    def title(self) -> str:
        """Its title."""
        return self.plan.assignment.title

    @property
    def is_blind(self) -> bool:
        """Whether names are hidden."""
        return not knows_names(self.plan)


@dataclass(frozen=True, slots=True)
class Row:
    """A student, with a cell for each column."""

    student: User
    section: str
    section_id: str
    cells: list[Cell]

    @property
    def name(self) -> str:
        """What the student is called."""
        return self.student.display_name


@dataclass(frozen=True, slots=True)
class BookChoice:
    """What somebody asked to see, as the address says it.

    `sort` is "name", or an assignment's slug: the highest first, behind a "-" the lowest.
    """

    section: str = ""
    state: str = ""
    words: str = ""
    sort: str = "name"

    @property
    def is_narrowed(self) -> bool:
        """Whether anybody is left out."""
        return any((self.section, self.state, self.words))


@dataclass(frozen=True, slots=True)
class Book:
    """The gradebook of a seminar, of the students whom the person looks after."""

    columns: list[Column]
    rows: list[Row]
    total: int
    choice: BookChoice
    sections: list[tuple[str, str]] = field(default_factory=list)


def book_of(user: User, membership: Membership, choice: BookChoice) -> Book:
    """The gradebook for a member of staff. Takes 5 queries, for any number of people."""
    plans = plans_of(user, membership)
    grades = _cells(user, [plan for plan in plans if knows_names(plan)])
    students = _students(membership, {student for student, _ in grades})
    sections = _sections(membership, students)
    rows = [
        Row(
            student=student,
            section=sections.get(student.pk, ("", ""))[1],
            section_id=sections.get(student.pk, ("", ""))[0],
            cells=[_cell_of(plan, student, grades) for plan in plans],
        )
        for student in students
    ]
    shown = [row for row in rows if _fits(row, choice)]
    columns = [
        Column(plan, points_of(plan), _mean(row.cells[at].score for row in shown))
        for at, plan in enumerate(plans)
    ]
    named = {row.section_id: row.section for row in rows if row.section_id}
    return Book(
        columns=columns,
        rows=_sorted(shown, columns, choice.sort),
        total=len(rows),
        choice=choice,
        sections=sorted(named.items(), key=lambda pair: pair[1].casefold()),
    )


def plans_of(user: User, membership: Membership) -> list[GradingPlan]:
    """The plans of the seminar's assignments, the first due first. Takes 1 query."""
    plans = GradingPlan.objects.visible_to(user).filter(assignment__seminar=membership.seminar_id)
    return list(
        plans.select_related("assignment__seminar", "rubric_version").order_by(
            "assignment__due_at", "assignment__created_at", "pk"
        )
    )


def points_of(plan: GradingPlan) -> Decimal:
    """The most that a grade is out of: what the plan says, else what its rubric gives."""
    if plan.points is not None:
        return plan.points
    return plan.rubric_version.points if plan.rubric_version else Decimal(0)


def _cells(user: User, plans: Sequence[GradingPlan]) -> dict[tuple[UUID, UUID], Cell]:
    """What stands of each student in each of these assignments, by student and assignment."""
    slugs = {plan.assignment_id: plan.assignment.slug for plan in plans}
    grades = with_is_known(Grade.objects.visible_to(user), user)
    rows = (
        grades.filter(work__assignment__in=list(slugs))
        .annotate(is_full=Exists(WorkItem.objects.filter(work=OuterRef("work"))))
        .values_list(
            "work__student_id",
            "work__assignment_id",
            "state",
            "final",
            "is_excused",
            "is_known",
            "is_full",
        )
    )
    return {
        (student, assignment): _cell(
            slugs[assignment],
            student,
            key=key_of(state, is_excused=is_excused, is_full=is_full),
            score=final if is_known and not is_excused else None,
        )
        for student, assignment, state, final, is_excused, is_known, is_full in rows
    }


def _cell(slug: str, student: UUID, *, key: str, score: Decimal | None) -> Cell:
    # Beside 4,000 cells that say a work's own id the page would weigh four times as much.
    return Cell(STATES[key], key, score, href=f"../../{slug}/gradebook/of/{student}/")


def key_of(state: str, *, is_excused: bool, is_full: bool) -> str:
    """How a grade stands, as a key of STATES; whatever is not ready yet is a draft."""
    if is_excused:
        return "excused"
    if state == GradeState.NOT_STARTED and not is_full:
        return "empty"
    return _KEYS.get(GradeState(state), "draft")


def _cell_of(plan: GradingPlan, student: User, grades: Mapping[tuple[UUID, UUID], Cell]) -> Cell:
    if not knows_names(plan):
        return Cell(BLIND)
    without = Cell(NO_WORK if plan.collected_at else NOT_COLLECTED)
    return grades.get((student.pk, plan.assignment_id), without)


def _students(membership: Membership, graded: Iterable[UUID]) -> list[User]:
    """The students whom the member looks after, and who has left and has grades. Takes 1 query."""
    members = Membership.objects.overseen_by(membership).people().filter(role=Role.STUDENT)
    people = User.objects.filter(Q(pk__in=members.values("user_id")) | Q(pk__in=list(graded)))
    return list(people.only("id", "name", "username", "email").order_by("pk"))


def _sections(membership: Membership, students: Sequence[User]) -> dict[UUID, tuple[str, str]]:
    """Each student's first section, by id and name. Takes 1 query."""
    rows = Group.members.through.objects.filter(
        group__seminar=membership.seminar_id,
        group__kind=GroupKind.SECTION,
        user__in=[student.pk for student in students],
    ).order_by("-group__name")
    return {
        user: (str(group), name)
        for user, group, name in rows.values_list("user_id", "group_id", "group__name")
    }


def _fits(row: Row, choice: BookChoice) -> bool:
    words = choice.words.casefold()
    return all(
        (
            not choice.section or row.section_id == choice.section,
            not choice.state or any(cell.key == choice.state for cell in row.cells),
            not words or words in row.name.casefold() or words in row.student.username.casefold(),
        )
    )


def _sorted(rows: list[Row], columns: Sequence[Column], sort: str) -> list[Row]:
    """By name, or by the number in an assignment; who has none comes last."""
    by_name = sorted(rows, key=lambda row: (row.name.casefold(), str(row.student.pk)))
    slug = sort.removeprefix("-")
    at = next((at for at, one in enumerate(columns) if one.slug == slug), None)
    if at is None:
        return by_name
    sign = 1 if sort.startswith("-") else -1

    def key(row: Row) -> tuple[bool, Decimal]:
        score = row.cells[at].score
        return score is None, sign * (score or Decimal(0))

    return sorted(by_name, key=key)


def _mean(scores: Iterable[Decimal | None]) -> Decimal | None:
    known = [score for score in scores if score is not None]
    if len(known) < FEWEST_FOR_MEAN:
        return None
    return rounded(sum(known, Decimal(0)) / len(known))


# -- what was released -------------------------------------------------------------------------------


def shown_now(user: User, assignments: Iterable[UUID]) -> dict[tuple[UUID, UUID], Shown]:
    """What students read of their grades now, by student and assignment. Takes 1 query.

    Of a grade that is looked at again that is still what was released.
    """
    rows = (
        Sheet.objects.visible_to(user)
        .filter(grade__work__assignment__in=list(assignments), release__undone_at=None)
        .exclude(grade__state__in=_NEVER_SHOWN)
        .order_by("pk")
        .values_list("grade__work__student_id", "grade__work__assignment_id", "content")
    )
    return {(student, assignment): _shown(content) for student, assignment, content in rows}


_NEVER_SHOWN: Final = tuple(
    state for state in GradeState.values if state not in {GradeState.RELEASED, GradeState.REOPENED}
)


def _shown(content: Mapping[str, Any]) -> Shown:
    comments = [mark.get("comment", "") for mark in content.get("marks", [])]
    excused = content.get("excused", False)
    return Shown(
        final=None if excused else _number(content, "final"),
        raw=_number(content, "raw"),
        late_deduction=_number(content, "late_deduction"),
        adjustment=_number(content, "adjustment"),
        comment="\n\n".join(filter(None, comments)),
    )


def _number(content: Mapping[str, Any], name: str) -> Decimal | None:
    told = content.get(name)
    return None if told is None else Decimal(str(told))


# -- one assignment ----------------------------------------------------------------------------------

SORTS: Final = {"name": "By name", "score": "By final score", "state": "By state"}


@dataclass(frozen=True, slots=True)
class Line:
    """A work of an assignment's gradebook; numbers are None that the person may not know yet."""

    row: QueueRow
    key: str
    raw: Decimal | None
    late_deduction: Decimal | None
    adjustment: Decimal | None
    final: Decimal | None
    released_at: datetime | None

    @property
    def name(self) -> str:
        """The alias while names are hidden, else the name."""
        return self.row.name

    @property
    def state_words(self) -> str:
        """The state in words; of a work without contributions that nobody marks, that."""
        return "Not handed in" if self.key == "empty" else self.row.state_words


@dataclass(frozen=True, slots=True)
class Lines:
    """The gradebook of one assignment."""

    plan: GradingPlan
    points: Decimal
    lines: list[Line]
    total: int
    tallies: list[tuple[str, str, int]]
    state: str
    sort: str
    mean: Decimal | None


def lines_of(user: User, plan: GradingPlan, *, state: str = "", sort: str = "") -> Lines:
    """The works of an assignment with their numbers. Takes 3 queries."""
    rows = in_order(queue_rows(user, plan), plan, "name")
    grades = Grade.objects.visible_to(user).filter(work__assignment=plan.assignment_id)
    numbered = with_is_known(grades, user).filter(Q(is_known=True))
    known = set(numbered.values_list("work_id", flat=True))
    lines = [_line(row, is_known=row.id in known) for row in rows]
    counts = Counter(line.key for line in lines)
    chosen = [line for line in lines if not state or line.key == state]
    if sort == "score":
        chosen.sort(key=lambda line: (line.final is None, -(line.final or Decimal(0))))
    elif sort == "state":
        chosen.sort(key=lambda line: list(STATES).index(line.key))
    return Lines(
        plan=plan,
        points=points_of(plan),
        lines=chosen,
        total=len(lines),
        tallies=[(key, words, counts[key]) for key, words in STATES.items() if counts[key]],
        state=state,
        sort=sort or "name",
        mean=_mean(line.final for line in chosen),
    )


def _line(row: QueueRow, *, is_known: bool) -> Line:
    grade = row.work.grade
    has_number = is_known and not grade.is_excused and grade.raw is not None
    return Line(
        row=row,
        key=key_of(grade.state, is_excused=grade.is_excused, is_full=row.item_count > 0),
        raw=grade.raw if has_number else None,
        late_deduction=grade.late_deduction if has_number else None,
        adjustment=grade.adjustment if has_number else None,
        final=grade.final if is_known and not grade.is_excused else None,
        released_at=grade.released_at,
    )
