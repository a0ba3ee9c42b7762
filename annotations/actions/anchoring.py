"""Where a new annotation sits: targets checked against the words that the server owns."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from annotations import selectors
from annotations.models import Anchor
from debate.core.db import THAT, THIS, Finder
from debate.core.errors import Conflict, Invalid
from debate.core.text import refuse_unstorable
from debate.essays.models import Paragraph

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from uuid import UUID

    from annotations.actions.inputs import Target
    from debate.essays.models import Revision

MOST_TARGETS = 20


def anchors_for(
    revision: Revision,
    targets: Sequence[Target],
    *,
    known: Mapping[UUID, Paragraph] | None = None,
) -> list[Anchor]:
    """The targets as anchors in the revision, not yet saved, in the order of the text.

    `known` are the numbered paragraphs that are named, where somebody has looked for them before.

    Raises Invalid that names the member at fault when a paragraph is not of the revision or the
    offsets lie outside the text; Conflict with the best candidate when the quoted words do not
    stand there (`quote_not_found`), with the places when they repeat (`quote_repeats`).
    """
    if len(targets) > MOST_TARGETS:
        raise Invalid(f"At most {MOST_TARGETS} targets are taken.", field="anchors")
    if known is None:
        known = numbered_paragraphs(revision, {target.paragraph_id for target in targets})
    placed = []
    for target in targets:
        paragraph = known.get(target.paragraph_id)
        if paragraph is None:
            raise Invalid(
                "This is no numbered paragraph of the essay as it is set.",
                field=target.place("paragraph"),
            )
        placed.append(_anchor(revision, paragraph, target))
    placed.sort(key=lambda anchor: (_position(anchor), anchor.start or 0))
    for position, anchor in enumerate(placed):
        anchor.position = position
    return placed


def numbered_paragraphs(revision: Revision, wanted: Collection[UUID]) -> dict[UUID, Paragraph]:
    """Those of the revision's numbered paragraphs, by id. Takes 1 query."""
    if len(wanted) == 1:
        found = _NUMBERED.find(this=revision.pk, that=next(iter(wanted)))
    else:
        found = list(revision.paragraphs.numbered().filter(pk__in=wanted))
    for one in found:
        one.revision = revision
    return {one.pk: one for one in found}


_NUMBERED = Finder(lambda: Paragraph.objects.filter(number__isnull=False, revision=THIS, pk=THAT))


def _position(anchor: Anchor) -> int:
    return anchor.paragraph.position if anchor.paragraph else 0


def _anchor(revision: Revision, paragraph: Paragraph, target: Target) -> Anchor:
    anchor = Anchor(revision=revision, paragraph=paragraph)
    if target.start is None and target.end is None and not target.quote:
        return anchor
    span = _span(paragraph, target)
    if not paragraph.text[span.start : span.end].strip():
        raise Invalid(
            "There are no words there.", field=target.place("quote" if target.quote else "start")
        )
    if not selectors.grapheme_safe(paragraph.text, span.start, span.end):
        raise Invalid(
            "The offsets cut a character from its accents or joiners.", field=target.place("start")
        )
    found = selectors.select(paragraph.text, span.start, span.end)
    anchor.start, anchor.end, anchor.exact = found.start, found.end, found.exact
    anchor.prefix, anchor.suffix = found.prefix, found.suffix
    return anchor


def _span(paragraph: Paragraph, target: Target) -> selectors.Span:
    for name in ("quote", "prefix", "suffix"):
        refuse_unstorable(getattr(target, name), field=target.place(name))
    quote = unicodedata.normalize("NFC", target.quote)
    if target.start is None and target.end is None:
        return _find(paragraph, target, quote)
    start, end = _offsets(paragraph.text, target)
    if not quote or paragraph.text[start:end] == quote:
        return selectors.Span(start, end)
    span = selectors.from_utf16(paragraph.text, start, end)
    if span and paragraph.text[span.start : span.end] == quote:
        return span
    raise _not_there(paragraph, target, quote)


def _offsets(text: str, target: Target) -> tuple[int, int]:
    if target.start is None or target.end is None:
        missing = "start" if target.start is None else "end"
        raise Invalid("Give both offsets, or neither.", field=target.place(missing))
    # With a quote the offsets may be a browser's, in UTF-16, where an emoji counts two.
    length = len(text.encode("utf-16-le")) // 2 if target.quote else len(text)
    if not 0 <= target.start < length:
        raise Invalid(
            f"The paragraph has {len(text)} characters; this lies outside.",
            field=target.place("start"),
        )
    if not target.start < target.end <= length:
        raise Invalid(
            f"The end must lie behind the start and within {len(text)} characters.",
            field=target.place("end"),
        )
    return target.start, target.end


def _find(paragraph: Paragraph, target: Target, quote: str) -> selectors.Span:
    text = paragraph.text
    found = selectors.places(text, quote)
    if target.prefix or target.suffix:
        found = [
            span
            for span in found
            if text[: span.start].endswith(target.prefix)
            and text[span.end :].startswith(target.suffix)
        ] or found
    if not found:
        raise _not_there(paragraph, target, quote)
    if len(found) > 1:
        raise Conflict(
            f"These words stand {len(found)} times in the paragraph. Choose one of the places.",
            field=target.place("quote"),
            code="quote_repeats",
            extra={"places": [_as_json(text, span.start, span.end) for span in found]},
        )
    return found[0]


def _not_there(paragraph: Paragraph, target: Target, quote: str) -> Conflict:
    candidate = selectors.best_candidate(paragraph.text, quote)
    extra: dict[str, Any] = {"candidate": None}
    if candidate:
        extra["candidate"] = {
            **_as_json(paragraph.text, candidate.start, candidate.end),
            "similarity": candidate.similarity,
        }
    return Conflict(
        "These words do not stand there in the essay.",
        field=target.place("quote"),
        code="quote_not_found",
        extra=extra,
    )


def _as_json(text: str, start: int, end: int) -> dict[str, Any]:
    found = selectors.select(text, start, end)
    return {
        "start": found.start,
        "end": found.end,
        "exact": found.exact,
        "prefix": found.prefix,
        "suffix": found.suffix,
    }
