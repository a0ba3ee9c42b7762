"""Bibliographic data of strangers as a CSL-JSON item that the rest of the site can rely on.

Tags are those that Google Scholar asks sites for (Highwire Press, ``citation_…``), Dublin Core, Open
Graph and schema.org's JSON-LD. The item is CSL-JSON 1.0.2; members, types and lengths that are not
listed here are left out. The child also takes markup away (`unmarked`), which `checked` does not: what
is checked twice stays as it is.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Final

from annotations.bibliography.csl import TYPES, read_name

Metas = Sequence[tuple[str, str]]
Csl = dict[str, Any]

PAGE_TITLE: Final = 300
KEPT_URL: Final = 2_000
NAMES: Final = 100
"""Authors that are kept of a work; citation styles name 20 at most."""

_LINES: Final = {
    "title": 500, "container-title": 500, "collection-title": 500, "event-title": 500, "genre": 100,
    "publisher": 500, "publisher-place": 200, "volume": 50, "issue": 50, "page": 50, "number": 100,
    "edition": 100, "DOI": 255, "ISBN": 50, "ISSN": 50, "URL": KEPT_URL, "language": 20,
}  # fmt: skip
# What Crossref calls them in its own words.
_OTHER_TYPES: Final = {
    "journal-article": "article-journal", "book-chapter": "chapter", "monograph": "book",
    "edited-book": "book", "proceedings-article": "paper-conference", "posted-content": "document",
    "dissertation": "thesis", "reference-entry": "entry",
}  # fmt: skip
_NAME_PARTS: Final = (
    "family", "given", "literal", "suffix", "dropping-particle", "non-dropping-particle",
)  # fmt: skip
_NAME: Final = 200
# Titles of DOIs hold the letters of JATS and HTML; "p < 0.05" is none.
_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z:]{0,20}(?:\s[^<>]{0,80})?/?>")
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
_LONGEST: Final = 10_000
_VISIBLE: Final = "LNPS"  # letters, numbers, punctuation, symbols
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].{0,40})?", re.ASCII)
_DOI = re.compile(r"(?:doi:\s*|https?://(?:dx\.)?doi\.org/)?(10\.\d{4,9}/\S{1,240})", re.IGNORECASE)
_LINKED_TYPES: Final = {
    "newsarticle": "article-newspaper", "reportagenewsarticle": "article-newspaper",
    "opinionnewsarticle": "article-newspaper", "analysisnewsarticle": "article-newspaper",
    "scholarlyarticle": "article-journal", "medicalscholarlyarticle": "article-journal",
    "report": "report", "book": "book", "dataset": "dataset", "blogposting": "post-weblog",
    "legislation": "legislation", "article": "webpage", "webpage": "webpage", "techarticle": "webpage",
}  # fmt: skip
_DATES: Final = (
    "citation_publication_date", "citation_date", "citation_online_date", "citation_year",
    "dcterms.issued", "dc.date.issued", "dcterms.date", "dc.date",
)  # fmt: skip
_PUBLISHERS: Final = (
    "citation_publisher", "citation_dissertation_institution",
    "citation_technical_report_institution", "dc.publisher", "dcterms.publisher",
)  # fmt: skip
_DEEPEST: Final = 4
_MONTHS: Final = range(1, 13)


def line(text: object, limit: int) -> str:
    """The text as one line of NFC without controls or turned directions, cut to `limit`; "" for no text, or none to see."""
    if not isinstance(text, str):
        return ""
    shown = "".join(
        " " if unicodedata.category(char) in {"Cc", "Zl", "Zp"} else char
        for char in unicodedata.normalize("NFC", text[: 20 * limit])
        if char not in _DIRECTIONS and unicodedata.category(char) not in {"Cs", "Co", "Cn"}
    )
    words = " ".join(shown.split())
    if not any(unicodedata.category(char)[0] in _VISIBLE for char in words):
        return ""
    return words if len(words) <= limit else words[: limit - 1].rstrip() + "…"


def unmarked(value: Any) -> Any:
    """The value with every text in it, at any depth, rid of tags and character references."""
    if isinstance(value, dict):
        return {name: unmarked(member) for name, member in value.items()}
    if isinstance(value, list):
        return [unmarked(member) for member in value]
    return html.unescape(_MARKUP.sub("", value[:_LONGEST])) if isinstance(value, str) else value


def checked(item: object) -> Csl:
    """The item cut to known members of known shape; {} for what is no item or says nothing."""
    if not isinstance(item, dict):
        return {}
    csl: Csl = {
        name: found
        for name, limit in _LINES.items()
        if (found := _LINE_OF.get(name, _plain)(item.get(name), limit))
    }
    csl |= {name: names for name in ("author", "editor") if (names := _names(item.get(name)))}
    if moment := _issued(item.get("issued")):
        csl["issued"] = moment
    if not csl:
        return {}
    kind = item.get("type")
    kind = _OTHER_TYPES.get(kind, kind) if isinstance(kind, str) else "document"
    return {"type": kind if kind in TYPES else "document", **csl}


def _first(value: object) -> object:
    """Crossref's own records hold lists where an item holds one text."""
    return value[0] if isinstance(value, list) and value else value


