"""Two revisions side by side: every word of both is shown, and what happened is said in words."""

import itertools
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.comparison import ChangedParagraph, Piece, Unchanged, compare
from annotations.reanchoring.alignment import Alignment
from annotations.reanchoring.paragraphs import paragraph_keys
from annotations.reanchoring.words import Text
from debate.essays.enums import NUMBERED, ParagraphKind
from debate.essays.models import Paragraph

RENTS = "Rents rise because nobody builds. Those who own their homes vote against every crane."
WAGES = "Wages did not follow for thirty years, and half of every payslip goes to a landlord now."
CITIES = "Cities that build stay affordable, as Vienna and Tokyo have shown for a century."
LEVY = "A levy on empty land would make waiting expensive, which is what speculation lives on."


def paragraphs(*texts, kinds=None):
    """Unsaved paragraphs with those texts."""
    numbers = itertools.count(1)
    return [
        Paragraph(
            position=position,
            kind=kind,
            number=next(numbers) if kind in NUMBERED else None,
            text=text,
            html=text,
        )
        for position, (text, kind) in enumerate(
            zip(texts, kinds or ["body"] * len(texts), strict=True), start=1
        )
    ]


def compared(old, new):
    """The comparison, keys following content as in a publication."""
    before = [Text(str(one.key), one.text) for one in old]
    for one, key in zip(new, paragraph_keys(before, [one.text for one in new]), strict=True):
        one.key = UUID(key)
    after = [Text(str(one.key), one.text) for one in new]
    return compare(old, new, Alignment(before, after))


def changes(rows):
    return [(one.before, one.after, one.note) for one in rows if isinstance(one, ChangedParagraph)]


def test_compare_same_text_is_one_row_that_stays():
    long = f"{WAGES} {LEVY}"

    rows = compared(paragraphs(RENTS, long), paragraphs(RENTS, long))

    shown = [(1, RENTS), (2, f"{WAGES} …")]
    assert rows == [Unchanged("Paragraphs 1 to 2 stay as they are", shown)]


def test_compare_words_come_where_others_went():
    rows = compared(paragraphs(RENTS), paragraphs(RENTS.replace("nobody builds", "few build")))

    assert rows[0].pieces == [
        Piece("same", "Rents rise because"),
        Piece("del", " nobody builds"),
        Piece("ins", " few build"),
        Piece("same", ". Those who own their homes vote against every crane."),
    ]


def test_compare_new_paragraph_shifts_the_numbers_of_those_that_stay():
    rows = compared(paragraphs(RENTS, WAGES), paragraphs(LEVY, RENTS, WAGES))

    assert changes(rows) == [(None, 1, "New.")]
    assert rows[1].label == "Paragraphs 2 to 3, from 1 on before, stay as they are"


def test_compare_removed_paragraph_stands_where_it_was():
    rows = compared(paragraphs(RENTS, WAGES, CITIES), paragraphs(RENTS, CITIES))

    assert changes(rows) == [(2, None, "Removed.")]
    assert rows[1].pieces == [Piece("del", WAGES)]
    assert rows[2].label == "Paragraph 2, 3 before, stays as it is"


def test_compare_removed_first_paragraph_stands_first():
    rows = compared(paragraphs(RENTS, WAGES), paragraphs(WAGES))

    assert (rows[0].note, rows[0].before) == ("Removed.", 1)


def test_compare_moved_paragraph_is_the_one_that_left_the_row():
    rows = compared(paragraphs(RENTS, WAGES, CITIES), paragraphs(CITIES, RENTS, WAGES))

    assert changes(rows) == [(3, 1, "Moved.")]
    assert rows[0].pieces == [Piece("same", CITIES)]


def test_compare_split_paragraph_says_where_its_words_are():
    first, second = RENTS.split(". ")

    rows = compared(paragraphs(RENTS, CITIES), paragraphs(f"{first}.", second, CITIES))

    assert {note for _, _, note in changes(rows)} == {
        "Words of it are in paragraph 1 now.",
        "Split off from what was paragraph 1.",
    }


def test_compare_merged_paragraph_says_into_which():
    rows = compared(paragraphs(RENTS, WAGES, CITIES), paragraphs(f"{RENTS} {WAGES}", CITIES))

    assert sorted(note for _, _, note in changes(rows)) == [
        "Merged into paragraph 1.",
        "Takes in words of what was paragraph 1.",
    ]


def test_compare_paragraph_of_three_names_those_it_takes_in():
    rows = compared(
        paragraphs(RENTS, WAGES, CITIES, LEVY), paragraphs(f"{RENTS} {WAGES} {CITIES}", LEVY)
    )

    told = {note for _, _, note in changes(rows)}
    assert "Takes in words of what was paragraphs 1 and 3." in told


@pytest.mark.parametrize(
    ("change", "note"),
    [
        ({"html": f"<em>{RENTS}</em>"}, "Other markup, the same words."),
        ({"kind": ParagraphKind.QUOTE}, "Was a paragraph, is a quote."),
    ],
)
def test_compare_same_words_in_another_shape_are_told(change, note):
    new = paragraphs(RENTS)
    for name, value in change.items():
        setattr(new[0], name, value)

    rows = compared(paragraphs(RENTS), new)

    assert changes(rows) == [(1, 1, note)]
    assert rows[0].pieces == [Piece("same", RENTS)]


def test_compare_headings_are_named_by_their_kind():
    kinds = ["heading", "body"]

    rows = compared(
        paragraphs("What the landlords have always said", RENTS, kinds=kinds),
        paragraphs("What the landlords have always said", RENTS, kinds=kinds),
    )
    split = compared(
        paragraphs(
            "What the landlords have always said about it all in their letters", kinds=["heading"]
        ),
        paragraphs(
            "What the landlords have always said",
            "about it all in their letters",
            kinds=["heading", "body"],
        ),
    )

    assert rows[0].label == "Paragraph 1 stays as it is"
    assert "Split off from what was the heading." in {note for _, _, note in changes(split)}


def test_compare_without_numbers_says_what_stands_here():
    rows = compared(paragraphs("* * *", kinds=["break"]), paragraphs("* * *", kinds=["break"]))

    assert rows[0].label == "What stands here stays as it is"


TEXTS = st.lists(
    st.lists(
        st.sampled_from(["one", "two", "three", "four", "five,", "six.", "Seven!", "🙂", "é"]),
        min_size=1,
        max_size=12,
    ).map(" ".join),
    min_size=1,
    max_size=5,
)


@given(TEXTS, TEXTS)
def test_compare_shows_every_word_of_the_new_text_once(old_texts, new_texts):
    old, new = paragraphs(*old_texts), paragraphs(*new_texts)

    rows = compared(old, new)

    shown = []
    for row in rows:
        if isinstance(row, Unchanged):
            shown += [text for _, text in row.paragraphs]
        elif row.after:
            shown.append("".join(piece.text for piece in row.pieces if piece.op != "del"))
    assert shown == new_texts


@given(TEXTS, TEXTS)
def test_compare_tells_every_word_that_went_from_a_paragraph_that_stays(old_texts, new_texts):
    old, new = paragraphs(*old_texts), paragraphs(*new_texts)

    rows = compared(old, new)

    for row in rows:
        if isinstance(row, ChangedParagraph) and row.before:
            before = "".join(piece.text for piece in row.pieces if piece.op in {"same", "del"})
            assert before.replace(" ", "") == old[row.before - 1].text.replace(" ", "")
