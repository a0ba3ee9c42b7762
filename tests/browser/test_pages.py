"""The pages around the reading page: undo, the thread, home and seminar, by keyboard and without scripts."""

import re

import pytest
from playwright.sync_api import expect

from annotations.enums import Status
from tests.browser.conftest import PHONE
from tests.browser.keys import press_on, tab_to
from tests.factories.annotations import FlagFactory, ReplyFactory, annotation_on


@pytest.fixture
def note(assignment, student, paragraphs):
    return annotation_on(
        paragraphs[0], "Fairness", author=student, assignment=assignment, body="Says who?"
    )


def test_withdrawal_is_undone_by_keyboard(browse, note, student):
    page = browse(student)
    page.goto(note.get_absolute_url())

    press_on(page, "Withdraw")
    press_on(page, "Withdraw")
    expect(page.get_by_role("status").first).to_contain_text("Withdrawn.")
    press_on(page, "Undo")

    expect(page.get_by_text("Undone. It stands where it stood, with its replies.")).to_be_visible()
    expect(page.locator(f"#a-{note.pk}")).to_contain_text("Says who?")


def test_hiding_is_undone_without_scripts(browse, note, instructor, classmate, seminar):
    FlagFactory(annotation=note, flagged_by=classmate)
    page = browse(instructor, java_script_enabled=False)
    page.goto(f"/seminars/{seminar.slug}/-/moderation/")

    page.get_by_role("link", name=re.compile("^Hide")).click()
    page.get_by_label("Why? Its author reads this.").fill("Too harsh.")
    page.get_by_role("button", name="Hide it").click()
    expect(page.get_by_text("Nothing is flagged, and nothing waits for approval.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("Says who?")).to_be_visible()
    note.refresh_from_db()
    assert note.status == Status.PUBLISHED


def test_thread_on_a_phone_reads_from_the_words_to_what_bears_on_them(
    browse, note, student, classmate
):
    ReplyFactory(parent=note, author=classmate, evidence=True)
    page = browse(student, size=PHONE)
    page.goto(note.get_absolute_url())

    places = [
        page.locator(one).first.bounding_box()["y"]
        for one in ("figure.stands", f"#a-{note.pk}", ".replies", ".around")
    ]

    assert places == sorted(places)
    expect(page.get_by_role("heading", name="Evidence attached")).to_be_visible()


def test_page_of_a_seminar_opens_at_its_top_on_a_phone(browse, note, student, seminar):
    page = browse(student, size=PHONE)

    page.goto(f"/seminars/{seminar.slug}/")

    expect(page.get_by_role("link", name="You commented on paragraph 1")).to_be_attached()
    assert page.evaluate("scrollY") == 0


SMALL_FIELDS = """() => [...document.querySelectorAll("input, select, textarea")].filter((one) =>
  one.type !== "hidden" && parseFloat(getComputedStyle(one).fontSize) < 16).map((one) => one.name)"""


def test_fields_on_a_phone_are_large_enough_to_be_written_in_without_a_zoom(
    browse, assignment, student
):
    page = browse(student, size=PHONE, has_touch=True, is_mobile=True)
    page.goto("/search/")
    found = page.evaluate(SMALL_FIELDS)
    page.goto(assignment.get_absolute_url())
    page.get_by_role("link", name="Annotate paragraph 1", exact=True).tap()
    page.get_by_role("form", name="Annotate paragraph 1").wait_for()

    assert found + page.evaluate(SMALL_FIELDS) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 360


def test_reading_is_found_from_the_start_page_by_keyboard(browse, assignment, note, student):
    page = browse(student)
    page.goto("/")

    tab_to(page, "Find a reading")
    page.keyboard.type("nothing of the kind")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    press_on(page, "Show all")

    expect(page.get_by_role("img", name="1 note, on paragraph 1")).to_be_visible()


def test_token_is_copied_by_its_button(browse, student):
    page = browse(student, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/accounts/tokens/")
    page.get_by_label("Name").fill("notebook")
    page.get_by_role("button", name="Make the token").click()

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_text("Copied. Put it where you keep passwords.")).to_be_visible()
    secret = page.get_by_role("textbox", name="The token").input_value()
    assert page.evaluate("navigator.clipboard.readText()") == secret
