"""How accurately anchors survive a revision, and how fast: `python -m tests.bench.reanchoring`.

Essays, edits and marks come from seeds, so two runs print the same figures. What became of each word is known
from the edit itself (`edits`). Of a mark with surviving words

- *right* is a place that holds at least half of them, and holds no more old words that are others;
- *wrong* is any other place;
- *orphaned* is none.

A mark on a whole paragraph is right where the paragraph it is on holds half of the surviving words. A mark
without surviving words ("gone") that has a place is *falsely attached*.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotations.reanchoring import (
    Alignment,
    Anchor,
    Carrier,
    Origin,
    Outcome,
    Text,
    paragraph_keys,
    reanchor,
)
from annotations.selectors import select
from tests.bench import edits, essays
from tests.bench.baselines import BASELINES, Texts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.baselines import Mark
    from tests.bench.edits import Case, Essay, Run

OURS = "cascade"
SEED = 1963


@dataclass
class Tally:
    """What became of marks: counts of right, wrong, orphaned; gone and of those falsely attached."""

    counts: Counter[str] = field(default_factory=Counter)

    def add(self, verdict: str) -> None:
        """One mark more."""
        self.counts[verdict] += 1

    @property
    def surviving(self) -> int:
        """Marks with words left."""
        return self.counts["right"] + self.counts["wrong"] + self.counts["orphaned"]

    @property
    def gone(self) -> int:
        """Marks without."""
        return self.counts["false"] + self.counts["refused"]

    def share(self, verdict: str) -> float:
        """The share of a verdict among the marks it can fall on; 0 where there are none."""
        of = self.gone if verdict in {"false", "refused"} else self.surviving
        return self.counts[verdict] / of if of else 0.0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.counts + other.counts)


# The classes of edits: each makes a case of an essay.


def _by(edit: Callable[[random.Random, Essay], Essay]) -> Callable[..., Case]:
    def make(rng: random.Random, essay: Essay, each: int) -> Case:
        return edits.Case(essay, edit(rng, essay), edits.spans(rng, essay, each))

    return make


def _words(share: float) -> Callable[..., Case]:
    return _by(lambda rng, essay: edits.edit_words(rng, essay, share))


def _quotes(*, replaced: bool) -> Callable[..., Case]:
    """A fifth of the marked words, phrases and sentences are taken out."""

    def make(rng: random.Random, essay: Essay, each: int) -> Case:
        spans = edits.spans(rng, essay, each)
        narrow = [run for sort, run in spans if sort in {"word", "phrase", "sentence"}]
        out = rng.sample(narrow, len(narrow) // 5)
        return edits.Case(essay, edits.take_out(rng, essay, out, replaced=replaced), spans)

    return make


def _repeats(rng: random.Random, essay: Essay, each: int) -> Case:
    """Marks on turns of phrase that stand many times, a third of which are taken out, 3 % of words edited."""
    runs = _repeated(essay)
    chosen = rng.sample(runs, min(len(runs), 4 * each))
    out = rng.sample(runs, len(runs) // 3)
    new = edits.edit_words(rng, edits.take_out(rng, essay, out), 0.03)
    return edits.Case(essay, new, tuple(("repeat", run) for run in chosen))


def _repeated(essay: Essay) -> list[Run]:
    """Non-overlapping runs of four words that stand at least twice."""
    seen: dict[str, list[Run]] = defaultdict(list)
    for place, paragraph in enumerate(essay):
        for at in range(len(paragraph) - 3):
            words = " ".join(unit.text for unit in paragraph[at : at + 4]).strip(".,;?“”").lower()
            seen[words].append(edits.Run(place, at, at + 4))
    result: list[Run] = []
    used: set[tuple[int, int]] = set()
    for runs in seen.values():
        for run in runs if len(runs) > 1 else []:
            cells = {(run.paragraph, at) for at in range(run.start, run.end)}
            if not cells & used:
                used |= cells
                result.append(run)
    return result


def _revert(rng: random.Random, essay: Essay, each: int) -> Case:
    """Words edited, paragraphs deleted, merged and swapped, and all of it undone."""
    middle = edits.edit_words(rng, essay, 0.1)
    for edit in (edits.delete_paragraphs, edits.merge_paragraphs, edits.swap_paragraphs):
        middle = edit(rng, middle)
    return edits.Case(essay, essay, edits.spans(rng, essay, each), middle)


CLASSES: dict[str, Callable[[random.Random, Essay, int], Case]] = {
    "words 3 %": _words(0.03),
    "words 10 %": _words(0.10),
    "words 30 %": _words(0.30),
    "inserted paragraphs": _by(edits.insert_paragraphs),
    "deleted paragraphs": _by(edits.delete_paragraphs),
    "swapped paragraphs": _by(edits.swap_paragraphs),
    "split paragraphs": _by(edits.split_paragraphs),
    "merged paragraphs": _by(edits.merge_paragraphs),
    "moved sentences": _by(edits.move_sentences),
    "deleted quotes": _quotes(replaced=False),
    "replaced quotes": _quotes(replaced=True),
    "repeated phrases": _repeats,
    "whole rewrite": _by(edits.rewrite),
    "revert": _revert,
}


# Carrying the marks of a case, and judging where they came to stand.


def texts(essay: Essay, keys: Sequence[str]) -> list[Text]:
    """The paragraphs as the engine reads them."""
    pairs = zip(keys, essay, strict=True)
    return [Text(key, edits.text_of(paragraph)) for key, paragraph in pairs]


def mark_of(essay: Essay, run: Run) -> Mark:
    """The paragraph of a run with the offsets of its words."""
    borders = edits.offsets(essay[run.paragraph])
    if run.whole:
        return run.paragraph, 0, len(edits.text_of(essay[run.paragraph]))
    return run.paragraph, borders[run.start][0], borders[run.end - 1][1]


def anchor_of(old: Sequence[Text], mark: Mark, *, whole: bool) -> Anchor:
    """The anchor of a mark, as the essay's first revision has it."""
    place, start, end = mark
    if whole:
        return Anchor(old[place].key, origin=Origin(old[place].key, None, None, ""))
    at = select(old[place].text, start, end)
    origin = Origin(old[place].key, start, end, at.exact, at.prefix, at.suffix)
    return Anchor(old[place].key, start, end, at.exact, at.prefix, at.suffix, origin)


