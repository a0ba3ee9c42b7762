"""The few reads that span models: the reading page, a paragraph's margin, a thread.

Each takes a fixed number of queries, whatever the number of annotations. The dataclasses are what
the templates show; nothing in a template touches the database.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, F, Min, OuterRef, Q
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import Truncator

from annotations import selectors
from annotations.enums import AnchorState, Attacks, Audience, Kind, Stance, Status
from annotations.models import Anchor, Annotation
from annotations.permissions import may_annotate, may_change, may_mark_answer, may_reply
from debate.core.errors import Gone, Missing
from debate.essays import inline
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.models.annotation import AnnotationQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Essay, Paragraph, Revision
    from debate.seminars.models import Membership

CARDS_A_PARAGRAPH = 4
MARKS_A_PARAGRAPH = 40
CARDS_A_PAGE = 100
CHARACTERS_A_PAGE = 14_000
FEWEST_CHARACTERS, MOST_CHARACTERS = 160, 320
DEEPEST_SHOWN = 8


@dataclass(frozen=True, slots=True)
class KindCount:
    """How many annotations of one kind."""

    kind: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Initials:
    """A person who replied, as a small disc."""

    initials: str
    name: str


@dataclass(frozen=True, slots=True)
class SourceLine:
    """The work that evidence rests on."""

    title: str
    href: str
    host: str
    quote: str
    locator: str
    note: str


@dataclass(slots=True)
class Card:
    """An annotation as it is shown beside the text, or in its thread."""

    id: str
    kind: str
    label: str
    author_name: str
    is_mine: bool
    created_at: datetime
    edited: bool
    status_label: str
    quote: str
    paragraph_number: int | None
    body_html: SafeString
    truncated: bool
    counterclaim: str
    attacks_label: str
    stance_label: str
    warrant: str
    source: SourceLine | None
    reply_count: int
    repliers: list[Initials]
    unanswered: bool
    state_label: str
    audience_label: str
    tags: list[str]
    url: str
    reply_url: str
    edit_url: str
    withdraw_url: str

    @property
    def dom_id(self) -> str:
        """The id of the card's element, the target of permalinks and marks."""
        return f"a-{self.id}"

    @property
    def counter_url(self) -> str:
        """Where a counterargument to it is written."""
        return f"{self.reply_url}?kind=counterargument" if self.reply_url else ""


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of an annotation's words: a link to its card."""

    id: str
    label: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph's HTML under the same annotations."""

    html: SafeString
    cards: list[str]
    kind: str
    depth: int
    ends: list[RunEnd]


@dataclass(slots=True)
class ReadingParagraph:
    """A paragraph with what stands beside it."""

    key: str
    number: int | None
    kind: str
    level: int | None
    label: str
    dom_id: str
    runs: list[Run]
    cards: list[Card] = field(default_factory=list)
    total: int = 0
    more: int = 0
    unanswered: int = 0
    pips: list[KindCount] = field(default_factory=list)
    annotate_url: str = ""
    more_url: str = ""

    @property
    def heading(self) -> str:
        """The paragraph's heading for the ear: "Paragraph 4, 3 notes, 1 unanswered"."""
        if not self.number:
            return ""
        parts = [f"Paragraph {self.number}"]
        if self.total:
            parts.append("1 note" if self.total == 1 else f"{self.total} notes")
        if self.unanswered:
            parts.append(f"{self.unanswered} unanswered")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class TaskLine:
    """What is asked of a student, and how much of it is done."""

    kind: str
    label: str
    done: int
    asked: int


@dataclass(frozen=True, slots=True)
class ReadingFilters:
    """Which annotations the reader asked to see."""

    kind: str = ""
    author: UUID | None = None
    unanswered: bool = False
    mine: bool = False

    @property
    def active(self) -> bool:
        """Whether any filter is set."""
        return bool(self.kind or self.author or self.unanswered or self.mine)


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
    tasks: list[TaskLine]
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


class AnchoredRow(NamedTuple):
    """What the page must know of each anchor to count, rank and mark; one row, no objects."""

    annotation_id: UUID
    paragraph_id: UUID | None
    position: int
    start: int | None
    end: int | None
    kind: str
    author_id: UUID
    shown_author_id: UUID
    author_name: str
    created_at: datetime
    is_unanswered: bool


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
    "is_unanswered",
)


