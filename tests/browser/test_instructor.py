"""An instructor brings an essay in, corrects it, sets it, and annotates it."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from annotations.models import Annotation
from debate.essays.actions import start_import
from debate.essays.importing.blocks import Block, Draft
from debate.essays.models import Essay
from tests.browser.keys import press_on, tab_to

ESSAY = Path(__file__).parents[1] / "data" / "essay.md"


def start(page, seminar):
    page.goto(seminar.get_absolute_url())
    page.get_by_role("link", name="Import an essay").first.click()


def look(page):
    page.get_by_role("button", name="Look at the paragraphs").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look it through")


def change(page, number):
    page.get_by_text(f"Change paragraph {number}", exact=True).click()
    return page.get_by_role("listitem").filter(has_text=f"Change paragraph {number}").first


def send(page, button):
    """Press the button, and wait for the page it leads to: that has the same buttons as this one."""
    with page.expect_navigation():
        button.click()


def save_and_set(page, seminar):
    page.get_by_role("button", name="Save the essay").click()
    page.get_by_role("link", name=f"Set it to {seminar.title}").first.click()
    send(page, page.get_by_role("button", name=f"Set it to {seminar.title}"))


COPY = """async ([html, text]) => {
  const parts = { "text/html": html, ...(text && { "text/plain": text }) };
  const blobs = Object.entries(parts).map(([type, words]) => [type, new Blob([words], { type })]);
  await navigator.clipboard.write([new ClipboardItem(Object.fromEntries(blobs))]);
}"""


@pytest.mark.parametrize("words", ["Tolls work", ""], ids=["words", "a picture"])
def test_markup_of_what_is_pasted_is_sent_until_the_words_are_changed(
    words, browse, instructor, seminar
):
    page = browse(instructor, permissions=["clipboard-read", "clipboard-write"])
    start(page, seminar)
    field = page.get_by_label("Paste the essay")
    markup = page.locator("[data-import] [name=html]")
    page.evaluate(COPY, [f"<h2>{words}</h2>", words])

    field.press("Control+v")
    expect(field).to_have_value(words)
    expect(markup).to_have_value(re.compile("<h2"))
    field.press("End")
    field.press("!")

    expect(field).to_have_value(f"{words}!")
    expect(markup).to_have_value("")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_pasted_essay_is_corrected_set_and_annotated(scripts, browse, instructor, seminar):
    page = browse(instructor, java_script_enabled=scripts)
    start(page, seminar)
    page.get_by_label("Paste the essay").fill(ESSAY.read_text(encoding="utf-8"))
    look(page)
    expect(page.get_by_label("Title", exact=True)).not_to_be_empty()

    send(page, change(page, 1).get_by_role("button", name="Merge with the next"))
    send(page, page.get_by_role("button", name="Take the last change back"))
    send(page, change(page, 2).get_by_role("button", name="Leave it out"))
    save_and_set(page, seminar)

    essay = Essay.objects.get()
    assert essay.current_revision.paragraphs.numbered().count() == 8
    page.get_by_role("link", name="Annotate paragraph 1").click()
    page.get_by_label("What do you want to say?").fill("Begin here.")
    page.get_by_role("main").get_by_role("button", name="Post", exact=True).click()
    expect(page.locator(".c")).to_contain_text("Begin here.")
    assert Annotation.objects.get().assignment.essay == essay


def test_each_operation_of_the_preview_does_what_it_says(browse, instructor, seminar):
    page = browse(instructor)
    start(page, seminar)
    page.get_by_label("Paste the essay").fill(
        "# Tolls\n\nWhy tolls\n\nOne. Two. Three.\n\nFuor and *five*.\n\nThe end."
    )
    look(page)

    row = change(page, 1)
    row.get_by_label("It is a").select_option("heading")
    send(page, row.get_by_role("button", name="Change the kind"))
    row = change(page, 1)
    row.get_by_label("Split it before the sentence").select_option("Two.")
    send(page, row.get_by_role("button", name="Split", exact=True).first)
    row = change(page, 2)
    row.get_by_label("or before these words").fill("Three")
    send(page, row.get_by_role("button", name="Split", exact=True).last)
    row = change(page, 4)
    row.get_by_label("Correct the words").fill("Four and five.")
    send(page, row.get_by_role("button", name="Correct"))
    send(page, change(page, 5).get_by_role("button", name="Leave it out"))
    send(page, change(page, 1).get_by_role("button", name="Leave it out"))
    send(page, page.get_by_role("button", name="Take it in again").first)
    page.get_by_role("button", name="Save the essay").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tolls")

    kept = Essay.objects.get().current_revision.paragraphs.order_by("position")
    assert list(kept.values_list("number", "html")) == [
        (None, "Why tolls"),
        (1, "One."),
        (2, "Two."),
        (3, "Three."),
        (4, "Four and <em>five</em>."),
    ]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_words_that_split_nothing_come_back_with_the_reason(browse, instructor, seminar, scripts):
    draft = Draft(title="On tolls", blocks=[Block(kind="body", html="One. Two. Three.")])
    kept = start_import(actor=instructor, seminar=seminar, draft=draft)
    page = browse(instructor, java_script_enabled=scripts)
    page.goto(kept.get_absolute_url())
    row = change(page, 1)
    field = row.get_by_label("or before these words")
    field.fill("Thre and")

    send(page, row.get_by_role("button", name="Split", exact=True).last)

    expect(field).to_be_visible()
    expect(field).to_have_value("Thre and")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "These words do not stand in it. Please type words that stand there once."
    )
    field.fill("Three")
    send(page, row.get_by_role("button", name="Split", exact=True).last)
    expect(page.locator(".block .words")).to_have_text(["One. Two.", "Three."])


def test_uploaded_essay_has_nine_paragraphs_a_break_and_two_notes(browse, instructor, seminar):
    page = browse(instructor)
    start(page, seminar)
    page.get_by_label("Upload a file").set_input_files(ESSAY)
    look(page)
    page.get_by_role("button", name="Save the essay").click()
    expect(page.get_by_role("link", name=f"Set it to {seminar.title}").first).to_be_visible()

    kinds = list(
        Essay.objects.get()
        .current_revision.paragraphs.order_by("position")
        .values_list("kind", flat=True)
    )
    assert [kinds.count(kind) for kind in ("body", "break", "note")] == [9, 1, 2]


def test_refused_upload_says_why_and_keeps_the_rest(browse, instructor, seminar, tmp_path):
    large = tmp_path / "large.txt"
    large.write_bytes(b"words " * 500_000)
    page = browse(instructor)
    start(page, seminar)
    page.get_by_label("Licence").fill("CC BY 4.0")
    page.get_by_label("Upload a file").set_input_files(large)
    page.get_by_role("button", name="Look at the paragraphs").click()

    expect(page.get_by_role("main")).to_contain_text("2 MiB")
    expect(page.get_by_label("Licence")).to_have_value("CC BY 4.0")


def test_import_works_by_keyboard_alone(browse, instructor, seminar):
    page = browse(instructor)
    page.goto(seminar.get_absolute_url())

    press_on(page, "Import an essay")
    tab_to(page, "Paste the essay (optional)")
    page.keyboard.insert_text("# Keys\n\nThe first paragraph of it.\n\nThe second one.")
    press_on(page, "Look at the paragraphs")
    expect(page.get_by_role("heading", level=1)).to_have_text("Look it through")
    tab_to(page, "Change paragraph 1")
    page.keyboard.press("Enter")
    press_on(page, "Merge with the next")
    expect(page.get_by_text("The first paragraph of it. The second one.").first).to_be_visible()
    press_on(page, "Save the essay")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")
    press_on(page, f"Set it to {seminar.title}")
    press_on(page, f"Set it to {seminar.title}")
    tab_to(page, "Annotate paragraph 1")
    page.keyboard.press("Enter")
    expect(page.locator(".composer textarea[name=body]")).to_be_focused()
    page.keyboard.type("Begin here.")
    page.keyboard.press("Control+Enter")

    expect(page.locator(".c")).to_contain_text("Begin here.")
    assert [one.text for one in Essay.objects.get().current_revision.paragraphs.numbered()] == [
        "The first paragraph of it. The second one."
    ]
