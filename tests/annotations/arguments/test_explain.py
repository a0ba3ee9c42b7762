"""Why an element has its label, what rules change, what became of claims, and what the thesis turns on."""

import random
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotations.arguments import (
    Attack,
    AttackKind,
    Challenge,
    Claim,
    ClaimStanding,
    Debate,
    HouseRules,
    Inference,
    Label,
    Standing,
    UnknownReference,
    Why,
    changed_labels,
    dropped,
    label_debate,
    pivots,
    without,
)

IN, OUT, UNDECIDED = Label
REBUTS, UNDERMINES, UNDERCUTS = AttackKind
FREE = HouseRules(burden_of_proof=False)
BURDEN = HouseRules(burden_of_proof=True)
ONE_WAY = HouseRules(burden_of_proof=False, symmetric_rebuts=False)

# The thesis 11 follows from 12 and 13 together; 14 says the opposite, 15 that it does not follow, 16 that 13 is wrong.
WORKED = Debate(
    claims=(Claim("11", burden=True), *(Claim(str(number)) for number in range(12, 17))),
    inferences=(Inference("step", ("12", "13"), "11"),),
    attacks=(
        Attack("a14", REBUTS, "14", "11"),
        Attack("a15", UNDERCUTS, "15", "step"),
        Attack("a16", UNDERMINES, "16", "13"),
    ),
)
WITHOUT_BURDEN = {
    "11": UNDECIDED,
    "12": IN,
    "13": OUT,
    "14": UNDECIDED,
    "15": IN,
    "16": IN,
    "step": OUT,
}


def chain(*kinds):
    """Each claim attacks the one before it, so that an even number of answers leaves the first standing."""
    names = [f"c{at}" for at in range(len(kinds) + 1)]
    return Debate(
        tuple(Claim(name) for name in names),
        (),
        tuple(
            Attack(f"a{at}", kind, names[at], names[at - 1], preferred=True)
            for at, kind in enumerate(kinds, start=1)
        ),
    )


def test_worked_example_without_burden_leaves_thesis_and_rebuttal_contested():
    assert label_debate(WORKED, FREE).labels == WITHOUT_BURDEN


def test_worked_example_with_burden_fells_the_thesis():
    assert label_debate(WORKED, BURDEN).labels == {**WITHOUT_BURDEN, "11": OUT, "14": IN}


def test_changed_labels_of_the_worked_example_are_those_of_thesis_and_rebuttal():
    assert changed_labels(WORKED, FREE, BURDEN) == {"11": (UNDECIDED, OUT), "14": (UNDECIDED, IN)}
    assert changed_labels(WORKED, FREE, ONE_WAY) == {"11": (UNDECIDED, OUT), "14": (UNDECIDED, IN)}
    assert changed_labels(WORKED, FREE, FREE) == {}


def test_why_contested_thesis_shows_the_two_that_answer_each_other():
    labelling = label_debate(WORKED, FREE)
    challenge = Challenge("a14", REBUTS, "14", UNDECIDED)
    returned = Challenge("a14", REBUTS, "11", UNDECIDED, returned=True)

    assert labelling.why("11") == Why(UNDECIDED, (challenge,), cycle=("14", "11"))
    assert labelling.why("14") == Why(UNDECIDED, (returned,), cycle=("11", "14"))
    assert labelling.open_challenges("11") == (challenge,)
    assert labelling.open_challenges("14") == ()


def test_why_fallen_thesis_with_burden_lacks_a_reason():
    labelling = label_debate(WORKED, BURDEN)
    challenge = Challenge("a14", REBUTS, "14", IN)

    assert labelling.why("11") == Why(OUT, (challenge,), missing_reason=True)
    assert labelling.why("11").standing == (challenge,)
    assert labelling.why("14") == Why(
        IN, (Challenge("a14", REBUTS, "11", OUT, reason_falls=True, returned=True),)
    )


