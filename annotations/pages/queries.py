"""What the start page and a seminar's page show, each in a fixed number of queries."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, OuterRef, Q, Subquery, Value, When
from django.urls import reverse
from django.utils import timezone

from annotations.enums import Kind, Status
from annotations.grading.models import GradingPlan
from annotations.grading.queries.waiting import to_grade, to_settle
from annotations.models import Anchor, Annotation
from annotations.pages.activity import Activity, activity
from annotations.pages.strips import Strip, strip
from annotations.permissions import may_have_receipt
from annotations.queries.drafts import drafts_of
from annotations.queries.visits import news_of
from debate.assignments.models import Assignment
from debate.core.db import is_among, is_there
from debate.core.moments import in_words
from debate.core.text import render_markdown
from debate.essays.models import ImportDraft, Paragraph
from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar
from debate.seminars.permissions import (
    is_instructor,
    is_staff,
    may_create_seminar,
    may_manage,
)
from debate.seminars.queries.groups import with_people

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from django.utils.safestring import SafeString

    from annotations.models.annotation import AnnotationQuerySet
    from annotations.queries.drafts import DraftLine
    from debate.accounts.models import User
    from debate.assignments.models import AssignmentQuerySet
    from debate.essays.models import Essay
    from debate.seminars.models import Group

WAITING_SHOWN = 10
DRAFTS_SHOWN = 5
# Support and concession end an exchange: whoever gets one owes no answer.
ASKS_FOR_A_REPLY = (Kind.COMMENT, Kind.QUESTION, Kind.COUNTERARGUMENT, Kind.EVIDENCE)
PEOPLE_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the person: a sentence, where it leads, and since when if ever."""

    text: str
    href: str
    when: datetime | None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """An assignment in a list, with how many annotations the person may read there.

    `state` is "upcoming", "open" or "closed"; `news` such as "3 new since Tuesday 14:02"; `strip`
    tells where along the essay the notes stand, None without any. `is_graded`: whether its works
    are, so that a student has a page of that.
    """

    assignment: Assignment
    state: str
    note_count: int
    unanswered_count: int
    question_count: int = 0
    news: str = ""
    strip: Strip | None = None
    is_graded: bool = False


@dataclass(frozen=True, slots=True)
class HomePage:
    """The start page of a person who has signed in; `sought` is what was looked for among the readings."""

    waiting: list[Waiting]
    drafts: list[DraftLine]
    drafts_count: int
    sought: str
    reading: list[AssignmentLine]
    finished: list[AssignmentLine]
    memberships: list[Membership]
    may_create: bool


@dataclass(frozen=True, slots=True)
class SeminarPage:
    """A seminar's own page, as one of its members sees it.

    `people` are those who teach and the first of the others, `people_count` all. `groups` are the
    member's own. `teaches` also in the archive, `is_instructor` where there is something to manage;
    `hands_in`: whether the member has grades of his or her own.
    """

    seminar: Seminar
    description_html: SafeString
    membership: Membership
    assignments: list[AssignmentLine]
    essays: list[Essay]
    people: list[Membership]
    people_count: int
    groups: list[Group]
    activity: Activity
    teaches: bool
    is_instructor: bool
    is_staff: bool
    hands_in: bool

    @property
    def several(self) -> bool:
        """Whether several essays are set, so that what happened says which it was in."""
        return len(self.assignments) > 1


def home_page(user: User, *, sought: str = "") -> HomePage:
    """What waits for the person, what is to be read and what is finished. Takes 14 queries at most.

    With `sought`, the readings in whose title, author or seminar those words stand.
    """
    assignments = Assignment.objects.visible_to(user).filter(
        seminar__in=Seminar.objects.visible_to(user)
    )
    lines = assignment_lines(user, assignments)
    own = Membership.objects.of(user).select_related("seminar")
    memberships = list(own.order_by("seminar__title", "pk"))
    drafts = drafts_of(user)
    shown = [line for line in lines if _says(line, sought)]
    return HomePage(
        waiting=[
            *_imports_of(user),
            *_grading_to(user, memberships),
            *_questions_to(lines, memberships),
            *_replies_to(user),
        ],
        drafts=drafts[:DRAFTS_SHOWN],
        drafts_count=len(drafts),
        sought=sought,
        reading=[line for line in shown if line.state != "closed"],
        finished=[line for line in reversed(shown) if line.state == "closed"],
        memberships=memberships,
        may_create=may_create_seminar(user),
    )


