import pytest

from debate.essays.importing.assemble import assemble, guess_language
from debate.essays.importing.blocks import Block, Draft, LeftOut, numbered
from debate.essays.importing.errors import ImportRefused

LONG = "A paragraph that is long enough to be one, " + "with many words in it, " * 7 + "ends."


def body(html, **fields):
    return Block(kind="body", html=html, **fields)


def heading(html, level=1):
    return Block(kind="heading", html=html, level=level)


def assembled(*blocks, **fields):
    return assemble(Draft(blocks=list(blocks), **fields))


def head_of(draft):
    return draft.title, draft.author, draft.affiliation


@pytest.mark.parametrize(
    ("byline", "author", "affiliation"),
    [
        ("By Ann Poe", "Ann Poe", ""),
        ("By Ann Poe, University of X", "Ann Poe", "University of X"),
        ("By Ann Poe, <em>The X</em>", "Ann Poe", "The X"),
        ("By <strong>Ann Poe</strong>, The X", "Ann Poe", "The X"),
        ("by Ann Poe and Jon Roe, University of X", "Ann Poe and Jon Roe", "University of X"),
        ("By Ann Poe, Jon Roe, and Tom Doe", "Ann Poe, Jon Roe, and Tom Doe", ""),
        ("By Ann Poe, Jon Roe and Tom Doe, Institute Y", "Ann Poe, Jon Roe and Tom Doe", "Institute Y"),
        ("By Ann Poe (The X)", "Ann Poe", "The X"),
        ("By Ann Poe | The X | 12 May 2024", "Ann Poe", "The X"),
        ("By Ann Poe | 12 May 2024", "Ann Poe", ""),
        ("By Ann Poe – The X", "Ann Poe", "The X"),
    ],
)  # fmt: skip
def test_assemble_byline_has_author_and_affiliation_apart(byline, author, affiliation):
    draft = assembled(heading("Title"), body(byline), body(LONG))

    assert head_of(draft) == ("Title", author, affiliation)
    assert [block.kind for block in draft.blocks] == ["byline", "body"]


def test_assemble_affiliation_under_the_name_joins_the_byline():
    draft = assembled(heading("T"), body("By Ann Poe"), body("<em>The X</em>"), body(LONG))

    assert head_of(draft) == ("T", "Ann Poe", "The X")
    assert [block.kind for block in draft.blocks] == ["byline", "byline", "body"]


def test_assemble_other_line_under_the_name_stays_in_the_essay():
    draft = assembled(heading("T"), body("By Ann Poe"), body("A reply"), body(LONG))

    assert (draft.affiliation, draft.blocks[1]) == ("", body("A reply"))


def test_assemble_name_the_file_gives_is_found_in_the_text():
    draft = assembled(
        heading("T"), body("Ann Poe"), body("College of X"), body(LONG), author="Ann Poe"
    )

    assert head_of(draft) == ("T", "Ann Poe", "College of X")
    assert [block.kind for block in draft.blocks] == ["byline", "byline", "body"]


def test_assemble_name_the_file_gives_stands_alone_when_the_text_has_none():
    assert head_of(assembled(heading("T"), body(LONG), author="Ann Poe")) == ("T", "Ann Poe", "")


@pytest.mark.parametrize(
    ("blocks", "title"),
    [
        ([heading("T"), body(LONG)], "T"),
        ([heading("Series", 3), heading("T", 1), body(LONG)], "T"),
        ([body("A short title"), body(LONG)], "A short title"),
        ([body("<strong>A bold title</strong>"), body(LONG)], "A bold title"),
        ([body("A sentence."), body(LONG)], ""),
        ([body(LONG), heading("Part")], ""),
        ([body("Hello")], ""),
        ([heading("W" * 301), body(LONG)], ""),
    ],
    ids=["heading", "highest", "short line", "bold line", "sentence", "later", "alone", "too long"],
)
def test_assemble_title_is_what_stands_above_the_text(blocks, title):
    assert assembled(*blocks).title == title


def test_assemble_without_title_says_so():
    assert assembled(body(LONG)).remarks == ["No title was found; please write one."]


def test_assemble_title_the_file_names_is_taken_out_of_the_text_once():
    draft = assembled(heading("T of it"), heading("Part"), body(LONG), title="T  of it")

    assert draft.title == "T of it"
    assert [block.text for block in draft.blocks] == ["Part", LONG]


