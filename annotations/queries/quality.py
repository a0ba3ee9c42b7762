"""Quality marks as their pages show them: what they are on, what was answered, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse

from annotations.enums import QualityMarkType
from annotations.models import Annotation, Passage, QualityMark, QualityMarkAnswer
from annotations.permissions import may_set_mark, may_settle_mark
from annotations.queries.cards import Card, card_of
from debate.core.errors import Missing
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from annotations.models import Claim, Source
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Seminar


@dataclass(frozen=True, slots=True)
class MarkTarget:
    """What marks are on: a note as its card, a claim or the words of a passage."""

    target: Annotation | Claim | Passage
    seminar: Seminar
    assignment: Assignment | None
    what: str
    words: str
    url: str
    card: Card | None = None
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class MarkPage:
    """A mark with its answers, the oldest first, and what the reader can do about it."""

    mark: QualityMark
    on: MarkTarget
    answers: list[QualityMarkAnswer]
    can_answer: bool
    can_settle: bool
    can_confirm: bool


def mark_target(
    user: User | AnonymousUser, target: Annotation | Claim | Passage, seminar: Seminar
) -> MarkTarget:
    """The target as the person may see it, who is known to see it."""
    if isinstance(target, Passage):
        words = target.quote or "No quote yet."
        source = target.source
        url = reverse("annotations:source", args=[seminar.slug, source.pk])
        return MarkTarget(target, seminar, None, "a passage", words, url, source=source)
    assignment = target.assignment
    if isinstance(target, Annotation):
        note = Annotation.objects.visible_to(user).for_display(user).get(pk=target.pk)
        note.assignment = assignment
        card = card_of(user, note)
        return MarkTarget(
            target, seminar, assignment, f"a {card.label.lower()}", "", card.url, card
        )
    names = [seminar.slug, assignment.slug, target.pk]
    url = reverse("annotations:claim", args=names)
    return MarkTarget(target, seminar, assignment, "a claim", target.text, url)


def open_marks_on(
    user: User | AnonymousUser, target: Annotation | Claim | Passage
) -> QuerySet[QualityMark]:
    """The open marks on it that the person may read, the oldest first."""
    member = type(target).__name__.lower()
    marks = QualityMark.objects.visible_to(user).open().filter(**{member: target})
    return marks.with_shown_marker(user).order_by("id")


def mark_page(user: User | AnonymousUser, mark_id: UUID) -> MarkPage:
    """The mark as the person may know it. Raises Missing."""
    known = QualityMark.objects.visible_to(user).with_shown_marker(user)
    related = (
        "seminar", "resolved_by", "annotation__assignment__seminar",
        "annotation__assignment__essay", "annotation__assignment__revision",
        "claim__assignment", "passage__source",
    )  # fmt: skip
    mark = known.select_related(*related).filter(pk=mark_id).first()
    if mark is None:
        raise Missing
    membership = membership_of(user, mark.seminar)
    is_open = mark.resolved_at is None
    settles = bool(user.pk) and may_settle_mark(user, membership, mark)  # type: ignore[arg-type]  # signed in
    is_staff = membership is not None and membership.is_staff
    answers = QualityMarkAnswer.objects.filter(mark=mark).with_shown_writer(user)
    return MarkPage(
        mark=mark,
        on=mark_target(user, mark.target, mark.seminar),
        answers=list(answers.order_by("id")),
        can_answer=is_open and may_set_mark(membership, mark.seminar),
        can_settle=is_open and settles,
        can_confirm=is_open and settles and is_staff and mark.type == QualityMarkType.MISQUOTE,
    )
