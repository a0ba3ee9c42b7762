"""Grounded labels, held to an answer-set solver, to all complete extensions, and to a direct evaluator."""

import random
from itertools import accumulate, pairwise

import clingo
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.arguments import (
    Attack,
    AttackKind,
    Claim,
    Debate,
    Framework,
    HouseRules,
    Inference,
    Label,
    grounded,
    label_debate,
)
from annotations.arguments.semantics import NOBODY, solve

IN, OUT, UNDECIDED = Label
FREE = HouseRules(burden_of_proof=False)
BURDEN = HouseRules(burden_of_proof=True)
REBUTS, UNDERMINES, UNDERCUTS = AttackKind

randoms = st.integers(0, 2**32).map(random.Random)

# Complete extensions; their cautious consequences are the grounded one (Dung 1995, theorem 25).
COMPLETE = """
{ in(X) } :- arg(X).
hit(X) :- in(Y), att(Y, X).
threatened(X) :- att(Y, X), not hit(Y).
:- in(X), hit(X).
:- in(X), threatened(X).
:- arg(X), not in(X), not threatened(X).
#show in/1.
"""


def random_pairs(rng):
    """How many arguments, and attacks between them, self-attacks among them."""
    count = rng.randint(1, 6)
    density = rng.choice([0.1, 0.2, 0.3, 0.5])
    pairs = [
        (one, other) for one in range(count) for other in range(count) if rng.random() < density
    ]
    return count, pairs


def several(count, seed=7):
    rng = random.Random(seed)
    return [random_pairs(rng) for _ in range(count)]


def labels_by_extension(count, pairs, extension):
    """The labelling in which just the extension is in."""
    hit = {target for source, target in pairs if source in extension}
    return [IN if node in extension else OUT if node in hit else UNDECIDED for node in range(count)]


def by_clingo(frameworks):
    """Labels of many frameworks, told apart by an offset, in one program."""
    starts = list(accumulate((count for count, _ in frameworks), initial=0))
    facts = [f"arg(0..{starts[-1] - 1})."]
    facts += [
        f"att({start + source},{start + target})."
        for start, (_, pairs) in zip(starts, frameworks, strict=False)
        for source, target in pairs
    ]
    control = clingo.Control(["--enum-mode=cautious", "0"])
    control.add("base", [], COMPLETE + "".join(facts))
    control.ground([("base", [])])
    extension = set()
    with control.solve(yield_=True) as handle:
        for model in handle:
            extension = {symbol.arguments[0].number for symbol in model.symbols(shown=True)}
    return [
        labels_by_extension(count, pairs, {node - start for node in extension})
        for start, (count, pairs) in zip(starts, frameworks, strict=False)
    ]


def complete_extensions(count, pairs):
    """All sets that hold just what they defend, tried one by one."""
    attackers = [{source for source, target in pairs if target == node} for node in range(count)]
    for bits in range(1 << count):
        chosen = {node for node in range(count) if bits >> node & 1}
        hit = {target for source, target in pairs if source in chosen}
        if not chosen & hit and chosen == {node for node in range(count) if attackers[node] <= hit}:
            yield chosen


def by_force(count, pairs):
    """Labels by what all complete extensions share."""
    return labels_by_extension(count, pairs, set.intersection(*complete_extensions(count, pairs)))


def by_fixed_point(count, pairs):
    """Labels by asking again and again what the set defends, from nothing (Dung's characteristic function)."""
    attackers = [{source for source, target in pairs if target == node} for node in range(count)]
    chosen, before = set(), None
    while chosen != before:
        before = chosen
        hit = {target for source, target in pairs if source in chosen}
        chosen = {node for node in range(count) if attackers[node] <= hit}
    return labels_by_extension(count, pairs, chosen)


def test_grounded_equals_clingo_on_random_frameworks():
    frameworks = several(3_000)

    assert [grounded(Framework.of(*one)) for one in frameworks] == by_clingo(frameworks)


def test_grounded_equals_what_all_complete_extensions_share():
    frameworks = several(3_000, seed=8)

    assert [grounded(Framework.of(*one)) for one in frameworks] == [
        by_force(*one) for one in frameworks
    ]


