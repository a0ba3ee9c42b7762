"""Paragraphs with their marks, and where one reads and writes about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from annotations import selectors
from annotations.enums import Kind
from debate.essays import inline

if TYPE_CHECKING:
    from collections.abc import Container, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.queries.cards import Card, KindCount
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
    new: int = 0
    pips: list[KindCount] = field(default_factory=list)
    annotate_url: str = ""
    more_url: str = ""
    tags: list[TagLabel] = field(default_factory=list)
    tag_url: str = ""

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
    published_at: datetime | None
    is_unanswered: bool
    pinned_at: datetime | None
    tags: list[str]


def paragraph_of(
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


def tag_url(assignment: Assignment, paragraph: Paragraph) -> str:
    """Where staff say which tags the paragraph has."""
    place = [assignment.seminar.slug, assignment.slug]
    return reverse("annotations:paragraph_tags", args=[*place, paragraph.number])


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
