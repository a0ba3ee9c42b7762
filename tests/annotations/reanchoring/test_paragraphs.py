"""Keys follow content: through edits, splits, merges, moves, and back after an undone deletion."""

import itertools
import time

from hypothesis import given
from hypothesis import strategies as st

from annotations.reanchoring import Text, paragraph_keys

RENT = (
    "Rents rose faster than wages in every coastal town last year. "
    "The council froze them for twelve months. Landlords answered by selling."
)
GRID = "The grid needs storage before it needs turbines. Batteries are cheap now."
FISH = "Quotas keep the herring alive. Fishers who break them lose the boat."


def keys(old, new, **options):
    counter = itertools.count(1)
    texts = [Text(key, text) for key, text in zip("abcdefgh", old, strict=False)]
    return paragraph_keys(texts, new, new_key=lambda: f"new {next(counter)}", **options)


def test_keys_of_unchanged_text_stay_even_when_repeated():
    assert keys([RENT, "* * *", GRID, "* * *"], [RENT, "* * *", GRID, "* * *"]) == list("abcd")


def test_keys_of_repeated_paragraph_inserted_leave_the_others_theirs():
    assert keys([RENT, "* * *", GRID], [RENT, "* * *", GRID, "* * *"]) == ["a", "b", "c", "new 1"]


def test_keys_of_edited_paragraph_stay():
    edited = GRID.replace("cheap now", "cheaper than ever")

    assert keys([RENT, GRID], [RENT, edited]) == ["a", "b"]


def test_keys_around_an_insertion_stay():
    assert keys([RENT, GRID], [RENT, FISH, GRID]) == ["a", "new 1", "b"]


def test_keys_around_a_deletion_stay():
    assert keys([RENT, FISH, GRID], [RENT, GRID]) == ["a", "c"]


def test_keys_of_moved_and_edited_paragraphs_move_along():
    assert keys([RENT, GRID, FISH], [FISH + " Always.", RENT, GRID]) == ["c", "a", "b"]


def test_keys_of_split_paragraph_go_to_the_larger_part():
    two, rest = RENT[:103], RENT[104:]

    assert rest == "Landlords answered by selling."
    assert keys([GRID, RENT], [GRID, two, rest]) == ["a", "b", "new 1"]
    assert keys([GRID, RENT], [GRID, RENT[:14], RENT[15:]]) == ["a", "new 1", "b"]


def test_keys_of_merged_paragraphs_are_the_larger_ones():
    assert keys([GRID, RENT, FISH], [GRID + " " + RENT, FISH]) == ["b", "c"]


def test_keys_of_two_equal_parts_are_the_first_ones():
    assert keys(["One two three. Four five six."], ["One two three.", "Four five six."]) == [
        "a",
        "new 1",
    ]


def test_keys_of_paragraph_rewritten_in_place_stay_while_a_third_stands():
    heavily = "Rents fell slower than hopes in each inland town this year."
    sentence = RENT[:61]

    assert keys([GRID, sentence, FISH], [GRID, heavily, FISH]) == ["a", "b", "c"]
    assert keys([GRID, sentence, FISH], [GRID, "Nobody asked us.", FISH]) == ["a", "new 1", "c"]


def test_keys_of_deleted_paragraph_come_back_with_its_text():
    earlier = [Text("z", FISH), Text("y", FISH), Text("b", "Long gone.")]

    assert keys([RENT, GRID], [RENT, FISH, GRID], earlier=earlier) == ["a", "z", "b"]


def test_keys_of_earlier_text_never_displace_one_in_use():
    earlier = [Text("a", GRID), Text("b", RENT)]

    assert keys([RENT, GRID], [RENT, GRID, FISH], earlier=earlier) == ["a", "b", "new 1"]


sentence = st.sampled_from(
    ["Rents rose.", "The grid needs storage.", "Quotas help.", "* * *", "", "No."]
)
paragraphs = st.lists(st.lists(sentence, min_size=1, max_size=3).map(" ".join), max_size=6)


@given(paragraphs)
def test_keys_of_any_unchanged_text_stay(texts):
    assert keys(texts, texts) == list("abcdefgh"[: len(texts)])


@given(paragraphs, paragraphs)
def test_keys_of_any_two_texts_are_unique(old, new):
    found = keys(old, new)

    assert len(found) == len(set(found)) == len(new)


def test_keys_of_one_word_repeated_take_no_longer():
    old = ["word " * 100] * 100 + ["word " * (90 + at % 20) for at in range(100)]
    new = ["word " * 100] * 80 + ["word " * (70 + at % 30) for at in range(120)]
    texts = [Text(str(place), text) for place, text in enumerate(old)]

    began = time.thread_time()
    found = paragraph_keys(texts, new)

    assert len(set(found)) == 200
    assert time.thread_time() - began < 5
