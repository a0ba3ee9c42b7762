"""Agreement of markers, held to published figures and to what published packages say."""

import pytest

from annotations.grading.metrics import RESAMPLES, alpha, weighted_kappa, with_interval

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section E: four observers, twelve
# units, values missing. He gives 0.743, 0.815 and 0.849.
OBSERVERS = [
    [1, 2, 3, 3, 2, 1, 4, 1, 2, None, None, None],
    [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, None, 3],
    [None, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, None],
    [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, None],
]
UNITS = [[value for value in unit if value is not None] for unit in zip(*OBSERVERS, strict=True)]


def table(rows):
    """The pairs of values that a table of two raters counts."""
    return [
        (one, other)
        for one, row in enumerate(rows)
        for other, count in enumerate(row)
        for _ in range(count)
    ]


# Agresti, Categorical Data Analysis: two pathologists, 118 slides, four grades of carcinoma.
PATHOLOGISTS = table([[22, 2, 2, 0], [5, 7, 14, 0], [0, 2, 36, 0], [0, 1, 14, 10]])


@pytest.mark.parametrize(
    ("level", "expected"),
    [("nominal", 0.743421052631579), ("ordinal", 0.8153875037548814), ("interval", 0.84910714286)],
)
def test_alpha_of_the_textbook_table_is_the_published_figure(level, expected):
    assert alpha(UNITS, level=level) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize(("power", "expected"), [(1, 0.6618803418803418), (2, 0.790044338462685)])
def test_weighted_kappa_of_the_pathologists_is_the_published_figure(power, expected):
    found = weighted_kappa(PATHOLOGISTS, scale=[0, 1, 2, 3], power=power)
    assert found == pytest.approx(expected, abs=1e-10)


def test_alpha_of_perfect_agreement_is_one():
    assert alpha([[1, 1], [2, 2], [3, 3]]) == 1


def test_alpha_of_contrary_marks_is_below_nothing():
    assert alpha([[1, 5], [5, 1]]) == pytest.approx(-0.5)


@pytest.mark.parametrize(
    "units", [[], [[1], [2]], [[2, 2], [2, 2]]], ids=["nothing", "one marker", "all the same"]
)
def test_alpha_where_nothing_can_be_told_is_none(units):
    assert alpha(units) is None


def test_weighted_kappa_where_both_give_the_same_is_none():
    assert weighted_kappa([(1, 1), (1, 1)], scale=[0, 1]) is None


def test_weighted_kappa_of_a_value_off_the_scale_is_refused():
    with pytest.raises(ValueError, match="7"):
        weighted_kappa([(7, 1)], scale=[0, 1])


def test_interval_holds_the_value_and_is_the_same_each_time():
    found = with_interval(UNITS, alpha)
    assert found == with_interval(UNITS, alpha)
    assert found.low < found.value < found.high
    assert found.n == 12


def test_interval_of_what_cannot_be_told_is_none():
    found = with_interval([[1, 1]], alpha)
    assert (found.value, found.low, found.high, found.n) == (None, None, None, 1)


def test_interval_asks_as_often_as_it_says():
    asked = []
    with_interval([[1, 2], [2, 1]], lambda units: asked.append(len(units)) or 0.5)
    assert asked == [2] * (RESAMPLES + 1)
