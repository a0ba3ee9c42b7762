"""The last step of the cascade: a quote looked for by its words and its surroundings.

Only words of the new revision that no word of the old one became are looked at: whatever stood in the old
revision is accounted for, so a repetition elsewhere can never take an anchor that lost its words. Candidates
come from an index of those words, the rarest of the quote first, at most 24 of them. Each is scored from 0 to
1: Indel likeness (rapidfuzz, O(nm/64)) of the quote, weighed by twice its length, and of up to 32 characters on
either side, as the W3C's TextQuoteSelector keeps them. Where the whole or the quote alone is below 0.8, or a
second candidate is as good, nothing is found; nor where the words that agree are but a turn of phrase.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import Indel

from annotations.reanchoring.alignment import LEAST_EVIDENCE, NOWHERE
from annotations.reanchoring.words import tokens
from annotations.selectors import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from annotations.reanchoring.alignment import Alignment

FLOOR: Final = 0.8
CLEARLY: Final = 0.05
_MOST_CANDIDATES: Final = 24
_MOST_SEEDS: Final = 3


class Found(NamedTuple):
    """Tokens of the new revision, half-open, and how well they fit."""

    first: int
    end: int
    likeness: float


class Quotes:
    """An index of what is new in a revision."""

    def __init__(self, alignment: Alignment) -> None:
        self._alignment = alignment
        self._where: dict[int, list[int]] = defaultdict(list)
        for at, (number, source) in enumerate(zip(alignment.new.ids, alignment.back, strict=True)):
            if source == NOWHERE:
                self._where[number].append(at)

    def find(
        self, exact: str, prefix: str, suffix: str, *, near: tuple[str, int] | None = None
    ) -> Found | None:
        """The best place of a quote, or None below the floor or between equals.

        Of places that fit equally well the one at `near`, a paragraph's key and an offset, is taken.
        """
        numbers = [
            self._alignment.vocabulary.find(exact[start:end]) for start, end, _ in tokens(exact)
        ]
        scored = [
            found
            for first in self._candidates(numbers)
            if (found := self._score(first, len(numbers), exact, prefix, suffix)).likeness >= FLOOR
        ]
        quoted = self._couples(f"{prefix} {exact} {suffix}")
        scored = [found for found in scored if self._evidence(found, quoted) >= LEAST_EVIDENCE]
        if not scored:
            return None
        best = max(scored, key=lambda found: (found.likeness, -found.first))
        rivals = [found for found in scored if found.likeness > best.likeness - CLEARLY]
        if len(rivals) == 1:
            return best
        there = [found for found in rivals if near and self._stands(found) == near]
        return there[0] if there else None

    def _couples(self, text: str) -> set[tuple[int | None, int | None]]:
        find = self._alignment.vocabulary.find
        return set(pairwise(find(text[start:end]) for start, end, word in tokens(text) if word))

    def _evidence(self, found: Found, quoted: Container[tuple[int | None, int | None]]) -> float:
        """What the pairs of neighbouring words that are in the quote or around it tell of a place."""
        new = self._alignment.new
        text = new.texts[new.paragraph[found.first]].text
        start, end = new.starts[found.first], new.ends[found.end - 1]
        around = text[max(0, start - CONTEXT) : end + CONTEXT]
        return sum(
            self._alignment.rarity(couple) for couple in self._couples(around) if couple in quoted
        )

    def _stands(self, found: Found) -> tuple[str, int]:
        new = self._alignment.new
        return new.texts[new.paragraph[found.first]].key, new.starts[found.first]

    def _candidates(self, numbers: Sequence[int | None]) -> list[int]:
        """First tokens of windows as long as the quote that hold one of its rarest words in place."""
        new = self._alignment.new
        known = [(at, number) for at, number in enumerate(numbers) if number in self._where]
        weights = self._alignment.scale.weights
        seeds = sorted(
            known, key=lambda seed: (-weights[seed[1] or 0], len(self._where[seed[1] or 0]), seed)
        )
        windows: dict[int, None] = {}
        for offset, number in seeds[:_MOST_SEEDS]:
            for at in self._where[number or 0][:_MOST_CANDIDATES]:
                first = at - offset
                low, high = new.bounds(new.paragraph[at])
                if low <= first and first + len(numbers) <= high and self._is_free(first, numbers):
                    windows.setdefault(first)
        return list(windows)[:_MOST_CANDIDATES]

    def _is_free(self, first: int, numbers: Sequence[int | None]) -> bool:
        """Whether at least half of the words there have no other origin."""
        free = sum(self._alignment.back[at] == NOWHERE for at in range(first, first + len(numbers)))
        return 2 * free >= len(numbers)

    def _score(self, first: int, size: int, exact: str, prefix: str, suffix: str) -> Found:
        new = self._alignment.new
        text = new.texts[new.paragraph[first]].text
        start, end = new.starts[first], new.ends[first + size - 1]
        alike = Indel.normalized_similarity(exact, text[start:end], score_cutoff=FLOOR)
        if not alike:
            return Found(first, first + size, 0.0)
        own = 2 * len(exact)
        value = own * alike
        value += len(prefix) * Indel.normalized_similarity(
            prefix, text[max(0, start - CONTEXT) : start]
        )
        value += len(suffix) * Indel.normalized_similarity(suffix, text[end : end + CONTEXT])
        return Found(first, first + size, value / (own + len(prefix) + len(suffix)))
