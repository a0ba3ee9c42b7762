"""The eight fields of a debate card: given, not given by the source, missing."""

from datetime import date

import pytest

from annotations.bibliography.completeness import FIELDS, State, completeness

WORK = {
    "title": "Arms",
    "author": [{"literal": "WHO"}],
    "issued": {"date-parts": [[1966]]},
    "publisher": "Yale",
    "page": "3-10",
}


def test_completeness_of_everything_is_complete():
    card = completeness(
        WORK, url="https://example.org", accessed=date(2024, 3, 1), qualifications="Professor"
    )

    assert card.as_dict() == dict.fromkeys(FIELDS, "given")
    assert (card.given, card.missing, card.is_complete) == (8, (), True)


def test_completeness_of_nothing_misses_all_in_order():
    card = completeness({})

    assert [field.name for field in card.missing] == [
        "author", "issued", "source", "title", "accessed", "url", "qualifications", "page",
    ]  # fmt: skip
    assert card.missing[0].label == "Full name of the author or editor"
    assert (card.given, card.is_complete) == (0, False)


@pytest.mark.parametrize("name", FIELDS)
def test_completeness_of_what_the_source_does_not_give_is_not_missing(name):
    card = completeness({}, not_given=[name])

    assert [field.name for field in card.of(State.NOT_GIVEN)][-1:] == [name]
    assert name not in [field.name for field in card.missing]


def test_completeness_of_what_is_given_outweighs_not_given():
    assert completeness(WORK, not_given=["title"]).as_dict()["title"] == "given"


@pytest.mark.parametrize(
    ("item", "options", "name"),
    [
        ({"editor": [{"literal": "X"}]}, {}, "author"),
        ({"container-title": "X"}, {}, "source"),
        ({"DOI": "10.1000/x"}, {}, "url"),
        ({}, {"doi": "10.1000/x"}, "url"),
        ({"accessed": {"date-parts": [[2024]]}}, {}, "accessed"),
        ({}, {"locators": ["", "p. 3"]}, "page"),
    ],
)
def test_completeness_field_may_be_given_elsewhere(item, options, name):
    assert completeness(item, **options).as_dict()[name] == "given"


def test_completeness_of_a_printed_work_wants_no_date_of_access():
    printed = completeness(WORK, not_given=["url"]).as_dict()
    online = completeness(WORK, url="https://example.org", not_given=["url"]).as_dict()

    assert (printed["url"], printed["accessed"]) == ("not_given", "not_given")
    assert (online["url"], online["accessed"]) == ("given", "missing")
