import pytest

from debate.essays.importing import text
from debate.essays.importing.blocks import Block
from debate.essays.importing.errors import ImportRefused

WRAPPED = (
    "A tax on empty homes raises little money, and that is how one can tell that\n"
    "it does what it is meant to do, since an owner who lets the home pays none.\n"
)


def shown(source):
    return [(block.kind, block.text) for block in text.read(source).blocks]


def test_read_wrapped_lines_are_joined_into_paragraphs():
    assert shown(f"{WRAPPED}\n{WRAPPED}") == [("body", " ".join(WRAPPED.split()))] * 2


def test_read_lines_without_blank_lines_end_a_paragraph_where_a_word_had_room():
    source = f"{WRAPPED}It ends here.\n{WRAPPED}"

    assert shown(source) == [
        ("body", f"{' '.join(WRAPPED.split())} It ends here."),
        ("body", " ".join(WRAPPED.split())),
    ]


def test_read_long_lines_are_paragraphs():
    line = "word " * 40

    assert shown(f"{line}\n{line}\n{line}") == [("body", line.strip())] * 3


def test_read_lists_keep_their_numbers_and_continuations():
    source = f"{WRAPPED}\n1. first and\n   longer\n2) second\n\n- dash\n• dot\n"

    assert [(block.kind, block.label, block.text) for block in text.read(source).blocks[1:]] == [
        ("list_item", "1", "first and longer"),
        ("list_item", "2", "second"),
        ("list_item", "", "dash"),
        ("list_item", "", "dot"),
    ]


def test_read_marked_and_indented_quotes_are_quotes():
    indented = "".join(f"     {line}\n" for line in WRAPPED.splitlines())

    assert shown(f"{WRAPPED}\n> one\n> two\n\n{indented}\n{WRAPPED}")[1:3] == [
        ("quote", "one two"),
        ("quote", " ".join(WRAPPED.split())),
    ]


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("The design", Block(kind="heading", html="The design", level=2)),
        ("3. The design", Block(kind="heading", html="3. The design", level=2)),
        ("The design\n==========", Block(kind="heading", html="The design", level=1)),
        ("The design\n----------", Block(kind="heading", html="The design", level=2)),
        ("Who pays?", Block(kind="heading", html="Who pays?", level=2)),
        ("It ends.", Block(kind="body", html="It ends.")),
        ("* * *", Block(kind="body", html="* * *")),
    ],
)
def test_read_short_line_above_a_paragraph_is_a_heading_by_its_looks(heading, expected):
    assert text.read(f"{WRAPPED}\n{heading}\n\n{WRAPPED}").blocks[1] == expected


def test_read_divided_words_follow_the_essay_itself():
    source = (
        "The re-entry of a satellite and the decision of a minister are much alike: re-\n"
        "entry is steep, and both the self-\n"
        "made and the anxious fear the deci-\n"
        "sion, in Anglo-\nAmerican law and in the con\u00ad\ntinental, from 1990-\n2000—\nor later.\n"
    )

    draft = text.read(source)

    assert draft.blocks[0].text == (
        "The re-entry of a satellite and the decision of a minister are much alike: re-entry is steep, "
        "and both the self-made and the anxious fear the decision, in Anglo-American law and in the "
        "continental, from 1990-2000—or later."
    )
    assert draft.remarks == [
        "Words divided at the ends of lines were joined: “decision”, “continental”.",
    ]


def test_read_more_divided_words_than_fit_are_counted():
    source = "\n".join(f"{WRAPPED.splitlines()[0]} ab{letter}-\ncde" for letter in "fghijkl")

    assert (
        text.read(source)
        .remarks[0]
        .endswith(": “abfcde”, “abgcde”, “abhcde”, “abicde”, “abjcde” and 2 more.")
    )


def test_read_ligatures_become_letters():
    assert shown("The ﬁrst oﬃce in the ﬂat.") == [("body", "The first office in the flat.")]


def test_read_form_feeds_part_pages_whose_heads_are_proposed_as_left_out():
    bodies = [
        WRAPPED.replace("tax", f"{word} tax").replace("none.", word)
        for word in ("low", "fair", "high")
    ]
    pages = [f"Letters 7\n{body}Page {at} of 3\n" for at, body in enumerate(bodies, 1)]

    draft = text.read("\f".join(pages))

    assert draft.blocks[0].text == " ".join(" ".join(bodies).split())
    assert draft.blocks[0].remark == (
        "A page break ran through this paragraph; its parts were joined."
    )
    assert [(block.text, block.left_out, block.remark) for block in draft.blocks[1:]] == [
        ("Letters 7", True, "Stands at the edge of 3 pages."),
        ("Page 1 of 3 Page 2 of 3 Page 3 of 3", True, "Page numbers."),
    ]


def test_read_numbers_out_of_sequence_are_no_page_numbers():
    assert shown("1914\n\nThe war began.\n\n1918\n\nIt ended.") == [
        ("body", "1914"),
        ("body", "The war began."),
        ("body", "1918"),
        ("body", "It ended."),
    ]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("a\n" * 40_001, "too_many_lines"),
        ("a\f" * 2_001, "too_many_lines"),
        ("A sentence.\n\n" * 2_001, "too_many_paragraphs"),
    ],
)
def test_read_over_the_limits_is_refused(source, code):
    with pytest.raises(ImportRefused) as refused:
        text.read(source)

    assert refused.value.code == code


@pytest.mark.parametrize("source", ["", "\n \n"])
def test_read_nothing_gives_no_blocks(source):
    assert shown(source) == []