@dataclass(frozen=True)
class Reader:
    """Who reads, what the person may do in the seminar, and which revision is read."""

    user: User | AnonymousUser
    membership: Membership | None
    revision: Revision

    def annotations(self) -> AnnotationQuerySet:
        """What the person may read."""
        return Annotation.objects.visible_to(self.user)


def reading_page(
    *,
    user: User | AnonymousUser,
    assignment: Assignment,
    filters: ReadingFilters,
    show_notes: bool = True,
    revision: Revision | None = None,
) -> ReadingPage:
    """The essay of the assignment, with what the person may see of what stands beside it.

    Of an earlier `revision` it shows the annotations where they stood in it; nothing is added
    there.
    """
    reader = Reader(user, membership_of(user, assignment.seminar), revision or assignment.revision)
    is_current = reader.revision == assignment.revision
    can_annotate = is_current and may_annotate(reader.membership, assignment.seminar)
    paragraphs = list(reader.revision.paragraphs.all())
    rows = anchored_rows(reader, assignment)
    chosen = [row for row in rows if _passes(row, filters, user)] if show_notes else []
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
    marks = _marks(chosen, set(ids))
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
        tasks=_tasks(reader, assignment),
        affected=_affected(reader, assignment) if is_current else [],
        earlier=list(range(1, assignment.revision.number)),
        shown_rule=(
            f"Up to {cap} note{'s' if cap > 1 else ''} of each paragraph stand beside it: "
            "yours first, then unanswered counterarguments, then the newest."
        ),
    )
    for paragraph in paragraphs:
        item = _paragraph(paragraph, marks.get(paragraph.pk, []), set(ids))
        group = beside.get(paragraph.pk, [])
        item.cards = _in_place(shown.get(paragraph.pk, []), cards)
        item.total = len(group)
        item.more = len(group) - len(item.cards)
        item.unanswered = sum(row.is_unanswered for row in group)
        item.pips = kind_counts((row.kind for row in group), all_kinds=False)
        if paragraph.number:
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


def cards_for(
    reader: Reader, assignment: Assignment, ids: Sequence[UUID], *, whole: bool = False
) -> list[Card]:
    """The annotations as cards, in no order.

    Bodies are shown to the end if `whole`; else cut so that many cards weigh no more than a few.
    """
    if not ids:
        return []
    readable = reader.annotations()
    annotations = readable.filter(pk__in=ids).for_display(reader.user).with_is_unanswered(readable)
    anchors: dict[UUID, list[Anchor]] = defaultdict(list)
    for anchor in Anchor.objects.filter(
        annotation__in=ids, revision=reader.revision
    ).select_related("paragraph"):
        anchors[anchor.annotation_id].append(anchor)
    replies: dict[UUID | None, list[str]] = defaultdict(list)
    for parent_id, name in (
        readable.filter(parent__in=ids, status=Status.PUBLISHED)
        .with_shown_author(reader.user)
        .order_by("created_at", "id")
        .values_list("parent_id", "shown_author_name")  # type: ignore[misc]  # annotated
    ):
        replies[parent_id].append(name)
    share = CHARACTERS_A_PAGE // len(ids)
    limit = None if whole else max(FEWEST_CHARACTERS, min(MOST_CHARACTERS, share))
    found = []
    for annotation in annotations:
        annotation.assignment = assignment
        placed, said = anchors[annotation.pk], replies[annotation.pk]
        found.append(card(reader, annotation, placed, said, limit=limit))
    return found


