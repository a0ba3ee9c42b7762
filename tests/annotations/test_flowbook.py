"""The flow sheet as a workbook: what stands in which cell, and that none is a formula."""

from io import BytesIO

import openpyxl
import pytest

from annotations.actions import Content, Target, create_annotation
from annotations.enums import Kind
from annotations.flowbook import flow_workbook
from annotations.queries.flow import flow_sheet
from annotations.queries.graph import argument_graph
from tests.factories.argument import ClaimAnchorFactory, ClaimFactory
from tests.factories.assignments import paragraph_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def thesis(assignment):
    claim = ClaimFactory(assignment=assignment, text="Talks should reopen.")
    ClaimAnchorFactory(claim=claim)
    return claim


@pytest.fixture
def counter(assignment, student):
    def _counter(text, parent=None):
        return create_annotation(
            actor=student,
            assignment_id=assignment.pk,
            content=Content(
                kind=Kind.COUNTERARGUMENT, body=text, attacks="conclusion", counterclaim=text
            ),
            targets=[] if parent else [Target(paragraph_id=paragraph_of(assignment).pk)],
            parent_id=parent.pk if parent else None,
        )

    return _counter


@pytest.fixture
def book(assignment, student):
    def _book():
        sheet = flow_sheet(argument_graph(student, assignment), at=assignment.created_at)
        file = BytesIO(flow_workbook(sheet, title="=1+1"))
        return openpyxl.load_workbook(file)

    return _book


def cells(book):
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


def test_workbook_has_a_line_for_each_answer(book, thesis, counter):
    challenge = counter("Talks reward.")
    counter("They do not.", challenge)
    counter("Not in 1987.", challenge)
    counter("Too late.")

    assert cells(book()) == [
        ["No.", "Essay", "Challenge", "Defence", "Reply"],
        [
            "1",
            "Talks should reopen.\nClaim · ¶ 1 · contested",
            "Talks reward.\nCounterargument · Student · says the opposite · contested",
            "They do not.\nCounterargument · Student · says the opposite · contested",
            None,
        ],
        [
            None,
            None,
            None,
            "Not in 1987.\nCounterargument · Student · says the opposite · contested",
            None,
        ],
        [
            None,
            None,
            "Too late.\nCounterargument · Student · says the opposite · open",
            "Dropped: nobody has answered",
            None,
        ],
    ]


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_workbook_has_no_formula(book, thesis, counter, sign):
    counter(f'{sign}HYPERLINK("http://example.org")')

    cell = book().active.cell(row=2, column=3)

    assert cell.data_type == "s"
    assert cell.value.startswith(f"'{sign}HYPERLINK")


def test_workbook_prints_landscape_and_one_page_wide_with_its_header(book, thesis):
    page = book().active

    assert page.page_setup.orientation == "landscape"
    assert page.sheet_properties.pageSetUpPr.fitToPage  # one page wide, where nothing else is said
    assert (page.page_setup.fitToWidth, page.page_setup.fitToHeight) == (None, 0)
    assert (page.print_title_rows, page.freeze_panes) == ("$1:$1", "C2")
    assert page.cell(row=2, column=2).alignment.wrap_text
