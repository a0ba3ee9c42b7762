"""What is wrong with a file: the rule it breaks, where, and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_FAULTS = 100

RULES = {
    0: "The file has the shape of its format, with ids that name one thing each.",
    1: "Propositions and locutions are joined through a node between them.",
    2: "RA, CA, MA, PA and YA nodes have one edge out and at least one in.",
    3: "Edges join kinds of nodes that the format lets meet.",
    4: "Nothing supports or attacks itself, and no premise is given twice in one step.",
    5: "Locutions name an L node, and a person who takes part.",
    6: "Both ends of each edge, and all else that is named, are in the file.",
    7: "What is taken in fits the debate map.",
}
"""The rules by number, as the guide to exchange lists them."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: `rule` a key of `RULES`, `place` the node, the edge or a JSON pointer."""

    rule: int
    place: str
    sentence: str


class Refused(Exception):
    """The file is refused as a whole. `faults` lists the first of `count`, by rule and place."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        found = list(dict.fromkeys(faults))
        self.count = len(found)
        self.faults = tuple(sorted(found, key=lambda fault: fault.rule)[:MOST_FAULTS])
        super().__init__(f"{self.count} faults, first {self.faults[0]}")


def refuse_if(faults: Iterable[Fault]) -> None:
    """Raise Refused when there is any fault."""
    found = list(faults)
    if found:
        raise Refused(found)
