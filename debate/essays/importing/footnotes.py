"""Footnotes in an HTML tree: which link refers to a note, which element is the note, which link leads back."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice, takewhile
from typing import Final

from lxml import etree

_NOTE_NAMES = re.compile(
    r"^_?(?:sd)?(?:foot|end)?(?:note|ftnt?|edn|fn|en)s?[-_:.]?\d{1,4}(?:sym|anc)?$", re.IGNORECASE
)
# A note is small; what is larger is a section that a table of contents leads to.
_ELEMENTS_OF_A_NOTE: Final = 200
_INLINE: Final = frozenset({"a", "b", "cite", "em", "i", "span", "strong", "sup"})
_HOLDERS: Final = ("li", "p", "div", "aside", "dd", "tr", "section")


@dataclass
class Footnotes:
    """`references` and `blocks` map elements to the note's label; `back_links` lead from a note to its place."""

    references: dict[etree._Element, str] = field(default_factory=dict)
    blocks: dict[etree._Element, str] = field(default_factory=dict)
    back_links: set[etree._Element] = field(default_factory=set)

    @property
    def labels(self) -> list[str]:
        return list(self.blocks.values())

    def inside(self, element: etree._Element) -> bool:
        """Whether `element` is a note or stands inside one."""
        return element in self.blocks or any(
            ancestor in self.blocks for ancestor in element.iterancestors()
        )

    def within(self, element: etree._Element) -> bool:
        """Whether `element` holds a note."""
        return any(part in self.blocks for part in element.iter())


def find(root: etree._Element) -> Footnotes:
    """Every link to another place of `root` that is a note: it links back, or its name says so."""
    places = _places(root)
    order = {element: position for position, element in enumerate(root.iter())}
    notes = Footnotes()
    for link, target in _inner_links(root, places):
        holder = _holder(target)
        if link in notes.back_links or holder is None or order[holder] <= order[link]:
            continue
        if len(list(islice(holder.iter(), _ELEMENTS_OF_A_NOTE))) == _ELEMENTS_OF_A_NOTE:
            continue
        back = [other for other, goal in _inner_links(holder, places) if _near(goal, link)]
        if back or _NOTE_NAMES.match(link.get("href", "")[1:]):
            _add(notes, link, holder, back)
    return notes


def _add(
    notes: Footnotes,
    link: etree._Element,
    holder: etree._Element,
    back: list[etree._Element],
) -> None:
    known = notes.blocks.get(holder)
    label = known or _free_label(link, set(notes.labels))
    notes.blocks[holder] = label
    # The number may stand inside a `sup`; both go, and one reference in its place.
    notes.references[link] = label
    notes.back_links.update(back)


def _free_label(link: etree._Element, taken: set[str]) -> str:
    label = re.sub(r"[^\w-]+", "", "".join(link.itertext()))[:40]
    number = len(taken) + 1
    while not label or label in taken:
        label = str(number)
        number += 1
    return label


def _places(root: etree._Element) -> dict[str, etree._Element]:
    places: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        for name in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if name:
                places.setdefault(name, element)
    return places


def _inner_links(
    root: etree._Element, places: dict[str, etree._Element]
) -> Iterator[tuple[etree._Element, etree._Element]]:
    for link in root.iter("a"):
        href = link.get("href", "")
        if href.startswith("#") and href[1:] in places:
            yield link, places[href[1:]]


def _holder(target: etree._Element) -> etree._Element | None:
    """The element that holds the whole note whose anchor is `target`."""
    if target.tag in _HOLDERS:
        return target
    holder = next(target.iterancestors(*_HOLDERS), None)
    if holder is not None and holder.tag == "p":
        outer = holder.getparent()
        if outer is not None and outer.tag in {"li", "div"} and _one_note(outer):
            return outer
    return holder


def _one_note(element: etree._Element) -> bool:
    """Whether `element` is made for a single note, as Word and Google Docs do."""
    return bool(_NOTE_NAMES.match(element.get("id", ""))) or "mso-element:footnote" in element.get(
        "style", ""
    )


def _near(goal: etree._Element, link: etree._Element) -> bool:
    around = takewhile(lambda element: element.tag in _INLINE, link.iterancestors())
    return goal is link or goal in around or link in goal.iterancestors()
