"""What is asked of students and how much of it is in: one's own, and everybody's for staff.

What counts is decided by `Annotation.objects.counted` alone, and counted here alone, in a fixed
number of queries for one person as for a whole seminar. Counts say what was handed in, never how
good it is.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from annotations.enums import Audience, Kind, Status
from annotations.models import Anchor, Annotation
from debate.assignments.queries import Dates, dates_of, dates_with
from debate.core.moments import in_words
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment, Round

PEOPLE_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Counts:
    """What a person has in an assignment that counts: by kind wherever it stands, and otherwise.

    `paragraphs` are different numbered ones with an anchored annotation; `late` came after the
    person's own due date; `in_round` belongs to the round that was asked about.
    """

    by_kind: Mapping[str, int] = field(default_factory=dict)
    replies: int = 0
    paragraphs: int = 0
    late: int = 0
    in_round: int = 0
    last_at: datetime | None = None

    @property
    def total(self) -> int:
        """How many annotations count."""
        return sum(self.by_kind.values())


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One thing that is asked: how much of it is done, and where one begins with the next."""

    name: str
    label: str
    done: int
    asked: int
    kind: str = ""
    href: str = ""

    @property
    def is_met(self) -> bool:
        """Whether all of it is in."""
        return self.done >= self.asked

    @property
    def words(self) -> str:
        """Such as "Comments 2/3"."""
        return f"{self.label} {self.done}/{self.asked}"


ASKED = (
    ("comments", "Comments", Kind.COMMENT),
    ("counterarguments", "Counterarguments", Kind.COUNTERARGUMENT),
    ("evidence", "Evidence", Kind.EVIDENCE),
    ("replies", "Replies", ""),
    ("paragraphs", "Paragraphs", ""),
)


def counts_of(
    assignment: Assignment,
    *,
    people: Collection[UUID] | None = None,
    dates: Mapping[UUID, Dates] | None = None,
    current: Round | None = None,
) -> dict[UUID, Counts]:
    """What counts of these people, or of everybody, by person; who has nothing is left out.

    `dates` are those of people who have their own. Takes 2 queries.
    """
    counted = Annotation.objects.filter(assignment=assignment).counted().order_by()
    if people is not None:
        counted = counted.filter(author__in=people)
    aggregates = {kind.value: Count("pk", filter=Q(kind=kind)) for kind in Kind}
    rows: Iterable[Any] = counted.values("author_id").annotate(
        **aggregates,
        replies_made=Count("pk", filter=Q(parent__isnull=False)),
        came_late=Count("pk", filter=_is_late(assignment, dates or {})),
        of_round=Count("pk", filter=Q(round=current) if current else Q(pk=None)),
        written=Max("created_at"),
        changed=Max("edited_at"),
    )
    anchors = Anchor.objects.filter(
        annotation__in=counted, revision=assignment.revision_id, paragraph__number__isnull=False
    )
    paragraphs = dict(
        anchors.order_by()
        .values_list("annotation__author_id")
        .annotate(count=Count("paragraph", distinct=True))
    )
    return {
        row["author_id"]: Counts(
            by_kind={kind.value: row[kind.value] for kind in Kind},
            replies=row["replies_made"],
            paragraphs=paragraphs.get(row["author_id"], 0),
            late=row["came_late"],
            in_round=row["of_round"],
            last_at=max(row["written"], row["changed"] or row["written"]),
        )
        for row in rows
    }


def _is_late(assignment: Assignment, dates: Mapping[UUID, Dates]) -> Q:
    """Sent to staff after the closing, or posted after the author's due date."""
    late = Q(is_late=True)
    if assignment.due_at:
        late |= Q(created_at__gt=assignment.due_at) & ~Q(author__in=list(dates))
    for person, own in dates.items():
        if own.due_at:
            late |= Q(author=person, created_at__gt=own.due_at)
    return late


