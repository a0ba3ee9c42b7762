"""The reading page: the essay with what the person may see of what stands beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from annotations.enums import AnchorState, Kind, Status
from annotations.models import Anchor
from annotations.permissions import may_annotate, may_tag_paragraphs
from annotations.queries.cards import Card, KindCount, Reader, cards_for, kind_counts, shortened
from annotations.queries.paragraphs import (
    AnchoredRow,
    ReadingParagraph,
    annotate_url,
    more_url,
    paragraph_of,
    tag_url,
)
from annotations.queries.standing import Standing, standing
from annotations.queries.visits import new_replies
from annotations.queries.vocabulary import TagLabel, paragraph_tags, tag_labels
from debate.accounts.enums import Highlights
from debate.core.moments import in_words
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Essay, Revision


CARDS_A_PARAGRAPH = 4
MARKS_A_PARAGRAPH = 40
CARDS_A_PAGE = 100
TAGS_A_PAGE = 40


@dataclass(frozen=True, slots=True)
class ReadingFilters:
    """Which annotations the reader asked to see."""

    kind: str = ""
    author: UUID | None = None
    unanswered: bool = False
    mine: bool = False
    new: bool = False
    tag: str = ""

    @property
    def active(self) -> bool:
        """Whether any filter is set."""
        chosen = (self.kind, self.author, self.unanswered, self.mine, self.new, self.tag)
        return any(chosen)


@dataclass(frozen=True, slots=True)
class TagCount:
    """A tag, and how many notes of the page carry it."""

    tag: TagLabel
    count: int
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Affected:
    """One of the reader's annotations that did not stay exactly where it was."""

    url: str
    kind: str
    label: str
    quote: str
    state_label: str


@dataclass(frozen=True, slots=True)
class EarlierRevision:
    """An earlier revision, by its number, and where it is read as it stood."""

    number: int
    url: str


@dataclass(slots=True)
class ReadingPage:
    """Everything the reading page shows."""

    assignment: Assignment
    revision: Revision
    is_current: bool
    paragraphs: list[ReadingParagraph]
    kind_counts: list[KindCount]
    total: int
    unanswered: int
    show_notes: bool
    filters: ReadingFilters
    can_annotate: bool
    is_staff: bool
    is_member: bool
    orphans: list[Card]
    standing: Standing | None
    since: str
    new: int
    tags: list[TagCount]
    affected: list[Affected]
    earlier: list[int]
    shown_rule: str

    @property
    def essay(self) -> Essay:
        """The essay that is read."""
        return self.assignment.essay

    @property
    def is_bare(self) -> bool:
        """Whether no note stands on the page, because there is none or none fits the filters."""
        return not self.orphans and not any(paragraph.total for paragraph in self.paragraphs)

    @property
    def earlier_urls(self) -> list[EarlierRevision]:
        """Where the earlier revisions are read, the newest first."""
        place = [self.assignment.seminar.slug, self.assignment.slug]
        return [
            EarlierRevision(number, reverse("annotations:revision", args=[*place, number]))
            for number in reversed(self.earlier)
        ]


_ROW = (
    "id",
    "anchors__paragraph_id",
    "anchors__position",
    "anchors__start",
    "anchors__end",
    "kind",
    "author_id",
    "shown_author_id",
    "shown_author_name",
    "created_at",
    "published_at",
    "is_unanswered",
    "pinned_at",
    "tags",
)


