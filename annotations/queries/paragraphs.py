"""Paragraphs with their marks, and where one reads and writes about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from annotations import selectors
from annotations.enums import Kind
from debate.essays import inline

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from annotations.queries.cards import Card, KindCount
    from annotations.queries.density import Tint
    from annotations.queries.filters import ReadingFilters
    from annotations.queries.vocabulary import TagLabel
    from debate.assignments.models import Assignment
    from debate.essays.models import Paragraph, Revision


@dataclass(frozen=True, slots=True)
class RunEnd:
    """The end of an annotation's words: a link to its card."""

    id: str
    label: str
    href: str
    kind: str


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of a paragraph's HTML under the same annotations.

    `details` is the element of the first whose card is shown, which is all that `aria-details` may
    name (ARIA 1.2), `also` those of the others. `tint` says how dense notes lie on
    its sentence that are not marked themselves (`queries.density`).
    """

    html: SafeString
    cards: list[str]
    kind: str
    depth: int
    ends: list[RunEnd]
    details: str = ""
    also: str = ""
    is_mine: bool = False
    tint: int = 0


@dataclass(frozen=True)
class Words:
    """A paragraph's words with what is marked in them, for one reader."""

    paragraph: Paragraph
    marks: Sequence[AnchoredRow]
    shown: Container[str]
    reader: str
    tints: Sequence[Tint]

    @cached_property
    def runs(self) -> list[Run]:
        """The words, cut at every border of what is marked in them."""
        return marked_runs(
            self.paragraph, self.marks, self.shown, reader=self.reader, tints=self.tints
        )

    @property
    def key(self) -> list[Any]:
        """All that the runs are made of, as plain values: the same for all to whom they look the same."""
        shown, reader = self.shown, self.reader
        marks = [
            (
                row.start,
                row.end,
                row.kind,
                row.author_id == reader,
                row.annotation_id,
                row.author_name,
            )
            if row.annotation_id in shown
            else (row.start, row.end, row.kind, row.author_id == reader)
            for row in self.marks
        ]
        return [
            self.paragraph.html,
            marks,
            [(one.span.start, one.span.end, one.step) for one in self.tints],
        ]


@dataclass(slots=True)
class ReadingParagraph:
    """A paragraph with what stands beside it; `ends` are the offsets at which all sentences but the last end.

    Its `runs` are cut when they are asked for, as most are shown from what was made before.
    """

    key: str
    number: int | None
    kind: str
    level: int | None
    label: str
    dom_id: str
    words: Words
    cards: list[Card] = field(default_factory=list)
    total: int = 0
    more: int = 0
    unanswered: int = 0
    new: int = 0
    pips: list[KindCount] = field(default_factory=list)
    dots: list[str] = field(default_factory=list)
    more_dots: int = 0
    next_cards: int = 0
    next_url: str = ""
    link: str = ""
    ends: str = ""
    annotate_url: str = ""
    more_url: str = ""
    tags: list[TagLabel] = field(default_factory=list)
    tag_url: str = ""
    standing: str = ""
    standing_url: str = ""

    @property
    def runs(self) -> list[Run]:
        """The words, cut at every border of what is marked in them."""
        return self.words.runs

    @property
    def heading(self) -> str:
        """The paragraph's heading for the ear: "Paragraph 4, 3 notes, 1 unanswered, 2 new"."""
        if not self.number:
            return ""
        parts = [f"Paragraph {self.number}"]
        if self.total:
            parts.append("1 note" if self.total == 1 else f"{self.total} notes")
        if self.unanswered:
            parts.append(f"{self.unanswered} unanswered")
        if self.new:
            parts.append(f"{self.new} new")
        return ", ".join(parts)


class AnchoredRow(NamedTuple):
    """What the page must know of each anchor to count, rank and mark; one row, no objects.

    Ids are texts and moments seconds since 1970: both are read, compared and looked up at a tenth
    of what their objects cost.
    """

    annotation_id: str
    paragraph_id: str | None
    position: int
    start: int | None
    end: int | None
    kind: str
    author_id: str
    shown_author_id: str
    author_name: str
    written: float
    published: float | None
    is_unanswered: bool
    is_pinned: bool
    tags: list[str]