def card(
    reader: Reader,
    annotation: Annotation,
    anchors: Sequence[Anchor],
    repliers: Sequence[str],
    *,
    limit: int | None,
) -> Card:
    """One annotation as a card, its body cut at `limit` characters if any."""
    user, membership = reader.user, reader.membership
    first = anchors[0] if anchors else None
    is_mine = annotation.author_id == user.pk
    changeable = is_mine and may_change(annotation.author, membership, annotation)
    truncated = limit is not None and len(annotation.body) > limit
    url = reverse("annotations:detail", args=[annotation.pk])
    return Card(
        id=str(annotation.pk),
        kind=annotation.kind,
        label=str(annotation.get_kind_display()),
        author_name=annotation.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
        is_mine=is_mine,
        created_at=annotation.created_at,
        edited=annotation.edited_at is not None,
        status_label=_status_label(annotation),
        quote=_shortened(" … ".join(anchor.exact for anchor in anchors if anchor.exact), limit),
        paragraph_number=first.paragraph.number if first and first.paragraph else None,
        body_html=_body(annotation, limit if truncated else None),
        truncated=truncated,
        counterclaim=_said_apart(annotation),
        attacks_label=_ATTACKS.get(annotation.attacks, ""),
        stance_label=_STANCES.get(annotation.stance, ""),
        warrant=annotation.warrant,
        source=_source_line(annotation),
        reply_count=len(repliers),
        repliers=[Initials(initials(name), name) for name in dict.fromkeys(repliers)][:4],
        unanswered=bool(getattr(annotation, "is_unanswered", False)),
        state_label="" if not first or first.state_label == "exact" else first.state_label,
        audience_label=_audience_label(annotation),
        tags=annotation.tags,
        url=url,
        reply_url=f"{url}reply/" if may_reply(membership, annotation) else "",
        edit_url=f"{url}edit/" if changeable else "",
        withdraw_url=f"{url}withdraw/" if changeable else "",
    )


def card_of(user: User | AnonymousUser, annotation: Annotation) -> Card:
    """The annotation, which the person may read, as a card with its whole body. Raises Missing."""
    assignment = annotation.assignment
    reader = Reader(user, membership_of(user, assignment.seminar), assignment.revision)
    found = cards_for(reader, assignment, [annotation.pk], whole=True)
    if not found:
        raise Missing
    return found[0]


_ATTACKS: dict[str, str] = {
    Attacks.UNSPECIFIED: "",
    Attacks.CONCLUSION: "the conclusion",
    Attacks.REASON: "a reason given",
    Attacks.STEP: "the step from reason to conclusion",
}
_STANCES: dict[str, str] = {
    Stance.SUPPORTS: "supports",
    Stance.ATTACKS: "speaks against",
    Stance.CONTEXT: "gives context",
}


def initials(name: str) -> str:
    """One or two letters for a small disc."""
    words = [word for word in name.split() if word[0].isalnum()] or ["?"]
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()


def kind_counts(kinds: Iterable[str], *, all_kinds: bool = True) -> list[KindCount]:
    """How many of each kind, in the order of the kinds; those without any only if asked."""
    counts = Counter(kinds)
    return [
        KindCount(kind.value, str(kind.label), counts[kind])
        for kind in Kind
        if all_kinds or counts[kind]
    ]


def _cards_a_paragraph(counts: Sequence[int]) -> int:
    """How many cards each paragraph may have: four, fewer where the page would hold over 100."""
    for cap in range(CARDS_A_PARAGRAPH, 1, -1):
        if sum(min(count, cap) for count in counts) <= CARDS_A_PAGE:
            return cap
    return 1


def _passes(row: AnchoredRow, filters: ReadingFilters, user: User | AnonymousUser) -> bool:
    return (
        (not filters.kind or row.kind == filters.kind)
        and (not filters.author or row.shown_author_id == filters.author)
        and (not filters.unanswered or row.is_unanswered)
        and (not filters.mine or row.author_id == user.pk)
    )


def _rank(row: AnchoredRow, user: User | AnonymousUser) -> tuple[bool, bool, float]:
    """Mine, then unanswered counterarguments, then the newest: the rule told on the page."""
    challenge = row.kind == Kind.COUNTERARGUMENT and row.is_unanswered
    return (row.author_id != user.pk, not challenge, -row.created_at.timestamp())


def _first_anchors(rows: Iterable[AnchoredRow]) -> dict[UUID | None, list[AnchoredRow]]:
    """Rows by paragraph, an annotation on several paragraphs under its first only."""
    groups: dict[UUID | None, list[AnchoredRow]] = defaultdict(list)
    for row in rows:
        if row.position == 0:
            groups[row.paragraph_id].append(row)
    return groups


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
    """The cards in the order of their words, so that they line up with the text."""
    ordered = sorted(rows, key=lambda row: (row.start or 0, row.created_at))
    return [cards[str(row.annotation_id)] for row in ordered if str(row.annotation_id) in cards]


def _paragraph(
    paragraph: Paragraph, marks: Sequence[AnchoredRow], shown: Container[UUID] = ()
) -> ReadingParagraph:
    return ReadingParagraph(
        key=str(paragraph.key),
        number=paragraph.number,
        kind=paragraph.kind,
        level=paragraph.level,
        label=paragraph.label,
        dom_id=dom_id(paragraph),
        runs=marked_runs(paragraph, marks, shown),
    )


