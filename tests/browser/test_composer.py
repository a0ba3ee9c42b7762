"""Writing beside the text: at a desk, on a phone with half its screen covered, and by keys alone."""

import re

import pytest
from playwright.sync_api import expect

from annotations.enums import Kind
from annotations.models import Annotation
from tests.browser.composing import body, composer
from tests.browser.keys import tab_to
from tests.browser.looks import axe
from tests.factories.annotations import annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

PHONE = {"size": (360, 640), "has_touch": True, "is_mobile": True}
COVERED = {"width": 360, "height": 340}
"""A phone of 360 by 640 whose keyboard covers 300."""


def begin(page, number=1):
    """Open the composer of a paragraph; its text has the caret."""
    page.get_by_role("link", name=f"Annotate paragraph {number}", exact=True).click()
    expect(body(page)).to_be_focused()


def post(page):
    composer(page).get_by_role("button", name=re.compile("^(Post|Save)")).click()


def lit(page):
    """The words that are lit while one writes about them."""
    return page.evaluate(
        """[...(CSS.highlights.get("pending") ?? [])].map((range) => range.toString()).join("|")"""
    )


def select_words(page, number, start, end):
    page.evaluate(
        """([number, start, end]) => {
             const text = document.querySelector(`#p-${number} > p`).firstChild;
             getSelection().setBaseAndExtent(text, start, text, end);
           }""",
        [number, start, end],
    )
    page.keyboard.press("Shift")


# --- opening, posting, closing ---


def test_composer_opens_beside_its_paragraph_and_posts_without_leaving_it(reading, assignment):
    page = reading()
    begin(page, 2)
    assert page.evaluate("document.querySelector('.composer').previousElementSibling.id") == "p-2"
    assert lit(page).startswith("The council")

    body(page).fill("I *doubt* it.")
    post(page)

    card = page.locator(".c", has_text="I doubt it.")
    expect(card).to_be_focused()
    expect(composer(page)).to_have_count(0)
    expect(page.locator(".toast")).to_contain_text("Your comment is posted.")
    assert page.url.endswith(assignment.get_absolute_url())
    assert lit(page) == ""


def test_selected_words_stay_lit_and_are_what_the_note_is_about(reading):
    page = reading()
    select_words(page, 1, 0, 6)
    page.get_by_role("link", name=re.compile("^Question")).last.click()
    expect(body(page)).to_be_focused()

    assert lit(page) == "Cities"
    expect(composer(page).locator(".quote")).to_have_text("Cities")
    expect(composer(page).get_by_role("radio", name="Question")).to_be_checked()
    body(page).fill("Which?")
    page.keyboard.press("Control+Enter")

    expect(page.locator("mark.k-question")).to_have_text("Cities")
    assert Annotation.objects.get().kind == Kind.QUESTION


def test_other_words_of_the_paragraph_are_chosen_in_the_composer(reading):
    page = reading()
    begin(page)

    composer(page).get_by_text("Other words of the paragraph").click()
    composer(page).get_by_text("Fairness, not scarcity, moves people.").click()
    assert lit(page) == "Fairness, not scarcity, moves people."
    body(page).fill("Says who?")
    post(page)

    expect(page.locator("mark.k-comment")).to_have_text("Fairness, not scarcity, moves people.")


def test_refused_post_loses_nothing_and_leads_to_what_is_wrong(reading):
    page = reading()
    begin(page)
    composer(page).get_by_role("radio", name="Evidence").check()
    composer(page).get_by_label("Why does it bear on them?").fill("It measured demand.")

    post(page)

    expect(composer(page).get_by_role("alert")).to_be_visible()
    expect(page.locator(":focus")).to_have_attribute("aria-invalid", "true")
    expect(composer(page).get_by_label("Why does it bear on them?")).to_have_value(
        "It measured demand."
    )
    composer(page).get_by_label("Link or DOI").fill("10.1000/182")
    composer(page).get_by_role("radio", name="Supports it").check()
    post(page)
    expect(page.locator(".c")).to_contain_text("It measured demand.")
    assert Annotation.objects.count() == 1


