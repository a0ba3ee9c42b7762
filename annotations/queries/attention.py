"""Who asks the same as a question, and which quality marks are open on a note, below its card."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count, Q
from django.urls import reverse

from annotations.enums import Kind
from annotations.models import MeToo, QualityMark
from annotations.permissions import may_set_mark

if TYPE_CHECKING:
    from collections.abc import Collection

    from annotations.queries.cards import Card, Reader
    from debate.assignments.models import Assignment


@dataclass(frozen=True, slots=True)
class MeTooLine:
    """How many ask the same, whether the reader does, and whether the reader can say so."""

    count: int
    is_mine: bool
    may_say: bool
    url: str


@dataclass(frozen=True, slots=True)
class MarkLine:
    """An open quality mark: its type in words, and its page."""

    label: str
    url: str


@dataclass(slots=True)
class Attention:
    """What stands below the card of a note; `mark_url` is "" for who may not mark it."""

    me_too: MeTooLine | None = None
    marks: list[MarkLine] = field(default_factory=list)
    mark_url: str = ""


def attention_for(
    reader: Reader, assignment: Assignment, cards: Collection[Card]
) -> dict[str, Attention]:
    """By the id of a card, what stands below it. 2 queries."""
    user = reader.user
    ids = [UUID(card.id) for card in cards]
    mine = Q(user_id=user.pk) if user.pk else Q(pk=None)
    said = MeToo.objects.filter(annotation__in=ids).order_by().values_list("annotation_id")
    counts = {
        str(pk): (count, own)
        for pk, count, own in said.annotate(count=Count("pk"), own=Count("pk", filter=mine))
    }
    marks: dict[UUID, list[MarkLine]] = defaultdict(list)
    found = QualityMark.objects.visible_to(user).open().filter(annotation__in=ids).order_by("id")
    for mark in found:
        if mark.annotation_id:
            marks[mark.annotation_id].append(MarkLine(mark.label, mark.get_absolute_url()))
    lines = {str(pk): some for pk, some in marks.items()}
    writes = bool(user.pk) and may_set_mark(reader.membership, assignment.seminar)
    return {
        card.id: Attention(
            me_too=_me_too(card, *counts.get(card.id, (0, 0)), writes=writes),
            marks=lines.get(card.id, []),
            mark_url=reverse("annotations:mark_new", args=["annotation", card.id])
            if writes and not card.status_label
            else "",
        )
        for card in cards
    }


def _me_too(card: Card, count: int, own: int, *, writes: bool) -> MeTooLine | None:
    if card.kind != Kind.QUESTION:
        return None
    may = writes and not card.is_mine and not card.status_label
    return MeTooLine(count, bool(own), may, reverse("annotations:me_too", args=[card.id]))
