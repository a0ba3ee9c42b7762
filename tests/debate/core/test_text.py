"""Text as it is kept, and Markdown that stays harmless whatever is written into it."""

import re
import unicodedata
from functools import partial
from html.parser import HTMLParser

import pytest
from django.utils.safestring import SafeString
from hypothesis import example, given
from hypothesis import strategies as st

from debate.core.errors import Invalid
from debate.core.text import (
    MARKDOWN_TAGS,
    clean,
    clean_name,
    is_blank,
    plain_cell,
    render_markdown,
)
from tests.blank import BLANKS
from tests.expect import expect_refusal

storable = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=80)

# -- the one form in which text is kept ---------------------------------------------------------


@pytest.mark.parametrize("name", BLANKS)
def test_is_blank_of_what_leaves_no_mark_is_true(name):
    assert is_blank(BLANKS[name])
    assert is_blank(BLANKS[name] * 3 + " \n")


@pytest.mark.parametrize(
    "text", ["a", ".", "🙂", "\u200ba", "é", "\u3164x", "א", "字", "0", "\u0301a"]
)
def test_is_blank_of_what_leaves_a_mark_is_false(text):
    assert not is_blank(text)


@pytest.mark.parametrize("name", BLANKS)
def test_clean_blank_looking_text_is_refused_when_required_and_nothing_otherwise(name):
    expect_refusal(
        Invalid, partial(clean, BLANKS[name], field="title", limit=10), code="blank", field="title"
    )
    assert clean(BLANKS[name], field="title", limit=10, required=False) == ""


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (" a \n", "a"),
        ("a\r\nb\rc\n\nd", "a\nb\nc\n\nd"),
        ("e\u0301", "é"),
        ("Å", "Å"),
        ("\ufb01", "\ufb01"),
        ("a\u200bb", "a\u200bb"),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
        ("a\tb", "a\tb"),
    ],
)
def test_clean_text_is_kept_by_the_one_rule(given, kept):
    assert clean(given, field="body", limit=99) == kept


@given(storable)
def test_clean_any_text_reads_back_by_the_one_rule_and_once(text):
    """NFC, line ends as LF, outer white space removed; nothing if it leaves no mark; no more."""
    kept = clean(text, field="body", limit=1_000, required=False)
    lines = text.replace("\r\n", "\n").replace("\r", "\n")

    assert kept in {unicodedata.normalize("NFC", lines).strip(), ""}
    assert bool(kept) is not is_blank(text)
    assert clean(kept, field="body", limit=1_000, required=False) == kept


@given(storable)
def test_clean_any_line_has_single_spaces_and_keeps_its_words(text):
    kept = clean(text, field="title", limit=1_000, required=False, one_line=True)

    assert kept in {" ".join(unicodedata.normalize("NFC", text).split()), ""}
    assert clean(kept, field="title", limit=1_000, required=False, one_line=True) == kept


@pytest.mark.parametrize(
    ("text", "limit"),
    [("x" * 10, 10), ("🙂" * 10, 10), ("  " + "x" * 10 + "\n", 10), ("e\u0301", 1)],
)
def test_clean_text_at_the_limit_is_taken_counted_as_it_is_kept(text, limit):
    assert len(clean(text, field="body", limit=limit)) == limit


@pytest.mark.parametrize("required", [True, False])
def test_clean_text_beyond_the_limit_is_refused_with_both_figures(required):
    error = expect_refusal(
        Invalid,
        partial(clean, "x" * 10_001, field="body", limit=10_000, required=required),
        code="too_long",
        field="body",
    )

    assert error.sentence == "This is 10,001 characters long; at most 10,000 are taken."


@pytest.mark.parametrize("text", ["a\x00b", "\x00", "a\ud800b", "\udfff", "\ud83d\ude42"])
def test_clean_text_that_no_database_keeps_is_refused(text):
    expect_refusal(Invalid, partial(clean, text, field="body", limit=99), field="body")