def reading_page(
    *,
    user: User | AnonymousUser,
    assignment: Assignment,
    filters: ReadingFilters,
    show_notes: bool = True,
    revision: Revision | None = None,
    since: datetime | None = None,
) -> ReadingPage:
    """The essay of the assignment, with what the person may see of what stands beside it.

    Of an earlier `revision` it shows the annotations where they stood in it; nothing is added
    there. What others posted after `since` is marked as new.
    """
    membership = membership_of(user, assignment.seminar)
    reader = Reader(user, membership, revision or assignment.revision, since)
    is_current = reader.revision == assignment.revision
    can_annotate = is_current and may_annotate(reader.membership, assignment.seminar)
    paragraphs = list(reader.revision.paragraphs.all())
    rows = anchored_rows(reader, assignment)
    news = _news(reader, assignment, rows)
    chosen = [row for row in rows if _passes(row, filters, user, news)] if show_notes else []
    beside = _first_anchors(chosen)
    cap = _cards_a_paragraph([len(group) for key, group in beside.items() if key])
    shown = {
        paragraph_id: sorted(group, key=lambda row: _rank(row, user))[:cap]
        for paragraph_id, group in beside.items()
        if paragraph_id
    }
    ids = [row.annotation_id for group in shown.values() for row in group]
    orphans = [row.annotation_id for row in beside.get(None, [])]
    cards = {card.id: card for card in cards_for(reader, assignment, [*ids, *orphans])}
    for shown_card in cards.values():
        shown_card.new_replies = news[UUID(shown_card.id)] - shown_card.is_new
    marks = _marks(_coloured(reader.user, chosen), set(ids))
    everything = _first_anchors(rows)
    page = ReadingPage(
        assignment=assignment,
        revision=reader.revision,
        is_current=is_current,
        paragraphs=[],
        kind_counts=kind_counts(row.kind for group in everything.values() for row in group),
        total=sum(len(group) for group in everything.values()),
        unanswered=sum(row.is_unanswered for group in everything.values() for row in group),
        show_notes=show_notes,
        filters=filters,
        can_annotate=can_annotate,
        is_staff=is_staff(reader.membership),
        is_member=reader.membership is not None,
        orphans=[cards[str(pk)] for pk in orphans if str(pk) in cards],
        standing=standing(
            reader, assignment, paragraphs=paragraphs, rows=rows, cards=cards.values()
        )
        if is_current
        else None,
        since=in_words(since, timezone.now()) if since else "",
        new=news.total(),
        tags=_tag_counts(reader, assignment, everything, filters.tag),
        affected=_affected(reader, assignment) if is_current else [],
        earlier=list(range(1, assignment.revision.number)),
        shown_rule=(
            f"Up to {cap} note{'s' if cap > 1 else ''} of each paragraph stand beside it: "
            "pinned ones and yours first, then unanswered counterarguments, then the newest."
        ),
    )
    tagged = paragraph_tags(user, assignment)
    may_tag = is_current and may_tag_paragraphs(membership, assignment.seminar)
    for paragraph in paragraphs:
        item = paragraph_of(paragraph, marks.get(paragraph.pk, []), set(ids))
        group = beside.get(paragraph.pk, [])
        item.cards = _in_place(shown.get(paragraph.pk, []), cards)
        item.total = len(group)
        item.more = len(group) - len(item.cards)
        item.unanswered = sum(row.is_unanswered for row in group)
        item.new = sum(news[row.annotation_id] for row in group)
        item.pips = kind_counts((row.kind for row in group), all_kinds=False)
        item.tags = tagged.get(paragraph.key, [])
        if paragraph.number:
            item.tag_url = tag_url(assignment, paragraph) if may_tag else ""
            item.more_url = more_url(assignment, reader.revision, paragraph.number)
            if can_annotate:
                item.annotate_url = annotate_url(assignment, paragraph)
        page.paragraphs.append(item)
    return page


def anchored_rows(reader: Reader, assignment: Assignment) -> list[AnchoredRow]:
    """Every anchor in the revision of what the person may read at the top level, in text order."""
    readable = reader.annotations()
    anchored = (
        readable.top_level()
        .filter(assignment=assignment, anchors__revision=reader.revision)
        .exclude(status=Status.WITHDRAWN)
        .with_is_unanswered(readable)
        .with_shown_author(reader.user)
        .order_by("anchors__paragraph__position", F("anchors__start").asc(nulls_first=True), "id")
        .values_list(*_ROW)
    )
    return [AnchoredRow(*row) for row in anchored]


def _cards_a_paragraph(counts: Sequence[int]) -> int:
    """How many cards each paragraph may have: four, fewer where the page would hold over 100."""
    for cap in range(CARDS_A_PARAGRAPH, 1, -1):
        if sum(min(count, cap) for count in counts) <= CARDS_A_PAGE:
            return cap
    return 1


def _news(reader: Reader, assignment: Assignment, rows: Iterable[AnchoredRow]) -> Counter[UUID]:
    """How much is new of each thread on the page: its first annotation, and its replies."""
    since = reader.since
    threads = new_replies(reader.user, assignment, since)
    news: Counter[UUID] = Counter()
    for row in rows:
        if since and row.position == 0:
            is_new = row.author_id != reader.user.pk and (row.published_at or since) > since
            news[row.annotation_id] = is_new + threads.get(row.annotation_id, 0)
    return news


def _passes(
    row: AnchoredRow,
    filters: ReadingFilters,
    user: User | AnonymousUser,
    news: Mapping[UUID, int],
) -> bool:
    return (
        (not filters.kind or row.kind == filters.kind)
        and (not filters.author or row.shown_author_id == filters.author)
        and (not filters.unanswered or row.is_unanswered)
        and (not filters.mine or row.author_id == user.pk)
        and (not filters.new or bool(news[row.annotation_id]))
        and (not filters.tag or filters.tag in row.tags)
    )