SEEN = """(one) => {
  const { top, bottom } = one.getBoundingClientRect();
  return top >= 0 && bottom <= innerHeight;
}"""


def at_rest(page):
    """Return once nothing on the page is on its way to another place."""
    page.evaluate(
        """new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)))
           .then(() => Promise.allSettled(document.getAnimations().map((one) => one.finished)))
           .then(() => null)"""
    )


@pytest.mark.parametrize("motion", ["reduce", "no-preference"])
def test_refused_and_posted_far_down_the_text_stays_and_both_are_seen(
    motion, browse, student, seminar
):
    essay = essay_of(*("A sentence that goes on. " * 40 for _ in range(12)), seminar=seminar)
    page = browse(student, reduced_motion=motion)
    page.goto(assignment_of(essay, slug="far-down").get_absolute_url())
    begin(page, 10)
    at_rest(page)
    at = page.evaluate("scrollY")
    assert at > 1_000

    post(page)
    expect(page.locator(":focus")).to_have_attribute("aria-invalid", "true")
    assert page.evaluate("scrollY") == pytest.approx(at, abs=100)  # as far as shows what is wrong
    at_rest(page)
    assert page.locator(":focus").evaluate(SEEN)

    body(page).fill("Down here.")
    post(page)
    card = page.locator(".c", has_text="Down here.")
    expect(card).to_be_focused()
    assert page.evaluate("scrollY") == pytest.approx(at, abs=100)
    at_rest(page)
    assert card.evaluate(SEEN)


def test_double_press_on_post_makes_one_note(reading):
    page = reading()
    begin(page)
    body(page).fill("Once.")

    composer(page).get_by_role("button", name=re.compile("^Post")).dblclick()

    expect(page.locator(".c")).to_have_count(1)
    assert Annotation.objects.count() == 1


def test_reply_counter_and_change_open_beside_the_note(
    reading, assignment, paragraphs, student, classmate
):
    theirs = annotation_on(paragraphs[0], author=classmate, assignment=assignment, body="So.")
    own = annotation_on(paragraphs[1], author=student, assignment=assignment, body="Frist.")
    page = reading()

    page.get_by_text("So.", exact=True).click()
    page.locator(f"#a-{theirs.pk}").get_by_role("link", name="Counter").click()
    expect(composer(page).get_by_role("radio", name=re.compile("^Counter"))).to_be_checked()
    body(page).fill("Not so.")
    post(page)
    expect(page.locator(f"#a-{theirs.pk}")).to_be_focused()
    expect(page.locator(f"#a-{theirs.pk}")).to_contain_text("1 reply")

    page.get_by_text("Frist.", exact=True).click()
    page.locator(f"#a-{own.pk}").get_by_role("link", name="Edit").click()
    expect(body(page)).to_have_value("Frist.")
    body(page).fill("First.")
    post(page)
    expect(page.locator(f"#a-{own.pk}")).to_contain_text("First.")
    own.refresh_from_db()
    assert own.body == "First."


def test_link_with_a_modifier_is_the_browsers(reading):
    page = reading()

    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Annotate paragraph 1").click(modifiers=["Control"])

    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Annotate paragraph 1")
    expect(composer(page)).to_have_count(0)


@pytest.mark.parametrize("how", ["Escape", "Close"])
def test_composer_closes_to_where_one_came_from(how, reading):
    page = reading()
    begin(page)

    if how == "Escape":
        page.keyboard.press("Escape")
    else:
        composer(page).get_by_role("button", name="Close").click()

    expect(page.get_by_role("link", name="Annotate paragraph 1")).to_be_focused()
    expect(composer(page)).to_have_count(0)
    assert lit(page) == ""