def seminar_page(user: User, membership: Membership, *, before: UUID | None = None) -> SeminarPage:
    """What the member's seminar reads, who is in it, and what happened, before that. Takes 13 queries."""
    seminar = membership.seminar
    essays = seminar.essays.visible_to(user).filter(assignments=None).order_by("-id")
    people = _people_of(seminar)
    lines = assignment_lines(user, Assignment.objects.filter(seminar=seminar))
    return SeminarPage(
        seminar=seminar,
        description_html=render_markdown(seminar.description),
        membership=membership,
        assignments=lines,
        essays=list(essays),
        people=people,
        people_count=seminar.memberships.people().count(),
        groups=list(with_people(seminar.groups.of(user), seminar.pk)),
        activity=activity(user, [line.assignment for line in lines], before=before),
        teaches=is_instructor(membership),
        is_instructor=may_manage(membership, seminar),
        is_staff=is_staff(membership),
        hands_in=may_have_receipt(membership),
    )


def _people_of(seminar: Seminar) -> list[Membership]:
    """Those who teach, then the others, by name."""
    rank = Case(*(When(role=role, then=Value(at)) for at, role in enumerate(Role)))
    found = seminar.memberships.people().select_related("user")
    return list(found.order_by(rank, "user__name", "user__username")[:PEOPLE_SHOWN])


def assignment_lines(user: User, assignments: AssignmentQuerySet) -> list[AssignmentLine]:
    """The assignments, the next to be due first, with counts. Takes 6 queries.

    What is counted are the notes that stand beside the text, as on the reading page: no replies.
    """
    known = assignments.visible_to(user).for_pages()
    plans = GradingPlan.objects.visible_to(user).filter(assignment=OuterRef("pk"))
    rows = list(known.annotate(is_graded=is_there(plans)).by_due_date())
    readable = Annotation.objects.visible_to(user)
    shown = readable.top_level().filter(assignment__in=rows, status=Status.PUBLISHED)
    notes = _notes_by_place(shown)
    numbers = _numbers_of(rows)
    unanswered = _unanswered(shown.with_is_unanswered(readable).filter(Q(is_unanswered=True)))
    news = news_of(user, rows)
    return [
        AssignmentLine(
            assignment=row,
            state=_state(row),
            note_count=sum(notes[row.pk].values()),
            unanswered_count=sum(unanswered[row.pk].values()),
            question_count=unanswered[row.pk][Kind.QUESTION],
            news=_news(*news[row.pk]) if row.pk in news else "",
            strip=_strip(notes[row.pk], numbers[row.revision_id]),
            is_graded=row.is_graded,  # type: ignore[attr-defined]  # annotated
        )
        for row in rows
    ]


def _notes_by_place(shown: AnnotationQuerySet) -> dict[UUID, Counter[UUID | None]]:
    """How many notes of each assignment stand on which paragraph: that of their first words.

    Each note's place is looked up by itself, as the join would read all places of everybody.
    """
    first = Anchor.objects.filter(
        annotation=OuterRef("pk"), revision=OuterRef("assignment__revision"), position=0
    )
    placed = shown.order_by().annotate(place=Subquery(first.values("paragraph")[:1]))
    rows = placed.values_list("assignment_id", "place").annotate(count=Count("pk"))
    found: dict[UUID, Counter[UUID | None]] = defaultdict(Counter)
    for assignment_id, place, count in rows:
        found[assignment_id][place] = count
    return found


def _numbers_of(assignments: Collection[Assignment]) -> dict[UUID, dict[UUID, int]]:
    """The paragraphs that take notes, by the revision that is shown, with their numbers."""
    shown = Paragraph.objects.numbered().filter(
        revision__in=[one.revision_id for one in assignments]
    )
    found: dict[UUID, dict[UUID, int]] = defaultdict(dict)
    for revision_id, pk, number in shown.values_list("revision_id", "pk", "number"):
        found[revision_id][pk] = number or 0
    return found


def _strip(notes: Counter[UUID | None], numbers: dict[UUID, int]) -> Strip | None:
    placed = {numbers[place]: count for place, count in notes.items() if place in numbers}
    return strip(len(numbers), placed)


