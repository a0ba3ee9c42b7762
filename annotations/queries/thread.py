"""A thread: an annotation with all its replies."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Min, Q
from django.urls import reverse

from annotations import selectors
from annotations.enums import AnchorState
from annotations.models import Anchor, Annotation
from annotations.permissions import may_annotate, may_change_audience, may_mark_answer
from annotations.queries.cards import Card, Reader, cards_for
from annotations.queries.moderation import tools_for
from annotations.queries.paragraphs import dom_id
from annotations.queries.visits import last_visit
from debate.core.errors import Gone, Missing
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.moderation import Tools
    from debate.accounts.models import User
    from debate.assignments.models import Assignment


DEEPEST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class ThreadParagraph:
    """Where the thread's root sits: its words within their paragraph."""

    number: int | None
    key: str
    before: str
    exact: str
    after: str
    href: str


@dataclass(frozen=True, slots=True)
class LostWords:
    """Words that a revision removed: they, and what stood around them, are all that is left."""

    before: str
    exact: str
    after: str


@dataclass(slots=True)
class Reply:
    """A reply in its place; without card it has been withdrawn, or others may not read it."""

    id: str
    card: Card | None
    depth: int
    parent_id: str
    is_answer: bool
    answer_url: str
    is_withdrawn: bool
    tools: Tools | None


@dataclass(slots=True)
class Thread:
    """An annotation with all its replies, each under what it answers.

    Without `root` the first annotation has been withdrawn, or the person may not read it.
    """

    assignment: Assignment
    root_id: str
    root: Card | None
    focus_id: str
    paragraphs: list[ThreadParagraph]
    lost: list[LostWords]
    replies: list[Reply]
    history_url: str
    can_reply: bool
    can_annotate: bool
    can_place: bool
    can_change_audience: bool
    revision_number: int
    written_on: int
    is_withdrawn: bool
    tools: Tools | None

    @property
    def title(self) -> str:
        """What the page is about, in a few words."""
        if self.root:
            return f"{self.root.label} by {self.root.author_name}"
        what = "a withdrawn annotation" if self.is_withdrawn else "what is not shown"
        return f"Replies to {what}"

    @property
    def written_on_url(self) -> str:
        """The revision that it was written on, as it stood; "" when that is the one shown."""
        if self.written_on == self.revision_number:
            return ""
        place = [self.assignment.seminar.slug, self.assignment.slug, self.written_on]
        return f"{reverse('annotations:revision', args=place)}#a-{self.root_id}"

    @property
    def audience_url(self) -> str:
        """Where one says who reads it; "" for those who may not."""
        may = self.can_change_audience
        return reverse("annotations:audience", args=[self.root_id]) if may else ""

    @property
    def place_url(self) -> str:
        """Where it is put onto other words by hand; "" for those who may not."""
        return reverse("annotations:place", args=[self.root_id]) if self.can_place else ""


class Withdrawn(Gone):
    """The annotation can no longer be read; `assignment` is where it stood."""

    def __init__(self, assignment: Assignment) -> None:
        super().__init__("This annotation has been withdrawn by its author.")
        self.assignment = assignment


def thread(*, user: User | AnonymousUser, annotation_id: UUID) -> Thread:
    """The thread of the annotation. Raises Missing, and Withdrawn for what was taken back since."""
    known = Annotation.objects.known_to(user)
    annotation = (
        known.select_related(
            "assignment__seminar", "assignment__essay", "assignment__revision", "root"
        )
        .filter(pk=annotation_id)
        .first()
    )
    if annotation is None:
        raise Missing
    assignment = annotation.assignment
    since = last_visit(user, assignment)
    reader = Reader(user, membership_of(user, assignment.seminar), assignment.revision, since)
    root_id = annotation.root_id or annotation.pk
    members = [
        _Member(*row)
        for row in known.filter(Q(pk=root_id) | Q(root=root_id))
        .order_by("created_at", "id")
        .values_list("pk", "parent_id", "is_answer", "depth")
    ]
    ids = [member.pk for member in members]
    cards = {card.id: card for card in cards_for(reader, assignment, ids, whole=True)}
    if str(annotation.pk) not in cards:
        raise Withdrawn(assignment)
    asker = known.filter(pk=root_id).select_related("assignment__seminar").first()
    may_answer = bool(asker and user.pk and may_mark_answer(user, reader.membership, asker))
    root = cards.get(str(root_id))
    tools = tools_for(reader, assignment, ids)
    return Thread(
        assignment=assignment,
        root_id=str(root_id),
        root=root,
        focus_id=str(annotation.pk),
        paragraphs=_places(assignment, root_id),
        lost=lost_words(assignment, root_id),
        replies=_replies(root_id, members, cards, tools, may_answer=may_answer),
        history_url=_history_url(reader, root),
        can_reply=bool(root and root.reply_url),
        can_annotate=may_annotate(reader.membership, assignment.seminar),
        can_place=bool(root and _may_place(reader, root)),
        can_change_audience=bool(
            asker and root and user.pk and may_change_audience(user, reader.membership, asker)
        ),
        revision_number=assignment.revision.number,
        written_on=_written_on(root_id, assignment),
        is_withdrawn=root is None and root_id in ids,
        tools=tools.get(root_id),
    )


