"""How fast debates are labelled and explained: `python -m tests.bench.arguments`.

Debates come from seeds. A third of the elements are reasons (a step, or a step from a passage), the others are
claims; each but the first attacks something, sometimes two things; four rebuttals in ten go one way, one claim
in ten carries a burden. Timed is all that a page needs, from the rows: the framework, the labels, and `why` of
every element. Pivots are timed apart, with each claim and each reason as an annotation.
"""

from __future__ import annotations

import random
import sys
import time
from typing import TYPE_CHECKING

from annotations.arguments import (
    Attack,
    AttackKind,
    Claim,
    Debate,
    HouseRules,
    Inference,
    label_debate,
    pivots,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SEED = 1963
RULES = HouseRules(burden_of_proof=True)
SIZES = (1_000, 10_000, 100_000)
REPEATS = 5


def debate_of(size: int, seed: int = SEED) -> Debate:
    """A made-up debate with so many claims, steps and passages together; the first claim is the thesis."""
    rng = random.Random(seed)
    steps = size // 6
    passages = steps // 2
    claims = size - steps - passages
    names = [f"c{number}" for number in range(claims)]
    inferences = [
        _step(rng, names, number, f"e{number}" if number < passages else "")
        for number in range(steps)
    ]
    premises = [premise for one in inferences for premise in one.premises]
    attacks = [
        _attack(rng, names, premises, steps, at) for at in range(1, claims) for _ in range(2)
    ]
    return Debate(
        tuple(Claim(name, burden=rng.random() < 0.1) for name in names),
        tuple(inferences),
        tuple(
            Attack(f"a{number}", *attack)
            for number, attack in enumerate(attacks)
            if attack[1] != attack[2] and (number % 2 == 0 or rng.random() < 0.2)
        ),
        tuple(f"e{number}" for number in range(passages)),
    )


def _step(rng: random.Random, names: list[str], number: int, passage: str) -> Inference:
    """A reason for an earlier claim, from a passage or from one or two later claims."""
    at = rng.randrange(len(names) - 2)
    later = [names[rng.randrange(at + 1, len(names))] for _ in range(2)]
    return Inference(
        f"i{number}", (passage,) if passage else tuple(dict.fromkeys(later)), names[at]
    )


def _attack(
    rng: random.Random, names: list[str], premises: list[str], steps: int, at: int
) -> tuple[AttackKind, str, str, bool]:
    """What a claim attacks: mostly one of the claims of the last while."""
    kind = rng.choices(list(AttackKind), (6, 2, 2))[0]
    target = {
        AttackKind.REBUTS: lambda: names[rng.randrange(max(0, at - 50), at)],
        AttackKind.UNDERMINES: lambda: rng.choice(premises),
        AttackKind.UNDERCUTS: lambda: f"i{rng.randrange(steps)}",
    }[kind]()
    return kind, names[at], target, rng.random() < 0.4


def explain_all(debate: Debate) -> int:
    """Label a debate and explain every element; how many there are."""
    labelling = label_debate(debate, RULES)
    return len([labelling.why(element) for element in labelling.labels])


def find_pivots(debate: Debate) -> int:
    """How many claims and steps, each withdrawn alone, flip the thesis."""
    names = [claim.id for claim in debate.claims[1:]]
    names += [inference.id for inference in debate.inferences]
    return len(pivots(debate, RULES, "c0", {name: frozenset({name}) for name in names}))


def milliseconds(work: Callable[[Debate], int], debate: Debate, repeats: int = REPEATS) -> float:
    """The best of several runs."""
    best = float("inf")
    for _ in range(repeats):
        began = time.perf_counter()
        work(debate)
        best = min(best, time.perf_counter() - began)
    return best * 1000


def main() -> None:
    """Print elements, attacks, and the times."""
    head = f"{'elements':>10}{'attacks':>10}{'labels and why, ms':>20}{'pivots, ms':>12}\n"
    sys.stdout.write(head)
    for size in SIZES:
        debate = debate_of(size)
        explained = milliseconds(explain_all, debate)
        line = f"{size:10}{len(debate.attacks):10}{explained:20.1f}"
        if size <= SIZES[1]:
            line += f"{milliseconds(find_pivots, debate, 1):12.1f}"
        sys.stdout.write(line + "\n")


if __name__ == "__main__":
    main()