def carry(case: Case) -> list[tuple[list[Mark], list[Outcome]]]:
    """Where the cascade puts each mark in the new text, with the outcome at every step."""
    counter = iter(range(10**9))
    new_key = lambda: f"new {next(counter)}"  # noqa: E731 - one counter for both steps
    old = texts(case.old, [f"old {place}" for place in range(len(case.old))])
    steps = [case.middle, case.new] if case.middle is not None else [case.new]
    anchors = [anchor_of(old, mark_of(case.old, run), whole=run.whole) for _, run in case.spans]
    parts = [[anchor] for anchor in anchors]
    history: list[list[Outcome]] = [[] for _ in anchors]
    before, earlier = old, list[Text]()
    for step in steps:
        written = [edits.text_of(paragraph) for paragraph in step]
        now = texts(step, paragraph_keys(before, written, earlier=earlier, new_key=new_key))
        carrier = Carrier(Alignment(before, now))
        for at, anchor in enumerate(anchors):
            outcomes = [carrier.carry(part) for part in parts[at]]
            history[at] = outcomes
            parts[at] = _carried(now, parts[at], outcomes, anchor.origin)
        before, earlier = now, [*before, *earlier]
    places = {text.key: place for place, text in enumerate(before)}
    return [
        (
            [
                (
                    places[place.key],
                    place.start or 0,
                    place.end or len(before[places[place.key]].text),
                )
                for outcome in outcomes
                for place in outcome.places
            ],
            outcomes,
        )
        for outcomes in history
    ]


def _carried(
    now: Sequence[Text], parts: Sequence[Anchor], outcomes: Sequence[Outcome], origin: Origin | None
) -> list[Anchor]:
    """The anchors of a mark in the next revision; origin is known to those that stand in one place."""
    by_key = {text.key: text for text in now}
    result = []
    for part, outcome in zip(parts, outcomes, strict=True):
        if not outcome.places:
            result.append(Anchor(None, None, None, part.exact, part.prefix, part.suffix))
        for place in outcome.places:
            if place.start is None or place.end is None:
                result.append(Anchor(place.key))
                continue
            at = select(by_key[place.key].text, place.start, place.end)
            result.append(Anchor(place.key, at.start, at.end, at.exact, at.prefix, at.suffix))
    if len(result) == 1 and origin:
        only = result[0]
        return [
            Anchor(only.key, only.start, only.end, only.exact, only.prefix, only.suffix, origin)
        ]
    return result


def touched(essay: Essay, marks: Sequence[Mark]) -> list[edits.Unit]:
    """The words that the marks lie on."""
    return [
        essay[place][at]
        for place, start, end in marks
        for at, (low, high) in enumerate(edits.offsets(essay[place]))
        if max(low, start) < min(high, end)
    ]


class Judge:
    """Tells right from wrong in one case."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.alive = {unit.number for paragraph in case.new for unit in paragraph} - {None}

    def surviving(self, run: Run) -> set[int | None]:
        """The numbers of the run's words that stand in the new text."""
        words = self.case.old[run.paragraph][run.start : run.end]
        return {unit.number for unit in words} & self.alive

    def verdict(self, run: Run, marks: Sequence[Mark]) -> str:
        """`right`, `wrong`, `orphaned`; where no word survived `false` or `refused`."""
        truth = self.surviving(run)
        if not truth:
            return "false" if marks else "refused"
        if not marks:
            return "orphaned"
        held = {unit.number for unit in touched(self.case.new, marks)} - {None}
        largest = len(truth) if run.whole else max(len(truth), len(held))
        return "right" if 2 * len(held & truth) >= largest else "wrong"


