"""The text layer of a PDF as blocks: lines by their place and size on the page."""

import html as entities
import io
import itertools
import logging
import re
import statistics
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from pdfminer.high_level import extract_pages
from pdfminer.layout import (
    LAParams,
    LTChar,
    LTContainer,
    LTImage,
    LTPage,
    LTTextBox,
    LTTextLine,
)
from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
from pdfminer.pdfexceptions import PDFException
from pdfminer.psexceptions import PSException

from debate.essays import inline
from debate.essays.importing import limits, patterns
from debate.essays.importing.blocks import Block, Draft, note_reference, tally
from debate.essays.importing.errors import ImportRefused
from debate.essays.importing.lines import Joiner, Line, take_furniture, without_ligatures

# The parser logs every oddity of a file; none of them is for us, and none may hold up a page.
logging.getLogger("pdfminer").setLevel(logging.CRITICAL)

_PAGES: Final = 500
_LETTERS_A_PAGE: Final = 20
_HEADING_SIZE: Final = 1.15
_NOTE_SIZE: Final = 0.88
_RAISED_SIZE: Final = 0.75
_PARAGRAPH_GAP: Final = 1.35
_LINES_APART: Final = 4
_INDENT: Final = 0.8
_SHORT: Final = 0.85
_NOTE = re.compile(r"\[?(\d{1,3})\]?[.)]?\s+(?=\S)")
_REFERENCE = re.compile(r"<sup>(\d{1,3})</sup>")


def read(data: bytes) -> Draft:
    """The blocks of a PDF as they stand.

    Raises ImportRefused for a file with a password, one that holds pictures of pages, and what is no PDF.
    """
    try:
        pages = list(extract_pages(io.BytesIO(data), maxpages=_PAGES + 1, laparams=LAParams()))
    except (PDFPasswordIncorrect, PDFEncryptionError) as error:
        raise ImportRefused(
            "encrypted",
            "This PDF is locked with a password. Please save it without one and try again.",
        ) from error
    except (PDFException, PSException, ValueError, TypeError, KeyError, IndexError) as error:
        raise ImportRefused(
            "not_pdf",
            "This PDF is damaged and cannot be read. Please paste its text instead.",
        ) from error
    return _draft(pages)


def _draft(pages: list[LTPage]) -> Draft:
    if len(pages) > _PAGES:
        raise ImportRefused(
            "too_many_pages",
            f"This PDF has more than {_PAGES} pages. Please import a part of it.",
        )
    by_page = [list(_lines(page, number)) for number, page in enumerate(pages)]
    pictures = sum(1 for page in pages for _ in _find(page, LTImage))
    letters = sum(len(line.text) for page in by_page for line in page)
    if letters < _LETTERS_A_PAGE * len(pages) and (pictures or not letters):
        raise ImportRefused(
            "scan",
            "This PDF holds pictures of pages and no text. "
            "Please run text recognition on it, or paste the text.",
        )
    kept, furniture = take_furniture(by_page)
    lines = list(itertools.chain.from_iterable(kept))
    joiner = Joiner(line.text for line in lines)
    blocks = _with_references(list(_blocks(lines, joiner)))
    limits.check_count(len(blocks))
    return Draft(
        blocks=[*blocks, *furniture],
        left_out=tally([("image", "")] * pictures),
        remarks=joiner.remarks(),
    )


def _find(container: Any, kind: type) -> Iterator[Any]:
    for item in container:
        if isinstance(item, kind):
            yield item
        elif isinstance(item, LTContainer):
            yield from _find(item, kind)


def _lines(page: LTPage, number: int) -> Iterator[Line]:
    for box in _find(page, LTTextBox):
        for source in _find(box, LTTextLine):
            characters = [item for item in source if isinstance(item, LTChar)]
            html = _line_html(source, _size(characters)) if characters else ""
            if html:
                yield Line(
                    html=html,
                    page=number,
                    indent=source.x0,
                    right=source.x1,
                    top=page.y1 - source.y1,
                    size=_size(characters),
                    heading=all("bold" in item.fontname.lower() for item in characters),
                )


def _size(characters: list[LTChar]) -> float:
    return round(statistics.median(item.size for item in characters), 1)


def _line_html(source: LTTextLine, size: float) -> str:
    parts = []
    tags: tuple[str, ...] = ()
    for item in source:
        text = without_ligatures(item.get_text())
        if isinstance(item, LTChar):
            tags = _tags(item, source, size)
        html = entities.escape(text.replace("\u00ad", "\u2010"), quote=False)
        parts.append("".join([*(f"<{tag}>" for tag in tags), html]))
        parts.extend(f"</{tag}>" for tag in reversed(tags))
    return inline.sanitise("".join(parts))


