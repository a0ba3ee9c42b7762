"""Pastes of either kind, told apart by how they begin."""

import time

import pytest

from annotations.bibliography.identifiers import work_key
from annotations.bibliography.reading import read_references


@pytest.mark.parametrize(
    "text",
    [
        "@book{arms, title = {Arms}}",
        "\n  @Book(arms, title = {Arms})",
        "TY  - BOOK\nTI  - Arms\nER  - ",
        "TY - BOOK\r\nTI - Arms\r\nER - \r\n",
    ],
)
def test_read_references_of_either_kind_are_read(text):
    reading = read_references(text)

    assert [one.item["title"] for one in reading.references] == ["Arms"]
    assert reading.faults == ()


def test_read_references_of_neither_kind_are_a_fault():
    [fault] = read_references("Waltz, Kenneth N. 1993.").faults

    assert str(fault) == (
        "Line 1: This is neither BibTeX, which has lines like “@book{key,”, nor RIS, with"
        " “TY  - BOOK”."
    )


@pytest.mark.parametrize(
    "text",
    [
        "\n" * 100_000 + "x",
        "TY  - BOOK\nTI  - A\nSP  - 1" + " " * 99_000 + "x\nER  - ",
        "TY  - BOOK\nTI  - A\nUR  - " + "https://web.archive.org/web/1/" * 3_000 + "\nER  - ",
        "TY  - BOOK\nTI  - A\nDO  - 10.1000/" + ")" * 99_000 + "\nER  - ",
        "@book{a, title = {A}, pages = {1" + " " * 99_000 + "x}}",
        "@book{a, title = {A}, author = {" + "and " * 24_000 + "}}",
        "@book{a, title = {" + "\\url " * 19_000 + "}}",
        "@book{a, title = {" + "\\'" * 49_000 + "}}",
        "@" * 100_000,
        "@a" + " " * 99_000 + "x",
    ],
)
def test_read_references_that_mean_harm_take_little_time(text):
    began = time.thread_time()

    [work_key(one.item) for one in read_references(text).references]

    assert time.thread_time() - began < 15  # quadratic ones take minutes


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_read_references_of_nothing_are_nothing(text):
    assert read_references(text).references == read_references(text).faults == ()
