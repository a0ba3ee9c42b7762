"""Grounded semantics: the cautious reading, in which what is not settled stays open.

Dung, "On the acceptability of arguments", Artificial Intelligence 77 (1995), definition 20; as labels in
Modgil & Caminada, "Proof theories and algorithms for abstract argumentation frameworks" (2009), section 4.1.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from annotations.arguments.graph import Framework

NOBODY: Final = -1


class Label(enum.StrEnum):
    """`in`: every attacker is out; `out`: an attacker is in; `undecided`: neither."""

    IN = "in"
    OUT = "out"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Solution:
    """The label of each node, and of those that are out the attacker that settled it, else `NOBODY`.

    That attacker was in before the node was out, so explanations by it are never circular.
    """

    labels: list[Label]
    settled_by: list[int]


def grounded(framework: Framework) -> list[Label]:
    """The grounded labelling, by node. Linear: each attack is followed once at most."""
    return solve(framework).labels


def solve(framework: Framework) -> Solution:
    """The grounded labelling with who settled what; breadth first, so by the fewest steps."""
    attacked = framework.attacked
    waiting = [len(attackers) for attackers in framework.attackers]  # for attackers to be out
    labels = [Label.IN if not count else Label.UNDECIDED for count in waiting]
    settled_by = [NOBODY] * len(waiting)
    work = [node for node, count in enumerate(waiting) if not count]
    for winner in work:
        for loser in attacked[winner]:
            if labels[loser] is Label.OUT:
                continue
            labels[loser] = Label.OUT
            settled_by[loser] = winner
            for freed in attacked[loser]:
                waiting[freed] -= 1
                if not waiting[freed] and labels[freed] is Label.UNDECIDED:
                    labels[freed] = Label.IN
                    work.append(freed)
    return Solution(labels, settled_by)
