"""Two revisions laid side by side for people to read: what came, went, moved, was split or merged.

Not a query: it takes the paragraphs and the alignment that also carries the anchors, so what is shown
as the same words is what annotations are carried along with.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from annotations.reanchoring.alignment import NOWHERE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotations.reanchoring.alignment import Alignment
    from annotations.reanchoring.words import Side
    from debate.essays.models import Paragraph

FEWEST_CARRIED: Final = 4
SHOWN_OF_UNCHANGED: Final = 90
STRUCTURE: Final = ("kind", "level", "label", "html")


@dataclass(frozen=True, slots=True)
class Piece:
    """Words that stayed (`same`), came (`ins`), went (`del`), or came from elsewhere (`carried`)."""

    op: str
    text: str


@dataclass(frozen=True, slots=True)
class ChangedParagraph:
    """A paragraph that is not as it was: its number before and after, and what happened, in words."""

    before: int | None
    after: int | None
    kind: str
    note: str
    pieces: list[Piece]


@dataclass(frozen=True, slots=True)
class Unchanged:
    """A row of paragraphs that stay as they are, each as its number and its first words."""

    label: str
    paragraphs: list[tuple[int | None, str]]


def compare(
    old: Sequence[Paragraph], new: Sequence[Paragraph], alignment: Alignment
) -> list[ChangedParagraph | Unchanged]:
    """The difference in the order of the new text, each paragraph that is gone where it stood.

    `alignment` is of those paragraphs under their keys. Linear in the words.
    """
    return _Comparison(old, new, alignment).rows()


class _Comparison:
    def __init__(
        self, old: Sequence[Paragraph], new: Sequence[Paragraph], alignment: Alignment
    ) -> None:
        self.old, self.new, self.alignment = old, new, alignment
        self.old_place = {one.key: place for place, one in enumerate(old)}
        self.new_place = {one.key: place for place, one in enumerate(new)}
        self.moved = self._moved()

    def rows(self) -> list[ChangedParagraph | Unchanged]:
        rows: list[ChangedParagraph | Unchanged] = []
        unchanged: list[Paragraph] = []
        for change, paragraph in self._changes():
            if change is None:
                unchanged.append(paragraph)
                continue
            if unchanged:
                rows.append(self._unchanged(unchanged))
                unchanged = []
            rows.append(change)
        if unchanged:
            rows.append(self._unchanged(unchanged))
        return rows

    def _changes(self) -> Iterator[tuple[ChangedParagraph | None, Paragraph]]:
        """Each paragraph of the new text, those that are gone before what followed them."""
        gone = self._gone()
        for one in gone.pop(-1, []):
            yield self._removed(one), one
        for paragraph in self.new:
            source = self.old_place.get(paragraph.key)
            yield self._change(paragraph, source), paragraph
            if source is not None:
                for one in gone.pop(source, []):
                    yield self._removed(one), one

    def _gone(self) -> dict[int, list[Paragraph]]:
        """Paragraphs without a successor, by the last place before them that has one."""
        found: dict[int, list[Paragraph]] = {}
        last = -1
        for place, paragraph in enumerate(self.old):
            if paragraph.key in self.new_place:
                last = place
            else:
                found.setdefault(last, []).append(paragraph)
        return found

    def _moved(self) -> set[int]:
        """The new places of paragraphs that stand in another order: those outside a longest row."""
        common = [
            (place, self.old_place[one.key])
            for place, one in enumerate(self.new)
            if one.key in self.old_place
        ]
        in_order = _longest_row([source for _, source in common])
        return {place for at, (place, _) in enumerate(common) if at not in in_order}

    def _change(self, paragraph: Paragraph, source: int | None) -> ChangedParagraph | None:
        place = self.new_place[paragraph.key]
        old = self.old[source] if source is not None else None
        if old is not None and place not in self.moved and _same(old, paragraph):
            return None
        return ChangedParagraph(
            before=old.number if old else None,
            after=paragraph.number,
            kind=paragraph.kind,
            note=self._note(paragraph, old, place),
            pieces=self._pieces(place, source),
        )

    def _removed(self, paragraph: Paragraph) -> ChangedParagraph:
        went = self._counterparts(self.old_place[paragraph.key], self.alignment.old)
        named = _named([self.new[place] for place in went])
        return ChangedParagraph(
            before=paragraph.number,
            after=None,
            kind=paragraph.kind,
            note=f"Merged into {named}." if named else "Removed.",
            pieces=[Piece("del", paragraph.text)],
        )

    def _note(self, paragraph: Paragraph, old: Paragraph | None, place: int) -> str:
        if old is None:
            came = self._counterparts(place, self.alignment.new)
            named = _named([self.old[one] for one in came])
            return f"Split off from what was {named}." if named else "New."
        notes = []
        if place in self.moved:
            notes.append("Moved.")
        if old.kind != paragraph.kind:
            notes.append(f"Was a {_kind(old)}, is a {_kind(paragraph)}.")
        elif old.text == paragraph.text and not _same(old, paragraph):
            notes.append("Other markup, the same words.")
        others = [self.old[one] for one in self._counterparts(place, self.alignment.new, old)]
        if others:
            notes.append(f"Takes in words of what was {_named(others)}.")
        gone = [
            self.new[one]
            for one in self._counterparts(self.old_place[old.key], self.alignment.old, paragraph)
        ]
        if gone:
            notes.append(f"Words of it are in {_named(gone)} now.")
        return " ".join(notes)

    def _counterparts(self, place: int, side: Side, own: Paragraph | None = None) -> list[int]:
        """The paragraphs of the other side, but `own`, that share four words or more with this one."""
        alignment = self.alignment
        to, other = (
            (alignment.to, alignment.new)
            if side is alignment.old
            else (alignment.back, alignment.old)
        )
        low, high = side.bounds(place)
        shared = Counter(other.paragraph[to[at]] for at in range(low, high) if to[at] != NOWHERE)
        return sorted(
            one
            for one, count in shared.items()
            if count >= FEWEST_CARRIED and (own is None or other.texts[one].key != str(own.key))
        )

    def _unchanged(self, paragraphs: Sequence[Paragraph]) -> Unchanged:
        numbered = [one for one in paragraphs if one.number]
        label = "What stands here stays as it is"
        if numbered:
            first = numbered[0]
            before = self.old[self.old_place[first.key]].number
            was = f", {before} before" if before != first.number else ""
            label = (
                f"Paragraph {first.number}{was}, stays as it is"
                if was
                else (f"Paragraph {first.number} stays as it is")
            )
            if len(numbered) > 1:
                since = f", from {before} on before," if was else ""
                label = (
                    f"Paragraphs {first.number} to {numbered[-1].number}{since} stay as they are"
                )
        return Unchanged(label, [(one.number, _start(one.text)) for one in paragraphs])

    def _pieces(self, place: int, source: int | None) -> list[Piece]:
        """The words of both paragraphs in one row, each with the white space before it."""
        new, old = self.alignment.new, self.alignment.old
        low, high = new.bounds(place)
        first, last = old.bounds(source) if source is not None else (0, 0)
        kept = self._kept(range(low, high), first, last)
        pieces: list[Piece] = []
        at = first
        for token in range(low, high):
            partner = kept.get(token)
            if partner is not None:
                pieces += [Piece("del", _literal(old, gone)) for gone in range(at, partner)]
                at = partner + 1
                pieces.append(Piece("same", _literal(new, token)))
            else:
                elsewhere = self.alignment.back[token]
                carried = elsewhere != NOWHERE and not first <= elsewhere < last
                pieces.append(Piece("carried" if carried else "ins", _literal(new, token)))
        pieces += [Piece("del", _literal(old, gone)) for gone in range(at, last)]
        return _joined(pieces)

    def _kept(self, tokens: Iterable[int], first: int, last: int) -> dict[int, int]:
        """New tokens that are old ones of the same paragraph, letter for letter and in order."""
        new, old, back = self.alignment.new, self.alignment.old, self.alignment.back
        pairs = [
            (token, back[token])
            for token in tokens
            if first <= back[token] < last
            and _literal(new, token).strip() == _literal(old, back[token]).strip()
        ]
        in_order = _longest_row([partner for _, partner in pairs])
        return {token: partner for at, (token, partner) in enumerate(pairs) if at in in_order}


def _same(old: Paragraph, new: Paragraph) -> bool:
    return all(getattr(old, name) == getattr(new, name) for name in STRUCTURE)


def _literal(side: Side, token: int) -> str:
    """A token with what stands between it and the one before."""
    place = side.paragraph[token]
    start = side.ends[token - 1] if token > side.first[place] else 0
    return side.texts[place].text[start : side.ends[token]]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Pieces of one kind in a row made one, what went before what came."""
    result: list[Piece] = []
    gone: list[str] = []
    came: list[str] = []

    def settle() -> None:
        if gone:
            result.append(Piece("del", "".join(gone)))
        if came:
            result.append(Piece("ins", "".join(came)))
        gone.clear()
        came.clear()

    for piece in pieces:
        if piece.op in {"del", "ins"}:
            (gone if piece.op == "del" else came).append(piece.text)
            continue
        settle()
        if result and result[-1].op == piece.op:
            result[-1] = Piece(piece.op, result[-1].text + piece.text)
        else:
            result.append(piece)
    settle()
    return result


