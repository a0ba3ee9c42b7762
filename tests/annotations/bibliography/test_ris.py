"""RIS as databases write it: what is read, what is refused, what is left out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.bibliography.references import Fault
from annotations.bibliography.ris import read_ris

WALTZ = """
TY  - JOUR
AU  - Waltz, Kenneth N.
TI  - The Emerging Structure of International Politics
T2  - International Security
VL  - 18
IS  - 2
SP  - 44
EP  - 79
PY  - 1993
DO  - 10.2307/2539097
UR  - http://www.jstor.org/stable/2539097
SN  - 01622889
ER  - 
"""  # noqa: W291  # what JSTOR writes


def only(text):
    reading = read_ris(text)
    assert reading.faults == ()
    (reference,) = reading.references
    return reference


def record(lines, kind="BOOK"):
    return only(f"TY  - {kind}\nTI  - T\n{lines}\nER  - ")


def test_read_ris_article_is_a_journal_article():
    reference = only(WALTZ)

    assert reference.label == "“The Emerging Structure of International Politics”"
    assert (reference.line, reference.left_out) == (2, ())
    assert reference.item == {
        "type": "article-journal",
        "title": "The Emerging Structure of International Politics",
        "author": [{"family": "Waltz", "given": "Kenneth N."}],
        "container-title": "International Security",
        "volume": "18",
        "issue": "2",
        "page": "44-79",
        "issued": {"date-parts": [[1993]]},
        "DOI": "10.2307/2539097",
        "URL": "http://www.jstor.org/stable/2539097",
        "ISSN": "01622889",
    }


@pytest.mark.parametrize(
    ("kind", "csl"),
    [
        ("JOUR", "article-journal"),
        ("MGZN", "article-magazine"),
        ("NEWS", "article-newspaper"),
        ("CHAP", "chapter"),
        ("RPRT", "report"),
        ("THES", "thesis"),
        ("ELEC", "webpage"),
        ("BLOG", "post-weblog"),
        ("STAT", "legislation"),
        ("CASE", "legal_case"),
        ("jour", "article-journal"),
    ],
)
def test_read_ris_type_is_that_of_csl(kind, csl):
    assert record("", kind).item["type"] == csl


@pytest.mark.parametrize(
    ("lines", "member", "value"),
    [
        ("AU  - King, Martin Luther, Jr.", "author", [{"family": "King", "given": "Martin Luther", "suffix": "Jr."}]),
        ("AU  - One, A.\nA1  - Two, B.", "author", [{"family": "One", "given": "A."}, {"family": "Two", "given": "B."}]),
        ("AU  - World Health Organization", "author", [{"literal": "World Health Organization"}]),
        ("ED  - de Vries, Wim", "editor", [{"family": "Vries", "given": "Wim", "non-dropping-particle": "de"}]),
        ("PY  - 1993///", "issued", {"date-parts": [[1993]]}),
        ("PY  - 1993/05/12/", "issued", {"date-parts": [[1993, 5, 12]]}),
        ("PY  - 1993\nDA  - 1993/05", "issued", {"date-parts": [[1993, 5]]}),
        ("DA  - 2007-01-04", "issued", {"date-parts": [[2007, 1, 4]]}),
        ("Y1  - 1993/May/", "issued", {"date-parts": [[1993, 5]]}),
        ("Y2  - 2024/03/01", "accessed", {"date-parts": [[2024, 3, 1]]}),
        ("SP  - 44", "page", "44"),
        ("SP  - 44–79", "page", "44-79"),
        ("SN  - 978-0-300-00221-6", "ISBN", "978-0-300-00221-6"),
        ("T1  - Other\nJO  - Journal", "container-title", "Journal"),
        ("PB  - Yale University\n  Press", "publisher", "Yale University Press"),
    ],
)  # fmt: skip
def test_read_ris_tag_goes_where_csl_has_it(lines, member, value):
    assert record(lines).item[member] == value


def test_read_ris_article_number_stands_for_pages():
    assert record("C7  - e1234", "JOUR").item["page"] == "e1234"


@pytest.mark.parametrize(
    ("lines", "left_out"),
    [
        ("KW  - war\nKW  - peace\nAB  - Long", ("KW", "AB")),
        ("PY  - in press", ("PY",)),
        ("Y2  - yesterday", ("Y2",)),
        ("T2  - Journal\nJO  - J.", ("JO",)),
        ("T2  - Journal\nJF  - Journal", ()),
        ("VL  - 1\nVL  - 2", ("VL",)),
        ("ZZ  - ", ()),
    ],
)
def test_read_ris_what_csl_has_no_place_for_is_named(lines, left_out):
    assert record(lines).left_out == left_out


def test_read_ris_unknown_type_is_named():
    assert record("", "SLIDE").left_out == ("TY SLIDE",)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("TY  - BOOK\nTI  - A", Fault("“A”", 1, "The record has no line “ER  - ” at its end.", "ER")),
        ("\nTY  - BOOK\nTI  - A\nTY  - BOOK\nTI  - B\nER  - ", Fault("“A”", 2, "The record has no line “ER  - ” at its end.", "ER")),
        ("TY  - BOOK\nAU  - A, B\nER  - ", Fault("the record of type BOOK", 1, "The work has no title.", "TI")),
        ("TY  - \nER  - ", Fault("the record of type (none)", 1, "The work has no title.", "TI")),
        ("TY  - BOOK\nID  - 7\nER  - ", Fault("“7”", 1, "The work has no title.", "TI")),
        ("Waltz 1993", Fault("", 1, "“Waltz 1993” stands outside any record.")),
        ("TI  - A\nER  - ", Fault("", 1, "“TI  - A” stands outside any record.")),
    ],
)  # fmt: skip
def test_read_ris_faulty_record_is_named_with_its_line(text, fault):
    assert fault in read_ris(text).faults


def test_read_ris_unclosed_record_leaves_the_others():
    reading = read_ris("TY  - BOOK\nTI  - A\nTY  - BOOK\nTI  - B\nER  - \n\ufeff")

    assert [reference.item["title"] for reference in reading.references] == ["B"]


def test_read_ris_too_many_records_are_refused_as_a_whole():
    reading = read_ris("TY  - BOOK\nTI  - A\nER  - \n" * 201)

    assert reading.references == ()
    assert (
        str(reading.faults[0]) == "Line 1: This holds 201 entries; at most 200 are taken at once."
    )


@given(st.lists(st.sampled_from(["TY  - BOOK", "TI  - A", "ER  - ", "ER  -", "", "  x", "AU  - ,", "PY  - 19", "SP  - -", "TY  -", "\ufeff"]), max_size=20))  # fmt: skip
def test_read_ris_each_record_is_read_or_a_fault(lines):
    reading = read_ris("\n".join(lines))

    begun = sum(line.startswith("TY") for line in lines)
    named = [fault for fault in reading.faults if fault.field]
    assert len(reading.references) + len(named) == begun
