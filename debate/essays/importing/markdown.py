"""Markdown (CommonMark with footnotes and tables) as blocks. Raw HTML in it is text."""

import html as entities
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin

from debate.essays import inline
from debate.essays.importing import limits
from debate.essays.importing.blocks import (
    CHARACTERS_A_PARAGRAPH,
    TABLE_ROW,
    Block,
    Draft,
    note_reference,
    reading_remarks,
    shortened,
    tally,
)
from debate.essays.importing.errors import ImportRefused
from debate.essays.importing.markdown_writer import MARK

_MARKUP_SIGNS: Final = 100_000
_FRONT_MATTER = re.compile(r"\A---\n((?:[\w-]+:[^\n]*\n){1,40})---(?:\n|\Z)")
_BLANK_LINES = re.compile(r"\n[ \t]*\n")
_ITEM = re.compile(r"^[ \t>]*(?:[-+*]|\d{1,9}[.)])[ \t]", re.MULTILINE)
_SIGNS_OF_MARKDOWN = re.compile(
    r"^#{1,6} \S|\]\(\S|\\[*_#]|\*\*\S|\[\^[^\]\n]{1,40}\]|^```|(?:^|\s)\*[^\s*][^*\n]{0,400}\*",
    re.MULTILINE,
)
_LEVELS: Final = frozenset("123456")
_WRITTEN_TAGS: Final = frozenset(
    f"<{slash}{name}>" for name in ("code", "em", "strong", "sub", "sup") for slash in ("", "/")
)
_LABEL = re.compile(r"[\w-]{1,40}")
_TAGS: Final = {"em_open": "<em>", "em_close": "</em>", "strong_open": "<strong>"} | {
    "strong_close": "</strong>",
    "link_close": "</a>",
}


def looks_like_markdown(text: str) -> bool:
    """Whether `text` has a sign that only Markdown would have: a heading, a link, an escape, emphasis."""
    return _SIGNS_OF_MARKDOWN.search(text) is not None


def read(text: str) -> Draft:
    """The blocks of `text` as they stand. Raises ImportRefused when it is over the limits."""
    _check_size(text)
    head, body = _front_matter(text)
    reader = _Reader(limits.Budget(len(text)))
    reader.read(body)
    return Draft(
        title=head.pop("title", ""),
        author=head.pop("author", ""),
        affiliation=head.pop("affiliation", ""),
        blocks=reader.blocks,
        left_out=tally([*reader.left_out, *(("line of metadata", line) for line in head.values())]),
        remarks=reader.remarks(),
    )


def read_exactly(text: str) -> Draft:
    """The blocks of what `markdown_writer.to_markdown` wrote and a person may have edited, without a head.

    Nothing is guessed: no title, byline or closing note is looked for, and no paragraphs are joined. Raises
    ImportRefused when it is over the limits or has no words.
    """
    _check_size(text)
    reader = _ExactReader(limits.Budget(len(text)))
    reader.read(text)
    blocks = [replace(block, html=inline.sanitise(block.html)) for block in reader.blocks]
    blocks = [_as_marked(block) for block in blocks]
    blocks = [block for block in blocks if not inline.is_blank(block.text)]
    if not blocks:
        raise ImportRefused("empty", "There is no text here. Please write a paragraph at least.")
    limits.check_blocks(blocks)
    return Draft(blocks=blocks, left_out=tally(reader.left_out), remarks=reader.remarks())


def _as_marked(block: Block) -> Block:
    """The block as what stands in braces at its start says it is."""
    mark = MARK.match(block.text)
    if not mark:
        return block
    left_out, kind, detail = mark[1], mark[2], mark[3] or ""
    html = inline.sanitise(inline.slice_html(block.html, mark.end(), len(block.text)))
    level = int(detail) if detail in _LEVELS else 2
    return Block(
        kind=kind,
        html=html,
        level=level if kind == "heading" else None,
        label="" if kind == "heading" else detail,
        left_out=bool(left_out),
    )


