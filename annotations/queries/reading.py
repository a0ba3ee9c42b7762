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
from annotations.models import Anchor, ClaimAnchor
from annotations.permissions import may_annotate, may_tag_paragraphs
from annotations.queries.cards import Card, KindCount, Reader, cards_for, kind_counts, shortened
from annotations.queries.density import tints
from annotations.queries.filters import Choices, ReadingFilters, choices, groups_of
from annotations.queries.graph import SHORT_WORDS, argument_graph
from annotations.queries.paragraphs import (
    AnchoredRow,
    ReadingParagraph,
    annotate_url,
    more_url,
    next_url,
    paragraph_of,
    permalink,
    tag_url,
)
from annotations.queries.rounds import EVERY_KIND
from annotations.queries.standing import Standing, standing
from annotations.queries.visits import new_replies
from annotations.queries.vocabulary import paragraph_tags
from debate.core.moments import in_words
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.graph import ClaimNode
    from annotations.queries.rounds import OpenKinds
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Essay, Paragraph, Revision


CARDS_A_PARAGRAPH = 4
MARKS_A_PARAGRAPH = 40
CARDS_A_PAGE = 100
CARDS_MORE = 20
PIPS_A_PARAGRAPH = 5
PIPS_A_CROWD = 3


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
    choices: Choices
    affected: list[Affected]
    earlier: list[int]
    shown_rule: str

    @property
    def essay(self) -> Essay:
        """The essay that is read."""
        return self.assignment.essay

    @property
    def kinds(self) -> OpenKinds:
        """The kinds that the reader may post now."""
        return self.standing.kinds if self.standing else EVERY_KIND

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
    only: Collection[int] | None = None,
    more: tuple[int, int] | None = None,
) -> ReadingPage:
    """The essay of the assignment, with what the person may see of what stands beside it.

    Of an earlier `revision` it shows the annotations where they stood in it; nothing is added
    there. What others posted after `since` is marked as new. With `only`, the numbers of some
    paragraphs, these alone are given, as they are on the whole page, and of what stands around
    the essay how many notes there are and, to staff, how the seminar stands. `more` is the number
    of a paragraph, and how many cards of it are wanted.
    """
    membership = membership_of(user, assignment.seminar)
    reader = Reader(user, membership, revision or assignment.revision, since)
    is_current = reader.revision == assignment.revision
    can_annotate = is_current and may_annotate(reader.membership, assignment.seminar)
    claims_there = ClaimAnchor.objects.filter(
        claim__assignment=assignment, paragraph=OuterRef("pk")
    )
    paragraphs = list(reader.revision.paragraphs.annotate(has_claims=Exists(claims_there)))
    has_claims = any(one.has_claims for one in paragraphs)  # type: ignore[attr-defined]  # annotated
    claims = _essay_claims(user, assignment) if is_current and has_claims else {}
    rows = anchored_rows(reader, assignment)
    news = _news(reader, assignment, rows)
    together = (
        groups_of(reader, assignment) if show_notes and (only is None or filters.group) else {}
    )
    chosen = [row for row in rows if show_notes and filters.admit(row, user, news, together)]
    wanted = {one.pk: more[1] for one in paragraphs if more and one.number == more[0]}
    beside = _beside(reader.user, chosen, wanted)
    cards_there = sum(len(group) for group in beside.shown.values())
    orphans = [row.annotation_id for row in beside.groups.get(None, [])]
    among = cards_there + len(orphans)
    if only is not None:
        paragraphs = [one for one in paragraphs if one.number in only]
        beside.shown = {one.pk: beside.shown.get(one.pk, []) for one in paragraphs}
        orphans = []
    found = cards_for(reader, assignment, [*beside.ids, *orphans], among=among)
    cards = {card.id: card for card in found}
    for shown_card in cards.values():
        shown_card.new_replies = news[UUID(shown_card.id)] - shown_card.is_new
    everything = [row for group in _first_anchors(rows).values() for row in group]
    said_since = in_words(since, timezone.now()) if since else ""
    page = ReadingPage(
        assignment=assignment,
        revision=reader.revision,
        is_current=is_current,
        paragraphs=_with_notes(reader, paragraphs, beside, cards=cards, news=news),
        kind_counts=kind_counts(row.kind for row in everything),
        total=len(everything),
        unanswered=sum(row.is_unanswered for row in everything),
        show_notes=show_notes,
        filters=filters,
        can_annotate=can_annotate,
        is_staff=is_staff(reader.membership),
        is_member=reader.membership is not None,
        orphans=[cards[str(pk)] for pk in orphans if str(pk) in cards],
        standing=standing(
            reader, assignment, paragraphs=paragraphs, rows=rows, cards=cards.values()
        )
        if is_current and (only is None or is_staff(membership))
        else None,
        since=said_since,
        new=news.total(),
        choices=choices(
            reader,
            assignment,
            filters,
            everything,
            news=news,
            since=said_since,
            groups=together,
        )
        if show_notes and only is None
        else Choices(),
        affected=_affected(reader, assignment) if is_current and only is None else [],
        earlier=list(range(1, assignment.revision.number)),
        shown_rule=beside.rule,
    )
    tagged = paragraph_tags(user, assignment)
    may_tag = is_current and may_tag_paragraphs(membership, assignment.seminar)
    for paragraph, item in zip(paragraphs, page.paragraphs, strict=True):
        item.tags = tagged.get(paragraph.key, [])
        if paragraph.number:
            item.link = permalink(reader.revision, paragraph)
            item.tag_url = tag_url(assignment, paragraph) if may_tag else ""
            item.more_url = more_url(assignment, reader.revision, paragraph.number)
            item.next_url = next_url(filters, paragraph.number, len(item.cards) + CARDS_MORE)
            if paragraph.number in claims:
                item.standing, item.standing_url = _stand(assignment, claims[paragraph.number])
            if can_annotate:
                item.annotate_url = annotate_url(assignment, paragraph)
    return page