def _tag_counts(
    reader: Reader,
    assignment: Assignment,
    everything: Mapping[UUID | None, Iterable[AnchoredRow]],
    chosen: str,
) -> list[TagCount]:
    """The tags of what stands on the page, the commonest first, and the one that is chosen."""
    rows = (row for group in everything.values() for row in group)
    counts = Counter(tag for row in rows for tag in row.tags)
    if chosen:
        counts.setdefault(chosen, 0)
    labels = tag_labels(reader.user, assignment.seminar, counts)
    return [
        TagCount(labels[key], count, is_chosen=key == chosen)
        for key, count in sorted(counts.items(), key=lambda one: (-one[1], labels[one[0]].label))
    ][:TAGS_A_PAGE]


def _rank(row: AnchoredRow, user: User | AnonymousUser) -> tuple[bool, bool, bool, float]:
    """Pinned, mine, unanswered counterarguments, the newest: the rule told on the page."""
    challenge = row.kind == Kind.COUNTERARGUMENT and row.is_unanswered
    is_mine = row.author_id == user.pk
    return (row.pinned_at is None, not is_mine, not challenge, -row.created_at.timestamp())


def _first_anchors(rows: Iterable[AnchoredRow]) -> dict[UUID | None, list[AnchoredRow]]:
    """Rows by paragraph, an annotation on several paragraphs under its first only."""
    groups: dict[UUID | None, list[AnchoredRow]] = defaultdict(list)
    for row in rows:
        if row.position == 0:
            groups[row.paragraph_id].append(row)
    return groups


def _coloured(user: User | AnonymousUser, rows: list[AnchoredRow]) -> list[AnchoredRow]:
    """The rows whose words are to be marked by what the person chose; for visitors all."""
    wanted = getattr(user, "highlights", Highlights.ALL)
    if wanted == Highlights.ALL:
        return rows
    return [row for row in rows if wanted == Highlights.MINE and row.author_id == user.pk]


def _marks(rows: Iterable[AnchoredRow], shown: set[UUID]) -> dict[UUID, list[AnchoredRow]]:
    """The rows whose words are marked: all of a paragraph up to 40, beyond that the shown cards'."""
    groups: dict[UUID, list[AnchoredRow]] = defaultdict(list)
    for row in rows:
        if row.paragraph_id and row.start is not None:
            groups[row.paragraph_id].append(row)
    return {
        paragraph_id: group
        if len(group) <= MARKS_A_PARAGRAPH
        else [row for row in group if row.annotation_id in shown]
        for paragraph_id, group in groups.items()
    }


def _in_place(rows: Iterable[AnchoredRow], cards: dict[str, Card]) -> list[Card]:
    """Pinned cards, then those in the order of their words, so that they line up with the text."""
    ordered = sorted(rows, key=lambda row: (row.pinned_at is None, row.start or 0, row.created_at))
    return [cards[str(row.annotation_id)] for row in ordered if str(row.annotation_id) in cards]


def _affected(reader: Reader, assignment: Assignment) -> list[Affected]:
    """The reader's annotations that the newest revision moved, edited or removed the words of.

    Each once, by its least sure anchor; what an earlier revision did already is not told again.
    """
    if reader.revision.number == 1 or not reader.user.pk:
        return []
    changed = (AnchorState.MOVED, AnchorState.EDITED, AnchorState.ORPHANED)
    before = Anchor.objects.filter(
        Q(paragraph__key=OuterRef("paragraph__key")) | Q(state=AnchorState.ORPHANED),
        annotation=OuterRef("annotation"),
        revision__number=reader.revision.number - 1,
        state=OuterRef("state"),
        confidence=OuterRef("confidence"),
    )
    anchors = Anchor.objects.filter(
        ~Exists(before),
        revision=reader.revision,
        state__in=changed,
        annotation__in=reader.annotations().filter(assignment=assignment, author=reader.user.pk),
    ).exclude(annotation__status=Status.WITHDRAWN)
    least_sure = anchors.order_by("annotation_id", "confidence", "position")
    return [
        Affected(
            url=reverse("annotations:detail", args=[anchor.annotation_id]),
            kind=anchor.annotation.kind,
            label=str(anchor.annotation.get_kind_display()),
            quote=shortened(anchor.exact or "", 0),
            state_label=anchor.state_label,
        )
        for anchor in least_sure.distinct("annotation_id").select_related("annotation")
    ]
