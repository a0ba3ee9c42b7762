"""Works that may be one work though their keys differ: the same title and nothing against it."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from annotations.bibliography.csl import short_author, title_of, year_of
from annotations.bibliography.identifiers import plain_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from annotations.bibliography.csl import Item

MOST_PAIRS = 200


def alike(items: Sequence[Item]) -> list[tuple[int, int]]:
    """The places of two items each that look like one work, 200 at most.

    They have the same main title, before any colon, and no other year, author or DOI.
    """
    by_title = defaultdict(list)
    for at, item in enumerate(items):
        title = plain_words(title_of(item).split(":", 1)[0])
        if title:
            by_title[title].append(at)
    pairs = []
    for places in by_title.values():
        for number, one in enumerate(places):
            pairs += [
                (one, other)
                for other in places[number + 1 :]
                if _may_be_one(items[one], items[other])
            ]
            if len(pairs) >= MOST_PAIRS:
                return pairs[:MOST_PAIRS]
    return pairs


def _may_be_one(one: Item, other: Item) -> bool:
    facts = [
        (year_of(one), year_of(other)),
        (plain_words(short_author(one)), plain_words(short_author(other))),
        (str(one.get("DOI", "")).lower(), str(other.get("DOI", "")).lower()),
    ]
    return all(not ours or not theirs or ours == theirs for ours, theirs in facts)
