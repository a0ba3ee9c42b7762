"""The argument of a debate as rows, and as a plain abstract framework.

`compile_debate` turns claims, inferences and attacks into arguments and attacks between them (Dung 1995), so
that one semantics serves all. What is attacked follows ASPIC+ (Modgil & Prakken 2014): conclusion, premise,
inference. Work is linear in claims, premises of inferences and attacks.
"""

from __future__ import annotations

import enum
import hashlib
import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

ENCODING: Final = 1  # part of the snapshot hash: another encoding may give other labels


class AttackKind(enum.StrEnum):
    """What an attack hits: a conclusion, a premise, or the step between."""

    REBUTS = "rebuts"
    UNDERMINES = "undermines"
    UNDERCUTS = "undercuts"


class ArgumentError(ValueError):
    """A debate that is none; `place` is the id of the element at fault."""

    def __init__(self, sentence: str, place: str) -> None:
        super().__init__(sentence)
        self.place = place


class DuplicateId(ArgumentError):
    """Two elements have one id."""


class UnknownReference(ArgumentError):
    """An element names one that is not in the debate."""


class WrongTarget(ArgumentError):
    """An attack of that kind cannot hit that sort of element."""


class SelfRelation(ArgumentError):
    """An attack on its own source, or an inference from its own conclusion."""


class FaultyPremises(ArgumentError):
    """An inference has no premise, or one twice."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim; with `burden` it needs a standing reason where the rules ask for that."""

    id: str
    burden: bool = False


@dataclass(frozen=True, slots=True)
class Inference:
    """A reason: linked premises (ids of claims, or of premises such as passages) for one claim."""

    id: str
    premises: tuple[str, ...]
    conclusion: str


