"""Works that may be one: the same title, and nothing against it."""

import pytest

from annotations.bibliography.duplicates import alike

LIN = {"author": [{"family": "Lin", "given": "Ada"}]}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Water"}, {"title": "WATER!"}),
        ({"title": "Water"}, {"title": "Water: A primer"}),
        ({"title": "Water", "issued": {"date-parts": [[2024]]}}, {"title": "Water"}),
        ({"title": "Water", **LIN}, {"title": "Water", "author": [{"family": "Lín"}]}),
        ({"title": "Water", "DOI": "10.1000/X"}, {"title": "Water", "DOI": "10.1000/x"}),
    ],
)
def test_alike_of_what_may_be_one_is_a_pair(one, other):
    assert alike([one, {"title": "Other"}, other]) == [(0, 2)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"title": "Water"}, {"title": "Waters"}),
        ({"title": ""}, {"title": ""}),
        ({}, {}),
        (
            {"title": "Water", "issued": {"date-parts": [[2024]]}},
            {"title": "Water", "issued": {"date-parts": [[2023]]}},
        ),
        ({"title": "Water", **LIN}, {"title": "Water", "author": [{"family": "Ng"}]}),
        ({"title": "Water", "DOI": "10.1000/x"}, {"title": "Water", "DOI": "10.1000/y"}),
    ],
)
def test_alike_of_what_cannot_be_one_is_none(one, other):
    assert alike([one, other]) == []


def test_alike_of_three_is_each_pair():
    assert alike([{"title": "Water"}] * 3) == [(0, 1), (0, 2), (1, 2)]


def test_alike_of_many_is_two_hundred_pairs():
    assert len(alike([{"title": "Water"}] * 100)) == 200
