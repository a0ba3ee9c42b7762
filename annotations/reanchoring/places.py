"""Anchors carried from one revision to the next: the cascade over an `Alignment`.

1. **Unchanged**: a paragraph that kept key and text keeps its anchors where they are.
2. **Restored**: the words an anchor was made on stand at its first place again, between the same neighbours
   (an edit was undone).
3. **Words**: the anchor goes where the alignment has its words: in the same paragraph, else in the one they
   went to; at several places when a split or a move parted it. An anchor whose words stand in one row is
   placed in O(1), any other in the length of its quote.
4. **Quote**: what has no word left is looked for as a quote (`quotes`).
5. **Orphan**.

What survived must be convincing: a common word that happens to stand in a replacement, or that could belong to
either of two repeats, holds no anchor. Work is linear in the anchors.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from annotations.reanchoring.alignment import NOWHERE, Alignment
from annotations.reanchoring.quotes import Quotes
from annotations.reanchoring.words import words_of
from annotations.selectors import grapheme_safe

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

State = Literal["kept", "moved", "edited", "orphaned"]
Method = Literal["unchanged", "restored", "paragraph", "text", "quote", "key", "none"]

# Of the rarity of a quote's words: what must survive on its own, and what suffices when the words around the
# quote stand there still.
ALONE: Final = 0.5
SUPPORTED: Final = 0.12
_SUPPORT: Final = 1.0
_PART: Final = 0.2
_FEWEST_IN_PART: Final = 2
_HOLE: Final = 12
_FOREIGN: Final = 4
_MOST_CERTAIN: Final = 0.99


@dataclass(frozen=True, slots=True)
class Origin:
    """Where an anchor was made, by its author or by hand, and the words and surroundings it had there.

    Without `start` it was made on the whole paragraph, `exact` then its text if known.
    """

    key: str
    start: int | None
    end: int | None
    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where an annotation stands in the old revision.

    Without `start` it is on the whole paragraph. Without `key` it is an orphan, known by its words. With
    `origin` its state and confidence are judged by the words it was made on, not by those of the revision
    before, and an edit that is undone brings it back to the place it had.
    """

    key: str | None
    start: int | None = None
    end: int | None = None
    exact: str | None = None
    prefix: str = ""
    suffix: str = ""
    origin: Origin | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A run of a new paragraph, or the whole of it (no start, end or exact)."""

    key: str
    start: int | None
    end: int | None
    exact: str | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an anchor: its places, more than one where other text parts its words, none for an orphan.

    `kept`: the same words in the same paragraph. `moved`: the same words, some or all in another. `edited`:
    other words; `confidence` is then the share of characters of words common to what was quoted and what
    stands there now, of the longer of both (of the old one for a whole paragraph that another took in), at
    most 0.99. It is 1 for `kept` and `moved`, 0 for `orphaned`.
    Places stand in the order of the new text.
    """

    state: State
    confidence: float
    method: Method
    places: tuple[Place, ...] = ()


ORPHAN: Final = Outcome("orphaned", 0.0, "none")

Tokens = tuple[int, int]


def reanchor(alignment: Alignment, anchors: Iterable[Anchor]) -> list[Outcome]:
    """What becomes of each anchor, in the order given; none depends on another."""
    carrier = Carrier(alignment)
    return [carrier.carry(anchor) for anchor in anchors]


