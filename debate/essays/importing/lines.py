"""Lines as a page shows them, made into running text: page furniture found, divided words joined again."""

import itertools
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from debate.essays import inline
from debate.essays.importing import patterns
from debate.essays.importing.blocks import Block

_LIGATURES: Final = str.maketrans(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_WORD = re.compile(r"((?:[^\W\d_]+-)*[^\W\d_]+)[-\u2010\u00ad]$")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_HYPHENS: Final = ("-", "\u2010", "\u2011", "\u00ad")
# Parts that English writes with a hyphen more often than without.
_PREFIXES: Final = frozenset(
    ["all", "anti", "co", "cross", "ex", "half", "high", "long", "low", "mid", "non", "post"],
).union(["pro", "self", "semi", "short", "so", "well"])
_EDGE: Final = 2
_LONGEST_WORD: Final = 100


@dataclass(frozen=True)
class Line:
    """A line of a page with its inline HTML and the looks that matter; sizes and places are in points."""

    html: str
    page: int = 0
    indent: float = 0
    right: float = 0
    top: float = 0
    size: float = 0
    heading: bool = False

    @property
    def text(self) -> str:
        return inline.plain(self.html)


def without_ligatures(text: str) -> str:
    """`text` with the joined letters of printers as letters of their own."""
    return text.translate(_LIGATURES)


class Joiner:
    """Joins lines; a word divided at a line's end is whole again, its hyphen kept only if it belongs there.

    The essay itself decides: a word that stands elsewhere undivided loses its hyphen, one that stands
    elsewhere with it keeps it. Else the hyphen goes, but after a prefix that takes one.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._words = Counter(
            word.lower() for text in texts for word in _WORD.findall(text.rstrip("-\u2010\u00ad"))
        )
        self.joined_words: list[str] = []

    def join(self, pieces: Sequence[str]) -> str:
        """The lines `pieces`, inline HTML each, as one."""
        parts = [pieces[0]]
        for before, after in itertools.pairwise(pieces):
            cut, separator = self._seam(inline.plain(before), inline.plain(after))
            if cut:
                last = parts.pop()
                parts.append(inline.slice_html(last, 0, len(inline.plain(last)) - cut))
            parts.extend((separator, after))
        return inline.sanitise("".join(parts))

    def _seam(self, before: str, after: str) -> tuple[int, str]:
        """How many characters of `before` go, and what stands between."""
        if before.endswith("—") and not before.endswith(" —"):
            return 0, ""
        if not before.endswith(_HYPHENS) or before.endswith(" -"):
            return 0, " "
        left, right = _LAST_WORD.search(before[-_LONGEST_WORD:]), _FIRST_WORD.match(after)
        if not left or not right or not patterns.starts_lower(after):
            return 0, ""
        if not before.endswith("\u00ad") and self._keeps_hyphen(left[1].lower(), right[0].lower()):
            return 0, ""
        self.joined_words.append(f"{left[1]}{right[0]}")
        return 1, ""

    def _keeps_hyphen(self, left: str, right: str) -> bool:
        with_hyphen, without = self._words[f"{left}-{right}"], self._words[f"{left}{right}"]
        if with_hyphen != without:
            return with_hyphen > without
        return left.rsplit("-", 1)[-1] in _PREFIXES or "-" in left

    def remarks(self) -> list[str]:
        """A sentence that names the words that were joined, if any."""
        if not self.joined_words:
            return []
        shown = ", ".join(f"“{word}”" for word in self.joined_words[:5])
        more = len(self.joined_words) - 5
        rest = f" and {more} more" if more > 0 else ""
        return [f"Words divided at the ends of lines were joined: {shown}{rest}."]


def take_furniture(pages: Sequence[Sequence[Line]]) -> tuple[list[list[Line]], list[Block]]:
    """The pages without what only a page needs, and that as blocks proposed to be left out.

    Page numbers and lines that stand at the edge of two pages or more (of half of them, when there are many)
    count as furniture, numbers in them aside.
    """
    edges = [_edge_lines(page) for page in pages]
    seen: dict[str, set[int]] = defaultdict(set)
    for number, lines in enumerate(edges):
        for line in lines:
            seen[_shape(line.text)].add(number)
    numbers = _page_numbers(edges)
    repeated = {
        shape
        for shape, where in seen.items()
        if len(where) >= max(2, len(pages) / 2) and any(c.isalpha() for c in shape)
    }
    taken: dict[str, list[Line]] = defaultdict(list)
    kept: list[list[Line]] = []
    for page, lines in zip(pages, edges, strict=True):
        kept.append([])
        for line in page:
            shape = _shape(line.text)
            if line in numbers or (line in lines and shape in repeated):
                taken["" if line in numbers else shape].append(line)
            else:
                kept[-1].append(line)
    return kept, [_furniture_block(shape, lines) for shape, lines in taken.items()]


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    ordered = sorted((line for line in page if line.html), key=lambda line: line.top)
    return [*ordered[:_EDGE], *ordered[-_EDGE:]]


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", text).strip().lower()


def _page_numbers(edges: Sequence[Sequence[Line]]) -> set[Line]:
    """Lines that are numbers growing by one from page to page, or the last line of a single page."""
    found: list[tuple[int, int, Line]] = []
    for page, lines in enumerate(edges):
        for line in lines:
            number = patterns.page_number(line.text)
            if number is not None:
                found.append((page, number - page, line))
    offsets = Counter(offset for _, offset, _ in {(p, o, None) for p, o, _ in found})
    single = {edges[0][-1]} if len(edges) == 1 and edges[0] else set()
    return {line for _, offset, line in found if offsets[offset] > 1 or line in single}


def _furniture_block(shape: str, lines: Sequence[Line]) -> Block:
    if not shape:
        numbers = " ".join(line.text for line in lines)
        return Block(
            kind="body", html=inline.from_plain(numbers), left_out=True, remark="Page numbers."
        )
    remark = f"Stands at the edge of {len(lines)} pages."
    return Block(kind="body", html=lines[0].html, left_out=True, remark=remark)
