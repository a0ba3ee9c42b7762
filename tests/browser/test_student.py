"""A student reads, annotates and answers: by mouse, by keyboard alone, and without scripts."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from annotations.enums import Kind
from annotations.models import Annotation
from debate.essays.actions import create_essay
from debate.essays.importing import formats
from tests.browser.keys import press_on, tab_to
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.seminars import MembershipFactory

FOOTNOTES = Path(__file__).parents[1] / "data" / "pastes" / "footnotes.md"


def words_of(page, number):
    return page.locator(f"#p-{number} > p")


def post(page):
    page.get_by_role("main").get_by_role("button", name="Post", exact=True).click()


def test_student_reads_marks_and_filters_them(reading, assignment, paragraphs, student, classmate):
    annotation_on(
        paragraphs[0], "Fairness", author=classmate, assignment=assignment, body="Says who?",
        kind=Kind.QUESTION,
    )  # fmt: skip
    annotation_on(paragraphs[1], author=student, assignment=assignment, body="A whole thought.")
    page = reading()

    expect(page.locator("mark.k-question")).to_have_text("Fairness")
    expect(page.locator('.c[aria-label^="Question by Classmate"]')).to_contain_text("Says who?")
    expect(page.get_by_role("heading", name="Paragraph 1, 1 note, 1 unanswered")).to_be_attached()

    page.get_by_role("link", name="Mine").click()
    expect(page.get_by_text("Says who?")).to_have_count(0)
    expect(page.get_by_text("A whole thought.")).to_be_visible()

    page.get_by_role("link", name="Question").click()
    expect(page.get_by_text("No note fits this choice.")).to_be_visible()
    page.get_by_role("link", name="Show all notes").click()

    page.get_by_role("link", name="Text alone").click()
    page.reload()
    expect(page.locator(".c")).to_have_count(0)
    page.get_by_role("link", name="Show the notes").click()
    expect(page.locator(".c")).to_have_count(2)


def test_link_at_the_end_of_marked_words_leads_to_the_note_and_back(
    reading, assignment, paragraphs, classmate
):
    annotation = annotation_on(
        paragraphs[0], "Fairness", author=classmate, assignment=assignment, body="Says who?"
    )
    page = reading()

    page.get_by_role("link", name="Comment by Classmate").focus()
    page.keyboard.press("Enter")
    expect(page.locator(f"#a-{annotation.pk}")).to_be_focused()
    page.get_by_role("link", name="Thread,").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Comment by Classmate")
    page.get_by_role("link", name="Paragraph 1").click()
    expect(words_of(page, 1)).to_be_in_viewport()


def test_footnote_is_reached_from_its_sign(browse, instructor, seminar):
    draft = formats.read_as("markdown", FOOTNOTES.read_bytes())
    essay = create_essay(actor=instructor, seminar=seminar, draft=draft)
    page = browse(instructor, size=(1024, 400))
    page.goto(assignment_of(essay).get_absolute_url())

    page.get_by_role("link", name="[plan]").click()

    expect(page.get_by_text("The plan was prepared for three years.")).to_be_in_viewport()


def test_student_annotates_a_sentence(reading):
    page = reading()

    page.get_by_role("link", name="Annotate paragraph 1").click()
    page.get_by_text("Other words of the paragraph").click()
    page.get_by_text("Fairness, not scarcity, moves people.").last.click()
    page.get_by_label("What do you want to say?").fill("I *doubt* it.")
    post(page)

    expect(page.locator("mark.k-comment")).to_have_text("Fairness, not scarcity, moves people.")
    expect(page.locator(".c")).to_contain_text("I doubt it.")


def test_repeated_words_ask_for_the_place_and_lose_nothing(reading):
    page = reading()

    page.get_by_role("link", name="Annotate paragraph 2").click()
    page.get_by_text("Other words of the paragraph").click()
    page.get_by_text("Other words, or several paragraphs").click()
    page.get_by_role("textbox", name="The exact words (optional)").fill("the plan")
    page.get_by_label("What do you want to say?").fill("Which of them?")
    post(page)
    expect(page.get_by_text("These words stand 2 times in the paragraph.")).to_be_visible()
    page.get_by_role("group", name="Which words do you mean?").get_by_role("radio").last.check()
    post(page)

    expect(page.locator(".c")).to_contain_text("Which of them?")
    assert Annotation.objects.get().anchors.get().start == 59


def test_wrong_words_are_answered_with_the_likest(reading):
    page = reading()

    page.get_by_role("link", name="Annotate paragraph 1").click()
    page.get_by_text("Other words of the paragraph").click()
    page.get_by_text("Other words, or several paragraphs").click()
    page.get_by_role("textbox", name="The exact words (optional)").fill("Fairnes, not scarcty")
    page.get_by_label("What do you want to say?").fill("A large claim.")
    post(page)
    offered = page.get_by_role("group", name="Which words do you mean?").get_by_role("radio")
    expect(offered).not_to_be_checked()
    expect(page.get_by_label("What do you want to say?")).to_have_value("A large claim.")
    offered.check()
    post(page)

    expect(page.locator("mark.k-comment")).to_have_text("Fairness, not scarcity")


def test_evidence_and_counterargument_ask_for_what_they_need(reading):
    page = reading()

    page.get_by_role("link", name="Annotate paragraph 1").click()
    expect(page.get_by_label("Link or DOI")).to_be_hidden()
    page.get_by_role("radio", name="Evidence").check()
    page.get_by_label("Link or DOI").fill("10.1000/182")
    page.get_by_role("radio", name="Supports it").check()
    page.get_by_label("Why does it bear on them? One sentence").fill("It measured demand.")
    post(page)
    expect(page.locator(".c")).to_contain_text("It measured demand.")
    expect(page.get_by_role("link", name="10.1000/182")).to_have_attribute(
        "href", "https://doi.org/10.1000/182"
    )

    page.get_by_role("link", name="Annotate paragraph 2").click()
    page.get_by_role("radio", name=re.compile("^Counter")).check()
    page.get_by_label("What is wrong with it?").select_option("The opposite is so")
    page.get_by_label("What do you want to say?").fill("Twice is too often. Once settles it.")
    post(page)
    expect(page.locator('.c[aria-label^="Counterargument"]')).to_contain_text("Unanswered")
    assert Annotation.objects.get(kind=Kind.COUNTERARGUMENT).counterclaim == "Twice is too often."


def test_student_edits_withdraws_and_a_classmate_finds_it_gone(browse, reading, classmate):
    page = reading()
    page.get_by_role("link", name="Annotate paragraph 1").click()
    page.get_by_label("What do you want to say?").fill("Frist words.")
    post(page)
    expect(page.locator(".c")).to_contain_text("Frist words.")
    thread = Annotation.objects.get().get_absolute_url()

    page.goto(thread)
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("What do you want to say?").fill("First words.")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="History of edits").click()
    expect(page.get_by_role("main")).to_contain_text("Frist words.")

    page.goto(thread)
    page.get_by_role("link", name="Withdraw").click()
    page.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".c")).to_have_count(0)
    other = browse(classmate)
    assert other.goto(thread).status == 410
    expect(other.get_by_role("heading", level=1)).to_have_text("This annotation was withdrawn")
    other.get_by_role("link", name="Back to the essay").click()
    expect(words_of(other, 1)).to_be_visible()


def test_asker_takes_a_reply_as_the_answer(browse, student, classmate, assignment, paragraphs):
    question = annotation_on(
        paragraphs[0], author=student, assignment=assignment, kind=Kind.QUESTION, body="Why?"
    )
    answering = browse(classmate)
    answering.goto(question.get_absolute_url())
    answering.get_by_role("link", name="Reply").last.click()
    answering.get_by_label("Your reply").fill("Because it is scarce.")
    answering.get_by_role("button", name="Post reply").click()
    expect(answering.get_by_text("Because it is scarce.")).to_be_visible()

    asking = browse(student)
    asking.goto(question.get_absolute_url())
    asking.get_by_role("button", name="This answers the question").click()
    expect(asking.get_by_text("The answer", exact=True)).to_be_visible()
    expect(asking.get_by_text("Unanswered")).to_have_count(0)


@pytest.mark.parametrize(
    ("audience", "readers"),
    [
        ("Only me", {"student"}),
        ("Instructors and assistants", {"student", "instructor"}),
        ("Upstream", {"student", "member", "instructor"}),
    ],
)
def test_note_is_read_by_its_audience_alone(
    audience, readers, browse, student, classmate, instructor, assignment, paragraphs, group
):
    mate = MembershipFactory(seminar=assignment.seminar).user
    group.members.add(mate)
    page = browse(student)
    page.goto(f"{assignment.get_absolute_url()}annotate/1/1/")
    page.get_by_role("radio", name=audience).check()
    page.get_by_label("What do you want to say?").fill("Between us.")
    post(page)
    expect(page.locator(".c")).to_contain_text("Between us.")

    people = {"student": student, "member": mate, "classmate": classmate, "instructor": instructor}
    assert {name for name, who in people.items() if sees(browse(who), assignment)} == readers


def sees(page, assignment):
    page.goto(assignment.get_absolute_url())
    expect(page.locator(".essay.laid")).to_be_visible()
    return page.get_by_text("Between us.").is_visible()


def test_whole_journey_works_without_scripts(browse, student, assignment, paragraphs):
    page = browse(student, java_script_enabled=False)
    page.goto(assignment.get_absolute_url())

    page.get_by_role("link", name="Annotate paragraph 1").click()
    page.get_by_role("radio", name=re.compile("^Counter")).check()
    page.get_by_label("What do you want to say?").fill("It is scarcity.")
    post(page)
    page.get_by_role("link", name="Thread,").click()
    page.get_by_role("link", name="Reply").last.click()
    page.get_by_label("Your reply").fill("Granted.")
    page.get_by_role("button", name="Post reply").click()

    expect(page.get_by_text("Granted.")).to_be_visible()
    assert Annotation.objects.count() == 2


def test_whole_journey_works_by_keyboard_alone(reading):
    page = reading()

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    tab_to(page, "Annotate paragraph 1")
    page.keyboard.press("Enter")
    expect(page.get_by_label("What do you want to say?")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    tab_to(page, "What do you want to say?")
    page.keyboard.type("By keys alone?")
    tab_to(page, "Other words of the paragraph")
    page.keyboard.press("Enter")
    tab_to(page, "The whole paragraph")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Post")
    page.keyboard.press("Enter")
    expect(page.locator("mark.k-question")).to_have_text(
        "Cities that price water by use need less of it."
    )
    expect(page.locator(".c", has_text="By keys alone?")).to_be_focused()

    press_on(page, "Thread,")
    press_on(page, "Reply")
    tab_to(page, "Your reply")
    page.keyboard.type("Yes.")
    press_on(page, "Post reply")
    press_on(page, "This answers the question")
    expect(page.get_by_text("The answer", exact=True)).to_be_visible()
    press_on(page, "Edit")
    tab_to(page, "Your reply")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Indeed.")
    press_on(page, "Save")
    expect(page.get_by_text("Yes. Indeed.")).to_be_visible()

    press_on(page, "Withdraw")
    press_on(page, "Withdraw")
    expect(page.locator(".c")).to_have_count(0)


def test_print_shows_the_notes_and_hides_the_bars(reading, assignment, paragraphs, student):
    annotation_on(paragraphs[0], author=student, assignment=assignment, body="For the paper.")
    page = reading()

    page.emulate_media(media="print")

    note = page.get_by_text("For the paper.").bounding_box()
    first, second = words_of(page, 1).bounding_box(), words_of(page, 2).bounding_box()
    assert first["y"] + first["height"] <= note["y"] < second["y"]
    expect(page.get_by_role("banner")).to_be_hidden()
    expect(page.get_by_role("link", name="Annotate paragraph 1")).to_be_hidden()


def test_marks_and_icons_survive_forced_colours(reading, assignment, paragraphs, student):
    for kind in ("comment", "question", "support", "concession"):
        annotation_on(paragraphs[0], "Fairness", author=student, assignment=assignment, kind=kind)
    annotation_on(paragraphs[1], "The council", author=student, assignment=assignment)
    page = reading(forced_colors="active")

    marked = page.locator("mark").evaluate_all(
        """(marks) => marks.filter((mark) => getComputedStyle(mark).backgroundColor
             !== getComputedStyle(document.documentElement).backgroundColor).length"""
    )
    drawn = page.locator(".c .kind").evaluate_all(
        """(kinds) => kinds.filter((kind) => getComputedStyle(kind, "::before").backgroundColor
             !== getComputedStyle(document.documentElement).backgroundColor).length"""
    )

    assert (marked, drawn) == (2, 5)


@pytest.mark.parametrize(("wish", "seconds"), [("reduce", "0s"), ("no-preference", "0.15s")])
def test_motion_stops_for_whoever_asks(wish, seconds, reading):
    page = reading(reduced_motion=wish)

    page.get_by_role("link", name="Annotate paragraph 1").click()
    turning = page.locator(".fold > summary").first.evaluate(
        '(one) => getComputedStyle(one, "::before").transitionDuration'
    )

    assert turning == seconds


def test_phone_shows_notes_in_a_fold_under_their_paragraph(
    reading, assignment, paragraphs, student
):
    annotation_on(paragraphs[0], author=student, assignment=assignment, body="On the bus.")
    ReplyFactory(parent=Annotation.objects.get())
    page = reading(size=(360, 740))

    expect(page.get_by_text("On the bus.")).to_be_hidden()
    page.get_by_text("1 note", exact=True).last.click()
    expect(page.get_by_text("On the bus.")).to_be_visible()
