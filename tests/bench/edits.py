"""Edits of an essay that know what they do: each word carries its number through every change.

What became of a word is read from its number, never from a comparison of texts.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from tests.bench import essays

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Sequence

STOPS = (".", "?", "!", ".”", ".)")
_CORE = re.compile(r"\w(?:.*\w)?", re.DOTALL)


class Unit(NamedTuple):
    """A word with the signs that touch it, and its number in the first text; None for a new one."""

    number: int | None
    text: str


Paragraph = tuple[Unit, ...]
Essay = tuple[Paragraph, ...]


class Run(NamedTuple):
    """Words of one paragraph of an essay, half-open; `whole` when the paragraph itself is meant."""

    paragraph: int
    start: int
    end: int
    whole: bool = False


@dataclass(frozen=True)
class Case:
    """An essay, what it became, and the runs of it to be carried; `middle` stood in between."""

    old: Essay
    new: Essay
    spans: tuple[tuple[str, Run], ...]
    middle: Essay | None = None


def numbered(paragraphs: Iterable[str]) -> Essay:
    """The essay with its words numbered from 0."""
    count = itertools.count()
    return tuple(tuple(Unit(next(count), word) for word in text.split()) for text in paragraphs)


def text_of(paragraph: Paragraph) -> str:
    """The plain text."""
    return " ".join(unit.text for unit in paragraph)


def offsets(paragraph: Paragraph) -> list[tuple[int, int]]:
    """Where each word begins and ends in the text, without the signs around it."""
    found = []
    at = 0
    for unit in paragraph:
        core = _CORE.search(unit.text)
        low, high = core.span() if core else (0, len(unit.text))
        found.append((at + low, at + high))
        at += len(unit.text) + 1
    return found


def sentences(paragraph: Paragraph) -> list[tuple[int, int]]:
    """The sentences of a paragraph as runs of its words."""
    ends = [at + 1 for at, unit in enumerate(paragraph) if unit.text.endswith(STOPS)]
    if not ends or ends[-1] != len(paragraph):
        ends.append(len(paragraph))
    return list(itertools.pairwise([0, *ends]))


# What a reader marks.


def spans(rng: random.Random, essay: Essay, each: int) -> tuple[tuple[str, Run], ...]:
    """That many runs of each sort: words, phrases, sentences, across sentences, whole paragraphs."""
    makers: dict[str, Callable[[random.Random, int, Paragraph], Run]] = {
        "word": _word,
        "phrase": _phrase,
        "sentence": _sentence,
        "across": _across,
        "paragraph": lambda _, place, words: Run(place, 0, len(words), whole=True),
    }
    found = []
    for sort, make in makers.items():
        for _ in range(each):
            place = rng.randrange(len(essay))
            found.append((sort, make(rng, place, essay[place])))
    return tuple(found)


def _word(rng: random.Random, place: int, words: Paragraph) -> Run:
    at = rng.randrange(len(words))
    return Run(place, at, at + 1)


def _phrase(rng: random.Random, place: int, words: Paragraph) -> Run:
    size = min(len(words), rng.randint(2, 6))
    at = rng.randrange(len(words) - size + 1)
    return Run(place, at, at + size)


def _sentence(rng: random.Random, place: int, words: Paragraph) -> Run:
    return Run(place, *rng.choice(sentences(words)))


def _across(rng: random.Random, place: int, words: Paragraph) -> Run:
    inner = [end for _, end in sentences(words)[:-1]]
    if not inner:
        return _phrase(rng, place, words)
    border = rng.choice(inner)
    start, end = border - rng.randint(1, 8), border + rng.randint(1, 8)
    return Run(place, max(0, start), min(len(words), end))


# What an editor does. Each takes an essay and gives another.


def edit_words(rng: random.Random, essay: Essay, share: float) -> Essay:
    """That share of the words replaced, taken out, or followed by a new one."""
    return tuple(
        edited
        for paragraph in essay
        if (edited := tuple(_edited(rng, paragraph, share)))  # a paragraph without words is none
    )


def _edited(rng: random.Random, paragraph: Paragraph, share: float) -> Iterable[Unit]:
    for unit in paragraph:
        if rng.random() >= share:
            yield unit
            continue
        how = rng.random()
        if how < 0.5:
            yield Unit(None, _other(rng, unit.text))
        elif how < 0.75:
            yield unit
            yield Unit(None, essays.word(rng))


def _other(rng: random.Random, model: str) -> str:
    """Another word, with the signs and the capital of the one it replaces."""
    core = _CORE.search(model)
    word = essays.word(rng)
    if core is None:
        return word
    while word == core.group().lower():
        word = essays.word(rng)
    if core.group()[0].isupper():
        word = word.capitalize()
    return model[: core.start()] + word + model[core.end() :]


def _new_paragraph(rng: random.Random) -> Paragraph:
    return tuple(Unit(None, word) for word in essays.paragraph(rng).split())


def insert_paragraphs(rng: random.Random, essay: Essay) -> Essay:
    """A fifth more paragraphs."""
    result = list(essay)
    for _ in range(max(1, len(essay) // 5)):
        result.insert(rng.randint(0, len(result)), _new_paragraph(rng))
    return tuple(result)


def delete_paragraphs(rng: random.Random, essay: Essay) -> Essay:
    """A fifth of the paragraphs gone."""
    gone = set(rng.sample(range(len(essay)), max(1, len(essay) // 5)))
    return tuple(paragraph for place, paragraph in enumerate(essay) if place not in gone)


def swap_paragraphs(rng: random.Random, essay: Essay) -> Essay:
    """Pairs of paragraphs in one another's place."""
    result = list(essay)
    for _ in range(max(1, len(essay) // 5)):
        here, there = rng.sample(range(len(result)), 2)
        result[here], result[there] = result[there], result[here]
    return tuple(result)


def split_paragraphs(rng: random.Random, essay: Essay) -> Essay:
    """Half of the paragraphs parted after one of their sentences, and 3 % of the words edited."""
    result: list[Paragraph] = []
    for paragraph in essay:
        inner = [end for _, end in sentences(paragraph)[:-1]]
        if inner and rng.random() < 0.5:
            border = rng.choice(inner)
            result += [paragraph[:border], paragraph[border:]]
        else:
            result.append(paragraph)
    return edit_words(rng, tuple(result), 0.03)


def merge_paragraphs(rng: random.Random, essay: Essay) -> Essay:
    """Half of the paragraphs joined to the one before, and 3 % of the words edited."""
    result: list[Paragraph] = []
    for paragraph in essay:
        if result and rng.random() < 0.5:
            result[-1] += paragraph
        else:
            result.append(paragraph)
    return edit_words(rng, tuple(result), 0.03)


def move_sentences(rng: random.Random, essay: Essay) -> Essay:
    """A tenth of the sentences in another place of the essay, and 3 % of the words edited."""
    kept: list[list[Paragraph]] = []
    moving: list[Paragraph] = []
    for paragraph in essay:
        own = [paragraph[start:end] for start, end in sentences(paragraph)]
        kept.append([])
        for one in own:
            (moving if len(own) > 1 and rng.random() < 0.1 else kept[-1]).append(one)
    for one in moving:
        target = rng.choice(kept)
        target.insert(rng.randint(0, len(target)), one)
    whole = tuple(tuple(itertools.chain(*own)) for own in kept if own)
    return edit_words(rng, whole, 0.03)


def rewrite(rng: random.Random, essay: Essay) -> Essay:
    """As many paragraphs, all of them new."""
    return tuple(_new_paragraph(rng) for _ in essay)


def take_out(
    rng: random.Random, essay: Essay, runs: Sequence[Run], *, replaced: bool = False
) -> Essay:
    """The runs gone, or other words in their place."""
    gone = {(run.paragraph, at): run for run in runs for at in range(run.start, run.end)}
    result = []
    for place, paragraph in enumerate(essay):
        words: list[Unit] = []
        for at, unit in enumerate(paragraph):
            if (place, at) not in gone:
                words.append(unit)
            elif replaced:
                words.append(Unit(None, _other(rng, unit.text)))
        if words:
            result.append(tuple(words))
    return tuple(result)
