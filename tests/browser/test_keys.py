"""The keys of the reading page: what each does, its visible twin, and when none of them does anything."""

import re

import pytest
from playwright.sync_api import expect

from annotations import selectors
from annotations.enums import Kind
from debate.accounts.models import User
from tests.factories.annotations import annotation_on
from tests.factories.assignments import RoundFactory, assignment_of
from tests.factories.essays import essay_of

FIRST_SENTENCE = "Cities that price water by use need less of it."
SECOND_SENTENCE = "Fairness, not scarcity, moves people."
HERE = "() => document.activeElement.id || document.activeElement.className"


def pressed(page, keys):
    """Press the keys one after another; where the focus is then."""
    for key in keys.split():
        page.keyboard.press(key)
    return page.evaluate(HERE)


def selected(page):
    return page.evaluate("getSelection().toString()")


def highlights(page):
    return page.evaluate("document.documentElement.dataset.highlights") or "all"


@pytest.fixture
def notes(assignment, paragraphs, student, classmate):
    """Three notes: on words of the first paragraph, on all of the second, on words of the third."""
    return [
        annotation_on(
            paragraphs[0], "Fairness", author=classmate, assignment=assignment, body="Says who?"
        ),
        annotation_on(paragraphs[1], author=student, assignment=assignment, body="A thought."),
        annotation_on(
            paragraphs[2], "survey", author=classmate, assignment=assignment, body="Which?"
        ),
    ]


# --- paragraphs and sentences ---


def test_j_and_k_go_from_paragraph_to_paragraph(reading):
    page = reading()

    assert [pressed(page, key) for key in "jjjjkkk"] == [
        "p-1", "p-2", "p-3", "p-3", "p-2", "p-1", "p-1",
    ]  # fmt: skip
    expect(page.locator(".x[aria-current]")).to_have_count(1)
    expect(page.get_by_role("group", name="Paragraph 1")).to_be_focused()


def test_j_goes_on_from_where_one_pressed_or_tabbed(reading):
    page = reading()

    page.locator("#p-2 > p").click()
    assert pressed(page, "j") == "p-3"
    page.get_by_role("link", name="Annotate paragraph 1").focus()
    assert pressed(page, "j") == "p-2"


def test_j_scrolls_no_further_than_needed(browse, student, seminar):
    assignment = assignment_of(essay_of(*["Water is scarce. " * 25] * 6, seminar=seminar))
    page = browse(student)
    page.goto(assignment.get_absolute_url())
    page.wait_for_load_state("networkidle")

    for _ in range(6):
        pressed(page, "j")
        top, bottom = page.evaluate(
            "(({ top, bottom }) => [top, bottom])(document.activeElement.getBoundingClientRect())"
        )
        assert top >= 79
        assert bottom <= 900
    before = page.evaluate("scrollY")
    pressed(page, "k")
    assert page.evaluate("scrollY") == before


def test_s_selects_exactly_the_sentences_of_the_server(browse, student, seminar):
    texts = [
        "Dr. Smith et al. asked twice. “Why?” No answer… Then, at 9.30 p.m., the U.S. left! Quiet.",
        "Votes 👩‍👩‍👧 count 🇫🇷🇩🇪. Q̃uito paid “too much”. (So they say.) Is it e.g. fair? Yes",
        "שלום עולם. האם זה הוגן? כן.",
        "One",
    ]
    assignment = assignment_of(essay_of(*texts, seminar=seminar))
    page = browse(student)
    page.goto(assignment.get_absolute_url())
    link = page.get_by_role("group", name="Annotate the selected words").get_by_role(
        "link", name="Comment"
    )
    expected = [
        f"{number}:{span.start}-{span.end}"
        for number, text in enumerate(texts, start=1)
        for span in selectors.sentences(text)
    ]

    found = []
    for _ in expected:
        pressed(page, "s")
        found.append(link.get_attribute("href").partition("spans=")[2])
    pressed(page, "s")

    assert len(expected) >= 13
    assert found == expected
    assert selected(page) == "One"


