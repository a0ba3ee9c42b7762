import pytest

from debate.essays.importing import html
from debate.essays.importing.blocks import TABLE_ROW, Block, LeftOut
from debate.essays.importing.errors import ImportRefused


def blocks(source):
    return html.read(source).blocks


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("words alone", "words alone"),
        ("<p>a <i>b</i> <b>c</b> <cite>d</cite></p>", "a <em>b</em> <strong>c</strong> <em>d</em>"),
        ('<p><b style="font-weight:normal">a</b> <span style="font-weight:700">b</span></p>', "a <strong>b</strong>"),
        ('<p><i style="font-style: normal">a</i> <span style="font-style: italic">b</span></p>', "a <em>b</em>"),
        ('<p>H<sub>2</sub>O m<span style="vertical-align:super">2</span></p>', "H<sub>2</sub>O m<sup>2</sup>"),
        ("<p>a <code>b&lt;c</code></p>", "a <code>b&lt;c</code>"),
        ("<p>He said <q>no</q>.</p>", "He said “no”."),
        ("<p>a <s>b</s><!-- c --> d<?e?> f</p>", "a b d f"),
    ],
)  # fmt: skip
def test_read_inline_markup_follows_what_a_reader_sees(source, expected):
    assert blocks(source) == [Block(kind="body", html=expected)]


def test_read_block_elements_become_blocks_of_their_kind():
    source = (
        "<h2>A</h2><div>b<p>c</p>d</div><blockquote><p>e</p></blockquote>"
        "<ol start=4><li>f<ul><li>g</li></ul></li><li value=9>h</li></ol><hr>"
        '<div role="heading" aria-level="3">i</div>'
    )

    assert blocks(source) == [
        Block(kind="heading", html="A", level=2),
        Block(kind="body", html="b"),
        Block(kind="body", html="c"),
        Block(kind="body", html="d"),
        Block(kind="quote", html="e"),
        Block(kind="list_item", html="f", label="4"),
        Block(kind="list_item", html="g"),
        Block(kind="list_item", html="h", label="9"),
        Block(kind="break", html="* * *"),
        Block(kind="heading", html="i", level=3),
    ]


def test_read_two_line_breaks_part_paragraphs_and_one_becomes_a_space():
    draft = html.read("<div>one<br>two<br><br>three</div>")

    assert [block.html for block in draft.blocks] == ["one two", "three"]
    assert draft.remarks == ["Line breaks inside paragraphs became spaces."]


def test_read_table_rows_become_paragraphs_and_layout_tables_do_not():
    source = (
        "<table><tr><th>a</th><th>b</th></tr><tr><td><p>c</p></td><td>d<table><tr><td>e</td></tr>"
        "</table></td></tr></table><table><tr><td><p>f</p><p>g</p></td></tr></table>"
    )

    assert blocks(source) == [
        Block(kind="body", html="a | b", remark=TABLE_ROW),
        Block(kind="body", html="c | d e", remark=TABLE_ROW),
        Block(kind="body", html="f"),
        Block(kind="body", html="g"),
    ]


@pytest.mark.parametrize(
    ("source", "what", "sample"),
    [
        ("<script>alert(1)</script>", "script", ""),
        ("<style>p{}</style>", "style sheet", ""),
        ("<nav><a>Home</a> <a>News</a></nav>", "menu", "Home News"),
        ('<ul class="main-menu"><li>Home</li></ul>', "menu", "Home"),
        ('<div role="navigation">Home</div>', "menu", "Home"),
        ('<div id="sidebar">Related</div>', "sidebar", "Related"),
        ('<div class="comments">First</div>', "comment", "First"),
        ('<div style="mso-element:comment">Check this</div>', "comment", "Check this"),
        ("<form><label>Mail</label><input></form>", "form", "Mail"),
        ('<img alt="A bridge" src="x.png">', "image", "A bridge"),
        ("<svg><text>4</text></svg>", "image", "4"),
        ("<iframe src=x></iframe>", "embedded page", ""),
        ("<del>secret</del>", "deleted passage", ""),
        ('<p style="display: none">hidden words</p>', "hidden passage", "hidden words"),
        ("<p hidden>hidden words</p>", "hidden passage", "hidden words"),
        ("<!-- a thought -->", "hidden comment", "a thought"),
        ("<header>The Daily</header>", "page header", "The Daily"),
        ("<footer>Imprint</footer>", "page footer", "Imprint"),
    ],
)  # fmt: skip
def test_read_what_is_no_text_is_left_out_and_listed(source, what, sample):
    draft = html.read(
        f"<body><p>The essay itself is long enough here.</p>{source}<p>And on.</p></body>"
    )

    assert [block.text for block in draft.blocks] == [
        "The essay itself is long enough here.",
        "And on.",
    ]
    assert draft.left_out == [LeftOut(what, 1, sample)]


