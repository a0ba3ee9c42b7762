"""Words selected, copied and linked to, and the browser's offsets against the server's."""

import random

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from playwright.sync_api import expect

from annotations import selectors
from annotations.models import Annotation
from debate.accounts.models import User
from tests.browser.keys import tab_to
from tests.conftest import PLAIN, REPEATS
from tests.factories.annotations import annotation_on
from tests.factories.assignments import assignment_of
from tests.factories.essays import EssayFactory, ParagraphFactory, RevisionFactory

AWKWARD = [
    'Plain words, <em>emphasised ones</em> and a <a href="https://example.org/">link</a> &amp; more.',
    "A family 👩‍👩‍👧 with flags 🇫🇷🇩🇪 and a thumb 👍🏽 <strong>votes 🙂</strong> once.",
    "Cafe\u0301 a\u0328\u0301 and Q\u0303uito: <em>co\u0302te\u0301</em> a\u0300 cote\u0301.",
    "שלום <em>עולם</em> ו־العربية كذلك 123 <strong>مرحبا</strong>.",
]


@pytest.fixture
def awkward(seminar):
    from debate.essays import inline  # noqa: PLC0415 - only the markup of this module needs it

    essay = EssayFactory(seminar=seminar)
    essay.current_revision = RevisionFactory(essay=essay)
    essay.save()
    for position, markup in enumerate(AWKWARD, start=1):
        html = inline.sanitise(markup)
        ParagraphFactory(
            revision=essay.current_revision, position=position, text=inline.plain(html), html=html
        )
    return assignment_of(essay, slug="awkward")


def in_page(page, body, *arguments):
    """Run a function of the module `anchors`, of which the page's script is made, with the arguments."""
    address = staticfiles_storage.url("js/anchors.js")
    return page.evaluate(
        f"async ([address, ...given]) => {{ const anchors = await import(address); return ({body})(anchors, ...given) }}",
        [address, *arguments],
    )


def test_flat_runs_are_those_of_the_server(browse, student, awkward):
    page = browse(student)
    page.goto(awkward.get_absolute_url())
    chance = random.Random(4)
    cases = []
    for _ in range(200):
        length = chance.randint(1, 60)
        spans = [sorted(chance.sample(range(length + 1), 2)) for _ in range(chance.randint(0, 8))]
        cases.append([length, spans])

    found = in_page(
        page,
        "(anchors, cases) => cases.map(([length, spans]) => anchors.flatRuns(length, spans))",
        cases,
    )

    expected = [
        [
            [run.start, run.end, list(run.spans)]
            for run in selectors.flat_runs(length, [selectors.Span(*span) for span in spans])
        ]
        for length, spans in cases
    ]
    assert found == expected


def test_every_span_is_found_again_on_whole_graphemes(browse, student, awkward):
    page = browse(student)
    page.goto(awkward.get_absolute_url())
    chance = random.Random(5)
    texts = list(awkward.revision.paragraphs.order_by("position").values_list("text", flat=True))
    cases = [
        [number, *sorted(chance.sample(range(len(text) + 1), 2))]
        for number, text in enumerate(texts, start=1)
        for _ in range(60)
    ]

    found = in_page(
        page,
        """(anchors, cases) => cases.map(([number, start, end]) => {
             const root = document.querySelector(`#p-${number} > p`);
             return anchors.spanOf(root, anchors.rangeOf(root, start, end));
           })""",
        cases,
    )

    for (number, start, end), span in zip(cases, found, strict=True):
        text = texts[number - 1]
        if span is None:
            assert not text[start:end].strip()
            continue
        assert text[span["start"] : span["end"]] == span["exact"]
        assert selectors.grapheme_safe(text, span["start"], span["end"])
        wanted = selectors.Span(start, end)
        assert span["start"] <= wanted.end
        assert span["exact"].strip() == span["exact"]
        assert text[start:end].strip() in span["exact"]


def test_page_text_is_the_servers(browse, student, awkward):
    page = browse(student)
    page.goto(awkward.get_absolute_url())

    shown = in_page(
        page,
        "(anchors) => [...document.querySelectorAll('.x > p')].map((root) => anchors.textOf(root))",
    )

    assert shown == list(
        awkward.revision.paragraphs.order_by("position").values_list("text", flat=True)
    )


def test_selected_words_lead_to_the_composer(browse, student, awkward):
    page = browse(student)
    page.goto(awkward.get_absolute_url())

    page.evaluate(
        """() => {
             const [first, second] = [1, 2].map((n) => document.querySelector(`#p-${n} > p`));
             getSelection().setBaseAndExtent(first.querySelector("em").firstChild, 0, second.firstChild, 8);
           }"""
    )
    page.keyboard.press("Shift")
    page.get_by_role("group", name="Annotate the selected words").get_by_role(
        "link", name="Question"
    ).click()
    expect(page.get_by_role("radio", name="Question")).to_be_checked()
    page.get_by_label("What do you want to say?").fill("Both of it?")
    page.get_by_role("main").get_by_role("button", name="Post", exact=True).click()

    expect(page.locator(".c")).to_contain_text("Both of it?")
    assert [one.exact for one in Annotation.objects.get().anchors.all()] == [
        "emphasised ones and a link & more.",
        "A family",
    ]


