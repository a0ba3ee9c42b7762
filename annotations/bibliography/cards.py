"""Debate cards as people carry them: tag, cite, and the words with those relied on underlined.

The order is that of the debate field: tag, then cite, then quotation. As a file they have exactly three
kinds of paragraphs, which is what card software reads (heading 4, plain, plain).
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import TYPE_CHECKING

from docx import Document
from docx.enum.text import WD_UNDERLINE
from docx.shared import Pt

from annotations.bibliography.citations import cite
from annotations.bibliography.csl import short_author, year_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from docx.text.paragraph import Paragraph

    from annotations.bibliography.csl import Item
    from annotations.bibliography.relied import Run

STYLE = "mla"
_NOT_OF_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Card:
    """One card: the claim in the words of whoever uses it, what is cited, and the quotation."""

    tag: str
    item: Item
    runs: Sequence[Run]
    locator: str = ""
    qualifications: str = ""
    note: str = ""

    @property
    def short_cite(self) -> str:
        """What a speaker says: last name and year."""
        name = short_author(self.item) or str(self.item.get("title") or "Source")
        return f"{name}, {year_of(self.item) or 'n.d.'}"

    @property
    def cite_html(self) -> str:
        """The full cite, with italics alone."""
        return cite(self.item, STYLE).html


def write_cards(title: str, cards: Iterable[Card]) -> bytes:
    """A .docx file of the cards under that title, each on one page as far as it fits."""
    document = Document()
    document.core_properties.title = title
    document.core_properties.author = ""
    document.styles["Normal"].font.size = Pt(11)
    document.add_heading(title, level=1)
    for card in cards:
        tag = document.add_heading(_printable(card.tag), level=4)
        tag.paragraph_format.keep_with_next = True
        line = document.add_paragraph()
        line.paragraph_format.keep_with_next = True
        line.add_run(_printable(card.short_cite)).bold = True
        _add_html(line, f" [{card.cite_html}")
        about = "; ".join(part for part in (card.qualifications, card.locator, card.note) if part)
        line.add_run(_printable(f" {about}]" if about else "]"))
        body = document.add_paragraph()
        for run in card.runs:
            words = body.add_run(_printable(run.text))
            if run.is_relied_on:
                words.font.underline = WD_UNDERLINE.SINGLE
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


class _Italics(HTMLParser):
    """Adds the text of a citation to a paragraph, in italics where it has <i>."""

    def __init__(self, paragraph: Paragraph) -> None:
        super().__init__(convert_charrefs=True)
        self.paragraph = paragraph
        self.is_italic = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        self.is_italic = tag == "i"

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002
        self.is_italic = False

    def handle_data(self, data: str) -> None:
        self.paragraph.add_run(_printable(data)).italic = self.is_italic or None


def _add_html(paragraph: Paragraph, html: str) -> None:
    parser = _Italics(paragraph)
    parser.feed(html)
    parser.close()


def _printable(text: str) -> str:
    """Without the characters that XML cannot hold."""
    return _NOT_OF_XML.sub("", text)
