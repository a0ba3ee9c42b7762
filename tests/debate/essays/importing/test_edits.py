import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from debate.essays import inline
from debate.essays.importing import edits
from debate.essays.importing.blocks import Block, Draft, LeftOut
from debate.essays.importing.errors import EditRefused

WORDS = st.text(alphabet="abcé ́שם<&🚢", min_size=1, max_size=20)
MARKED = st.sampled_from(
    ["<em>one</em> two", "a <strong>b</strong>", "<b>&lt;x&gt;</b> y", "plain"]
)
HTML = st.one_of(WORDS.map(inline.from_plain), MARKED.map(inline.sanitise)).filter(
    lambda html: not inline.is_blank(inline.plain(html))
)
KINDS = st.sampled_from(["body", "heading", "quote", "list_item", "note"])
BLOCKS = st.lists(st.builds(Block, kind=KINDS, html=HTML), min_size=2, max_size=5)


def draft_of(*htmls, **fields):
    return Draft(title="T", blocks=[Block(kind="body", html=html) for html in htmls], **fields)


def words(draft):
    return "".join("".join(block.text.split()) for block in draft.blocks)


def htmls(draft):
    return [block.html for block in draft.blocks]


@given(HTML, HTML)
def test_split_between_any_words_loses_no_character(first, second):
    draft = draft_of("before", inline.join(first, second), "after")

    after = edits.split(draft, 1, len(inline.plain(first)))

    assert words(after) == words(draft)
    assert htmls(after) == ["before", first, second, "after"]


@given(BLOCKS, st.data())
def test_merge_any_neighbours_loses_no_character(blocks, data):
    draft = Draft(blocks=blocks)

    after = edits.merge_with_next(draft, data.draw(st.integers(0, len(blocks) - 2)))

    assert words(after) == words(draft)
    assert len(after.blocks) == len(blocks) - 1


@given(HTML.filter(lambda html: " " in inline.plain(html)), st.data())
def test_split_at_a_space_then_merge_gives_the_same_draft(html, data):
    draft = draft_of("before", html, "after")
    text = inline.plain(html)
    space = data.draw(st.sampled_from([at for at, letter in enumerate(text) if letter == " "]))

    merged = edits.merge_with_next(edits.split(draft, 1, space), 1)

    assert [block.text for block in merged.blocks] == [block.text for block in draft.blocks]


def test_split_keeps_markup_balanced_and_clears_the_label():
    block = Block(kind="list_item", html="one <em>two three</em>", label="4", remark="Joined.")

    after = edits.split(Draft(blocks=[block]), 0, 7)

    assert after.blocks == [
        Block(kind="list_item", html="one <em>two</em>", label="4"),
        Block(kind="list_item", html="<em>three</em>"),
    ]


def test_split_inside_a_letter_moves_past_its_signs():
    assert htmls(edits.split(draft_of("שָ" + "לום"), 0, 1)) == ["שָ", "לום"]
    assert htmls(edits.split(draft_of("👨‍👩x"), 0, 1)) == ["👨‍👩", "x"]


@pytest.mark.parametrize("offset", [-1, 0, 1, 5, 99])
def test_split_without_words_on_both_sides_is_refused(offset):
    with pytest.raises(EditRefused) as refused:
        edits.split(draft_of("\u200eword"), 0, offset)

    assert refused.value.field == "offset"


def test_split_beyond_two_thousand_paragraphs_is_refused():
    with pytest.raises(EditRefused, match="at most 2,000 paragraphs"):
        edits.split(draft_of(*["one two"] * 2_000), 0, 3)


def test_merge_with_next_skips_what_is_left_out_and_keeps_it():
    draft = Draft(
        blocks=[
            Block(kind="quote", html="<em>one</em>", label="1", remark="x"),
            Block(kind="body", html="7", left_out=True),
            Block(kind="body", html="<em>two</em>"),
            Block(kind="body", html="three"),
        ],
    )

    assert edits.merge_with_next(draft, 0).blocks == [
        Block(kind="quote", html="<em>one</em> <em>two</em>", label="1"),
        Block(kind="body", html="7", left_out=True),
        Block(kind="body", html="three"),
    ]


@pytest.mark.parametrize(
    ("blocks", "index"),
    [
        ([Block(kind="body", html="a")], 0),
        ([Block(kind="body", html="a", left_out=True), Block(kind="body", html="b")], 0),
        ([Block(kind="body", html="a"), Block(kind="break", html="***")], 0),
        ([Block(kind="break", html="***"), Block(kind="body", html="a")], 0),
        ([Block(kind="body", html="a" * 15_000), Block(kind="body", html="b" * 15_000)], 0),
        ([Block(kind="body", html="a")], 1),
        ([Block(kind="body", html="a")], -1),
    ],
)
def test_merge_with_next_what_cannot_be_merged_is_refused(blocks, index):
    with pytest.raises(EditRefused) as refused:
        edits.merge_with_next(Draft(blocks=blocks), index)

    assert refused.value.field == "index"


def test_retype_sets_level_for_headings_alone():
    draft = Draft(blocks=[Block(kind="list_item", html="a", label="3")])

    assert edits.retype(draft, 0, "heading", 3).blocks == [Block(kind="heading", html="a", level=3)]
    assert edits.retype(draft, 0, "heading").blocks == [Block(kind="heading", html="a", level=2)]
    assert edits.retype(draft, 0, "body", 3).blocks == [Block(kind="body", html="a")]
    assert edits.retype(draft, 0, "list_item") == draft