# --- the bar ---


def select(page, start, end, number=1):
    """Select the characters of the first text node of a paragraph."""
    page.evaluate(
        """([number, start, end]) => {
             const text = document.querySelector(`#p-${number} > p`).firstChild;
             getSelection().setBaseAndExtent(text, start, text, end);
           }""",
        [number, start, end],
    )


def bar_of(page):
    return page.get_by_role("group", name="Annotate the selected words")


@pytest.fixture
def reading(browse, student, assignment, paragraphs):
    """The essay as the student sees it, with the first word of it selected."""

    def open_page(user=student, query="", **options):
        page = browse(user, **options)
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        page.goto(f"{assignment.get_absolute_url()}{query}")
        return page

    return open_page


def test_bar_stands_above_the_words_and_goes_with_them(reading):
    page = reading()
    select(page, 0, 6)
    page.keyboard.press("Shift")

    words = page.evaluate("getSelection().getRangeAt(0).getBoundingClientRect().top")
    box = bar_of(page).bounding_box()
    assert 0 <= words - box["y"] - box["height"] <= 16
    assert box["x"] >= 0

    page.locator("h1").click()
    expect(bar_of(page)).to_be_hidden()


@pytest.mark.parametrize("width", [320, 360, 412])
def test_bar_stands_at_the_bottom_under_a_finger(reading, width):
    page = reading(size=(width, 640), has_touch=True, is_mobile=True)

    select(page, 0, 6)

    box = bar_of(page).bounding_box()
    assert box["y"] + box["height"] >= 640 - 24
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    bar_of(page).get_by_text("More", exact=True).tap()
    expect(bar_of(page).get_by_role("link", name="Concession")).to_be_visible()
    for one in bar_of(page).locator("a, button, summary").all():
        box = one.bounding_box()
        assert box["height"] >= 44
        assert box["width"] >= 44
        assert box["y"] + box["height"] <= 640
    assert page.evaluate("getSelection().toString()") == "Cities"
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_bar_comes_next_by_tab_and_its_kinds_open_the_composer(reading):
    page = reading()
    page.keyboard.press("s")

    tab_to(page, "Evidence", presses=8)
    page.keyboard.press("Enter")

    expect(page.get_by_role("radio", name="Evidence")).to_be_checked()
    expect(bar_of(page)).to_be_hidden()
    page.keyboard.press("Escape")
    expect(page.locator("#p-1")).to_be_focused()


def test_link_of_the_bar_opens_elsewhere_when_asked(reading):
    page = reading()
    page.keyboard.press("s")

    with page.context.expect_page() as opened:
        bar_of(page).get_by_role("link", name="Comment").click(modifiers=["ControlOrMeta"])

    expect(opened.value.get_by_role("heading", level=1)).to_have_text("Annotate paragraph 1")
    expect(bar_of(page)).to_be_visible()


def test_reader_who_may_not_write_is_offered_to_copy(reading, observer):
    page = reading(observer)
    page.keyboard.press("s")
    bar = page.get_by_role("group", name="The selected words")

    expect(bar.get_by_role("button")).to_have_text(["Copy with citation", "Copy a link"])
    expect(bar.get_by_role("link")).to_have_count(0)
    page.keyboard.press("c")
    expect(page.get_by_label("What do you want to say?")).to_have_count(0)


# --- copying and links ---


def copied(page, kind="text/plain"):
    return page.evaluate(
        """async (kind) => {
             const [item] = await navigator.clipboard.read();
             return item.types.includes(kind) ? (await item.getType(kind)).text() : null;
           }""",
        kind,
    )


@pytest.fixture
def signed(essay):
    essay.byline_author = "Ada Reed"
    essay.save()


def test_words_are_copied_with_their_citation(reading, signed, assignment):
    page = reading()
    select(page, 0, 23)
    page.keyboard.press("Shift")
    bar_of(page).get_by_text("More", exact=True).click()
    bar_of(page).get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_text("Copied with its citation.")).to_be_visible()

    here = page.url.partition("?")[0]
    link = f"{here}?rev=1&words=1:0-23#p-1:~:text=Cities%20that%20price%20water"
    assert copied(page) == (
        f"“Cities that price water” (Ada Reed, Who should pay for water?, ¶1, rev. 1, {link})"
    )
    assert f'href="{link.replace("&", "&amp;")}"' in copied(page, "text/html")
    assert "<cite" in copied(page, "text/html")


def test_words_of_two_paragraphs_are_cited_as_such(reading):
    page = reading()
    page.evaluate(
        """() => {
             const [first, second] = [1, 2].map((n) => document.querySelector(`#p-${n} > p`).firstChild);
             getSelection().setBaseAndExtent(first, 77, second, 11);
           }"""
    )
    page.keyboard.press("Shift")
    bar_of(page).get_by_text("More", exact=True).click()
    bar_of(page).get_by_role("button", name="Copy with citation").click()
    expect(page.get_by_text("Copied with its citation.")).to_be_visible()

    assert copied(page).startswith(
        "“people. The council” (Who should pay for water?, ¶1–2, rev. 1, "
    )
    assert "words=1:78-85;2:0-11#p-1" in copied(page)


