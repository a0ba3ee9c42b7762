"""BibTeX and BibLaTeX, read into CSL-JSON items and written from them.

bibtexparser finds the blocks, their lines and what is broken, and takes names apart; pylatexenc,
which it rests on, turns LaTeX into text. Fields and types are those of BibTeX (btxdoc 1988) and
BibLaTeX 3 (section 2).
"""

from __future__ import annotations

import itertools
import logging
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import (
    InvalidNameError,
    parse_single_name_into_parts,
    split_multiple_persons_names,
)
from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)
from pylatexenc.latex2text import LatexNodes2Text
from pylatexenc.latexwalker import LatexWalker, get_default_latex_context_db

from annotations.bibliography.references import (
    MONTHS,
    MOST_REFERENCES,
    Fault,
    Reading,
    Reference,
    date_of,
    month_of,
    too_many,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bibtexparser.model import Block

    from annotations.bibliography.csl import Item, Name

# Both log pieces of what people paste.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)
logging.getLogger("pylatexenc").setLevel(logging.CRITICAL)

_TYPES: Final = {
    "article": "article-journal", "book": "book", "booklet": "book", "mvbook": "book",
    "collection": "book", "proceedings": "book", "inbook": "chapter", "bookinbook": "chapter",
    "incollection": "chapter", "suppbook": "chapter", "inproceedings": "paper-conference",
    "conference": "paper-conference", "manual": "report", "techreport": "report",
    "report": "report", "thesis": "thesis", "phdthesis": "thesis", "mastersthesis": "thesis",
    "online": "webpage", "electronic": "webpage", "www": "webpage", "dataset": "dataset",
    "misc": "document", "unpublished": "document", "legislation": "legislation",
    "jurisdiction": "legal_case", "legal": "treaty", "audio": "broadcast", "video": "broadcast",
}  # fmt: skip
_SUBTYPES = {"magazine": "article-magazine", "newspaper": "article-newspaper"}
_GENRES = {"phdthesis": "PhD dissertation", "mastersthesis": "Master’s thesis"}

# A field of BibTeX, and the member of CSL that takes it.
_TEXTS: Final = {
    "shorttitle": "title-short", "journal": "container-title", "journaltitle": "container-title",
    "booktitle": "container-title", "volume": "volume", "issue": "issue", "pages": "page",
    "publisher": "publisher", "school": "publisher", "institution": "publisher",
    "organization": "publisher", "address": "publisher-place", "location": "publisher-place",
    "edition": "edition", "series": "collection-title", "isbn": "ISBN", "issn": "ISSN",
    "language": "language", "langid": "language", "note": "note", "type": "genre",
    "version": "version", "eventtitle": "event-title", "pagetotal": "number-of-pages",
}  # fmt: skip
_NAMES = ("author", "editor", "translator")
_HANDLED = {
    *_TEXTS, *_NAMES, "title", "subtitle", "date", "year", "month", "day", "urldate", "doi", "url",
    "number", "howpublished", "eprint", "eprinttype", "archiveprefix", "crossref", "entrysubtype",
}  # fmt: skip
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")  # fmt: skip
_LANGUAGES = {"english": "en", "american": "en-US", "british": "en-GB", "german": "de", "ngerman": "de", "french": "fr", "russian": "ru", "spanish": "es"}  # fmt: skip
_DEEPEST = 20
_LONGEST: Final = 20_000
"""Characters of LaTeX that are turned into text at a time: a field, or of names each one."""

# Made once: they are tables of some hundred commands.
_DECODER: Final = LatexNodes2Text(math_mode="text", strict_latex_spaces=False)
_CONTEXT: Final = get_default_latex_context_db()
# Commands that pylatexenc does not know, or takes for an accent; private characters meanwhile.
_NAMED: Final = {
    "\\textasciicircum": "\ue05e",
    "\\textbraceleft": "\ue07b",
    "\\textbraceright": "\ue07d",
}
_CHARACTERS: Final = {
    0xA0: " ", 0xAD: "", ord("`"): "‘", ord("'"): "’", 0xE05E: "^", 0xE07B: "{", 0xE07D: "}",
}  # fmt: skip
_LATEX: Final = frozenset("\\{}$~%-`'")


class _FaultyFieldError(Exception):
    """A field that cannot be read; says which and why."""

    def __init__(self, field: str, sentence: str, line: int | None = None) -> None:
        super().__init__(sentence)
        self.field, self.line = field, line


class _LatexError(Exception):
    """A piece of LaTeX that cannot be turned into text; says why."""

    def __init__(self, latex: str, sentence: str) -> None:
        super().__init__(sentence)
        self.latex = latex


def read_bibtex(text: str) -> Reading:
    """The works of a paste in BibTeX or BibLaTeX.

    LaTeX is turned into text, @string and months are put in, a crossref takes over what its
    entry lacks. Broken entries, doubled keys or fields, words outside entries, names that cannot
    be taken apart and works without a title are faults that name entry and line; fields that
    CSL has no place for are listed with their work.
    """
    if _depth(text) > _DEEPEST:
        return Reading(faults=(Fault("", 1, "Braces are nested too deeply."),))
    blocks = parse_string(text, parse_stack=[]).blocks
    entries = [block for block in blocks if isinstance(block, Entry)]
    if len(entries) > MOST_REFERENCES:
        return too_many(len(entries))
    return _Paste(blocks).read()


def _depth(text: str) -> int:
    depths = itertools.accumulate((char == "{") - (char == "}") for char in text)
    return max(depths, default=0)


class _Paste:
    """The blocks of one paste, with the strings and entries that its fields refer to."""

    def __init__(self, blocks: list[Block]) -> None:
        self.blocks = blocks
        self.strings = {month: month for month in MONTHS}
        self.entries = {block.key.lower(): block for block in blocks if isinstance(block, Entry)}
        self.references: list[Reference] = []
        self.faults: list[Fault] = []

    def read(self) -> Reading:
        for block in self.blocks:
            line = (block.start_line or 0) + 1
            if isinstance(block, Entry):
                self._read_entry(block, line)
            elif isinstance(block, String):
                self._define(block, line)
            elif isinstance(block, ImplicitComment | ParsingFailedBlock):
                self.faults.append(_fault(block, line))
        return Reading(tuple(self.references), tuple(self.faults))

    def _define(self, block: String, line: int) -> None:
        try:
            self.strings[block.key.lower()] = self._value(block.key, block.value, line)
        except _FaultyFieldError as error:
            self.faults.append(Fault(f"@string {block.key}", line, str(error), error.field))

    def _read_entry(self, entry: Entry, line: int) -> None:
        label = entry.key or f"@{entry.entry_type}"
        try:
            fields = self._fields(entry)
            item = _item(entry.entry_type.lower(), fields)
            self.references.append(Reference(item, label, line, _left_out(entry, fields, item)))
        except _FaultyFieldError as error:
            self.faults.append(Fault(label, error.line or line, str(error), error.field))
        except _LatexError as error:
            field, at = self._place_of(error.latex, entry)
            self.faults.append(Fault(label, at or line, str(error), field))

    def _place_of(self, latex: str, entry: Entry) -> tuple[str, int]:
        """The field of the entry, or of what it refers to, in which that stands, and its line."""
        fields = [*entry.fields, *(one for other in self.entries.values() for one in other.fields)]
        for field in fields:
            if latex in field.value:
                return field.key.lower(), (field.start_line or 0) + 1
        return "", 0

    def _fields(self, entry: Entry) -> dict[str, str]:
        """The entry's fields by name in lower case, and those of what it refers to below them."""
        fields = {}
        for field in entry.fields:
            name = field.key.lower()
            value = self._value(name, field.value, (field.start_line or 0) + 1)
            if value.strip():
                fields[name] = value
        parent = self.entries.get(fields["crossref"].lower()) if "crossref" in fields else None
        if parent and parent is not entry:
            inherited = {
                ("booktitle" if field.key.lower() == "title" else field.key.lower()): self._value(
                    field.key, field.value, (field.start_line or 0) + 1
                )
                for field in parent.fields
                if field.key.lower() not in {"crossref", "doi", "url"}
            }
            fields = inherited | fields
        return fields

    def _value(self, field: str, raw: str, line: int) -> str:
        """The value of a field: strings, numbers and names of strings, joined by #."""
        pieces = []
        for piece in _concatenated(raw):
            if len(piece) > 1 and piece[0] + piece[-1] in {"{}", '""'}:
                pieces.append(piece[1:-1])
            elif piece.isdigit():
                pieces.append(piece)
            elif piece.lower() in self.strings:
                pieces.append(self.strings[piece.lower()])
            else:
                sentence = f"“{piece[:40]}” is neither in braces nor defined by an @string."
                raise _FaultyFieldError(field, sentence, line)
        return "".join(pieces)


def _fault(block: Block, line: int) -> Fault:
    if isinstance(block, ImplicitComment):
        return Fault("", line, f"“{block.comment[:40]}” stands outside any entry.")
    if isinstance(block, DuplicateBlockKeyBlock):
        return Fault(block.key, line, "The same key stands here a second time.")
    raw = block.raw or ""
    found = re.match(r"@\s*\w+\s*[{(]\s*([^,\s]*)", raw)
    label = found.group(1) if found else ""
    if isinstance(block, DuplicateFieldKeyBlock):
        doubled = ", ".join(sorted(block.duplicate_keys))
        return Fault(label, line, f"“{doubled}” stands here twice.", doubled)
    return Fault(label, line, "The entry is not closed, or lacks a comma, a brace or a =.")


def _concatenated(raw: str) -> Iterable[str]:
    """The pieces of a value between # that stand in no braces or quotes."""
    pieces, depth, is_quoted = [""], 0, False
    for char in re.findall(r"\\.|.", raw, re.DOTALL):
        depth += (char == "{") - (char == "}")
        is_quoted ^= char == '"' and depth == 0
        if char == "#" and not depth and not is_quoted:
            pieces.append("")
        else:
            pieces[-1] += char
    return [piece.strip() for piece in pieces]


def _item(kind: str, fields: dict[str, str]) -> Item:
    subtype = _SUBTYPES.get(fields.get("entrysubtype", ""))
    item: Item = {"type": subtype or _TYPES.get(kind, "document")}
    if kind in _GENRES:
        item["genre"] = _GENRES[kind]
    title = ": ".join(plain(fields[name]) for name in ("title", "subtitle") if fields.get(name))
    if not title:
        raise _FaultyFieldError("title", "The work has no title.")
    item["title"] = title
    for name, member in _TEXTS.items():
        text = _normal(member, plain(fields.get(name, "")))
        if text and (member not in item or name == "type"):
            item[member] = text
    for name in _NAMES:
        if fields.get(name) and (names := _names(name, fields[name])):
            item[name] = names
    if fields.get("number"):
        is_issue = item["type"].startswith("article")
        item["issue" if is_issue else "number"] = plain(fields["number"])
    _set_dates(item, fields)
    _set_places(item, fields)
    return item


def _normal(member: str, text: str) -> str:
    """The text as CSL has it: pages with one hyphen, editions as numbers, languages as codes."""
    if member == "page":
        return re.sub(r"\s*[–—-]+\s*", "-", text)
    if member == "edition":
        return _edition(text)
    return _LANGUAGES.get(text.lower(), text) if member == "language" else text


def _set_dates(item: Item, fields: dict[str, str]) -> None:
    issued = _iso(fields.get("date", "")) or _of_parts(fields)
    if issued:
        item["issued"] = issued
    if accessed := _iso(fields.get("urldate", "")):
        item["accessed"] = accessed


def _of_parts(fields: dict[str, str]) -> dict[str, Any]:
    """The date of year, month and day; BibTeX writes the day into the month ("jan # ~5")."""
    year, month, day = (plain(fields.get(name, "")) for name in ("year", "month", "day"))
    if not re.fullmatch(r"\d{4}", year):
        return {}
    words = re.search(r"[^\W\d_]+", month)
    digits = re.search(r"\d{1,2}", month)
    if words and digits and not day:
        day = digits.group()
    number = month_of(words.group() if words else month)
    return date_of(int(year), number, int(day) if re.fullmatch(r"\d{1,2}", day) else None)


def _iso(text: str) -> dict[str, Any]:
    match = re.match(r"\s*(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(?:T[\d:.Z+-]*)?\s*(?:/.*)?$", text)
    return date_of(*(int(part) if part else None for part in match.groups())) if match else {}


def _set_places(item: Item, fields: dict[str, str]) -> None:
    """DOI and address, wherever the entry has them."""
    if fields.get("doi"):
        item["DOI"] = _verbatim(fields["doi"])
    url = _verbatim(fields.get("url", ""))
    published = fields.get("howpublished", "")
    in_text = re.search(r"https?://[^\s{}]+", published)
    if not url and in_text:
        url = _verbatim(in_text.group())
    elif published:
        item["medium"] = plain(published)
    archive = (fields.get("eprinttype") or fields.get("archiveprefix") or "").lower()
    if not url and archive == "arxiv" and fields.get("eprint"):
        url = f"https://arxiv.org/abs/{_verbatim(fields['eprint'])}"
    if url:
        item["URL"] = url
        item["type"] = "webpage" if item["type"] == "document" else item["type"]


def _edition(text: str) -> str:
    """The edition's number for "Second", "2nd" and "2nd ed."; other words as they are."""
    word = re.sub(r"\s*ed(?:ition|\.)?$", "", text.strip(), flags=re.IGNORECASE).lower()
    if word in _ORDINALS:
        return str(_ORDINALS.index(word) + 1)
    number = re.fullmatch(r"(\d+)(?:st|nd|rd|th)?", word)
    return number.group(1) if number else text


def _names(field: str, value: str) -> list[Name]:
    names = []
    for one in split_multiple_persons_names(value):
        if one.strip().lower() == "others":
            continue  # listed with what was left out
        whole = plain(one)
        if re.fullmatch(r"\{.*\}", one.strip(), re.DOTALL):
            names.append({"literal": whole})
            continue
        try:
            parts = parse_single_name_into_parts(one)
        except InvalidNameError as error:
            sentence = f"“{whole[:60]}” is no name that can be taken apart."
            raise _FaultyFieldError(field, sentence) from error
        found = {
            "family": plain(" ".join(parts.last)),
            "given": plain(" ".join(parts.first)),
            "suffix": plain(" ".join(parts.jr)),
            "non-dropping-particle": plain(" ".join(parts.von)),
        }
        is_person = found["given"] and found["family"]
        kept = {part: text for part, text in found.items() if text}
        names.append(kept if is_person else {"literal": whole})
    return [name for name in names if any(name.values())]


def _left_out(entry: Entry, fields: dict[str, str], item: Item) -> tuple[str, ...]:
    """What the entry says and the item does not."""
    left = [] if entry.entry_type.lower() in _TYPES else [f"@{entry.entry_type}"]
    left += [name for name in fields if name not in _HANDLED]
    left += [
        name
        for name, member in _TEXTS.items()
        if (text := plain(fields.get(name, ""))) and item.get(member) != _normal(member, text)
    ]
    if not item.get("issued"):
        left += [name for name in ("date", "year", "month") if fields.get(name)]
    if fields.get("urldate") and not item.get("accessed"):
        left.append("urldate")
    if fields.get("eprint") and "arxiv.org" not in item.get("URL", ""):
        left.append("eprint")
    if fields.get("crossref") and "booktitle" not in fields:
        left.append("crossref")
    others = re.compile(r"\band\s+others\s*$")
    left += [f"{name}: and others" for name in _NAMES if others.search(fields.get(name, ""))]
    return tuple(left)


def plain(latex: str) -> str:
    """LaTeX as text: accents, dashes and quotes as characters, braces and commands gone."""
    text = latex
    if set(latex) & _LATEX:
        if len(latex) > _LONGEST:
            raise _LatexError(latex, f"At most {_LONGEST:,} characters are taken here.")
        text = _decoded(latex)
    text = text.translate(_CHARACTERS)
    return " ".join(unicodedata.normalize("NFC", text).split())


@lru_cache(maxsize=64)
def _decoded(latex: str) -> str:
    """Some are kept, as each field is asked for once more when it is told what was left out."""
    # A bare % would begin a comment and swallow the rest of the line.
    text = re.sub(r"(?<!\\)%", r"\\%", latex)
    for command, char in _NAMED.items():
        text = text.replace(command, char)
    try:
        nodes = LatexWalker(text, latex_context=_CONTEXT).get_latex_nodes()[0]
        return str(_DECODER.nodelist_to_text(nodes))
    except (LookupError, RecursionError) as error:
        # What pylatexenc says of a command without its argument, or one in another many times.
        raise _LatexError(latex, "This LaTeX cannot be turned into text.") from error


def _verbatim(value: str) -> str:
    """An address or identifier, in which only a backslash before a sign is LaTeX."""
    value = re.sub(r"\\url\s*\{([^}]*)\}", r"\1", value.strip())
    return re.sub(r"\\([_%&#~$^{}])", r"\1", value).strip("{} \n\t")
