"""Notes beside their words: in the margin, in the sheet of a phone, in print, and where there are too many."""

import itertools

import pytest
from playwright.sync_api import expect

from annotations.enums import Kind
from debate.accounts.models import User
from tests.annotations.test_queries import sentences_of_the_project
from tests.browser.conftest import PHONE
from tests.browser.looks import axe
from tests.factories.annotations import annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import essay_of

LONG = "One longer remark that takes some lines of the margin, because it has much to say. " * 4

TOPS = """() => {
  const seen = new Map();
  for (const mark of document.querySelectorAll("mark[aria-details]"))
    for (const id of `${mark.getAttribute("aria-details")} ${mark.dataset.also ?? ""}`.trim().split(" "))
      if (!seen.has(id)) seen.set(id, mark.getBoundingClientRect().top);
  return [...document.querySelectorAll(".essay .ns > .c")].map((card) => {
    const { top, bottom, left, width } = card.getBoundingClientRect();
    return { id: card.id, top, bottom, left, width, words: seen.get(card.id) };
  });
}"""
"""Each card in the margin, and how high its words begin."""

TEXT = """() => [...document.querySelectorAll(".x > p")].map((one) => {
  const { top, left, width, height } = one.getBoundingClientRect();
  return [top + scrollY, left, width, height];
})"""
"""Where the text stands on the page."""


@pytest.fixture
def texts():
    sentences = sentences_of_the_project()
    return [" ".join(sentences[n : n + 5]) for n in range(0, 40, 5)]


@pytest.fixture
def essay(seminar, texts):
    """An essay of eight paragraphs, set to the seminar."""
    return assignment_of(essay_of(*texts, seminar=seminar))


@pytest.fixture
def note(essay, classmate):
    """`note(number, words)`: a note of the classmate's on words of a paragraph."""

    def _note(number, words="", **given):
        paragraph = essay.revision.paragraphs.get(number=number)
        given = {"author": classmate, "assignment": essay, "body": "Short.", **given}
        return annotation_on(paragraph, words, **given)

    return _note


@pytest.fixture
def opened(browse, student, essay):
    """`opened()`: the essay as the student sees it."""

    def _opened(query="", who=student, **options):
        page = browse(who, **options)
        page.goto(essay.get_absolute_url() + query)
        if options.get("java_script_enabled", True):
            at_rest(page)
        return page

    return _opened


def at_rest(page):
    """Return once the fonts are there and the notes in their places beside the text that they make."""
    page.evaluate(
        """document.fonts.ready.then(
             () => new Promise((done) => requestAnimationFrame(() => setTimeout(done))))"""
    )


def words_in(text, start, count):
    """That many words of a text, from that one on."""
    return " ".join(text.split()[start : start + count])


def element(annotation):
    return f"#a-{annotation.pk}"


def press(link):
    """Press Enter on the link or summary."""
    link.focus()
    link.press("Enter")


def close_to(one, other, by=2):
    return abs(one - other) <= by


# --- the margin ---


def test_every_card_is_level_with_its_words_where_there_is_room(opened, note, texts):
    for number in (1, 3, 5, 7):
        note(number, words_in(texts[number - 1], 12, 3))

    page = opened()
    expect(page.locator(".essay.laid")).to_be_visible()

    cards = page.evaluate(TOPS)
    assert len(cards) == 4
    assert [one for one in cards if not close_to(one["top"], one["words"])] == []
    assert len({(one["left"], one["width"]) for one in cards}) == 1


def test_cards_that_have_no_room_follow_one_another_in_the_order_of_their_words(
    opened, note, texts
):
    for start in (20, 0, 8, 14):
        note(2, words_in(texts[1], start, 2), body=LONG)

    cards = opened().evaluate(TOPS)

    assert close_to(cards[0]["top"], cards[0]["words"])
    tops, bottoms = [one["top"] for one in cards], [one["bottom"] for one in cards]
    assert all(after >= before for before, after in zip(bottoms, tops[1:], strict=False))
    assert [one["words"] for one in cards] == sorted(one["words"] for one in cards)


def test_pinned_card_stands_first_and_all_others_below_it(opened, note, texts):
    other = note(1, words_in(texts[0], 0, 2), body=LONG)
    pinned = note(1, words_in(texts[0], 30, 2), body=LONG)
    type(pinned).objects.filter(pk=pinned.pk).update(pinned_at=pinned.created_at)

    first, second = opened().evaluate(TOPS)

    assert [first["id"], second["id"]] == [f"a-{pinned.pk}", f"a-{other.pk}"]
    assert first["bottom"] <= second["top"] < first["bottom"] + 40


