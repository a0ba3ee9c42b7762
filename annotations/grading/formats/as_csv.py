"""Rubrics as a table for spreadsheets: one row a level, those of a criterion one after the other.

A criterion without levels has one row whose columns of the level are empty. Only the first row of a
criterion has to say its members; those below it may leave them empty or repeat them. Read are
commas, semicolons and tabs, every line end, and a byte order mark. Cells that a spreadsheet would
take for a formula are written behind an apostrophe, which reading takes away again.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from uuid import UUID

from annotations.grading.formats.as_json import decimal_of
from annotations.grading.formats.content import (
    KINDS,
    TAGS,
    WITH_LEVELS,
    CriterionContent,
    LevelContent,
    RubricContent,
    number,
)
from annotations.grading.formats.errors import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

COLUMNS: Final = (
    "criterion", "kind", "tag", "weight", "most points", "needs citation", "text for students",
    "text for markers", "level", "points", "description", "criterion key", "level key",
)  # fmt: skip
_NEEDED: Final = ("criterion", "level", "points")
_OF_CRITERION: Final = COLUMNS[1:8]
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "'")
_YES: Final = {"yes": True, "no": False, "": False, "true": True, "false": False}
MOST_ROWS: Final = 500


@dataclass
class _Begun:
    """A criterion of which rows are being read."""

    title: str
    members: Mapping[str, str]
    line: int
    levels: list[LevelContent] = field(default_factory=list)


def dumped(content: RubricContent) -> str:
    """The rubric as the text of a file, with CRLF as RFC 4180 wants it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for one in content.criteria:
        head = [
            guarded(one.title),
            one.kind,
            one.tag,
            number(one.weight),
            "" if one.kind in WITH_LEVELS else number(one.most),
            "yes" if one.requires_citation else "no",
            guarded(one.student_text),
            guarded(one.marker_text),
        ]
        for level in one.levels or (None,):
            key = str(one.key) if one.key else ""
            writer.writerow([*head, *_cells(level), key, _key_cell(level)])
    return out.getvalue()


def _cells(level: LevelContent | None) -> list[str]:
    if level is None:
        return ["", "", ""]
    return [guarded(level.title), number(level.points), guarded(level.description)]


def _key_cell(level: LevelContent | None) -> str:
    return str(level.key) if level and level.key else ""


