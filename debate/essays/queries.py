"""What the pages of essays show: the library, an essay's text, and a draft as it will be anchored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Count
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from debate.core.errors import Missing
from debate.essays.importing.blocks import left_out_sentence, numbered
from debate.essays.models import Essay, Paragraph, Revision
from debate.essays.sentences import sentence_runs
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.essays.importing.blocks import Block, Draft
    from debate.essays.models import ImportDraft

ESSAYS_A_PAGE = 20
BLOCKS_A_PAGE = 60


@dataclass(frozen=True, slots=True)
class LibraryPage:
    """A page of the library, newest first; `next_id` is where the following one begins, if any.

    `teaching` are the seminars into which the person may import.
    """

    essays: list[Essay]
    words: str
    next_id: UUID | None
    teaching: list[Seminar]


def library_page(
    user: User | AnonymousUser, *, words: str = "", before: str | None = None
) -> LibraryPage:
    """The essays the person may read that match the words; `before` is a `next_id`, or nonsense."""
    found = (
        Essay.objects.visible_to(user)
        .for_library()
        .annotate(paragraph_count=Count("current_revision__paragraphs__number"))
    )
    if words:
        found = found.matching(words)
    start = _uuid(before)
    if start:
        found = found.filter(pk__lt=start)
    rows = list(found[: ESSAYS_A_PAGE + 1])
    essays = rows[:ESSAYS_A_PAGE]
    teaching = Seminar.objects.taught_by(user).filter(archived_at=None)
    return LibraryPage(
        essays=essays,
        words=words,
        next_id=essays[-1].pk if len(rows) > ESSAYS_A_PAGE else None,
        teaching=list(teaching),
    )


def _uuid(text: str | None) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class PlainParagraph:
    """A paragraph to be read, with nothing attached to it."""

    kind: str
    number: int | None
    level: int | None
    label: str
    position: int
    html: SafeString


def revision_of(essay: Essay, number: str | None) -> Revision:
    """The essay's revision of that number, the current one when none is given. Raises Missing."""
    if not number:
        if essay.current_revision is None:
            raise Missing
        return essay.current_revision
    wanted = int(number[:9]) if number.isdecimal() else 0
    found = essay.revisions.filter(number=wanted).first()
    if found is None:
        raise Missing
    return found


def plain_paragraphs(revision: Revision) -> list[PlainParagraph]:
    """The revision's paragraphs in order. Takes one query."""
    return [_plain(paragraph) for paragraph in revision.paragraphs.order_by("position")]


def _plain(paragraph: Paragraph) -> PlainParagraph:
    return PlainParagraph(
        kind=paragraph.kind,
        number=paragraph.number,
        level=paragraph.level,
        label=paragraph.label,
        position=paragraph.position,
        html=safe(paragraph.html),
    )


def safe(html: str) -> SafeString:
    """A paragraph's inline markup, to be shown as it is."""
    return mark_safe(html)  # noqa: S308 - written by inline.sanitise only


@dataclass(frozen=True, slots=True)
class OtherDraft:
    """Somebody else's draft of the essay's next revision; its text is that person's alone."""

    name: str
    since: datetime
    is_of_today: bool


@dataclass(frozen=True, slots=True)
class Revising:
    """Who has begun the essay's next revision: the person's own draft, and the others'."""

    mine: ImportDraft | None
    others: list[OtherDraft]


def revising(user: User | AnonymousUser, essay: Essay) -> Revising:
    """The drafts of the essay's next revision, the oldest first, for an instructor. One query."""
    drafts = list(
        essay.revision_drafts.select_related("created_by")
        .defer("content", "previous")
        .order_by("created_at", "id")
    )
    today = timezone.localdate()
    return Revising(
        mine=next((draft for draft in drafts if draft.created_by_id == user.pk), None),
        others=[
            OtherDraft(
                name=draft.created_by.display_name,
                since=draft.created_at,
                is_of_today=timezone.localdate(draft.created_at) == today,
            )
            for draft in drafts
            if draft.created_by_id != user.pk
        ],
    )


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence before which a paragraph may be split, `value` characters into its text."""

    value: int
    text: str


@dataclass(frozen=True, slots=True)
class PreviewBlock:
    """A block of a draft as the preview shows it; `index` names it to the operations.

    `source` is what the field for correcting it starts with, `refusal` why the last operation on
    it was not done, if it was not.
    """

    index: int
    block: Block
    number: int | None
    html: SafeString
    source: str
    refusal: Refusal | None
    sentences: list[Sentence]
    is_last: bool


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an operation on a block was not done.

    `field` names the field at fault, "" when it is none of the operation's own; `typed` is what
    these held, by their names, so that none of it is lost.
    """

    index: int
    sentence: str
    field: str
    typed: Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Preview:
    """One page of a draft's blocks, and what was left out and joined on the way.

    `revision` is the number that the essay's next revision has now, None for an essay to be.
    """

    draft: Draft
    blocks: list[PreviewBlock]
    page: int
    pages: int
    numbered: int
    left_out: str
    revision: int | None


def preview(kept: ImportDraft, page: int, refusal: Refusal | None = None) -> Preview:
    """The page of the draft's blocks, from 1; for a page that is not there the nearest one.

    The block of a refused operation tells the reason and keeps what was typed.
    """
    draft = kept.draft
    numbers = numbered(draft)
    pages = max(1, -(-len(draft.blocks) // BLOCKS_A_PAGE))
    page = min(max(page, 1), pages)
    shown = range(len(draft.blocks))[(page - 1) * BLOCKS_A_PAGE : page * BLOCKS_A_PAGE]
    return Preview(
        draft=draft,
        blocks=[_preview_block(draft, at, numbers[at], refusal) for at in shown],
        page=page,
        pages=pages,
        numbered=sum(number is not None for number in numbers),
        left_out=left_out_sentence(draft),
        revision=next_number(kept),
    )


def next_number(kept: ImportDraft) -> int | None:
    """The number that the draft's revision would get now; None for an essay to be."""
    current = kept.essay.current_revision if kept.essay else None
    return current.number + 1 if current else None


def page_of(index: int) -> int:
    """The page of the preview on which the block stands."""
    return index // BLOCKS_A_PAGE + 1


def _preview_block(
    draft: Draft, at: int, number: int | None, refusal: Refusal | None
) -> PreviewBlock:
    block = draft.blocks[at]
    text = block.text
    refused = refusal if refusal and refusal.index == at else None
    return PreviewBlock(
        index=at,
        block=block,
        number=number,
        html=safe(block.html),
        source=str(refused.typed.get("text", text)) if refused else text,
        refusal=refused,
        sentences=sentence_starts(text),
        is_last=at == len(draft.blocks) - 1,
    )


def sentence_starts(text: str) -> list[Sentence]:
    """The sentences of a paragraph but its first: before each of them it may be split."""
    return [Sentence(start, text[start:end]) for start, end in sentence_runs(text)[1:]]
