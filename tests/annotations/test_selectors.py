"""Selectors: words found, cut and checked by code points, whatever characters they are made of."""

import itertools
import time
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from annotations import selectors
from annotations.selectors import Candidate, FlatRun, Selector, Span

FAMILY = "👩‍👩‍👧"
# Letters, spaces, marks, quotes, dashes, stops, an astral letter, an emoji and a joiner: what goes wrong.
AWKWARD = "ab  \n\t.’'“\"—-Zé\u0301\u0303🙂\u200d𝒳!"
texts = st.text(alphabet=AWKWARD, max_size=60).map(lambda t: unicodedata.normalize("NFC", t))
any_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)


@st.composite
def texts_with_runs(draw, source=texts):
    text = draw(source.filter(bool))
    start = draw(st.integers(0, len(text) - 1))
    return text, start, draw(st.integers(start + 1, len(text)))


@st.composite
def lengths_with_spans(draw):
    length = draw(st.integers(1, 40))
    starts = st.integers(0, length - 1)
    span = starts.flatmap(
        lambda start: st.builds(Span, st.just(start), st.integers(start + 1, length))
    )
    return length, draw(st.lists(span, max_size=12))


def test_select_run_in_the_middle_has_its_words_and_surroundings():
    text = "x" * 40 + "words" + "y" * 40

    assert selectors.select(text, 40, 45) == Selector(40, 45, "words", "x" * 32, "y" * 32)


def test_select_run_at_both_ends_has_what_there_is():
    assert selectors.select("ab🙂d", 0, 4) == Selector(0, 4, "ab🙂d", "", "")
    assert selectors.select("ab🙂d", 2, 3) == Selector(2, 3, "🙂", "ab", "d")


@pytest.mark.parametrize(
    ("start", "end"), [(-1, 2), (0, 0), (2, 1), (0, 5), (4, 5), (5, 6), (-4, -1)]
)
def test_select_run_outside_the_text_is_refused(start, end):
    with pytest.raises(ValueError, match="outside"):
        selectors.select("abcd", start, end)


@given(texts_with_runs(any_text))
def test_select_any_run_rebuilds_the_text_around_it(case):
    text, start, end = case

    found = selectors.select(text, start, end)

    assert text[start - len(found.prefix) : end + len(found.suffix)] == (
        found.prefix + found.exact + found.suffix
    )
    assert len(found.prefix) == min(32, start)
    assert len(found.suffix) == min(32, len(text) - end)


@pytest.mark.parametrize(
    ("quote", "expected"),
    [
        ("the plan", [Span(9, 17), Span(31, 39)]),
        ("once", [Span(0, 4), Span(18, 22)]),
        ("a plan", []),
        ("The plan", []),
        ("", []),
        ("against the plan", [Span(23, 39)]),
    ],
)
def test_places_of_words_are_all_found(quote, expected):
    assert selectors.places("once for the plan once against the plan.", quote) == [
        Span(s.start, s.end) for s in expected
    ]


@pytest.mark.parametrize(
    ("quote", "exact"),
    [
        ('"too much"', "“too much”"),
        ("it's", "it’s"),
        ("1990-2020", "1990–2020"),
        ("paid “too\n much”", "paid “too much”"),
        ("  survey  found ", "survey found"),
        ("Cafe\u0301", "Café"),
        (FAMILY, FAMILY),
        ("Q\u0303uito", "Q\u0303uito"),
    ],
)
def test_places_typed_another_way_are_found_as_they_stand(quote, exact):
    text = (
        f"In Q\u0303uito {FAMILY} paid “too much” at Café 7, 1990–2020; it’s what the survey found."
    )

    (place,) = selectors.places(text, quote)

    assert text[place.start : place.end] == exact


def test_places_verbatim_words_win_over_variants():
    assert selectors.places("a 'b' c ’b’", "’b’") == [Span(8, 11)]


def test_places_overlapping_words_are_each_found():
    assert selectors.places("anana", "ana") == [Span(0, 3), Span(2, 5)]


def test_places_words_that_repeat_without_end_stop_at_twenty():
    found = selectors.places("no " * 500, "no")

    assert found == [Span(3 * n, 3 * n + 2) for n in range(20)]


