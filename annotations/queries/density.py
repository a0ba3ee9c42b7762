"""Where in a paragraph the notes lie whose words are not marked one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from annotations import selectors

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotations.queries.paragraphs import AnchoredRow

STEPS = 3


class Tint(NamedTuple):
    """A sentence, and how dense notes lie on it beside others of its paragraph: 1 to 3."""

    span: selectors.Span
    step: int


def tints(text: str, rows: Iterable[AnchoredRow]) -> list[Tint]:
    """The sentences of the text that the rows touch, each with its step.

    Steps are thirds of the busiest sentence's count.
    """
    spans = selectors.sentences(text)
    places = [(row.start or 0, row.end or 0) for row in rows]
    counts = [sum(start < span.end and span.start < end for start, end in places) for span in spans]
    most = max(counts, default=0)
    return [
        Tint(span, -(-STEPS * count // most))
        for span, count in zip(spans, counts, strict=True)
        if count
    ]
