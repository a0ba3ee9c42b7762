"""What a person can do to a draft in the preview. Every operation returns a new draft and keeps every word.

Blocks are named by their index in `draft.blocks`. Each operation raises EditRefused with the argument at fault.
"""

import itertools
import re
import unicodedata
from dataclasses import replace
from typing import Final

from debate.essays import inline
from debate.essays.importing import head, patterns
from debate.essays.importing.blocks import (
    CHARACTERS_A_PARAGRAPH,
    KINDS,
    PARAGRAPHS,
    Block,
    Draft,
    numbered,
)
from debate.essays.importing.errors import EditRefused

_LEVELS: Final = range(1, 7)
_ORDINARY_LEVEL: Final = 2
_JOINER: Final = "\u200d"
_FORBIDDEN: Final = re.compile("[\x00\ud800-\udfff]")
_DIRECTION_SIGNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NOTE_LINK = re.compile(r'<a href="#note-([\w-]+)">(.*?)</a>')


def merge_with_next(draft: Draft, index: int) -> Draft:
    """The block at `index` and the next one that is not left out as one; kind and label are the first's."""
    block = _block(draft, index)
    following = next(
        (at for at in range(index + 1, len(draft.blocks)) if not draft.blocks[at].left_out), None
    )
    if following is None or block.left_out:
        raise EditRefused("index", "There is no paragraph after this one to merge it with.")
    other = draft.blocks[following]
    if "break" in {block.kind, other.kind}:
        raise EditRefused("index", "A break cannot be merged. Leave it out first.")
    merged = _checked(replace(block, html=inline.join(block.html, other.html), remark=""))
    rest = [*draft.blocks[index + 1 : following], *draft.blocks[following + 1 :]]
    return replace(draft, blocks=[*draft.blocks[:index], merged, *rest])


def split(draft: Draft, index: int, offset: int) -> Draft:
    """The block at `index` as two, parted at `offset` of its text, never within a letter and its accents.

    The second keeps the kind and has no label.
    """
    block = _block(draft, index)
    text = block.text
    at = _whole_letter(text, offset) if 0 < offset < len(text) else 0
    parts = [inline.sanitise(part) for part in inline.split_at(block.html, [at])] if at else []
    if len(parts) != 2 or any(inline.is_blank(inline.plain(part)) for part in parts):  # noqa: PLR2004 - a pair
        raise EditRefused(
            "offset", "Choose a place inside the paragraph, with words on both sides."
        )
    if len(draft.blocks) >= PARAGRAPHS:
        raise EditRefused("index", f"An essay has at most {PARAGRAPHS:,} paragraphs.")
    first = replace(block, html=parts[0], remark="")
    second = replace(block, html=parts[1], label="", remark="")
    return _with(draft, index, first, second)


def retype(draft: Draft, index: int, kind: str, level: int | None = None) -> Draft:
    """The block at `index` as another kind; `level` (1 to 6, else 2) is for headings alone."""
    block = _block(draft, index)
    if kind not in KINDS:
        raise EditRefused("kind", f"A paragraph is one of: {', '.join(KINDS)}.")
    if kind == "break" and any(character.isalnum() for character in block.text):
        raise EditRefused("kind", "A break has no words. Leave this paragraph out instead.")
    if kind == "heading" and level is not None and level not in _LEVELS:
        raise EditRefused("level", "A heading has a level from 1 to 6.")
    return _with(
        draft,
        index,
        replace(
            block,
            kind=kind,
            level=(level or block.level or _ORDINARY_LEVEL) if kind == "heading" else None,
            label=block.label if kind == block.kind else "",
        ),
    )


def correct(draft: Draft, index: int, text: str) -> Draft:
    """The block at `index` with other words; emphasis and links stay on the words that stay.

    `text` is plain: what looks like markup in it is text.
    """
    block = _block(draft, index)
    if block.kind == "break":
        raise EditRefused("index", "A break has no words to correct.")
    old, new = block.text, inline.plain(inline.from_plain(_accepted("text", text)))
    if inline.is_blank(new):
        raise EditRefused("text", "A paragraph needs words. To take it away, leave it out.")
    start = _shared(old, new)
    end = _shared(old[start:][::-1], new[start:][::-1])
    html = inline.replace_text(block.html, start, len(old) - end, new[start : len(new) - end])
    return _with(draft, index, _checked(replace(block, html=html), field="text"))


