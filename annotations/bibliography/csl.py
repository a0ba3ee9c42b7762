"""CSL-JSON items: the members that a shelf keeps, names, dates, and what is read out of them.

Source: CSL-JSON 1.0.2 (citation-style-language/schema, csl-data.json) and CSL 1.0.2, appendix IV.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Any, Final

Item = dict[str, Any]
Name = dict[str, str]

# The item types that seminars cite, with the word that people read.
TYPES: Final = {
    "article-journal": "Journal article",
    "article-newspaper": "Newspaper article",
    "article-magazine": "Magazine article",
    "webpage": "Web page",
    "post-weblog": "Blog post",
    "report": "Report",
    "book": "Book",
    "chapter": "Chapter",
    "paper-conference": "Conference paper",
    "thesis": "Thesis",
    "legislation": "Legislation",
    "treaty": "Treaty",
    "legal_case": "Court case",
    "dataset": "Data set",
    "speech": "Speech",
    "interview": "Interview",
    "broadcast": "Broadcast or podcast",
    "document": "Other document",
}
NAME_MEMBERS: Final = ("author", "editor", "translator", "container-author")
DATE_MEMBERS: Final = ("issued", "accessed", "original-date")
TEXT_MEMBERS: Final = (
    "type", "title", "title-short", "container-title", "publisher", "publisher-place", "volume",
    "issue", "page", "number", "edition", "number-of-pages", "collection-title",
    "collection-number", "event-title", "genre", "medium", "version", "authority", "archive",
    "section", "DOI", "URL", "ISBN", "ISSN", "language", "note", "abstract",
)  # fmt: skip

# What stands between a family name and the given ones, and is not sorted by ("van der Berg").
PARTICLES: Final = {
    "af", "av", "al", "bin", "da", "dal", "dalla", "das", "de", "dei", "del", "della", "den", "der",
    "des", "di", "do", "dos", "du", "el", "ibn", "la", "le", "ten", "ter", "van", "vom", "von", "y",
    "zu", "zum", "zur",
}  # fmt: skip
_YEAR = re.compile(r"-?\d{1,4}")


def title_of(item: Item) -> str:
    """The work's title, "" when it has none."""
    return str(item.get("title") or "").strip()


def year_of(item: Item) -> str:
    """The year in which the work was issued, "" when it is not known."""
    parts = date_parts(item.get("issued"))
    return str(parts[0]) if parts else ""


def date_parts(value: object) -> list[int]:
    """Year, month and day of a CSL date as far as it has them; [] when it has none."""
    if not isinstance(value, dict):
        return []
    given = value.get("date-parts") or [[]]
    first = given[0] if isinstance(given, list) and isinstance(given[0], list) else []
    parts: list[int] = []
    for part in first[:3]:
        if not _YEAR.fullmatch(str(part)):
            break
        parts.append(int(part))
    return parts


def read_date(text: str) -> dict[str, Any]:
    """The CSL date of "2024", "2024-05" or "2024-05-31"; {} for "". Raises ValueError."""
    text = text.strip()
    if not text:
        return {}
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text, re.ASCII)
    if not match:
        raise ValueError(text)
    parts = [int(part) for part in match.groups() if part]
    date(*[*parts, 1, 1][:3])  # raises for the 31st of June
    return {"date-parts": [parts]}


def write_date(value: object) -> str:
    """A CSL date as `read_date` reads it."""
    parts = date_parts(value)
    return "-".join([f"{parts[0]:04}", *[f"{part:02}" for part in parts[1:]]]) if parts else ""


def read_name(text: str) -> Name:
    """The CSL name of "Family, Given", "Family, Given, Jr." or an organization's one name."""
    pieces = [" ".join(piece.split()) for piece in text.split(",")]
    family, given, suffix = [*pieces, "", ""][:3]
    if not (family and given) or len(pieces) > 3:  # noqa: PLR2004  # more commas make no name
        return {"literal": " ".join(text.split())}
    name = {"family": family, "given": given, "suffix": suffix}
    words = family.split()
    particles = 0
    while particles < len(words) - 1 and words[particles] in PARTICLES:
        particles += 1
    if particles:
        name["non-dropping-particle"] = " ".join(words[:particles])
        name["family"] = " ".join(words[particles:])
    return {part: word for part, word in name.items() if word}


def write_name(name: Name) -> str:
    """A CSL name as `read_name` reads it."""
    if "literal" in name:
        return name["literal"]
    particles = [name.get("non-dropping-particle"), name.get("dropping-particle")]
    family = " ".join(part for part in [*particles, name.get("family", "")] if part)
    return ", ".join(part for part in [family, name.get("given"), name.get("suffix")] if part)


def read_names(text: str) -> list[Name]:
    """The CSL names of several, one a line or with semicolons between them."""
    return [read_name(one) for one in re.split(r"[;\n]", text) if one.strip()]


def write_names(names: object) -> str:
    """CSL names as `read_names` reads them."""
    return "; ".join(write_name(name) for name in names) if isinstance(names, list) else ""


def short_author(item: Item) -> str:
    """The family names as a speaker says them: "Fearon and Laitin", "Steffen et al."; "" for none."""
    names = item.get("author") or item.get("editor") or []
    spoken = [str(name.get("literal") or _family(name)) for name in names if name]
    if len(spoken) > 2:  # noqa: PLR2004  # three and more are shortened
        return f"{spoken[0]} et al."
    return " and ".join(spoken)


def _family(name: Name) -> str:
    parts = [name.get("non-dropping-particle"), name.get("family") or name.get("given", "")]
    return " ".join(part for part in parts if part)