def test_grounded_equals_the_least_fixed_point_on_larger_frameworks():
    rng = random.Random(9)
    frameworks = [
        (40, [(rng.randrange(40), rng.randrange(40)) for _ in range(rng.randint(10, 60))])
        for _ in range(1_000)
    ]

    assert [grounded(Framework.of(*one)) for one in frameworks] == [
        by_fixed_point(*one) for one in frameworks
    ]


def test_random_frameworks_hold_self_attacks_and_odd_cycles():
    frameworks = several(3_000)
    labels = {label for one in frameworks for label in grounded(Framework.of(*one))}

    assert labels == {IN, OUT, UNDECIDED}
    assert sum(any(a == b for a, b in pairs) for _, pairs in frameworks) > 1_000
    assert sum({(0, 1), (1, 2), (2, 0)} <= set(pairs) for _, pairs in frameworks) > 50


@pytest.mark.parametrize(
    ("count", "pairs", "labels"),
    [
        (0, [], []),
        (1, [], [IN]),
        (1, [(0, 0)], [UNDECIDED]),
        (2, [(0, 0), (0, 1)], [UNDECIDED, UNDECIDED]),
        (2, [(0, 1), (1, 1)], [IN, OUT]),
        (2, [(0, 1), (1, 0)], [UNDECIDED, UNDECIDED]),
        (3, [(0, 1), (1, 2)], [IN, OUT, IN]),
        (3, [(0, 1), (1, 2), (2, 0)], [UNDECIDED] * 3),
        (4, [(0, 1), (1, 2), (2, 0), (3, 0)], [OUT, IN, OUT, IN]),
        (4, [(0, 1), (1, 0), (0, 2), (1, 2), (2, 3)], [UNDECIDED] * 4),
    ],
)
def test_grounded_small_framework_has_known_labels(count, pairs, labels):
    assert grounded(Framework.of(count, pairs)) == labels


def test_grounded_long_chain_alternates():
    labels = grounded(Framework.of(10_000, pairwise(range(10_000))))

    assert labels == [IN, OUT] * 5_000


def test_solve_settles_by_an_attacker_that_is_in():
    framework = Framework.of(4, [(0, 1), (1, 2), (2, 3), (1, 3), (3, 1)])

    assert solve(framework).settled_by == [NOBODY, 0, NOBODY, 2]


class Counted(list):
    """A list that counts what is taken from it."""

    taken = 0

    def __iter__(self):
        for one in super().__iter__():
            Counted.taken += 1
            yield one


@pytest.mark.parametrize("size", [100, 1_000, 10_000])
def test_grounded_follows_each_attack_once_from_each_loser_and_winner(size):
    rng = random.Random(size)
    framework = Framework.of(
        size, [(rng.randrange(size), rng.randrange(size)) for _ in range(2 * size)]
    )
    edges = sum(map(len, framework.attacked))
    framework.attacked = [Counted(targets) for targets in framework.attacked]
    framework.attackers = [Counted(sources) for sources in framework.attackers]
    Counted.taken = 0

    grounded(framework)

    assert size // 4 < Counted.taken <= edges


@given(randoms, st.data())
@settings(deadline=None)
def test_grounded_in_another_order_is_the_same(rng, data):
    count, pairs = random_pairs(rng)
    names = data.draw(st.permutations(range(count)))
    renamed = data.draw(st.permutations([(names[one], names[other]) for one, other in pairs]))

    labels = grounded(Framework.of(count, renamed))

    assert [labels[names[node]] for node in range(count)] == grounded(Framework.of(count, pairs))


@given(randoms)
@settings(deadline=None)
def test_grounded_self_attack_is_never_in(rng):
    count, pairs = random_pairs(rng)

    assert grounded(Framework.of(count, [*pairs, (0, 0)]))[0] is not IN


@given(randoms)
@settings(deadline=None)
def test_grounded_self_attack_with_no_other_attacker_is_undecided(rng):
    count, pairs = random_pairs(rng)
    others = [pair for pair in pairs if pair[1] != 0]

    assert grounded(Framework.of(count, [*others, (0, 0)]))[0] is UNDECIDED


