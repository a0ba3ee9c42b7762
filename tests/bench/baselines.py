"""Three other ways to re-anchor, written for comparison after the rules that other tools publish.

Each takes the old texts, the new texts, and anchors as (paragraph, start, end) of the old; each answers with
the same of the new, of each paragraph the place touches: of none for an orphan.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTEXT = 32
MOST_ERRORS = 256
SEPARATOR = "\n"

Mark = tuple[int, int, int]


class Texts:
    """Paragraphs as one text, as tools see a page."""

    def __init__(self, paragraphs: Sequence[str]) -> None:
        self.whole = SEPARATOR.join(paragraphs)
        self.first = [0]
        for paragraph in paragraphs:
            self.first.append(self.first[-1] + len(paragraph) + 1)

    def at(self, mark: Mark) -> tuple[int, int]:
        """Offsets in the whole text."""
        place, start, end = mark
        return self.first[place] + start, self.first[place] + end

    def marks(self, start: int, end: int) -> list[Mark]:
        """What a run of the whole text covers of each paragraph."""
        place = max(0, bisect_right(self.first, start) - 1)
        found = []
        while place < len(self.first) - 1 and self.first[place] < end:
            first, last = self.first[place], self.first[place + 1] - 1
            if max(start, first) < min(end, last):
                found.append((place, max(start, first) - first, min(end, last) - first))
            place += 1
        return found


def by_offsets(old: Texts, new: Texts, mark: Mark) -> list[Mark]:
    """The same offsets of the whole text, whatever stands there."""
    start, end = old.at(mark)
    return new.marks(start, end)


def exact_or_orphan(old: Texts, new: Texts, mark: Mark) -> list[Mark]:
    """The quote letter by letter: where it stands once, or of several places the one it had."""
    start, end = old.at(mark)
    quote = old.whole[start:end]
    first = new.whole.find(quote)
    if first < 0:
        return []
    if new.whole.find(quote, first + 1) < 0:
        return new.marks(first, first + len(quote))
    return new.marks(start, end) if new.whole.startswith(quote, start) else []


def fuzzy_without_floor(old: Texts, new: Texts, mark: Mark) -> list[Mark]:
    """The place most like quote, surroundings and position (weights 50, 20, 20, 2), however poor it is.

    Of places with other words than the quote, those that differ in at most half of its characters, or 256.
    """
    start, end = old.at(mark)
    quote = old.whole[start:end]
    prefix, suffix = old.whole[max(0, start - CONTEXT) : start], old.whole[end : end + CONTEXT]
    found = _exactly(new.whole, quote)
    if not found:
        alike = fuzz.partial_ratio_alignment(quote, new.whole)
        around = fuzz.partial_ratio_alignment(prefix + quote + suffix, new.whole)
        windows = [(one.dest_start, one.dest_end) for one in (alike, around) if one]
        most = min(MOST_ERRORS, len(quote) // 2)
        found = [
            (low, high)
            for low, high in windows
            if Levenshtein.distance(quote, new.whole[low:high], score_cutoff=most) <= most
        ]
    ranked = [
        (
            50 * fuzz.ratio(quote, new.whole[low:high])
            + 20 * fuzz.ratio(prefix, new.whole[max(0, low - CONTEXT) : low])
            + 20 * fuzz.ratio(suffix, new.whole[high : high + CONTEXT])
            + 200 * (1 - abs(low - start) / max(len(new.whole), 1)),
            -low,
            (low, high),
        )
        for low, high in found
        if low < high
    ]
    return new.marks(*max(ranked)[2]) if ranked else []


def _exactly(text: str, quote: str) -> list[tuple[int, int]]:
    found = []
    at = text.find(quote)
    while at >= 0:
        found.append((at, at + len(quote)))
        at = text.find(quote, at + 1)
    return found


BASELINES = {
    "offsets only": by_offsets,
    "exact or orphan": exact_or_orphan,
    "fuzzy, no floor": fuzzy_without_floor,
}