def annotate_url(assignment: Assignment, paragraph: Paragraph) -> str:
    """The composer for the paragraph; the address names the revision in which it has that number."""
    place = [assignment.seminar.slug, assignment.slug]
    return reverse(
        "annotations:create", args=[*place, assignment.revision.number, paragraph.number]
    )


def more_url(assignment: Assignment, revision: Revision, number: int) -> str:
    """The page of all annotations on a paragraph of the revision."""
    place = [assignment.seminar.slug, assignment.slug]
    if revision == assignment.revision:
        return reverse("annotations:paragraph", args=[*place, number])
    return reverse("annotations:revision_paragraph", args=[*place, revision.number, number])


def dom_id(paragraph: Paragraph) -> str:
    """The id of the paragraph's element: `p-4`, or `note-1` to which references lead."""
    if paragraph.number:
        return f"p-{paragraph.number}"
    return f"note-{paragraph.label}" if paragraph.label else f"b-{paragraph.position}"


def marked_runs(
    paragraph: Paragraph, marks: Sequence[AnchoredRow], shown: Container[UUID]
) -> list[Run]:
    """The paragraph's HTML cut flat at every border of the marks; one run when there are none.

    The words of an annotation whose card is `shown` end in a link to the card.
    """
    if not marks:
        return [Run(mark_safe(paragraph.html), [], "", 0, [])]  # noqa: S308 - sanitised when stored
    spans = [selectors.Span(row.start or 0, row.end or 0) for row in marks]
    flat = selectors.flat_runs(len(paragraph.text), spans)
    pieces = inline.split_at(paragraph.html, [run.start for run in flat[1:]])
    return [
        Run(
            html=mark_safe(piece),  # noqa: S308 - cut from what was sanitised when stored
            cards=[str(marks[index].annotation_id) for index in run.spans],
            kind=marks[run.spans[-1]].kind if run.spans else "",
            depth=min(len(run.spans), 3),
            ends=[
                _end(marks[index])
                for index in run.spans
                if spans[index].end == run.end and marks[index].annotation_id in shown
            ],
        )
        for run, piece in zip(flat, pieces, strict=True)
    ]


def _end(row: AnchoredRow) -> RunEnd:
    label = f"{Kind(row.kind).label} by {row.author_name}"
    return RunEnd(str(row.annotation_id), label, f"#a-{row.annotation_id}", row.kind)


def _tasks(reader: Reader, assignment: Assignment) -> list[TaskLine]:
    """What is asked of a student; counted as told in "What counts"."""
    if reader.membership is None or reader.membership.is_staff or not reader.membership.may_write:
        return []
    own = Annotation.objects.filter(assignment=assignment, author_id=reader.user.pk).counted()
    done = Counter(own.values_list("kind", flat=True))
    asked = (
        (Kind.COMMENT, "Comments", assignment.asked_comments),
        (Kind.COUNTERARGUMENT, "Counterarguments", assignment.asked_counterarguments),
        (Kind.EVIDENCE, "Evidence", assignment.asked_evidence),
    )
    return [TaskLine(kind, label, done[kind], count) for kind, label, count in asked if count]


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
            quote=_shortened(anchor.exact or "", 0),
            state_label=anchor.state_label,
        )
        for anchor in least_sure.distinct("annotation_id").select_related("annotation")
    ]


def _body(annotation: Annotation, limit: int | None) -> SafeString:
    html = annotation.body_html
    if limit:
        html = Truncator(html).chars(limit, html=True)
    return mark_safe(html)  # noqa: S308 - sanitised when stored


def _shortened(quote: str, limit: int | None) -> str:
    return quote if limit is None else str(Truncator(quote).chars(140))


def _said_apart(annotation: Annotation) -> str:
    """The counterclaim, unless the body begins with the very same words."""
    body = " ".join(annotation.body.split())
    return "" if body.startswith(annotation.counterclaim.rstrip("…")) else annotation.counterclaim


def _status_label(annotation: Annotation) -> str:
    return "" if annotation.status == Status.PUBLISHED else str(annotation.get_status_display())


def _audience_label(annotation: Annotation) -> str:
    if annotation.audience == Audience.SEMINAR:
        return ""
    if annotation.audience == Audience.GROUP and annotation.group:
        return annotation.group.name
    return str(annotation.get_audience_display())


