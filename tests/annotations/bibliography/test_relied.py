"""Relied-on words: runs put in order, cut out, marked and read back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.bibliography.relied import Run, cut, mark, normal, read

QUOTE = "Prices cut use by a third. 🙂 Rules did not."


@pytest.mark.parametrize(
    ("runs", "normalised"),
    [
        ([], []),
        ([[7, 10], [0, 6]], [[0, 6], [7, 10]]),
        ([[0, 6], [6, 10]], [[0, 10]]),
        ([[0, 10], [2, 4]], [[0, 10]]),
        ([(0, 6), (4, 8), (20, 21)], [[0, 8], [20, 21]]),
    ],
)
def test_normal_runs_are_in_order_and_apart(runs, normalised):
    assert normal(runs, len(QUOTE)) == normalised


@pytest.mark.parametrize(
    "runs",
    [[[3, 3]], [[4, 2]], [[-1, 2]], [[0, 99]], [[0]], [[0, 1, 2]], [[True, 2]], [[0, 1.5]], [["0", "1"]], [[at * 2, at * 2 + 1] for at in range(51)]],
)  # fmt: skip
def test_normal_runs_that_are_none_are_refused(runs):
    with pytest.raises(ValueError):  # noqa: PT011  # a plain value
        normal(runs, 200 if len(runs) > 1 else len(QUOTE))


def test_cut_quotation_is_in_pieces():
    assert cut(QUOTE, [[0, 6], [27, 28]]) == [
        Run("Prices", is_relied_on=True),
        Run(" cut use by a third. ", is_relied_on=False),
        Run("🙂", is_relied_on=True),
        Run(" Rules did not.", is_relied_on=False),
    ]


def test_mark_quotation_is_undone_by_read():
    marked = mark(QUOTE, [[0, 6], [27, 28]])

    assert marked == "[[Prices]] cut use by a third. [[🙂]] Rules did not."
    assert read(marked) == (QUOTE, [[0, 6], [27, 28]])


@pytest.mark.parametrize("marked", ["[[a", "a]]", "[[a]] b]]", "[[a [[b]]", "[[]]", "]]a[["])
def test_read_marks_that_are_no_pairs_are_refused(marked):
    with pytest.raises(ValueError):  # noqa: PT011  # a plain value
        read(marked)


@given(st.text("ab 🙂é", max_size=30), st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), max_size=6))  # fmt: skip
def test_marked_quotation_is_read_back_as_the_same(quote, places):
    runs = normal([[at, at + length] for at, length in places if at + length <= len(quote)], len(quote))  # fmt: skip

    assert read(mark(quote, runs)) == (quote, runs)
    assert "".join(run.text for run in cut(quote, runs)) == quote
