"""A paragraph's annotations, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.enums import Status
from annotations.permissions import may_annotate
from annotations.queries.cards import Card, Reader, cards_for
from annotations.queries.paragraphs import ReadingParagraph, annotate_url, paragraph_of
from annotations.queries.visits import last_visit
from debate.core.errors import Missing
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Revision


@dataclass(slots=True)
class Margin:
    """All annotations on one paragraph, a page of them."""

    assignment: Assignment
    paragraph: ReadingParagraph
    cards: list[Card]
    next_after: UUID | None


def margin(
    *,
    user: User | AnonymousUser,
    assignment: Assignment,
    number: int,
    after: UUID | None,
    size: int,
    revision: Revision | None = None,
) -> Margin:
    """A page of the annotations on a numbered paragraph, oldest first. Raises Missing.

    Pinned ones stand before all others, on the first page.
    """
    membership, since = membership_of(user, assignment.seminar), last_visit(user, assignment)
    reader = Reader(user, membership, revision or assignment.revision, since)
    paragraph = reader.revision.paragraphs.filter(number=number).first()
    if paragraph is None:
        raise Missing
    found = (
        reader.annotations()
        .top_level()
        .filter(assignment=assignment)
        .exclude(status=Status.WITHDRAWN)
        .on(paragraph)
    )
    pinned = found.exclude(pinned_at=None)
    others = found.filter(pinned_at=None)
    first = [] if after else list(pinned.order_by("pk").values_list("pk", flat=True))
    if after:
        others = others.filter(pk__gt=after)
    ids = list(others.order_by("pk").values_list("pk", flat=True)[: size + 1])
    page = ids[:size]
    cards = sorted(
        cards_for(reader, assignment, [*first, *page], whole=True),
        key=lambda one: (not one.pinned, one.id),
    )
    item = paragraph_of(paragraph, [])
    is_current = reader.revision == assignment.revision
    if is_current and may_annotate(reader.membership, assignment.seminar):
        item.annotate_url = annotate_url(assignment, paragraph)
    return Margin(assignment, item, cards, page[-1] if len(ids) > size else None)
