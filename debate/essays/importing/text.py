"""Plain text as blocks: hard-wrapped, one line a paragraph, or copied out of a PDF."""

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from debate.essays import inline
from debate.essays.importing import limits, patterns
from debate.essays.importing.blocks import Block, Draft
from debate.essays.importing.errors import ImportRefused
from debate.essays.importing.lines import Joiner, Line, take_furniture, without_ligatures

_LINES: Final = 40_000
_PAGES: Final = 2_000
_WRAPPED_AT_MOST: Final = 120
_UNDERLINE = re.compile(r"\s*(?:={4,}|-{4,})\s*")
_QUOTE = re.compile(r"\s*>\s?")
_DIVIDERS: Final = ("-", "\u2010", "—")
_SHORT: Final = 0.8
_QUOTE_INDENT: Final = 4
_CONTINUES_AFTER: Final = 60


@dataclass(frozen=True)
class _Shape:
    """How the text is broken into lines.

    `width` is where it is wrapped (0: not at all), `has_blank_lines` whether they part its paragraphs,
    `indent` how far all of it is moved in.
    """

    width: int
    has_blank_lines: bool
    indent: int


def read(text: str) -> Draft:
    """The blocks of `text` as they stand. Raises ImportRefused when there are too many."""
    _check_size(text)
    pages, furniture = take_furniture(_pages(without_ligatures(text).expandtabs(4)))
    shape = _shape(pages)
    joiner = Joiner(line.text for page in pages for line in page)
    blocks: list[Block] = []
    for chunk in _chunks(pages, shape):
        block = _block(chunk, shape, joiner)
        blocks.extend(block)
        limits.check_count(len(blocks))
    return Draft(blocks=_with_headings([*blocks, *furniture]), remarks=joiner.remarks())


def _check_size(text: str) -> None:
    lines = sum(1 for line in text.split("\n") if line.strip())
    if lines > _LINES or text.count("\f") > _PAGES:
        raise ImportRefused(
            "too_many_lines",
            f"This text has more than {_LINES:,} lines or {_PAGES:,} pages. "
            "Please import a part of it.",
        )


def _pages(text: str) -> list[list[Line]]:
    """Pages divided by form feeds, else after lines that are page numbers in sequence; blank lines stay."""
    if "\f" in text:
        sources = [page.split("\n") for page in text.split("\f")]
    else:
        sources = list(_by_page_numbers(text.split("\n")))
    return [
        [_line(source, page, top) for top, source in enumerate(_without_doubled_blanks(lines))]
        for page, lines in enumerate(sources)
    ]


def _without_doubled_blanks(lines: list[str]) -> Iterator[str]:
    before = "x"
    for line in lines:
        if line.strip() or before.strip():
            yield line
        before = line


def _line(source: str, page: int, top: int) -> Line:
    # A soft hyphen at the end tells that a word goes on, so it is kept for the joiner as a plain one.
    visible = re.sub("\u00ad$", "\u2010", source.strip())
    indent = len(source) - len(source.lstrip())
    return Line(html=inline.from_plain(visible), page=page, indent=indent, top=top)


def _by_page_numbers(lines: list[str]) -> Iterator[list[str]]:
    candidates = [(at, patterns.page_number(line)) for at, line in enumerate(lines)]
    numbers = [(at, number) for at, number in candidates if number is not None]
    values = [number for _, number in numbers]
    is_sequence = len(values) > 1 and values == list(range(values[0], values[0] + len(values)))
    start = 0
    for at, _ in numbers if is_sequence else []:
        yield lines[start : at + 1]
        start = at + 1
    yield lines[start:]


def _shape(pages: list[list[Line]]) -> _Shape:
    every = [line for page in pages for line in page]
    filled = [line for line in every if line.html]
    lengths = sorted(len(line.text) for line in filled) or [0]
    width = lengths[int(0.9 * (len(lengths) - 1))]
    runs = [
        len(list(run))
        for is_filled, run in itertools.groupby(every, lambda line: bool(line.html))
        if is_filled
    ]
    return _Shape(
        width=width if max(runs, default=0) > 1 and lengths[-1] <= _WRAPPED_AT_MOST else 0,
        has_blank_lines=len(runs) > len(pages),
        indent=int(min((line.indent for line in filled), default=0)),
    )


def _chunks(pages: list[list[Line]], shape: _Shape) -> Iterator[list[Line]]:
    """Lines that belong to one paragraph, list item or quote."""
    chunk: list[Line] = []
    was_blank = False
    for line in itertools.chain.from_iterable(pages):
        if not line.html:
            was_blank = bool(chunk)
            continue
        if chunk and _starts_paragraph(chunk, line, shape, was_blank=was_blank):
            yield chunk
            chunk = []
        chunk.append(line)
        was_blank = False
    if chunk:
        yield chunk


