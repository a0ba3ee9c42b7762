"""Forms of more than a line: who leaves typed words is asked, who sends them or took them back is not."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from annotations.grading.actions.rubrics import create_rubric
from annotations.grading.queries.rubrics import content_of
from debate.essays.actions import start_import
from debate.essays.importing.blocks import Block, Draft
from tests.factories.accounts import UserFactory
from tests.factories.grading import rubric_of

WORDS = "We read one essay a week."


@pytest.fixture
def rubric(instructor, seminar):
    """Claim and Evidence, of levels with 0 to 3 points each, and Style, of 4."""
    content = content_of(rubric_of(title="Elsewhere").rubric.versions.get())
    return create_rubric(actor=instructor, title="Commentary", seminar=seminar, content=content)


class Asked:
    """What the browser asked about leaving the page; the person stays, once told to goes."""

    def __init__(self, page):
        self.page, self.kinds, self.goes = page, [], False
        page.on("dialog", self._answer)

    def _answer(self, dialog):
        self.kinds.append(dialog.type)
        if self.goes:
            dialog.accept()
        else:
            dialog.dismiss()

    def on(self, act):
        """Do what leaves the page, and wait until that was asked about and the page is still there."""
        with self.page.expect_event("dialog"):
            act()
        assert self.kinds == ["beforeunload"]


def follow_link(page):
    page.locator("a.brand").click()


def go_back(page):
    page.evaluate("history.back()")


def close_tab(page):
    page.close(run_before_unload=True)


def search(page):
    page.get_by_label("Search notes and essays").fill("water")
    page.keyboard.press("Enter")


@pytest.fixture
def opened(browse, seminar, instructor):
    """The settings of the seminar, and what was asked on leaving them."""
    page = browse(instructor)
    page.goto("/")
    page.goto(reverse("seminars:settings", args=[seminar.slug]))
    return page, Asked(page)


def type_words(page):
    page.get_by_label("Description").click()
    page.keyboard.type(WORDS)


def expect_start(page):
    expect(page.get_by_role("heading", level=1)).to_have_text("Your reading")


@pytest.mark.parametrize("leave", [follow_link, go_back, close_tab, search])
def test_typed_words_are_not_left_unasked(leave, opened):
    page, asked = opened
    type_words(page)

    asked.on(lambda: leave(page))

    expect(page.get_by_label("Description")).to_have_value(WORDS)


def test_choice_is_not_left_unasked(opened):
    page, asked = opened
    page.get_by_label("Students make reading groups and join open ones").click()

    asked.on(lambda: follow_link(page))


def test_who_leaves_nevertheless_is_let_go(opened):
    page, asked = opened
    type_words(page)
    asked.goes = True

    follow_link(page)

    expect_start(page)
    assert asked.kinds == ["beforeunload"]


def test_words_taken_back_are_not_asked_about(opened):
    page, asked = opened
    type_words(page)
    page.get_by_label("Description").fill("")

    follow_link(page)

    expect_start(page)
    assert asked.kinds == []


def test_words_that_are_sent_are_not_asked_about(opened, seminar):
    page, asked = opened
    type_words(page)

    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("The settings have been changed.")
    follow_link(page)

    expect_start(page)
    assert asked.kinds == []
    seminar.refresh_from_db()
    assert seminar.description == WORDS


def test_words_that_came_back_refused_are_not_left_unasked(opened):
    page, asked = opened
    type_words(page)
    page.get_by_label("Title").fill("")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert asked.kinds == []

    asked.on(lambda: follow_link(page))

    expect(page.get_by_label("Description")).to_have_value(WORDS)


def test_form_sent_does_not_take_the_words_of_another_along(browse, instructor, seminar):
    texts = ("One paragraph.", "Another paragraph.")
    draft = Draft(title="On water", blocks=[Block(kind="body", html=one) for one in texts])
    kept = start_import(actor=instructor, seminar=seminar, draft=draft)
    page = browse(instructor)
    page.goto(kept.get_absolute_url())
    asked = Asked(page)
    second = page.locator("#b-1")
    page.locator("#b-0 summary").click()
    second.locator("summary").click()
    second.get_by_label("Correct the words").fill("Another sentence.")

    asked.on(lambda: page.locator("#b-0").get_by_role("button", name="Leave it out").click())

    second.get_by_role("button", name="Correct", exact=True).click()
    expect(second.locator(".words")).to_have_text("Another sentence.")
    assert asked.kinds == ["beforeunload"]


def test_time_zone_that_the_page_proposes_is_not_asked_about(browse, db):
    teacher = UserFactory(time_zone="UTC")
    draft = Draft(title="On tolls", blocks=[Block(kind="body", html="Who pays?")])
    kept = start_import(actor=teacher, seminar=None, draft=draft)
    page = browse(teacher, timezone_id="Europe/Paris")
    page.goto(f"/seminars/new/{kept.pk}/")
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Paris")
    asked = Asked(page)

    follow_link(page)

    expect_start(page)
    assert asked.kinds == []


# -- the editor of rubrics ---------------------------------------------------------------------------


def test_rubric_asks_before_typed_words_are_left(browse, instructor, rubric):
    page = browse(instructor)
    page.goto(f"/rubrics/{rubric.pk}/edit/")
    asked = Asked(page)
    page.get_by_label("Criterion").first.click()
    page.keyboard.press("End")
    page.keyboard.type("s")

    page.get_by_role("button", name="Preview").last.click()
    expect(page.get_by_role("heading", name="Preview")).to_be_visible()
    assert asked.kinds == []

    asked.on(lambda: page.get_by_role("link", name="Cancel").click())


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_removed_criterion_comes_back_by_keys_with_what_was_typed(
    scripts, browse, instructor, rubric
):
    page = browse(instructor, java_script_enabled=scripts)
    page.goto(f"/rubrics/{rubric.pk}/edit/")
    claim = page.locator(".criterion-fields").first
    claim.get_by_label("For students").fill("Says what is claimed.\nAnd why.")
    claim.get_by_label("What it takes").nth(1).fill("Half of it")

    page.get_by_role("button", name="Remove criterion 1", exact=True).focus()
    page.keyboard.press("Enter")

    undo = page.get_by_role("button", name="Undo the removal of “Claim”")
    expect(undo).to_be_focused()
    expect(page.locator(".criterion-fields")).to_have_count(2)
    page.keyboard.press("Enter")

    expect(claim.get_by_label("Criterion", exact=True)).to_be_focused()
    expect(claim.get_by_label("Criterion", exact=True)).to_have_value("Claim")
    expect(claim.get_by_label("For students")).to_have_value("Says what is claimed.\nAnd why.")
    expect(claim.get_by_label("What it takes").nth(1)).to_have_value("Half of it")
    expect(undo).to_have_count(0)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_removed_round_comes_back_by_keys_with_what_was_typed(
    scripts, browse, instructor, assignment
):
    page = browse(instructor, java_script_enabled=scripts)
    page.goto(reverse("assignments:edit", args=[assignment.seminar.slug, assignment.slug]))
    page.get_by_role("group").filter(has_text="Rounds").locator("summary").first.click()
    with page.expect_navigation():
        page.get_by_role("button", name="Blind, then open").click()
    first = page.locator("fieldset.round").first
    first.get_by_label("Name").fill("Alone")
    first.get_by_label("Reveal early after own posts").fill("2")

    page.get_by_role("button", name=re.compile("round 1$")).focus()
    page.keyboard.press("Enter")

    undo = page.get_by_role("button", name="Undo the removal of “Alone”")
    expect(undo).to_be_focused()
    expect(page.locator("fieldset.round")).to_have_count(1)
    page.keyboard.press("Enter")

    expect(first.get_by_label("Name")).to_be_focused()
    expect(first.get_by_label("Name")).to_have_value("Alone")
    expect(first.get_by_label("Reveal early after own posts")).to_have_value("2")
    expect(page.locator("#id_rounds-1-opens_at")).to_have_value(re.compile("T00:00"))
    expect(undo).to_have_count(0)


def test_removed_level_comes_back_by_keys_and_does_not_count_meanwhile(browse, instructor, rubric):
    page = browse(instructor)
    page.goto(f"/rubrics/{rubric.pk}/edit/")
    expect(page.locator("[data-total]")).to_have_text("Points in all: 10")

    page.get_by_role("button", name="Remove level 4 of criterion 1").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_role("button", name="Undo the removal of “Level 4”")).to_be_focused()
    expect(page.locator("[data-total]")).to_have_text("Points in all: 9")
    page.keyboard.press("Enter")

    expect(page.locator("#id_c0-l3-title")).to_be_focused()
    expect(page.locator("#id_c0-l3-title")).to_have_value("Level 4")
    expect(page.locator("[data-total]")).to_have_text("Points in all: 10")