def test_another_composer_closes_the_one_that_is_open_and_keeps_its_words(reading):
    page = reading()
    begin(page, 1)
    body(page).fill("Half a thought")

    begin(page, 2)
    expect(composer(page)).to_have_count(1)
    begin(page, 1)

    expect(body(page)).to_have_value("Half a thought")


def test_names_are_completed_and_escape_closes_the_names_first(reading, classmate):
    page = reading()
    begin(page)

    page.keyboard.type("As @cl")
    expect(page.get_by_role("option", name="Classmate")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(body(page)).to_be_focused()
    page.keyboard.type("a")
    page.get_by_role("option", name="Classmate").click()

    expect(body(page)).to_have_value("As @Classmate ")


def test_preview_shows_the_note_as_it_will_be_and_goes_back(reading):
    page = reading()
    begin(page)
    body(page).fill("I *doubt* it.")

    composer(page).get_by_role("button", name="Preview").click()
    shown = composer(page).get_by_role("region", name="Preview")
    expect(shown).to_be_focused()
    assert shown.inner_html() == "<p>I <em>doubt</em> it.</p>"
    composer(page).get_by_role("button", name="Preview").click()

    expect(body(page)).to_be_focused()
    expect(body(page)).to_have_value("I *doubt* it.")


def test_whoever_writes_on_while_the_preview_is_fetched_goes_on_writing(reading):
    page = reading()
    begin(page)
    body(page).fill("I doubt")
    held = []
    page.route("**/preview/", lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature
    with page.expect_request("**/preview/"):
        composer(page).get_by_role("button", name="Preview").click()
    body(page).press("End")
    page.keyboard.type(" it.")

    with page.expect_response("**/preview/") as answered:
        held[0].continue_()
    answered.value.finished()
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    expect(body(page)).to_be_focused()
    expect(body(page)).to_have_value("I doubt it.")


def test_composer_whose_form_comes_late_does_not_replace_the_one_opened_after_it(
    browse, student, assignment, paragraphs
):
    page = browse(student)
    page.add_init_script(
        """const ask = window.fetch;
        window.fetch = async (...given) => {
          const answer = await ask(...given);
          if (answer.url.includes("/annotate/1/1/")) {
            const text = answer.text.bind(answer);
            answer.text = async () => {
              document.documentElement.dataset.reads = "1";
              await new Promise((read) => addEventListener("read", read));
              return text();
            };
          }
          return answer;
        };"""
    )
    page.goto(assignment.get_absolute_url())
    page.get_by_role("link", name="Annotate paragraph 1", exact=True).click()
    expect(page.locator("html")).to_have_attribute("data-reads", "1")
    begin(page, 2)
    page.keyboard.type("Here")

    page.evaluate("dispatchEvent(new Event('read'))")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")

    expect(body(page)).to_have_value("Here")
    expect(body(page)).to_be_focused()


def test_who_reads_it_is_told_in_the_fold_as_it_is_chosen(reading):
    page = reading()
    begin(page)

    composer(page).get_by_text("Read by").click()
    composer(page).get_by_role("radio", name=re.compile("^Only me")).check()

    expect(composer(page).locator("summary", has_text="Read by")).to_have_text("Read by Only me")


def test_composer_by_keys_alone(reading):
    page = reading()
    page.get_by_role("link", name="Annotate paragraph 1").focus()
    page.keyboard.press("Enter")
    expect(body(page)).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowRight")
    expect(composer(page).get_by_role("radio", name="Question")).to_be_focused()
    expect(composer(page).get_by_role("radio", name="Question")).to_be_checked()
    tab_to(page, "What do you want to say?")
    page.keyboard.type("By keys alone?")
    tab_to(page, "Post")
    page.keyboard.press("Enter")

    expect(page.locator(".c", has_text="By keys alone?")).to_be_focused()
    assert Annotation.objects.get().kind == Kind.QUESTION


def test_closed_assignment_keeps_the_words_and_offers_to_send_them_late(
    reading, assignment, django_db_blocker
):
    page = reading()
    begin(page)
    body(page).fill("Just too late.")
    assignment.closes_at = assignment.opens_at
    assignment.save()

    post(page)
    expect(composer(page)).to_contain_text("Posting has closed here.")
    expect(composer(page)).to_contain_text("the server last saw it on")
    expect(body(page)).to_have_value("Just too late.")
    composer(page).get_by_role("button", name="Send to staff as late").click()

    expect(page.locator(".toast")).to_contain_text("Sent to staff as late")
    assert Annotation.objects.get().is_late


# --- on a phone ---


def test_text_and_post_stay_in_sight_while_a_keyboard_covers_half_the_phone(reading):
    page = reading(**PHONE)
    page.get_by_role("link", name="Annotate paragraph 2", exact=True).tap()
    expect(body(page)).to_be_focused()

    page.set_viewport_size(COVERED)
    for kind in ("Comment", "Counter", "Question"):
        composer(page).locator(".pick", has_text=kind).tap()
        expect(body(page)).to_be_focused()
        expect(body(page)).to_be_in_viewport(ratio=0.9)
        expect(composer(page).get_by_role("button", name="Post")).to_be_in_viewport(ratio=1)


class Thumb:
    """Somebody on a phone, whose taps and filled fields are counted."""

    def __init__(self, page):
        self.page, self.taps, self.inputs = page, 0, 0

    def tap(self, what):
        self.taps += 1
        what.tap()

    def write(self, field, text):
        """Write where the caret stands; a field without it would have to be tapped first."""
        expect(field).to_be_focused()
        self.inputs += 1
        self.page.keyboard.type(text)


@pytest.fixture
def long_essay(seminar):
    essay = essay_of(*(f"Paragraph {number} of seven." for number in range(7)), seminar=seminar)
    return assignment_of(essay, slug="long")


def test_what_is_usually_asked_takes_few_inputs_and_taps_on_a_phone(browse, student, long_essay):
    page = browse(student, **PHONE)
    page.goto(long_essay.get_absolute_url())
    thumb = Thumb(page)
    asked = [Kind.COMMENT] * 3 + [Kind.COUNTERARGUMENT] * 2 + [Kind.EVIDENCE] * 2

    for number, kind in enumerate(asked, start=1):
        add = page.get_by_role("link", name=f"Annotate paragraph {number}", exact=True)
        thumb.tap(add)
        expect(body(page)).to_be_focused()
        if kind == Kind.COUNTERARGUMENT:
            thumb.tap(composer(page).locator(".pick", has_text="Counter"))
        if kind == Kind.EVIDENCE:
            thumb.tap(composer(page).locator(".pick", has_text="Evidence"))
            thumb.write(composer(page).get_by_label("Link or DOI"), f"10.1000/{number}")
            thumb.tap(composer(page).get_by_text("Supports it"))
            thumb.write(composer(page).get_by_label("Why does it bear on them?"), "It counts.")
        else:
            thumb.write(body(page), f"Note {number}.")
        thumb.tap(composer(page).get_by_role("button", name="Post"))
        expect(composer(page)).to_have_count(0)

    counts = {kind: Annotation.objects.filter(kind=kind).count() for kind in set(asked)}
    assert counts == {Kind.COMMENT: 3, Kind.COUNTERARGUMENT: 2, Kind.EVIDENCE: 2}
    assert thumb.inputs <= 15
    assert thumb.taps <= 22


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_open_composer_is_accessible(options, scheme, reading):
    page = reading(color_scheme=scheme, **options)
    page.get_by_role("link", name="Annotate paragraph 1", exact=True).click()
    expect(body(page)).to_be_focused()

    assert axe(page) == []
    composer(page).get_by_role("radio", name="Evidence").check(force=True)
    page.evaluate(
        "document.querySelectorAll('.composer details').forEach((one) => { one.open = true })"
    )
    assert axe(page) == []