def _plain(value: object, limit: int) -> str:
    value = _first(value)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value) if abs(value) < 10**12 else ""
    return line(value, limit)


def _whole(value: object, limit: int) -> str:
    """What means nothing when it is cut: left out instead."""
    found = _plain(value, limit + 1)
    return found if len(found) <= limit else ""


def _doi(value: object, limit: int) -> str:
    match = _DOI.fullmatch(_whole(value, limit))
    return match[1].rstrip(".,;)").lower() if match else ""


def web_line(value: object, limit: int) -> str:
    """The address on the web that the value is; "" when it is none, or longer than `limit`."""
    found = _whole(value, limit)
    return found if found.startswith(("http://", "https://")) and " " not in found else ""


_LINE_OF: Final[dict[str, Callable[[object, int], str]]] = {
    "DOI": _doi, "URL": web_line, "ISBN": _whole, "ISSN": _whole, "language": _whole,
}  # fmt: skip


def _names(value: object) -> list[dict[str, str]]:
    people = value if isinstance(value, list) else []
    return [name for one in people[:NAMES] if isinstance(one, dict) and (name := _person(one))]


def _person(one: dict[str, Any]) -> dict[str, str]:
    if "name" in one and "family" not in one:
        one = {"literal": one["name"]}
    name = {part: words for part in _NAME_PARTS if (words := _plain(one.get(part), _NAME))}
    return name if name.keys() & {"family", "literal"} else {}


def _issued(value: object) -> Csl:
    parts = value.get("date-parts") if isinstance(value, dict) else None
    numbers = _first(parts) if isinstance(parts, list) else None
    return _date_of(numbers) if isinstance(numbers, list) else {}


def _date_of(numbers: list[Any]) -> Csl:
    """The date as far as it is one: a day that there is not is left out, and so on."""
    given = []
    for number in numbers[:3]:
        if (
            isinstance(number, bool)
            or not isinstance(number, int | str)
            or not str(number).isdecimal()
        ):
            break
        given.append(int(str(number)[:5]))
    while given:
        try:
            date(*[*given, 1, 1][:3])
        except ValueError:
            given.pop()
        else:
            return {"date-parts": [given]}
    return {}


