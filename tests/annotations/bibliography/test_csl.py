"""CSL-JSON: names and dates as people write them, and what is read out of items."""

import pytest

from annotations.bibliography.csl import (
    read_date,
    read_name,
    read_names,
    short_author,
    title_of,
    write_date,
    write_name,
    write_names,
    year_of,
)

NAMES = [
    ("Waltz, Kenneth N.", {"family": "Waltz", "given": "Kenneth N."}),
    ("King, Martin Luther, Jr.", {"family": "King", "given": "Martin Luther", "suffix": "Jr."}),
    ("van der Berg, Max", {"non-dropping-particle": "van der", "family": "Berg", "given": "Max"}),
    ("World Health Organization", {"literal": "World Health Organization"}),
    ("Plato", {"literal": "Plato"}),
    ("One, Two, Three, Four", {"literal": "One, Two, Three, Four"}),
    ("de, Ann", {"family": "de", "given": "Ann"}),
]


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_read_name_is_undone_by_write_name(text, name):
    assert read_name(text) == name
    assert write_name(name) == text


@pytest.mark.parametrize(("text", "name"), [("  Waltz ,  K. ", {"family": "Waltz", "given": "K."}), ("Waltz,", {"literal": "Waltz,"})])  # fmt: skip
def test_read_name_is_without_loose_spaces(text, name):
    assert read_name(text) == name


def test_read_names_are_between_semicolons_or_lines():
    names = read_names("Waltz, K.; WHO\n; Allison, G.")

    assert names == [{"family": "Waltz", "given": "K."}, {"literal": "WHO"}, {"family": "Allison", "given": "G."}]  # fmt: skip
    assert write_names(names) == "Waltz, K.; WHO; Allison, G."
    assert write_names(None) == ""


@pytest.mark.parametrize(
    ("text", "parts"), [("2024", [2024]), ("2024-05", [2024, 5]), ("2024-05-31", [2024, 5, 31])]
)
def test_read_date_is_undone_by_write_date(text, parts):
    assert read_date(text) == {"date-parts": [parts]}
    assert write_date({"date-parts": [parts]}) == text


@pytest.mark.parametrize("text", ["2024-13", "2024-06-31", "24", "May 2024", "2024-5-", "٢٠٢٤"])
def test_read_date_of_no_date_is_refused(text):
    with pytest.raises(ValueError):  # noqa: PT011  # a plain value
        read_date(text)


def test_read_date_of_nothing_is_nothing():
    assert (read_date(" "), write_date({}), write_date(None)) == ({}, "", "")


@pytest.mark.parametrize(
    ("issued", "year"),
    [
        ({"date-parts": [[1966]]}, "1966"),
        ({"date-parts": [["1966", "5"]]}, "1966"),
        ({"date-parts": [[None]]}, ""),
        ({"date-parts": [[]]}, ""),
        ({"date-parts": None}, ""),
        ({"date-parts": [7]}, ""),
        ({"literal": "spring"}, ""),
        (None, ""),
    ],
)
def test_year_of_item_is_that_of_its_date(issued, year):
    assert year_of({"issued": issued}) == year


def test_title_of_item_is_without_outer_spaces():
    assert (title_of({"title": " Arms "}), title_of({}), title_of({"title": None})) == (
        "Arms",
        "",
        "",
    )


@pytest.mark.parametrize(
    ("item", "spoken"),
    [
        ({"author": [{"family": "Waltz", "given": "K."}]}, "Waltz"),
        ({"author": [{"family": "Fearon"}, {"family": "Laitin"}]}, "Fearon and Laitin"),
        ({"author": [{"family": "A"}, {"family": "B"}, {"family": "C"}]}, "A et al."),
        ({"editor": [{"literal": "WHO"}]}, "WHO"),
        ({"author": [{"family": "Vries", "non-dropping-particle": "de"}]}, "de Vries"),
        ({"author": [{"given": "Plato"}]}, "Plato"),
        ({}, ""),
    ],
)
def test_short_author_is_as_a_speaker_says_it(item, spoken):
    assert short_author(item) == spoken