def test_card_in_use_is_exactly_at_its_words_and_the_others_stay_and_give_way(opened, note, texts):
    notes = [note(5, words_in(texts[4], start, 2), body=LONG) for start in (0, 6, 12, 18)]
    page = opened()
    text = page.evaluate(TEXT)
    third = page.locator(element(notes[2]))

    third.locator(".by").click()

    expect(third).to_have_attribute("aria-current", "true")
    cards = page.evaluate(TOPS)
    assert close_to(cards[2]["top"], cards[2]["words"])
    assert cards[1]["bottom"] <= cards[2]["top"]
    assert cards[2]["bottom"] <= cards[3]["top"]
    for one in notes:
        expect(page.locator(element(one))).to_be_visible()
    assert page.evaluate(TEXT) == text
    expect(third.get_by_role("link", name="Reply")).to_be_visible()
    expect(page.locator(element(notes[1])).get_by_role("link", name="Reply")).to_be_hidden()

    page.keyboard.press("Escape")
    expect(third).not_to_have_attribute("aria-current", "true")
    assert page.evaluate(TEXT) == text


@pytest.mark.parametrize(("motion", "moves"), [("no-preference", "0.22s"), ("reduce", "0s")])
def test_cards_slide_unless_motion_is_unwanted(opened, note, texts, motion, moves):
    one = note(1, words_in(texts[0], 0, 2))
    page = opened(reduced_motion=motion)

    page.locator(element(one)).locator(".by").click()

    expect(page.locator(".essay.slides")).to_be_visible()
    assert (
        page.locator(element(one)).evaluate("(c) => getComputedStyle(c).transitionDuration")
        == moves
    )


def test_cards_do_not_slide_for_who_chose_so_on_the_profile(opened, note, texts, student):
    one = note(1, words_in(texts[0], 0, 2))
    User.objects.filter(pk=student.pk).update(motion="reduced")
    page = opened(reduced_motion="no-preference")

    page.locator(element(one)).locator(".by").click()

    expect(page.locator(".essay.slides")).to_be_visible()
    assert (
        page.locator(element(one)).evaluate("(c) => getComputedStyle(c).transitionDuration") == "0s"
    )


def test_marked_words_lead_to_their_card_and_a_second_click_to_the_next(opened, note, texts):
    words = words_in(texts[0], 10, 4)
    first, second = note(1, words, body="First."), note(1, words, body="Second.")
    page = opened()
    mark = page.locator("#p-1 mark").first

    for one, other in [(first, second), (second, first), (first, second)]:
        mark.click()
        expect(page.locator(element(one))).to_have_attribute("aria-current", "true")
        expect(page.locator(element(other))).not_to_have_attribute("aria-current", "true")
        expect(mark).to_have_class("k-comment d2 lit")


def test_words_of_the_card_in_use_take_its_colour_where_others_lie_on_them(opened, note, texts):
    question = note(1, words_in(texts[0], 8, 6), kind=Kind.QUESTION)
    note(1, words_in(texts[0], 10, 2), kind=Kind.COMMENT)
    page = opened()
    under = page.locator(
        f'mark:is([aria-details="a-{question.pk}"], [data-also~="a-{question.pk}"])'
    )
    lines = "(all) => all.map((one) => getComputedStyle(one).textDecorationStyle)"

    assert under.evaluate_all(lines) == ["dotted", "solid", "dotted"]
    page.locator(element(question)).locator(".by").click()

    expect(page.locator("mark.lit")).to_have_count(3)
    assert under.evaluate_all(lines) == ["dotted"] * 3


def test_marker_leads_to_its_card_and_the_card_back_to_its_words_by_keyboard(opened, note, texts):
    one = note(6, words_in(texts[5], 5, 3))
    page = opened()
    marker = page.locator(f'.e[href="{element(one)}"]')

    press(marker)
    card = page.locator(element(one))
    expect(card).to_be_focused()
    expect(card).to_have_attribute("aria-current", "true")
    expect(card).to_be_in_viewport()

    press(card.get_by_role("link", name="In the text"))
    expect(marker).to_be_focused()
    expect(page.locator("#p-6 mark")).to_be_in_viewport()