def _starts_paragraph(chunk: list[Line], line: Line, shape: _Shape, *, was_blank: bool) -> bool:
    before = chunk[-1]
    if before.page != line.page:
        return not _continues_over_page(chunk, line)
    if was_blank or not shape.width:
        return True
    if _UNDERLINE.fullmatch(line.text) and len(chunk) == 1:
        return False
    if patterns.LIST_MARKER.match(line.text) and patterns.LIST_MARKER.match(chunk[0].text):
        return True
    return _broken_by_hand(before, line, shape)


def _continues_over_page(chunk: list[Line], line: Line) -> bool:
    text = chunk[-1].text
    length = sum(len(part.text) for part in chunk)
    return (
        not patterns.ends_sentence(text)
        and (length > _CONTINUES_AFTER or patterns.starts_lower(line.text))
        and not patterns.LIST_MARKER.match(line.text)
        and not patterns.is_break(text)
    )


def _broken_by_hand(before: Line, line: Line, shape: _Shape) -> bool:
    """Whether the next word would have fitted, so that someone ended the line on purpose."""
    if before.text.endswith(_DIVIDERS):
        return False
    first_word = line.text.split(" ", 1)[0]
    has_room = len(before.text) + 1 + len(first_word) + before.indent < _SHORT * shape.width
    ends = patterns.ends_sentence(before.text)
    if shape.has_blank_lines:
        return has_room and (ends or bool(patterns.LIST_MARKER.match(line.text)))
    alone = patterns.is_break(before.text) or patterns.is_break(line.text)
    indented = line.indent > before.indent and ends
    is_short = has_room and (ends or not patterns.starts_lower(line.text))
    return alone or indented or is_short


def _block(chunk: list[Line], shape: _Shape, joiner: Joiner) -> list[Block]:
    if len(chunk) > 1 and _UNDERLINE.fullmatch(chunk[1].text):
        level = 1 if "=" in chunk[1].text else 2
        heading = Block(kind="heading", html=chunk[0].html, level=level)
        return [heading, *(_block(chunk[2:], shape, joiner) if chunk[2:] else [])]
    texts = [line.text for line in chunk]
    if all(_QUOTE.match(text) for text in texts):
        return [
            Block(kind="quote", html=_joined([_QUOTE.sub("", text, 1) for text in texts], joiner))
        ]
    kind, label = _kind(chunk, shape)
    if kind == "list_item":
        texts[0] = patterns.LIST_MARKER.sub("", texts[0], 1)
    crossed = chunk[0].page != chunk[-1].page
    remark = "A page break ran through this paragraph; its parts were joined." if crossed else ""
    return [Block(kind=kind, html=_joined(texts, joiner), label=label, remark=remark)]


def _kind(chunk: list[Line], shape: _Shape) -> tuple[str, str]:
    marker = patterns.LIST_MARKER.match(chunk[0].text)
    if marker and not patterns.is_break(chunk[0].text):
        return "list_item", marker[1] or ""
    indented = all(line.indent >= shape.indent + _QUOTE_INDENT for line in chunk)
    return ("quote", "") if indented and shape.width and len(chunk) > 1 else ("body", "")


def _joined(texts: list[str], joiner: Joiner) -> str:
    return joiner.join([inline.from_plain(text) for text in texts if text]) if any(texts) else ""


def _with_headings(blocks: list[Block]) -> list[Block]:
    """Short lines without a full stop that a longer paragraph follows are headings."""
    result: list[Block] = []
    for block, following in itertools.zip_longest(blocks, blocks[1:]):
        is_heading = (
            block.kind in {"body", "list_item"}
            and not block.left_out
            and following is not None
            and following.kind in {"body", "quote", "list_item"}
            and not following.left_out
            and not (block.kind == "list_item" and _is_in_list(block, following, result))
            and patterns.is_heading_like(block.text)
            and len(following.text) > len(block.text)
        )
        result.append(_as_heading(block) if is_heading else block)
    return result


def _is_in_list(block: Block, following: Block, before: list[Block]) -> bool:
    """A number or a dash marks an item of a list; only a number that stands alone may mark a heading."""
    neighbours = {following.kind, before[-1].kind if before else ""}
    return "list_item" in neighbours or not block.label.isdigit()


def _as_heading(block: Block) -> Block:
    number = f"{block.label}. " if block.label else ""
    html = inline.join(inline.from_plain(number), block.html) if number else block.html
    return Block(kind="heading", html=html, level=2)
