"""Cursors of the change feed: up to which change a reader knows it, and how the reader saw it then."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from uuid import UUID

from debate.core.errors import Gone, Invalid
from debate.core.seals import opened, seal

if TYPE_CHECKING:
    from annotations.queries.feed import Feed

_PURPOSE = "annotations.feed"
_FORM = struct.Struct(">Q16s16s8sB16s")
_NOTHING = UUID(int=0)

ALL_TOLD = 255
"""The stage of a reader who has been told the full state."""


@dataclass(frozen=True, slots=True)
class FeedCursor:
    """All changes up to `number` are known to who has it, and where in the full state the walk is.

    `scope` is of the reader and of what was asked for, `rules` of all view keys there, `set_up` of
    how the assignments are set up. While the full state is walked, `stage` counts its types and
    `after` is the last object that was told. As words it is encrypted: numbers would count what
    others wrote unseen.
    """

    number: int
    scope: bytes
    rules: bytes
    set_up: bytes
    stage: int = ALL_TOLD
    after: UUID = _NOTHING

    def __str__(self) -> str:
        return seal(
            _PURPOSE,
            _FORM.pack(
                self.number, self.scope, self.rules, self.set_up, self.stage, self.after.bytes
            ),
        )

    @classmethod
    def at(cls, number: int, feed: Feed) -> FeedCursor:
        """The cursor of who knows all of that feed up to that number."""
        return cls(number, feed.scope, feed.rules, feed.set_up)

    @classmethod
    def read(cls, words: str, feed: Feed) -> FeedCursor:
        """The cursor that was given as those words.

        Raises Invalid for words that are no cursor of this reader's for this feed, Gone where the
        reader sees by other rules than then.
        """
        try:
            number, scope, rules, set_up, stage, after = _FORM.unpack(opened(_PURPOSE, words))
        except (Invalid, struct.error):
            raise _no_cursor() from None
        if scope != feed.scope:
            raise _no_cursor()
        if rules != feed.rules:
            raise Gone(
                "What you may see here has changed. Begin again with the full state.",
                code="view_changed",
            )
        return cls(number, scope, rules, set_up, stage, UUID(bytes=after))

    @property
    def is_walking(self) -> bool:
        """Whether the full state has not been told to its end."""
        return self.stage != ALL_TOLD

    @property
    def last(self) -> UUID | None:
        """The last object of the stage that was told; None at its beginning."""
        return None if self.after == _NOTHING else self.after

    def begun(self) -> FeedCursor:
        """The same at the beginning of the full state."""
        return self.told(0, None)

    def told(self, stage: int, after: UUID | None) -> FeedCursor:
        """The same when that object was told."""
        return replace(self, stage=stage, after=after or _NOTHING)

    def known(self, number: int) -> FeedCursor:
        """The same when all changes up to the number are known."""
        return replace(self, number=number)


def _no_cursor() -> Invalid:
    return Invalid(
        "This is no cursor of yours for this feed: send one from `cursor`, or none.", field="since"
    )