@dataclass(slots=True)
class _Beside:
    """The rows that were asked for by the paragraph they stand beside, and those that have cards.

    `marked` are the rows whose words are marked, `unmarked` those whose words are only counted:
    up to 40 of a paragraph all are marked, beyond that those that have cards.
    """

    groups: dict[UUID | None, list[AnchoredRow]]
    shown: dict[UUID, list[AnchoredRow]]
    cap: int
    marked: dict[UUID, list[AnchoredRow]]
    unmarked: dict[UUID, list[AnchoredRow]]

    @property
    def ids(self) -> list[UUID]:
        """The annotations that have cards."""
        return [row.annotation_id for group in self.shown.values() for row in group]

    @property
    def rule(self) -> str:
        """In words which notes are shown, and which of them are marked."""
        rule = (
            f"Up to {self.cap} note{'s' if self.cap > 1 else ''} of each paragraph stand beside it: "
            "pinned ones and yours first, then unanswered counterarguments, then the newest."
        )
        if not self.unmarked:
            return rule
        return (
            f"{rule} Where a paragraph has more than {MARKS_A_PARAGRAPH}, only the words of these are "
            "marked; a faint tint, in three steps, tells on which sentences the others lie."
        )


def _beside(
    user: User | AnonymousUser, chosen: list[AnchoredRow], wanted: Mapping[UUID, int]
) -> _Beside:
    """The rows beside their paragraphs; of some more cards are `wanted` than the page would give."""
    groups = _first_anchors(chosen)
    cap = _cards_a_paragraph([len(group) for key, group in groups.items() if key])
    shown = {
        paragraph_id: sorted(group, key=lambda row: _rank(row, user))[
            : max(cap, wanted.get(paragraph_id, 0))
        ]
        for paragraph_id, group in groups.items()
        if paragraph_id
    }
    ids = {row.annotation_id for group in shown.values() for row in group}
    placed: dict[UUID, list[AnchoredRow]] = defaultdict(list)
    for row in chosen:
        if row.paragraph_id and row.start is not None:
            placed[row.paragraph_id].append(row)
    crowded = {key for key, group in placed.items() if len(group) > MARKS_A_PARAGRAPH}
    marked = {
        key: [row for row in group if key not in crowded or row.annotation_id in ids]
        for key, group in placed.items()
    }
    unmarked = {
        key: [row for row in placed[key] if row.annotation_id not in ids] for key in crowded
    }
    return _Beside(groups, shown, cap, marked, unmarked)


def _with_notes(
    reader: Reader,
    paragraphs: Iterable[Paragraph],
    beside: _Beside,
    *,
    cards: dict[str, Card],
    news: Mapping[UUID, int],
) -> list[ReadingParagraph]:
    """The paragraphs with their marks, their cards, and what is told of their notes."""
    ids = set(beside.ids)
    items = []
    for paragraph in paragraphs:
        item = paragraph_of(
            paragraph,
            beside.marked.get(paragraph.pk, []),
            ids,
            reader=reader.user.pk,
            tints=tints(paragraph.text, beside.unmarked.get(paragraph.pk, [])),
        )
        group = beside.groups.get(paragraph.pk, [])
        item.cards = _in_place(beside.shown.get(paragraph.pk, []), cards)
        item.total = len(group)
        item.more = len(group) - len(item.cards)
        item.next_cards = min(item.more, CARDS_MORE)
        item.unanswered = sum(row.is_unanswered for row in group)
        item.new = sum(news[row.annotation_id] for row in group)
        item.pips = kind_counts((row.kind for row in group), all_kinds=False)
        pips = len(group) if len(group) <= PIPS_A_PARAGRAPH else PIPS_A_CROWD
        item.dots = [row.kind for row in group[:pips]]
        item.more_dots = len(group[pips:])
        items.append(item)
    return items


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


def _essay_claims(user: User | AnonymousUser, assignment: Assignment) -> dict[int, list[ClaimNode]]:
    """By the number of a paragraph, what it claims as far as the person may know."""
    claims = defaultdict(list)
    for node in argument_graph(user, assignment).essay_claims:
        if node.place.number:
            claims[node.place.number].append(node)
    return claims


def _stand(assignment: Assignment, claims: Sequence[ClaimNode]) -> tuple[str, str]:
    """How the claims of a paragraph stand, in words, and where they are on the map."""
    place = [assignment.seminar.slug, assignment.slug]
    if len(claims) == 1:
        url = reverse("annotations:claim", args=[*place, claims[0].id])
        return f"Its claim: {SHORT_WORDS[claims[0].label]}", url
    counts = Counter(one.label for one in claims)
    words = [
        f"{counts[label]} {said if counts[label] == 1 else said.replace('has ', 'have ')}"
        for label, said in SHORT_WORDS.items()
        if counts[label]
    ]
    url = reverse("annotations:map", args=place)
    return f"Its {len(claims)} claims: {', '.join(words)}", f"{url}?p={claims[0].place.number}"


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
