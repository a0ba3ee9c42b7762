"""The draft of an essay: blocks in order, what stands above them, and what was left out on the way."""

import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from debate.essays import inline

KINDS: Final = ("body", "heading", "quote", "list_item", "break", "byline", "note")
NUMBERED_KINDS: Final = frozenset({"body", "quote", "list_item"})

_LABEL = re.compile(r"[\w-]{0,40}")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")

BYTES_UPLOADED: Final = 2 * 1024 * 1024
BYTES_UNPACKED: Final = 64 * 1024 * 1024
PARAGRAPHS: Final = 2_000
CHARACTERS_A_PARAGRAPH: Final = 20_000


@dataclass(frozen=True, kw_only=True)
class Block:
    """One paragraph to be.

    `html` is inline HTML as `inline.sanitise` returns it; `level` is 1 to 6 for a heading, else None; `label`
    is what a note is referred to by (``#note-<label>``) or the number of an item of an ordered list; a block
    that is `left_out` is shown in the preview and not saved; `remark` tells what the importer did to it.
    """

    kind: str
    html: str
    level: int | None = None
    label: str = ""
    left_out: bool = False
    remark: str = ""

    @property
    def text(self) -> str:
        """The plain text annotations will be anchored to."""
        return inline.plain(self.html)


@dataclass(frozen=True)
class LeftOut:
    """Something that cannot become a paragraph: what it is (singular), how many, and the first one's words."""

    what: str
    count: int
    sample: str = ""

    def __str__(self) -> str:
        return f"1 {self.what}" if self.count == 1 else f"{self.count} {_plural(self.what)}"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An essay as it would be imported; never changed, operations return a new one."""

    title: str = ""
    author: str = ""
    affiliation: str = ""
    language: str = "en"
    blocks: list[Block] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def to_json(self) -> str:
        """The draft as JSON text that `from_json` reads back equal."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, source: str | bytes) -> "Draft":
        """The draft that `to_json` wrote, its markup sanitised again as the text may have been elsewhere.

        Raises ValueError when `source` is not such a draft.
        """
        try:
            return cls._from_fields(json.loads(source))
        except (TypeError, AttributeError, LookupError, RecursionError) as error:
            raise ValueError("This is not a draft of an essay.") from error

    @classmethod
    def _from_fields(cls, fields: dict[str, Any]) -> "Draft":
        draft = cls(
            **{
                **fields,
                "blocks": [_block(item) for item in fields["blocks"]],
                "left_out": [_left_out(item) for item in fields["left_out"]],
                "remarks": [_string(remark) for remark in fields["remarks"]],
            },
        )
        for value in (draft.title, draft.author, draft.affiliation, draft.language):
            _string(value)
        return draft


def _block(fields: dict[str, Any]) -> Block:
    block = Block(**{**fields, "html": inline.sanitise(fields["html"])})
    _string(block.remark)
    is_sound = (
        block.kind in KINDS
        and isinstance(block.left_out, bool)
        and (block.level is None or block.level in range(1, 7))
        and _LABEL.fullmatch(block.label) is not None
    )
    if not is_sound:
        raise TypeError
    return block


def _left_out(fields: dict[str, Any]) -> LeftOut:
    item = LeftOut(**fields)
    _string(item.what)
    _string(item.sample)
    if not isinstance(item.count, int):
        raise TypeError
    return item


def _string(value: object) -> str:
    """`value`, a string that a database can hold; raises TypeError for anything else."""
    if not isinstance(value, str) or _UNSTORABLE.search(value):
        raise TypeError
    return value


def numbered(draft: Draft) -> list[int | None]:
    """The number of each block, from 1; None for a kind without numbers and for what is left out."""
    numbers: list[int | None] = []
    count = 0
    for block in draft.blocks:
        counts = block.kind in NUMBERED_KINDS and not block.left_out
        count += counts
        numbers.append(count if counts else None)
    return numbers


TABLE_ROW: Final = "A row of a table."
"""The remark on a paragraph that was a row, which is never joined with another."""


def note_reference(label: str) -> str:
    """The inline HTML that refers to the note with this `label`; brackets keep it apart from the words."""
    return f'<sup><a href="#note-{label}">[{label}]</a></sup>'


def reading_remarks(*, dead_links: int, line_breaks: int, tables: int) -> list[str]:
    """What a reader of markup did to the text, in sentences."""
    links = "1 link that leads" if dead_links == 1 else f"{dead_links} links that lead"
    was = "was" if dead_links == 1 else "were"
    said = {
        f"{links} nowhere from here {was} dropped; the words were kept.": dead_links,
        "Line breaks inside paragraphs became spaces.": line_breaks,
        "Each row of a table became a paragraph.": tables,
    }
    return [sentence for sentence, count in said.items() if count]


def tally(found: Iterable[tuple[str, str]]) -> list[LeftOut]:
    """(what, words) pairs counted by what they are, in the order of first sight, each with its first words."""
    counts: Counter[str] = Counter()
    samples: dict[str, str] = {}
    for what, words in found:
        counts[what] += 1
        if not samples.get(what):
            samples[what] = shortened(words)
    return [LeftOut(what, count, samples[what]) for what, count in counts.items()]


def left_out_sentence(draft: Draft) -> str:
    """For example "1 image, 2 menus and 1 form were left out."; empty when nothing was."""
    items = [str(item) for item in draft.left_out]
    if not items:
        return ""
    listed = " and ".join(filter(None, [", ".join(items[:-1]), items[-1]]))
    verb = "was" if len(items) == 1 and draft.left_out[0].count == 1 else "were"
    return f"{listed} {verb} left out."


def shortened(text: str, length: int = 80) -> str:
    """`text` on one line, cut at a word with an ellipsis when it is longer than `length` characters."""
    line = " ".join(text.split())
    if len(line) <= length:
        return line
    return line[:length].rsplit(" ", 1)[0] + "…"


def _plural(what: str) -> str:
    noun, preposition, rest = what.partition(" of ")
    noun, outside, place = (noun, preposition, rest) if preposition else what.partition(" outside ")
    ending = "es" if noun.endswith(("s", "x", "ch")) else "s"
    return f"{noun}{ending}{outside}{place}"