def test_paragraph_is_cited_and_linked_to(reading, signed):
    page = reading()
    here = page.url

    page.locator("#p-2").hover()
    page.get_by_role("link", name="Cite paragraph 2").click()
    expect(page.get_by_text("Copied with its citation.")).to_be_visible()
    assert copied(page).startswith("“The council 🙂 voted twice")
    assert copied(page).endswith(f", ¶2, rev. 1, {here}?rev=1&words=2#p-2)")

    page.get_by_role("link", name="Link to paragraph 2").click()
    expect(page.get_by_text("Link copied.")).to_be_visible()
    assert copied(page) == f"{here}?rev=1&words=2#p-2"
    assert page.url == here


def test_browser_that_does_not_let_copy_is_told_of(reading):
    page = reading()
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject() }")

    page.get_by_role("link", name="Link to paragraph 1").click()

    expect(page.get_by_text("This browser does not let the page copy.")).to_be_visible()


def test_ordinary_copying_is_left_alone(reading):
    page = reading()
    select(page, 0, 23)
    page.keyboard.press("Shift")

    page.keyboard.press("ControlOrMeta+c")

    assert copied(page).strip() == "Cities that price water"


def test_copying_across_paragraphs_takes_the_text_alone(reading, assignment, paragraphs):
    annotation_on(paragraphs[0], assignment=assignment, body="Beside the text.")
    page = reading()
    expect(page.locator(".c")).to_be_visible()
    first, last = (page.locator(f"#p-{number} > p").bounding_box() for number in (1, 2))

    page.mouse.move(first["x"] + 2, first["y"] + 12)
    page.mouse.down()
    page.mouse.move(last["x"] + last["width"] - 2, last["y"] + last["height"] - 4, steps=4)
    page.mouse.up()
    page.keyboard.press("ControlOrMeta+c")

    assert [line for line in copied(page).splitlines() if line] == [PLAIN, REPEATS]


def test_link_to_words_lights_them(reading):
    page = reading(query="?rev=1&words=2:0-11;3:2-8#p-2", size=(360, 640))

    lit = page.evaluate("[...CSS.highlights.get('lit')].map((range) => range.toString())")

    assert lit == ["The council", "family"]
    expect(page.locator("#p-2 > p")).to_be_in_viewport()


@pytest.mark.parametrize("words", ["9:0-4", "1:500-600", "1:9-3", "x", "1"])
def test_link_that_names_no_words_of_the_page_lights_none(reading, words):
    page = reading(query=f"?rev=1&words={words}")

    expect(page.locator("#p-1 > p")).to_be_visible()
    assert page.evaluate("CSS.highlights.has('lit')") is False


# --- how one reads ---


def test_look_changes_at_once_and_is_kept(reading, student):
    page = reading()
    page.locator(".look > summary").click()

    for label, value in [("Colours", "dark"), ("Size of essays", "5"), ("Movement", "reduced")]:
        with page.expect_response(lambda answer: answer.url.endswith("/accounts/reading/")) as kept:
            page.get_by_label(label).select_option(value)
        assert kept.value.status == 204
    with page.expect_response(lambda answer: answer.url.endswith("/accounts/reading/")):
        page.get_by_label("Single letters are shortcuts").uncheck()

    look = page.evaluate("({ ...document.documentElement.dataset })")
    assert (
        look.items() >= {"theme": "dark", "size": "5", "motion": "reduced", "keys": "off"}.items()
    )
    kept = User.objects.values("theme", "text_size", "motion", "single_keys").get(pk=student.pk)
    assert kept == {"theme": "dark", "text_size": 5, "motion": "reduced", "single_keys": False}
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    expect(page.locator(".x[aria-current]")).to_have_count(0)


def test_look_that_cannot_be_kept_says_so(reading):
    page = reading()
    page.locator(".look > summary").click()
    page.context.set_offline(True)

    page.get_by_label("Colours").select_option("dark")

    expect(page.get_by_text("Your choice could not be kept.")).to_be_visible()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_look_is_a_form_without_scripts(reading, student):
    page = reading(java_script_enabled=False, query="?mine=1")

    page.locator(".look > summary").click()
    page.get_by_label("Size of essays").select_option("5")
    page.get_by_role("button", name="Save", exact=True).click()

    assert page.url.endswith("?mine=1")
    expect(page.locator("html")).to_have_attribute("data-size", "5")
    assert User.objects.get(pk=student.pk).text_size == 5


def test_reduced_motion_is_a_choice_of_the_account_too(reading, student):
    User.objects.filter(pk=student.pk).update(motion="reduced")
    page = reading(reduced_motion="no-preference")

    turning = page.locator(".add").first.evaluate(
        "(one) => getComputedStyle(one).transitionDuration"
    )
    button = page.locator(".btn").first.evaluate(
        "(one) => getComputedStyle(one).transitionDuration"
    )

    assert (turning, button) == ("0s", "0s")
