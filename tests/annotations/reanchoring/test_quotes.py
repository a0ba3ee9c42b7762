"""Quotes looked for where words are new: the floor, the surroundings, and equals that are refused."""

from annotations.reanchoring import Alignment, Text
from annotations.reanchoring.quotes import Quotes
from annotations.selectors import select

RENT = "Rents rose faster than wages in every coastal town last year."
GRID = (
    "The northern grid needs cheap storage long before anybody orders more offshore turbines. "
    "Batteries are cheap now."
)


def find(old, new, text, quote, **options):
    at = select(text, text.index(quote), text.index(quote) + len(quote))
    alignment = Alignment(
        [Text(key, one) for key, one in old.items()], [Text(key, one) for key, one in new.items()]
    )
    found = Quotes(alignment).find(at.exact, at.prefix, at.suffix, **options)
    if found is None:
        return None
    there = alignment.new
    paragraph = there.texts[there.paragraph[found.first]]
    return paragraph.key, paragraph.text[there.starts[found.first] : there.ends[found.end - 1]]


def test_find_of_words_that_came_anew_names_their_place():
    assert find({"a": RENT}, {"a": RENT, "b": GRID}, GRID, "needs cheap storage") == (
        "b",
        "needs cheap storage",
    )


def test_find_of_nearly_the_same_words_names_their_place():
    edited = GRID.replace("offshore", "distant")
    quote = "cheap storage long before anybody orders more offshore turbines"

    found = find({"a": RENT}, {"a": RENT, "b": edited}, GRID, quote)

    assert found == ("b", quote.replace("offshore", "distant"))


def test_find_of_words_that_stood_there_before_names_nothing():
    assert find({"a": RENT, "b": GRID}, {"a": RENT, "b": GRID}, GRID, "needs cheap storage") is None


def test_find_of_a_word_in_other_surroundings_names_nothing():
    new = "Some say a storage of grain helps."

    assert find({"a": RENT}, {"a": RENT, "b": new}, GRID, "storage") is None


def test_find_of_one_of_two_equal_places_names_the_one_nearby_only():
    new = {"a": RENT, "b": GRID, "c": GRID}
    quote = "storage long before anybody orders more offshore turbines"
    start = GRID.index(quote)

    assert find({"a": RENT}, new, GRID, quote) is None
    assert find({"a": RENT}, new, GRID, quote, near=("c", start)) == ("c", quote)
    assert find({"a": RENT}, new, GRID, quote, near=("c", start + 1)) is None