def test_shift_s_takes_one_sentence_more_over_the_end_of_a_paragraph(reading):
    page = reading()

    pressed(page, "s")
    assert selected(page) == FIRST_SENTENCE
    pressed(page, "Shift+S")
    assert selected(page) == f"{FIRST_SENTENCE} {SECOND_SENTENCE}"
    pressed(page, "Shift+S")
    link = page.locator(".kindbar [data-kind=comment]")
    assert link.get_attribute("href").endswith("spans=1:0-85;2:0-68")
    assert pressed(page, "k") == "p-1"


def test_s_with_words_selected_by_mouse_takes_their_sentence(reading):
    page = reading()
    page.locator("#p-1 > p").dblclick(position={"x": 30, "y": 12})
    assert selected(page).strip() == "Cities"

    pressed(page, "s")

    assert selected(page) == FIRST_SENTENCE


# --- notes ---


def test_n_and_p_go_from_note_to_note_and_g_to_their_words_and_back(reading, notes):
    page = reading()
    first, second, third = (f"a-{note.pk}" for note in notes)

    assert [pressed(page, key) for key in "nnnnp"] == [first, second, third, third, second]
    expect(page.locator(f"#{second}")).to_be_in_viewport()
    assert pressed(page, "g") == "p-2"
    assert pressed(page, "g") == second
    pressed(page, "p g")
    expect(page.get_by_role("link", name="Comment by Classmate").first).to_be_focused()
    assert pressed(page, "g") == first


def test_n_begins_at_the_paragraph_one_is_at(reading, notes):
    page = reading()

    pressed(page, "j j")

    assert pressed(page, "n") == f"a-{notes[1].pk}"
    pressed(page, "Escape j j")
    assert pressed(page, "p") == f"a-{notes[1].pk}"


def test_r_replies_to_the_note_one_is_at(reading, notes):
    page = reading()

    pressed(page, "n n r")

    expect(page.get_by_label("Your reply")).to_be_focused()


# --- the rest ---


def test_h_hides_highlights_and_the_account_keeps_it(reading, notes, student):
    page = reading()
    mark = page.locator("mark").first
    shown = mark.evaluate("(one) => getComputedStyle(one).textDecorationLine")

    with page.expect_response(lambda answer: answer.url.endswith("/accounts/reading/")) as answer:
        pressed(page, "h")
    assert answer.value.status == 204
    assert mark.evaluate("(one) => getComputedStyle(one).textDecorationLine") == "none"
    assert User.objects.get(pk=student.pk).highlights == "none"

    page.reload()
    assert highlights(page) == "none"
    with page.expect_response(lambda answer: answer.url.endswith("/accounts/reading/")):
        pressed(page, "h")
    assert (
        mark.evaluate("(one) => getComputedStyle(one).textDecorationLine") == shown == "underline"
    )
    assert User.objects.get(pk=student.pk).highlights == "all"


def is_look(one):
    return one.url.endswith("/accounts/reading/")


def test_h_pressed_again_before_it_is_kept_is_kept_as_it_was_last(reading, notes, student):
    page = reading()
    asked = []

    def take(route):
        asked.append(route)
        if len(asked) > 1:
            route.continue_()

    page.route("**/accounts/reading/", take)
    with page.expect_request(is_look):
        pressed(page, "h")
    pressed(page, "h")
    page.evaluate("fetch('/docs/').then(() => null)")  # time enough for one that does not wait
    with page.expect_response(lambda one: is_look(one) and one.request != asked[0].request):
        asked[0].continue_()

    assert [one.request.post_data.count("none") for one in asked] == [1, 0]
    assert highlights(page) == "all"
    assert User.objects.get(pk=student.pk).highlights == "all"


def test_h_of_a_visitor_is_kept_in_the_browser(browse, essay, assignment, paragraphs):
    essay.is_public = True
    essay.save()
    essay.seminar.allows_public = True
    essay.seminar.save()
    page = browse()
    page.goto(assignment.get_absolute_url())

    pressed(page, "h")
    page.reload()
    assert highlights(page) == "none"
    pressed(page, "h")
    page.reload()
    assert highlights(page) == "all"


