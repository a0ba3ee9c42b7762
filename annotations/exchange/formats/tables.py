"""CSV: one table for each kind of thing, together in a ZIP archive (RFC 4180, UTF-8 with BOM).

Rows name one another by `id`. Cells that a spreadsheet would take for a formula begin with an
apostrophe (OWASP, CSV injection).
"""

from __future__ import annotations

import csv
import io
import zipfile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from annotations.exchange.formats.document import Document

# The first moment that ZIP knows: the same debate is the same file.
_MOMENT = (1980, 1, 1, 0, 0, 0)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")

_PLACE = ("place.number", "place.start", "place.end", "place.exact")
_TABLES = {
    "claims": (
        *("id", "text", "origin", "status", "type", "is_thesis", "has_burden", "is_explicit"),
        *("added_by", *_PLACE),
    ),
    "inferences": ("id", "conclusion", "scheme", "warrant", "is_explicit", "status", "added_by"),
    "relations": (
        *("id", "kind", "source.kind", "source.id", "target.kind", "target.id", "is_one_way"),
        *("rationale", "status", "added_by"),
    ),
    "evidence": ("id", "claim", "stance", "warrant", "quote", "locator", "cite"),
    "concessions": ("id", "locution", "claim", "scope"),
    "locutions": ("id", "person", "kind", "at", "text", *_PLACE),
    "transitions": ("id", "source", "target"),
    "illocutions": ("id", "force", "source.kind", "source.id", "target.kind", "target.id"),
}
"""The tables by their names, which are those of the document, and the ways to their cells."""


def write(document: Document) -> bytes:
    """A ZIP archive, one CSV file for each kind of thing; of what there is none, the head only."""
    names = {person.id: person.name for person in document.people}
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as files:
        for name, columns in _TABLES.items():
            rows = [
                [_cell(thing, column, names) for column in columns]
                for thing in getattr(document, name)
            ]
            _add(files, name, [column.replace(".", "_") for column in columns], rows)
        premises = [
            [one.id, premise.kind, premise.id]
            for one in document.inferences
            for premise in one.premises
        ]
        _add(files, "premises", ["inference", "premise_kind", "premise_id"], premises)
    return archive.getvalue()


def _add(files: zipfile.ZipFile, name: str, head: list[str], rows: list[list[str]]) -> None:
    sheet = io.StringIO()
    table = csv.writer(sheet)
    table.writerow(head)
    table.writerows([plain(cell) for cell in row] for row in rows)
    entry = zipfile.ZipInfo(f"{name}.csv", _MOMENT)
    entry.compress_type = zipfile.ZIP_DEFLATED
    files.writestr(entry, sheet.getvalue().encode("utf-8-sig"))


def plain(text: str) -> str:
    """The text as a cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _cell(thing: Any, column: str, names: dict[str, str]) -> str:
    value = thing
    for step in column.split("."):
        value = _step(value, step)
    if column in {"person", "added_by"}:
        value = names.get(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _step(value: Any, step: str) -> Any:
    """One step on the way to a cell; of a claim's places the first is told."""
    if step == "place" and hasattr(value, "places"):
        return next(iter(value.places), None)
    return None if value is None else getattr(value, step)
