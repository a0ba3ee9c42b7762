import pytest

from debate.essays.importing.blocks import (
    Block,
    Draft,
    LeftOut,
    left_out_sentence,
    numbered,
    shortened,
    tally,
)


def test_numbered_counts_only_body_quotes_and_items_that_stay():
    kinds = ["byline", "heading", "body", "quote", "break", "list_item", "note", "body"]
    blocks = [Block(kind=kind, html="x") for kind in kinds]
    blocks[3] = Block(kind="quote", html="x", left_out=True)

    assert numbered(Draft(blocks=blocks)) == [None, None, 1, None, None, 2, None, 3]


def test_to_json_reads_back_equal():
    draft = Draft(
        title="Title “quoted”",
        author="Ann Poe",
        affiliation="Institute",
        language="he",
        blocks=[
            Block(kind="heading", html="A <em>b</em>", level=2),
            Block(kind="note", html="שלום", label="1", left_out=True, remark="Why."),
        ],
        left_out=[LeftOut("image", 2, "A bridge")],
        remarks=["Joined."],
    )

    assert Draft.from_json(draft.to_json()) == draft


def test_from_json_markup_from_elsewhere_is_sanitised():
    source = Draft(blocks=[Block(kind="body", html="<script>x</script><b>y</b>")]).to_json()

    assert Draft.from_json(source).blocks[0].html == (
        "&lt;script&gt;x&lt;/script&gt;<strong>y</strong>"
    )


@pytest.mark.parametrize(
    "source",
    [
        "", "null", "[]", "{}", '{"blocks": 1}', '{"blocks": [{}], "left_out": [], "remarks": []}',
        '{"blocks": [{"kind": "poem", "html": ""}], "left_out": [], "remarks": []}',
        '{"blocks": [{"kind": "body", "html": 5}], "left_out": [], "remarks": []}',
        '{"blocks": [], "left_out": [], "remarks": [], "title": 5}',
        '{"blocks": [{"kind": "body", "html": "x", "level": 9}], "left_out": [], "remarks": []}',
        '{"blocks": [{"kind": "note", "html": "x", "label": "a b"}], "left_out": [], "remarks": []}',
        '{"blocks": [], "left_out": [], "remarks": ["\\u0000"]}',
        '{"blocks": [], "left_out": [], "remarks": [], "title": "\\ud800"}',
        '{"blocks": [], "left_out": [{"what": "image", "count": "1"}], "remarks": []}',
        '{"blocks": [], "left_out": [{"no": 1}], "remarks": []}',
        "[" * 100_000,
    ],
)  # fmt: skip
def test_from_json_anything_else_raises_value_error(source):
    with pytest.raises(ValueError, match=r".+"):
        Draft.from_json(source)


@pytest.mark.parametrize(
    ("left_out", "sentence"),
    [
        ([], ""),
        ([LeftOut("image", 1)], "1 image was left out."),
        ([LeftOut("menu", 2)], "2 menus were left out."),
        (
            [
                LeftOut("image", 1),
                LeftOut("unused link address", 2),
                LeftOut("line of metadata", 2),
            ],
            "1 image, 2 unused link addresses and 2 lines of metadata were left out.",
        ),
    ],
)
def test_left_out_sentence_lists_everything(left_out, sentence):
    assert left_out_sentence(Draft(left_out=left_out)) == sentence


def test_tally_counts_in_order_and_keeps_the_first_words():
    found = [("image", ""), ("menu", "Home"), ("image", "A bridge"), ("image", "A ship")]

    assert tally(found) == [LeftOut("image", 3, "A bridge"), LeftOut("menu", 1, "Home")]


def test_shortened_long_text_ends_at_a_word():
    assert shortened("one two\nthree four", 12) == "one two…"
    assert shortened("one  two", 12) == "one two"
