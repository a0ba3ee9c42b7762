"""Two revisions laid side by side, once: where every token of the old one stands in the new one.

1. Sentences of changed paragraphs are compared by shared pairs of words; one that has its likeness in a
   paragraph of another key is aligned there first (as in sentence alignment of texts, Gale and Church 1993,
   by words instead of lengths).
2. Paragraphs that kept their key are aligned word by word (`pairing`), unchanged ones without looking.
3. What is left over on both sides (the other half of a split, what was merged into a neighbour, sentences that
   moved) is cut into stretches. Stretches that share pairs of words are aligned with one another, those that
   share most first, like greedy string tiling (Wise 1993) with a longest common subsequence instead of exact
   tiles. A match counts when it is long, dense and rare enough not to be a turn of phrase; one that goes on in
   order from what stands beside it already, as the other half of a split does, needs less to tell.
4. What is left between words that went to another paragraph is aligned with what stands between them there.

Work: O(n) to read, O(Σ pq/64) over the pairs of paragraphs, at most 400,000 comparisons of stretches and
2,000 alignments of them.
"""

from __future__ import annotations

from collections import Counter
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Final

from annotations.reanchoring.pairing import Pairing, Run, Scale, pair
from annotations.reanchoring.paragraphs import likenesses
from annotations.reanchoring.words import BEST_BREAK, Side, Text, Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NOWHERE: Final = -1
_ROUNDS: Final = 3
_MOST_PAIRS: Final = 2_000
_ALIKE: Final = 0.4
_HOME: Final = 0.2
_LONGEST_HOLE: Final = 8
_FEWEST_WORDS: Final = 4
LEAST_EVIDENCE: Final = 4.0
ENOUGH_IN_ORDER: Final = 1.0
ENOUGH_FOR_A_SENTENCE: Final = 2.0
_NEARLY_ALL: Final = 0.8
_DENSE: Final = 0.5

Stretch = tuple[int, int]
Couple = tuple[int | None, int | None]


