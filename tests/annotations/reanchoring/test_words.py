"""Tokens of any script, never cutting a character from its marks, and what they weigh."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotations.reanchoring.words import Side, Text, Vocabulary, tokens, words_of
from annotations.selectors import grapheme_safe

any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=80).map(
    lambda text: unicodedata.normalize("NFC", text)
)


def spelled(text):
    return [text[start:end] for start, end, _ in tokens(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Rents rose.", ["Rents", "rose", "."]),
        ("Don’t pay 1,000.5 now", ["Don’t", "pay", "1,000.5", "now"]),
        ("a well-known “rule”…", ["a", "well", "-", "known", "“", "rule", "”", "…"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("漢字かな", ["漢", "字", "か", "な"]),
        ("vote 👩\u200d👩\u200d👧 🇳🇴🇸🇪 👍🏽", ["vote", "👩\u200d👩\u200d👧", "🇳🇴", "🇸🇪", "👍🏽"]),
        ("q\u0303uota", ["q\u0303uota"]),
        ("  \n ", []),
    ],
)
def test_tokens_of_any_script_are_words_and_whole_characters(text, expected):
    assert spelled(text) == expected


@given(any_text)
def test_tokens_of_any_text_leave_out_white_space_only(text):
    borders = [0, *(at for start, end, _ in tokens(text) for at in (start, end)), len(text)]
    between = [text[borders[at] : borders[at + 1]] for at in range(0, len(borders), 2)]

    assert "".join(between).strip() == ""


@given(any_text)
def test_tokens_of_any_text_cut_no_character_from_its_marks(text):
    inner = [(start, end) for start, end, _ in tokens(text) if text[start].isalnum()]

    assert [run for run in inner if not grapheme_safe(text, run[1], run[1])] == []


def test_words_of_text_leave_out_signs_and_level_apostrophes():
    assert words_of("It’s so; isn't it?") == ["It's", "so", "isn't", "it"]


def test_number_of_variants_in_case_and_typography_is_the_same():
    vocabulary = Vocabulary()

    numbers = [vocabulary.number(word, is_word=True) for word in ["Don’t", "don't", "do"]]

    assert numbers == [0, 0, 1]
    assert vocabulary.counts == [2, 1]
    assert [vocabulary.find(word) for word in ["DON'T", "do", "did"]] == [0, 1, None]


def test_weights_of_rare_words_are_above_those_of_common_ones():
    vocabulary = Vocabulary()
    for word in ["levy", *["the"] * 40, *["quota"] * 4]:
        vocabulary.number(word, is_word=True)
    vocabulary.number(".", is_word=False)

    levy, the, quota, stop = vocabulary.weights()

    assert (levy, the, stop) == (1.0, 0.1, 0.02)
    assert the < quota < levy


def test_covered_run_touching_two_words_names_both():
    side = Side.read([Text("a", "No."), Text("b", "Rents rose fast.")], Vocabulary())

    assert side.bounds(1) == (2, 6)
    assert side.covered(1, 3, 8) == (2, 4)
    assert side.covered(1, 5, 6) == (3, 3)
    assert side.covered(0, 0, 3) == (0, 2)


def test_break_before_tokens_ranks_sentences_above_pauses():
    side = Side.read([Text("a", "Yes, we did. Rents rose")], Vocabulary())

    # Yes | , | we | did | . | Rents | rose, and the end of the text
    assert [side.break_before(at) for at in range(8)] == [3, 1, 1, 0, 0, 3, 0, 3]
