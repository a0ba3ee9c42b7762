"""What the start page and a seminar's page show, each in a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Case, Count, Exists, OuterRef, Q, Value, When
from django.utils import timezone

from annotations.enums import Kind, Status
from annotations.models import Annotation
from annotations.queries.visits import news_of
from debate.assignments.models import Assignment
from debate.core.moments import in_words
from debate.core.text import render_markdown
from debate.essays.models import ImportDraft
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
    from collections.abc import Iterable
    from datetime import datetime

    from django.utils.safestring import SafeString

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import AssignmentQuerySet
    from debate.essays.models import Essay
    from debate.seminars.models import Group

WAITING_SHOWN = 10
# Support and concession end an exchange: whoever gets one owes no answer.
ASKS_FOR_A_REPLY = (Kind.COMMENT, Kind.QUESTION, Kind.COUNTERARGUMENT, Kind.EVIDENCE)
PEOPLE_SHOWN = 16


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something that waits for the person: a sentence, where it leads, and since when."""

    text: str
    href: str
    when: datetime
    kind: str = ""


@dataclass(frozen=True, slots=True)
class AssignmentLine:
    """An assignment in a list, with how many annotations the person may read there.

    `state` is "upcoming", "open" or "closed"; `news` such as "3 new since Tuesday 14:02".
    """

    assignment: Assignment
    state: str
    note_count: int
    unanswered_count: int
    news: str = ""


@dataclass(frozen=True, slots=True)
class HomePage:
    """The start page of a person who has signed in."""

    waiting: list[Waiting]
    reading: list[AssignmentLine]
    finished: list[AssignmentLine]
    memberships: list[Membership]
    may_create: bool


@dataclass(frozen=True, slots=True)
class SeminarPage:
    """A seminar's own page, as one of its members sees it.

    `people` are those who teach and the first of the others, `people_count` all. `groups` are the
    member's own. `teaches` also in the archive, `is_instructor` where there is something to manage.
    """

    seminar: Seminar
    description_html: SafeString
    membership: Membership
    assignments: list[AssignmentLine]
    essays: list[Essay]
    people: list[Membership]
    people_count: int
    groups: list[Group]
    teaches: bool
    is_instructor: bool
    is_staff: bool


def home_page(user: User) -> HomePage:
    """What waits for the person, what is to be read and what is finished. Takes 9 queries at most."""
    assignments = Assignment.objects.visible_to(user).filter(
        seminar__in=Seminar.objects.visible_to(user)
    )
    lines = assignment_lines(user, assignments)
    memberships = Membership.objects.of(user).select_related("seminar")
    return HomePage(
        waiting=[*_imports_of(user), *_replies_to(user)],
        reading=[line for line in lines if line.state != "closed"],
        finished=[line for line in reversed(lines) if line.state == "closed"],
        memberships=list(memberships.order_by("seminar__title", "pk")),
        may_create=may_create_seminar(user),
    )


def seminar_page(user: User, membership: Membership) -> SeminarPage:
    """What the member's seminar reads, and who is in it. Takes 9 queries."""
    seminar = membership.seminar
    essays = seminar.essays.visible_to(user).filter(assignments=None).order_by("-id")
    people = _people_of(seminar)
    return SeminarPage(
        seminar=seminar,
        description_html=render_markdown(seminar.description),
        membership=membership,
        assignments=assignment_lines(user, Assignment.objects.filter(seminar=seminar)),
        essays=list(essays),
        people=people,
        people_count=seminar.memberships.people().count(),
        groups=list(with_people(seminar.groups.of(user), seminar.pk)),
        teaches=is_instructor(membership),
        is_instructor=may_manage(membership, seminar),
        is_staff=is_staff(membership),
    )


def _people_of(seminar: Seminar) -> list[Membership]:
    """Those who teach, then the others, by name."""
    rank = Case(*(When(role=role, then=Value(at)) for at, role in enumerate(Role)))
    found = seminar.memberships.people().select_related("user")
    return list(found.order_by(rank, "user__name", "user__username")[:PEOPLE_SHOWN])


def assignment_lines(user: User, assignments: AssignmentQuerySet) -> list[AssignmentLine]:
    """The assignments, the next to be due first, with counts. Takes 5 queries.

    What is counted are the notes that stand beside the text, as on the reading page: no replies.
    """
    rows = list(assignments.visible_to(user).for_pages().by_due_date())
    readable = Annotation.objects.visible_to(user)
    shown = readable.top_level().filter(assignment__in=rows, status=Status.PUBLISHED)
    notes = _counts(shown)
    unanswered = _counts(shown.with_is_unanswered(readable).filter(Q(is_unanswered=True)))
    news = news_of(user, rows)
    return [
        AssignmentLine(
            assignment=row,
            state=_state(row),
            note_count=notes.get(row.pk, 0),
            unanswered_count=unanswered.get(row.pk, 0),
            news=_news(*news[row.pk]) if row.pk in news else "",
        )
        for row in rows
    ]


def _news(count: int, since: datetime) -> str:
    return f"{count} new since {in_words(since, timezone.now())}"


def _counts(annotations: AnnotationQuerySet) -> dict[object, int]:
    counted = annotations.order_by().values_list("assignment_id").annotate(count=Count("pk"))
    return dict(counted)


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


def _replies_to(user: User) -> Iterable[Waiting]:
    """What others replied to the person and the person has not answered, newest first."""
    readable = Annotation.objects.visible_to(user)
    replies = (
        readable.filter(parent__author=user, status=Status.PUBLISHED, kind__in=ASKS_FOR_A_REPLY)
        .exclude(author=user)
        .exclude(Exists(Annotation.objects.filter(parent=OuterRef("pk"), author=user)))
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