def test_read_word_in_the_middle_keeps_what_follows_a_left_out_image():
    assert blocks("<p>before <img src=x> after</p>") == [Block(kind="body", html="before after")]


def test_read_wrapper_named_like_a_sidebar_keeps_the_essay_in_it():
    assert blocks('<div class="has-sidebar"><p>All the words there are.</p></div>') == [
        Block(kind="body", html="All the words there are."),
    ]


def test_read_header_of_an_article_is_part_of_it():
    source = "<header><h1>Site</h1></header><article><header><h1>T</h1></header><p>x</p></article>"

    assert [block.text for block in blocks(source)] == ["T", "x"]


def test_read_header_with_the_title_is_kept_where_there_is_no_article():
    assert [block.text for block in blocks("<header><h1>T</h1></header><p>x</p>")] == ["T", "x"]


def test_read_caption_of_a_picture_is_proposed_and_of_a_quotation_kept():
    source = (
        "<figure><img src=x><figcaption>A bridge.</figcaption></figure>"
        "<figure><blockquote>Words.</blockquote><figcaption>Who said them</figcaption></figure>"
    )

    assert [(block.kind, block.text, block.left_out) for block in blocks(source)] == [
        ("note", "A bridge.", True),
        ("quote", "Words.", False),
        ("body", "Who said them", False),
    ]


@pytest.mark.parametrize(
    "source",
    [
        '<p>a<sup id=r1><a href="#n1">1</a></sup></p><ol><li id=n1>note <a href="#r1">up</a></li></ol>',
        '<p>a<a href="#_f1" name="_r1">[1]</a></p><div><p><a href="#_r1" name="_f1">[1]</a> note</p></div>',
        '<p>a<sup><a href="#footnote-1">1</a></sup></p><p id="footnote-1">note</p>',
    ],
    ids=["web", "word", "without a way back"],
)
def test_read_footnotes_become_notes_with_a_reference(source):
    assert blocks(source) == [
        Block(kind="body", html='a<sup><a href="#note-1">[1]</a></sup>'),
        Block(kind="note", html="note", label="1"),
    ]


def test_read_footnotes_of_the_same_mark_get_labels_of_their_own():
    source = "".join(
        f'<p>a<a href="#n{i}" id=r{i}>*</a></p><p id=n{i}>note {i} <a href="#r{i}">up</a></p>'
        for i in (1, 2)
    )

    assert [(block.label, block.html) for block in blocks(source)] == [
        ("", 'a<sup><a href="#note-1">[1]</a></sup>'),
        ("", 'a<sup><a href="#note-2">[2]</a></sup>'),
        ("1", "note 1"),
        ("2", "note 2"),
    ]


def test_read_link_to_a_place_in_the_text_is_no_footnote():
    assert [block.kind for block in blocks('<a href="#s">below</a><p id=s>x</p>')] == ["body"] * 2


def test_read_table_of_contents_is_no_footnote():
    source = '<p><a href="#s">Part</a></p><div id=s>' + "<p>words</p>" * 300 + "</div>"

    assert {block.kind for block in blocks(source)} == {"body"}


def test_read_page_without_heading_takes_the_title_of_the_tab():
    source = "<title>From the tab</title><meta name=author content='Ann Poe'><p>x</p>"

    draft = html.read(source)

    assert (draft.title, draft.author) == ("From the tab", "Ann Poe")


def test_read_title_in_the_wrong_place_loses_no_words():
    assert [block.text for block in blocks("<p>a</p><title>b</title><p>c</p>")] == ["a", "b", "c"]


def test_read_comment_in_a_menu_is_listed_with_it():
    draft = html.read("<p>Words.</p><nav>Home<!-- a thought --></nav>")

    assert draft.left_out == [LeftOut("menu", 1, "Home"), LeftOut("hidden comment", 1, "a thought")]


@pytest.mark.parametrize("source", ["</html>", "", " \n", "<!-- a -->", "<!DOCTYPE html>"])
def test_read_nothing_gives_no_blocks(source):
    assert blocks(source) == []


def test_read_declaration_of_xml_is_not_text():
    assert blocks('<?xml version="1.0" encoding="utf-8"?><html><body><p>x</p></body></html>') == [
        Block(kind="body", html="x"),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("<div>" * 1_000 + "x", "nested_too_deeply"),
        ("<p>x</p>" * 2_001, "too_many_paragraphs"),
        ("<a href='" + "x" * 1_500 + "'>" + "a<b>b</b>" * 20_000, "too_much_markup"),
    ],
    ids=["depth", "paragraphs", "links"],
)
def test_read_over_the_limits_is_refused(source, code):
    with pytest.raises(ImportRefused) as refused:
        html.read(source)

    assert refused.value.code == code
