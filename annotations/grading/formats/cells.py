"""Tables of separated values whose cells can be set while every other byte stays as it was.

Learning management systems read back the file that they gave out, and compare what is none of our
business: line ends, quoting, spaces, a byte order mark. So a file is cut into cells with their raw
text, and put together again from it.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Final

from annotations.grading.formats.errors import Unreadable

SEPARATORS: Final = (",", ";", "\t")
MOST_BYTES: Final = 5_000_000
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


@dataclass(slots=True)
class Cell:
    """A cell: what stands in the file, and what it says."""

    raw: str
    value: str


class Table:
    """Rows of cells, with what stands between them.

    `rows[0]` is usually the line of names. Rows may differ in length; an empty line is a row of one
    empty cell.
    """

    def __init__(self, content: bytes) -> None:
        """Cut the file. Raises Unreadable for one that is too large, empty, or quotes without end."""
        if len(content) > MOST_BYTES:
            raise Unreadable("", f"The file is larger than {MOST_BYTES // 1_000_000} MB.")
        self._mark, self._encoding = b"", "utf-8"
        for mark, encoding in _MARKS:
            if content.startswith(mark):
                self._mark, self._encoding = mark, encoding
        # What is no text of that encoding comes out again as it came in.
        text = content[len(self._mark) :].decode(self._encoding, "surrogateescape")
        if not text.strip():
            raise Unreadable("", "The file is empty.")
        self.separator = _separator_of(text)
        self.rows: list[list[Cell]] = []
        self._ends: list[str] = []
        self._cut(text)

    def _cut(self, text: str) -> None:
        at, row = 0, []
        while True:
            end = self._end_of_cell(text, at)
            raw = text[at:end]
            row.append(Cell(raw, _value_of(raw)))
            if text[end : end + 1] == self.separator:
                at = end + 1
                continue
            line_end = text[end : end + 2] if text[end : end + 2] == "\r\n" else text[end : end + 1]
            self.rows.append(row)
            self._ends.append(line_end)
            at, row = end + len(line_end), []
            if at >= len(text):
                return

    def _end_of_cell(self, text: str, at: int) -> int:
        """Where the cell that begins there ends: before a separator, a line end, or the end."""
        if text[at : at + 1] == '"':
            closing = _closing_quote(text, at)
            if closing < 0:
                line = text.count("\n", 0, at) + 1
                raise Unreadable(f"line {line}", "a quotation mark is opened and never closed.")
            at = closing + 1
        while at < len(text) and text[at] not in (self.separator, "\n", "\r"):
            at += 1
        return at

    def value(self, row: int, column: int) -> str:
        """What the cell says, without outer white space; "" beyond the end of a row."""
        cells = self.rows[row]
        return cells[column].value.strip() if column < len(cells) else ""

    def put(self, row: int, column: int, value: str) -> None:
        """Set a cell, quoted where it was or has to be; one that says that already stays as it is.

        What a spreadsheet would take for a formula gets an apostrophe (OWASP, CSV injection). Raises
        IndexError for a cell beyond the end of its row.
        """
        cell = self.rows[row][column]
        if cell.value.strip() == value:
            return
        safe = f"'{value}" if value.startswith(_FORMULA) and not _is_number(value) else value
        needs_quotes = any(one in safe for one in (self.separator, '"', "\n", "\r"))
        quoted = '"' + safe.replace('"', '""') + '"'
        cell.raw = quoted if needs_quotes or cell.raw.lstrip().startswith('"') else safe
        cell.value = value

    def content(self) -> bytes:
        """The file again: the same bytes but for the cells that were set."""
        lines = (
            self.separator.join(cell.raw for cell in row) + end
            for row, end in zip(self.rows, self._ends, strict=True)
        )
        return self._mark + "".join(lines).encode(self._encoding, "surrogateescape")


def _separator_of(text: str) -> str:
    """The separator that stands most often outside quotes in the first three lines."""
    sample = "\n".join(text.split("\n", 3)[:3])
    bare = "".join(part for at, part in enumerate(sample.split('"')) if at % 2 == 0)
    return max(SEPARATORS, key=bare.count)


def _closing_quote(text: str, at: int) -> int:
    """Where the quotation that opens at `at` closes; a doubled mark stands for one. -1 if nowhere."""
    at += 1
    while True:
        at = text.find('"', at)
        if at < 0 or text[at + 1 : at + 2] != '"':
            return at
        at += 2


def _value_of(raw: str) -> str:
    if not raw.startswith('"'):
        return raw
    closing = _closing_quote(raw, 0)
    return raw[1:closing].replace('""', '"') + raw[closing + 1 :]


def _is_number(value: str) -> bool:
    return value.lstrip("+-").replace(".", "", 1).isdecimal()
