import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debate.essays import inline

PIECES = st.sampled_from(
    [
        "<em>", "</em>", "<strong>", "</strong>", "<b>", "</i>", "<sup>", "</sup>", "<code>", "</code>",
        '<a href="https://example.org/?a=1&amp;b=2">', '<a href="#note-1">', "<a href='#'>", "</a>", "<br>",
        "<p>", "<script>", "</script>", "<", ">", "&amp;", "&lt;em&gt;", "&nbsp;", "&#0;", "&", '"', "'",
        " ", "\n", "\u00a0", "\u00ad", "\x00", "\ud800", "e", "\u0301", "\u1112", "\u1161", "\u11ab",
        "word", "\U0001f468\u200d\U0001f469", "\u0645\u0631",
    ],
)  # fmt: skip
DIRTY = st.one_of(st.lists(PIECES, max_size=30).map("".join), st.text(max_size=80))


@given(DIRTY)
def test_sanitise_any_input_is_idempotent(html):
    once = inline.sanitise(html)

    assert inline.sanitise(once) == once


@given(DIRTY)
def test_plain_any_input_follows_the_rules_of_text(html):
    text = inline.plain(inline.sanitise(html))

    assert text == unicodedata.normalize("NFC", text)
    assert text == " ".join(text.split())
    assert not set(text) & set("\x00\u00ad\ufeff\u200b\ud800\n\u00a0")


@given(DIRTY)
def test_from_plain_any_text_keeps_every_visible_character(text):
    kept = inline.from_plain(text)

    assert inline.plain(kept) == inline.plain(inline.from_plain(inline.plain(kept)))
    assert inline.sanitise(kept) == kept
    assert inline.plain(kept) == unicodedata.normalize(
        "NFC", " ".join(text.translate(inline._REMOVED).split())
    )


@given(DIRTY, st.data())
def test_split_at_any_offsets_gives_balanced_pieces_of_the_whole(dirty, data):
    html = inline.sanitise(dirty)
    text = inline.plain(html)
    offsets = data.draw(st.lists(st.integers(0, len(text)), max_size=6))

    pieces = inline.split_at(html, offsets)

    bounds = sorted({0, len(text), *offsets})
    spans = list(itertools.pairwise(bounds)) or [(0, 0)]
    assert [inline.plain(piece) for piece in pieces] == [text[start:end] for start, end in spans]
    assert inline._emit([run for piece in pieces for run in inline._parse(piece)]) == html


@given(DIRTY, DIRTY)
def test_join_two_pieces_has_the_words_of_both(first, second):
    a, b = inline.sanitise(first), inline.sanitise(second)

    joined = inline.join(a, b)

    assert inline.plain(joined) == inline.plain(
        inline.from_plain(f"{inline.plain(a)} {inline.plain(b)}")
    )


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("one <b>two</b> <i>three</i>", "one <strong>two</strong> <em>three</em>"),
        ("a<b c and 5 < 6 & 7", "a&lt;b c and 5 &lt; 6 &amp; 7"),
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ('<a href="#">Perspectives</a> here', "Perspectives here"),
        ('<a href="javascript:alert(1)">go</a>', "go"),
        ('<a href="java&#10;script:alert(1)">go</a>', "go"),
        ('<a href="//example.org/x">go</a>', "go"),
        ('<a href="/local">go</a>', "go"),
        (
            '<a onclick="x()" href="https://example.org/?a=1&b=2" title="q">go</a>',
            '<a href="https://example.org/?a=1&amp;b=2" rel="noopener nofollow ugc">go</a>',
        ),
        (
            "<a href=mailto:desk@example.org>write</a>",
            '<a href="mailto:desk@example.org" rel="noopener nofollow ugc">write</a>',
        ),
        (
            'fact<sup><a href="#note-3">3</a></sup>',
            'fact<sup><a href="#note-3">3</a></sup>',
        ),
        ("<em>a<strong>b</em>c</strong>", "<em>a<strong>b</strong></em><strong>c</strong>"),
        ("<em>a<em>b</em>c</em>", "<em>abc</em>"),
        ("<em></em>x<strong> </strong>", "x"),
        ("line<br>break<br/>\n twice", "line break twice"),
        ("  spaces\u00a0 \n and&nbsp;more ", "spaces and more"),
        ("cafe<em>\u0301s</em>", "caf\u00e9<em>s</em>"),
        ("co\u00adoperate\x00d\ufeff", "cooperated"),
        ("&lt;em&gt; is a tag", "&lt;em&gt; is a tag"),
        ("", ""),
    ],
)  # fmt: skip
def test_sanitise_examples_give_canonical_markup(html, expected):
    assert inline.sanitise(html) == expected


def test_sanitise_address_over_the_limit_keeps_only_the_words():
    address = "https://example.org/" + "a" * inline.URL_LENGTH

    assert inline.sanitise(f'<a href="{address}">words</a>') == "words"


def test_from_plain_markup_like_text_stays_text():
    assert inline.from_plain("<b>&amp;</b>\nnext") == "&lt;b&gt;&amp;amp;&lt;/b&gt; next"
    assert inline.plain(inline.from_plain("<b>&amp;</b>")) == "<b>&amp;</b>"


def test_split_at_inside_nested_tags_closes_and_reopens_them():
    html = 'a <em>b <strong>cd</strong></em> <a href="https://example.org/" rel="noopener nofollow ugc">e f</a>'

    assert inline.split_at(html, [5, 8]) == [
        "a <em>b <strong>c</strong></em>",
        '<em><strong>d</strong></em> <a href="https://example.org/" rel="noopener nofollow ugc">e</a>',
        '<a href="https://example.org/" rel="noopener nofollow ugc"> f</a>',
    ]


def test_split_at_closing_tag_alone_counts_for_nothing():
    assert inline.split_at("a</em>b", [1]) == ["a", "b"]


def test_split_at_counts_code_points_not_utf16_units():
    assert inline.split_at("\U0001f6a2 sails &amp; rails", [1, 9]) == [
        "\U0001f6a2",
        " sails &amp;",
        " rails",
    ]


@pytest.mark.parametrize("offset", [-1, 4])
def test_split_at_offset_outside_raises_value_error(offset):
    with pytest.raises(ValueError, match="outside the text of 3 characters"):
        inline.split_at("<em>abc</em>", [offset])


def test_slice_html_spans_return_balanced_markup():
    html = "one <em>two three</em>"

    assert inline.slice_html(html, 0, 3) == "one"
    assert inline.slice_html(html, 4, 7) == "<em>two</em>"
    assert inline.slice_html(html, 2, 2) == ""


@pytest.mark.parametrize("span", [(3, 2), (0, 14), (-1, 2), (99, 99)])
def test_slice_html_impossible_span_raises_value_error(span):
    with pytest.raises(ValueError, match=r"slice|outside"):
        inline.slice_html("one <em>two three</em>", *span)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", True),
        (" \n\t\u00a0\u3000", True),
        ("\u200b\u200d\u2060\ufeff\u00ad\u202e\ufe0f", True),
        ("\u3164\u2800\u115f", True),
        (".", False),
        ("\u200f\u05d0", False),
    ],
)
def test_is_blank_sees_through_invisible_characters(text, expected):
    assert inline.is_blank(text) is expected


def test_split_at_every_character_of_a_long_paragraph_is_linear():
    html = inline.sanitise("<em>word</em> <strong>word</strong> " * 2_500)

    pieces = inline.split_at(html, range(len(inline.plain(html))))

    assert len(pieces) == len(inline.plain(html)) == 24_999