def _unanswered(rows: AnnotationQuerySet) -> dict[UUID, Counter[str]]:
    """How many of each kind wait for an answer in each assignment."""
    found: dict[UUID, Counter[str]] = defaultdict(Counter)
    counted = rows.order_by().values_list("assignment_id", "kind").annotate(count=Count("pk"))
    for assignment_id, kind, count in counted:
        found[assignment_id][kind] = count
    return found


def _news(count: int, since: datetime) -> str:
    return f"{count} new since {in_words(since, timezone.now())}"


def _state(assignment: Assignment) -> str:
    if assignment.is_open:
        return "open"
    return "upcoming" if assignment.opens_at > timezone.now() else "closed"


def _imports_of(user: User) -> Iterable[Waiting]:
    for kept in ImportDraft.objects.visible_to(user).select_related("seminar").order_by("-id"):
        name = kept.draft.title or kept.filename or "an essay"
        revised = f"Finish the next revision of “{name}”."
        where = f"into {kept.seminar.title}" if kept.seminar else "and make its seminar"
        yield Waiting(
            text=revised if kept.essay_id else f"Finish importing “{name}” {where}.",
            href=kept.get_absolute_url(),
            when=kept.updated_at,
        )


def _questions_to(
    lines: Iterable[AssignmentLine], memberships: Iterable[Membership]
) -> Iterable[Waiting]:
    """The questions that nobody has answered, to the staff of their seminars, where it goes on."""
    staffed = {one.seminar_id for one in memberships if one.is_staff}
    for line in lines:
        one, count = line.assignment, line.question_count
        if count and line.state == "open" and one.seminar_id in staffed:
            are = "question waits" if count == 1 else "questions wait"
            place = [one.seminar.slug, one.slug]
            yield Waiting(
                text=f"{count} {are} for an answer on “{one.title}”.",
                href=f"{reverse('annotations:open_items', args=place)}?show=questions",
                when=None,
                kind=Kind.QUESTION,
            )


def _grading_to(user: User, memberships: Iterable[Membership]) -> Iterable[Waiting]:
    """The works to grade and the requests to settle, of seminars that the person runs or helps to."""
    if not any(one.is_staff for one in memberships):
        return
    for one in to_grade(user):
        works = "work" if one.count == 1 else "works"
        yield Waiting(
            text=f"{one.count} {works} to grade in “{one.title}”.",
            href=reverse("grading:works", args=[one.seminar, one.assignment]),
            when=None,
        )
    for one in to_settle(user):
        wait = "regrade request waits" if one.count == 1 else "regrade requests wait"
        yield Waiting(
            text=f"{one.count} {wait} for an answer in “{one.title}”.",
            href=reverse("grading:requests", args=[one.seminar, one.assignment]),
            when=None,
        )


def _says(line: AssignmentLine, sought: str) -> bool:
    """Whether the words stand in what the list says of the reading."""
    one = line.assignment
    said = (one.title, one.essay.title, one.essay.byline_author, one.seminar.title)
    return sought.casefold() in " ".join(said).casefold()


def _replies_to(user: User) -> Iterable[Waiting]:
    """What others replied to the person and the person has not answered, newest first."""
    owed = (
        Annotation.objects.filter(
            parent__author=user, status=Status.PUBLISHED, kind__in=ASKS_FOR_A_REPLY
        )
        .exclude(author=user)
        .exclude(Exists(Annotation.objects.filter(parent=OuterRef("pk"), author=user)))
    )
    replies = (
        Annotation.objects.visible_to(user)
        .filter(is_among(owed))
        .with_shown_author(user)
        .select_related("assignment")
        .order_by("-id")
    )
    for reply in replies[:WAITING_SHOWN]:
        yield Waiting(
            text=f"{reply.shown_author_name} answered you "  # type: ignore[attr-defined]  # annotated
            f"with {_with_article(reply.kind)} on “{reply.assignment.title}”.",
            href=reply.get_absolute_url(),
            when=reply.created_at,
            kind=reply.kind,
        )


def _with_article(kind: str) -> str:
    label = str(Kind(kind).label).lower()
    return label if kind == Kind.EVIDENCE else f"a {label}"