def paragraph_of(
    paragraph: Paragraph,
    marks: Sequence[AnchoredRow],
    shown: Container[str] = (),
    *,
    reader: str = "",
    tints: Sequence[Tint] = (),
) -> ReadingParagraph:
    return ReadingParagraph(
        key=str(paragraph.key),
        number=paragraph.number,
        kind=paragraph.kind,
        level=paragraph.level,
        label=paragraph.label,
        dom_id=dom_id(paragraph),
        words=Words(paragraph, marks, shown, reader, tints),
        ends=_ends(paragraph.text),
    )


@lru_cache(maxsize=2_000)
def _ends(text: str) -> str:
    return " ".join(str(span.end) for span in selectors.sentences(text)[:-1])


def annotate_url(assignment: Assignment, paragraph: Paragraph) -> str:
    """The composer for the paragraph; the address names the revision in which it has that number."""
    place = (assignment.seminar.slug, assignment.slug, assignment.revision.number)
    return _reversed("annotations:create", *place, paragraph.number)


def permalink(revision: Revision, paragraph: Paragraph) -> str:
    """The paragraph of that revision, from the page it stands on (see `permalinks`)."""
    return f"?rev={revision.number}&words={paragraph.number}#{dom_id(paragraph)}"


def tag_url(assignment: Assignment, paragraph: Paragraph) -> str:
    """Where staff say which tags the paragraph has."""
    place = (assignment.seminar.slug, assignment.slug)
    return _reversed("annotations:paragraph_tags", *place, paragraph.number)


def more_url(assignment: Assignment, revision: Revision, number: int) -> str:
    """The page of all annotations on a paragraph of the revision."""
    place = (assignment.seminar.slug, assignment.slug)
    if revision == assignment.revision:
        return _reversed("annotations:paragraph", *place, number)
    return _reversed("annotations:revision_paragraph", *place, revision.number, number)


@lru_cache(maxsize=4_000)
def _reversed(name: str, *args: str | int | None) -> str:
    """The address, of which a page of 200 paragraphs asks for 600."""
    return reverse(name, args=args)


def next_url(filters: ReadingFilters, number: int, cards: int) -> str:
    """The page with that many cards of the paragraph, from the page itself."""
    pairs = [*filters.pairs, ("p", str(number)), ("cards", str(cards))]
    return f"?{urlencode(pairs)}#p-{number}"


def dom_id(paragraph: Paragraph) -> str:
    """The id of the paragraph's element: `p-4`, or `note-1` to which references lead."""
    if paragraph.number:
        return f"p-{paragraph.number}"
    return f"note-{paragraph.label}" if paragraph.label else f"b-{paragraph.position}"


def marked_runs(
    paragraph: Paragraph,
    marks: Sequence[AnchoredRow],
    shown: Container[str],
    *,
    reader: str = "",
    tints: Sequence[Tint] = (),
) -> list[Run]:
    """The paragraph's HTML cut flat at every border of the marks; one run when there are none.

    The words of an annotation whose card is `shown` end in a link to the card. Where several lie
    on the same words, those of the `reader` give the kind, else those that begin last.
    """
    if not marks and not tints:
        return [Run(mark_safe(paragraph.html), [], "", 0, [])]  # noqa: S308 - sanitised when stored
    spans = [selectors.Span(row.start or 0, row.end or 0) for row in marks]
    flat = selectors.flat_runs(len(paragraph.text), [*spans, *(one.span for one in tints)])
    pieces = inline.split_at(paragraph.html, [run.start for run in flat[1:]])
    runs = []
    for run, piece in zip(flat, pieces, strict=True):
        lying = [marks[index] for index in run.spans if index < len(marks)]
        own = [row for row in lying if row.author_id == reader]
        elements = [f"a-{row.annotation_id}" for row in lying if row.annotation_id in shown]
        runs.append(
            Run(
                html=mark_safe(piece),  # noqa: S308 - cut from what was sanitised when stored
                cards=[row.annotation_id for row in lying],
                kind=(own or lying)[-1].kind if lying else "",
                depth=min(len(lying), 3),
                ends=[
                    _end(row) for row in lying if row.end == run.end and row.annotation_id in shown
                ],
                details=elements[0] if elements else "",
                also=" ".join(elements[1:]),
                is_mine=bool(own),
                tint=max(
                    (tints[at - len(marks)].step for at in run.spans if at >= len(marks)), default=0
                ),
            )
        )
    return runs


def _end(row: AnchoredRow) -> RunEnd:
    label = f"{Kind(row.kind).label} by {row.author_name}"
    return RunEnd(row.annotation_id, label, f"#a-{row.annotation_id}", row.kind)