def test_whoever_tabs_into_a_card_sees_what_can_be_done_there(opened, note, texts):
    one = note(1, words_in(texts[0], 0, 2))
    page = opened()
    card = page.locator(element(one))
    expect(page.locator(".laid")).to_be_visible()

    card.get_by_role("link", name="Thread").focus()
    page.keyboard.press("Tab")

    expect(card.get_by_role("link", name="Reply")).to_be_focused()


def test_page_opened_at_a_note_shows_it_at_its_words(opened, note, texts):
    for start in (0, 4, 8):
        note(7, words_in(texts[6], start, 2), body=LONG)
    last = note(7, words_in(texts[6], 12, 2), body=LONG)

    page = opened(element(last))

    card = page.locator(element(last))
    expect(card).to_have_attribute("aria-current", "true")
    expect(card).to_be_in_viewport()
    assert close_to(*[page.evaluate(TOPS)[3][name] for name in ("top", "words")])


def test_text_runs_alike_with_and_without_notes_and_whatever_is_in_use(opened, note, texts):
    for start in (0, 4, 8, 12):
        note(1, words_in(texts[0], start, 2), body=LONG)

    with_notes = opened().evaluate(TEXT)
    alone = opened("?notes=none").evaluate(TEXT)

    gaps = [
        [after[0] - before[0] for before, after in itertools.pairwise(one)]
        for one in (with_notes, alone)
    ]
    assert gaps[0] == pytest.approx(gaps[1], abs=1)
    assert [place[2:] for place in with_notes] == [place[2:] for place in alone]


def test_rail_marks_the_paragraph_that_is_read(opened, note, texts):
    note(1, words_in(texts[0], 0, 2))
    page = opened()
    here = page.locator('.rail [aria-current="location"]')

    for number in (5, 2):
        page.locator(f"#p-{number}").evaluate(
            "(one) => scrollTo(0, one.getBoundingClientRect().top + scrollY - innerHeight / 3 + 20)"
        )
        expect(here).to_have_count(1)
        expect(here).to_have_attribute("href", f"#p-{number}")


def test_without_scripts_cards_begin_beside_their_paragraph_and_show_all_links(opened, note, texts):
    one = note(3, words_in(texts[2], 0, 2))
    page = opened(java_script_enabled=False)

    card, paragraph = page.locator(element(one)), page.locator("#p-3")
    expect(card).to_be_visible()
    assert close_to(card.bounding_box()["y"], paragraph.bounding_box()["y"], by=12)
    press(page.get_by_role("link", name="Comment by Classmate"))
    expect(card.get_by_role("link", name="Reply")).to_be_visible()


@pytest.mark.parametrize(("choice", "painted"), [("all", 2), ("mine", 1), ("none", 0)])
def test_words_are_painted_as_the_reader_chose_and_cards_stay_at_them(
    opened, note, texts, student, choice, painted
):
    note(1, words_in(texts[0], 6, 2), author=student)
    note(3, words_in(texts[2], 6, 2))
    User.objects.filter(pk=student.pk).update(highlights=choice)
    page = opened()
    expect(page.locator(".laid")).to_be_visible()

    lines = page.locator("mark").evaluate_all(
        "(all) => all.filter((one) => getComputedStyle(one).textDecorationLine !== 'none').length"
    )

    assert lines == painted
    assert all(close_to(one["top"], one["words"]) for one in page.evaluate(TOPS))


def test_six_kinds_differ_in_word_icon_and_line(opened, note, texts):
    for number, kind in enumerate(Kind, start=1):
        traits = {kind.value: True} if kind in {"counterargument", "evidence"} else {"kind": kind}
        note(number, words_in(texts[number - 1], 0, 3), **traits)
    page = opened()

    shown = page.locator(".x mark").evaluate_all(
        """(all) => all.map((one) => {
             const { textDecorationStyle, textDecorationThickness } = getComputedStyle(one);
             const icon = getComputedStyle(document.getElementById(one.getAttribute("aria-details")).querySelector(".kind"), "::before").maskImage;
             return [textDecorationStyle + textDecorationThickness, icon];
           })"""
    )

    assert len(shown) == 6
    assert len({line for line, _ in shown}) == 6
    assert len({icon for _, icon in shown}) == 6
    assert len(set(page.locator(".c .kind").all_text_contents())) == 6


# --- the phone's sheet ---


@pytest.fixture
def phone(opened, note, texts):
    """The essay on a phone, with two notes on the third paragraph, and one on the fourth."""
    note(3, words_in(texts[2], 0, 2), body="First of three.")
    note(3, words_in(texts[2], 4, 2), body="Second of three.")
    note(4, words_in(texts[3], 0, 2), body="Of four.")
    return opened(size=PHONE, has_touch=True)


