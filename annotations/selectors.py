"""Quote and position selectors: pure functions over a paragraph's plain text.

Offsets are code points, half-open. Terms are those of the W3C Web Annotation Data Model
(TextQuoteSelector 4.2.4, TextPositionSelector 4.2.5).
"""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz

from debate.essays.sentences import sentence_runs

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTEXT = 32
MOST_PLACES = 20
LONGEST_WINDOW = 500


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a text: `start` inclusive, `end` exclusive."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Selector:
    """A run with its words and up to 32 characters on either side."""

    start: int
    end: int
    exact: str
    prefix: str
    suffix: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """Where words like the quote stand, and how alike they are, from 0 to 1."""

    start: int
    end: int
    exact: str
    similarity: float


@dataclass(frozen=True, slots=True)
class FlatRun:
    """A stretch of text under the same spans; `spans` are indexes in the order they were given."""

    start: int
    end: int
    spans: tuple[int, ...]


def select(text: str, start: int, end: int) -> Selector:
    """The selector of a run. Raises ValueError unless ``0 <= start < end <= len(text)``."""
    if not 0 <= start < end <= len(text):
        raise ValueError("The run lies outside the text.")
    return Selector(
        start=start,
        end=end,
        exact=text[start:end],
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
    )


def fold(text: str) -> tuple[str, list[int]]:
    """The text with typographic variants made alike, and for each character its old offset.

    Curly quotes become straight, dashes hyphens, any run of white space one space, case is kept:
    what a person types from the page or pastes from a browser is found. The list has one more
    entry, the length of the text.
    """
    folded: list[str] = []
    offsets: list[int] = []
    for offset, char in enumerate(text):
        plain = " " if char.isspace() else _VARIANTS.get(char, char)
        if plain == " " and folded and folded[-1] == " ":
            continue
        folded.append(plain)
        offsets.append(offset)
    return "".join(folded), [*offsets, len(text)]


_VARIANTS = {
    **dict.fromkeys("‘’‚‛′", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
}


def places(text: str, quote: str) -> list[Span]:
    """Where the quote stands, word for word, else but for typographic variants; at most 20 places.

    Linear in the length of the text for each place found.
    """
    quote = unicodedata.normalize("NFC", quote)
    found = _occurrences(text, quote)
    if found or not quote.strip():
        return found
    folded, offsets = fold(text)
    needle = fold(quote.strip())[0]
    return [Span(offsets[span.start], offsets[span.end]) for span in _occurrences(folded, needle)]


def _occurrences(text: str, quote: str) -> list[Span]:
    found: list[Span] = []
    at = text.find(quote) if quote else -1
    while at >= 0 and len(found) < MOST_PLACES:
        found.append(Span(at, at + len(quote)))
        at = text.find(quote, at + 1)
    return found


def best_candidate(text: str, quote: str) -> Candidate | None:
    """The words of the text most like the quote, on whole words; None when nothing is alike.

    Similarity is the normalised indel similarity (rapidfuzz's ``ratio``) of the quote and the best
    window (``partial_ratio_alignment``, 0.5 at least). Of a long quote the beginning and the end
    are looked for, as the time for a window grows with the square of its length.
    """
    quote = unicodedata.normalize("NFC", quote).strip()
    if not quote or not text or len(quote) > 2 * len(text) + CONTEXT:
        return None
    head = _alike(text, quote[:LONGEST_WINDOW])
    tail = _alike(text, quote[-LONGEST_WINDOW:]) if len(quote) > LONGEST_WINDOW else head
    if head is None or tail is None or tail.end <= head.start:
        return None
    span = whole_words(text, head.start, tail.end)
    exact = text[span.start : span.end]
    return Candidate(span.start, span.end, exact, round(fuzz.ratio(quote, exact) / 100, 2))


def _alike(text: str, words: str) -> Span | None:
    found = fuzz.partial_ratio_alignment(words, text, score_cutoff=50)
    if found is None or found.dest_end <= found.dest_start:
        return None
    return Span(found.dest_start, found.dest_end)


def whole_words(text: str, start: int, end: int) -> Span:
    """The run widened to the borders of the words it touches, without white space at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return Span(start, end)


def from_utf16(text: str, start: int, end: int) -> Span | None:
    """The run whose borders a browser counted in UTF-16 code units; None if one cuts a character."""
    encoded = text.encode("utf-16-le")
    try:
        head = encoded[: 2 * start].decode("utf-16-le")
        body = encoded[2 * start : 2 * end].decode("utf-16-le")
    except UnicodeDecodeError:
        return None
    return Span(len(head), len(head) + len(body))


def flat_runs(length: int, spans: Sequence[Span]) -> list[FlatRun]:
    """The text cut at every start and end, each piece with the spans that lie on it.

    Pieces follow one another without gap from 0 to `length`; O(n log n) in the spans, but for
    the overlaps that must be named.
    """
    events: dict[int, list[tuple[bool, int]]] = {0: [], length: []}
    for index, span in enumerate(spans):
        events.setdefault(span.start, []).append((True, index))
        events.setdefault(span.end, []).append((False, index))
    runs: list[FlatRun] = []
    active: dict[int, None] = {}
    borders = sorted(events)
    for here, following in itertools.pairwise(borders):
        for starts, index in events[here]:
            if starts:
                active[index] = None
            else:
                active.pop(index, None)
        runs.append(FlatRun(here, following, tuple(active)))
    return runs


def sentences(text: str) -> list[Span]:
    """The sentences of a paragraph, white space between them left out (`debate.essays.sentences`)."""
    return [Span(start, end) for start, end in sentence_runs(text)]


def first_sentence(body: str, limit: int = 300) -> str:
    """The body's first sentence as one line, cut at a word with an ellipsis beyond the limit."""
    line = unicodedata.normalize("NFC", " ".join(body.split()))
    spans = sentences(line)
    sentence = line[spans[0].start : spans[0].end] if spans else line
    if len(sentence) <= limit:
        return sentence
    return sentence[: limit - 1].rsplit(" ", 1)[0] + "…"


def sentence_at(text: str, start: int, end: int) -> Span:
    """The first sentence that the run has words of; the run itself where it has none."""
    touched = (one for one in sentences(text) if one.start < end and start < one.end)
    return next(touched, Span(start, end))


def grapheme_safe(text: str, start: int, end: int) -> bool:
    """Whether neither border of the run cuts a character from its marks or joiners."""
    return all(not _inside_grapheme(text, at) for at in (start, end))


def _inside_grapheme(text: str, at: int) -> bool:
    if not 0 < at < len(text):
        return False
    here, before = text[at], text[at - 1]
    joined = unicodedata.combining(here) or unicodedata.category(here) in {"Mn", "Me", "Mc"}
    return (
        bool(joined)
        or here in "\u200d\ufe0e\ufe0f"
        or before == "\u200d"
        or _is_modifier(here)
        or _inside_flag(text, at)
    )


def _is_modifier(char: str) -> bool:
    return "\U0001f3fb" <= char <= "\U0001f3ff"


def _inside_flag(text: str, at: int) -> bool:
    """Whether an odd number of regional indicators stands before another: two make one flag."""
    start = at
    while start > 0 and _is_regional(text[start - 1]):
        start -= 1
    return _is_regional(text[at]) and (at - start) % 2 == 1


def _is_regional(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"