def _longest_row(values: Sequence[int]) -> set[int]:
    """The indexes of a longest ascending row of the values (patience sorting, O(n log n))."""
    ends: list[int] = []
    tops: list[int] = []
    before: list[int] = []
    for at, value in enumerate(values):
        place = bisect_left(ends, value)
        before.append(tops[place - 1] if place else -1)
        if place == len(ends):
            ends.append(value)
            tops.append(at)
        else:
            ends[place], tops[place] = value, at
    row: set[int] = set()
    at = tops[-1] if tops else -1
    while at >= 0:
        row.add(at)
        at = before[at]
    return row


def _start(text: str) -> str:
    if len(text) <= SHOWN_OF_UNCHANGED:
        return text
    return text[:SHOWN_OF_UNCHANGED].rsplit(" ", 1)[0] + " …"


def _kind(paragraph: Paragraph) -> str:
    return str(paragraph.get_kind_display()).lower()


def _named(paragraphs: Sequence[Paragraph]) -> str:
    """The paragraphs by their numbers: "paragraph 3", "paragraphs 3 and 5", or "the heading"."""
    numbers = [str(one.number) for one in paragraphs if one.number]
    if not numbers:
        return f"the {_kind(paragraphs[0])}" if paragraphs else ""
    if len(numbers) == 1:
        return f"paragraph {numbers[0]}"
    return f"paragraphs {', '.join(numbers[:-1])} and {numbers[-1]}"
