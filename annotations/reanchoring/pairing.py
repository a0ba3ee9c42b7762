"""Two runs of tokens laid side by side: which token of the one is which of the other.

Steps, for runs of n and m tokens:

1. **Frame**: a longest common subsequence (Hunt and Szymanski 1977 state the problem; rapidfuzz computes it
   bit-parallel after Hyyrö 2004, O(nm/64)). Where nm is too large for its memory, the Levenshtein alignment
   instead, whose traceback by Hirschberg's division needs linear memory.
2. **Islands** are dropped: a run of matches that tells less than the edits on either side of it is a
   coincidence ("of", "the"). It is the semantic clean-up of Fraser's diff-match-patch, with words weighed by
   rarity instead of counted. O(runs).
3. **Fill**: between what is left, a Levenshtein alignment (O(nm/64)), which keeps to the position where a
   longest common subsequence would reach far for a match; isolated common words far from support are dropped.
4. **Slides**: a deletion or insertion that could stand some tokens further left or right without changing
   either text is put on the best border (paragraph, sentence, pause), as in diff-match-patch's lossless
   clean-up; where two positions are equally good, the tokens between are marked as ambiguous.
5. **Corrections**: in a stretch between two runs, a word at least 0.8 like the one in its place is the same
   word corrected, if half of the stretch is. At most 40 words, squared, a stretch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from rapidfuzz.distance import Indel, LCSseq, Levenshtein

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

MOST_CELLS: Final = 400_000_000
LIKE: Final = 0.8
_SHORTEST_CORRECTED: Final = 3
_MOST_CORRECTED: Final = 40


class Run(NamedTuple):
    """`size` tokens that stand one after the other from `old` and from `new`."""

    old: int
    new: int
    size: int


class Gap(NamedTuple):
    """What stands between two runs: half-open on both sides."""

    old: int
    old_end: int
    new: int
    new_end: int


@dataclass(slots=True)
class Pairing:
    """Runs in order, the pairs of a word and its correction, and old tokens that could slide."""

    runs: list[Run]
    corrected: list[tuple[int, int]] = field(default_factory=list)
    ambiguous: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Scale:
    """What the tokens of a pairing weigh and spell, by their number."""

    weights: Sequence[float]
    literals: Sequence[str]
    is_word: Sequence[bool]


def pair(
    old: Sequence[int],
    new: Sequence[int],
    scale: Scale,
    *,
    whole: bool = True,
    breaks: tuple[Callable[[int], int], Callable[[int], int]] | None = None,
) -> Pairing:
    """The alignment of two runs of token numbers.

    `whole` says that both ends of the runs belong together, as those of a paragraph that kept its key do.
    `breaks` tell how good a border stands before a token of the old and of the new run.
    """
    if old == new:
        return Pairing([Run(0, 0, len(old))] if old else [])
    runs = without_islands(_frame(old, new), old, len(new), scale, whole=whole)
    if whole or runs:
        runs = _filled(runs, old, new, scale, whole=whole)
    pairing = Pairing(runs)
    if breaks is not None:
        _slide(pairing, old, new, breaks)
    for gap in gaps(pairing.runs, len(old), len(new)):
        _correct(pairing, gap, old, new, scale)
    return pairing


def gaps(runs: Sequence[Run], old_length: int, new_length: int) -> list[Gap]:
    """What stands before, between and after runs: one more than there are runs."""
    found: list[Gap] = []
    old = new = 0
    for run in [*runs, Run(old_length, new_length, 0)]:
        found.append(Gap(old, run.old, new, run.new))
        old, new = run.old + run.size, run.new + run.size
    return found


def _frame(old: Sequence[int], new: Sequence[int]) -> list[Run]:
    method = LCSseq if len(old) * len(new) <= MOST_CELLS else Levenshtein
    blocks = method.editops(old, new).as_matching_blocks()
    return joined([Run(block.a, block.b, block.size) for block in blocks if block.size])


def joined(runs: Sequence[Run]) -> list[Run]:
    """Runs that follow one another on both sides made one."""
    result: list[Run] = []
    for run in runs:
        last = result[-1] if result else None
        if last and last.old + last.size == run.old and last.new + last.size == run.new:
            result[-1] = Run(last.old, last.new, last.size + run.size)
        else:
            result.append(run)
    return result


def without_islands(
    runs: list[Run], old: Sequence[int], new_length: int, scale: Scale, *, whole: bool
) -> list[Run]:
    """The runs that tell more than the edits beside them; each dropped run joins the edits around it.

    One that stands alone between loose ends stays: there are no edits to weigh it against. Every step back drops a run, so the work is linear in the runs.
    """
    edge = 0.0 if whole else math.inf
    kept: list[tuple[Run, float, float]] = []
    for run in [*runs, None]:
        while kept:
            previous, value, before = kept[-1]
            edited = min(before, _distance(previous, run, len(old), new_length, edge))
            if value > edited or edited == math.inf:
                break
            kept.pop()
        if run is None:
            break
        value = 2 * sum(scale.weights[old[run.old + step]] for step in range(run.size))
        kept.append((run, value, _distance(kept[-1][0] if kept else None, run, 0, 0, edge)))
    return [run for run, _, _ in kept]


def _distance(
    left: Run | None, right: Run | None, old_length: int, new_length: int, edge: float
) -> float:
    """How many tokens were edited between two runs, the longer side; at a loose end without bound."""
    if left is None:
        return max(right.old, right.new, edge) if right else edge
    old, new = left.old + left.size, left.new + left.size
    if right is None:
        return max(old_length - old, new_length - new, edge)
    return max(right.old - old, right.new - new)


def _filled(
    runs: list[Run], old: Sequence[int], new: Sequence[int], scale: Scale, *, whole: bool
) -> list[Run]:
    result: list[Run] = []
    between = gaps(runs, len(old), len(new))
    for place, gap in enumerate(between):
        inside = whole or 0 < place < len(between) - 1
        if inside and gap.old < gap.old_end and gap.new < gap.new_end:
            result.extend(_filling(gap, old, new, scale))
        if place < len(runs):
            result.append(runs[place])
    return joined(result)


def _filling(gap: Gap, old: Sequence[int], new: Sequence[int], scale: Scale) -> list[Run]:
    """Matches inside a gap, in place. A single one must tell more than a third of what parts it from others."""
    here, there = old[gap.old : gap.old_end], new[gap.new : gap.new_end]
    blocks = Levenshtein.editops(here, there).as_matching_blocks()
    runs = joined([Run(block.a, block.b, block.size) for block in blocks if block.size])
    kept: list[Run] = []
    between = gaps(runs, len(here), len(there))
    for run, before, after in zip(runs, between, between[1:], strict=False):
        value = sum(scale.weights[here[run.old + step]] for step in range(run.size))
        nearest = min(
            max(side.old_end - side.old, side.new_end - side.new) for side in (before, after)
        )
        if 3 * value > nearest:
            kept.append(Run(gap.old + run.old, gap.new + run.new, run.size))
    return kept


def _slide(
    pairing: Pairing,
    old: Sequence[int],
    new: Sequence[int],
    breaks: tuple[Callable[[int], int], Callable[[int], int]],
) -> None:
    runs = pairing.runs
    for place in range(len(runs) - 1):
        left, right = runs[place], runs[place + 1]
        gap = Gap(left.old + left.size, right.old, left.new + left.size, right.new)
        if gap.old_end > gap.old and gap.new == gap.new_end:
            step, tied = _best_slide(
                old, gap.old, gap.old_end, left.size, right.size, break_before=breaks[0]
            )
        elif gap.new_end > gap.new and gap.old == gap.old_end:
            step, tied = _best_slide(
                new, gap.new, gap.new_end, left.size, right.size, break_before=breaks[1]
            )
        else:
            continue
        runs[place] = left._replace(size=left.size + step)
        runs[place + 1] = Run(right.old + step, right.new + step, right.size - step)
        old_gap, old_end = gap.old + step, gap.old_end + step
        for other in tied:
            shift = other - step
            pairing.ambiguous.update(range(old_gap + min(shift, 0), old_gap))
            pairing.ambiguous.update(range(old_end, old_end + max(shift, 0)))
    pairing.runs = [run for run in runs if run.size]


def _best_slide(
    words: Sequence[int],
    start: int,
    end: int,
    room_left: int,
    room_right: int,
    *,
    break_before: Callable[[int], int],
) -> tuple[int, list[int]]:
    """The best shift of the block from `start` to `end`, and the shifts that are as good."""
    left = right = 0
    while left < room_left and words[start - 1 - left] == words[end - 1 - left]:
        left += 1
    while right < room_right and words[start + right] == words[end + right]:
        right += 1
    if not left and not right:
        return 0, []
    shifts = sorted(range(-left, right + 1), key=lambda shift: (abs(shift), shift))
    scores = {shift: break_before(start + shift) + break_before(end + shift) for shift in shifts}
    best = max(shifts, key=lambda shift: scores[shift])
    return best, [shift for shift in shifts if scores[shift] == scores[best] and shift != best]


def _correct(
    pairing: Pairing, gap: Gap, old: Sequence[int], new: Sequence[int], scale: Scale
) -> None:
    """Words of a stretch that were corrected where they stand, in order.

    Where fewer than half of them are, the stretch was replaced, and one like another is a coincidence.
    """
    here = [at for at in range(gap.old, gap.old_end) if _correctable(old[at], scale)]
    there = [at for at in range(gap.new, gap.new_end) if _correctable(new[at], scale)]
    if not here or not there or max(len(here), len(there)) > _MOST_CORRECTED:
        return
    corrected: list[tuple[int, int]] = []
    following = 0
    for at in here:
        for place in range(following, len(there)):
            likeness = Indel.normalized_similarity(
                scale.literals[old[at]], scale.literals[new[there[place]]], score_cutoff=LIKE
            )
            if likeness >= LIKE:
                corrected.append((at, there[place]))
                following = place + 1
                break
    if 2 * len(corrected) >= min(len(here), len(there)):
        pairing.corrected += corrected


def _correctable(number: int, scale: Scale) -> bool:
    return scale.is_word[number] and len(scale.literals[number]) >= _SHORTEST_CORRECTED
