"""Rosters as files: what each line says, before it is known what it means in a seminar.

Not one of the usual module names: it is the reader of a file format, pure and without a question to
the database, between the form that takes the file and the action that applies it.
"""

from __future__ import annotations

import codecs
import csv
import io
import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from debate.core.errors import Invalid, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MOST_BYTES = 1_048_576
MOST_LINES = 2_000
MOST_COLUMNS = 50
MOST_CELL = 1_000
FIELDS = ("name", "email", "role", "section")
_HEADS = {
    "name": "name",
    "full name": "name",
    "email": "email",
    "e-mail": "email",
    "e mail": "email",
    "mail": "email",
    "email address": "email",
    "e-mail address": "email",
    "role": "role",
    "section": "section",
}
_LONG = f"A cell of this line is longer than {MOST_CELL:,} characters."
_DELIMITERS = ",;\t"
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the file: its number, and its cells by field; fields without column are empty."""

    number: int
    cells: dict[str, str]
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Roster:
    """A file as it was read: its lines, the fields and the unknown columns that it has."""

    rows: list[Row]
    fields: list[str] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def decode(data: bytes) -> tuple[str, str]:
    """The text of a file, and the encoding that it was read in.

    UTF-8, UTF-16 with a byte order mark, else Windows-1252, which old spreadsheets write. Raises
    TooLarge, and Invalid on `file` for what is none of them.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge("A roster may be 1 MiB large.", field="file")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    else:
        encodings = ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding.removesuffix("-sig")
    raise Invalid(
        "The file is neither UTF-8 nor Windows-1252 text. Save it as “CSV UTF-8”.", field="file"
    )


def read(text: str) -> Roster:
    """The lines of a roster with commas, semicolons or tabs between its cells.

    The first line names the columns, in any order and case; `email` must be among them. A list of
    addresses alone needs no such line. Raises Invalid and TooLarge on `text`.
    """
    if len(text.encode("utf-8", "surrogatepass")) > MOST_BYTES:
        raise TooLarge("A roster may be 1 MiB large.", field="text")
    lines = _lines(text.lstrip("\ufeff"))
    first = next(lines, None)
    if first is None:
        raise Invalid("There is nothing in it.", field="text", code="blank")
    heads, rows = _heads(first)
    for number, cells, problem in lines:
        if len(rows) == MOST_LINES:
            raise TooLarge(f"A roster has at most {MOST_LINES:,} lines.", field="text")
        rows.append(_row(number, cells, heads, problem))
    known = [one for one in heads if one in FIELDS]
    return Roster(rows, known, [one for one in heads if one and one not in FIELDS])


def written(rows: Iterable[dict[str, str]]) -> str:
    """A roster file of those rows. Cells that a spreadsheet would calculate begin with a quote."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(FIELDS)
    for row in rows:
        writer.writerow([neutral(row[name]) for name in FIELDS])
    return out.getvalue()


def neutral(cell: str) -> str:
    """The cell as text: a spreadsheet takes what begins like a formula for one (CWE-1236)."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _lines(text: str) -> Iterator[tuple[int, list[str], str]]:
    """The lines that are not empty: the number of the first, the cells, what is wrong with it."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            long = "field larger" in str(error)
            yield number, [], _LONG if long else "The quotation marks of this line do not match."
        else:
            if any(cell.strip() for cell in cells):
                yield number, [_cell(cell) for cell in cells], _size_problem(cells)
        number = reader.line_num + 1


def _delimiter(text: str) -> str:
    """What stands most often between the names of the columns."""
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=first.count)


def _cell(cell: str) -> str:
    """The cell's text in one line; the quote that marks text in a file of ours is no part of it."""
    plain = " ".join(unicodedata.normalize("NFC", cell).split())
    return plain[1:] if plain.startswith("'") and plain[1:].startswith(_FORMULA) else plain


def _size_problem(cells: list[str]) -> str:
    if len(cells) > MOST_COLUMNS:
        return f"This line has more than {MOST_COLUMNS} columns."
    if any(len(cell) > MOST_CELL for cell in cells):
        return _LONG
    return ""


def _heads(first: tuple[int, list[str], str]) -> tuple[list[str], list[Row]]:
    """The fields of the columns, in their order, and the first line when it is none of names."""
    number, cells, problem = first
    names = [_HEADS.get(cell.casefold(), cell) for cell in cells]
    if problem:
        raise Invalid(f"Line {number}: {problem}", field="text")
    if len(cells) == 1 and "@" in cells[0]:
        return ["email"], [_row(number, cells, ["email"], "")]
    if "email" not in names:
        raise Invalid(
            "The first line has to name the columns: email, and if you like name, role, section.",
            field="text",
        )
    for one in FIELDS:
        if names.count(one) > 1:
            raise Invalid(f"Two columns are named {one}.", field="text")
    return names, []


def _row(number: int, cells: list[str], heads: list[str], problem: str) -> Row:
    beyond = any(cells[len(heads) :])
    if beyond and not problem:
        problem = "This line has more cells than there are columns."
    found = dict(zip(heads, cells, strict=False))
    return Row(number, {one: found.get(one, "") for one in FIELDS}, problem)
