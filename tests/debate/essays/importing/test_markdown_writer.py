"""A draft written as Markdown and read back: the same blocks, whatever stands in them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from debate.essays import inline
from debate.essays.importing.blocks import Block, Draft
from debate.essays.importing.errors import ImportRefused
from debate.essays.importing.markdown import read_exactly
from debate.essays.importing.markdown_writer import to_markdown

WORDS = st.text(
    st.sampled_from("aZé1 *_`~[](){}<>#+-=!^&;:.\\|\"'“”—🙂\u0301שع/"), min_size=1, max_size=12
)
PIECES = st.recursive(
    WORDS.map(inline.from_plain),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(st.sampled_from(["em", "strong", "code", "sup", "sub"]), inner).map(
            lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"
        ),
        st.tuples(
            st.sampled_from(
                ["https://example.org/a_(b)?c=1&d=<2>", "http://ü.example/é", "mailto:a@b.example"]
            ),
            inner,
        ).map(lambda pair: f'<a href="{pair[0]}">{pair[1]}</a>'),
        st.sampled_from(["1", "n-2", "_a"]).map(
            lambda label: f'<sup><a href="#note-{label}">[{label}]</a></sup>'
        ),
    ),
    max_leaves=6,
)
HTML = (
    st.lists(PIECES, min_size=1, max_size=4)
    .map(lambda parts: inline.sanitise(" ".join(parts)))
    .filter(lambda html: not inline.is_blank(inline.plain(html)))
    # An accent without letter would settle on what is written before it.
    .filter(lambda html: not inline.plain(html).startswith("\u0301"))
)
LABEL = st.text(st.sampled_from("0127aé_-"), max_size=6)
BLOCKS = st.one_of(
    st.builds(Block, kind=st.sampled_from(["body", "quote", "byline"]), html=HTML),
    st.builds(Block, kind=st.just("heading"), html=HTML, level=st.integers(1, 6)),
    st.builds(Block, kind=st.sampled_from(["list_item", "note"]), html=HTML, label=LABEL),
    st.builds(Block, kind=st.just("break"), html=st.sampled_from(["* * *", "§", "***", "⁂"])),
)
LEFT_OUT = BLOCKS.map(lambda block: Block(**{**vars(block), "left_out": True}))


@given(st.lists(st.one_of(BLOCKS, LEFT_OUT), min_size=1, max_size=5))
def test_read_exactly_of_what_was_written_is_the_same(blocks):
    assert read_exactly(to_markdown(Draft(blocks=blocks))).blocks == blocks


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Block(kind="body", html="a <em>b</em>, <strong>c d</strong>."), "a *b*, **c d**."),
        (Block(kind="body", html="a<em>b</em>"), "a<em>b</em>"),
        (Block(kind="body", html="H<sub>2</sub>O &amp; R&amp;D"), "H<sub>2</sub>O & R&D"),
        (Block(kind="body", html="1984. It was"), "1984\\. It was"),
        (Block(kind="body", html="2 * 3_4"), "2 \\* 3\\_4"),
        (Block(kind="body", html="{byline} is a mark"), "{body} {byline} is a mark"),
        (Block(kind="heading", html="C #", level=3), "### C \\#"),
        (Block(kind="quote", html="so it goes"), "> so it goes"),
        (Block(kind="list_item", html="one", label="7"), "7. one"),
        (Block(kind="list_item", html="one", label="b"), "{list_item b} one"),
        (Block(kind="list_item", html="one"), "- one"),
        (Block(kind="break", html="* * *"), "* * *"),
        (Block(kind="break", html="§"), "{break} §"),
        (Block(kind="byline", html="By Ada"), "{byline} By Ada"),
        (Block(kind="note", html="See there.", label="1"), "[^1]: See there."),
        (Block(kind="note", html="<em>Thanks.</em>"), "{note} <em>Thanks.</em>"),
        (Block(kind="body", html="gone", left_out=True), "{left out body} gone"),
        (
            Block(kind="body", html='so<sup><a href="#note-1">[1]</a></sup>'),
            "so[^1]",
        ),
        (
            Block(
                kind="body",
                html='<a href="https://example.org/" rel="noopener nofollow ugc">there</a>',
            ),
            "[there](https://example.org/)",
        ),
    ],
)
def test_to_markdown_looks_as_people_write_it(block, written):
    assert to_markdown(Draft(blocks=[block])) == written + "\n"
    assert read_exactly(written).blocks == [block]


def test_read_exactly_guesses_nothing():
    read = read_exactly("# Not the title\n\nBy Ada Lovelace\n\nends without\n\nlower case\n\n*end*")

    assert [(block.kind, block.text) for block in read.blocks] == [
        ("heading", "Not the title"),
        ("body", "By Ada Lovelace"),
        ("body", "ends without"),
        ("body", "lower case"),
        ("body", "end"),
    ]


@pytest.mark.parametrize(
    ("block", "written"),
    [
        (Block(kind="body", html="# votes"), "\\# votes"),
        (Block(kind="body", html="- and so on"), "\\- and so on"),
        (
            Block(
                kind="body",
                html='<a href="https://example.org/a?b=(1)&amp;c" rel="noopener nofollow ugc">x</a>',
            ),
            "[x](<https://example.org/a?b=(1)\\&c>)",
        ),
    ],
)
def test_to_markdown_escapes_what_would_be_markup(block, written):
    assert to_markdown(Draft(blocks=[block])) == written + "\n"
    assert read_exactly(written).blocks == [block]


def test_read_exactly_of_no_words_is_refused():
    with pytest.raises(ImportRefused) as refused:
        read_exactly("&nbsp;")

    assert refused.value.code == "empty"
