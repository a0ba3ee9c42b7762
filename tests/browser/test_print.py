"""What is on paper: all words of a page and where it belongs, and nothing that one could only press."""

import pytest
from playwright.sync_api import expect

from tests.browser.looks import sideways
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.grading import GradeFactory, GradingPlanFactory, WorkFactory, WorkItemFactory

A4 = 680
"""Pixels between the margins of a sheet."""


@pytest.fixture
def printed(browse, student):
    """`printed(path)`: the page as it lies on the sheet of a student, or of whoever is named."""

    def _printed(path, who=student, **options):
        page = browse(who, **options)
        page.goto(path)
        page.emulate_media(media="print")
        assert sideways(page, A4) == []
        return page

    return _printed


def test_print_of_a_note_says_how_many_replies_it_has_and_when_it_was_written(
    printed, assignment, paragraphs, student, classmate
):
    note = annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="Printed.")
    for _ in range(2):
        ReplyFactory(parent=note, author=student)
    page = printed(assignment.get_absolute_url())

    card = page.locator(f"#a-{note.pk}")
    assert card.locator(".r").inner_text().strip() == "2 replies"
    expect(card.locator("time")).to_be_visible()
    expect(card.get_by_role("link", name="Reply", exact=True)).to_be_hidden()


def test_print_of_an_essay_tells_where_all_replies_are_to_print(
    printed, assignment, paragraphs, classmate, address
):
    annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    page = printed(assignment.get_absolute_url())
    told = page.get_by_text("All notes with their replies, to print:")
    expect(told).to_contain_text(f"{address}{assignment.get_absolute_url()}exchange/print/")

    page.emulate_media(media="screen")
    expect(told).to_be_hidden()
    with page.expect_navigation():
        page.get_by_role("link", name="To print").click()
    assert page.url == f"{address}{assignment.get_absolute_url()}exchange/print/"


def test_print_of_a_crowded_paragraph_says_how_many_notes_are_left_out(
    printed, assignment, paragraphs, classmate
):
    for _ in range(7):
        annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    page = printed(assignment.get_absolute_url())

    assert page.locator(".essay .c:visible").count() == 4
    expect(page.get_by_text("3 more on paragraph 1")).to_be_visible()


def test_print_says_where_a_page_belongs_and_who_printed_it(
    printed, assignment, paragraphs, student, classmate
):
    note = annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    page = printed(note.get_absolute_url())

    banner = page.get_by_role("banner")
    for words in (assignment.seminar.title, assignment.title, student.display_name):
        expect(banner.get_by_text(words, exact=True)).to_be_visible()
    for tool in ("Counterpoint", "Inbox", "Help"):
        expect(banner.get_by_text(tool, exact=True)).to_be_hidden()
    assert page.locator(".btn:visible, button:visible, .after .plain:visible").count() == 0


def test_print_of_a_wide_table_shows_all_its_columns(printed):
    page = printed("/docs/permissions/")

    table = page.locator(".doc .scroll").first
    expect(table.get_by_role("columnheader", name="When")).to_be_visible()
    assert table.evaluate("(one) => one.scrollWidth - one.clientWidth") == 0
    expect(page.get_by_role("navigation", name="Guide", exact=True)).to_be_hidden()


def test_print_keeps_a_table_a_table(printed, assignment, paragraphs, classmate):
    annotation_on(paragraphs[0], author=classmate, assignment=assignment, evidence=True)
    page = printed(f"{assignment.get_absolute_url()}evidence/")

    head, row = page.locator(".table thead").bounding_box(), page.locator("tbody tr").bounding_box()
    assert head["height"] > 10
    assert head["y"] + head["height"] <= row["y"] + 1
    assert (
        page.locator("tbody tr").evaluate("(one) => getComputedStyle(one).display") == "table-row"
    )


def test_print_is_dark_on_white_for_whoever_reads_in_the_dark(
    printed, assignment, paragraphs, student, classmate
):
    annotation_on(paragraphs[0], author=classmate, assignment=assignment)
    type(student).objects.filter(pk=student.pk).update(theme="dark")
    page = printed(assignment.get_absolute_url(), color_scheme="dark")

    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.locator(".essay").evaluate("(one) => getComputedStyle(one).color") == (
        "rgb(34, 32, 28)"
    )
    backs = page.evaluate(
        "[document.documentElement, document.body].map((one) => getComputedStyle(one).backgroundColor)"
    )
    assert backs == ["rgba(0, 0, 0, 0)"] * 2


def test_print_of_the_desk_shows_all_that_is_written_and_nothing_to_press(
    printed, assignment, student, assistant
):
    GradingPlanFactory(assignment=assignment)
    work = WorkFactory(assignment=assignment, student=student)
    GradeFactory(work=work)
    WorkItemFactory(work=work)
    page = printed(f"{assignment.get_absolute_url()}grading/works/{work.pk}/", who=assistant)
    page.emulate_media(media="screen")
    note = page.get_by_role("textbox", name=f"Note to {student.display_name}")
    note.fill("One line of many.\n" * 60)
    page.emulate_media(media="print")

    assert note.evaluate("(one) => one.scrollHeight - one.clientHeight") <= 1
    assert page.locator(".btn:visible").count() == 0
    expect(page.get_by_role("heading", level=1)).to_be_visible()