def test_m_goes_to_the_debate_map(reading, assignment):
    page = reading()

    with page.expect_navigation():
        page.keyboard.press("m")

    assert page.url.endswith(f"{assignment.get_absolute_url()}map/")


@pytest.mark.parametrize("path", ["", "map/", "progress/"])
def test_slash_and_question_mark_act_on_every_page(browse, student, assignment, path):
    page = browse(student)
    page.goto(f"{assignment.get_absolute_url()}{path}")

    pressed(page, "/")
    expect(page.get_by_role("searchbox", name="Search notes and essays")).to_be_focused()
    page.get_by_role("main").focus()
    pressed(page, "?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys.get_by_role("row", name="J, K next, previous paragraph")).to_be_visible()
    pressed(page, "j")
    pressed(page, "Escape")
    expect(keys).to_be_hidden()
    expect(page.get_by_role("main")).to_be_focused()


def test_list_of_keys_that_is_asked_for_twice_is_there_once(reading):
    page = reading()
    held = []
    page.route("**/docs/keys/", lambda route: held.append(route))  # noqa: PLW0108 - it is asked for its signature
    with page.expect_request("**/docs/keys/"):
        pressed(page, "?")
    pressed(page, "?")
    page.evaluate("fetch('/docs/').then(() => null)")  # time enough for a second request
    for route in held:
        route.continue_()

    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    page.wait_for_load_state("networkidle")
    expect(keys.get_by_role("row", name="J, K next, previous paragraph")).to_have_count(1)


def test_escape_from_the_search_field_goes_back_to_where_one_was(browse, student, seminar):
    essay = essay_of(*("A sentence that goes on. " * 40 for _ in range(12)), seminar=seminar)
    page = browse(student)
    page.goto(assignment_of(essay, slug="far-down").get_absolute_url())
    for _ in range(9):
        pressed(page, "j")
    at = page.evaluate("scrollY")
    assert at > 1_000

    pressed(page, "/")
    expect(page.get_by_role("searchbox", name="Search notes and essays")).to_be_focused()
    pressed(page, "Escape")

    expect(page.locator("#p-9")).to_be_focused()
    assert page.evaluate("scrollY") == at


def test_list_of_keys_is_a_page_too(browse, student, assignment):
    page = browse(student, java_script_enabled=False)
    page.goto(assignment.get_absolute_url())

    page.get_by_role("link", name="Keys", exact=True).click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Keys")


def test_escape_takes_away_one_thing_after_another(reading, notes):
    page = reading()
    pressed(page, "n")
    page.locator("#p-1 > p").dblclick(position={"x": 30, "y": 12})
    bar = page.get_by_role("group", name="Annotate the selected words")
    expect(bar).to_be_visible()

    pressed(page, "Escape")
    expect(bar).to_be_hidden()
    assert selected(page).strip() == "Cities"
    pressed(page, "Escape")
    pressed(page, "j")
    expect(page.locator(".x[aria-current]")).to_have_count(1)
    pressed(page, "Escape")
    expect(page.locator(".x[aria-current]")).to_have_count(0)


# --- what is no shortcut ---


def nothing_happened(page, assignment):
    expect(page.locator(".x[aria-current]")).to_have_count(0)
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert selected(page) == ""
    assert page.url.partition("#")[0].endswith(assignment.get_absolute_url())


ALL_KEYS = "j k s Shift+S c x e q n p g r h m ?"


def test_keys_that_are_switched_off_do_nothing(reading, notes, student, assignment):
    User.objects.filter(pk=student.pk).update(single_keys=False)
    page = reading()

    pressed(page, ALL_KEYS)
    pressed(page, "/")

    nothing_happened(page, assignment)
    assert highlights(page) == "all"


@pytest.mark.parametrize("modifier", ["Control", "Alt", "Meta"])
def test_keys_with_a_modifier_are_left_to_the_browser(reading, notes, assignment, modifier):
    page = reading()

    for key in ("j", "s", "h", "n", "m", "g"):
        prevented = page.evaluate(
            """([key, modifier]) => !document.body.dispatchEvent(new KeyboardEvent("keydown", {
                 key, bubbles: true, cancelable: true, [`${modifier}Key`]: true }))""",
            [key, {"Control": "ctrl"}.get(modifier, modifier.lower())],
        )
        assert not prevented

    nothing_happened(page, assignment)


def test_capital_letters_are_no_shortcuts(reading, assignment):
    page = reading()

    pressed(page, "Shift+J Shift+H Shift+M")

    nothing_happened(page, assignment)
    assert highlights(page) == "all"


def test_keys_in_a_field_are_typed(reading, assignment):
    page = reading()
    pressed(page, "/")
    field = page.get_by_role("searchbox", name="Search notes and essays")
    expect(field).to_be_focused()

    page.keyboard.type("jkscxeqnpghm/?")

    expect(field).to_have_value("jkscxeqnpghm/?")
    nothing_happened(page, assignment)


def test_keys_of_a_word_being_composed_are_left_alone(reading, assignment):
    page = reading()

    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown", {
             key: "j", code: "KeyJ", isComposing: true, bubbles: true, cancelable: true }))"""
    )

    nothing_happened(page, assignment)


def test_key_in_the_place_of_j_acts_under_other_letters(reading):
    page = reading()

    page.evaluate(
        """() => document.body.dispatchEvent(new KeyboardEvent("keydown", {
             key: "о", code: "KeyJ", bubbles: true, cancelable: true }))"""
    )

    assert page.evaluate(HERE) == "p-1"


# --- visible twins ---


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("j", "Next paragraph"),
        ("k", "Previous paragraph"),
        ("n", "Next note"),
        ("p", "Previous note"),
        ("s", "Select a sentence"),
        ("Shift+S", "Another sentence"),
        ("g", "Words or note"),
    ],
)
def test_button_does_what_its_key_does(reading, notes, key, name):
    def done(act):
        page = reading()
        pressed(page, "j j n")
        page.locator(".look > summary").click()
        act(page)
        return [page.evaluate(HERE), selected(page)]

    by_key = done(lambda page: (page.locator(f"#a-{notes[1].pk}").focus(), pressed(page, key)))
    by_button = done(lambda page: page.get_by_role("button", name=name).click())

    assert by_button == by_key


def test_button_hides_highlights_and_says_whether_it_did(reading, notes):
    page = reading()
    page.locator(".look > summary").click()
    button = page.get_by_role("button", name="Hide highlights")
    expect(button).to_have_attribute("aria-pressed", "false")

    with page.expect_response(lambda answer: answer.url.endswith("/accounts/reading/")):
        button.click()

    expect(button).to_have_attribute("aria-pressed", "true")
    assert highlights(page) == "none"


def test_every_key_that_the_page_names_is_in_the_list_of_keys(reading):
    page = reading()
    pressed(page, "s")
    named = set(
        page.locator("[aria-keyshortcuts]").evaluate_all(
            "(all) => all.map((one) => one.getAttribute('aria-keyshortcuts'))"
        )
    )

    pressed(page, "?")
    listed = page.get_by_role("dialog", name="Keys").locator("td:first-child code")
    expect(listed.first).to_be_visible()

    assert {"c", "x", "e", "q", "j", "k", "n", "p", "s", "Shift+S", "g", "h"} <= named
    assert named <= {
        re.sub("^[A-Z]$", lambda one: one[0].lower(), text) for text in listed.all_text_contents()
    }


# --- kinds ---


def test_bar_and_keys_offer_only_what_the_round_takes(browse, student, assignment, paragraphs):
    RoundFactory(assignment=assignment, number=1)
    assignment.rounds.update(allowed_kinds=[Kind.QUESTION, Kind.EVIDENCE, Kind.CONCESSION])
    page = browse(student)
    page.goto(assignment.get_absolute_url())

    pressed(page, "s c x")

    bar = page.get_by_role("group", name="Annotate the selected words")
    bar.get_by_text("More", exact=True).click()
    assert bar.get_by_role("link").all_inner_texts() == ["Evidence\nE", "Question\nQ", "Concession"]
    assert page.url.endswith(assignment.get_absolute_url())
