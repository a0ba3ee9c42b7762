"""Points, lateness and histories: pure arithmetic."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.grading.folding import INITIAL, fold
from annotations.grading.lateness import Policy, deduction, intervals, lost
from annotations.grading.scoring import (
    final_of,
    of_checks,
    of_completion,
    rounded,
    scaled,
    total_of,
)

D = Decimal


def policy(rule, percent="10", interval="day", floor="0"):
    return Policy(rule=rule, percent=D(percent), interval=interval, floor=D(floor))


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [([], "0"), (["2", "1"], "3"), (["2", "-3"], "0"), (["3", "3"], "5")],
    ids=["none", "sum", "never below nothing", "never above the most"],
)
def test_checks_of_signed_points_stay_within_the_criterion(chosen, expected):
    assert of_checks([D(one) for one in chosen], D(5)) == D(expected)


@pytest.mark.parametrize(
    ("done", "expected"),
    [
        ([(3, 3), (2, 2)], "10.00"),
        ([(1, 3), (9, 2)], "6.00"),
        ([(0, 3)], "0.00"),
        ([(4, 0)], "10"),
        ([(1, 3)], "3.33"),
    ],
    ids=["all", "more than asked pays for nothing", "nothing", "nothing asked", "rounded"],
)
def test_completion_counts_each_thing_up_to_what_was_asked(done, expected):
    assert of_completion(done, D(10)) == D(expected)


def test_total_with_a_part_not_set_is_none():
    assert total_of([(D(3), D(1)), (None, D(1))]) is None


def test_total_weighs_its_parts():
    assert total_of([(D(3), D("1.5")), (D(2), D("0.5"))]) == D("5.50")


def test_scale_without_points_of_its_own_keeps_the_rubrics():
    assert scaled(D(7), D(10), None) == D("7.00")
    assert scaled(D(7), D(9), D(100)) == D("77.78")


def test_final_is_never_less_than_nothing():
    assert final_of(D(3), D(1), D("0.50")) == D("2.50")
    assert final_of(D(3), D(4), D(0)) == D("0.00")


def test_half_a_cent_is_rounded_upwards():
    assert rounded(D("2.345")) == D("2.35")


@pytest.mark.parametrize(
    ("seconds", "unit", "expected"),
    [(0, "day", 0), (1, "day", 1), (86400, "day", 1), (86401, "day", 2), (3601, "hour", 2)],
    ids=["in time", "begun", "exact", "second begun", "hours"],
)
def test_interval_that_has_begun_is_a_whole_one(seconds, unit, expected):
    assert intervals(seconds, unit) == expected


def test_loss_stops_at_the_floor():
    assert lost(30 * 86400, policy("each", floor="40")) == D("0.6")


def test_each_late_contribution_loses_its_own_share():
    # Two in time, one a day late, one two days: (0 + 0 + 10 % + 20 %) / 4 of 20 points.
    assert deduction(D(20), [0, 0, 86400, 2 * 86400], policy("each")) == D("1.50")


def test_last_contribution_decides_for_the_whole():
    assert deduction(D(20), [0, 0, 86400], policy("last")) == D("2.00")


def test_dropping_late_contributions_takes_no_points():
    assert deduction(D(20), [0, 86400], policy("drop")) == D("0.00")


def test_work_without_contributions_loses_nothing():
    assert deduction(D(20), [], policy("last")) == D("0.00")


def test_fold_of_no_event_is_the_beginning():
    assert fold([]) == dict(INITIAL)


def test_fold_takes_the_last_word_on_each_member():
    told = fold([{"raw": "3.00", "state": "marked"}, {"raw": "4.00"}])
    assert (told["raw"], told["state"], told["final"]) == ("4.00", "marked", None)


def test_fold_of_an_unknown_member_is_refused():
    with pytest.raises(KeyError, match="score"):
        fold([{"score": "3"}])


@given(st.lists(st.dictionaries(st.sampled_from(sorted(INITIAL)), st.integers()), max_size=8))
def test_fold_in_two_steps_is_the_fold_of_both(changes):
    half = len(changes) // 2
    assert fold([fold(changes[:half]), *changes[half:]]) == fold(changes)