def test_assemble_head_loses_signs_that_turn_the_direction():
    draft = assembled(heading("T\u202eeltit"), body("By Ann\u2066 Poe"), body(LONG))

    assert head_of(draft) == ("Teltit", "Ann Poe", "")


def test_assemble_paragraph_cut_in_two_is_joined_and_told():
    draft = assembled(
        heading("T"),
        body(LONG),
        body("It goes on <em>over</em>"),
        body("the page, it"),
        body("ends."),
    )

    assert draft.blocks[1].html == "It goes on <em>over</em> the page, it ends."
    assert draft.blocks[1].remark == (
        "Joined over a page break: “…goes on over” and “the page, it”."
    )
    assert draft.remarks == ["Paragraph 2 was cut in two by a page break; its parts were joined."]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (body("It ends."), body("lower case")),
        (body("It goes on"), body("Upper case")),
        (body("It goes on"), Block(kind="quote", html="lower case")),
        (body("It goes on"), body("lower case", left_out=True)),
        (body("Things:"), body("lower case")),
        (Block(kind="list_item", html="apples"), Block(kind="list_item", html="pears")),
    ],
)
def test_assemble_other_neighbours_stay_apart(first, second):
    assert len(assembled(body(LONG), first, second).blocks) == 3


def test_assemble_breaks_divide_and_those_at_the_edge_are_proposed_as_left_out():
    draft = assembled(body("***"), body(LONG), body("⁂"), body(LONG), body("* * *"))

    assert [(block.kind, block.text, block.left_out) for block in draft.blocks] == [
        ("break", "***", True),
        ("body", LONG, False),
        ("break", "⁂", False),
        ("body", LONG, False),
        ("break", "* * *", True),
    ]


def test_assemble_closing_paragraphs_in_italics_are_notes():
    draft = assembled(
        body(LONG),
        body("<em>In italics, but not at the end.</em>"),
        body(LONG),
        body("<em>Ann Poe writes.</em>"),
        body("<em>More on</em> <em>our site.</em>"),
        Block(kind="note", html="A footnote.", label="1"),
    )

    assert [block.kind for block in draft.blocks] == [
        "body",
        "body",
        "body",
        "note",
        "note",
        "note",
    ]


def test_assemble_essay_wholly_in_italics_keeps_its_paragraphs():
    draft = assembled(body(f"<em>{LONG}</em>"), body(f"<em>{LONG}</em>"))

    assert numbered(draft) == [1, 2]


def test_assemble_bold_line_above_a_paragraph_is_a_heading_without_markup():
    draft = assembled(heading("T"), body(LONG), body("<strong>Part</strong>"), body(LONG))

    assert draft.blocks[1] == heading("Part", 2)


def test_assemble_what_was_left_out_is_counted_once():
    draft = assembled(body(LONG), left_out=[LeftOut("image", 1, "a"), LeftOut("image", 2, "b")])

    assert draft.left_out == [LeftOut("image", 3, "a")]


@pytest.mark.parametrize("html", ["", " ", "\u200b\u2060", "\u3164", "***", "&nbsp;"])
def test_assemble_blank_looking_essay_is_refused(html):
    with pytest.raises(ImportRefused) as refused:
        assembled(body(html))

    assert refused.value.code == "empty"


def test_assemble_paragraph_over_the_limit_is_refused_by_its_first_words():
    with pytest.raises(ImportRefused, match=r"Paragraph 2, which begins “word word") as refused:
        assembled(body(LONG), body("word " * 4_001))

    assert refused.value.code == "paragraph_too_long"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The question is what it costs.", "en"),
        ("Die Frage ist nicht, was es kostet, und der Preis ist eine Zahl.", "de"),
        ("La question est de savoir ce que les villes ont dans une année.", "fr"),
        ("Кому принадлежит двор", "ru"),
        ("Кому належить подвір’я і її", "uk"),
        ("من يدفع ثمن الماء", "ar"),
        ("מי משלם על המים", "he"),
        ("Zxcv qwer", "en"),
        ("", "en"),
    ],
)
def test_guess_language_goes_by_script_and_small_words(text, language):
    assert guess_language(text) == language
