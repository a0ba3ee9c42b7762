"""An essay as a Word document, with what was said about it as comments in its margin.

Each comment is anchored to the words that it is about: paragraphs are cut into runs where a place
begins or ends. Replies stand behind what they reply to, on the same words.
"""

from __future__ import annotations

import io
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from docx import Document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from docx.text.run import Run

Row = dict[str, Any]
# What XML 1.0 cannot hold (2.2).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_STYLES = {"quote": "Quote", "list_item": "List Paragraph", "byline": "Subtitle"}
_DEEPEST = 9


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph of the essay."""

    id: str
    kind: str
    text: str
    number: int | None = None
    level: int | None = None
    label: str = ""


@dataclass(slots=True)
class _Cut:
    """A paragraph as it stands in the document: its runs, by where they begin and end."""

    begins: dict[int, Run] = field(default_factory=dict)
    ends: dict[int, Run] = field(default_factory=dict)


def write(title: str, parts: Iterable[Part], annotations: Iterable[Row]) -> bytes:
    """The document; what has no place in the text follows it."""
    document = Document()
    document.core_properties.title = _sayable(title)
    document.core_properties.author = ""
    document.add_heading(_sayable(title), 0)
    parts, notes = list(parts), list(annotations)
    here = {part.id for part in parts}
    threads: dict[str, list[Row]] = defaultdict(list)
    for note in notes:
        threads[note["root"] or note["id"]].append(note)
    cuts = _paragraphs(document, parts, notes)
    loose = []
    for thread in threads.values():
        places = [one for one in thread[0]["anchors"] if one["paragraph"] in here]
        if not places:
            loose.append(thread)
        for place in places:
            run, last = _runs(cuts[place["paragraph"]], place)
            for note in thread:
                _comment(document, run, last, note)
    if loose:
        document.add_heading("Without a place in this text", 1)
    for thread in loose:
        for note in thread:
            told = document.add_paragraph(style="List Bullet")
            told.add_run(_sayable(f"{note['author']['name']}: ")).bold = True
            told.add_run(_sayable("\n".join(spoken(note))))
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def spoken(note: Row) -> list[str]:
    """What an annotation says, in lines: its kind, what the kind adds, its words and its tags."""
    lines = [("Reply: " if note["parent"] else "") + note["kind"].capitalize()]
    if counter := note["counterargument"]:
        lines.append(f"Attacks: {counter['attacks'] or 'not sure'}. {counter['counterclaim']}")
    if evidence := note["evidence"]:
        source = evidence["source"]
        lines.append(f"{evidence['stance'].capitalize()}: {evidence['warrant']}")
        quote = f"“{evidence['quote']}” " if evidence["quote"] else ""
        where = ", ".join(filter(None, (source["title"], evidence["locator"], source["url"])))
        lines.append(f"{quote}({where})")
    if (granted := note["concession"]) and granted["scope"]:
        lines.append(f"As far as: {granted['scope']}")
    if note["body"]:
        lines.append(note["body"])
    if note["tags"]:
        lines.append("Tags: " + ", ".join(note["tags"]))
    return lines


def _paragraphs(document: Any, parts: list[Part], notes: Iterable[Row]) -> dict[str, _Cut]:
    """Writes the paragraphs, cut where the places of the notes begin and end."""
    lengths = {part.id: len(part.text) for part in parts}
    marks: dict[str, set[int]] = {id_: {0, length} for id_, length in lengths.items()}
    for note in notes:
        for place in note["anchors"]:
            if place["paragraph"] in marks and place["start"] is not None:
                marks[place["paragraph"]] |= {place["start"], place["end"]}
    cuts = {}
    for part in parts:
        paragraph = document.add_paragraph(style=_style(part))
        if part.label:
            paragraph.add_run(_sayable(f"{part.label} "))
        if part.number:
            paragraph.add_run(f"¶{part.number} ").font.superscript = True
        cut = cuts[part.id] = _Cut()
        places = sorted(marks[part.id])
        for start, end in zip(places, places[1:] or places, strict=False):
            run = paragraph.add_run(_sayable(part.text[start:end]))
            cut.begins.setdefault(start, run)
            cut.ends[end] = run
    return cuts


def _runs(cut: _Cut, place: Row) -> tuple[Run, Run]:
    if place["start"] is None:
        return cut.begins[0], cut.ends[max(cut.ends)]
    return cut.begins[place["start"]], cut.ends[place["end"]]


def _comment(document: Any, first: Run, last: Run, note: Row) -> None:
    name = _sayable(note["author"]["name"])
    initials = "".join(word[0] for word in name.split()[:3]).upper()
    comment = document.add_comment(
        [first, last], text=_sayable("\n".join(spoken(note))), author=name, initials=initials
    )
    comment._comment_elm.date = datetime.fromisoformat(note["created_at"])  # noqa: SLF001 - no public way


def _style(part: Part) -> str | None:
    if part.kind == "heading":
        return f"Heading {min(part.level or 1, _DEEPEST)}"
    return _STYLES.get(part.kind)


def _sayable(text: str) -> str:
    """The text with the replacement character for what XML cannot hold."""
    return _NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