def _history_url(reader: Reader, root: Card | None) -> str:
    if root is None or not (root.is_mine or is_staff(reader.membership)):
        return ""
    return reverse("annotations:history", args=[root.id])


def _may_place(reader: Reader, root: Card) -> bool:
    writes = reader.membership is not None and reader.membership.may_write
    return writes and (root.is_mine or is_staff(reader.membership)) and not root.status_label


def _written_on(root_id: UUID, assignment: Assignment) -> int:
    """The number of the revision that the annotation was written on."""
    anchors = Anchor.objects.filter(annotation=root_id)
    first = anchors.aggregate(number=Min("revision__number"))["number"]
    return first or assignment.revision.number


def _places(assignment: Assignment, root_id: UUID) -> list[ThreadParagraph]:
    anchors = Anchor.objects.filter(annotation=root_id, revision=assignment.revision)
    page = reverse("annotations:reading", args=[assignment.seminar.slug, assignment.slug])
    return [
        ThreadParagraph(
            number=anchor.paragraph.number,
            key=str(anchor.paragraph.key),
            before=anchor.paragraph.text[: anchor.start or 0],
            exact=anchor.exact or "",
            after=anchor.paragraph.text[anchor.end or 0 :],
            href=f"{page}#{dom_id(anchor.paragraph)}",
        )
        for anchor in anchors.select_related("paragraph")
        if anchor.paragraph
    ]


def lost_words(assignment: Assignment, annotation_id: UUID) -> list[LostWords]:
    """What the annotation stood on, as far as the revision that is shown has no place for it."""
    anchors = Anchor.objects.filter(
        annotation=annotation_id, revision=assignment.revision, state=AnchorState.ORPHANED
    )
    return [
        LostWords(*in_ellipses(anchor.prefix, anchor.exact or "", anchor.suffix))
        for anchor in anchors.order_by("position")
    ]


def in_ellipses(before: str, exact: str, after: str) -> tuple[str, str, str]:
    """Words with the context they were stored with, and where that was cut, an ellipsis."""
    start = "…" if len(before) == selectors.CONTEXT else ""
    end = "…" if len(after) == selectors.CONTEXT else ""
    return start + before, exact, after + end


class _Member(NamedTuple):
    """What is known of an annotation of the thread before it is shown."""

    pk: UUID
    parent_id: UUID | None
    is_answer: bool
    depth: int
    is_known: bool = True


def _replies(
    root_id: UUID,
    members: Sequence[_Member],
    cards: dict[str, Card],
    tools: dict[UUID, Tools],
    *,
    may_answer: bool,
) -> list[Reply]:
    """The replies in reading order: each behind what it answers, by time among siblings."""
    children: dict[UUID | None, list[_Member]] = defaultdict(list)
    for member in [*members, *_unread(root_id, members)]:
        if member.pk != root_id:
            children[member.parent_id].append(member)
    ordered: list[Reply] = []
    stack = list(reversed(children[root_id]))
    while stack:
        one = stack.pop()
        stack += reversed(children[one.pk])
        found = cards.get(str(one.pk))
        if found is None and not children[one.pk]:
            continue  # a withdrawn reply that nobody answered leaves no gap
        answerable = may_answer and one.parent_id == root_id and found is not None
        ordered.append(
            Reply(
                id=str(one.pk),
                card=found,
                depth=min(one.depth, DEEPEST_SHOWN),
                parent_id=str(one.parent_id),
                is_answer=one.is_answer,
                answer_url=reverse("annotations:answer", args=[one.pk]) if answerable else "",
                is_withdrawn=found is None and one.is_known,
                tools=tools.get(one.pk),
            )
        )
    return ordered


def _unread(root_id: UUID, members: Sequence[_Member]) -> list[_Member]:
    """In place of replies that the person may not know, though replies to them are read."""
    known = {root_id, *(member.pk for member in members)}
    missing = {
        member.parent_id: _Member(member.parent_id, root_id, False, member.depth - 1, False)
        for member in members
        if member.parent_id and member.parent_id not in known
    }
    return list(missing.values())