def draft_of(metas: Metas, linked: Sequence[object], *, title: str, language: str, url: str) -> Csl:
    """A draft of the item that a page names, not yet checked: scholarly tags before general ones.

    `metas` are names (in small letters) and contents, `linked` parsed JSON-LD, `title` the words of
    the title element, `url` where the page stood in the end.
    """
    tags = _Tags(metas)
    thing = next(_things(linked, 0), {})
    item: Csl = {
        "type": _type_of(tags, thing),
        "title": tags.first("citation_title", "dc.title", "dcterms.title")
        or _text(thing, "headline", "name")
        or tags.first("og:title", "twitter:title")
        or title,
        "author": _authors(tags, thing),
        "issued": _dated(
            tags.first(*_DATES)
            or _text(thing, "datePublished")
            or tags.first("article:published_time", "og:article:published_time", "date")
        ),
        "container-title": tags.first(
            "citation_journal_title", "citation_inbook_title", "citation_conference_title"
        )
        or _text(thing.get("isPartOf"), "name")
        or tags.first("og:site_name"),
        "publisher": tags.first(*_PUBLISHERS) or _text(thing.get("publisher"), "name"),
        "volume": tags.first("citation_volume"),
        "issue": tags.first("citation_issue"),
        "page": _pages(tags),
        "number": tags.first("citation_technical_report_number"),
        "DOI": tags.first("citation_doi", "dc.identifier.doi", "prism.doi")
        or _if_doi(tags.first("dc.identifier", "dcterms.identifier")),
        "ISBN": tags.first("citation_isbn"),
        "ISSN": tags.first("citation_issn"),
        "language": tags.first("citation_language", "dc.language") or language,
        "URL": url,
    }
    return item if item["title"] else {}


class _Tags:
    """The page's meta elements by name."""

    def __init__(self, metas: Metas) -> None:
        self._metas = metas

    def first(self, *names: str) -> str:
        """The first of those names that the page gives, in the order of the names."""
        return next((value for name in names for value in self.every(name)), "")

    def every(self, name: str) -> Iterator[str]:
        return (value for given, value in self._metas if given == name)


def _things(found: object, depth: int) -> Iterator[Csl]:
    """The works that JSON-LD describes, the outermost first."""
    if isinstance(found, list) and depth <= _DEEPEST:
        for one in found:
            yield from _things(one, depth + 1)
    elif isinstance(found, dict):
        if _linked_type(found):
            yield found
        yield from _things(found.get("@graph"), depth + 1)


def _linked_type(thing: Csl) -> str:
    kinds = thing.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    names = (_LINKED_TYPES.get(kind.lower()) for kind in kinds if isinstance(kind, str))
    return next((name for name in names if name), "")


def _type_of(tags: _Tags, thing: Csl) -> str:
    scholarly = {
        "citation_journal_title": "article-journal",
        "citation_conference_title": "paper-conference",
        "citation_dissertation_institution": "thesis",
        "citation_technical_report_institution": "report",
        "citation_inbook_title": "chapter",
        "citation_isbn": "book",
    }
    named = (kind for name, kind in scholarly.items() if tags.first(name))
    return next(named, "") or _linked_type(thing) or "webpage"


def _authors(tags: _Tags, thing: Csl) -> list[dict[str, str]]:
    for name in ("citation_author", "dc.creator", "dcterms.creator"):
        if found := [read_name(words) for words in tags.every(name)]:
            return found
    people = thing.get("author") or []
    found = [_linked_person(one) for one in (people if isinstance(people, list) else [people])]
    # An address stands there as often as a name does.
    byline = [
        tag for tag in (tags.first("author"), tags.first("article:author")) if "://" not in tag
    ]
    return [one for one in found if one] or [read_name(words) for words in byline[:1] if words]


def _linked_person(one: object) -> dict[str, str]:
    if isinstance(one, str):
        return {} if "://" in one else read_name(one)
    family, given = _text(one, "familyName"), _text(one, "givenName")
    if family:
        return {"family": family, "given": given}
    name = _text(one, "name")
    return {"literal": name} if name else {}


def _text(thing: object, *names: str) -> str:
    """The first of those members that is a text."""
    thing = _first(thing)
    found = (thing.get(name) for name in names) if isinstance(thing, dict) else ()
    return next((one for one in found if isinstance(one, str) and one.strip()), "")


def _dated(words: str) -> Csl:
    match = _DATE.fullmatch(words.strip())
    return {"date-parts": [[part for part in match.groups() if part]]} if match else {}


def _pages(tags: _Tags) -> str:
    first, last = tags.first("citation_firstpage"), tags.first("citation_lastpage")
    return f"{first}-{last}" if first and last and first != last else first


def _if_doi(words: str) -> str:
    return words if _DOI.fullmatch(words.strip()) else ""
