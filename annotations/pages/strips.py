"""Where along an essay its notes stand, as twelve bars: drawn by the server, said in words beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CELLS = 12
TALLEST = 16
# Of a bar that is one of many paragraphs' the least is still to be seen.
LEAST = 3
WIDTH, GAP = 7, 2


@dataclass(frozen=True, slots=True)
class Cell:
    """One bar: its place and size in the picture, and how many notes it stands for."""

    x: int
    y: int
    height: int
    count: int


@dataclass(frozen=True, slots=True)
class Strip:
    """Twelve bars from the essay's beginning to its end; `most` is the fullest paragraph's number."""

    cells: list[Cell]
    most: int
    width: int = CELLS * (WIDTH + GAP) - GAP
    height: int = TALLEST
    bar: int = WIDTH


def strip(paragraphs: int, notes: Mapping[int, int]) -> Strip | None:
    """The bars of an essay of so many numbered paragraphs, `notes` by their number; None without any.

    A shorter essay's paragraph is as many bars wide as it takes, a longer one's share a bar.
    """
    if not paragraphs or not notes:
        return None
    counts = [_in_cell(cell, paragraphs, notes) for cell in range(CELLS)]
    most = max(counts)
    cells = []
    for place, count in enumerate(counts):
        height = max(LEAST, round(TALLEST * count / most)) if count else 1
        cells.append(Cell(place * (WIDTH + GAP), TALLEST - height, height, count))
    fullest = min(notes, key=lambda number: (-notes[number], number))
    return Strip(cells, fullest)


def _in_cell(cell: int, paragraphs: int, notes: Mapping[int, int]) -> int:
    """How many notes stand on the paragraphs, at least one, that the bar stands for."""
    first = cell * paragraphs // CELLS + 1
    last = max(first, (cell + 1) * paragraphs // CELLS)
    return sum(notes.get(number, 0) for number in range(first, last + 1))
