"""A draft as Markdown that `markdown.read_exactly` reads back as the same blocks.

It is what a person edits who wants the whole text in one field, so it looks like Markdown as people write it.
What Markdown has no sign for stands in braces at the start of a paragraph: ``{byline}``, ``{note 3}``,
``{list_item a}``, ``{left out body}``. Emphasis that the rules of CommonMark would not read back (within a
word, around a blank) and sub- and superscripts are written as ``<em>``, ``<sub>`` and their like.
"""

import html as entities
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from debate.essays.importing.blocks import Block, Draft, note_reference

MARK: Final = re.compile(
    r"\{(left out )?(body|heading|quote|list_item|break|byline|note)(?: ([\w-]{1,40}))?\} "
)
"""What stands in braces: whether it is left out, its kind, and its label or level."""

_TAG = re.compile(r"<(/?)(\w+)(?: href=\"([^\"]*)\")?[^>]*>")
_SIGNS = re.compile(r"[\\`*_\[\]]|&(?=#?\w+;)|<(?=[A-Za-z/!?])")
_BLOCK_SIGNS = re.compile(r"#{1,6}(?=\s|$)|[>+~-]")
_NUMBER_SIGN = re.compile(r"\d{1,9}[.)](?=\s|$)", re.ASCII)
_NOTE_SIGN = re.compile(r"\[\^[\w-]+\]:")
_CLOSING_SIGNS = re.compile(r"#(?=#*$)")
_NUMBER = re.compile(r"[0-9]{1,9}")
_PLAIN_ADDRESS = re.compile(r"[^\s()<>\\&]+")
_DELIMITERS: Final = {"em": "*", "strong": "**"}


@dataclass
class _Element:
    """A tag with its text and elements; the root has no name."""

    name: str
    href: str = ""
    children: "list[_Element | str]" = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(_text(child) for child in self.children)


_Node = _Element | str


def to_markdown(draft: Draft) -> str:
    """The draft's blocks, those left out too, as Markdown with a blank line between any two."""
    return "".join(f"{_block(block)}\n\n" for block in draft.blocks).rstrip("\n") + "\n"


def _block(block: Block) -> str:
    text = _line(block.html)
    sign = _sign(block)
    if sign is None or MARK.match(block.text):
        return _mark(block) + text
    if block.kind == "break":
        return sign
    if block.kind == "heading":
        text = _CLOSING_SIGNS.sub(r"\\#", text)
    return sign + _without_block_signs(text)


def _sign(block: Block) -> str | None:
    """What Markdown writes before a block of its kind; None where it has nothing."""
    if block.left_out or (block.kind == "break" and block.html != "* * *"):
        return None
    if block.kind == "note":
        return f"[^{block.label}]: " if block.label else None
    if block.kind == "list_item" and block.label:
        return f"{block.label}. " if _NUMBER.fullmatch(block.label) else None
    heading = "#" * (block.level or 2) + " "
    signs = {"body": "", "heading": heading, "quote": "> ", "list_item": "- ", "break": "* * *"}
    return signs.get(block.kind)


def _mark(block: Block) -> str:
    left_out = "left out " if block.left_out else ""
    detail = str(block.level or "") if block.kind == "heading" else block.label
    detail = detail.replace("_", "\\_")
    return f"{{{left_out}{block.kind}{f' {detail}' if detail else ''}}} "


def _without_block_signs(text: str) -> str:
    """`text` so that its beginning is no heading, item, quotation or note."""
    if _BLOCK_SIGNS.match(text):
        return "\\" + text
    sign = _NUMBER_SIGN.match(text) or _NOTE_SIGN.match(text)
    return f"{text[: sign.end() - 1]}\\{text[sign.end() - 1 :]}" if sign else text


def _line(html: str) -> str:
    return _written(_tree(html).children)


def _tree(html: str) -> _Element:
    """The elements of inline HTML in its canonical form."""
    root = _Element("")
    stack = [root]
    position = 0
    for tag in _TAG.finditer(html):
        _add_text(stack[-1], html[position : tag.start()])
        position = tag.end()
        if tag[1]:
            stack.pop()
        else:
            element = _Element(tag[2], entities.unescape(tag[3] or ""))
            stack[-1].children.append(element)
            stack.append(element)
    _add_text(root, html[position:])
    return root


def _add_text(element: _Element, source: str) -> None:
    if source:
        element.children.append(entities.unescape(source))


def _text(node: _Node) -> str:
    return node if isinstance(node, str) else node.text


def _written(nodes: Sequence[_Node], before: str = "", after: str = "") -> str:
    """The nodes, between the characters `before` and `after` ("" at an edge)."""
    texts = [_text(node) for node in nodes]
    parts: list[str] = []
    for at, node in enumerate(nodes):
        if isinstance(node, str):
            parts.append(_escaped(node, is_last=at == len(nodes) - 1))
            continue
        left = texts[at - 1][-1:] if at else before
        right = texts[at + 1][:1] if at + 1 < len(nodes) else after
        parts.append(_element(node, left, right))
    return "".join(parts)


def _escaped(text: str, *, is_last: bool) -> str:
    text = _SIGNS.sub(r"\\\g<0>", text)
    # Before a link these two would make it an image or a note.
    return text if is_last or not text.endswith(("!", "^")) else f"{text[:-1]}\\{text[-1]}"


def _element(node: _Element, before: str, after: str) -> str:
    if node.name == "a":
        return f"[{_written(node.children)}]({_address(node.href)})"
    if reference := _reference(node):
        return reference
    first, last = node.children[0], node.children[-1]
    text = node.text
    if node.name == "code" and first is last and _is_simple_code(first):
        return f"`{text}`"
    sign = _DELIMITERS.get(node.name)
    edges = isinstance(first, str) and isinstance(last, str) and _is_word(text[0] + text[-1])
    if sign and edges and _is_border(before) and _is_border(after):
        return f"{sign}{_written(node.children)}{sign}"
    inside = _written(node.children, before=">", after="<")
    return f"<{node.name}>{inside}</{node.name}>"


def _reference(node: _Element) -> str:
    """A reference to a note, written in its own way; "" for any other superscript."""
    link = node.children[0]
    if node.name != "sup" or len(node.children) > 1 or isinstance(link, str):
        return ""
    label = link.href.removeprefix("#note-")
    written = f'<sup><a href="{link.href}">{link.text}</a></sup>'
    plain = all(isinstance(child, str) for child in link.children)
    return f"[^{label}]" if plain and written == note_reference(label) else ""


def _is_simple_code(node: _Node) -> bool:
    return isinstance(node, str) and "`" not in node and node == node.strip(" ")


def _is_word(characters: str) -> bool:
    return all(character.isalnum() for character in characters)


def _is_border(character: str) -> bool:
    """Whether emphasis may begin after or end before the character."""
    return character in {"", " "} or unicodedata.category(character).startswith("P")


def _address(href: str) -> str:
    if _PLAIN_ADDRESS.fullmatch(href):
        return href
    return "<" + re.sub(r"[\\<>&]", r"\\\g<0>", href) + ">"
