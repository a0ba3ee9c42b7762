"""Two rows of words laid side by side: frame, islands, fill, slides and corrections."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.reanchoring import pairing
from annotations.reanchoring.pairing import Run, Scale
from annotations.reanchoring.words import Side, Text, Vocabulary


def laid(old, new, *, whole=True, slide=True):
    vocabulary = Vocabulary()
    sides = [Side.read([Text("a", text)], vocabulary) for text in (old, new)]
    scale = Scale(vocabulary.weights(), vocabulary.literals, vocabulary.is_word)
    breaks = tuple(side.break_before for side in sides) if slide else None
    return pairing.pair(sides[0].ids, sides[1].ids, scale, whole=whole, breaks=breaks)


def test_pair_of_same_words_is_one_run():
    assert laid("Rents rose, again.", "rents rose, again.").runs == [Run(0, 0, 5)]
    assert laid("", "").runs == []


def test_pair_with_a_replaced_word_keeps_both_sides():
    assert laid("rents rose in the north", "rents rose in every north").runs == [
        Run(0, 0, 3),
        Run(4, 4, 1),
    ]


def test_pair_of_other_words_drops_the_common_word_they_happen_to_share():
    old = "the harbour and the ferry serve one island while mainland ports decay"
    new = "nobody asks why some taxes on the wealthy pay for schools elsewhere"

    assert laid(old, new).runs == []


def test_pair_with_a_deletion_that_could_slide_puts_it_between_sentences():
    old = "Prices fell. The policy failed. The policy is popular."
    new = "Prices fell. The policy is popular."

    found = laid(old, new)

    assert found.runs == [Run(0, 0, 3), Run(7, 3, 5)]
    assert found.ambiguous == set()


def test_pair_with_an_insertion_that_could_slide_puts_it_between_sentences():
    old = "Prices fell. The policy is popular."
    new = "Prices fell. The policy failed. The policy is popular."

    assert laid(old, new).runs == [Run(0, 0, 3), Run(3, 7, 5)]


def test_pair_with_a_deletion_that_fits_two_borders_marks_what_could_be_either():
    found = laid("fear of the levy of the state grew", "fear of the state grew")

    assert sum(run.size for run in found.runs) == 5
    assert found.ambiguous


def test_pair_with_a_word_spelled_anew_names_the_correction():
    found = laid("the goverment bought old ships", "the government bought old ships")

    assert found.runs == [Run(0, 0, 1), Run(2, 2, 3)]
    assert found.corrected == [(1, 1)]


def test_pair_too_large_for_the_longest_common_subsequence_is_aligned_all_the_same(monkeypatch):
    monkeypatch.setattr(pairing, "MOST_CELLS", 4)

    assert laid("rents rose in the north", "rents fell in the north").runs == [
        Run(0, 0, 1),
        Run(2, 2, 3),
    ]


words = st.lists(
    st.sampled_from(["the", "of", "levy", "quota", "rents.", "grid,", "fish"]), max_size=20
)


@pytest.mark.parametrize("whole", [True, False])
@given(old=words, new=words)
def test_pair_of_any_words_joins_like_words_in_order(whole, old, new):
    vocabulary = Vocabulary()
    sides = [Side.read([Text("a", " ".join(row))], vocabulary) for row in (old, new)]

    runs = laid(" ".join(old), " ".join(new), whole=whole).runs

    here = [at for run in runs for at in range(run.old, run.old + run.size)]
    there = [at for run in runs for at in range(run.new, run.new + run.size)]
    assert here == sorted(set(here))
    assert there == sorted(set(there))
    assert [sides[0].ids[at] for at in here] == [sides[1].ids[at] for at in there]
