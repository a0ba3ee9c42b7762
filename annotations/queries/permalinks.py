"""Links to a paragraph or to words: they name a revision, and lead to where those words stand now.

`?rev=2&words=4:12-40;5:0-9#p-4` means these code points of the paragraphs 4 and 5 of revision 2,
`words=4` the whole of paragraph 4. Where the essay has been revised since, the link leads to the same
words in the revision that is shown; when any of them is gone, to the revision that has them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from rapidfuzz.distance import Prefix

from annotations import selectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from debate.assignments.models import Assignment
    from debate.essays.models import Paragraph, Revision

_PART = re.compile(r"(\d{1,5})(?::(\d{1,6})-(\d{1,6}))?", re.ASCII)
_PARTS = re.compile(rf"{_PART.pattern}(?:;{_PART.pattern}){{0,19}}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """Words of a paragraph, or the whole of it when there are no offsets."""

    number: int
    start: int | None = None
    end: int | None = None

    def __str__(self) -> str:
        return f"{self.number}" if self.start is None else f"{self.number}:{self.start}-{self.end}"


def where_now(assignment: Assignment, query: Mapping[str, str]) -> str | None:
    """The address to which a link of an earlier revision leads; None for any other link.

    Takes no query for a link of the revision that is shown.
    """
    number = query.get("rev", "")
    if not re.fullmatch(r"\d{1,5}", number, re.ASCII):
        return None
    if int(number) >= assignment.revision.number:
        return None
    earlier = assignment.essay.revisions.filter(number=int(number)).first()
    if earlier is None:
        return None
    parts = _parts(query.get("words", ""))
    if moved := _moved(parts, earlier, assignment.revision):
        return assignment.get_absolute_url() + _link(assignment.revision, moved)
    place = [assignment.seminar.slug, assignment.slug, earlier.number]
    return reverse("annotations:revision", args=place) + _link(earlier, parts)


def _parts(words: str) -> list[Part]:
    """What `words` names; nothing when any of it is off."""
    if not _PARTS.fullmatch(words):
        return []
    return [
        Part(int(number), int(start), int(end)) if start else Part(int(number))
        for number, start, end in _PART.findall(words)
    ]


def _moved(parts: list[Part], earlier: Revision, shown: Revision) -> list[Part]:
    """The parts as they stand in the revision that is shown; nothing when any of them is gone."""
    numbers = {part.number for part in parts}
    then = {one.number: one for one in earlier.paragraphs.filter(number__in=numbers)}
    keys = [one.key for one in then.values()]
    now = {one.key: one for one in shown.paragraphs.filter(key__in=keys).exclude(number=None)}
    moved = [
        _in_text(part, then[part.number], now[then[part.number].key])
        for part in parts
        if part.number in then and then[part.number].key in now
    ]
    there = [part for part in moved if part]
    return there if len(there) == len(parts) else []


def _in_text(part: Part, then: Paragraph, now: Paragraph) -> Part | None:
    """The part in the paragraph as it reads now: the place with the most alike around it."""
    number = now.number or 0
    if part.start is None or part.end is None:
        return Part(number)
    words = then.text[part.start : part.end]
    there = _around(then.text, part.start, part.end)
    places = selectors.places(now.text, words)
    found = max(
        places,
        key=lambda place: _likeness(there, _around(now.text, place.start, place.end)),
        default=None,
    )
    return Part(number, found.start, found.end) if found else None


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    """What stands before the words, read backwards, and what stands after them."""
    return text[max(0, start - selectors.CONTEXT) : start][::-1], text[end:][: selectors.CONTEXT]


def _likeness(one: tuple[str, str], other: tuple[str, str]) -> int:
    return sum(Prefix.similarity(*pair) for pair in zip(one, other, strict=True))


def _link(revision: Revision, parts: list[Part]) -> str:
    """The rest of the address: which revision, which words, and the paragraph they begin in."""
    if not parts:
        return ""
    words = ";".join(str(part) for part in parts)
    return f"?rev={revision.number}&words={words}#p-{parts[0].number}"
