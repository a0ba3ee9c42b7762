"""What to discuss in the last twenty minutes: on which annotations the state of the thesis turns.

The debate is labelled once. For each withdrawal the labels that were derived by way of what goes are taken back,
and what can be is derived again (delete and rederive: Gupta, Mumick & Subrahmanian, "Maintaining views
incrementally", SIGMOD 1993), only among the nodes that the thesis depends on. So the work is that of the labels
that change, not of the whole debate.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from annotations.arguments.graph import (
    AttackKind,
    UnknownReference,
    compile_debate,
    directions,
)
from annotations.arguments.semantics import Label, solve

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from annotations.arguments.graph import Debate, Framework, HouseRules


def pivots(
    debate: Debate,
    rules: HouseRules,
    thesis_id: str,
    removable: Mapping[str, frozenset[str]],
) -> tuple[str, ...]:
    """The annotations whose withdrawal would give the thesis another label, in the order of `removable`.

    `removable` has by annotation the ids of the elements that go with it; what hangs on those goes too, as
    `without` says. Ids that are not in the debate are passed over; a withdrawal that takes the thesis itself
    away is no pivot. Raises `ArgumentError` for a faulty debate or a thesis that is no claim of it.
    """
    if all(claim.id != thesis_id for claim in debate.claims):
        raise UnknownReference(f"The thesis {thesis_id} is no claim here.", thesis_id)
    framework = compile_debate(debate, rules)
    scan = _Scan(framework, framework.index[thesis_id])
    removal = _Removal(debate, rules, framework)
    return tuple(
        annotation
        for annotation, elements in removable.items()
        if thesis_id not in elements and scan.flips(*removal.of(elements))
    )


class _Removal:
    """Which nodes, and which attacks between others, a withdrawal takes out of the framework."""

    def __init__(self, debate: Debate, rules: HouseRules, framework: Framework) -> None:
        self.framework = framework
        self.own = set(debate.premises)
        self.inferences = {inference.id: inference for inference in debate.inferences}
        self.attacks = {attack.id: attack for attack in debate.standing_attacks()}
        self.pairs = {one.id: directions(one, rules) for one in self.attacks.values()}
        self.holding = Counter(pair for pairs in self.pairs.values() for pair in pairs)
        self.uses: Counter[str] = Counter()
        self.on: dict[str, list[str]] = defaultdict(list)  # inferences, by premise and conclusion
        for inference in debate.inferences:
            self.uses.update(inference.premises)
            for part in (*inference.premises, inference.conclusion):
                self.on[part].append(inference.id)
        self.undermining: dict[str, list[str]] = defaultdict(list)
        for attack in self.attacks.values():
            if attack.kind is AttackKind.UNDERMINES and attack.target not in self.own:
                self.undermining[attack.target].append(attack.id)

    def of(self, elements: Collection[str]) -> tuple[set[int], set[tuple[int, int]]]:
        """The numbers of the nodes that go, and the other attacks that do."""
        index = self.framework.index
        inferences = {one for one in elements if one in self.inferences}
        inferences.update(step for one in elements for step in self.on.get(one, ()))
        gone = {index[one] for one in inferences.union(elements) if one in index}
        freed = Counter(premise for one in inferences for premise in self.inferences[one].premises)
        attacks = {one for one in elements if one in self.attacks}
        for premise, count in freed.items():
            if count == self.uses[premise]:
                attacks.update(self.undermining.get(premise, ()))
        left = Counter(pair for attack in attacks for pair in self.pairs[attack])
        return gone, {
            (index[source], index[target])
            for (source, target), count in left.items()
            if count == self.holding[source, target]
        }


class _Scan:
    """Labels of the thesis without some nodes and attacks."""

    def __init__(self, framework: Framework, thesis: int) -> None:
        solution = solve(framework)
        self.attackers, self.attacked = framework.attackers, framework.attacked
        self.thesis = thesis
        self.labels, self.settled_by = solution.labels, solution.settled_by
        self.near = _before(framework.attackers, thesis)

    def flips(self, nodes: set[int], attacks: set[tuple[int, int]]) -> bool:
        """Whether the thesis has another label without them."""
        lost = [(node, target) for node in nodes for target in self.attacked[node]]
        lost += attacks
        lost = [pair for pair in lost if pair[1] in self.near and pair[1] not in nodes]
        trial = _Trial(self, nodes, attacks)
        trial.retract(lost)
        trial.derive(target for _, target in lost)
        return trial.label(self.thesis) is not self.labels[self.thesis]


class _Trial:
    """The labels after one withdrawal, as differences from those before."""

    def __init__(self, scan: _Scan, nodes: set[int], attacks: set[tuple[int, int]]) -> None:
        self.scan = scan
        self.nodes = nodes
        self.attacks = attacks
        self.changed: dict[int, Label] = {}
        self.waiting: dict[int, int] = {}  # for attackers to be out; of nodes that were asked for
        self.work: list[tuple[int, Label]] = []

    def label(self, node: int) -> Label:
        """The label of a node now."""
        return self.changed.get(node) or self.scan.labels[node]

    def targets(self, node: int) -> Iterator[int]:
        """What a node attacks still, as far as the thesis depends on it."""
        for one in self.scan.attacked[node]:
            if one in self.scan.near and one not in self.nodes and (node, one) not in self.attacks:
                yield one

    def retract(self, lost: Iterable[tuple[int, int]]) -> None:
        """Leave undecided whatever was derived by way of the attacks that are lost."""
        labels, settled_by = self.scan.labels, self.scan.settled_by
        work = [target for source, target in lost if settled_by[target] == source]
        self.changed.update(dict.fromkeys(work, Label.UNDECIDED))
        for node in work:
            for one in self.targets(node):
                rests = labels[one] is Label.IN or settled_by[one] == node
                if rests and one not in self.changed:
                    self.changed[one] = Label.UNDECIDED
                    work.append(one)

    def derive(self, targets: Iterable[int]) -> None:
        """Label what can be labelled again, or now; labels only grow from here."""
        for node in dict.fromkeys((*self.changed, *targets)):
            if self.label(node) is Label.UNDECIDED:
                self._consider(node)
        for node, label in self.work:
            if self.label(node) is Label.UNDECIDED:
                self.changed[node] = label
                self._tell(node, label)

    def _consider(self, node: int) -> None:
        """Count what a node waits for, and label it if that is decided."""
        rest = [
            self.label(one)
            for one in self.scan.attackers[node]
            if one not in self.nodes and (one, node) not in self.attacks
        ]
        self.waiting[node] = len(rest) - rest.count(Label.OUT)
        if Label.IN in rest:
            self.work.append((node, Label.OUT))
        elif not self.waiting[node]:
            self.work.append((node, Label.IN))

    def _tell(self, node: int, label: Label) -> None:
        """Tell the undecided targets of a node what it is now."""
        for one in self.targets(node):
            if self.label(one) is not Label.UNDECIDED:
                continue
            if label is Label.IN:
                self.work.append((one, Label.OUT))
            elif one not in self.waiting:
                self._consider(one)
            else:
                self.waiting[one] -= 1
                if not self.waiting[one]:
                    self.work.append((one, Label.IN))


def _before(attackers: Sequence[Sequence[int]], thesis: int) -> set[int]:
    """The nodes that the label of the thesis depends on."""
    seen = {thesis}
    work = [thesis]
    for at in work:
        for then in attackers[at]:
            if then not in seen:
                seen.add(then)
                work.append(then)
    return seen
