import pytest

from debate.essays.importing import markdown
from debate.essays.importing.blocks import Block, LeftOut
from debate.essays.importing.errors import ImportRefused


def test_read_kinds_of_blocks_keep_order_level_and_number():
    draft = markdown.read(
        "# A\n\nb *c*\n\n> d\n\n3. e\n4. f\n\n   g\n\n- h\n\n---\n\n    code 1 < 2\n"
    )

    assert draft.blocks == [
        Block(kind="heading", html="A", level=1),
        Block(kind="body", html="b <em>c</em>"),
        Block(kind="quote", html="d"),
        Block(kind="list_item", html="e", label="3"),
        Block(kind="list_item", html="f", label="4"),
        Block(kind="list_item", html="g"),
        Block(kind="list_item", html="h"),
        Block(kind="break", html="* * *"),
        Block(kind="body", html="<code>code 1 &lt; 2\n</code>"),
    ]


def test_read_hard_line_break_becomes_a_space_and_is_told():
    draft = markdown.read("one\\\ntwo\nthree")

    assert draft.blocks == [Block(kind="body", html="one two three")]
    assert draft.remarks == ["Line breaks inside paragraphs became spaces."]


def test_read_raw_html_stays_text():
    draft = markdown.read("<script>alert(1)</script>\n\n<b>x</b> & y")

    assert [block.html for block in draft.blocks] == [
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "&lt;b&gt;x&lt;/b&gt; &amp; y",
    ]


def test_read_link_with_code_for_an_address_is_counted_as_dead():
    draft = markdown.read("[go](#) and [mail](mailto:a@example.org)")

    assert draft.remarks == [
        "1 link that leads nowhere from here was dropped; the words were kept.",
    ]


def test_read_unused_address_is_listed_and_a_used_one_is_not():
    draft = markdown.read("[a][x]\n\n[x]: https://example.org/x\n[y]: https://example.org/y\n")

    assert draft.left_out == [LeftOut("unused link address", 1, "https://example.org/y")]


def test_read_front_matter_names_the_head_and_lists_the_rest():
    draft = markdown.read('---\ntitle: "T: u"\nauthor: Ann\naffiliation: Inst\ntags: x\n---\nText')

    assert (draft.title, draft.author, draft.affiliation) == ("T: u", "Ann", "Inst")
    assert draft.left_out == [LeftOut("line of metadata", 1, "tags: x")]


def test_read_footnotes_refer_by_label_wherever_they_are_defined():
    draft = markdown.read("a[^x.y]\n\n[^x.y]: note\n")

    assert draft.blocks == [
        Block(kind="body", html='a<sup><a href="#note-x-y">[x-y]</a></sup>'),
        Block(kind="note", html="note", label="x-y"),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("a\n\n" * 2_001, "too_many_paragraphs"),
        ("- a\n" * 2_001, "too_many_paragraphs"),
        ("[" * 100_001, "too_much_markup"),
        ("word " * 20_000, "paragraph_too_long"),
        ("[a]: http://x.org/" + "a" * 1_900 + "\n\n" + "[a]\n\n" * 1_500, "too_much_markup"),
    ],
    ids=["paragraphs", "items", "brackets", "length", "references"],
)
def test_read_blow_up_is_refused(source, code):
    with pytest.raises(ImportRefused) as refused:
        markdown.read(source)

    assert refused.value.code == code


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("## Heading\n\ntext", True),
        ("see [this](https://example.org)", True),
        ("a \\*\\*\\* break", True),
        ("an *emphasised* word", True),
        ("a note[^1]", True),
        ("2 * 3 * 4 = 24", False),
        ("Section #4 of the act", False),
        ('plain words, "quoted" (and bracketed) [sic]', False),
    ],
)  # fmt: skip
def test_looks_like_markdown_needs_a_sure_sign(text, expected):
    assert markdown.looks_like_markdown(text) is expected
