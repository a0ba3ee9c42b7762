"""CSL-JSON items written as BibTeX, in UTF-8, for LaTeX, Zotero and the like."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from annotations.bibliography.csl import date_parts, title_of, year_of
from annotations.bibliography.references import MONTHS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotations.bibliography.csl import Item, Name

_ENTRIES: Final = {
    "article-journal": "article", "article-magazine": "article", "article-newspaper": "article",
    "book": "book", "chapter": "incollection", "paper-conference": "inproceedings",
    "report": "techreport", "thesis": "phdthesis", "webpage": "misc", "post-weblog": "misc",
}  # fmt: skip
_SUBTYPES = {"article-magazine": "magazine", "article-newspaper": "newspaper"}
_FIELDS: Final = {
    "title": "title", "title-short": "shorttitle", "volume": "volume", "page": "pages",
    "publisher-place": "address", "edition": "edition", "collection-title": "series",
    "ISBN": "isbn", "ISSN": "issn", "language": "language", "genre": "type", "note": "note",
}  # fmt: skip
_PUBLISHERS = {"techreport": "institution", "phdthesis": "school"}
# Braces by name: BibTeX counts them, escaped or not.
_SPECIAL = {
    "\\": r"\textbackslash{}", "{": r"\textbraceleft{}", "}": r"\textbraceright{}", "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}", **{char: f"\\{char}" for char in "&%$#_"},
}  # fmt: skip


def write_bibtex(items: Iterable[Item]) -> str:
    """The items as BibTeX entries with keys of their own; "" for none.

    Members that BibTeX has no field for are left out. What LaTeX would take for a command is
    escaped, so that reading it back gives the same text.
    """
    keys: dict[str, int] = {}
    entries = []
    for item in items:
        key = _key(item)
        keys[key] = keys.get(key, 0) + 1
        suffix = "" if keys[key] == 1 else f"-{keys[key]}"
        entries.append(_entry(item, key + suffix))
    return "\n".join(entries)


def _entry(item: Item, key: str) -> str:
    kind = _ENTRIES.get(str(item.get("type")), "misc")
    fields = {
        "author": _names(item.get("author")),
        "editor": _names(item.get("editor")),
        "translator": _names(item.get("translator")),
        **{field: _escaped(item.get(member)) for member, field in _FIELDS.items()},
        "journal" if kind == "article" else "booktitle": _escaped(item.get("container-title")),
        _PUBLISHERS.get(kind, "publisher"): _escaped(item.get("publisher")),
        "number": _escaped(item.get("issue") or item.get("number")),
        "entrysubtype": _SUBTYPES.get(str(item.get("type")), ""),
        "doi": _address(item.get("DOI")),
        "url": _address(item.get("URL")),
        "urldate": _iso(item.get("accessed")),
    }
    fields["pages"] = fields["pages"].replace("-", "--")
    lines = [f"  {name} = {{{value}}}" for name, value in fields.items() if value]
    parts = date_parts(item.get("issued"))
    lines += [
        f"  {name} = {{{part}}}"
        for name, part in zip(("year", "month", "day"), _date(parts), strict=False)
    ]
    return f"@{kind}{{{key},\n" + ",\n".join(lines) + "\n}\n"


def _date(parts: list[int]) -> list[str]:
    words = [str(part) for part in parts]
    if len(parts) > 1 and 1 <= parts[1] <= len(MONTHS):
        words[1] = MONTHS[parts[1] - 1]
    return words


def _iso(value: object) -> str:
    return "-".join(f"{part:02}" for part in date_parts(value))


def _names(names: object) -> str:
    written = (
        [_name(name) for name in names if isinstance(name, dict)] if isinstance(names, list) else []
    )
    return " and ".join(name for name in written if name)


def _name(name: Name) -> str:
    if "literal" in name:
        return f"{{{_escaped(name['literal'])}}}"
    particles = [name.get("dropping-particle"), name.get("non-dropping-particle")]
    family = " ".join(part for part in [*particles, f"{{{name.get('family', '')}}}"] if part)
    parts = [family, name.get("suffix"), name.get("given")]
    return ", ".join(_escaped(part, keep="{}") for part in parts if part)


def _escaped(value: object, keep: str = "") -> str:
    text = " ".join(str(value or "").split())
    text = "".join(char if char in keep else _SPECIAL.get(char, char) for char in text)
    return re.sub(r"-(?=-)", "-{}", text)  # else LaTeX joins them to a dash


def _address(value: object) -> str:
    """An identifier or address: LaTeX reads it as it is, but for unbalanced braces."""
    return re.sub(r"[{}\s\\]", "", str(value or ""))


def _key(item: Item) -> str:
    names = item.get("author") or item.get("editor") or [{}]
    name = names[0].get("family") or names[0].get("literal") or "anon"
    words = [
        _ascii(name).split("-")[0] or "anon",
        year_of(item),
        _ascii(title_of(item)).split("-")[0],
    ]
    return "".join(words)[:60]


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))
