"""RIS, read into CSL-JSON items.

Source: RIS Format Specifications (Reference Manager, 2011), and what EndNote, Zotero and JSTOR
write. The lines are read here rather than by rispy, which drops what stands outside records,
records without an end and repeated tags without a word, and knows no line numbers.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from annotations.bibliography.csl import read_name
from annotations.bibliography.references import (
    MOST_REFERENCES,
    Fault,
    Reading,
    Reference,
    date_of,
    month_of,
    too_many,
)

if TYPE_CHECKING:
    from annotations.bibliography.csl import Item

_LINE = re.compile(r"([A-Z][A-Z0-9]) {1,2}-(?: (.*)|\s*)$")

_TYPES: Final = {
    "JOUR": "article-journal", "EJOUR": "article-journal", "ABST": "article-journal",
    "INPR": "article-journal", "MGZN": "article-magazine", "NEWS": "article-newspaper",
    "BOOK": "book", "EBOOK": "book", "EDBOOK": "book", "CHAP": "chapter", "ECHAP": "chapter",
    "CONF": "paper-conference", "CPAPER": "paper-conference", "THES": "thesis", "RPRT": "report",
    "GOVDOC": "report", "ELEC": "webpage", "WEB": "webpage", "ICOMM": "webpage",
    "BLOG": "post-weblog", "DATA": "dataset", "DBASE": "dataset", "AGGR": "dataset",
    "STAT": "legislation", "BILL": "legislation", "LEGAL": "treaty", "CASE": "legal_case",
    "HEAR": "speech", "VIDEO": "broadcast", "SOUND": "broadcast", "GEN": "document",
    "PAMP": "document", "UNPB": "document", "UNPD": "document",
}  # fmt: skip
# Where a work can say the same in several tags, the first that it has is taken.
_TEXTS: Final = {
    "title": ("TI", "T1", "CT"),
    "title-short": ("ST",),
    "container-title": ("T2", "JF", "JO", "BT", "J2", "JA"),
    "publisher": ("PB",),
    "publisher-place": ("CY", "PP"),
    "volume": ("VL",),
    "issue": ("IS",),
    "edition": ("ET",),
    "collection-title": ("T3",),
    "DOI": ("DO",),
    "URL": ("UR", "L2"),
    "language": ("LA",),
    "note": ("N1",),
    "genre": ("M3",),
    "number": ("C7",),
}
_NAMES: Final = {
    "author": ("AU", "A1"),
    "editor": ("ED", "A2"),
    "translator": ("A4", "TA"),
}
_DATES = ("DA", "PY", "Y1")
_READ = {
    "TY", "ER", "SP", "EP", "SN", "Y2", *_DATES,
    *(tag for tags in (*_TEXTS.values(), *_NAMES.values()) for tag in tags),
}  # fmt: skip


class _Record:
    """The tags of one record with their values, and where it began."""

    def __init__(self, kind: str, line: int) -> None:
        self.kind, self.line = kind, line
        self.tags: dict[str, list[str]] = {}
        self.last = ""

    @property
    def label(self) -> str:
        """How people find the record in what they pasted."""
        title = self.first("TI", "T1", "CT") or self.first("ID")
        return f"“{title[:60]}”" if title else f"the record of type {self.kind or '(none)'}"

    def add(self, tag: str, value: str) -> None:
        self.tags.setdefault(tag, []).append(" ".join(value.split()))
        self.last = tag

    def go_on(self, words: str) -> None:
        """Take a line without a tag as the rest of the last value."""
        values = self.tags.setdefault(self.last or "N1", [""])
        values[-1] = f"{values[-1]} {' '.join(words.split())}".strip()

    def first(self, *tags: str) -> str:
        """The first value of the first of the tags that has one."""
        return next((value for tag in tags for value in self.tags.get(tag, []) if value), "")


def read_ris(text: str) -> Reading:
    """The works of a paste in RIS.

    A line without a tag continues the one above it. Lines outside a record, records that do not
    end with ER, and works without a title are faults that name record and line; tags that CSL
    has no place for, and further values of those that it has once, are listed with their work.
    """
    records: list[_Record] = []
    faults: list[Fault] = []
    record: _Record | None = None
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        match = _LINE.match(line.strip("\ufeff").rstrip())
        tag, value = (match.group(1), (match.group(2) or "").strip()) if match else ("", "")
        if tag == "TY":
            if record:
                faults.append(_unclosed(record))
            record = _Record(value.upper(), number)
        elif record is None:
            if line.strip():
                faults.append(
                    Fault("", number, f"“{line.strip()[:40]}” stands outside any record.")
                )
        elif tag == "ER":
            records.append(record)
            record = None
        elif tag:
            record.add(tag, value)
        elif line.strip():
            record.go_on(line.strip())
    if record:
        faults.append(_unclosed(record))
    return _reading(records, faults)


def _reading(records: list[_Record], faults: list[Fault]) -> Reading:
    if len(records) > MOST_REFERENCES:
        return too_many(len(records))
    untitled = [record for record in records if not record.first(*_TEXTS["title"])]
    references = tuple(_reference(record) for record in records if record not in untitled)
    faults += [
        Fault(record.label, record.line, "The work has no title.", "TI") for record in untitled
    ]
    return Reading(references, tuple(sorted(faults, key=lambda fault: fault.line)))


def _unclosed(record: _Record) -> Fault:
    return Fault(record.label, record.line, "The record has no line “ER  - ” at its end.", "ER")


def _reference(record: _Record) -> Reference:
    item: Item = {"type": _TYPES.get(record.kind, "document")}
    left = [] if record.kind in _TYPES else [f"TY {record.kind}".strip()]
    for member, tags in _TEXTS.items():
        values = [(tag, value) for tag in tags for value in record.tags.get(tag, []) if value]
        if values:
            item[member] = values[0][1]
        left += [tag for tag, value in values[1:] if value != values[0][1]]
    for member, tags in _NAMES.items():
        names = [read_name(name) for tag in tags for name in record.tags.get(tag, []) if name]
        if names:
            item[member] = names
    _set_pages(item, record)
    left += _set_dates(item, record)
    if number := record.first("SN"):
        is_book = len(re.sub(r"[^0-9Xx]", "", number)) in {10, 13}
        item["ISBN" if is_book else "ISSN"] = number
    left += [tag for tag, values in record.tags.items() if tag not in _READ and any(values)]
    return Reference(item, record.label, record.line, tuple(dict.fromkeys(left)))


def _set_pages(item: Item, record: _Record) -> None:
    first, last = record.first("SP"), record.first("EP")
    pages = f"{first}-{last}" if first and last and first != last else first or last
    if pages:
        item["page"] = re.sub(r"\s*[–—-]+\s*", "-", pages)
    if item["type"] == "article-journal" and item.get("number") and not pages:
        item["page"] = item.pop("number")  # C7 holds the number of an article without pages


def _set_dates(item: Item, record: _Record) -> list[str]:
    """Put the dates in; tell which tags hold none that can be read."""
    read = [
        (tag, value, _date(value)) for tag in _DATES for value in record.tags.get(tag, []) if value
    ]
    best = max((date for *_, date in read), key=lambda date: len(str(date)), default={})
    if best:
        item["issued"] = best
    if accessed := _date(record.first("Y2")):
        item["accessed"] = accessed
    unread = [tag for tag, _, date in read if not date]
    return [*unread, *(["Y2"] if record.first("Y2") and not accessed else [])]


def _date(text: str) -> dict[str, Any]:
    """The date of YYYY/MM/DD/other, of ISO 8601, or of a year with the month in words."""
    match = re.match(r"(\d{4})(?:[/-](\w*))?(?:[/-](\d*))?", text.strip())
    if not match:
        return {}
    year, month, day = match.groups()
    return date_of(int(year), month_of(month or ""), int(day) if day else None)
