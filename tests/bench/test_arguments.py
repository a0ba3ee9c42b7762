"""The benchmark of labels itself: that its debates are debates, of the size they are said to have."""

import pytest

from annotations.arguments import Label, label_debate
from tests.bench import arguments


@pytest.mark.parametrize("size", [60, 1_000])
def test_debate_of_a_size_has_that_many_elements_of_every_label(size):
    labels = label_debate(arguments.debate_of(size), arguments.RULES).labels

    assert len(labels) == size
    assert set(labels.values()) == set(Label)


def test_debate_of_the_same_seed_is_the_same():
    assert arguments.debate_of(60) == arguments.debate_of(60)


def test_explain_all_explains_every_element():
    assert arguments.explain_all(arguments.debate_of(60)) == 60