class Alignment:
    """Where each token of `old` stands in `new`.

    `to[i]` and `back[j]` are token indexes or `NOWHERE`; `run_start[i]` and `run_end[i]` bound the matches
    around old token i that stand in one row on both sides; `ambiguous` tokens could as well be others;
    `corrected` ones are the same word spelled anew.
    """

    def __init__(self, old: Sequence[Text], new: Sequence[Text]) -> None:
        """Align two revisions; keys are unique within each."""
        vocabulary = Vocabulary()
        self.vocabulary = vocabulary
        self.old = Side.read(old, vocabulary)
        self.new = Side.read(new, vocabulary)
        self.scale = Scale(vocabulary.weights(), vocabulary.literals, vocabulary.is_word)
        self.told = [0.0, *accumulate(self.scale.weights[number] for number in self.old.ids)]
        self.to = [NOWHERE] * len(self.old.ids)
        self.back = [NOWHERE] * len(self.new.ids)
        self.run_start = list(range(len(self.to)))
        self.run_end = list(range(1, len(self.to) + 1))
        self.ambiguous: set[int] = set()
        self.corrected: set[int] = set()
        self._rows: tuple[Counter[Couple], Counter[Couple]] = (
            Counter(_pairs(self.old, self.scale)),
            Counter(_pairs(self.new, self.scale)),
        )
        self._align_sentences()
        self._align_keys()
        for _ in range(_ROUNDS):
            if not self._align_rest():
                break
        self._align_gaps()

    def is_unchanged(self, key: str) -> bool:
        """Whether the paragraph stands in both revisions with the same text."""
        old, new = self.old.index.get(key), self.new.index.get(key)
        return (
            old is not None
            and new is not None
            and self.old.texts[old].text == self.new.texts[new].text
        )

    def _align_sentences(self) -> None:
        """Align sentences that went to another paragraph, so that no other takes their place in their own.

        Sentences are paired greedily, the most alike first; one that is nearly as well paired at home stays
        for the alignment of its paragraph.
        """
        here, there = self._changed_sentences(self.old), self._changed_sentences(self.new)
        found = likenesses(
            {at: self._spelled(self.old, stretch) for at, stretch in enumerate(here)},
            {at: self._spelled(self.new, stretch) for at, stretch in enumerate(there)},
        )
        value = {
            couple: likeness + _HOME * self._is_home(here[couple[0]], there[couple[1]])
            for couple, one in found.items()
            if (likeness := one.shared / (one.old + one.new - one.shared)) >= _ALIKE
        }
        used_here: set[int] = set()
        used_there: set[int] = set()
        for source, place in sorted(value, key=lambda couple: (-round(value[couple], 6), couple)):
            if source in used_here or place in used_there:
                continue
            used_here.add(source)
            used_there.add(place)
            if not self._is_home(here[source], there[place]):
                self._align_stretches(here[source], there[place])

    def _changed_sentences(self, side: Side) -> list[Stretch]:
        return [
            sentence
            for place, text in enumerate(side.texts)
            if not self.is_unchanged(text.key)
            for sentence in side.sentences(place)
        ]

    def _is_home(self, here: Stretch, there: Stretch) -> bool:
        """Whether two stretches stand in the paragraph of the same key."""
        old, new = self.old.paragraph[here[0]], self.new.paragraph[there[0]]
        return self.old.texts[old].key == self.new.texts[new].key

    def _align_keys(self) -> None:
        for place, paragraph in enumerate(self.old.texts):
            other = self.new.index.get(paragraph.key)
            if other is not None:
                self._align_paragraphs(self.old.bounds(place), self.new.bounds(other))

    def _align_paragraphs(self, here: Stretch, there: Stretch, *, least: float = 0.0) -> None:
        """Align what has no place yet of two stretches that belong together, if that share of it matches."""
        old = [at for at in range(*here) if self.to[at] == NOWHERE]
        new = [at for at in range(*there) if self.back[at] == NOWHERE]
        pairing = pair(
            [self.old.ids[at] for at in old],
            [self.new.ids[at] for at in new],
            self.scale,
            breaks=(
                self.old.breaks_at([*old, here[1]]),
                self.new.breaks_at([*new, there[1]]),
            ),
        )
        if sum(run.size for run in pairing.runs) + len(pairing.corrected) < least * len(old):
            return
        for run in pairing.runs:
            self._record_parts([old[run.old + step] for step in range(run.size)], new, run)
        for at, place in pairing.corrected:
            self._record(old[at], new[place], 1)
            self.corrected.add(old[at])
        self.ambiguous.update(old[at] for at in pairing.ambiguous)

    def _record(self, old: int, new: int, size: int) -> None:
        self.to[old : old + size] = range(new, new + size)
        self.back[new : new + size] = range(old, old + size)
        self.run_start[old : old + size] = [old] * size
        self.run_end[old : old + size] = [old + size] * size

    def _align_rest(self) -> bool:
        """Align stretches without a place, those that share most first; whether any found one."""
        here = list(_stretches(self.old, self.to, self.scale))
        there = list(_stretches(self.new, self.back, self.scale))
        found = likenesses(
            {at: self._spelled(self.old, stretch) for at, stretch in enumerate(here)},
            {at: self._spelled(self.new, stretch) for at, stretch in enumerate(there)},
        )
        ranked = sorted(
            found,
            key=lambda couple: (
                -round(found[couple].shared, 6),
                self._detour(here[couple[0]], there[couple[1]]),
                couple,
            ),
        )
        results = [
            self._align_stretches(here[source], there[place])
            for source, place in ranked[:_MOST_PAIRS]
        ]
        return any(results)

    def _align_gaps(self) -> None:
        """Align what is left between words that went to another paragraph with what stands there between them."""
        for place, paragraph in enumerate(self.old.texts):
            low, high = self.old.bounds(place)
            start = low
            for at in range(low, high + 1):
                if at < high and self.to[at] == NOWHERE:
                    continue
                there = self._facing(start, at, (low, high)) if start < at else None
                if there and self.new.texts[self.new.paragraph[there[0]]].key != paragraph.key:
                    self._align_paragraphs((start, at), there, least=_DENSE)
                start = at + 1

    def _facing(self, start: int, end: int, own: Stretch) -> Stretch | None:
        """The new tokens without origin beside the neighbours of old ones; None where those went apart.

        Neighbours are of the same paragraph, for the whole of one the last and first of those around it.
        """
        if (start, end) == own:
            own = (0, len(self.to))
        before = self.to[start - 1] if start > own[0] else NOWHERE
        after = self.to[end] if end < own[1] else NOWHERE
        paragraph = self.new.paragraph
        found = None
        if before != NOWHERE:
            found = (before + 1, self._free_until(before, 1))
        if after != NOWHERE and (found is None or found[0] == found[1]):
            found = (self._free_until(after, -1) + 1, after)
        if found is None or found[0] >= found[1]:
            return None
        apart = NOWHERE not in {before, after} and paragraph[before] == paragraph[after]
        return found if not apart or found == (before + 1, after) else None

    def _free_until(self, beside: int, step: int) -> int:
        """The first new token from `beside` on that has an origin or is of another paragraph."""
        low, high = self.new.bounds(self.new.paragraph[beside])
        at = beside + step
        while low <= at < high and self.back[at] == NOWHERE:
            at += step
        return at

    def _spelled(self, side: Side, stretch: Stretch) -> list[int]:
        is_word = self.scale.is_word
        return [number for number in side.ids[slice(*stretch)] if is_word[number]]

    def _detour(self, here: Stretch, there: Stretch) -> int:
        """How far a stretch would stand from the place its neighbours went to."""
        before = self.to[here[0] - 1] + 1 if here[0] else 0
        after = self.to[here[1]] if here[1] < len(self.to) else len(self.back)
        distances = [abs(before - there[0])] if before or not here[0] else []
        if after != NOWHERE:
            distances.append(abs(after - there[1]))
        return min(distances, default=len(self.back))

    def _align_stretches(self, here: Stretch, there: Stretch) -> bool:
        old = [at for at in range(*here) if self.to[at] == NOWHERE]
        new = [at for at in range(*there) if self.back[at] == NOWHERE]
        if not old or not new:
            return False
        old_ids = [self.old.ids[at] for at in old]
        new_ids = [self.new.ids[at] for at in new]
        pairing = pair(old_ids, new_ids, self.scale, whole=False)
        smaller = min(self._count(old_ids), self._count(new_ids))
        accepted = [
            chunk
            for chunk in _chunks(pairing.runs)
            if self._is_long(chunk, old_ids, smaller)
            and self._evidence(chunk, old_ids) >= self._evidence_needed(chunk, old, new)
        ]
        for chunk in accepted:
            for run in chunk:
                self._record_parts([old[run.old + step] for step in range(run.size)], new, run)
            self._record_corrections(pairing, chunk, old, new)
        return bool(accepted)

    def _evidence_needed(
        self, chunk: Sequence[Run], old: Sequence[int], new: Sequence[int]
    ) -> float:
        """How much a match must tell: least where it goes on from a neighbour that stands beside it already."""
        first, last = chunk[0], chunk[-1]
        here = old[first.old], old[last.old + last.size - 1] + 1
        there = new[first.new], new[last.new + last.size - 1] + 1
        if self._detour(here, there) == 0:
            return ENOUGH_IN_ORDER
        return ENOUGH_FOR_A_SENTENCE if self._is_sentence(chunk, old, new) else LEAST_EVIDENCE

    def _count(self, numbers: Sequence[int]) -> int:
        return sum(self.scale.is_word[number] for number in numbers)

    def _is_long(self, chunk: Sequence[Run], ids: Sequence[int], smaller: int) -> bool:
        """Whether a match is of four words or more, dense, and half of what it could be."""
        words = self._count([ids[run.old + at] for run in chunk for at in range(run.size)])
        return (
            words >= _FEWEST_WORDS
            and _density(chunk) >= _DENSE
            and words >= _DENSE * min(smaller, 2 * _LONGEST_HOLE)
        )

    def _is_sentence(self, chunk: Sequence[Run], old: Sequence[int], new: Sequence[int]) -> bool:
        """Whether a match is of nearly all words of whole sentences, on both sides."""
        first, last = chunk[0], chunk[-1]
        return _density(chunk) >= _NEARLY_ALL and all(
            side.break_before(tokens[start]) == BEST_BREAK
            and side.break_before(tokens[end - 1] + 1) == BEST_BREAK
            for side, tokens, start, end in (
                (self.old, old, first.old, last.old + last.size),
                (self.new, new, first.new, last.new + last.size),
            )
        )

    def _evidence(self, chunk: Sequence[Run], ids: Sequence[int]) -> float:
        """How many pairs of neighbouring words speak for a match, each by the chance that it is the same."""
        rows = (
            [number for number in ids[run.old : run.old + run.size] if self.scale.is_word[number]]
            for run in chunk
        )
        return sum(self.rarity(couple) for row in rows for couple in pairwise(row))

    def rarity(self, couple: Couple) -> float:
        """How far two neighbouring words tell that a place is the same, from 0 to 1.

        1 where they stand next to one another once in both revisions, or in one of them only; a sixteenth
        where they are part of a turn of phrase that stands twice in both.
        """
        old, new = self._rows
        return (max(1, old[couple]) * max(1, new[couple])) ** -2

    def _record_parts(self, old: Sequence[int], new: Sequence[int], run: Run) -> None:
        """Record a run of what was left over, cut where tokens between had a place already."""
        begin = 0
        for at in range(1, run.size + 1):
            whole = (
                at < run.size
                and old[at] == old[at - 1] + 1
                and new[run.new + at] == new[run.new + at - 1] + 1
            )
            if not whole:
                self._record(old[begin], new[run.new + begin], at - begin)
                begin = at

    def _record_corrections(
        self, pairing: Pairing, chunk: Sequence[Run], old: Sequence[int], new: Sequence[int]
    ) -> None:
        for here, there in pairing.corrected:
            if chunk[0].old < here < chunk[-1].old and chunk[0].new < there < chunk[-1].new:
                self._record(old[here], new[there], 1)
                self.corrected.add(old[here])


