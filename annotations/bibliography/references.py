"""What reading a paste of references gives: items, and what is wrong with the rest."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotations.bibliography.csl import Item

# More than a seminar's reading list has; a whole library is imported in parts.
MOST_REFERENCES = 200

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


@dataclass(frozen=True, slots=True)
class Reference:
    """One work that was read: where it began, and the fields that an item has no member for."""

    item: Item
    label: str
    line: int
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry that could not be read: which, at which line, why, and the field at fault."""

    label: str
    line: int
    sentence: str
    field: str = ""

    def __str__(self) -> str:
        entry = f"{self.label}, line {self.line}" if self.label else f"Line {self.line}"
        return f"{entry}: {self.sentence}"


@dataclass(frozen=True, slots=True)
class Reading:
    """All that a paste holds, in its order: nothing in it is neither read nor a fault."""

    references: tuple[Reference, ...] = ()
    faults: tuple[Fault, ...] = ()


def too_many(count: int) -> Reading:
    """The reading of a paste with more entries than are taken at once."""
    sentence = f"This holds {count} entries; at most {MOST_REFERENCES} are taken at once."
    return Reading(faults=(Fault("", 1, sentence),))


def month_of(text: str) -> int | None:
    """The month that a word or number names, None when it names none."""
    word = text.strip().strip(".").lower()
    if re.fullmatch(r"0?[1-9]|1[0-2]", word):
        return int(word)
    return MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else None


def date_of(*parts: int | None) -> dict[str, Any]:
    """The CSL date of year, month and day, as far as they are given one after the other."""
    given: list[int] = []
    for part in parts:
        if not part:
            break
        given.append(part)
    return {"date-parts": [given]} if given else {}
