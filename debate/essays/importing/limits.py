"""Limits held while reading, so that no input costs more than it is worth."""

from typing import Final

from debate.essays.importing.blocks import (
    CHARACTERS_A_PARAGRAPH,
    PARAGRAPHS,
    Block,
    shortened,
)
from debate.essays.importing.errors import ImportRefused

_MARKUP_GROWTH: Final = 4
_MARKUP_ALLOWANCE: Final = 64 * 1024


class Budget:
    """How much inline HTML a source of a given length may become: four times its own, and a little more.

    References of Markdown can otherwise turn a few kilobytes into megabytes.
    """

    def __init__(self, source_length: int) -> None:
        self._left = _MARKUP_GROWTH * source_length + _MARKUP_ALLOWANCE

    def spend(self, html: str) -> str:
        """`html` itself; raises ImportRefused when the budget is used up."""
        self._left -= len(html)
        if self._left < 0:
            raise ImportRefused(
                "too_much_markup",
                "The links in this text would make it many times as long as it is. "
                "Please write the addresses out or leave some of them out.",
            )
        return html


def check_count(count: int) -> None:
    """Raises ImportRefused when an essay would have more paragraphs than we number."""
    if count > PARAGRAPHS:
        raise ImportRefused(
            "too_many_paragraphs",
            f"This text has more than {PARAGRAPHS:,} paragraphs. "
            "Please divide it and import the parts as essays of their own.",
        )


def check_blocks(blocks: list[Block]) -> None:
    """Raises ImportRefused for too many blocks or for one that is too long to annotate."""
    check_count(len(blocks))
    for position, block in enumerate(blocks, start=1):
        text = block.text
        if len(text) > CHARACTERS_A_PARAGRAPH:
            raise ImportRefused(
                "paragraph_too_long",
                f"Paragraph {position}, which begins “{shortened(text, 40)}”, has more than "
                f"{CHARACTERS_A_PARAGRAPH:,} characters. Please put blank lines between its "
                "parts and try again.",
            )
