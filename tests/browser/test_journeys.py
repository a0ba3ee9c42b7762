"""A student's whole way through an essay by the keys of the reading page alone."""

from playwright.sync_api import expect

from annotations.enums import Kind
from annotations.models import Annotation
from tests.browser.keys import tab_to
from tests.factories.annotations import annotation_on


def note_of(page, text):
    return page.locator(".essay .c", has_text=text)


def press(page, keys):
    for key in keys.split():
        page.keyboard.press(key)


def write(page, text):
    """Type into the field that has the focus."""
    expect(page.locator(".composer :focus")).to_be_visible()
    page.keyboard.type(text)


def post(page):
    page.keyboard.press("Control+Enter")
    expect(page.locator(".composer")).to_have_count(0)


def test_student_reads_writes_answers_and_maps_by_keys_alone(
    browse, student, classmate, assignment, paragraphs
):
    annotation_on(
        paragraphs[1], author=classmate, assignment=assignment, kind=Kind.QUESTION, body="Twice?"
    )
    page = browse(student)
    page.goto(assignment.get_absolute_url())

    # A comment on a sentence, a counterargument on two, evidence on a whole paragraph.
    press(page, "j s c")
    write(page, "Prices teach.")
    post(page)
    expect(note_of(page, "Prices teach.")).to_be_visible()
    press(page, "j k s Shift+S x")
    write(page, "Habit, not price.")
    post(page)
    expect(note_of(page, "Habit, not price.")).to_be_visible()
    press(page, "j j j e")
    write(page, "https://example.org/survey")
    tab_to(page, "Supports", presses=10)
    press(page, "Space")
    tab_to(page, "Why does it bear on them? One sentence", presses=10)
    write(page, "It counted families.")
    post(page)
    expect(note_of(page, "It counted families.")).to_be_visible()

    # From note to note to the classmate's question, to its words and back, and an answer.
    press(page, "p p p p n n")
    expect(note_of(page, "Twice?")).to_be_focused()
    press(page, "g")
    expect(page.locator("#p-2")).to_be_focused()
    press(page, "g")
    expect(note_of(page, "Twice?")).to_be_focused()
    press(page, "r")
    write(page, "Once for each side.")
    post(page)
    expect(note_of(page, "Twice?").get_by_role("link", name="1 reply")).to_be_visible()

    # To the map, and back.
    press(page, "m")
    expect(page.get_by_role("heading", level=1)).to_have_text("Debate map")
    page.go_back()
    expect(note_of(page, "Prices teach.")).to_be_visible()

    written = Annotation.objects.filter(author=student).order_by("pk")
    assert [one.kind for one in written] == ["comment", "counterargument", "evidence", "comment"]
    exact = [anchor.exact for one in written for anchor in one.anchors.all()]
    first = "Cities that price water by use need less of it."
    assert exact == [first, f"{first} Fairness, not scarcity, moves people.", None]
