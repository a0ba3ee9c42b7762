"""The reading page: the essay with what the person may see of what stands beside it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from functools import cache
from heapq import nsmallest
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.db.models import Exists, F, FloatField, Func, OuterRef, Q, TextField
from django.db.models.functions import Cast
from django.db.models.lookups import IsNull
from django.urls import reverse
from django.utils import timezone

from annotations.enums import AnchorState, Kind, Status
from annotations.models import Anchor, Annotation, ClaimAnchor
from annotations.permissions import may_annotate, may_tag_paragraphs
from annotations.queries.cards import Card, KindCount, Reader, kind_counts, shortened, shown_cards
from annotations.queries.density import tints
from annotations.queries.filters import Choices, ReadingFilters, choices, groups_of
from annotations.queries.graph import SHORT_WORDS, argument_graph
from annotations.queries.kept import Kept
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
from debate.core.db import ANYBODY, Somebody, Statement
from debate.core.moments import in_words
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.cards import Rules
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
    "key",
    "place",
    "anchors__position",
    "anchors__start",
    "anchors__end",
    "kind",
    "writer",
    "shown_writer",
    "shown_author_name",
    "written",
    "published",
    "is_unanswered",
    "is_pinned",
    "tags",
)
# Stand for the assignment and its revision in the statement of the rows.
_ASSIGNMENT, _REVISION = (UUID(int=ANYBODY.int - n) for n in (11, 12))


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
    rules: Rules | None = None,
) -> ReadingPage:
    """The essay of the assignment, with what the person may see of what stands beside it.

    Of an earlier `revision` it shows the annotations where they stood in it; nothing is added
    there. What others posted after `since` is marked as new. With `only`, the numbers of some
    paragraphs, these alone are given, as they are on the whole page, and of what stands around
    the essay how many notes there are and, to staff, how the seminar stands. `more` is the number
    of a paragraph, and how many cards of it are wanted. `rules` are those by which the person
    reads, where the caller knows them.
    """
    membership = membership_of(user, assignment.seminar)
    reader = Reader(user, membership, revision or assignment.revision, since, rules)
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
    chosen = rows if show_notes else []
    if filters.active:
        chosen = [row for row in chosen if filters.admit(row, user, news, together)]
    wanted = {str(one.pk): more[1] for one in paragraphs if more and one.number == more[0]}
    beside = _beside(reader.user, chosen, wanted)
    cards_there = sum(len(group) for group in beside.shown.values())
    orphans = [row.annotation_id for row in beside.groups.get(None, [])]
    among = cards_there + len(orphans)
    if only is not None:
        paragraphs = [one for one in paragraphs if one.number in only]
        beside.shown = {str(one.pk): beside.shown.get(str(one.pk), []) for one in paragraphs}
        orphans = []
    ids = [UUID(pk) for pk in (*beside.ids, *orphans)]
    found = shown_cards(reader, assignment, ids, among=among)
    cards = {card.id: card for card in found}
    for row in rows if since else ():
        pk = row.annotation_id
        if row.position == 0 and pk in cards and news[pk]:
            is_new = _is_new(row, reader)
            cards[pk] = replace(cards[pk], is_new=is_new, new_replies=news[pk] - is_new)
    everything = [row for row in rows if row.position == 0]
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
        orphans=[cards[pk] for pk in orphans if pk in cards],
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
    _tell_addresses(reader, page, paragraphs, claims)
    if rules:
        rules.settle()
    return page


def _tell_addresses(
    reader: Reader,
    page: ReadingPage,
    paragraphs: Iterable[Paragraph],
    claims: Mapping[int, Sequence[ClaimNode]],
) -> None:
    """Say of each paragraph its tags, how its claims stand, and where one goes on from it."""
    assignment = page.assignment
    tagged = paragraph_tags(reader.user, assignment)
    may_tag = page.is_current and may_tag_paragraphs(reader.membership, assignment.seminar)
    for paragraph, item in zip(paragraphs, page.paragraphs, strict=True):
        item.tags = tagged.get(paragraph.key, [])
        if paragraph.number:
            item.link = permalink(reader.revision, paragraph)
            item.tag_url = tag_url(assignment, paragraph) if may_tag else ""
            item.more_url = more_url(assignment, reader.revision, paragraph.number)
            if item.more:
                more_cards = len(item.cards) + CARDS_MORE
                item.next_url = next_url(page.filters, paragraph.number, more_cards)
            if paragraph.number in claims:
                item.standing, item.standing_url = _stand(assignment, claims[paragraph.number])
            if page.can_annotate:
                item.annotate_url = annotate_url(assignment, paragraph)


@dataclass(slots=True)
class _Beside:
    """The rows that were asked for by the paragraph they stand beside, and those that have cards.

    `marked` are the rows whose words are marked, `unmarked` those whose words are only counted:
    up to 40 of a paragraph all are marked, beyond that those that have cards.
    """

    groups: dict[str | None, list[AnchoredRow]]
    shown: dict[str, list[AnchoredRow]]
    cap: int
    marked: dict[str, list[AnchoredRow]]
    unmarked: dict[str, list[AnchoredRow]]

    @property
    def ids(self) -> list[str]:
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
    user: User | AnonymousUser, chosen: list[AnchoredRow], wanted: Mapping[str, int]
) -> _Beside:
    """The rows beside their paragraphs; of some more cards are `wanted` than the page would give."""
    groups, reader = _first_anchors(chosen), str(user.pk)
    cap = _cards_a_paragraph([len(group) for key, group in groups.items() if key])
    shown = {
        paragraph_id: nsmallest(
            max(cap, wanted.get(paragraph_id, 0)), group, key=lambda row: _rank(row, reader)
        )
        for paragraph_id, group in groups.items()
        if paragraph_id
    }
    ids = {row.annotation_id for group in shown.values() for row in group}
    placed: dict[str, list[AnchoredRow]] = defaultdict(list)
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
    news: Mapping[str, int],
) -> list[ReadingParagraph]:
    """The paragraphs with their marks, their cards, and what is told of their notes."""
    ids = set(beside.ids)
    items = []
    for paragraph in paragraphs:
        place = str(paragraph.pk)
        unmarked = beside.unmarked.get(place)
        item = paragraph_of(
            paragraph,
            beside.marked.get(place, []),
            ids,
            reader=str(reader.user.pk),
            tints=tints(paragraph.text, unmarked) if unmarked else [],
        )
        group = beside.groups.get(place, [])
        item.cards = _in_place(beside.shown.get(place, []), cards)
        item.total = len(group)
        item.more = len(group) - len(item.cards)
        item.next_cards = min(item.more, CARDS_MORE)
        item.unanswered = sum(row.is_unanswered for row in group)
        item.new = sum(news[row.annotation_id] for row in group) if news else 0
        item.pips = kind_counts((row.kind for row in group), all_kinds=False)
        pips = len(group) if len(group) <= PIPS_A_PARAGRAPH else PIPS_A_CROWD
        item.dots = [row.kind for row in group[:pips]]
        item.more_dots = len(group[pips:])
        items.append(item)
    return items


def anchored_rows(reader: Reader, assignment: Assignment) -> list[AnchoredRow]:
    """Every anchor in the revision of what the person may read at the top level, in text order."""
    rules, person = reader.rules, reader.user.pk
    key = (rules.key, person, assignment.pk, reader.revision.pk) if rules else None
    found: list[AnchoredRow] | None = _rows.get(key) if key else None
    if found is None:
        given: dict[UUID | str, Any] = {
            ANYBODY: person,
            _ASSIGNMENT: assignment.pk,
            _REVISION: reader.revision.pk,
        }
        rows = _anchored(is_known=person is not None).ask(given)
        found = list(map(AnchoredRow._make, rows))
        if rules and len(found) <= MOST_KEPT:
            rules.keep(_rows, key, found)
    return found


# Of so many notes 2 MB are kept of each reader who turned the page last.
MOST_KEPT = 5_000
_rows = Kept(most=12, seconds=600)


@cache
def _anchored(*, is_known: bool) -> Statement:
    """The statement of the rows, in which nothing but ids differs from reader to reader."""
    reader = cast("User", Somebody(ANYBODY if is_known else None))
    readable = Annotation.objects.visible_to(reader)
    rows = (
        readable.top_level()
        .filter(assignment=_ASSIGNMENT, anchors__revision=_REVISION)
        .exclude(status=Status.WITHDRAWN)
        .with_is_unanswered(readable)
        .with_shown_author(reader)
        .annotate(
            key=Cast("id", TextField()),
            place=Cast("anchors__paragraph_id", TextField()),
            writer=Cast("author_id", TextField()),
            shown_writer=Cast("shown_author_id", TextField()),
            written=_seconds("created_at"),
            published=_seconds("published_at"),
            is_pinned=IsNull(F("pinned_at"), rhs=False),
        )
        .order_by("anchors__paragraph__position", F("anchors__start").asc(nulls_first=True), "id")
    )
    return cast("Statement", Statement.of(rows.values_list(*_ROW)))


def _seconds(moment: str) -> Func:
    return Func(
        F(moment), template="extract(epoch from %(expressions)s)::float8", output_field=FloatField()
    )


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


def _news(reader: Reader, assignment: Assignment, rows: Iterable[AnchoredRow]) -> Counter[str]:
    """How much is new of each thread on the page: its first annotation, and its replies."""
    since = reader.since
    news: Counter[str] = Counter()
    if since is None:
        return news
    threads = {str(pk): count for pk, count in new_replies(reader.user, assignment, since).items()}
    for row in rows:
        if row.position == 0:
            news[row.annotation_id] = _is_new(row, reader) + threads.get(row.annotation_id, 0)
    return news


def _is_new(row: AnchoredRow, reader: Reader) -> bool:
    """Whether somebody else posted it since the reader's last visit."""
    since = reader.since.timestamp() if reader.since else None
    is_after = since is not None and (row.published or 0) > since
    return is_after and row.author_id != str(reader.user.pk)


def _rank(row: AnchoredRow, reader: str) -> tuple[bool, bool, bool, float]:
    """Pinned, mine, unanswered counterarguments, the newest: the rule told on the page."""
    challenge = row.kind == Kind.COUNTERARGUMENT and row.is_unanswered
    is_mine = row.author_id == reader
    return (not row.is_pinned, not is_mine, not challenge, -row.written)


def _first_anchors(rows: Iterable[AnchoredRow]) -> dict[str | None, list[AnchoredRow]]:
    """Rows by paragraph, an annotation on several paragraphs under its first only."""
    groups: dict[str | None, list[AnchoredRow]] = defaultdict(list)
    for row in rows:
        if row.position == 0:
            groups[row.paragraph_id].append(row)
    return groups


def _in_place(rows: Iterable[AnchoredRow], cards: dict[str, Card]) -> list[Card]:
    """Pinned cards, then those in the order of their words, so that they line up with the text."""
    ordered = sorted(rows, key=lambda row: (not row.is_pinned, row.start or 0, row.written))
    return [cards[row.annotation_id] for row in ordered if row.annotation_id in cards]


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
