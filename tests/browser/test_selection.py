"""Words selected with the mouse, and the browser's offsets against the server's."""

import random

import pytest
from playwright.sync_api import expect

from annotations import selectors
from annotations.models import Annotation
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
    """Run a function of the page's own module `anchors` with the arguments."""
    address = page.evaluate(
        """() => performance.getEntriesByType("resource").map((one) => one.name)
             .find((name) => /anchors\\.[0-9a-f]+\\.js|anchors\\.js/.test(name))"""
    )
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