def guarded(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguarded(cell: str) -> str:
    """What `guarded` made the cell of; any other cell as it is."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(_FORMULA) else cell


def loaded(text: str) -> RubricContent:
    """The content of a file. Raises Unreadable that names line and column."""
    found: list[_Begun] = []
    for line, row in _rows(text):
        title = unguarded(row["criterion"])
        if not title and not found:
            raise Unreadable(f"line {line}, column criterion", "say which criterion it is.")
        if not title or (found and _goes_on(found[-1], title, row)):
            begun = found[-1]
            _refuse_other(begun, row, line)
        else:
            begun = _Begun(title, row, line)
            found.append(begun)
        if row["level"] or row["points"]:
            begun.levels.append(_level(row, line))
    if not found:
        raise Unreadable("line 1", "there is no criterion below the names of the columns.")
    return RubricContent(criteria=tuple(_criterion(one) for one in found))


def _goes_on(begun: _Begun, title: str, row: Mapping[str, str]) -> bool:
    """Whether the row is one more of the criterion above it."""
    key = row["criterion key"]
    same_key = not key or key == begun.members["criterion key"]
    return title == begun.title and same_key and bool(begun.levels and row["level"])


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines with their cells by the columns' names; empty lines are left out."""
    text = text.removeprefix("\ufeff")
    above = 0
    if text[:4].lower() == "sep=":
        above, text = 1, text.partition("\n")[2]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        names = _columns([cell.strip().casefold() for cell in next(reader, [])])
        count = 0
        for row in reader:
            if not any(cell.strip() for cell in row):
                continue
            count += 1
            line = reader.line_num + above
            if count > MOST_ROWS:
                raise Unreadable(f"line {line}", f"at most {MOST_ROWS} rows are read.")
            if len(row) > len(names):
                raise Unreadable(f"line {line}", "there are more cells than names of columns.")
            cells = dict.fromkeys(COLUMNS, "")
            cells |= {name: _plain(cell) for name, cell in zip(names, row, strict=False)}
            yield line, cells
    except csv.Error as error:
        line = reader.line_num + above
        raise Unreadable(f"line {line}", "the quotes of a cell do not match.") from error


def _plain(cell: str) -> str:
    return cell.replace("\r\n", "\n").replace("\r", "\n").strip(" \n")


def _delimiter(text: str) -> str:
    """What parts the names of the columns: the one of the three that stands there most."""
    names = text.partition("\n")[0]
    return max((",", ";", "\t"), key=names.count)


def _columns(names: list[str]) -> list[str]:
    for name in names:
        if name and name not in COLUMNS:
            raise Unreadable(
                f"line 1, column {name[:40]}", "no such column; there are: " + ", ".join(COLUMNS)
            )
        if name and names.count(name) > 1:
            raise Unreadable(f"line 1, column {name}", "this column stands there twice.")
    for name in _NEEDED:
        if name not in names:
            raise Unreadable("line 1", f"the column “{name}” is missing.")
    return names


def _refuse_other(begun: _Begun, row: Mapping[str, str], line: int) -> None:
    """Raise Unreadable for a row that says otherwise of its criterion than the first one does."""
    for name in _OF_CRITERION:
        if row[name] and row[name] != begun.members[name]:
            raise Unreadable(
                f"line {line}, column {name}",
                f"“{begun.title}” says otherwise on line {begun.line}.",
            )


def _criterion(begun: _Begun) -> CriterionContent:
    row, line = begun.members, begun.line
    kind = row["kind"].casefold() or ("levels" if begun.levels else "range")
    one = CriterionContent(
        title=begun.title,
        kind=_word(kind, KINDS, f"line {line}, column kind"),
        tag=_word(row["tag"].casefold(), ("", *TAGS), f"line {line}, column tag"),
        weight=_number(row, "weight", line, Decimal(1)),
        points=_number(row, "most points", line, Decimal(0)),
        requires_citation=_switch(row, line),
        student_text=unguarded(row["text for students"]),
        marker_text=unguarded(row["text for markers"]),
        levels=tuple(begun.levels),
        key=_key(row, "criterion key", line),
    )
    return replace(one, points=one.most)


def _level(row: Mapping[str, str], line: int) -> LevelContent:
    if not row["level"]:
        raise Unreadable(f"line {line}, column level", "say what the level is called.")
    return LevelContent(
        title=unguarded(row["level"]),
        points=_number(row, "points", line, None),
        description=unguarded(row["description"]),
        key=_key(row, "level key", line),
    )


def _word(given: str, words: tuple[str, ...], place: str) -> str:
    if given not in words:
        raise Unreadable(place, "choose one of: " + ", ".join(word for word in words if word))
    return given


def _number(row: Mapping[str, str], name: str, line: int, default: Decimal | None) -> Decimal:
    cell, place = unguarded(row[name]), f"line {line}, column {name}"
    if not cell and default is not None:
        return default
    if not cell:
        raise Unreadable(place, "give a number.")
    # Where cells are parted by semicolons, a comma is what numbers have before their fraction.
    return decimal_of(cell.replace(",", ".") if cell.count(",") == 1 else cell, place)


def _switch(row: Mapping[str, str], line: int) -> bool:
    given = row["needs citation"].casefold()
    if given not in _YES:
        raise Unreadable(f"line {line}, column needs citation", "say yes or no.")
    return _YES[given]


def _key(row: Mapping[str, str], name: str, line: int) -> UUID | None:
    if not row[name]:
        return None
    try:
        return UUID(row[name])
    except ValueError as error:
        raise Unreadable(f"line {line}, column {name}", "a key is a UUID, or empty.") from error