def leave_out(draft: Draft, index: int) -> Draft:
    """The block at `index` shown as left out, which `restore` takes back."""
    return _with(draft, index, replace(_block(draft, index), left_out=True))


def restore(draft: Draft, index: int) -> Draft:
    """The block at `index` in the essay again."""
    return _with(draft, index, replace(_block(draft, index), left_out=False))


def set_head(draft: Draft, title: str, author: str, affiliation: str) -> Draft:
    """The draft under this head. A byline whose author or affiliation changed is written anew to agree."""
    result = replace(
        draft,
        title=_head_line("title", title),
        author=_head_line("author", author),
        affiliation=_head_line("affiliation", affiliation),
    )
    if not result.title:
        raise EditRefused("title", "An essay needs a title.")
    if (result.author, result.affiliation) == (draft.author, draft.affiliation):
        return result
    return replace(result, blocks=_with_byline(result))


def finished(draft: Draft) -> Draft:
    """The draft as it is saved: nothing left out in it, no link to a note that is not there.

    Raises EditRefused when it has no title or no numbered paragraph.
    """
    if not draft.title:
        raise EditRefused("title", "An essay needs a title.")
    if not any(numbered(draft)):
        raise EditRefused("blocks", "An essay needs at least one paragraph. Restore one or more.")
    kept = [block for block in draft.blocks if not block.left_out]
    labels = {block.label for block in kept if block.kind == "note"}

    def linked(found: re.Match[str]) -> str:
        return found[0] if found[1] in labels else found[2]

    blocks = [
        replace(block, html=inline.sanitise(_NOTE_LINK.sub(linked, block.html))) for block in kept
    ]
    return replace(draft, blocks=blocks)


def _block(draft: Draft, index: int) -> Block:
    if not 0 <= index < len(draft.blocks):
        raise EditRefused("index", "This paragraph is not in the draft any more.")
    return draft.blocks[index]


def _with(draft: Draft, index: int, *blocks: Block) -> Draft:
    return replace(draft, blocks=[*draft.blocks[:index], *blocks, *draft.blocks[index + 1 :]])


def _checked(block: Block, *, field: str = "index") -> Block:
    if len(block.text) > CHARACTERS_A_PARAGRAPH:
        raise EditRefused(field, f"A paragraph has at most {CHARACTERS_A_PARAGRAPH:,} characters.")
    return block


def _whole_letter(text: str, offset: int) -> int:
    """`offset`, or the next place after it where one letter with all its signs ends."""
    while offset < len(text) and (
        unicodedata.category(text[offset]).startswith("M")
        or _JOINER in text[offset - 1 : offset + 1]
    ):
        offset += 1
    return offset if offset < len(text) else 0


def _shared(a: str, b: str) -> int:
    pairs = zip(a, b, strict=False)
    return sum(1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], pairs))


def _accepted(field: str, text: str) -> str:
    if _FORBIDDEN.search(text):
        raise EditRefused(field, "This holds a character that is no text. Please type it again.")
    return text


def _head_line(field: str, text: str) -> str:
    line = inline.plain(inline.from_plain(_accepted(field, text)))
    if len(line) > head.LENGTH:
        raise EditRefused(field, f"This has more than {head.LENGTH} characters.")
    if _DIRECTION_SIGNS.search(line):
        raise EditRefused(field, "This holds invisible signs that turn the direction of writing.")
    return "" if inline.is_blank(line) else line


def _with_byline(draft: Draft) -> list[Block]:
    at = next((at for at, block in enumerate(draft.blocks) if block.kind == "byline"), None)
    if at is None or not draft.author:
        return draft.blocks
    before = draft.blocks[at].text
    prefix = before[: patterns.byline_words(before)] or "By "
    html = inline.from_plain(f"{prefix}{draft.author}")
    if draft.affiliation:
        html = f"{html}, <em>{inline.from_plain(draft.affiliation)}</em>"
    following = [block for block in draft.blocks[at + 1 :] if block.kind != "byline"]
    byline = replace(draft.blocks[at], html=inline.sanitise(html), remark="")
    return [*draft.blocks[:at], byline, *following]