def test_why_fallen_step_names_its_challenger_and_its_fallen_premise():
    labelling = label_debate(WORKED, FREE)

    assert labelling.why("step") == Why(
        OUT, (Challenge("a15", UNDERCUTS, "15", IN),), fallen=("13",)
    )
    assert labelling.why("13") == Why(OUT, (Challenge("a16", UNDERMINES, "16", IN),))
    assert labelling.why("12") == Why(IN)


def test_why_standing_claim_names_what_answers_each_challenge():
    labelling = label_debate(chain(REBUTS, REBUTS), FREE)

    assert labelling.why("c0") == Why(IN, (Challenge("a1", REBUTS, "c1", OUT, "a2"),))
    assert labelling.open_challenges("c0") == ()
    assert labelling.why("c1").standing == (Challenge("a2", REBUTS, "c2", IN),)


def test_why_answer_is_by_others_where_the_claim_also_answers_back():
    debate = Debate(
        (Claim("x"), Claim("y"), Claim("z")),
        (),
        (Attack("yx", REBUTS, "y", "x"), Attack("zy", REBUTS, "z", "y", preferred=True)),
    )

    assert label_debate(debate, FREE).why("x") == Why(
        IN, (Challenge("yx", REBUTS, "y", OUT, "zy"),)
    )


def test_why_passage_is_explained_as_claims_are():
    debate = Debate(
        (Claim("x", burden=True), Claim("y")),
        (Inference("use", ("passage",), "x"),),
        (Attack("a", UNDERMINES, "y", "passage"),),
        ("passage",),
    )
    labelling = label_debate(debate, BURDEN)

    assert labelling.why("passage") == Why(OUT, (Challenge("a", UNDERMINES, "y", IN),))
    assert labelling.why("use") == Why(OUT, fallen=("passage",))
    assert labelling.why("x") == Why(OUT, missing_reason=True)


def test_why_claim_with_a_standing_reason_but_a_challenge_lacks_no_reason():
    debate = Debate(
        (Claim("x", burden=True), Claim("y"), Claim("z")),
        (Inference("i", ("y",), "x"),),
        (Attack("a", REBUTS, "z", "x", preferred=True),),
    )

    assert label_debate(debate, BURDEN).why("x") == Why(OUT, (Challenge("a", REBUTS, "z", IN),))


def test_why_conceded_attack_is_no_challenge():
    conceded = Debate(WORKED.claims, WORKED.inferences, WORKED.attacks, conceded=frozenset({"a14"}))

    assert label_debate(conceded, FREE).why("11") == Why(IN)


def test_why_circle_of_three_is_told_in_order_and_to_those_behind_it():
    debate = Debate(
        tuple(Claim(name) for name in "abcde"),
        (),
        tuple(
            Attack(pair, REBUTS, *pair, preferred=True) for pair in ("ab", "bc", "ca", "ad", "de")
        ),
    )
    labelling = label_debate(debate, FREE)

    cycles = {name: labelling.why(name).cycle for name in "abcde"}

    assert set(cycles.values()) == {cycles["a"]}
    assert cycles["a"] in {("a", "b", "c"), ("b", "c", "a"), ("c", "a", "b")}


def test_why_circular_support_is_told_without_auxiliary_nodes():
    circle = Debate(
        (Claim("a", burden=True), Claim("b", burden=True)),
        (Inference("ab", ("a",), "b"), Inference("ba", ("b",), "a")),
        (),
    )

    cycle = label_debate(circle, BURDEN).why("a").cycle

    at = cycle.index("a")
    assert cycle[at:] + cycle[:at] == ("a", "ab", "b", "ba")


def test_why_unknown_element_is_refused():
    labelling = label_debate(WORKED, FREE)

    with pytest.raises(UnknownReference) as refused:
        labelling.why("a14")
    assert refused.value.place == "a14"
    with pytest.raises(UnknownReference):
        labelling.open_challenges("99")


