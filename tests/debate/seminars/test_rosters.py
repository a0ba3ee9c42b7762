"""Roster files read and written."""

import codecs

import pytest

from debate.core.errors import Invalid, TooLarge
from debate.seminars import rosters
from tests.expect import expect_refusal


def cells(text):
    """The cells of each line that are not empty."""
    return [
        {name: cell for name, cell in row.cells.items() if cell} for row in rosters.read(text).rows
    ]


ADA = {"name": "Ada", "email": "ada@example.org", "role": "student", "section": "Monday"}


@pytest.mark.parametrize(
    "text",
    [
        "name,email,role,section\nAda,ada@example.org,student,Monday\n",
        "section;ROLE;E-Mail;Full Name\r\nMonday;student;ada@example.org;Ada\r\n",
        "Role\tEmail address\tName\tSection\nstudent\tada@example.org\tAda\tMonday",
        '\ufeff"name","email","role","section"\n"Ada","ada@example.org","student","Monday"\n\n\n',
        "\n\nname , E-mail ,role,section\n  Ada ,ada@example.org, student,Monday\n,,,\n",
    ],
)
def test_roster_is_read_whatever_parts_and_orders_its_cells(text):
    assert cells(text) == [ADA]


def test_roster_tells_the_lines_of_the_file_its_columns_and_those_not_used():
    roster = rosters.read('id,email,name\n1,a@example.org,"A\nB"\n\n2,b@example.org\n')

    assert [(row.number, row.cells["email"]) for row in roster.rows] == [
        (2, "a@example.org"),
        (5, "b@example.org"),
    ]
    assert roster.rows[0].cells["name"] == "A B"
    assert roster.fields == ["email", "name"]
    assert roster.unused == ["id"]


def test_roster_of_addresses_alone_needs_no_names_of_columns():
    assert cells("a@example.org\nb@example.org\n") == [
        {"email": "a@example.org"},
        {"email": "b@example.org"},
    ]


def test_roster_takes_a_quote_that_marks_text_as_no_part_of_it():
    assert cells("email,name\na@example.org,'=1+1\nb@example.org,'Ada\n") == [
        {"email": "a@example.org", "name": "=1+1"},
        {"email": "b@example.org", "name": "'Ada"},
    ]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('"a@example.org"x,Ada', "The quotation marks of this line do not match."),
        ("a@example.org,Ada,more", "This line has more cells than there are columns."),
        ("a@example.org," + "x" * 1_001, "A cell of this line is longer than 1,000 characters."),
        ("," * 51 + "a", "This line has more than 50 columns."),
        ("a@example.org," + "x" * 200_000, "A cell of this line is longer than 1,000 characters."),
    ],
)
def test_roster_names_the_line_that_cannot_be_read_and_reads_the_others(line, problem):
    rows = rosters.read(f"email,name\n{line}\nb@example.org,Bea\n").rows

    assert (rows[0].number, rows[0].problem) == (2, problem)
    assert rows[-1].cells["email"] == "b@example.org"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "There is nothing in it."),
        ("\ufeff\n ,\n", "There is nothing in it."),
        ("name,role\nAda,student", "The first line has to name the columns"),
        ("email,e-mail\na,b", "Two columns are named email."),
        ('email,"na"me\na,b', "Line 1: The quotation marks"),
    ],
)
def test_roster_that_is_none_says_why(text, words):
    error = expect_refusal(Invalid, lambda: rosters.read(text), field="text")

    assert error.sentence.startswith(words)


def test_roster_has_its_bounds():
    line = "a@example.org\n"

    assert len(rosters.read(line * 2_000).rows) == 2_000
    expect_refusal(TooLarge, lambda: rosters.read("email\n" + line * 2_001), field="text")
    expect_refusal(TooLarge, lambda: rosters.read("é" * 524_289), field="text")
    expect_refusal(TooLarge, lambda: rosters.decode(b"a" * 1_048_577), field="file")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("José".encode(), ("José", "utf-8")),
        (codecs.BOM_UTF8 + "José".encode(), ("José", "utf-8")),
        (codecs.BOM_UTF16_LE + "José".encode("utf-16-le"), ("José", "utf-16")),
        (codecs.BOM_UTF16_BE + "José".encode("utf-16-be"), ("José", "utf-16")),
        ("José “Pepe”".encode("cp1252"), ("José “Pepe”", "cp1252")),
        (b"", ("", "utf-8")),
    ],
)
def test_file_is_decoded(data, expected):
    assert rosters.decode(data) == expected


@pytest.mark.parametrize(
    "data", [b"\x81\x8d\x8f", b"PK\x03\x04\x00\x00", codecs.BOM_UTF16_LE + b"a", b"a\x00"]
)
def test_file_that_is_no_text_is_refused_by_name(data):
    error = expect_refusal(Invalid, lambda: rosters.decode(data), field="file")

    assert "Save it as “CSV UTF-8”" in error.sentence


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_cell_that_a_spreadsheet_would_calculate_is_written_as_text(cell):
    assert rosters.neutral(cell) == f"'{cell}"


def test_roster_written_is_read_again():
    rows = [
        ADA,
        {"name": '=cmd|" /C calc"!A0', "email": "b@example.org", "role": "", "section": "A, B"},
    ]

    text = rosters.written(rows)

    assert cells(text) == [{k: v for k, v in row.items() if v} for row in rows]
    assert text.splitlines()[2].startswith("\"'=cmd")