def _pairs(side: Side, scale: Scale) -> Iterator[Couple]:
    """The pairs of neighbouring words of a revision, marks between them left out."""
    return pairwise(number for number in side.ids if scale.is_word[number])


def _stretches(side: Side, places: Sequence[int], scale: Scale) -> Iterator[Stretch]:
    """Tokens of one paragraph without a place, in rows of four words at least."""
    for place in range(len(side.texts)):
        low, high = side.bounds(place)
        start = low
        for at in range(low, high + 1):
            if at < high and places[at] == NOWHERE:
                continue
            if sum(scale.is_word[number] for number in side.ids[start:at]) >= _FEWEST_WORDS:
                yield start, at
            start = at + 1


def _density(chunk: Sequence[Run]) -> float:
    """The share of tokens that match, from the first run to the last, on the side that is longer."""
    first, last = chunk[0], chunk[-1]
    hull = max(last.old + last.size - first.old, last.new + last.size - first.new)
    return sum(run.size for run in chunk) / hull


def _chunks(runs: Sequence[Run]) -> list[list[Run]]:
    """Runs grouped where fewer than eight tokens part them."""
    chunks: list[list[Run]] = []
    for run in runs:
        last = chunks[-1][-1] if chunks else None
        if last and max(run.old - last.old, run.new - last.new) - last.size < _LONGEST_HOLE:
            chunks[-1].append(run)
        else:
            chunks.append([run])
    return chunks