@dataclass(frozen=True, slots=True)
class Attack:
    """A claim against a claim, a premise or an inference.

    A rebuttal goes both ways, unless it is `preferred` or the rules say otherwise.
    """

    id: str
    kind: AttackKind
    source: str
    target: str
    preferred: bool = False


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What a group agreed on: whether claims with a burden need a reason, and whether rebuttals go both ways."""

    burden_of_proof: bool
    symmetric_rebuts: bool = True


@dataclass(frozen=True, slots=True)
class Debate:
    """What is on the table. `premises` are those that are no claims (passages); `conceded` attacks do not count."""

    claims: tuple[Claim, ...]
    inferences: tuple[Inference, ...]
    attacks: tuple[Attack, ...]
    premises: tuple[str, ...] = ()
    conceded: frozenset[str] = frozenset()

    def standing_attacks(self) -> Iterator[Attack]:
        """The attacks that their authors have not given up."""
        return (attack for attack in self.attacks if attack.id not in self.conceded)


@dataclass(slots=True)
class Framework:
    """Arguments, numbered from 0, and who attacks whom; no pair stands twice.

    `index` has the numbers of the debate's own elements, which come first; auxiliary nodes follow.
    """

    nodes: list[str]
    attackers: list[list[int]]
    attacked: list[list[int]]
    index: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, count: int, attacks: Iterable[tuple[int, int]]) -> Framework:
        """The framework of so many arguments and these pairs of attacker and attacked."""
        nodes = [str(number) for number in range(count)]
        made = cls(nodes, [[] for _ in nodes], [[] for _ in nodes])
        for source, target in dict.fromkeys(attacks):
            made.attackers[target].append(source)
            made.attacked[source].append(target)
        return made

    def add(self, name: str) -> int:
        """A node more, with no attacks yet; its number."""
        self.nodes.append(name)
        self.attackers.append([])
        self.attacked.append([])
        return len(self.nodes) - 1

    def attack(self, source: int, target: int) -> None:
        """An attack more, which must be new."""
        self.attackers[target].append(source)
        self.attacked[source].append(target)


def compile_debate(debate: Debate, rules: HouseRules) -> Framework:
    """The abstract framework of a debate under these rules.

    Besides a node for each claim, premise and inference there are auxiliary ones: `n(i,p)`, attacked by premise
    p and attacking inference i (a premise falls, so does the step), and, for a claim c with a burden, `s(c)`,
    attacked by every inference for c and attacking c (no reason stands, so the claim falls).

    Raises the subclasses of `ArgumentError`; the first fault found is told.
    """
    ids = [claim.id for claim in debate.claims]
    ids += debate.premises
    ids += [inference.id for inference in debate.inferences]
    index = {element: number for number, element in enumerate(ids)}
    _check_ids(debate, ids)
    _check_inferences(debate, index)
    _check_attacks(debate)
    framework = Framework(ids, [[] for _ in ids], [[] for _ in ids], index)
    if rules.burden_of_proof:
        _add_burdens(framework, debate)
    _add_premises(framework, debate)
    pairs = (pair for attack in debate.standing_attacks() for pair in directions(attack, rules))
    for source, target in dict.fromkeys(pairs):
        framework.attack(index[source], index[target])
    return framework


def directions(attack: Attack, rules: HouseRules) -> tuple[tuple[str, str], ...]:
    """The pairs of attacker and attacked that an attack stands for."""
    forth = attack.source, attack.target
    if attack.kind is not AttackKind.REBUTS or attack.preferred or not rules.symmetric_rebuts:
        return (forth,)
    return forth, (attack.target, attack.source)


def _add_burdens(framework: Framework, debate: Debate) -> None:
    needs = {claim.id: framework.add(f"s({claim.id})") for claim in debate.claims if claim.burden}
    for claim, need in needs.items():
        framework.attack(need, framework.index[claim])
    for inference in debate.inferences:
        if inference.conclusion in needs:
            framework.attack(framework.index[inference.id], needs[inference.conclusion])


def _add_premises(framework: Framework, debate: Debate) -> None:
    for inference in debate.inferences:
        step = framework.index[inference.id]
        for premise in inference.premises:
            fallen = framework.add(f"n({inference.id},{premise})")
            framework.attack(framework.index[premise], fallen)
            framework.attack(fallen, step)


def _check_ids(debate: Debate, ids: list[str]) -> None:
    attacks = [attack.id for attack in debate.attacks]
    seen: set[str] = set()
    for element in (*ids, *attacks):
        if element in seen:
            raise DuplicateId(f"Two elements have the id {element}.", element)
        seen.add(element)
    for unknown in sorted(debate.conceded.difference(attacks)):
        raise UnknownReference(f"What is conceded, {unknown}, is no attack here.", unknown)


def _check_inferences(debate: Debate, index: Mapping[str, int]) -> None:
    claims = {claim.id for claim in debate.claims}
    inferences = {inference.id for inference in debate.inferences}
    for inference in debate.inferences:
        place, premises = inference.id, inference.premises
        if not premises or len(set(premises)) < len(premises):
            raise FaultyPremises(f"Inference {place} needs premises, each once.", place)
        if inference.conclusion not in claims:
            raise UnknownReference(f"Inference {place} concludes what is no claim here.", place)
        if inference.conclusion in premises:
            raise SelfRelation(f"Inference {place} is from its own conclusion.", place)
        for premise in premises:
            if premise not in index or premise in inferences:
                raise UnknownReference(f"Inference {place} has an unknown premise.", place)


def _check_attacks(debate: Debate) -> None:
    claims = {claim.id for claim in debate.claims}
    inferences = {inference.id for inference in debate.inferences}
    premises = premises_of(debate)
    targets: dict[AttackKind, Collection[str]] = {
        AttackKind.REBUTS: claims,
        AttackKind.UNDERMINES: premises,
        AttackKind.UNDERCUTS: inferences,
    }
    known = claims | premises | inferences
    for attack in debate.attacks:
        if attack.source not in claims:
            raise UnknownReference(f"Attack {attack.id} comes from no claim here.", attack.id)
        if attack.target not in known:
            raise UnknownReference(f"The target of attack {attack.id} is not here.", attack.id)
        if attack.source == attack.target:
            raise SelfRelation(f"Attack {attack.id} is on its own source.", attack.id)
        if attack.target not in targets[attack.kind]:
            hit = {"rebuts": "a claim", "undermines": "a premise", "undercuts": "an inference"}
            wanted = hit[attack.kind]
            raise WrongTarget(f"Attack {attack.id} {attack.kind} what is not {wanted}.", attack.id)


def premises_of(debate: Debate) -> set[str]:
    """What can be undermined: the premises that are no claims, and those of every inference."""
    used = (premise for inference in debate.inferences for premise in inference.premises)
    return {*debate.premises, *used}


def without(debate: Debate, gone: Collection[str]) -> Debate:
    """The debate after the elements with these ids were withdrawn, with all that hung on them.

    An inference goes with its conclusion or any of its (linked) premises, an attack with either of its ends,
    and an undermining also when what it hits is no longer a premise of anything.
    """
    gone = set(gone)
    inferences = tuple(
        inference
        for inference in debate.inferences
        if gone.isdisjoint((inference.id, inference.conclusion, *inference.premises))
    )
    claims = tuple(claim for claim in debate.claims if claim.id not in gone)
    premises = tuple(premise for premise in debate.premises if premise not in gone)
    left = replace(debate, claims=claims, inferences=inferences, attacks=(), premises=premises)
    targets = {
        AttackKind.REBUTS: {claim.id for claim in claims},
        AttackKind.UNDERMINES: premises_of(left),
        AttackKind.UNDERCUTS: {inference.id for inference in inferences},
    }
    attacks = tuple(
        attack
        for attack in debate.attacks
        if gone.isdisjoint((attack.id, attack.source, attack.target))
        and attack.target in targets[attack.kind]
    )
    conceded = debate.conceded & {attack.id for attack in attacks}
    return replace(left, attacks=attacks, conceded=conceded)


def find_cycle_of_supports(
    inferences: Iterable[Inference], extra: Inference | None = None
) -> tuple[str, ...] | None:
    """A circle of reasons: ids of which each is a premise for the next, and the last for the first; else none.

    With `extra`, an inference about to be added, a shortest circle through it is told before any other.
    Linear in the premises, without recursion.
    """
    conclusions: dict[str, list[str]] = {}
    for inference in inferences:
        for premise in inference.premises:
            conclusions.setdefault(premise, []).append(inference.conclusion)
    if extra:
        path = _path(conclusions, extra.conclusion, frozenset(extra.premises))
        if path:
            return path
    return _circle(conclusions)


def _path(
    following: Mapping[str, list[str]], start: str, ends: Collection[str]
) -> tuple[str, ...] | None:
    """A shortest path from the start to one of the ends, breadth first."""
    came: dict[str, str | None] = {start: None}
    work = [start]
    for at in work:
        if at in ends:
            path = [at]
            while (before := came[path[-1]]) is not None:
                path.append(before)
            return tuple(reversed(path))
        for then in following.get(at, ()):
            if then not in came:
                came[then] = at
                work.append(then)
    return None


def _circle(following: Mapping[str, list[str]]) -> tuple[str, ...] | None:
    """A circle found depth first, with the path as the stack."""
    depth: dict[str, int] = {}  # of those on the path; -1 for those done
    for root in following:
        if root in depth:
            continue
        path, rest = [root], [iter(following[root])]
        depth[root] = 0
        while path:
            then = next(rest[-1], None)
            if then is None:
                depth[path.pop()] = -1
                rest.pop()
            elif then not in depth:
                depth[then] = len(path)
                path.append(then)
                rest.append(iter(following.get(then, ())))
            elif depth[then] >= 0:
                return tuple(path[depth[then] :])
    return None


def snapshot_hash(debate: Debate, rules: HouseRules) -> str:
    """SHA-256, in hexadecimal, of all that labels depend on; the order of the input makes no difference."""
    parts = [
        ENCODING,
        rules.burden_of_proof,
        rules.symmetric_rebuts,
        sorted((claim.id, claim.burden) for claim in debate.claims),
        sorted((one.id, one.conclusion, sorted(one.premises)) for one in debate.inferences),
        sorted((one.id, one.kind, one.source, one.target, one.preferred) for one in debate.attacks),
        sorted(debate.premises),
        sorted(debate.conceded),
    ]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