def own_dates_of(assignment: Assignment, people: Collection[UUID]) -> dict[UUID, Dates]:
    """The dates of those of the people who have their own. Takes 2 queries."""
    found = dates_of(people, assignment)
    return {person: dates for person, dates in found.items() if dates.is_own}


def task_lines(
    assignment: Assignment, counts: Counts, hrefs: Mapping[str, str] | None = None
) -> list[TaskLine]:
    """What is asked, each with how much of it is in and where to begin, unless it is met."""
    lines = []
    for name, label, kind in ASKED:
        asked = getattr(assignment, f"asked_{name}")
        if not asked:
            continue
        done = counts.by_kind.get(kind, 0) if kind else getattr(counts, name)
        href = (hrefs or {}).get(name, "") if done < asked else ""
        lines.append(TaskLine(name, label, done, asked, kind, href))
    return lines


def due_in_words(dates: Dates, now: datetime) -> str:
    """Such as "due today 23:59, your time"; "" without due date."""
    if dates.due_at is None:
        return ""
    verb = "due" if now < dates.due_at else "was due"
    return f"{verb} {in_words(dates.due_at, now)}, your time"


def late_in_words(count: int) -> str:
    """Such as "1 late"; "" for none."""
    return f"{count} late" if count else ""


@dataclass(frozen=True, slots=True)
class OwnNote:
    """One of a person's annotations, as a list of the own progress or a receipt shows it."""

    id: UUID
    kind: str
    label: str
    url: str
    place: str
    numbers: str
    received_at: datetime
    edited_at: datetime | None
    version: int
    is_late: bool
    counts: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class OwnProgress:
    """What is asked of a student, and what of it is in."""

    assignment: Assignment
    dates: Dates
    due: str
    tasks: list[TaskLine]
    counts: Counts
    notes: list[OwnNote]

    @property
    def is_done(self) -> bool:
        """Whether something is asked and all of it is in."""
        return is_done(self.tasks)

    @property
    def words(self) -> str:
        """The state in words."""
        return state_in_words(self.tasks, self.counts)


def is_done(tasks: Collection[TaskLine]) -> bool:
    """Whether something is asked and all of it is in."""
    return bool(tasks) and all(task.is_met for task in tasks)


def state_in_words(tasks: Collection[TaskLine], counts: Counts) -> str:
    """Such as "2 of 4 asked, 1 late"; "all 4 in"; without anything asked, how many are posted."""
    asked = sum(task.asked for task in tasks)
    done = sum(min(task.done, task.asked) for task in tasks)
    if not tasks:
        words = f"{counts.total} posted"
    elif done == asked:
        words = f"all {asked} in"
    elif counts.total:
        words = f"{done} of {asked} asked"
    else:
        words = "nothing yet"
    return ", ".join(part for part in (words, late_in_words(counts.late)) if part)


def own_progress(user: User, assignment: Assignment) -> OwnProgress:
    """The student's own progress with each annotation. Takes 6 queries."""
    dates = own_dates_of(assignment, [user.pk])
    own = dates.get(user.pk) or dates_with(assignment)
    counts = counts_of(assignment, people=[user.pk], dates=dates).get(user.pk, Counts())
    mine = Annotation.objects.visible_to(user).filter(assignment=assignment, author=user.pk)
    return OwnProgress(
        assignment=assignment,
        dates=own,
        due=due_in_words(own, timezone.now()),
        tasks=task_lines(assignment, counts),
        counts=counts,
        notes=own_notes(mine.exclude(status=Status.WITHDRAWN), assignment, own),
    )