def test_chip_opens_the_notes_of_its_paragraph_in_a_sheet_and_close_gives_them_back(phone):
    chip = phone.locator("#p-3 + .ns > .pips")
    before = phone.evaluate("scrollY")
    chip.tap()

    sheet = phone.get_by_role("dialog", name="Paragraph 3")
    expect(sheet.locator(".c")).to_have_count(2)
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()
    assert close_to(sheet.bounding_box()["height"], 0.72 * PHONE[1], by=1)
    assert axe(phone) == []
    ids = phone.locator("[id]").evaluate_all("(all) => all.map((one) => one.id)")
    assert len(ids) == len(set(ids))

    sheet.get_by_role("button", name="Close").tap()
    expect(sheet).to_have_count(0)
    expect(chip).to_be_focused()
    expect(phone.locator("#p-3 + .ns > .c")).to_have_count(2)
    expect(phone.locator("#p-3 + .ns > .c").first).to_be_hidden()
    assert phone.evaluate("scrollY") >= before


def test_sheet_in_the_dark_is_accessible(phone):
    phone.emulate_media(color_scheme="dark")
    phone.locator("#p-3 + .ns > .pips").tap()
    expect(phone.get_by_role("dialog")).to_be_visible()

    assert axe(phone) == []


def test_back_closes_the_sheet_and_stays_on_the_page(phone, essay):
    phone.locator("#p-3 + .ns > .pips").tap()
    expect(phone.get_by_role("dialog")).to_be_visible()

    phone.go_back()

    expect(phone.get_by_role("dialog")).to_have_count(0)
    assert phone.url.endswith(essay.get_absolute_url())
    expect(phone.locator("#p-3 + .ns > .c")).to_have_count(2)


def test_sheet_is_worked_by_keyboard_and_the_page_behind_it_is_inert(phone):
    chip = phone.locator("#p-3 + .ns > .pips")
    press(chip)
    sheet = phone.get_by_role("dialog", name="Paragraph 3")
    expect(sheet.get_by_role("button", name="Close")).to_be_focused()

    for _ in range(12):
        phone.keyboard.press("Tab")
        assert phone.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    phone.keyboard.press("Escape")

    expect(sheet).to_have_count(0)
    expect(chip).to_be_focused()


def test_tapped_words_open_their_card_in_the_sheet_and_it_leads_back_to_them(phone):
    mark = phone.locator("#p-3 mark").nth(1)
    mark.tap()

    card = phone.get_by_role("dialog", name="Paragraph 3").locator(".c[aria-current]")
    expect(card).to_contain_text("Second of three.")
    card.get_by_role("link", name="In the text").tap()

    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(mark).to_be_in_viewport()


def test_sheet_opens_for_another_paragraph_after_it_was_closed(phone):
    for number, count in [(3, 2), (4, 1), (3, 2)]:
        phone.locator(f"#p-{number} + .ns > .pips").tap()
        sheet = phone.get_by_role("dialog", name=f"Paragraph {number}")
        expect(sheet.locator(".c")).to_have_count(count)
        phone.mouse.click(180, 60)
        expect(sheet).to_have_count(0)


def test_sheet_opens_for_another_paragraph_while_the_browser_still_goes_back(phone):
    phone.locator("#p-3 + .ns > .pips").tap()
    expect(phone.get_by_role("dialog", name="Paragraph 3")).to_be_visible()

    phone.evaluate(
        """() => new Promise((wentBack) => {
             new MutationObserver((_, seen) => {
               if (document.querySelector("dialog[open]")) return;
               seen.disconnect();
               addEventListener("popstate", () => setTimeout(wentBack), { once: true });
               document.querySelector("#p-4 + .ns > .pips").click();
             }).observe(document.querySelector("main"), { childList: true });
             document.querySelector("dialog[open]").close();
           })"""
    )

    sheet = phone.get_by_role("dialog", name="Paragraph 4")
    expect(sheet.locator(".c")).to_have_count(1)
    phone.go_back()
    expect(sheet).to_have_count(0)


def test_wider_window_takes_the_notes_from_the_sheet_into_the_margin(phone):
    phone.locator("#p-3 + .ns > .pips").tap()
    expect(phone.get_by_role("dialog")).to_be_visible()

    phone.set_viewport_size({"width": 1440, "height": 900})

    expect(phone.get_by_role("dialog")).to_have_count(0)
    expect(phone.locator("#p-3 + .ns > .c").first).to_be_visible()
    at_rest(phone)
    first = phone.evaluate(TOPS)[0]
    assert close_to(first["top"], first["words"])


