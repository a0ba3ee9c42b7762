"""What stands above an essay: its title and its byline, the author apart from the affiliation."""

import re
from dataclasses import dataclass, field, replace
from typing import Final

from debate.essays import inline
from debate.essays.importing import patterns
from debate.essays.importing.blocks import Block, shortened

LENGTH: Final = 300
_WORDS_OF_A_PARAGRAPH: Final = 30
_BLOCKS_OF_A_HEAD: Final = 8
_WORDS_OF_AN_AFFILIATION: Final = 15
_EMPHASISED = re.compile(r"<(em|strong)>(.*?)</\1>")
_SEPARATORS = re.compile(r"\s*[,;|•·]\s*|\s+[–—-]\s+|\s*\(")
_WORDS_OF_A_NAME: Final = 5
_AND = re.compile(r"\s(?:and|und|et|y|e|и|&)\s")
_DIRECTION_SIGNS: Final = dict.fromkeys(
    map(ord, "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
)


@dataclass
class Head:
    """Title, author and affiliation, and the blocks with the title gone and the byline marked."""

    title: str
    author: str
    affiliation: str
    blocks: list[Block]
    remarks: list[str] = field(default_factory=list)


def find(blocks: list[Block], *, title: str, author: str, affiliation: str) -> Head:
    """The head of `blocks`; `title`, `author` and `affiliation` are what the file itself says, if anything."""
    result = Head(title, author, affiliation, list(blocks))
    size = _size(blocks)
    at = _repeated_at(blocks[:size], title) if title else _title_at(blocks, size)
    if at is not None:
        result.title = title or blocks[at].text
        del result.blocks[at]
        size -= 1
    _take_byline(result, size, after=at or 0)
    result.title = _one_line(result.title)
    result.author = _one_line(result.author)
    result.affiliation = _one_line(result.affiliation)
    if not result.title:
        result.remarks.append("No title was found; please write one.")
    return result


def _size(blocks: list[Block]) -> int:
    """How many blocks stand before the first one that is long enough to be a paragraph of the essay."""
    for at, block in enumerate(blocks[:_BLOCKS_OF_A_HEAD]):
        if block.kind != "heading" and len(block.text.split()) > _WORDS_OF_A_PARAGRAPH:
            return at
    return min(len(blocks), _BLOCKS_OF_A_HEAD)


def _repeated_at(blocks: list[Block], title: str) -> int | None:
    """Where the title that the file itself names stands once more."""
    wanted = " ".join(title.split()).casefold()
    return next((at for at, block in enumerate(blocks) if block.text.casefold() == wanted), None)


def _title_at(blocks: list[Block], size: int) -> int | None:
    headings = [
        at
        for at, block in enumerate(blocks[:size])
        if block.kind == "heading" and not block.left_out and len(block.text) <= LENGTH
    ]
    if headings:
        top = min(blocks[at].level or 1 for at in headings)
        # A site's or a series' name may stand above; the highest heading is the essay's own.
        return next(at for at in headings if (blocks[at].level or 1) == top)
    if not size or len(blocks) < 2:  # noqa: PLR2004 - one block alone is the essay
        return None
    is_title = blocks[0].kind == "body" and patterns.is_heading_like(blocks[0].text)
    return 0 if is_title else None


def _take_byline(result: Head, size: int, *, after: int) -> None:
    for at in range(min(size, len(result.blocks))):
        block = result.blocks[at]
        prefix = patterns.byline_words(block.text)
        if block.kind in {"body", "heading"} and prefix and not block.left_out:
            result.blocks[at] = replace(block, kind="byline", level=None)
            result.author, result.affiliation = _parts(block.html, prefix)
            _take_affiliation(result, at + 1, size)
            return
    if result.author:
        _take_bare_name(result, size, after)


def _take_bare_name(result: Head, size: int, after: int) -> None:
    """A line that is the name the file gives its author."""
    for at in range(after, min(size, len(result.blocks))):
        block = result.blocks[at]
        if block.kind == "body" and block.text.startswith(result.author):
            result.blocks[at] = replace(block, kind="byline")
            _take_affiliation(result, at + 1, size)
            return


def _take_affiliation(result: Head, at: int, size: int) -> None:
    """The line under the name, when it names a place of work or is set apart in italics."""
    if result.affiliation or at >= min(size, len(result.blocks)):
        return
    block = result.blocks[at]
    is_short = len(block.text.split()) <= _WORDS_OF_AN_AFFILIATION
    is_apart = patterns.is_institution(block.text) or block.html.startswith("<em>")
    if block.kind == "body" and is_short and is_apart and not patterns.ends_sentence(block.text):
        result.blocks[at] = replace(block, kind="byline")
        result.affiliation = block.text


def _parts(html: str, prefix: int) -> tuple[str, str]:
    """Author and affiliation of a byline: what is emphasised, or what follows a comma and is no name."""
    text = inline.plain(html)
    rest = inline.slice_html(html, prefix, len(text))
    emphasised = _EMPHASISED.search(rest)
    if emphasised and inline.plain(rest[: emphasised.start()]).strip(" ,;|–—-("):
        before = inline.plain(rest[: emphasised.start()])
        return before.strip(" ,;|–—-(\n"), inline.plain(emphasised[2])
    return _by_separators(inline.plain(rest))


def _by_separators(text: str) -> tuple[str, str]:
    for separator in _SEPARATORS.finditer(text):
        author, rest = text[: separator.start()], text[separator.end() :].strip(" )")
        if rest and not _is_names(rest):
            affiliation = next(
                (part for part in re.split(r"\s*[|•·]\s*", rest) if not patterns.is_date(part)), ""
            )
            return author.strip(), affiliation
    return text.strip(" ,;|"), ""


def _is_names(text: str) -> bool:
    """Whether the next words are another author's name, which an "and" somewhere after the comma tells."""
    first = _SEPARATORS.split(text, 1)[0]
    names = [name for name in _AND.split(f" {first}") if name.strip()]
    return (
        _AND.search(f" {text}") is not None
        and all(_is_name(name.split()) for name in names)
        and not patterns.is_institution(first)
    )


def _is_name(words: list[str]) -> bool:
    return len(words) <= _WORDS_OF_A_NAME and all(
        word[0].isalpha() and not word[0].islower() for word in words
    )


def _one_line(text: str) -> str:
    line = inline.plain(inline.from_plain(text.translate(_DIRECTION_SIGNS)))
    return shortened(line, LENGTH - 1)