@pytest.mark.parametrize(
    "control", "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)
def test_clean_name_that_turns_text_around_is_refused(control):
    expect_refusal(Invalid, partial(clean_name, f"a{control}b", field="name"), field="name")


@pytest.mark.parametrize("name", ["Ada Lin", "نورة", "नूर\u200d", "O’Brien–Lee", "李 明"])
def test_clean_name_of_any_script_is_kept(name):
    assert clean_name(f" {name}\n", field="name") == name


# -- Markdown ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("Plain.", "<p>Plain.</p>"),
        ("*so* **very** `code`", "<p><em>so</em> <strong>very</strong> <code>code</code></p>"),
        ("one\ntwo", "<p>one\ntwo</p>"),
        ("one  \ntwo", "<p>one<br>\ntwo</p>"),
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("> said", "<blockquote>\n<p>said</p>\n</blockquote>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("1. a\n2. b", "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        ("    code", "<pre><code>code\n</code></pre>"),
        (
            "[river](https://example.org/a?b=1&c=2)",
            '<p><a href="https://example.org/a?b=1&amp;c=2" rel="noopener nofollow ugc">river</a></p>',
        ),
        (
            "<https://example.org/>",
            '<p><a href="https://example.org/" rel="noopener nofollow ugc">https://example.org/</a></p>',
        ),
        (
            "[mail](mailto:a@example.org)",
            '<p><a href="mailto:a@example.org" rel="noopener nofollow ugc">mail</a></p>',
        ),
        ("# no heading", "<p># no heading</p>"),
        ("no heading\n===", "<p>no heading\n===</p>"),
        ("---", "<p>---</p>"),
        ("a < b && c > d", "<p>a &lt; b &amp;&amp; c &gt; d</p>"),
        ("", ""),
    ],
)  # fmt: skip
def test_render_markdown_of_a_note_is_its_html(text, html):
    rendered = render_markdown(text)

    assert rendered == html
    assert isinstance(rendered, SafeString)


HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script\x0c>alert(1)</script>",
    "</p><script>alert(1)</script><p>",
    "<img src=x onerror=alert(1)>",
    '<img src="x" onerror="alert(1)"',
    "<svg onload=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<svg><a xlink:href='javascript:alert(1)'><text>x</text></a></svg>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "<object data='javascript:alert(1)'></object>",
    "<embed src='javascript:alert(1)'>",
    "<form action='javascript:alert(1)'><button>x</button></form>",
    "<input autofocus onfocus=alert(1)>",
    "<body onload=alert(1)>",
    "<base href='https://evil.example/'>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{background:url(//evil.example/)}</style>",
    "<p style='background:url(javascript:alert(1))'>x</p>",
    "<div onclick=alert(1)>x</div>",
    "<details open ontoggle=alert(1)>x</details>",
    "<video><source onerror=alert(1)></video>",
    "<audio src=x onerror=alert(1)>",
    "<marquee onstart=alert(1)>x</marquee>",
    "<a href='javascript:alert(1)'>x</a>",
    '<a href="java\tscript:alert(1)">x</a>',
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?><script>alert(1)</script>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<template><script>alert(1)</script></template>",
    "<x onclick=alert(1)>x</x>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;alert(1)&#60;/script&#62;",
    "\\<script>alert(1)\\</script>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\nscript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](vbscript:msgbox(1))",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](file:///etc/passwd)",
    '[x](https://example.org/"onmouseover="alert(1))',
    "[x](https://example.org/ 'title\" onmouseover=alert(1)')",
    "[x](//evil.example/)",
    "<javascript:alert(1)>",
    "<data:text/html,x>",
    "![x](https://evil.example/pixel.gif)",
    "![x](javascript:alert(1))",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "[x]: data:text/html,x\n\n[x]",
    "```<script>\nalert(1)\n```",
    '```html"onmouseover="alert(1)\nx\n```',
    "`<script>alert(1)</script>`",
    "*<script>*alert(1)*</script>*",
    "a\x00b <script>alert(1)</script>",
    "\u202e<script>alert(1)</script>",
]  # fmt: skip


class Page(HTMLParser):
    """What a browser finds in the HTML: its elements with their attributes, and its text."""

    def __init__(self, html):
        super().__init__()
        self.elements, self.shown = [], ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.shown += data


def active(html):
    """What in the HTML could do more than be read; empty for what our notes may hold."""
    found = [
        (tag, attributes)
        for tag, attributes in Page(html).elements
        if tag not in MARKDOWN_TAGS
        or attributes.keys() - {"href", "rel"}
        or scheme(attributes.get("href", "")) not in {"", "http", "https", "mailto"}
    ]
    return [*found, *re.findall(r"<[!?]", html)]