@given(texts_with_runs())
def test_places_of_any_run_are_that_run_verbatim(case):
    text, start, end = case
    quote = text[start:end]
    assume(unicodedata.is_normalized("NFC", quote))

    found = selectors.places(text, quote)

    assert {text[place.start : place.end] for place in found} == {quote}
    assert Span(start, end) in found or len(found) == selectors.MOST_PLACES


@given(texts, texts.filter(str.strip))
def test_places_of_anything_read_like_the_quote(text, quote):
    folded = selectors.fold(quote.strip())[0]

    for place in selectors.places(text, quote):
        assert selectors.fold(text[place.start : place.end].strip())[0] == folded


@given(any_text)
def test_fold_any_text_keeps_an_offset_for_each_character(text):
    folded, offsets = selectors.fold(text)

    assert len(offsets) == len(folded) + 1
    assert offsets == sorted(set(offsets))
    assert offsets[-1] == len(text)
    assert selectors.fold(folded)[0] == folded


def test_fold_typographic_variants_are_made_alike():
    assert selectors.fold("“a”\u00a0\n—  ‘b’")[0] == "\"a\" - 'b'"


def test_best_candidate_with_a_word_left_out_is_the_run_it_was():
    text = "Cities that price water by use need less of it."

    found = selectors.best_candidate(text, "price water use need less")

    assert found == Candidate(12, 40, "price water by use need less", 0.94)


def test_best_candidate_of_words_that_are_nowhere_is_none():
    assert selectors.best_candidate("Cities price water.", "zzzz qqqq xxxx") is None


def test_best_candidate_of_a_long_quote_runs_from_its_beginning_to_its_end():
    sentences = [f"Town {n} charges {n} cents a cubic metre of water." for n in range(100)]
    text = " ".join(sentences)
    start, end = text.index(sentences[20]), text.index(sentences[80])

    found = selectors.best_candidate(text, text[start:end].strip().replace(" 50 ", " fifty "))

    assert (found.start, found.end) == (start, end - 1)
    assert found.similarity > 0.99


@pytest.mark.parametrize("length", [2_000, 19_000, 2_000_000])
def test_best_candidate_of_a_long_strange_quote_takes_no_time(length):
    text = "".join(f"{n:05d} " for n in range(3_333))
    quote = "".join(f"{n:x}-" for n in range(length))[:length]
    began = time.process_time()

    selectors.best_candidate(text, quote)

    assert time.process_time() - began < 2


@pytest.mark.parametrize(("text", "quote"), [("", "words"), ("words", ""), ("words", " \n")])
def test_best_candidate_of_nothing_is_none(text, quote):
    assert selectors.best_candidate(text, quote) is None


@given(texts_with_runs().filter(lambda case: case[0][case[1] : case[2]].strip()))
def test_best_candidate_of_any_run_is_a_run_on_whole_words(case):
    text, start, end = case

    found = selectors.best_candidate(text, text[start:end])

    assert text[found.start : found.end] == found.exact
    assert 0 < found.similarity <= 1
    assert selectors.whole_words(text, found.start, found.end) == Span(found.start, found.end)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(1, 2, "need"), (0, 4, "need"), (3, 7, "need less"), (4, 9, "less"), (10, 11, "of")],
)
def test_whole_words_touched_run_grows_to_its_words(start, end, expected):
    text = "need less of it"

    found = selectors.whole_words(text, start, end)

    assert text[found.start : found.end] == expected


# start and end as a browser counts them, and the run they mean; None where they cut a character.
@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 3, "The"),
        (4, 6, "🙂"),
        (7, 10, "end"),
        (0, 10, "The 🙂 end"),
        (5, 10, None),
        (0, 5, None),
        (5, 5, None),
    ],
)
def test_from_utf16_offsets_of_a_browser_become_code_points(start, end, expected):
    text = "The 🙂 end"

    span = selectors.from_utf16(text, start, end)

    assert (text[span.start : span.end] if span else None) == expected