def test_why_in_a_long_chain_needs_no_recursion():
    length = 10_000
    steps = tuple(Inference(f"i{at}", (f"c{at + 1}",), f"c{at}") for at in range(length))
    debate = Debate(
        tuple(Claim(f"c{at}", burden=at < length) for at in range(length + 2)),
        steps,
        (Attack("last", REBUTS, f"c{length + 1}", f"c{length}"),),
    )
    labelling = label_debate(debate, BURDEN)

    assert set(labelling.labels.values()) == {UNDECIDED}
    assert labelling.why("c0").cycle == (f"c{length + 1}", f"c{length}")
    assert pivots(debate, BURDEN, "c0", {"it": frozenset({"last"})}) == ("it",)


SHAPES = {
    "chain": lambda at: (f"c{at}", f"c{at - 1}", True),
    "star of challengers": lambda at: (f"c{at}", "c0", False),
    "star of challenged": lambda at: ("c0", f"c{at}", False),
    "pairs in a row": lambda at: (f"c{at}", f"c{at - 1}", False),
}


def calls_to_explain(shape, size):
    """How many calls it takes to label and explain so many claims that attack each other in that shape."""
    debate = Debate(
        tuple(Claim(f"c{at}", burden=at % 3 == 0) for at in range(size)),
        tuple(Inference(f"i{at}", (f"c{at + 1}",), f"c{at}") for at in range(0, size - 1, 2)),
        tuple(
            Attack(f"a{at}", REBUTS, source, target, preferred)
            for at in range(1, size)
            for source, target, preferred in [SHAPES[shape](at)]
        ),
    )
    calls = []
    before = sys.getprofile()
    sys.setprofile(lambda _frame, event, _argument: calls.append(event))
    try:
        labelling = label_debate(debate, BURDEN)
        whys = [labelling.why(element) for element in labelling.labels]
        removable = {f"a{at}": frozenset({f"a{at}"}) for at in range(1, 20)}
        pivots(debate, BURDEN, "c0", removable)
    finally:
        sys.setprofile(before)
    assert len(whys) == size + size // 2
    return len(calls)


@pytest.mark.parametrize("shape", SHAPES)
def test_calls_to_explain_all_grow_linearly(shape):
    few, many = calls_to_explain(shape, 500), calls_to_explain(shape, 2_000)

    assert 3.5 * few < many < 4.5 * few


# Every explanation of random debates, held to what its fields say.


def random_debate(rng, claims=9):
    """Anything that compiles: circles, mutual attacks, burdens, passages, concessions."""
    names = [f"c{at}" for at in range(rng.randint(2, claims))]
    inferences = []
    for at in range(rng.randint(0, len(names))):
        conclusion, *rest = rng.sample(names, len(names))
        premises = rng.sample([*rest, "p", "q"], rng.randint(1, 2))
        inferences.append(Inference(f"i{at}", tuple(premises), conclusion))
    premises = sorted({"p", "q", *(premise for one in inferences for premise in one.premises)})
    targets = [(REBUTS, name) for name in names] + [(UNDERCUTS, one.id) for one in inferences]
    targets += [(UNDERMINES, premise) for premise in premises]
    drawn = [
        (*rng.choice(targets), rng.choice(names), rng.random() < 0.5)
        for _ in range(rng.randint(0, 2 * len(names)))
    ]
    attacks = tuple(
        Attack(f"a{at}", kind, source, target, preferred)
        for at, (kind, target, source, preferred) in enumerate(drawn)
        if source != target
    )
    return Debate(
        tuple(Claim(name, burden=rng.random() < 0.3) for name in names),
        tuple(inferences),
        attacks,
        ("p", "q"),
        frozenset(one.id for one in attacks if rng.random() < 0.1),
    )


def rules_of(rng):
    return HouseRules(rng.random() < 0.5, symmetric_rebuts=rng.random() < 0.5)


randoms = st.integers(0, 2**32).map(random.Random)


def holds(why):
    """Whether an explanation accounts for its label."""
    if why.label is IN:
        return all(
            one.label is OUT and (one.reason_falls or one.answered_by) for one in why.challenges
        )
    if why.label is OUT:
        return bool(why.standing or why.missing_reason or why.fallen)
    return len(why.cycle) > 1 and not why.standing


