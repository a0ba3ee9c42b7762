"""Which key each paragraph of a new revision carries: keys follow content.

1. Paragraphs with the same text keep their key: in order by a longest common subsequence over whole
   paragraphs (so repeated ones keep theirs one by one), then those that moved, repeats in order. O(p²/64).
2. The rest is compared by shared pairs of neighbouring words, weighed by rarity and counted through an
   inverted index (shingles after Broder 1997). Rarest pairs of words come first and the number of comparisons
   is bounded, so texts of one repeated word cost no more.
3. Keys are given greedily, those first that share most: the longest common subsequence of words, of all words of
   both (Jaccard). After a split the larger part keeps the key, after a merge the larger paragraph hands on its
   own; equal shares are decided by the order. Two that have less than half of the smaller's words in common are
   no pair: turns of phrase make no paragraph the same. O(nm/64) a pair.
4. A paragraph changed beyond that, between neighbours that kept their keys, keeps its own when at least a
   third of its words stand where they stood.
5. A paragraph whose text an earlier revision had takes the key it had then, so that undoing a deletion brings
   back the key; any other gets a new one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from uuid import uuid4

from rapidfuzz.distance import LCSseq, Levenshtein

from annotations.reanchoring.words import Text, Vocabulary, tokens

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

MOST_COMPARISONS: Final = 400_000
ALIKE: Final = 0.2
_IN_PLACE: Final = 1 / 3
_HELD: Final = 0.5

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How much two paragraphs share: `shared` of the rarity-weighted pairs of words each has."""

    shared: float
    old: float
    new: float

    @property
    def contained(self) -> float:
        """What they share, of what the smaller has."""
        return self.shared / min(self.old, self.new)


def paragraph_keys(
    old: Sequence[Text],
    new_texts: Sequence[str],
    *,
    earlier: Sequence[Text] = (),
    new_key: Callable[[], str] = lambda: str(uuid4()),
) -> list[str]:
    """The key of each new paragraph, none twice; keys of `old` are taken to be unique.

    `earlier` holds paragraphs of earlier revisions, the newest first, whose keys may come back.
    """
    carried = _same(old, new_texts)
    keys = {place: old[source].key for place, source in carried.items()}
    present = {paragraph.key for paragraph in old}
    _bring_back([text for text in earlier if text.key not in present], new_texts, keys)
    taken = [place for place in keys if place not in carried]
    carried.update(_alike(old, new_texts, carried, taken))
    keys.update({place: old[source].key for place, source in carried.items()})
    _bring_back(earlier, new_texts, keys)
    return [keys[place] if place in keys else new_key() for place in range(len(new_texts))]


def _same(old: Sequence[Text], new_texts: Sequence[str]) -> dict[int, int]:
    """Old places of new paragraphs whose text is the same: in order, then moved, repeats in order."""
    numbers: dict[str, int] = {}
    here = [numbers.setdefault(paragraph.text, len(numbers)) for paragraph in old]
    there = [numbers.setdefault(text, len(numbers)) for text in new_texts]
    found: dict[int, int] = {}
    for block in LCSseq.editops(here, there).as_matching_blocks():
        found.update({block.b + step: block.a + step for step in range(block.size)})
    left: dict[int, list[int]] = defaultdict(list)
    used = set(found.values())
    for source in reversed(range(len(old))):
        if source not in used:
            left[here[source]].append(source)
    for place, number in enumerate(there):
        if place not in found and left[number]:
            found[place] = left[number].pop()
    return found


def _bring_back(earlier: Sequence[Text], new_texts: Sequence[str], keys: dict[int, str]) -> None:
    """Give paragraphs without a key the one their text had earlier, unless it is in use."""
    open_places: dict[str, list[int]] = defaultdict(list)
    for place in reversed(range(len(new_texts))):
        if place not in keys:
            open_places[new_texts[place]].append(place)
    used = set(keys.values())
    for paragraph in earlier:
        if paragraph.key not in used and open_places.get(paragraph.text):
            keys[open_places[paragraph.text].pop()] = paragraph.key
            used.add(paragraph.key)