def test_notes_open_in_place_on_phones_without_scripts(opened, note, texts):
    note(3, words_in(texts[2], 0, 2), body="In place.")
    page = opened(size=PHONE, java_script_enabled=False)

    page.locator("#p-3 + .ns > .pips").click()

    expect(page.get_by_text("In place.")).to_be_visible()


def test_task_line_stays_in_sight_and_covers_nothing_that_is_jumped_to(
    opened, note, essay, browse, student
):
    essay.asked_comments, essay.asked_evidence = 3, 2
    essay.save()
    for size in (PHONE, (1440, 900)):
        page = opened(size=size)
        line = page.locator(".todo")
        expect(line).to_contain_text("0/3")

        page.locator("#p-6").evaluate("(one) => { location.hash = one.id }")

        expect(line).to_be_in_viewport(ratio=1)
        assert line.bounding_box()["height"] <= 50
        covered = line.bounding_box()["y"] + line.bounding_box()["height"]
        assert page.locator("#p-6 > p").bounding_box()["y"] >= covered


# --- more than have room ---


@pytest.fixture
def crowded(note, texts, classmate):
    """Thirty notes on the second paragraph, without any of the student's."""
    return [note(2, words_in(texts[1], n % 10, 2), body=f"Remark {n}.") for n in range(30)]


def test_more_notes_come_beside_their_words_without_moving_the_text(opened, crowded):
    page = opened()
    text = page.evaluate(TEXT)
    expect(page.locator("#p-2 + .ns > .c")).to_have_count(4)

    page.get_by_role("link", name="20 more on paragraph 2").click()
    expect(page.locator("#p-2 + .ns > .c")).to_have_count(24)
    assert page.evaluate(TEXT) == text
    tops = [one["top"] for one in page.evaluate(TOPS)]
    assert tops == sorted(tops)

    page.get_by_role("link", name="6 more on paragraph 2").click()
    expect(page.locator("#p-2 + .ns > .c")).to_have_count(30)
    expect(page.get_by_role("link", name="more on paragraph 2")).to_have_count(0)
    assert page.evaluate(TEXT) == text


def test_more_notes_are_at_an_address_without_scripts(opened, crowded):
    page = opened(java_script_enabled=False)

    page.get_by_role("link", name="20 more on paragraph 2").click()

    expect(page.locator("#p-2 + .ns > .c")).to_have_count(24)


def test_sentences_are_tinted_in_steps_where_words_cannot_all_be_marked(opened, note, texts):
    note(2, words_in(texts[1], len(texts[1].split()) - 2, 1))
    for n in range(44):
        note(2, words_in(texts[1], n % 3, 2))
    page = opened()

    tints = page.locator("#p-2 :is(.t1, .t2, .t3)").evaluate_all(
        "(all) => all.map((one) => [one.className, getComputedStyle(one).backgroundColor])"
    )

    assert {name for name, _ in tints} == {"t1", "t3"}
    assert len({colour for _, colour in tints}) == 2
    expect(page.get_by_text("a faint tint, in three steps")).to_be_visible()


# --- print, colours forced ---


def test_print_has_notes_under_their_paragraphs_and_no_tools(opened, note, texts):
    one = note(2, words_in(texts[1], 20, 2), body="Printed.")
    page = opened()
    page.emulate_media(media="print")

    card, paragraph = page.locator(element(one)).bounding_box(), page.locator("#p-2").bounding_box()
    following = page.locator("#p-3").bounding_box()
    assert paragraph["y"] + paragraph["height"] <= card["y"]
    assert card["y"] + card["height"] <= following["y"]
    for tool in (".bar", ".rail", ".add", ".pips", ".views", ".toast"):
        assert page.locator(f"{tool}:visible").count() == 0, tool


def test_forced_colours_keep_cards_icons_and_marks_apart_from_the_page(opened, note, texts):
    one = note(2, words_in(texts[1], 20, 2))
    page = opened(forced_colors="active")

    card = page.locator(element(one))
    expect(card).to_be_visible()
    assert card.evaluate("(c) => getComputedStyle(c).outlineStyle") == "solid"
    plain, marked = (
        page.locator(place).first.evaluate("(one) => getComputedStyle(one).backgroundColor")
        for place in ("body", "mark")
    )
    assert plain != marked