def _check_size(text: str) -> None:
    pieces = _BLANK_LINES.split(text)
    limits.check_count(max(len(pieces), len(_ITEM.findall(text))) if len(text) else 0)
    if sum(text.count(sign) for sign in "[*_^`~") > _MARKUP_SIGNS:
        raise ImportRefused(
            "too_much_markup",
            "This text has more signs of Markdown than an essay needs. "
            "Please paste it as plain text.",
        )
    # A paragraph's source may be longer than its text, by its links; this bounds the work alone.
    longest = max(pieces, key=len)
    if len(longest) > 4 * CHARACTERS_A_PARAGRAPH and not _ITEM.search(longest):
        raise ImportRefused(
            "paragraph_too_long",
            f"The paragraph that begins “{shortened(longest[:200], 40)}” is too long to annotate. "
            "Please put blank lines between its parts and try again.",
        )


def _front_matter(text: str) -> tuple[dict[str, str], str]:
    found = _FRONT_MATTER.match(text)
    if not found:
        return {}, text
    fields: dict[str, str] = {}
    for line in found[1].splitlines():
        name, _, value = line.partition(":")
        known = name.lower() in {"title", "author", "affiliation"}
        fields[name.lower()] = value.strip().strip("\"'") if known else line
    return fields, text[found.end() :]


class _Reader:
    """Walks the tokens once; the open quotes, lists and footnotes are kept as a stack of kinds."""

    def __init__(self, budget: limits.Budget) -> None:
        self.blocks: list[Block] = []
        self.left_out: list[tuple[str, str]] = []
        self._budget = budget
        self._kinds: list[str] = []
        self._labels: list[str] = []
        self._heading = 0
        self._line_breaks = 0
        self._dead_links = 0
        self._row: list[str] | None = None
        self._tables = 0
        self._notes: dict[str, list[str]] = {}
        self._used_addresses: set[str] = set()

    def read(self, text: str) -> None:
        environment: dict[str, Any] = {}
        for token in self._parser().parse(text, environment):
            self._token(token)
        for label, parts in self._notes.items():
            self._add(Block(kind="note", html=" ".join(parts), label=label))
        for number, note in environment.get("footnotes", {}).get("list", {}).items():
            if "tokens" in note:
                html = self._render(note["tokens"])
                self._add(Block(kind="note", html=html, label=_inline_note_label(number)))
        for reference in environment.get("references", {}).values():
            if reference["href"] not in self._used_addresses:
                self.left_out.append(("unused link address", reference["href"]))

    def _parser(self) -> MarkdownIt:
        parser = MarkdownIt("commonmark", {"html": False}).enable("table")
        # The plugin's tail drops the definitions nobody refers to; we want every word.
        return parser.use(footnote_plugin, move_to_end=False)

    def remarks(self) -> list[str]:
        return reading_remarks(
            dead_links=self._dead_links, line_breaks=self._line_breaks, tables=self._tables
        )

    def _token(self, token: Token) -> None:
        handler = getattr(self, f"_on_{token.type}", None)
        if handler:
            handler(token)

    def _add(self, block: Block) -> None:
        self.blocks.append(block)
        limits.check_count(len(self.blocks))

    def _on_heading_open(self, token: Token) -> None:
        self._heading = int(token.tag[1:])

    def _on_heading_close(self, _: Token) -> None:
        self._heading = 0

    def _on_blockquote_open(self, _: Token) -> None:
        self._kinds.append("quote")

    def _on_blockquote_close(self, _: Token) -> None:
        self._kinds.pop()

    def _on_list_item_open(self, token: Token) -> None:
        self._kinds.append("list_item")
        self._labels.append(token.info)

    def _on_list_item_close(self, _: Token) -> None:
        self._kinds.pop()
        self._labels.pop()

    def _on_footnote_reference_open(self, token: Token) -> None:
        label = _note_label(token.meta["label"])
        self._kinds.append("note")
        self._labels.append(label)
        self._notes.setdefault(label, [])

    def _on_footnote_reference_close(self, _: Token) -> None:
        self._kinds.pop()
        self._labels.pop()

    def _on_table_open(self, _: Token) -> None:
        self._tables += 1

    def _on_tr_open(self, _: Token) -> None:
        self._row = []

    def _on_tr_close(self, _: Token) -> None:
        cells, self._row = self._row or [], None
        self._add(Block(kind="body", html=" | ".join(cells), remark=TABLE_ROW))

    def _on_hr(self, _: Token) -> None:
        self._add(Block(kind="break", html="* * *"))

    def _on_fence(self, token: Token) -> None:
        self._place(
            f"<code>{self._budget.spend(entities.escape(token.content, quote=False))}</code>"
        )

    _on_code_block = _on_fence

    def _on_inline(self, token: Token) -> None:
        html = self._render(token.children or [])
        if self._row is None:
            self._place(html)
        else:
            self._row.append(html)

    def _place(self, html: str) -> None:
        kind = self._kinds[-1] if self._kinds else "body"
        if kind == "note":
            self._notes[self._labels[-1]].append(html)
        elif self._heading:
            self._add(Block(kind="heading", html=html, level=self._heading))
        else:
            block = Block(kind=kind, html=html)
            if kind == "list_item":
                # Only the item's first paragraph carries its number.
                block = replace(block, label=self._labels[-1])
                self._labels[-1] = ""
            self._add(block)

    def _render(self, children: Sequence[Token]) -> str:
        return "".join(self._budget.spend(self._piece(child)) for child in children)

    def _piece(self, token: Token) -> str:
        if token.type in _TAGS:
            return _TAGS[token.type]
        render = getattr(self, f"_render_{token.type}", None)
        return str(render(token)) if render else entities.escape(token.content, quote=False)

    def _render_softbreak(self, _: Token) -> str:
        return " "

    def _render_hardbreak(self, _: Token) -> str:
        self._line_breaks += 1
        return " "

    def _render_code_inline(self, token: Token) -> str:
        return f"<code>{entities.escape(token.content, quote=False)}</code>"

    def _render_link_open(self, token: Token) -> str:
        address = str(token.attrs.get("href", ""))
        self._used_addresses.add(address)
        self._dead_links += not inline.is_kept_address(address)
        return f'<a href="{entities.escape(address)}">'

    def _render_image(self, token: Token) -> str:
        self.left_out.append(("image", token.content or str(token.attrs.get("src", ""))))
        return ""

    def _render_footnote_ref(self, token: Token) -> str:
        if "label" in token.meta:
            return note_reference(_note_label(token.meta["label"]))
        return note_reference(_inline_note_label(token.meta["id"]))


