"""What a debate compiles to, which debates are none, circles of reasons and the snapshot hash."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.arguments import (
    ArgumentError,
    Attack,
    AttackKind,
    Claim,
    Debate,
    DuplicateId,
    FaultyPremises,
    Framework,
    HouseRules,
    Inference,
    SelfRelation,
    UnknownReference,
    WrongTarget,
    compile_debate,
    find_cycle_of_supports,
    snapshot_hash,
    without,
)

FREE = HouseRules(burden_of_proof=False)
BURDEN = HouseRules(burden_of_proof=True)
REBUTS, UNDERMINES, UNDERCUTS = AttackKind


def attacks_of(framework):
    """The attacks by the names of their ends."""
    return {
        (framework.nodes[source], framework.nodes[target])
        for target, sources in enumerate(framework.attackers)
        for source in sources
    }


def debate(*attacks, claims=("x", "y", "z"), premises=("p",), conceded=(), steps=None):
    """Claims x, y, z, a passage p, and y for x by the step i; besides what is given."""
    if steps is None:
        steps = (Inference("i", ("y", "p"), "x"),)
    return Debate(
        tuple(Claim(one) for one in claims), steps, attacks, premises, frozenset(conceded)
    )


@pytest.mark.parametrize(
    ("attack", "rules", "expected"),
    [
        (Attack("a", REBUTS, "z", "x"), FREE, {("z", "x"), ("x", "z")}),
        (Attack("a", REBUTS, "z", "x", preferred=True), FREE, {("z", "x")}),
        (Attack("a", REBUTS, "z", "x"), HouseRules(False, symmetric_rebuts=False), {("z", "x")}),
        (Attack("a", UNDERMINES, "z", "y"), FREE, {("z", "y")}),
        (Attack("a", UNDERMINES, "z", "p"), FREE, {("z", "p")}),
        (Attack("a", UNDERCUTS, "z", "i"), FREE, {("z", "i")}),
    ],
)
def test_compile_attack_goes_the_ways_its_kind_and_the_rules_say(attack, rules, expected):
    framework = compile_debate(debate(attack), rules)

    steps = {("y", "n(i,y)"), ("p", "n(i,p)"), ("n(i,y)", "i"), ("n(i,p)", "i")}
    assert attacks_of(framework) == steps | expected


def test_compile_claim_with_burden_needs_an_inference_for_it():
    claims = (Claim("x", burden=True), Claim("y"), Claim("alone", burden=True))
    made = Debate(claims, (Inference("i", ("y",), "x"),), ())

    assert attacks_of(compile_debate(made, BURDEN)) == {
        ("s(x)", "x"),
        ("s(alone)", "alone"),
        ("i", "s(x)"),
        ("y", "n(i,y)"),
        ("n(i,y)", "i"),
    }
    assert compile_debate(made, FREE).nodes == ["x", "y", "alone", "i", "n(i,y)"]


def test_compile_same_attack_by_two_people_is_one_attack():
    made = debate(
        Attack("a", REBUTS, "z", "x"), Attack("b", REBUTS, "z", "x"), Attack("c", REBUTS, "x", "z")
    )

    framework = compile_debate(made, FREE)

    assert framework.attackers[framework.index["x"]] == [framework.index["z"]]
    assert framework.attacked[framework.index["x"]] == [framework.index["z"]]


def test_compile_conceded_attack_is_none():
    made = debate(Attack("a", REBUTS, "z", "x"), conceded=["a"], steps=())

    assert attacks_of(compile_debate(made, FREE)) == set()


def test_compile_index_has_the_elements_of_the_debate_only():
    framework = compile_debate(debate(), BURDEN)

    assert framework.index == {"x": 0, "y": 1, "z": 2, "p": 3, "i": 4}


def test_framework_of_pairs_keeps_each_once():
    framework = Framework.of(2, [(0, 1), (0, 1), (1, 1)])

    assert (framework.attackers, framework.attacked) == ([[], [0, 1]], [[1], [1]])


@pytest.mark.parametrize(
    ("faulty", "error", "place"),
    [
        (debate(claims=("x", "y", "x")), DuplicateId, "x"),
        (debate(premises=("p", "y")), DuplicateId, "y"),
        (debate(Attack("i", REBUTS, "z", "x")), DuplicateId, "i"),
        (debate(Attack("a", REBUTS, "z", "x"), Attack("a", REBUTS, "y", "x")), DuplicateId, "a"),
        (debate(conceded=["a"]), UnknownReference, "a"),
        (debate(steps=(Inference("i", (), "x"),)), FaultyPremises, "i"),
        (debate(steps=(Inference("i", ("y", "y"), "x"),)), FaultyPremises, "i"),
        (debate(steps=(Inference("i", ("y",), "q"),)), UnknownReference, "i"),
        (debate(steps=(Inference("i", ("y",), "p"),)), UnknownReference, "i"),
        (debate(steps=(Inference("i", ("q",), "x"),)), UnknownReference, "i"),
        (
            debate(steps=(Inference("i", ("y",), "x"), Inference("j", ("i",), "x"))),
            UnknownReference,
            "j",
        ),
        (debate(steps=(Inference("i", ("y", "x"), "x"),)), SelfRelation, "i"),
        (debate(Attack("a", REBUTS, "q", "x")), UnknownReference, "a"),
        (debate(Attack("a", REBUTS, "i", "x")), UnknownReference, "a"),
        (debate(Attack("a", REBUTS, "p", "x")), UnknownReference, "a"),
        (debate(Attack("a", REBUTS, "z", "q")), UnknownReference, "a"),
        (debate(Attack("a", REBUTS, "z", "z")), SelfRelation, "a"),
        (debate(Attack("a", UNDERMINES, "y", "y")), SelfRelation, "a"),
        (debate(Attack("a", UNDERMINES, "z", "x")), WrongTarget, "a"),
        (debate(Attack("a", UNDERMINES, "z", "i")), WrongTarget, "a"),
        (debate(Attack("a", REBUTS, "z", "i")), WrongTarget, "a"),
        (debate(Attack("a", REBUTS, "z", "p")), WrongTarget, "a"),
        (debate(Attack("a", UNDERCUTS, "z", "x")), WrongTarget, "a"),
        (debate(Attack("a", UNDERCUTS, "z", "p")), WrongTarget, "a"),
    ],
)
def test_compile_faulty_debate_names_the_place(faulty, error, place):
    with pytest.raises(error) as refused:
        compile_debate(faulty, BURDEN)

    assert refused.type is error
    assert isinstance(refused.value, ArgumentError)
    assert isinstance(refused.value, ValueError)
    assert refused.value.place == place


def test_compile_faulty_conceded_attack_is_refused_too():
    with pytest.raises(WrongTarget):
        compile_debate(debate(Attack("a", REBUTS, "z", "i"), conceded=["a"]), FREE)


def test_wrong_target_says_what_the_kind_hits():
    with pytest.raises(WrongTarget, match=r"^Attack a undermines what is not a premise\.$"):
        compile_debate(debate(Attack("a", UNDERMINES, "z", "x")), FREE)


@pytest.mark.parametrize(
    ("steps", "extra", "expected"),
    [
        ("", None, None),
        ("ab bc ac", None, None),
        ("ab bc", "cd", None),
        ("ab bc", "ca", "abc"),
        ("ab ba", None, "ab"),
        ("ab bc cd db", None, "bcd"),
        ("ab ba cd", "dc", "cd"),
        ("ab ba", "cd", "ab"),
        ("ab bc cd bd", "da", "abd"),
    ],
)
def test_cycle_of_supports_is_told_in_order(steps, extra, expected):
    inferences = [Inference(step, (step[0],), step[1]) for step in steps.split()]

    found = find_cycle_of_supports(inferences, extra and Inference("extra", (extra[0],), extra[1]))

    assert found == (expected and tuple(expected))


def test_cycle_of_supports_goes_through_linked_premises():
    inferences = [Inference("i", ("a", "b"), "c")]

    assert find_cycle_of_supports(inferences, Inference("j", ("q", "c"), "b")) == ("b", "c")


def test_cycle_of_supports_of_its_own_conclusion_is_one_claim():
    assert find_cycle_of_supports([], Inference("i", ("a",), "a")) == ("a",)
    assert find_cycle_of_supports([Inference("i", ("a",), "a")]) == ("a",)


def test_cycle_of_supports_in_a_long_chain_needs_no_recursion():
    chain = [Inference(f"i{at}", (f"c{at}",), f"c{at + 1}") for at in range(10_000)]
    back = Inference("back", ("c10000",), "c0")

    assert find_cycle_of_supports(chain) is None
    assert len(find_cycle_of_supports([*chain, back])) == 10_001
    assert len(find_cycle_of_supports(chain, back)) == 10_001


@given(
    st.lists(
        st.tuples(st.integers(0, 6), st.integers(0, 6)).filter(lambda pair: pair[0] != pair[1]),
        max_size=14,
    )
)
@settings(deadline=None)
def test_cycle_of_supports_is_found_where_reasons_reach_themselves(pairs):
    inferences = [
        Inference(f"i{at}", (f"c{premise}",), f"c{conclusion}")
        for at, (premise, conclusion) in enumerate(pairs)
    ]
    reached = {(premise, conclusion) for premise, conclusion in pairs}
    for between in range(7):
        reached |= {
            (one, other)
            for one in range(7)
            for other in range(7)
            if (one, between) in reached and (between, other) in reached
        }

    found = find_cycle_of_supports(inferences)

    assert (found is not None) == any((at, at) in reached for at in range(7))
    steps = set(zip(found or (), (*(found or ())[1:], *(found or ())[:1]), strict=True))
    assert steps <= {(f"c{premise}", f"c{conclusion}") for premise, conclusion in pairs}


SHELF = Debate(
    claims=(Claim("x", burden=True), Claim("y"), Claim("z"), Claim("w")),
    inferences=(Inference("i", ("y", "p"), "x"), Inference("j", ("q",), "y")),
    attacks=(
        Attack("a", REBUTS, "z", "x"),
        Attack("b", UNDERMINES, "z", "y"),
        Attack("c", UNDERCUTS, "w", "i"),
        Attack("d", UNDERMINES, "w", "q"),
    ),
    premises=("p", "q"),
    conceded=frozenset({"a"}),
)


@pytest.mark.parametrize(
    ("gone", "left"),
    [
        ("", "x y z w i j a b c d p q"),
        ("w", "x y z i j a b p q"),
        ("a", "x y z w i j b c d p q"),
        ("i", "x y z w j a d p q"),
        ("j", "x y z w i a b c d p q"),
        ("p", "x y z w j a d q"),
        ("q", "x y z w i a b c p"),
        ("y", "x z w a d p q"),
        ("x", "y z w j d p q"),
        ("z i nothing", "x y w j d p q"),
    ],
)
def test_without_takes_what_hangs_on_it(gone, left):
    rest = without(SHELF, gone.split())

    ids = {one.id for part in (rest.claims, rest.inferences, rest.attacks) for one in part}
    assert ids.union(rest.premises) == set(left.split())
    assert rest.conceded == {"a"}.intersection(left.split())
    assert compile_debate(rest, BURDEN).index.keys() == ids.union(rest.premises) - {*"abcd"}


def test_snapshot_hash_in_another_order_is_the_same():
    rng = random.Random(1)
    shuffled = Debate(
        tuple(rng.sample(SHELF.claims, 4)),
        (Inference("j", ("q",), "y"), Inference("i", ("p", "y"), "x")),
        tuple(reversed(SHELF.attacks)),
        ("q", "p"),
        SHELF.conceded,
    )

    assert snapshot_hash(shuffled, BURDEN) == snapshot_hash(SHELF, BURDEN)
    assert len(snapshot_hash(SHELF, BURDEN)) == 64


@pytest.mark.parametrize(
    "other",
    [
        without(SHELF, "a"),
        without(SHELF, "p"),
        without(SHELF, "z"),
        Debate(SHELF.claims, SHELF.inferences, SHELF.attacks, SHELF.premises),
        Debate(
            (Claim("x"), *SHELF.claims[1:]),
            SHELF.inferences,
            SHELF.attacks,
            SHELF.premises,
            SHELF.conceded,
        ),
        Debate(
            SHELF.claims,
            SHELF.inferences,
            (Attack("a", REBUTS, "z", "x", preferred=True), *SHELF.attacks[1:]),
            SHELF.premises,
            SHELF.conceded,
        ),
    ],
)
def test_snapshot_hash_of_another_debate_differs(other):
    assert snapshot_hash(other, BURDEN) != snapshot_hash(SHELF, BURDEN)


def test_snapshot_hash_under_other_rules_differs():
    rules = [HouseRules(burden, symmetric) for burden in (0, 1) for symmetric in (0, 1)]

    assert len({snapshot_hash(SHELF, one) for one in rules}) == 4