def cases(
    names: Sequence[str], count: int, paragraphs: int, each: int
) -> Iterator[tuple[str, Case]]:
    """The cases of each class, `count` made up and then the supplied ones, if there are any."""
    for name in names:
        for at in range(count):
            rng = random.Random(f"{SEED} {name} {at}")
            essay = edits.numbered(essays.essay(rng, paragraphs))
            yield name, CLASSES[name](rng, essay, each)
        for at, supplied in enumerate(essays.supplied_essays()):
            rng = random.Random(f"{SEED} {name} supplied {at}")
            yield name, CLASSES[name](rng, edits.numbered(supplied), each)


Scores = dict[tuple[str, str, str], Tally]


def measure(
    names: Sequence[str] = tuple(CLASSES),
    *,
    count: int,
    paragraphs: int,
    each: int,
    baselines: bool = False,
) -> Scores:
    """Tallies by way, class and sort of mark."""
    scores: Scores = defaultdict(Tally)
    for name, case in cases(names, count, paragraphs, each):
        judge = Judge(case)
        for (sort, run), (marks, _) in zip(case.spans, carry(case), strict=True):
            scores[OURS, name, sort].add(judge.verdict(run, marks))
        if baselines:
            old = Texts([edits.text_of(one) for one in case.old])
            new = Texts([edits.text_of(one) for one in case.new])
            for way, find in BASELINES.items():
                for sort, run in case.spans:
                    marks = find(old, new, mark_of(case.old, run))
                    scores[way, name, sort].add(judge.verdict(run, marks))
    return scores


def total(
    scores: Scores, *, way: str = OURS, name: str | None = None, sort: str | None = None
) -> Tally:
    """The sum over what is not named."""
    return sum(
        (
            tally
            for (of, in_class, of_sort), tally in scores.items()
            if of == way and name in {None, in_class} and sort in {None, of_sort}
        ),
        Tally(),
    )


def timings(
    anchors: Sequence[int] = (500, 5_000, 50_000), paragraphs: int = 200
) -> dict[int, tuple[float, float]]:
    """Seconds to lay two revisions side by side, and to carry that many anchors across."""
    rng = random.Random(SEED)
    essay = edits.numbered(essays.essay(rng, paragraphs))
    new = edits.move_sentences(rng, edits.edit_words(rng, essay, 0.05))
    old = texts(essay, [str(place) for place in range(len(essay))])
    written = [edits.text_of(paragraph) for paragraph in new]
    found = {}
    for count in anchors:
        marks = edits.spans(rng, essay, count // 5)
        made = [anchor_of(old, mark_of(essay, run), whole=run.whole) for _, run in marks]
        began = time.perf_counter()
        alignment = Alignment(old, texts(new, paragraph_keys(old, written)))
        aligned = time.perf_counter()
        reanchor(alignment, made)
        found[count] = aligned - began, time.perf_counter() - aligned
    return found


def _line(label: str, tally: Tally) -> str:
    shares = [f"{tally.share(verdict):8.2%}" for verdict in ("right", "wrong", "orphaned")]
    false = f"{tally.share('false'):8.2%}" if tally.gone else "       –"
    shown = shares if tally.surviving else ["       –"] * 3
    return f"{label:34}{tally.surviving:8}{''.join(shown)}{tally.gone:8}{false}"


def report(scores: Scores) -> str:
    """The figures as a table."""
    head = f"{'':34}{'marks':>8}{'right':>8}{'wrong':>8}{'orphan':>8}{'gone':>8}{'false':>8}"
    ways = list(dict.fromkeys(way for way, _, _ in scores))
    names = list(dict.fromkeys(name for _, name, _ in scores))
    sorts = list(dict.fromkeys(sort for _, _, sort in scores))
    lines = [head]
    for name in names:
        lines += [_line(f"{name}: {way}", total(scores, way=way, name=name)) for way in ways]
    lines += ["", "All classes"]
    lines += [_line(way, total(scores, way=way)) for way in ways]
    lines += ["", "The cascade, by what was marked"]
    lines += [_line(sort, total(scores, sort=sort)) for sort in sorts]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> None:
    """Print the table and the times."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--essays", type=int, default=30, help="made-up essays for each class")
    parser.add_argument("--paragraphs", type=int, default=25, help="paragraphs of each")
    parser.add_argument("--each", type=int, default=30, help="marks of each sort in each essay")
    parser.add_argument("--no-baselines", action="store_true", help="measure the cascade only")
    parser.add_argument("--no-times", action="store_true", help="leave out the times")
    chosen = parser.parse_args(arguments)
    scores = measure(
        count=chosen.essays,
        paragraphs=chosen.paragraphs,
        each=chosen.each,
        baselines=not chosen.no_baselines,
    )
    sys.stdout.write(report(scores) + "\n")
    if not chosen.no_times:
        sys.stdout.write("\n200 paragraphs: anchors, seconds to align, seconds to carry\n")
        for count, (aligned, carried) in timings().items():
            sys.stdout.write(f"{count:8}{aligned:10.2f}{carried:10.2f}\n")


if __name__ == "__main__":
    main()