class _ExactReader(_Reader):
    """Reads our own Markdown: a few tags are markup, notes stay in their place, labels and links as they are."""

    def _parser(self) -> MarkdownIt:
        parser = MarkdownIt("commonmark", {"html": True}).disable("html_block").enable("table")
        parser.use(footnote_plugin, move_to_end=False, always_match_refs=True)
        # A setting of the parser, which would else write addresses anew.
        parser.normalizeLink = str  # type: ignore[assignment, method-assign]
        return parser

    def _on_footnote_reference_open(self, token: Token) -> None:
        self._kinds.append("note")
        self._labels.append(_exact_label(token))
        self._notes[self._labels[-1]] = []

    def _on_footnote_reference_close(self, token: Token) -> None:
        label = self._labels[-1]
        super()._on_footnote_reference_close(token)
        self._add(Block(kind="note", html=" ".join(self._notes.pop(label)), label=label))

    def _render_html_inline(self, token: Token) -> str:
        tag = token.content
        return tag if tag in _WRITTEN_TAGS else entities.escape(tag, quote=False)

    def _render_footnote_ref(self, token: Token) -> str:
        return (
            note_reference(_exact_label(token))
            if "label" in token.meta
            else (super()._render_footnote_ref(token))
        )


def _exact_label(token: Token) -> str:
    label = str(token.meta["label"])
    return label if _LABEL.fullmatch(label) else _note_label(label)


def _note_label(label: str) -> str:
    return re.sub(r"[^\w-]+", "-", label).strip("-")[:40] or "note"


def _inline_note_label(number: int) -> str:
    # A note written in its place has no name; a letter keeps it apart from the numbers given by hand.
    return f"n{number + 1}"