@given(texts_with_runs(any_text))
def test_from_utf16_any_run_comes_back(case):
    text, start, end = case
    units = [len(text[:offset].encode("utf-16-le")) // 2 for offset in (start, end)]

    assert selectors.from_utf16(text, *units) == Span(start, end)


@given(any_text, st.integers(0, 130), st.integers(0, 130))
def test_from_utf16_any_offsets_stay_within_the_text(text, start, end):
    span = selectors.from_utf16(text, start, end)

    assert span is None or 0 <= span.start <= span.end <= len(text)


def test_flat_runs_of_overlapping_spans_name_what_lies_on_each_piece():
    assert selectors.flat_runs(10, [Span(2, 6), Span(4, 8)]) == [
        FlatRun(0, 2, ()),
        FlatRun(2, 4, (0,)),
        FlatRun(4, 6, (0, 1)),
        FlatRun(6, 8, (1,)),
        FlatRun(8, 10, ()),
    ]


def test_flat_runs_without_spans_are_the_text_in_one_piece():
    assert selectors.flat_runs(5, []) == [FlatRun(0, 5, ())]
    assert selectors.flat_runs(0, []) == []


@given(lengths_with_spans())
def test_flat_runs_any_spans_cover_the_text_exactly(case):
    length, spans = case

    runs = selectors.flat_runs(length, spans)

    assert runs[0].start == 0
    assert runs[-1].end == length
    assert all(one.end == following.start for one, following in itertools.pairwise(runs))
    assert all(run.start < run.end for run in runs)


@given(lengths_with_spans())
def test_flat_runs_any_spans_lie_on_their_own_characters_only(case):
    length, spans = case

    covered = {
        (at, index)
        for run in selectors.flat_runs(length, spans)
        for at in range(run.start, run.end)
        for index in run.spans
    }

    assert covered == {
        (at, index) for index, span in enumerate(spans) for at in range(span.start, span.end)
    }


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("No stop at the end", ["No stop at the end"]),
        ("Use fell by 3.5 per cent. Then it rose.", ["Use fell by 3.5 per cent.", "Then it rose."]),
        ("Dr. Ada Lin of St. Ives agreed. So did Mr. Oak.", [
            "Dr. Ada Lin of St. Ives agreed.", "So did Mr. Oak.",
        ]),
        ("The U.S. Senate voted. J. Oak did not.", ["The U.S. Senate voted.", "J. Oak did not."]),
        ("He said “no.” She left.", ["He said “no.”", "She left."]),
        ("Wait… what? Yes.", ["Wait… what?", "Yes."]),
        ("See e.g. the survey. It helps, i.e. it works.", [
            "See e.g. the survey.", "It helps, i.e. it works.",
        ]),
        ("  Spaces around.   And between. ", ["Spaces around.", "And between."]),
        ("价格上涨。 用量下降。", ["价格上涨。", "用量下降。"]),
        ("هل يدفعون؟ نعم.", ["هل يدفعون؟", "نعم."]),
        ("", []),
        ("   ", []),
        ("...", ["..."]),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_would_end_them(text, expected):
    assert [text[span.start : span.end] for span in selectors.sentences(text)] == expected


@given(st.one_of(texts, any_text))
def test_sentences_of_any_text_hold_all_of_it_but_spaces_in_order(text):
    spans = selectors.sentences(text)
    borders = [0, *(edge for span in spans for edge in (span.start, span.end)), len(text)]
    between = [text[borders[i] : borders[i + 1]] for i in range(0, len(borders), 2)]

    assert borders == sorted(borders)
    assert "".join(between).strip() == ""
    assert all(text[span.start : span.end].strip() for span in spans)


@pytest.mark.parametrize("mark", [".", "!", ".'", ".)", "'", "…", ". "])
def test_sentences_of_stops_without_end_are_found_in_one_pass(mark):
    text = mark * 50_000 + "x"
    began = time.process_time()

    spans = selectors.sentences(text)

    assert spans[-1].end == len(text)
    assert time.process_time() - began < 2


# Text, and the offsets at which a run may not begin or end: inside what is read as one character.
@pytest.mark.parametrize(
    ("text", "inside"),
    [
        ("abc", set()),
        ("a🙂b", set()),
        (f"a{FAMILY}b", {2, 3, 4, 5}),
        ("aq\u0303b", {2}),
        ("a👍🏽b", {2}),
        ("a❤\ufe0fb", {2}),
        ("1\ufe0f\u20e3", {1, 2}),
        ("a🇩🇪🇫🇷b", {2, 4}),
        ("நி", {1}),
    ],
)
def test_grapheme_safe_is_not_inside_what_reads_as_one_character(text, inside):
    found = {at for at in range(len(text) + 1) if not selectors.grapheme_safe(text, 0, at)}

    assert found == inside
