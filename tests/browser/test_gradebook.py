"""The gradebook by keys: arrows move from cell to cell, Enter opens the work."""

import pytest
from playwright.sync_api import expect

from annotations.grading.enums import GradeState
from tests.factories.assignments import AssignmentFactory
from tests.factories.grading import GradeFactory, GradingPlanFactory, WorkFactory

BOOK = "/seminars/water-policy/-/gradebook/"


@pytest.fixture
def works(assignment, student, classmate):
    """A graded work of each of two students in each of two assignments, by student and title."""
    other = AssignmentFactory(seminar=assignment.seminar, title="Later", due_at="2040-01-01T12:00Z")
    made = {}
    for one in (assignment, other):
        plan = GradingPlanFactory(assignment=one)
        for person in (student, classmate):
            work = WorkFactory(assignment=one, student=person)
            GradeFactory(work=work, state=GradeState.READY, raw=7, final=7)
            made[person.display_name, plan.assignment.title] = work
    return made


def test_arrows_move_between_cells_and_enter_opens_the_work(
    browse, assignment, instructor, student, classmate, works
):
    page = browse(instructor)
    page.goto(BOOK)
    cells = page.locator(".book tbody td a")
    assert [cells.nth(at).get_attribute("tabindex") for at in range(4)] == ["0", "-1", "-1", "-1"]
    cells.nth(0).focus()
    for key, at in (
        ("ArrowRight", 1),
        ("ArrowRight", 1),
        ("ArrowDown", 3),
        ("Home", 2),
        ("ArrowUp", 0),
        ("End", 1),
        ("Control+End", 3),
    ):
        page.keyboard.press(key)
        expect(cells.nth(at)).to_be_focused()
    # The one without a due date stands last.
    last = max(student.display_name, classmate.display_name, key=str.casefold)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.url.endswith(f"/works/{works[last, assignment.title].pk}/")


def test_gradebook_leads_to_works_without_scripts(browse, instructor, works):
    page = browse(instructor, java_script_enabled=False)
    page.goto(BOOK)
    with page.expect_navigation():
        page.locator(".book tbody td a").first.click()
    assert "/grading/works/" in page.url