@pytest.mark.parametrize(
    ("kind", "level", "field"),
    [("poem", None, "kind"), ("break", None, "kind"), ("heading", 7, "level")],
)
def test_retype_what_does_not_fit_is_refused(kind, level, field):
    with pytest.raises(EditRefused) as refused:
        edits.retype(draft_of("words"), 0, kind, level)

    assert refused.value.field == field


@pytest.mark.parametrize(
    ("before", "text", "after"),
    [
        ("the <em>old</em> word", "the old world", "the <em>old</em> world"),
        ("the <em>odl</em> word", "the old word", "the <em>old</em> word"),
        ("<em>a closing note</em>", "a closing  note here", "<em>a closing note here</em>"),
        ("a <em>b</em>", "x", "x"),
        ("plain", "<b>5 & 6</b>", "&lt;b&gt;5 &amp; 6&lt;/b&gt;"),
        ("e", "e\u0301", "\u00e9"),
        ("same", "same", "same"),
    ],
)
def test_correct_keeps_markup_on_the_words_that_stay(before, text, after):
    assert htmls(edits.correct(draft_of(before), 0, text)) == [after]


@given(HTML, WORDS)
def test_correct_any_text_stands_as_it_was_typed(html, text):
    typed = inline.plain(inline.from_plain(text))
    assume(not inline.is_blank(typed))

    after = edits.correct(draft_of(html), 0, text)

    assert after.blocks[0].text == typed


@pytest.mark.parametrize("text", ["", " \u200b", "a\x00b", "a\ud800b", "x" * 20_001])
def test_correct_to_what_cannot_be_kept_is_refused(text):
    with pytest.raises(EditRefused) as refused:
        edits.correct(draft_of("words"), 0, text)

    assert refused.value.field == "text"


def test_correct_a_break_is_refused():
    with pytest.raises(EditRefused, match="no words to correct"):
        edits.correct(Draft(blocks=[Block(kind="break", html="***")]), 0, "words")


def test_leave_out_and_restore_undo_each_other():
    draft = draft_of("a", "b")

    without = edits.leave_out(draft, 1)

    assert without.blocks[1] == Block(kind="body", html="b", left_out=True)
    assert edits.restore(without, 1) == draft


def test_set_head_writes_the_byline_anew_to_agree():
    draft = Draft(
        title="T",
        author="An Poe",
        blocks=[
            Block(kind="byline", html="Par An Poe"),
            Block(kind="byline", html="The X"),
            Block(kind="body", html="a"),
        ],
    )

    after = edits.set_head(draft, " New  title ", "Ann Poe", "The X & Y")

    assert (after.title, after.author, after.affiliation) == ("New title", "Ann Poe", "The X & Y")
    assert htmls(after) == ["Par Ann Poe, <em>The X &amp; Y</em>", "a"]


def test_set_head_author_alone_writes_no_affiliation():
    draft = Draft(title="T", author="A", blocks=[Block(kind="byline", html="By A, <em>X</em>")])

    assert htmls(edits.set_head(draft, "T", "B", "")) == ["By B"]


def test_set_head_title_alone_leaves_the_byline_as_it_stood():
    draft = Draft(title="T", author="A", blocks=[Block(kind="byline", html="Words by A")])

    assert htmls(edits.set_head(draft, "U", "A", "")) == ["Words by A"]


def test_set_head_without_byline_adds_none():
    assert htmls(edits.set_head(draft_of("a"), "T", "Ann", "X")) == ["a"]


@pytest.mark.parametrize(
    ("head", "field"),
    [
        (("", "a", "b"), "title"),
        (("\u200b ", "a", "b"), "title"),
        (("T" * 301, "a", "b"), "title"),
        (("T", "a\x00", "b"), "author"),
        (("T", "a", "b\ud800"), "affiliation"),
        (("T", "\u202eevil", "b"), "author"),
    ],
)
def test_set_head_what_cannot_be_shown_is_refused(head, field):
    with pytest.raises(EditRefused) as refused:
        edits.set_head(draft_of("a"), *head)

    assert refused.value.field == field


def test_finished_drops_what_is_left_out_and_links_to_notes_that_went():
    draft = Draft(
        title="T",
        left_out=[LeftOut("image", 1)],
        blocks=[
            Block(
                kind="body",
                html='a<sup><a href="#note-1">[1]</a></sup> b<sup><a href="#note-2">[2]</a></sup>',
            ),
            Block(kind="note", html="one", label="1"),
            Block(kind="note", html="two", label="2", left_out=True),
        ],
    )

    assert htmls(edits.finished(draft)) == [
        'a<sup><a href="#note-1">[1]</a></sup> b<sup>[2]</sup>',
        "one",
    ]


@pytest.mark.parametrize(
    ("draft", "field"),
    [
        (Draft(blocks=[Block(kind="body", html="a")]), "title"),
        (Draft(title="T", blocks=[Block(kind="heading", html="a")]), "blocks"),
        (Draft(title="T", blocks=[Block(kind="body", html="a", left_out=True)]), "blocks"),
    ],
)
def test_finished_without_title_or_paragraph_is_refused(draft, field):
    with pytest.raises(EditRefused) as refused:
        edits.finished(draft)

    assert refused.value.field == field