class Carrier:
    """Carries anchors over one alignment; keeps what many of them need."""

    def __init__(self, alignment: Alignment) -> None:
        self._alignment = alignment
        self._quotes: Quotes | None = None
        self._whole: dict[str, Outcome] = {}

    def carry(self, anchor: Anchor) -> Outcome:
        """What becomes of one anchor."""
        alignment = self._alignment
        if anchor.origin and anchor.origin.start is None and anchor.origin.key != anchor.key:
            restored = self._restored_whole(anchor.origin.key)
            if restored:
                return restored
        if anchor.key is not None and anchor.key in alignment.old.index:
            if anchor.start is None or anchor.end is None:
                return self._reads_again(anchor) or self._carry_whole(anchor.key)
            if alignment.is_unchanged(anchor.key):
                return self._judged(anchor, [self._same(anchor)], "unchanged")
        return self._restored(anchor) or self._by_words(anchor) or self._by_quote(anchor) or ORPHAN

    def _same(self, anchor: Anchor) -> Place:
        key = anchor.key or ""
        exact = self._new_text(key)[anchor.start : anchor.end]
        return Place(key, anchor.start, anchor.end, exact)

    def _restored(self, anchor: Anchor) -> Outcome | None:
        origin, new = anchor.origin, self._alignment.new
        if origin is None or origin.start is None or origin.key not in new.index:
            return None
        text = new.texts[new.index[origin.key]].text
        around = origin.prefix + origin.exact + origin.suffix
        start = origin.start - len(origin.prefix)
        if start < 0 or not text.startswith(around, start):
            return None
        place = Place(origin.key, origin.start, origin.end, origin.exact)
        return Outcome("kept", 1.0, "restored", (place,))

    def _reads_again(self, anchor: Anchor) -> Outcome | None:
        """The whole paragraph that an anchor stands on, if it reads as when the anchor was made on it."""
        origin = anchor.origin
        if origin is None or not origin.exact or origin.key != anchor.key:
            return None
        if (
            origin.key not in self._alignment.new.index
            or self._new_text(origin.key) != origin.exact
        ):
            return None
        return Outcome("kept", 1.0, "restored", (Place(origin.key, None, None, None),))

    def _restored_whole(self, key: str) -> Outcome | None:
        """The whole paragraph that an anchor was made on: its key comes back with its text only."""
        if key in self._alignment.old.index or key not in self._alignment.new.index:
            return None
        return Outcome("kept", 1.0, "restored", (Place(key, None, None, None),))

    def _by_words(self, anchor: Anchor) -> Outcome | None:
        alignment = self._alignment
        if anchor.key not in alignment.old.index or anchor.start is None or anchor.end is None:
            return None
        low, high = alignment.old.covered(alignment.old.index[anchor.key], anchor.start, anchor.end)
        if low >= high:
            return None
        first = alignment.to[low]
        if first != NOWHERE and alignment.run_end[low] >= high:
            parts = [(first, first + high - low)] if self._is_certain(low, high) else []
        else:
            parts = self._scattered(low, high)
        if not parts:
            return None
        places = [self._run((anchor.start, anchor.end), part, (low, high)) for part in parts]
        stayed = all(place.key == anchor.key for place in places)
        return self._judged(anchor, places, "paragraph" if stayed else "text")

    def _is_certain(self, low: int, high: int) -> bool:
        ambiguous = self._alignment.ambiguous
        return not ambiguous or any(at not in ambiguous for at in range(low, high))

    def _scattered(self, low: int, high: int) -> list[Tokens]:
        """Where the surviving words of a quote stand: the groups of them that tell a fifth of all or more."""
        alignment = self._alignment
        surviving = [at for at in range(low, high) if alignment.to[at] != NOWHERE]
        if not self._convinces(surviving, low, high):
            return []
        dense = self._groups(sorted(alignment.to[at] for at in surviving), low, high)
        dense.sort(key=lambda group: (-self._told(group), group[0]))
        least = _PART * sum(self._told(group) for group in dense)
        kept = [
            group
            for rank, group in enumerate(dense)
            if rank == 0 or (self._told(group) >= least and len(group) >= _FEWEST_IN_PART)
        ]
        if len(kept) == 1:
            return [self._settled(kept[0], low, high)]
        return sorted((group[0], group[-1] + 1) for group in kept)

    def _convinces(self, surviving: Sequence[int], low: int, high: int) -> bool:
        """Whether the words left of a quote can hold it: half of what it told, or some with support."""
        alignment = self._alignment
        weights, ids = alignment.scale.weights, alignment.old.ids
        firm = [at for at in surviving if at not in alignment.ambiguous]
        total = alignment.told[high] - alignment.told[low]
        if sum(weights[ids[at]] for at in firm) >= ALONE * total and firm:
            return True
        supported = sum(
            weights[ids[at]]
            for at in firm
            if at in alignment.corrected
            or alignment.told[alignment.run_end[at]] - alignment.told[alignment.run_start[at]]
            >= _SUPPORT + weights[ids[at]]
        )
        return supported >= SUPPORTED * total and supported > 0

    def _told(self, group: Sequence[int]) -> float:
        weights, ids = self._alignment.scale.weights, self._alignment.new.ids
        return sum(weights[ids[at]] for at in group)

    def _groups(self, places: Sequence[int], low: int, high: int) -> list[list[int]]:
        """New tokens of a quote in order, in groups that belong together."""
        groups: list[list[int]] = []
        for at in places:
            if groups and not self._is_parted(groups[-1][-1], at, low, high):
                groups[-1].append(at)
            else:
                groups.append([at])
        return groups

    def _is_parted(self, last: int, following: int, low: int, high: int) -> bool:
        """Whether another paragraph begins between two tokens of a quote, or much stands there.

        Much is more than the quote, or 12 tokens; or a sentence that was elsewhere, four tokens of it.
        """
        alignment = self._alignment
        new = alignment.new
        if new.paragraph[last] != new.paragraph[following]:
            return True
        if following - last > max(_HOLE, high - low):
            return True
        origins = alignment.back[last + 1 : following]
        return sum(at != NOWHERE and not low <= at < high for at in origins) >= _FOREIGN

    def _settled(self, group: Sequence[int], low: int, high: int) -> Tokens:
        """The borders of a single place: the very words if they stand in one row there, else what survived.

        Words put in place of the first or last ones belong to it, up to as many as survived.
        """
        first, end = group[0], group[-1] + 1
        row = self._row(first, end, low, high)
        if row is not None and 2 * sum(row[0] <= at < row[1] for at in group) >= len(group):
            return row
        room = len(group)
        before = min(self._replaced(low, group[0], step=-1), room)
        after = min(self._replaced(high - 1, group[-1], step=1), room - before)
        return first - before, end + after

    def _row(self, first: int, end: int, low: int, high: int) -> Tokens | None:
        """The tokens of the quote in one row, where that is so once around the place."""
        alignment = self._alignment
        size = high - low
        bottom, top = alignment.new.bounds(alignment.new.paragraph[first])
        quote = alignment.old.ids[low:high]
        starts = [
            at
            for at in range(max(bottom, first - size), min(top, end + size) - size + 1)
            if alignment.new.ids[at] == quote[0] and alignment.new.ids[at : at + size] == quote
        ]
        overlapping = [at for at in starts if at < end and at + size > first]
        return (overlapping[0], overlapping[0] + size) if len(overlapping) == 1 else None

    def _replaced(self, edge: int, outermost: int, *, step: int) -> int:
        """How many new tokens stand for the lost ones at the edge of a quote, none if that is not clear.

        It is clear when the token beside the quote stands where they begin and no more came than went.
        """
        alignment = self._alignment
        lost = 0
        while alignment.to[edge - step * lost] == NOWHERE:
            lost += 1
        beside = edge + step
        low, high = alignment.old.bounds(alignment.old.paragraph[edge])
        bottom, top = alignment.new.bounds(alignment.new.paragraph[outermost])
        border = alignment.to[beside] if low <= beside < high else (bottom - 1 if step < 0 else top)
        came = (border - outermost) * step - 1
        if border == NOWHERE or not bottom - 1 <= border <= top or not 0 < came <= lost:
            return 0
        return came

    def _place(self, part: Tokens) -> Place:
        """The run of a new paragraph from the first token to the last."""
        new = self._alignment.new
        first, end = part
        text = new.texts[new.paragraph[first]]
        start, stop = new.starts[first], new.ends[end - 1]
        return Place(text.key, start, stop, text.text[start:stop])

    def _run(self, marked: tuple[int, int], part: Tokens, quoted: Tokens) -> Place:
        """The run of a new paragraph; it begins and ends inside a word, or beside one, as what was marked.

        Where the word at a border became another, it is taken whole.
        """
        old, new, to = self._alignment.old, self._alignment.new, self._alignment.to
        whole = self._place(part)
        before = old.texts[old.paragraph[quoted[0]]].text
        text = self._new_text(whole.key)
        start, end = new.starts[part[0]], new.ends[part[1] - 1]
        if to[quoted[0]] == part[0]:
            start = _shifted(before, old.starts[quoted[0]], marked[0], text, start)
        if to[quoted[1] - 1] == part[1] - 1:
            end = _shifted(before, old.ends[quoted[1] - 1], marked[1], text, end)
        if start >= end or not grapheme_safe(text, start, end):
            return whole
        return Place(whole.key, start, end, text[start:end])

    def _by_quote(self, anchor: Anchor) -> Outcome | None:
        """The place where the words of an anchor, or those it was made on, came in anew."""
        if self._quotes is None:
            self._quotes = Quotes(self._alignment)
        made = anchor.origin or anchor
        near = (made.key, made.start) if made.key and made.start is not None else None
        for quote in (anchor, made):
            # A whole paragraph is no quote: it comes back with its key or not at all.
            if not quote.exact or (isinstance(quote, Origin) and quote.start is None):
                continue
            found = self._quotes.find(quote.exact, quote.prefix, quote.suffix, near=near)
            if found:
                return self._judged(anchor, [self._place((found.first, found.end))], "quote")
        return None

    def _judged(self, anchor: Anchor, places: Sequence[Place], method: Method) -> Outcome:
        """The outcome for these places: by the words the anchor was made on, if they are known."""
        made = anchor.origin or anchor
        same = [place.exact for place in places] == [made.exact]  # most are, and need no reading
        quoted = [] if same else _words(made.exact or "")
        stands = [] if same else [word for place in places for word in _words(place.exact or "")]
        if quoted == stands:
            stayed = all(place.key == made.key for place in places)
            return Outcome("kept" if stayed else "moved", 1.0, method, tuple(places))
        return Outcome("edited", _likeness(quoted, stands), method, tuple(places))

    def _carry_whole(self, key: str) -> Outcome:
        """What becomes of every anchor on the whole of a paragraph: it follows the key, else the content."""
        if key not in self._whole:
            self._whole[key] = self._follow(key)
        return self._whole[key]

    def _follow(self, key: str) -> Outcome:
        alignment = self._alignment
        old = alignment.old.index[key]
        if key not in alignment.new.index:
            return self._taken_in(old)
        places = (Place(key, None, None, None),)
        before, now = _words(alignment.old.texts[old].text), _words(self._new_text(key))
        if before == now:
            return Outcome("kept", 1.0, "key", places)
        return Outcome("edited", _likeness(before, now), "key", places)

    def _taken_in(self, old: int) -> Outcome:
        """The whole paragraph that took most of what one without successor told, if half of it."""
        alignment = self._alignment
        low, high = alignment.old.bounds(old)
        took: dict[int, float] = defaultdict(float)
        for at in range(low, high):
            if alignment.to[at] != NOWHERE and at not in alignment.ambiguous:
                weight = alignment.scale.weights[alignment.old.ids[at]]
                took[alignment.new.paragraph[alignment.to[at]]] += weight
        most = max(took, key=lambda place: (took[place], -place), default=NOWHERE)
        if most == NOWHERE or took[most] < ALONE * (alignment.told[high] - alignment.told[low]):
            return ORPHAN
        places = (Place(alignment.new.texts[most].key, None, None, None),)
        before = Counter(_words(alignment.old.texts[old].text))
        common = before & Counter(_words(alignment.new.texts[most].text))
        if common == before:
            return Outcome("moved", 1.0, "text", places)
        share = _characters(common) / _characters(before)
        return Outcome("edited", min(_MOST_CERTAIN, round(share, 4)), "text", places)

    def _new_text(self, key: str) -> str:
        new = self._alignment.new
        return new.texts[new.index[key]].text


def _shifted(old_text: str, border: int, wanted: int, new_text: str, there: int) -> int:
    """The new border that stands to `there` as `wanted` to `border`, if the same characters part them."""
    between = old_text[min(border, wanted) : max(border, wanted)]
    low = there - len(between) if wanted < border else there
    if low < 0 or not new_text.startswith(between, low):
        return there
    return there + wanted - border


def _words(text: str) -> list[str]:
    """The words of a text; where there are none, its signs."""
    return words_of(text) or text.split()


def _likeness(before: Sequence[str], now: Sequence[str]) -> float:
    """The share of characters of words common to both, of the longer of both, at most 0.99."""
    had, has = Counter(before), Counter(now)
    longer = max(_characters(had), _characters(has), 1)
    return min(_MOST_CERTAIN, round(_characters(had & has) / longer, 4))


def _characters(words: Counter[str]) -> int:
    return sum(len(word) * count for word, count in words.items())