def _tags(item: LTChar, source: LTTextLine, size: float) -> tuple[str, ...]:
    name = item.fontname.lower()
    is_raised = item.size < _RAISED_SIZE * size and item.y0 > source.y0 + 0.15 * size
    return (
        *(["em"] if "italic" in name or "oblique" in name else []),
        *(["strong"] if "bold" in name else []),
        *(["sup"] if is_raised else []),
    )


def _blocks(lines: list[Line], joiner: Joiner) -> Iterator[Block]:
    if not lines:
        return
    body = _body_size(lines)
    pitch = _pitch(lines)
    width = max(line.right - line.indent for line in lines)
    sizes = sorted({line.size for line in lines if _is_heading(line, body)}, reverse=True)
    for chunk in _chunks(lines, body, pitch, width):
        yield _block(chunk, body, sizes, joiner)


def _body_size(lines: list[Line]) -> float:
    """The size most letters have."""
    letters: dict[float, int] = {}
    for line in lines:
        letters[line.size] = letters.get(line.size, 0) + len(line.text)
    return max(letters, key=lambda size: letters[size])


def _pitch(lines: list[Line]) -> float:
    """The distance from line to line inside a paragraph: one that a quarter of all do not exceed."""
    gaps = sorted(
        after.top - before.top
        for before, after in itertools.pairwise(lines)
        if before.page == after.page and 0 < after.top - before.top < _LINES_APART * before.size
    )
    return gaps[len(gaps) // 4] if gaps else 0


def _is_heading(line: Line, body: float) -> bool:
    is_short = len(line.text.split()) <= 20  # noqa: PLR2004 - longer than any heading
    return is_short and (line.size >= _HEADING_SIZE * body or line.heading)


def _chunks(lines: list[Line], body: float, pitch: float, width: float) -> Iterator[list[Line]]:
    """Lines of one paragraph. Notes at the foot come last, so that a paragraph can go on past them."""
    text = [line for line in lines if not _is_note(line, body)]
    notes = [line for line in lines if _is_note(line, body)]
    for part in (text, notes):
        chunk: list[Line] = []
        for line in part:
            if chunk and _starts_paragraph(chunk[-1], line, body, pitch, width):
                yield chunk
                chunk = []
            chunk.append(line)
        if chunk:
            yield chunk


def _is_note(line: Line, body: float) -> bool:
    return line.size <= _NOTE_SIZE * body


def _starts_paragraph(before: Line, line: Line, body: float, pitch: float, width: float) -> bool:
    if _looks(before, body) != _looks(line, body) or _stands_alone(before, line, body):
        return True
    ends = patterns.ends_sentence(before.text)
    if before.page != line.page or line.top < before.top:
        return ends
    if line.top - before.top > _PARAGRAPH_GAP * pitch:
        return True
    is_short = before.right - before.indent < _SHORT * width
    is_indented = line.indent > before.indent + _INDENT * body
    return ends and (is_short or is_indented)


def _looks(line: Line, body: float) -> tuple[bool, bool]:
    return _is_heading(line, body), line.size > body


def _stands_alone(before: Line, line: Line, body: float) -> bool:
    """Whether a break stands between the lines, or a note or an item of a list begins with the second."""
    return (
        patterns.is_break(before.text)
        or patterns.is_break(line.text)
        or (_is_note(line, body) and _NOTE.match(line.text) is not None)
        or (
            patterns.LIST_MARKER.match(line.text) is not None
            and patterns.ends_sentence(before.text)
        )
    )


def _block(chunk: list[Line], body: float, sizes: list[float], joiner: Joiner) -> Block:
    html = joiner.join([line.html for line in chunk])
    text = inline.plain(html)
    crossed = chunk[0].page != chunk[-1].page
    remark = "A page break ran through this paragraph; its parts were joined." if crossed else ""
    note = _NOTE.match(text) if _is_note(chunk[0], body) else None
    if note:
        html = inline.sanitise(inline.slice_html(html, note.end(), len(text)))
        return Block(kind="note", html=html, label=note[1], remark=remark)
    if _is_heading(chunk[0], body) and patterns.is_heading_like(text):
        level = min(sizes.index(chunk[0].size) + 1, 6)
        return Block(kind="heading", html=inline.from_plain(text), level=level, remark=remark)
    marker = patterns.LIST_MARKER.match(text)
    if marker and not patterns.is_break(text):
        html = inline.sanitise(inline.slice_html(html, marker.end(), len(text)))
        return Block(kind="list_item", html=html, label=marker[1] or "", remark=remark)
    return Block(kind="body", html=html, remark=remark)


def _with_references(blocks: list[Block]) -> list[Block]:
    """Raised numbers as links to the notes that bear them."""
    labels = {block.label for block in blocks if block.kind == "note"}

    def linked(found: re.Match[str]) -> str:
        return note_reference(found[1]) if found[1] in labels else found[0]

    return [replace(block, html=_REFERENCE.sub(linked, block.html)) for block in blocks]
