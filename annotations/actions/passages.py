"""Passages taken from sources: their words, those relied on, and what a second reader found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.bibliography.relied import normal, read
from annotations.enums import Match
from annotations.models import Passage, PassageCheck, Source
from annotations.permissions import may_add_sources, may_change_passage, may_check_passage
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.core.text import clean
from debate.seminars.permissions import may_write, membership_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from debate.accounts.models import User

ONLY_WRITERS = "You may read here, but not write."
ONLY_ITS_OWN = "Only staff, and whoever took the passage, mark what is relied on."
NOT_ONES_OWN = "You took this passage; somebody else checks it."
LONGEST_QUOTE = 5_000


@transaction.atomic
def add_passage(
    *,
    actor: User,
    source_id: UUID,
    quote: str,
    locator: str = "",
    relied_on: Sequence[Sequence[int]] = (),
) -> Passage:
    """Take words from a work; `relied_on` counts code points in them as they are kept.

    Raises Missing, NotAllowed for whoever does not write in the seminar, Invalid on `quote`,
    `locator` or `relied_on`.
    """
    sources = Source.objects.visible_to(actor).select_related("seminar")
    source = sources.filter(pk=source_id).first()
    if source is None:
        raise Missing
    if not may_add_sources(membership_of(actor, source.seminar), source.seminar):
        raise NotAllowed(ONLY_WRITERS)
    quote = clean(quote, field="quote", limit=LONGEST_QUOTE)
    locator = clean(locator, field="locator", limit=100, required=False, one_line=True)
    return Passage.objects.create(
        source=source,
        quote=quote,
        locator=locator,
        relied_on=_runs(relied_on, quote),
        added_by=actor,
    )


@transaction.atomic
def set_relied_on(*, actor: User, passage_id: UUID, relied_on: Sequence[Sequence[int]]) -> Passage:
    """Say which of the passage's words are relied on: runs of code points, half-open; none for all.

    Raises Missing, NotAllowed for all but staff and whoever took the passage, Invalid on
    `relied_on` for runs that are not within the words.
    """
    passage = changeable_passage(actor, passage_id)
    passage = Passage.objects.select_for_update().get(pk=passage.pk)
    passage.relied_on = _runs(relied_on, passage.quote)
    passage.save(update_fields=["relied_on", "updated_at"])
    return passage


def changeable_passage(actor: User, passage_id: UUID) -> Passage:
    """The passage in which the actor may mark words. Raises Missing, NotAllowed."""
    passage = _passage(actor, passage_id)
    if not may_change_passage(actor, membership_of(actor, passage.source.seminar), passage):
        raise NotAllowed(ONLY_ITS_OWN)
    return passage


def mark_relied_on(*, actor: User, passage_id: UUID, marked: str) -> Passage:
    """As `set_relied_on`, of the passage's words with [[ and ]] around those relied on.

    Raises Invalid on `marked` also when its words are not those of the passage.
    """
    passage = changeable_passage(actor, passage_id)
    try:
        words, runs = read(marked.replace("\r\n", "\n").strip())
    except ValueError as error:
        raise Invalid(
            "Each [[ needs a ]] after it, with words between them.", field="marked"
        ) from error
    if words != passage.quote:
        raise Invalid(
            "Only [[ and ]] may be put in; the words must stay as they are.", field="marked"
        )
    return set_relied_on(actor=actor, passage_id=passage_id, relied_on=runs)


@transaction.atomic
def check_passage(
    *, actor: User, passage_id: UUID, opened: bool, match: str, note: str = ""
) -> PassageCheck:
    """Say as second reader what stands in the source; earlier checks stay, the last one counts.

    Raises Missing, NotAllowed for who does not write in the seminar and for whoever took the
    passage, Invalid on `match`, on `note`, and on `opened` when words are vouched for unseen.
    """
    passage = checkable_passage(actor, passage_id)
    if match not in Match.values:
        raise Invalid("Choose one of: " + ", ".join(Match.values) + ".", field="match")
    if match == Match.VERBATIM and not opened:
        raise Invalid("Open the source before you say that the words stand there.", field="opened")
    note = clean(note, field="note", limit=500, required=False, one_line=True)
    return PassageCheck.objects.create(
        passage=passage, by=actor, opened=opened, match=match, note=note
    )


def checkable_passage(actor: User, passage_id: UUID) -> Passage:
    """The passage that the actor may check. Raises Missing, NotAllowed."""
    passage = _passage(actor, passage_id)
    membership = membership_of(actor, passage.source.seminar)
    if not may_write(membership, passage.source.seminar):
        raise NotAllowed(ONLY_WRITERS)
    if not may_check_passage(actor, membership, passage):
        raise NotAllowed(NOT_ONES_OWN)
    return passage


def _passage(actor: User, passage_id: UUID) -> Passage:
    passages = Passage.objects.visible_to(actor).select_related("source__seminar", "added_by")
    passage = passages.filter(pk=passage_id).first()
    if passage is None:
        raise Missing
    return passage


def _runs(relied_on: Sequence[Sequence[int]], quote: str) -> list[list[int]]:
    try:
        return normal(relied_on, len(quote))
    except (TypeError, ValueError) as error:
        raise Invalid(
            "Give pairs of offsets within the words, start before end, 50 at most.",
            field="relied_on",
        ) from error