@given(randoms)
@settings(deadline=None, max_examples=500)
def test_why_accounts_for_the_label_of_every_element(rng):
    debate = random_debate(rng)
    labelling = label_debate(debate, rules_of(rng))

    assert [one for one in labelling.labels if not holds(labelling.why(one))] == []


@given(randoms)
@settings(deadline=None, max_examples=300)
def test_why_answers_are_attacks_on_the_challenger_by_what_stands(rng):
    debate = random_debate(rng)
    labelling = label_debate(debate, rules_of(rng))
    by_id = {attack.id: attack for attack in debate.standing_attacks()}

    answers = [
        (by_id[one.answered_by], one.source)
        for element in labelling.labels
        for one in labelling.why(element).challenges
        if one.answered_by
    ]

    assert {attack.target == source for attack, source in answers} <= {True}
    assert {labelling.labels[attack.source] for attack, _ in answers} <= {IN}


@given(randoms)
@settings(deadline=None, max_examples=300)
def test_why_cycle_is_undecided_and_each_bears_on_the_next(rng):
    debate, rules = random_debate(rng), rules_of(rng)
    labelling = label_debate(debate, rules)
    bears = {
        pair
        for attack in debate.standing_attacks()
        for pair in ((attack.source, attack.target), (attack.target, attack.source))
    }
    for one in debate.inferences:
        bears |= {(premise, one.id) for premise in one.premises} | {(one.id, one.conclusion)}

    cycles = {labelling.why(element).cycle for element in labelling.labels}

    pairs = {pair for cycle in cycles for pair in zip(cycle, (*cycle[1:], *cycle[:1]), strict=True)}
    assert pairs <= bears
    assert {labelling.labels[element] for pair in pairs for element in pair} <= {UNDECIDED}


@given(randoms)
@settings(deadline=None)
def test_labels_in_another_order_are_the_same(rng):
    debate, rules = random_debate(rng), rules_of(rng)
    shuffled = Debate(
        *(
            tuple(rng.sample(part, len(part)))
            for part in (debate.claims, debate.inferences, debate.attacks, debate.premises)
        ),
        debate.conceded,
    )

    assert label_debate(shuffled, rules).labels == label_debate(debate, rules).labels


RANK = {OUT: 0, UNDECIDED: 1, IN: 2}


@given(randoms)
@settings(deadline=None, max_examples=300)
def test_withdrawing_an_attack_by_an_unattacked_claim_never_hurts_its_target(rng):
    debate, rules = random_debate(rng), rules_of(rng)
    attack = Attack("extra", REBUTS, "new", debate.claims[0].id, preferred=True)
    attacked = Debate(
        (*debate.claims, Claim("new")),
        debate.inferences,
        (*debate.attacks, attack),
        debate.premises,
        debate.conceded,
    )

    before = label_debate(attacked, rules).labels[attack.target]
    after = label_debate(without(attacked, {"extra"}), rules).labels[attack.target]

    assert RANK[after] >= RANK[before]
    assert before is OUT


# What became of claims.


def test_dropped_tells_the_four_fates_apart():
    debate = Debate(
        tuple(Claim(name) for name in "abcdwxyz"),
        (),
        (
            Attack("xb", REBUTS, "x", "b", preferred=True),
            Attack("yc", REBUTS, "y", "c", preferred=True),
            Attack("zy", REBUTS, "z", "y", preferred=True),
            Attack("wd", REBUTS, "w", "d"),
        ),
        conceded=frozenset({"wd"}),
    )

    fates = dropped(debate, label_debate(debate, FREE))

    assert {claim: fates[claim].standing for claim in "abcd"} == {
        "a": Standing.NEVER_CHALLENGED,
        "b": Standing.UNANSWERED,
        "c": Standing.ANSWERED,
        "d": Standing.CONCEDED,
    }
    assert fates["b"] == ClaimStanding(Standing.UNANSWERED, 1, 0)


