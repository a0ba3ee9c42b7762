"""The moderator's sample: all that fail, the borders, the spread, and as many more as asked."""

from collections import Counter
from decimal import Decimal
from uuid import UUID

import pytest

from annotations.grading.sampling import drawn


def scores(*percents):
    return [(UUID(int=at), Decimal(percent)) for at, percent in enumerate(percents)]


def draw(found, **rule):
    return drawn(found, **{"percent": 10, "least": 0, "pass_percent": 50, "seed": "s"} | rule)


def reasons(found, **rule):
    return Counter(why for _, why in draw(found, **rule))


def test_sample_holds_all_that_fail_and_all_on_the_border():
    chosen = dict(draw(scores(20, 49, 50, 53, 54, 70, 80, 90)))
    assert {work.int: why for work, why in chosen.items() if why in ("failed", "borderline")} == {
        0: "failed",
        1: "failed",
        2: "borderline",
        3: "borderline",
    }


def test_sample_spreads_from_the_worst_to_the_best():
    chosen = dict(draw(scores(*range(60, 100)), least=0, percent=0))
    assert sorted(work.int for work in chosen) == [0, 9, 19, 29, 39]


@pytest.mark.parametrize("count", [1, 2, 3, 4])
def test_sample_of_few_works_spreads_over_all_of_them(count):
    assert reasons(scores(*range(60, 60 + count)), least=0, percent=0) == {"spread": count}


def test_sample_is_filled_at_random_to_the_least():
    assert reasons(scores(*range(60, 100)), least=12) == {"spread": 5, "random": 7}


def test_sample_is_filled_at_random_to_the_share():
    assert reasons(scores(*range(60, 100)), percent=25) == {"spread": 5, "random": 5}


def test_sample_of_few_works_is_all_of_them():
    assert len(draw(scores(60, 70, 80), least=10)) == 3


def test_sample_of_one_seed_is_the_same_each_time():
    works = scores(*range(60, 100))
    assert draw(works, least=15) == draw(list(reversed(works)), least=15)
    assert draw(works, least=15) != draw(works, least=15, seed="other")


def test_sample_of_nothing_is_empty():
    assert draw([]) == []
