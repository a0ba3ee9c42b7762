"""Cursors: up to which change a reader knows an assignment, and by which rules the reader saw it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from debate.core.errors import Gone, Invalid
from debate.core.seals import opened, seal

if TYPE_CHECKING:
    from annotations.queries.view_keys import View

_PURPOSE = "annotations.cursor"
_FORM = struct.Struct(">Q16s16s")


@dataclass(frozen=True, slots=True)
class Cursor:
    """The assignment's counter, the key of the reader's view and the assignment it is of.

    As words it is encrypted: the gaps of a reader's counters would count what others wrote unseen.
    """

    counter: int
    key: bytes
    assignment_id: UUID

    def __str__(self) -> str:
        return seal(_PURPOSE, _FORM.pack(self.counter, self.key, self.assignment_id.bytes))

    @classmethod
    def at(cls, counter: int, view: View) -> Cursor:
        """The cursor of who sees the assignment by those rules and knows all up to the counter."""
        return cls(counter, view.key, view.assignment_id)

    @classmethod
    def read(cls, words: str, view: View) -> Cursor:
        """The cursor that was given as those words.

        Raises Invalid for words that are no cursor of this assignment, Gone where the reader sees
        it by other rules than then.
        """
        try:
            counter, key, assignment = _FORM.unpack(opened(_PURPOSE, words))
        except (Invalid, struct.error):
            raise _no_cursor() from None
        cursor = cls(counter, key, UUID(bytes=assignment))
        if cursor.assignment_id != view.assignment_id:
            raise _no_cursor()
        if cursor.key != view.key:
            raise Gone(
                "What you may see here has changed. Load the page anew.",
                code="view_changed",
                extra={"reload": True},
            )
        return cursor


def _no_cursor() -> Invalid:
    return Invalid("This is no cursor of this assignment.", field="after", code="bad_cursor")
