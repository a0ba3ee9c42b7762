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
from annotations.queries.attention import attention_for
from annotations.queries.bearing import Surroundings, surroundings
from annotations.queries.cards import Card, Reader, cards_for
from annotations.queries.moderation import tools_for
from annotations.queries.paragraphs import dom_id
from annotations.queries.visits import last_visit
from debate.core.errors import Gone, Missing
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.attention import Attention
    from annotations.queries.moderation import Tools
    from debate.accounts.models import User
    from debate.assignments.models import Assignment


# How much of a paragraph stands around the words that the thread is about.
AROUND = 360


@dataclass(frozen=True, slots=True)
class ThreadParagraph:
    """Where the thread's root sits: its words and what stands around them, or `whole` paragraph."""

    number: int | None
    key: str
    before: str
    exact: str
    after: str
    whole: str
    href: str


@dataclass(frozen=True, slots=True)
class LostWords:
    """Words that a revision removed: they, and what stood around them, are all that is left."""

    before: str
    exact: str
    after: str


@dataclass(slots=True)
class Reply:
    """A reply in its place; without card it has been withdrawn, or others may not read it.

    `is_below` one that answers another reply; `answers` is whom, where that is not the reply that
    heads its part of the thread.
    """

    id: str
    card: Card | None
    is_below: bool
    parent_id: str
    is_answer: bool
    answer_url: str
    is_withdrawn: bool
    tools: Tools | None
    attention: Attention | None
    answers: str = ""


@dataclass(slots=True)
class Thread:
    """An annotation with all its replies in time order, those to a reply below that one.

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
    attention: Attention | None
    around: Surroundings

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
        .values_list("pk", "parent_id", "is_answer", "created_at")
    ]
    ids = [member.pk for member in members]
    cards = {card.id: card for card in cards_for(reader, assignment, ids, whole=True)}
    if str(annotation.pk) not in cards:
        raise Withdrawn(assignment)
    asker = known.filter(pk=root_id).select_related("assignment__seminar").first()
    may_answer = bool(asker and user.pk and may_mark_answer(user, reader.membership, asker))
    root = cards.get(str(root_id))
    tools = tools_for(reader, assignment, ids)
    attention = attention_for(reader, assignment, cards.values())
    return Thread(
        assignment=assignment,
        root_id=str(root_id),
        root=root,
        focus_id=str(annotation.pk),
        paragraphs=_places(assignment, root_id),
        lost=lost_words(assignment, root_id),
        replies=_replies(root_id, members, cards, (tools, attention), may_answer=may_answer),
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
        attention=attention.get(str(root_id)),
        around=surroundings(reader, assignment, root_id) if root else Surroundings(),
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
            before=_before(anchor.paragraph.text[: anchor.start or 0]),
            exact=anchor.exact or "",
            after=_behind(anchor.paragraph.text[anchor.end :]) if anchor.end else "",
            whole="" if anchor.end else anchor.paragraph.text,
            href=f"{page}#{dom_id(anchor.paragraph)}",
        )
        for anchor in anchors.select_related("paragraph")
        if anchor.paragraph
    ]


def _before(text: str) -> str:
    """The end of what stands before the words, from the beginning of a word."""
    if len(text) <= AROUND:
        return text
    kept = text[-AROUND:]
    return f"… {kept[kept.find(' ') + 1 :]}"


def _behind(text: str) -> str:
    """The beginning of what stands behind the words, to the end of a word."""
    if len(text) <= AROUND:
        return text
    return f"{text[:AROUND].rpartition(' ')[0]} …"


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
    created_at: datetime
    is_known: bool = True


def _replies(
    root_id: UUID,
    members: Sequence[_Member],
    cards: dict[str, Card],
    below: tuple[dict[UUID, Tools], dict[str, Attention]],
    *,
    may_answer: bool,
) -> list[Reply]:
    """The replies in time order, but those to a reply follow it, again in time order."""
    tools, attention = below
    known = [*members, *_unread(root_id, members)]
    children: dict[UUID | None, list[_Member]] = defaultdict(list)
    for member in known:
        if member.pk != root_id:
            children[member.parent_id].append(member)
    ordered: list[Reply] = []
    for head in children[root_id]:
        for one in [head, *_below(head, children)]:
            found = cards.get(str(one.pk))
            if found is None and not children[one.pk]:
                continue  # a withdrawn reply that nobody answered leaves no gap
            answerable = may_answer and one is head and found is not None
            ordered.append(
                Reply(
                    id=str(one.pk),
                    card=found,
                    is_below=one is not head,
                    parent_id=str(one.parent_id),
                    is_answer=one.is_answer,
                    answer_url=reverse("annotations:answer", args=[one.pk]) if answerable else "",
                    is_withdrawn=found is None and one.is_known,
                    tools=tools.get(one.pk),
                    attention=attention.get(str(one.pk)),
                    answers=_answered(one, head, cards),
                )
            )
    return ordered


def _below(head: _Member, children: dict[UUID | None, list[_Member]]) -> list[_Member]:
    """All that was said in answer to the reply, and to that in turn, by time."""
    found: list[_Member] = []
    stack = [head.pk]
    while stack:
        more = children[stack.pop()]
        found += more
        stack += [one.pk for one in more]
    return sorted(found, key=lambda one: (one.created_at, one.pk))


def _answered(one: _Member, head: _Member, cards: dict[str, Card]) -> str:
    """Whom a reply answers where its place does not show it."""
    card = cards.get(str(one.parent_id))
    return card.author_name if card and one is not head and one.parent_id != head.pk else ""


def _unread(root_id: UUID, members: Sequence[_Member]) -> list[_Member]:
    """In place of replies that the person may not know, though replies to them are read."""
    known = {root_id, *(member.pk for member in members)}
    missing = {
        member.parent_id: _Member(member.parent_id, root_id, False, member.created_at, False)
        for member in members
        if member.parent_id and member.parent_id not in known
    }
    return list(missing.values())
