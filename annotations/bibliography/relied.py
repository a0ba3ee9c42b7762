"""The words of a quotation that an argument relies on, as runs of code points, half-open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

OPENS, CLOSES = "[[", "]]"
MOST_RUNS = 50


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of a quotation: its words, and whether they are relied on."""

    text: str
    is_relied_on: bool


def normal(runs: Iterable[Sequence[int]], length: int) -> list[list[int]]:
    """The runs in order, those that meet or overlap as one. Raises ValueError.

    Each is a pair of whole numbers, start before end, within the length; there are 50 at most.
    """
    pairs = sorted(_pair(run, length) for run in runs)
    if len(pairs) > MOST_RUNS:
        raise ValueError(len(pairs))
    joined: list[list[int]] = []
    for start, end in pairs:
        if joined and start <= joined[-1][1]:
            joined[-1][1] = max(joined[-1][1], end)
        else:
            joined.append([start, end])
    return joined


def _pair(run: Sequence[int], length: int) -> tuple[int, int]:
    start, end = run
    if not all(type(one) is int for one in (start, end)) or not 0 <= start < end <= length:
        raise ValueError(run)
    return start, end


def cut(quote: str, runs: Iterable[Sequence[int]]) -> list[Run]:
    """The quotation in pieces, relied on and not, whose texts make it up again."""
    pieces, at = [], 0
    for start, end in runs:
        pieces += [
            Run(quote[at:start], is_relied_on=False),
            Run(quote[start:end], is_relied_on=True),
        ]
        at = end
    pieces.append(Run(quote[at:], is_relied_on=False))
    return [piece for piece in pieces if piece.text]


def mark(quote: str, runs: Iterable[Sequence[int]]) -> str:
    """The quotation with [[ and ]] around what is relied on, as people type it."""
    return "".join(
        f"{OPENS}{run.text}{CLOSES}" if run.is_relied_on else run.text for run in cut(quote, runs)
    )


def read(marked: str) -> tuple[str, list[list[int]]]:
    """The quotation and its runs, of a text as `mark` writes it. Raises ValueError.

    Marks must come in pairs, one after the other, around at least one character.
    """
    words, runs = "", []
    for number, piece in enumerate(marked.split(OPENS)):
        relied_on, closed, rest = piece.partition(CLOSES) if number else ("", "", piece)
        if (number and (not closed or not relied_on)) or CLOSES in rest:
            raise ValueError(marked)
        if number:
            runs.append([len(words), len(words) + len(relied_on)])
        words += relied_on + rest
    return words, normal(runs, len(words))
