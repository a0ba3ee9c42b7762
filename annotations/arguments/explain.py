"""Labels of a debate's elements, and why each has its own.

Labelling is linear in the debate; so are all explanations together, since what several of them need (the answer
to a challenger, the circle that leaves an element undecided) is found once.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from annotations.arguments.graph import (
    AttackKind,
    UnknownReference,
    compile_debate,
    directions,
)
from annotations.arguments.pivots import pivots
from annotations.arguments.semantics import NOBODY, Label, solve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotations.arguments.graph import Attack, Debate, Framework, HouseRules, Inference
    from annotations.arguments.semantics import Solution

UNANSWERED: Final[tuple[str | None, bool]] = (None, False)

__all__ = [
    "Challenge",
    "ClaimStanding",
    "Labelling",
    "Standing",
    "Why",
    "changed_labels",
    "dropped",
    "label_debate",
    "pivots",
]


# Challenges and explanations are not frozen: a large page makes thousands, and frozen ones take thrice the time.


@dataclass(slots=True)
class Challenge:
    """An attack on an element, seen from the element.

    `source` is the challenging claim and `label` its label. Where that is `out`, either `answered_by` is the id
    of the attack that settled it, or `reason_falls`: it carries a burden and no reason for it stands.
    `returned` challenges were made by the element itself: a rebuttal that goes both ways.
    """

    attack: str
    kind: AttackKind
    source: str
    label: Label
    answered_by: str | None = None
    reason_falls: bool = False
    returned: bool = False

    @property
    def is_open(self) -> bool:
        """Whether somebody made it, and nobody answered it."""
        return self.label is not Label.OUT and not self.returned


@dataclass(slots=True)
class Why:
    """Why an element has its label.

    `in`: each of the `challenges` says what answers it. `out`: some of them are `standing`, or the claim has a
    `missing_reason` (a burden, and no reason stands), or the step has `fallen` premises. `undecided`: `cycle`
    holds ids of which each bears on the next and the last on the first, and which leave the element open.
    """

    label: Label
    challenges: tuple[Challenge, ...] = ()
    missing_reason: bool = False
    fallen: tuple[str, ...] = ()
    cycle: tuple[str, ...] = ()

    @property
    def standing(self) -> tuple[Challenge, ...]:
        """The challenges whose source is in."""
        return tuple(one for one in self.challenges if one.label is Label.IN)


class Standing(enum.StrEnum):
    """What became of a claim: nobody challenged it, a challenge is open, all are answered, all were given up."""

    NEVER_CHALLENGED = "never_challenged"
    UNANSWERED = "unanswered"
    ANSWERED = "answered"
    CONCEDED = "conceded"


@dataclass(frozen=True, slots=True)
class ClaimStanding:
    """What became of a claim: open challenges to itself, and to its reasons (their step, their passage)."""

    standing: Standing
    open_challenges: int
    open_on_reasons: int


class Labelling:
    """The labels of a debate under rules; `labels` has claims, premises and inferences by id."""

    def __init__(
        self, debate: Debate, rules: HouseRules, framework: Framework, solution: Solution
    ) -> None:
        self.debate = debate
        self.rules = rules
        self.labels = dict(zip(framework.index, solution.labels, strict=False))
        self._framework = framework
        self._solution = solution

    def why(self, element: str) -> Why:
        """Why a claim, premise or inference has its label; `UnknownReference` for anything else."""
        label = self._label(element)
        challenges = self._challenges(element)
        if label is Label.UNDECIDED:
            return Why(label, challenges, cycle=self._cycles[self._framework.index[element]])
        if label is Label.OUT:
            return Why(label, challenges, self._lacks_reason(element), self._fallen(element))
        return Why(label, challenges)

    def open_challenges(self, element: str) -> tuple[Challenge, ...]:
        """The challenges made to an element and not answered; `UnknownReference` for an unknown one."""
        self._label(element)
        return tuple(one for one in self._challenges(element) if one.is_open)

    def _label(self, element: str) -> Label:
        if element not in self.labels:
            raise UnknownReference(f"{element} has no label here.", element)
        return self.labels[element]

    @cached_property
    def _incoming(self) -> dict[str, list[tuple[Attack, str, bool]]]:
        """By element, the attacks on it, with their source there, and whether that is a returned one."""
        incoming: dict[str, list[tuple[Attack, str, bool]]] = {}
        for attack in self.debate.standing_attacks():
            for source, target in directions(attack, self.rules):
                incoming.setdefault(target, []).append((attack, source, target != attack.target))
        return incoming

    @cached_property
    def _steps(self) -> dict[str, Inference]:
        return {inference.id: inference for inference in self.debate.inferences}

    @cached_property
    def _cycles(self) -> list[tuple[str, ...]]:
        return cycles(self._framework, self._solution.labels)

    def _challenges(self, element: str) -> tuple[Challenge, ...]:
        incoming = self._incoming.get(element)
        if not incoming:
            return ()
        labels, answers = self.labels, self._answers
        challenges = []
        for attack, source, returned in incoming:
            label = labels[source]
            by, falls = answers[source] if label is Label.OUT else UNANSWERED
            challenges.append(Challenge(attack.id, attack.kind, source, label, by, falls, returned))
        return tuple(challenges)

    @cached_property
    def _answers(self) -> dict[str, tuple[str | None, bool]]:
        """By claim that is out and challenges something, what settled it."""
        sources = {source for attacks in self._incoming.values() for _, source, _ in attacks}
        return {one: self._settled(one) for one in sources if self.labels[one] is Label.OUT}

    def _settled(self, claim: str) -> tuple[str | None, bool]:
        """The attack that settled a claim that is out, or else that it fell for want of a reason."""
        winner = self._solution.settled_by[self._framework.index[claim]]
        if winner >= len(self.labels):  # only want of a reason is an auxiliary attacker of claims
            return None, True
        name = self._framework.nodes[winner]
        found = (attack.id for attack, source, _ in self._incoming[claim] if source == name)
        return next(found), False

    def _lacks_reason(self, element: str) -> bool:
        if element in self._steps:
            return False
        index = self._framework.index[element]
        needs = [one for one in self._framework.attackers[index] if one >= len(self.labels)]
        return any(self._solution.labels[need] is Label.IN for need in needs)

    def _fallen(self, element: str) -> tuple[str, ...]:
        if element not in self._steps:
            return ()
        premises = self._steps[element].premises
        return tuple(premise for premise in premises if self.labels[premise] is Label.OUT)


def label_debate(debate: Debate, rules: HouseRules) -> Labelling:
    """Labels by grounded semantics; raises `ArgumentError` as `compile_debate` does."""
    framework = compile_debate(debate, rules)
    return Labelling(debate, rules, framework, solve(framework))


def changed_labels(
    debate: Debate, rules_a: HouseRules, rules_b: HouseRules
) -> dict[str, tuple[Label, Label]]:
    """What another rule would change: the ids whose labels differ, with both labels."""
    before = label_debate(debate, rules_a).labels
    after = label_debate(debate, rules_b).labels
    return {
        element: (label, after[element])
        for element, label in before.items()
        if label is not after[element]
    }


def dropped(debate: Debate, labelling: Labelling) -> dict[str, ClaimStanding]:
    """What became of each claim. Only attacks that somebody made on it count, not its own rebuttals returned.

    It is conceded where there were challenges and the author of each has given it up. Undercuts of its reasons,
    and underminings of the passages they rest on, are counted apart: the claim itself is not challenged.
    """
    live = {claim.id: 0 for claim in debate.claims}
    still_open = dict.fromkeys(live, 0)
    on_reasons = dict.fromkeys(live, 0)
    carried = _carried(debate)
    for attack in debate.standing_attacks():
        is_open = labelling.labels[attack.source] is not Label.OUT
        if attack.target in live:
            live[attack.target] += 1
            still_open[attack.target] += is_open
        for claim in carried.get(attack.target, ()):
            on_reasons[claim] += is_open
    given_up = {attack.target for attack in debate.attacks if attack.id in debate.conceded}
    return {
        claim: ClaimStanding(
            _standing(live[claim], still_open[claim], given_up=claim in given_up),
            still_open[claim],
            on_reasons[claim],
        )
        for claim in live
    }


def _standing(live: int, still_open: int, *, given_up: bool) -> Standing:
    if still_open:
        return Standing.UNANSWERED
    if live:
        return Standing.ANSWERED
    return Standing.CONCEDED if given_up else Standing.NEVER_CHALLENGED


def _carried(debate: Debate) -> dict[str, dict[str, None]]:
    """By inference and by premise that is no claim, the claims that it carries."""
    own = set(debate.premises)
    carried: dict[str, dict[str, None]] = {}
    for inference in debate.inferences:
        for part in (inference.id, *own.intersection(inference.premises)):
            carried.setdefault(part, {})[inference.conclusion] = None
    return carried


def cycles(framework: Framework, labels: Sequence[Label]) -> list[tuple[str, ...]]:
    """For each undecided node the debate's elements on a circle that leaves it so; () for the others.

    Where two attack each other, that is the circle. Else it is the one that is come to by going back from
    attacker to undecided attacker, of which every undecided node has one. Linear.
    """
    found: list[tuple[str, ...] | None] = [
        None if label is Label.UNDECIDED else () for label in labels
    ]
    back = [NOBODY] * len(labels)
    for node, mutual, attacker in _undecided(framework, labels):
        back[node] = attacker
        if mutual != NOBODY:
            found[node] = _names(framework, (mutual, node))
    for start, known in enumerate(found):
        if known is None:
            _go_back(framework, back, found, start)
    return [cycle or () for cycle in found]


def _undecided(framework: Framework, labels: Sequence[Label]) -> Iterator[tuple[int, int, int]]:
    """Each undecided node with an undecided attacker that it attacks, if any, and its first undecided one."""
    mark = [NOBODY] * len(labels)
    for node, label in enumerate(labels):
        if label is not Label.UNDECIDED:
            continue
        for target in framework.attacked[node]:
            mark[target] = node
        attackers = [one for one in framework.attackers[node] if labels[one] is Label.UNDECIDED]
        yield node, next((one for one in attackers if mark[one] == node), NOBODY), attackers[0]


def _go_back(
    framework: Framework,
    back: Sequence[int],
    found: list[tuple[str, ...] | None],
    start: int,
) -> None:
    """Find the circle of a node, and with it that of all on the way."""
    path: list[int] = []
    place: dict[int, int] = {}
    at = start
    while found[at] is None and at not in place:
        place[at] = len(path)
        path.append(at)
        at = back[at]
    cycle = found[at]
    if cycle is None:
        cycle = _names(framework, reversed(path[place[at] :]))
    for node in path:
        found[node] = cycle


def _names(framework: Framework, nodes: Iterable[int]) -> tuple[str, ...]:
    """The names of those nodes that are the debate's own."""
    own = len(framework.index)
    return tuple(framework.nodes[node] for node in nodes if node < own)