def _source_line(annotation: Annotation) -> SourceLine | None:
    passage = annotation.passage
    if passage is None:
        return None
    source = passage.source
    note = "" if passage.quote else "no quote yet"
    return SourceLine(source.title, source.href, source.host, passage.quote, passage.locator, note)


# --- a paragraph's annotations, page by page -------------------------------------------------


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
    """A page of the annotations on a numbered paragraph, oldest first. Raises Missing."""
    reader = Reader(user, membership_of(user, assignment.seminar), revision or assignment.revision)
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
    if after:
        found = found.filter(pk__gt=after)
    ids = list(found.order_by("pk").values_list("pk", flat=True)[: size + 1])
    page = ids[:size]
    cards = sorted(cards_for(reader, assignment, page, whole=True), key=lambda one: one.id)
    item = _paragraph(paragraph, [])
    is_current = reader.revision == assignment.revision
    if is_current and may_annotate(reader.membership, assignment.seminar):
        item.annotate_url = annotate_url(assignment, paragraph)
    return Margin(assignment, item, cards, page[-1] if len(ids) > size else None)


# --- a thread --------------------------------------------------------------------------------


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
    """A reply in its place; without card it has been withdrawn."""

    id: str
    card: Card | None
    depth: int
    parent_id: str
    is_answer: bool
    answer_url: str


@dataclass(slots=True)
class Thread:
    """An annotation with all its replies, each under what it answers."""

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
    revision_number: int
    written_on: int

    @property
    def written_on_url(self) -> str:
        """The revision that it was written on, as it stood; "" when that is the one shown."""
        if self.written_on == self.revision_number:
            return ""
        place = [self.assignment.seminar.slug, self.assignment.slug, self.written_on]
        return f"{reverse('annotations:revision', args=place)}#a-{self.root_id}"

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
    reader = Reader(user, membership_of(user, assignment.seminar), assignment.revision)
    root_id = annotation.root_id or annotation.pk
    members = list(
        known.filter(Q(pk=root_id) | Q(root=root_id))
        .order_by("created_at", "id")
        .values_list("pk", "parent_id", "is_answer", "depth")
    )
    shown = cards_for(reader, assignment, [member[0] for member in members], whole=True)
    cards = {card.id: card for card in shown}
    if str(annotation.pk) not in cards:
        raise Withdrawn(assignment)
    asker = known.filter(pk=root_id).select_related("assignment__seminar").first()
    may_answer = bool(asker and user.pk and may_mark_answer(user, reader.membership, asker))
    root = cards.get(str(root_id))
    return Thread(
        assignment=assignment,
        root_id=str(root_id),
        root=root,
        focus_id=str(annotation.pk),
        paragraphs=_places(assignment, root_id),
        lost=lost_words(assignment, root_id),
        replies=_replies(root_id, members, cards, may_answer=may_answer),
        history_url=_history_url(reader, root),
        can_reply=bool(root and root.reply_url),
        can_annotate=may_annotate(reader.membership, assignment.seminar),
        can_place=bool(root and _may_place(reader, root)),
        revision_number=assignment.revision.number,
        written_on=_written_on(root_id, assignment),
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


def _replies(
    root_id: UUID,
    members: Sequence[tuple[UUID, UUID | None, bool, int]],
    cards: dict[str, Card],
    *,
    may_answer: bool,
) -> list[Reply]:
    """The replies in reading order: each behind what it answers, by time among siblings."""
    children: dict[UUID | None, list[tuple[UUID, UUID | None, bool, int]]] = defaultdict(list)
    for member in members:
        if member[0] != root_id:
            children[member[1]].append(member)
    ordered: list[Reply] = []
    stack = list(reversed(children[root_id]))
    while stack:
        pk, parent_id, is_answer, depth = stack.pop()
        stack += reversed(children[pk])
        found = cards.get(str(pk))
        if found is None and not children[pk]:
            continue  # a withdrawn reply that nobody answered leaves no gap
        answerable = may_answer and parent_id == root_id and found is not None
        ordered.append(
            Reply(
                id=str(pk),
                card=found,
                depth=min(depth, DEEPEST_SHOWN),
                parent_id=str(parent_id),
                is_answer=is_answer,
                answer_url=reverse("annotations:answer", args=[pk]) if answerable else "",
            )
        )
    return ordered
