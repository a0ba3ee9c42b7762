"""Words of a text, with their places: what alignment compares and what borders stand on.

A token is a word, or one visible character that belongs to no word (a stop, a dash, an emoji with all its
marks). Words follow Unicode Standard Annex 29 where it matters here: letters, digits and marks belong
together, an apostrophe or a decimal point inside them does not part them, and scripts written without
spaces (Han, kana, Thai and their like) count one character, with its marks, as a word. Tokens never cut a
grapheme. Two tokens are alike when they differ in case or in typographic variants only.
"""

from __future__ import annotations

import functools
import math
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from annotations.selectors import fold

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PUNCTUATION_WEIGHT: Final = 0.02
LEAST_WEIGHT: Final = 0.1
BEST_BREAK: Final = 3
# Marks end with the variation selectors; beyond them no plane holds letters that a space parts.
_LAST_SPACED: Final = 0x20000
_SUPPLEMENT: Final = range(0xE0100, 0xE01F0)
_UNSPACED: Final = (
    "\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf"
    "\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_JOINERS: Final = "\u200c\u200d"
_STOPS: Final = frozenset(".!?…。！？؟۔")
_PAUSES: Final = frozenset(",;:—–-()،؛、，：；")


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph of one revision: its key and its plain text, NFC."""

    key: str
    text: str


@functools.cache
def _pattern() -> re.Pattern[str]:
    """The tokens of a text. Built at first use: it asks for the category of every character once."""
    marks, letters = [], []
    for code in [*range(_LAST_SPACED), *_SUPPLEMENT]:
        character = chr(code)
        if unicodedata.category(character).startswith("M"):
            marks.append(code)
        elif character.isalnum() or character == "_":
            letters.append(code)
    mark = f"[{_ranges(marks)}{_JOINERS}]"
    unspaced = f"[{_UNSPACED}]{mark}*"
    word = f"(?:(?![{_UNSPACED}])[{_ranges(letters)}]{mark}*)+"
    inner = r"(?:(?:['’ʼ]|(?<=\d)[.,](?=\d))" + word + ")*"
    flag = "[\U0001f1e6-\U0001f1ff]{2}"
    other = f"\\S(?:{mark}|[\U0001f3fb-\U0001f3ff]|(?<=\u200d)[^\\s\\w])*"
    return re.compile(f"({word}{inner}|(?=\\w){unspaced})|{flag}|{other}")


def _ranges(codes: Sequence[int]) -> str:
    """A character class of ascending code points."""
    parts: list[str] = []
    first = last = codes[0]
    for code in [*codes[1:], -1]:
        if code == last + 1:
            last = code
            continue
        parts.append(f"\\U{first:08x}-\\U{last:08x}")
        first = last = code
    return "".join(parts)


def tokens(text: str) -> Iterator[tuple[int, int, bool]]:
    """Start, end and whether it is a word, for each token in order; linear in the text."""
    for match in _pattern().finditer(text):
        yield match.start(), match.end(), match.group(1) is not None


def words_of(text: str) -> list[str]:
    """The words of a text as they compare when asked for identity: case counts, apostrophes do not."""
    return [text[start:end].replace("’", "'") for start, end, is_word in tokens(text) if is_word]


class Vocabulary:
    """Numbers for tokens, the same for those that are alike, and how much one of them tells."""

    def __init__(self) -> None:
        self._of_literal: dict[str, int] = {}
        self._of_folded: dict[str, int] = {}
        self.literals: list[str] = []
        self.counts: list[int] = []
        self.is_word: list[bool] = []

    def number(self, literal: str, *, is_word: bool) -> int:
        """The number of a token, which is counted as seen once more."""
        known = self._of_literal.get(literal)
        if known is None:
            folded = fold(literal)[0].casefold()
            known = self._of_folded.setdefault(folded, len(self.literals))
            self._of_literal[literal] = known
            if known == len(self.literals):
                self.literals.append(folded)
                self.counts.append(0)
                self.is_word.append(is_word)
        self.counts[known] += 1
        return known

    def find(self, literal: str) -> int | None:
        """The number of a token if it has been seen."""
        known = self._of_literal.get(literal)
        return known if known is not None else self._of_folded.get(fold(literal)[0].casefold())

    def weights(self) -> list[float]:
        """What each token tells, from 0.1 for the commonest word to 1 for one that stands once.

        Inverse document frequency (Spärck Jones 1972) over both revisions, scaled; a punctuation mark
        tells next to nothing.
        """
        total = math.log(max(2, sum(self.counts)) / 2)
        return [
            max(LEAST_WEIGHT, min(1.0, 1 - math.log(max(1.0, count / 2)) / (total or 1.0)))
            if is_word
            else PUNCTUATION_WEIGHT
            for count, is_word in zip(self.counts, self.is_word, strict=True)
        ]


@dataclass(slots=True)
class Side:
    """The tokens of one revision in a row, over all its paragraphs.

    `first[p]` is the index of paragraph p's first token (one more entry than paragraphs); `starts` and
    `ends` are offsets within the paragraph.
    """

    texts: Sequence[Text]
    first: list[int] = field(default_factory=lambda: [0])
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    ids: list[int] = field(default_factory=list)
    paragraph: list[int] = field(default_factory=list)
    index: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, texts: Sequence[Text], vocabulary: Vocabulary) -> Side:
        """The tokens of the paragraphs, numbered by `vocabulary`."""
        side = cls(texts)
        for place, paragraph in enumerate(texts):
            side.index[paragraph.key] = place
            for start, end, is_word in tokens(paragraph.text):
                side.starts.append(start)
                side.ends.append(end)
                side.ids.append(vocabulary.number(paragraph.text[start:end], is_word=is_word))
                side.paragraph.append(place)
            side.first.append(len(side.ids))
        return side

    def bounds(self, place: int) -> tuple[int, int]:
        """The first token of a paragraph and the one after its last."""
        return self.first[place], self.first[place + 1]

    def covered(self, place: int, start: int, end: int) -> tuple[int, int]:
        """The tokens that a run of a paragraph touches, half-open; empty over white space."""
        low, high = self.bounds(place)
        return (
            bisect_right(self.ends, start, low, high),
            bisect_left(self.starts, end, low, high),
        )

    def sentences(self, place: int) -> list[tuple[int, int]]:
        """The sentences of a paragraph, as its stops part them, each from its first token to its last."""
        low, high = self.bounds(place)
        starts = [at for at in range(low, high) if self.break_before(at) == BEST_BREAK]
        return list(pairwise([*starts, high]))

    def breaks_at(self, chosen: Sequence[int]) -> Callable[[int], int]:
        """`break_before` for tokens by their place among the chosen ones."""
        return lambda at: self.break_before(chosen[at])

    def break_before(self, token: int) -> int:
        """How good a border stands before a token: 3 a paragraph's or sentence's, 1 a pause, 0 none."""
        place = self.paragraph[token] if token < len(self.paragraph) else -1
        if place < 0 or token == self.first[place]:
            return BEST_BREAK
        text = self.texts[place].text
        before = text[self.starts[token - 1] : self.ends[token - 1]]
        between = text[self.ends[token - 1] : self.starts[token]]
        if before[-1] in _STOPS and between:
            return BEST_BREAK
        return 1 if before[-1] in _PAUSES or text[self.starts[token]] in _PAUSES else 0
