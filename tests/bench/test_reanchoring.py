"""The benchmark itself: that it knows the truth, and is the same whenever it runs."""

import random
from collections import Counter

import pytest

from tests.bench import edits, essays, reanchoring
from tests.bench.baselines import Texts, by_offsets, exact_or_orphan, fuzzy_without_floor


@pytest.fixture
def essay():
    return edits.numbered(["One two three four. Five six.", "Seven eight nine ten."])


def case_of(essay, new):
    return edits.Case(essay, new, ())


@pytest.mark.parametrize(
    ("marks", "verdict"),
    [
        ([(0, 4, 13)], "right"),
        ([(0, 8, 13)], "right"),
        ([(1, 0, 11)], "wrong"),
        ([(0, 0, 29), (1, 0, 21)], "wrong"),
        ([], "orphaned"),
    ],
)
def test_verdict_on_surviving_words_asks_for_half_of_them(essay, marks, verdict):
    judge = reanchoring.Judge(case_of(essay, essay))

    assert judge.verdict(edits.Run(0, 1, 3), marks) == verdict


@pytest.mark.parametrize(("marks", "verdict"), [([(0, 0, 3)], "false"), ([], "refused")])
def test_verdict_on_words_that_are_gone_asks_for_no_place(essay, marks, verdict):
    out = edits.Run(0, 1, 3)
    new = edits.take_out(random.Random(1), essay, [out])
    judge = reanchoring.Judge(case_of(essay, new))

    assert edits.text_of(new[0]) == "One four. Five six."
    assert judge.verdict(out, marks) == verdict


def test_verdict_on_replaced_words_counts_the_new_ones_for_nobody(essay):
    new = edits.take_out(random.Random(1), essay, [edits.Run(0, 1, 2)], replaced=True)
    judge = reanchoring.Judge(case_of(essay, new))
    whole = [(0, 0, len(edits.text_of(new[0])))]

    assert judge.surviving(edits.Run(0, 0, 3)) == {0, 2}
    assert judge.verdict(edits.Run(0, 0, 6), whole) == "right"


@pytest.mark.parametrize(
    "edit",
    [
        edits.swap_paragraphs,
        lambda rng, essay: edits.edit_words(rng, essay, 0),
    ],
)
def test_edit_that_takes_nothing_out_keeps_every_word_once(edit):
    essay = edits.numbered(essays.essay(random.Random(2), 10))
    before = Counter(unit for paragraph in essay for unit in paragraph)

    new = edit(random.Random(3), essay)

    assert Counter(unit for paragraph in new for unit in paragraph) == before


@pytest.mark.parametrize("name", list(reanchoring.CLASSES))
def test_case_of_the_same_seed_is_the_same(name):
    first, second = (next(reanchoring.cases([name], 1, 6, 2))[1] for _ in range(2))

    assert first == second
    assert first.old != ()


def test_baselines_on_a_moved_quote_do_as_their_rules_say():
    old = Texts(["Alpha beta gamma delta.", "Epsilon zeta eta theta."])
    new = Texts(["Iota.", "Alpha beta gamma delta.", "Epsilon zeta eta theta."])
    mark = (1, 8, 12)

    assert by_offsets(old, new, mark) == [(2, 2, 6)]
    assert exact_or_orphan(old, new, mark) == [(2, 8, 12)]
    assert fuzzy_without_floor(old, new, mark) == [(2, 8, 12)]


def test_baselines_on_a_deleted_quote_differ_in_what_they_refuse():
    old = Texts(["Alpha beta gamma delta.", "Epsilon zeta eta theta."])
    new = Texts(["Alpha beta gamma delta.", "Epsilon eta theta."])
    mark = (1, 8, 12)

    assert by_offsets(old, new, mark) == [(1, 8, 12)]
    assert exact_or_orphan(old, new, mark) == []
    assert fuzzy_without_floor(old, new, mark) != []


def test_report_of_a_small_run_names_every_class_and_way():
    scores = reanchoring.measure(count=1, paragraphs=5, each=2, baselines=True)

    labels = [line[:34].strip() for line in reanchoring.report(scores).splitlines()[1:]]

    assert labels[: labels.index("")] == [
        f"{name}: {way}"[:34]
        for name in reanchoring.CLASSES
        for way in (reanchoring.OURS, "offsets only", "exact or orphan", "fuzzy, no floor")
    ]
