"""A mark taken to another version of its rubric, in numbers alone."""

from decimal import Decimal
from uuid import UUID

import pytest

from annotations.grading.remapping import Choice, Rule, carried, moved_by, total

ONE, TWO = UUID(int=1), UUID(int=2)
LOW, HIGH = UUID(int=11), UUID(int=12)


def points(value):
    return Decimal(value)


def levels(key=ONE, low="0", high="3", weight="1", **more):
    given = {LOW: points(low), HIGH: points(high), **more}
    return Rule(key, "levels", max(given.values()), points(weight), given)


def range_of(most, key=ONE):
    return Rule(key, "range", points(most), Decimal(1))


def test_level_gives_what_the_new_version_says():
    by = carried({ONE: Choice(points("3"), HIGH)}, [levels()], [levels(high="4")])

    assert by.choices == {ONE: Choice(points("4"), HIGH)}
    assert (by.total, by.needs_look) == (points("4.00"), False)


def test_weight_counts_in_the_new_total():
    by = carried({ONE: Choice(points("3"), HIGH)}, [levels()], [levels(weight="2.5")])

    assert by.total == points("7.50")


def test_level_that_is_gone_becomes_unset():
    after = Rule(ONE, "levels", points("1"), Decimal(1), {LOW: points("1")})

    by = carried({ONE: Choice(points("3"), HIGH)}, [levels()], [after])

    assert by.choices == {ONE: Choice()}
    assert (by.total, list(by.unset), by.needs_look) == (None, [ONE], True)


def test_criterion_that_is_gone_is_told_and_does_not_count():
    choices = {ONE: Choice(points("3"), HIGH), TWO: Choice(points("2"))}

    by = carried(choices, [levels(), range_of("4", TWO)], [levels()])

    assert (by.total, list(by.gone), list(by.unset)) == (points("3.00"), [TWO], [])


def test_criterion_gone_that_nobody_set_needs_no_look():
    by = carried({ONE: Choice()}, [levels()], [range_of("4", TWO)])

    assert not by.needs_look


def test_new_criterion_leaves_the_total_open():
    by = carried({ONE: Choice(points("3"), HIGH)}, [levels()], [levels(), range_of("4", TWO)])

    assert (by.total, by.needs_look) == (None, False)


@pytest.mark.parametrize(
    ("most", "kept"), [("4", "3.50"), ("3.5", "3.50"), ("3", None)], ids=["wider", "same", "narrow"]
)
def test_range_keeps_points_that_have_room(most, kept):
    by = carried({ONE: Choice(points("3.50"))}, [range_of("4")], [range_of(most)])

    assert by.choices[ONE].points == (kept and points(kept))


def test_checks_are_summed_anew_within_bounds():
    before = Rule(ONE, "checks", points("3"), Decimal(1), {LOW: points("3"), HIGH: points("-1")})
    after = Rule(ONE, "checks", points("2"), Decimal(1), {LOW: points("2"), HIGH: points("-5")})

    by = carried({ONE: Choice(points("2"), checks=frozenset({LOW, HIGH}))}, [before], [after])

    assert by.choices[ONE] == Choice(points("0.00"), checks=frozenset({LOW, HIGH}))


def test_check_that_is_gone_keeps_the_others_and_needs_a_look():
    before = Rule(ONE, "checks", points("3"), Decimal(1), {LOW: points("2"), HIGH: points("1")})
    after = Rule(ONE, "checks", points("2"), Decimal(1), {LOW: points("2")})

    by = carried({ONE: Choice(points("3"), checks=frozenset({LOW, HIGH}))}, [before], [after])

    assert by.choices[ONE] == Choice(checks=frozenset({LOW}))
    assert by.needs_look


@pytest.mark.parametrize(("old", "expected"), [("4", "5.00"), ("0", "10")], ids=["share", "whole"])
def test_completion_keeps_its_share(old, expected):
    before = Rule(ONE, "completion", points(old), Decimal(1))
    after = Rule(ONE, "completion", points("10"), Decimal(1))

    assert carried({ONE: Choice(points("2"))}, [before], [after]).total == points(expected)


@pytest.mark.parametrize("kind", ["feedback", "range"])
def test_criterion_of_another_kind_becomes_unset(kind):
    after = Rule(ONE, kind, points("3"), Decimal(1))

    by = carried({ONE: Choice(points("3"), HIGH)}, [levels()], [after])

    assert (by.choices[ONE], by.needs_look) == (Choice(), True)


def test_criterion_not_set_stays_not_set_without_a_look():
    by = carried({ONE: Choice()}, [levels()], [levels(high="4")])

    assert (by.choices[ONE], by.total, by.needs_look) == (Choice(), None, False)


def test_level_without_points_of_a_level_is_unset():
    by = carried({ONE: Choice(points("3"))}, [levels()], [levels()])

    assert by.choices[ONE] == Choice()


def test_total_leaves_feedback_out():
    feedback = Rule(TWO, "feedback", points("0"), Decimal(1))

    assert total({ONE: Choice(points("3"), HIGH)}, [levels(), feedback]) == points("3.00")


def test_score_moves_by_the_difference_where_there_are_two():
    assert moved_by(points("3"), points("2")) == points("-1")
    assert moved_by(None, points("2")) is None
    assert moved_by(points("3"), None) is None