def scheme(address):
    """The scheme that a browser reads, which drops controls and white space on the way."""
    found = re.match(r"([a-z][a-z0-9+.-]*):", re.sub(r"[\x00-\x20]", "", address), re.IGNORECASE)
    return found[1].lower() if found else ""


CODE = "\n<p><code>x</code></p>"


@given(
    st.text(
        st.sampled_from("aé字Z09 \n\n,.;:!?'\"()/%+=-–—“”‘’…_*#<>&[]`~\\\t\xa0\u0301\u2028"),
        max_size=60,
    )
)
@example("Plain words,  and\nmore\n\n\nof \"them\" - 1. 2) = + 'so'.")
@example("a\n1. b")
@example("A.\n- b")
@example("a \nb")
@example("http://example.org/a?b=c")
def test_render_markdown_of_plain_words_is_as_beside_other_markup(text):
    """Notes without markup take another way, to the same HTML."""
    text = text.strip()
    assert render_markdown(f"{text}\n\n`x`") == (render_markdown(text) + CODE).lstrip()


def test_render_markdown_of_plain_words_in_lines_is_paragraphs_of_lines():
    assert render_markdown("One,\ntwo.\n\nThree!") == "<p>One,\ntwo.</p>\n<p>Three!</p>"


@pytest.mark.parametrize("payload", HOSTILE)
def test_render_markdown_of_a_hostile_note_has_nothing_active(payload):
    for text in (payload, f"Words before {payload} and after", f"> {payload}", f"- {payload}"):
        assert active(render_markdown(text)) == []


@pytest.mark.parametrize(
    "payload", [one for one in HOSTILE if one.startswith("<") and "\x00" not in one]
)
def test_render_markdown_of_tags_shows_them_as_text(payload):
    assert "".join(Page(render_markdown(f"See: {payload}")).shown.split()).startswith("See:<")


@given(
    st.lists(
        st.sampled_from([*HOSTILE, "*", "_", "`", "[", "](", ")", "\n", "> ", "- "]), max_size=9
    )
)
def test_render_markdown_of_hostile_notes_run_together_has_nothing_active(parts):
    assert active(render_markdown("".join(parts))) == []


@pytest.mark.parametrize(
    "unit",
    [
        "[", "*", "_", "`", "<", ">", "> ", "- ", "(", "![", "[]", "[](", "**a", "*a_", "`a", "a\n\n",
        "&", "&#x", "\\", "1. ", "  - a\n", "<a", "[a](b", "<!--", "~", "|a", "***a**", "[[a]",
    ],
)  # fmt: skip
def test_render_markdown_of_one_thing_ten_thousand_times_stays_in_proportion(unit):
    """No note grows beyond what its characters can make: `a` and two line ends become `<p>a</p>`."""
    text = (unit * 10_000)[:10_000]

    html = render_markdown(text)

    assert len(html) <= 10 * len(text) + 100
    assert active(html) == []


def test_render_markdown_of_references_does_not_expand_them():
    definition = f"[a]: https://example.org/{'x' * 2_000}\n\n"

    html = render_markdown(definition + "[a] " * 2_000)

    assert len(html) < 2 * len(definition + "[a] " * 2_000)
    assert "<a" not in html.replace('<a href="https://example.org/', "", 1)


@pytest.mark.parametrize("unit", ["> ", "*a ", "- ", "**", "[", "_("])
def test_render_markdown_nested_without_end_nests_to_a_bound(unit):
    html = render_markdown(unit * 2_000 + "x")
    depth = deepest = 0
    for closing in re.findall(r"<(/?)(?:blockquote|ul|ol|li|em|strong)>", html):
        depth += -1 if closing else 1
        deepest = max(deepest, depth)

    assert deepest <= 50


@pytest.mark.parametrize(("given", "kept"), [("", ""), (" \u200b ", ""), (" a  b ", "a b")])
def test_clean_name_that_is_not_required_may_be_empty(given, kept):
    assert clean_name(given, field="pronouns", required=False) == kept


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("Ada = Lovelace", "Ada = Lovelace"),
    ],
)
def test_cell_of_a_table_is_no_formula(text, cell):
    assert plain_cell(text) == cell