def own_notes(mine: AnnotationQuerySet, assignment: Assignment, dates: Dates) -> list[OwnNote]:
    """The annotations in the order in which they came. Takes 2 queries."""
    rows = list(mine.order_by("created_at", "id"))
    anchors = Anchor.objects.filter(annotation__in=rows, revision=assignment.revision_id)
    numbers: dict[UUID, list[int]] = defaultdict(list)
    for pk, number in anchors.order_by("position").values_list(
        "annotation_id", "paragraph__number"
    ):
        if number:
            numbers[pk].append(number)
    return [
        OwnNote(
            id=row.pk,
            kind=row.kind,
            label=str(row.get_kind_display()),
            url=row.get_absolute_url(),
            place=_place(row, numbers[row.pk]),
            numbers=",".join(map(str, numbers[row.pk])),
            received_at=row.created_at,
            edited_at=row.edited_at,
            version=row.version,
            is_late=row.is_late or bool(dates.due_at and row.created_at > dates.due_at),
            counts=row.status == Status.PUBLISHED and row.audience != Audience.PRIVATE,
            why_not=_why_not(row),
        )
        for row in rows
    ]


def _place(row: Annotation, numbers: list[int]) -> str:
    if numbers:
        return f"paragraph{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"
    return "reply" if row.parent_id else "the essay"


def _why_not(row: Annotation) -> str:
    """Why it does not count; "" when it does."""
    if row.status != Status.PUBLISHED:
        return str(row.get_status_display()).lower()
    return "only you can read it" if row.audience == Audience.PRIVATE else ""


# --- everybody's -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ProgressChoice:
    """Whom staff asked to see, and in which order."""

    group: str = ""
    state: str = ""
    sort: str = "name"
    after: str = ""


STATES = {
    "none": "Nothing yet",
    "begun": "Some of it",
    "done": "All in",
    "late": "Something late",
}
SORTS = {"name": "By name", "last": "By last activity"}


@dataclass(frozen=True, slots=True)
class PersonProgress:
    """A student's progress as staff see it. A count of what was handed in, not of its worth."""

    user_id: UUID
    name: str
    groups: list[str]
    group_ids: list[str]
    tasks: list[TaskLine]
    counts: Counts
    dates: Dates
    url: str

    @property
    def state(self) -> str:
        """The key of the state: none, begun or done."""
        if is_done(self.tasks):
            return "done"
        return "begun" if self.counts.total else "none"

    @property
    def words(self) -> str:
        """The state in words."""
        return state_in_words(self.tasks, self.counts)

    @property
    def due(self) -> str:
        """The own due date in words, of who has one."""
        if not self.dates.is_own or self.dates.due_at is None:
            return ""
        return f"extended to {in_words(self.dates.due_at, timezone.now())}"

    @property
    def others(self) -> int:
        """How many annotations of kinds that are not asked for."""
        asked = {kind for _, _, kind in ASKED if kind}
        return sum(count for kind, count in self.counts.by_kind.items() if kind not in asked)


@dataclass(frozen=True, slots=True)
class ProgressPage:
    """Everybody whom a member of staff oversees, a page of those asked for."""

    assignment: Assignment
    people: list[PersonProgress]
    total: int
    done: int
    matching: int
    groups: list[Group]
    choice: ProgressChoice
    next_after: str


def students_of(membership: Membership, assignment: Assignment) -> QuerySet[Membership, Membership]:
    """The students whom the member oversees and to whom the essay is set."""
    students = Membership.objects.overseen_by(membership).people().filter(role=Role.STUDENT)
    if assignment.is_for_groups:
        theirs = Group.members.through.objects.filter(
            user=OuterRef("user_id"), group__in=assignment.groups.values("pk")
        )
        students = students.filter(Exists(theirs))
    return students.select_related("user")


def people_progress(membership: Membership, assignment: Assignment) -> list[PersonProgress]:
    """The progress of all whom the member oversees, in no order. Takes 6 queries at most."""
    return progress_of(assignment, students_of(membership, assignment))