def test_dropped_claim_that_rebuts_is_not_challenged_by_its_own_rebuttal():
    fates = dropped(WORKED, label_debate(WORKED, FREE))

    assert fates["14"] == ClaimStanding(Standing.NEVER_CHALLENGED, 0, 0)
    assert fates["11"] == ClaimStanding(Standing.UNANSWERED, 1, 1)
    assert fates["13"] == ClaimStanding(Standing.UNANSWERED, 1, 0)


def test_dropped_claim_with_one_challenge_given_up_and_one_answered_is_answered():
    debate = Debate(
        tuple(Claim(name) for name in "axyz"),
        (),
        (
            Attack("xa", REBUTS, "x", "a", preferred=True),
            Attack("ya", REBUTS, "y", "a", preferred=True),
            Attack("zy", REBUTS, "z", "y", preferred=True),
        ),
        conceded=frozenset({"xa"}),
    )

    assert dropped(debate, label_debate(debate, FREE))["a"].standing is Standing.ANSWERED


def test_dropped_counts_open_challenges_to_passages_on_the_claim_they_carry():
    debate = Debate(
        (Claim("x"), Claim("y"), Claim("z")),
        (Inference("use", ("p",), "x"), Inference("again", ("p", "y"), "x")),
        (Attack("a", UNDERMINES, "z", "p"), Attack("b", UNDERMINES, "z", "y")),
        ("p",),
    )

    fates = dropped(debate, label_debate(debate, FREE))

    assert fates["x"] == ClaimStanding(Standing.NEVER_CHALLENGED, 0, 1)
    assert fates["y"] == ClaimStanding(Standing.UNANSWERED, 1, 0)


# Pivots.


def test_pivots_of_the_worked_example_depend_on_the_rule():
    each = {name: frozenset({name}) for name in ("12", "13", "14", "15", "16", "a14", "step")}

    assert pivots(WORKED, FREE, "11", each) == ("14", "a14")
    assert pivots(WORKED, BURDEN, "11", each) == ()
    both = {"both": frozenset({"15", "16"}), "more": frozenset({"14", "15", "16"})}
    assert pivots(WORKED, BURDEN, "11", both) == ("both", "more")


def test_pivots_pass_over_the_thesis_itself_and_what_is_not_there():
    removable = {"own": frozenset({"11", "a14"}), "else": frozenset({"nothing"})}

    assert pivots(WORKED, FREE, "11", removable) == ()


def test_pivots_of_two_that_attack_alike_are_none():
    debate = Debate(
        (Claim("x"), Claim("y")),
        (),
        (Attack("a", REBUTS, "y", "x"), Attack("b", REBUTS, "y", "x")),
    )
    removable = {
        "a": frozenset("a"),
        "b": frozenset("b"),
        "ab": frozenset("ab"),
        "y": frozenset("y"),
    }

    assert pivots(debate, FREE, "x", removable) == ("ab", "y")


def test_pivots_thesis_that_is_no_claim_is_refused():
    with pytest.raises(UnknownReference) as refused:
        pivots(WORKED, FREE, "step", {})
    assert refused.value.place == "step"


def ids_of(debate):
    parts = (debate.claims, debate.inferences, debate.attacks)
    return [*(one.id for part in parts for one in part), *debate.premises]


@given(randoms)
@settings(deadline=None, max_examples=400)
def test_pivots_equal_a_full_rescan(rng):
    debate, rules = random_debate(rng), rules_of(rng)
    ids = ids_of(debate)
    removable = {one: frozenset({one, *rng.sample(ids, rng.randint(0, 2))}) for one in ids}
    before = label_debate(debate, rules).labels["c0"]

    found = pivots(debate, rules, "c0", removable)

    assert found == tuple(
        one
        for one, gone in removable.items()
        if "c0" not in gone
        and label_debate(without(debate, gone), rules).labels["c0"] is not before
    )