def _alike(
    old: Sequence[Text], new_texts: Sequence[str], same: dict[int, int], taken: Sequence[int]
) -> dict[int, int]:
    """Old places of changed paragraphs, by likeness and then by position."""
    settled, closed = set(same.values()), {*same, *taken}
    vocabulary = Vocabulary()
    here = {
        place: _words(paragraph.text, vocabulary)
        for place, paragraph in enumerate(old)
        if place not in settled
    }
    there = {
        place: _words(text, vocabulary)
        for place, text in enumerate(new_texts)
        if place not in closed
    }
    found: dict[int, int] = {}
    for source, place in _ranked(here, there):
        if source not in settled and place not in found:
            found[place] = source
            settled.add(source)
    _in_place(here, there, same | found, found)
    return found


def _words(text: str, vocabulary: Vocabulary) -> list[int]:
    return [
        vocabulary.number(text[start:end], is_word=is_word)
        for start, end, is_word in tokens(text)
        if is_word
    ]


def _ranked(here: dict[int, list[int]], there: dict[int, list[int]]) -> list[Pair]:
    """Pairs of paragraphs that share enough, those first that share most of their words in order."""
    shared: dict[Pair, float] = {}
    for pair, likeness in likenesses(here, there).items():
        if likeness.contained >= ALIKE:
            old, new = here[pair[0]], there[pair[1]]
            common = LCSseq.similarity(old, new)
            if common < _HELD * min(len(old), len(new)):
                continue
            shared[pair] = common / (len(old) + len(new) - common)
    return sorted(shared, key=lambda pair: (-shared[pair], abs(pair[0] - pair[1]), pair))


def likenesses(here: dict[int, list[int]], there: dict[int, list[int]]) -> dict[Pair, Likeness]:
    """How alike stretches of words are, for those that share a pair of words or, of one word, that word.

    Keys are places, the pairs of the result (old, new). At most 400,000 comparisons, the rarest pairs of
    words first.
    """
    old = {place: Counter(_shingles(words)) for place, words in here.items()}
    new = {place: Counter(_shingles(words)) for place, words in there.items()}
    holders_old, holders_new = _holders(old), _holders(new)
    weight = {
        shingle: 1 / max(len(holders_old.get(shingle, ())), len(holders_new.get(shingle, ())))
        for shingle in {*holders_old, *holders_new}
    }
    shared: dict[Pair, float] = defaultdict(float)
    budget = MOST_COMPARISONS
    common = sorted(
        holders_old.keys() & holders_new.keys(),
        key=lambda shingle: (len(holders_old[shingle]) * len(holders_new[shingle]), shingle),
    )
    for shingle in common:
        budget -= len(holders_old[shingle]) * len(holders_new[shingle])
        if budget < 0:
            break
        for source in holders_old[shingle]:
            for place in holders_new[shingle]:
                both = min(old[source][shingle], new[place][shingle])
                shared[source, place] += weight[shingle] * both
    sizes_old = {place: _size(counts, weight) for place, counts in old.items()}
    sizes_new = {place: _size(counts, weight) for place, counts in new.items()}
    return {
        (source, place): Likeness(value, sizes_old[source], sizes_new[place])
        for (source, place), value in shared.items()
    }


def _shingles(words: list[int]) -> Iterable[tuple[int, ...]]:
    return pairwise(words) if len(words) > 1 else [(word,) for word in words]


def _holders(counted: dict[int, Counter[tuple[int, ...]]]) -> dict[tuple[int, ...], list[int]]:
    found: dict[tuple[int, ...], list[int]] = defaultdict(list)
    for place, counts in counted.items():
        for shingle in counts:
            found[shingle].append(place)
    return found


def _size(counts: Counter[tuple[int, ...]], weight: dict[tuple[int, ...], float]) -> float:
    return sum(weight[shingle] * count for shingle, count in counts.items())


def _in_place(
    here: dict[int, list[int]],
    there: dict[int, list[int]],
    known: dict[int, int],
    found: dict[int, int],
) -> None:
    """Pair what is left between the same neighbours when a third of the words stand where they stood."""
    places = {-1: -1} | {source: place for place, source in known.items()}
    for source, words in here.items():
        if source in places or source - 1 not in places:
            continue
        place = places[source - 1] + 1
        if place not in there or place in found:
            continue
        if Levenshtein.normalized_similarity(words, there[place]) >= _IN_PLACE:
            found[place] = source
            places[source] = place