def progress_of(assignment: Assignment, students: Iterable[Membership]) -> list[PersonProgress]:
    """The progress of these students, in their order. Takes 5 queries beside their own."""
    students = list(students)
    ids = [student.user_id for student in students]
    dates = own_dates_of(assignment, ids)
    counts = counts_of(assignment, people=ids, dates=dates)
    groups = _groups_of(assignment, ids)
    everybodys = dates_with(assignment)
    page = assignment.get_absolute_url()
    return [
        PersonProgress(
            user_id=student.user_id,
            name=student.user.display_name,
            groups=[name for _, name in groups[student.user_id]],
            group_ids=[pk for pk, _ in groups[student.user_id]],
            tasks=task_lines(assignment, counts.get(student.user_id, Counts())),
            counts=counts.get(student.user_id, Counts()),
            dates=dates.get(student.user_id, everybodys),
            url=f"{page}?author={student.user_id}",
        )
        for student in students
    ]


def _groups_of(
    assignment: Assignment, people: Collection[UUID]
) -> dict[UUID, list[tuple[str, str]]]:
    """Each person's groups in the seminar, sections first."""
    rows = Group.members.through.objects.filter(
        group__seminar=assignment.seminar_id, user__in=people
    ).values_list("user_id", "group_id", "group__name", "group__kind")
    found: dict[UUID, list[tuple[str, str]]] = defaultdict(list)
    for person, pk, name, _ in sorted(rows, key=lambda row: (row[3] != GroupKind.SECTION, row[2])):
        found[person].append((str(pk), name))
    return found


def progress_page(
    membership: Membership, assignment: Assignment, choice: ProgressChoice
) -> ProgressPage:
    """A page of those whom the member oversees. Takes 7 queries.

    `choice.after` is the last person of the page before, whatever has changed meanwhile.
    """
    everybody = in_order(people_progress(membership, assignment), choice.sort)
    chosen = [one for one in everybody if _is_asked_for(one, choice)]
    places = {str(one.user_id): place for place, one in enumerate(everybody)}
    start = places.get(choice.after, -1)
    following = [one for one in chosen if places[str(one.user_id)] > start]
    page = following[:PEOPLE_A_PAGE]
    more = len(following) > len(page)
    return ProgressPage(
        assignment=assignment,
        people=page,
        total=len(everybody),
        done=sum(one.state == "done" for one in everybody),
        matching=len(chosen),
        groups=list(Group.objects.filter(seminar=assignment.seminar_id).order_by("-kind", "name")),
        choice=choice,
        next_after=str(page[-1].user_id) if more else "",
    )


def in_order(people: Iterable[PersonProgress], sort: str) -> list[PersonProgress]:
    """The people by name, or the last active first and who did nothing last."""
    by_name = sorted(people, key=lambda one: (one.name.casefold(), one.user_id))
    if sort != "last":
        return by_name
    return sorted(
        by_name,
        key=lambda one: -one.counts.last_at.timestamp() if one.counts.last_at else 0,
    )


def _is_asked_for(one: PersonProgress, choice: ProgressChoice) -> bool:
    if choice.group and choice.group not in one.group_ids:
        return False
    if choice.state == "late":
        return one.counts.late > 0
    return not choice.state or one.state == choice.state


def done_of(membership: Membership, assignment: Assignment) -> tuple[int, int]:
    """How many of the students whom the member oversees have everything in. Takes 4 queries."""
    students = list(students_of(membership, assignment).values_list("user_id", flat=True))
    counts = counts_of(assignment, people=students)
    done = sum(is_done(task_lines(assignment, counts.get(pk, Counts()))) for pk in students)
    return done, len(students)


def place_of(assignment: Assignment) -> list[str]:
    """The arguments of the addresses below the assignment's."""
    return [assignment.seminar.slug, assignment.slug]


def progress_url(assignment: Assignment) -> str:
    """The page of progress: a student's own, for staff everybody's."""
    return reverse("annotations:progress", args=place_of(assignment))


def receipt_url(assignment: Assignment) -> str:
    """The page of a student's receipt."""
    return reverse("annotations:receipt", args=place_of(assignment))