# Debates without circles, against an evaluator that knows nothing of frameworks. 1 is in, 0 out, ½ undecided.

VALUES = {IN: 1, UNDECIDED: 0.5, OUT: 0}


def acyclic_debate(rng):
    """Reasons and attacks come from later claims only, but for two claims that contradict each other."""
    count = rng.randint(4, 12)
    names = [f"c{at}" for at in range(count)]
    attacks = [Attack("tie", REBUTS, names[-1], names[-2])]
    inferences = []
    for at in range(rng.randint(0, count)):
        conclusion = rng.randrange(count - 3)
        later = names[conclusion + 1 :]
        premises = rng.sample([*later, "p"], rng.randint(1, min(2, len(later))))
        inferences.append(Inference(f"i{at}", tuple(premises), names[conclusion]))
    for at in range(rng.randint(0, 2 * count)):
        source = rng.randrange(1, count)
        earlier = range(min(source, count - 2))
        targets = [(REBUTS, names[one]) for one in earlier]
        targets += [(UNDERCUTS, one.id) for one in inferences if int(one.conclusion[1:]) < source]
        premises = {premise for one in inferences for premise in one.premises}
        targets += [(UNDERMINES, names[one]) for one in earlier if names[one] in premises]
        targets += [(UNDERMINES, "p")] * (source == count - 3)
        attacks.append(Attack(f"a{at}", *_reordered(rng.choice(targets), names[source])))
    claims = tuple(Claim(name, burden=rng.random() < 0.4) for name in names[:-2])
    claims += tuple(Claim(name) for name in names[-2:])
    return Debate(claims, tuple(inferences), tuple(attacks), ("p",))


def _reordered(hit, source):
    kind, target = hit
    return kind, source, target, True


def evaluate(debate, *, burden):
    """The value of each element, from the last claim to the first."""
    values = {debate.claims[-1].id: 0.5, debate.claims[-2].id: 0.5}

    def strongest(target):
        return max(
            (values[one.source] for one in debate.attacks if one.target == target), default=0
        )

    values["p"] = 1
    for claim in reversed(debate.claims[:-2]):
        if claim.id == f"c{len(debate.claims) - 4}":
            values["p"] = 1 - strongest("p")
        reasons = [one for one in debate.inferences if one.conclusion == claim.id]
        for one in reasons:
            premises = [values[premise] for premise in one.premises]
            values[one.id] = min(*premises, 1 - strongest(one.id), 1)
        values[claim.id] = 1 - strongest(claim.id)
        if burden and claim.burden:
            reason = max((values[one.id] for one in reasons), default=0)
            values[claim.id] = min(values[claim.id], reason)
    return values


@pytest.mark.parametrize("burden", [False, True])
def test_labels_equal_a_direct_evaluator_on_random_acyclic_debates(burden):
    rng = random.Random(10)
    debates = [acyclic_debate(rng) for _ in range(3_000)]

    assert [
        {
            element: VALUES[label]
            for element, label in label_debate(one, HouseRules(burden)).labels.items()
        }
        for one in debates
    ] == [evaluate(one, burden=burden) for one in debates]


def test_labels_of_circular_support_under_burden_are_undecided():
    circle = Debate(
        (Claim("a", burden=True), Claim("b", burden=True), Claim("c", burden=True)),
        (Inference("ab", ("a",), "b"), Inference("bc", ("b",), "c"), Inference("ca", ("c",), "a")),
        (),
    )

    assert set(label_debate(circle, BURDEN).labels.values()) == {UNDECIDED}
    assert set(label_debate(circle, FREE).labels.values()) == {IN}


@given(st.integers(2, 8))
def test_labels_of_circular_support_of_any_length_are_undecided(length):
    circle = Debate(
        tuple(Claim(f"c{at}", burden=True) for at in range(length)),
        tuple(Inference(f"i{at}", (f"c{at}",), f"c{(at + 1) % length}") for at in range(length)),
        (),
    )

    assert set(label_debate(circle, BURDEN).labels.values()) == {UNDECIDED}
