"""Debate cards: what is said of them, and the file that they make."""

import io

import pytest
from docx import Document

from annotations.bibliography.cards import Card, write_cards
from annotations.bibliography.relied import Run

LIN = {"author": [{"family": "Lin", "given": "Ada"}], "issued": {"date-parts": [[2024]]}}


@pytest.mark.parametrize(
    ("item", "short"),
    [
        ({"title": "Water", **LIN}, "Lin, 2024"),
        ({"title": "Water"}, "Water, n.d."),
        ({}, "Source, n.d."),
    ],
)
def test_card_short_cite_is_name_and_year(item, short):
    assert Card("Tag", item, []).short_cite == short


def test_write_cards_has_three_paragraphs_a_card():
    runs = [Run("Prices", is_relied_on=True), Run(" cut\nuse.\uffff", is_relied_on=False)]
    card = Card("Metering & <works>", {"title": "Water & price", "type": "book", **LIN}, runs)

    title, *paragraphs = Document(io.BytesIO(write_cards("Debate", [card, card]))).paragraphs

    assert title.text == "Debate"
    assert [(one.style.name, one.text) for one in paragraphs] == [
        ("Heading 4", "Metering & <works>"),
        ("Normal", "Lin, 2024 [Lin, Ada. Water & Price. 2024.]"),
        ("Normal", "Prices cut\nuse."),
    ] * 2
    assert [run.text for run in paragraphs[1].runs if run.italic] == ["Water & Price"]


def test_write_cards_of_none_has_a_title_alone():
    assert [one.text for one in Document(io.BytesIO(write_cards("Debate", []))).paragraphs] == ["Debate"]  # fmt: skip
