"""Anchors over a revision: what stays, what moves, what is edited, and what no longer stands anywhere."""

import time
import unicodedata

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from annotations.reanchoring import Alignment, Anchor, Origin, Place, Text, paragraph_keys, reanchor
from annotations.selectors import grapheme_safe, select

RENT = (
    "Rents rose faster than wages in every coastal town last year. "
    "The council froze them for twelve months, and landlords answered by selling."
)
GRID = "The grid needs storage before it needs turbines. Batteries are cheap now."
LONG = (
    "The northern grid needs cheap storage long before anybody orders more offshore turbines. "
    "Batteries are cheap now."
)
FISH = "Quotas keep the herring alive. Fishers who break them lose the boat."


def anchored(key, text, quote, *, made=False):
    at = select(text, text.index(quote), text.index(quote) + len(quote))
    origin = Origin(key, at.start, at.end, at.exact, at.prefix, at.suffix) if made else None
    return Anchor(key, at.start, at.end, at.exact, at.prefix, at.suffix, origin)


def texts(**paragraphs):
    return [Text(key, text) for key, text in paragraphs.items()]


def carry(old, new, *anchors):
    return reanchor(Alignment(old, new), anchors)


def result(outcome):
    return outcome.state, [(place.key, place.exact) for place in outcome.places]


def test_anchor_in_unchanged_paragraph_stays_even_inside_a_word():
    old = texts(a=RENT, b=GRID)

    (outcome,) = carry(old, [Text("b", GRID), Text("a", RENT)], Anchor("a", 2, 9, RENT[2:9]))

    assert (outcome.state, outcome.confidence, outcome.method) == ("kept", 1.0, "unchanged")
    assert outcome.places == (Place("a", 2, 9, RENT[2:9]),)


def test_anchor_behind_an_insertion_shifts_and_is_kept():
    new = "Last winter was mild. " + RENT

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "every coastal town"))

    assert (outcome.state, outcome.confidence, outcome.method) == ("kept", 1.0, "paragraph")
    assert outcome.places == (Place("a", 54, 72, "every coastal town"),)


def test_anchor_behind_an_insertion_keeps_its_border_inside_a_word():
    new = "Last winter was mild. " + RENT

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "oastal tow"))

    assert result(outcome) == ("kept", [("a", "oastal tow")])


def test_anchor_inside_a_word_whose_case_changed_is_taken_whole():
    new = RENT.replace("coastal", "Coastal")

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "oastal"))

    assert result(outcome) == ("edited", [("a", "Coastal")])


def test_anchor_with_new_punctuation_only_is_kept():
    new = RENT.replace("months, and", "months – and")

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "twelve months, and"))

    assert result(outcome) == ("kept", [("a", "twelve months – and")])


def test_anchor_with_a_replaced_word_is_edited_by_the_share_that_stands():
    new = RENT.replace("coastal", "inland")

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "every coastal town"))

    assert result(outcome) == ("edited", [("a", "every inland town")])
    assert outcome.confidence == pytest.approx(9 / 16)


def test_anchor_with_an_inserted_word_is_edited_and_less_than_certain():
    new = RENT.replace("every coastal", "nearly every coastal").replace("town", "old town")

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "every coastal town"))

    assert result(outcome) == ("edited", [("a", "every coastal old town")])
    assert outcome.confidence == pytest.approx(16 / 19, abs=1e-4)


def test_anchor_on_a_corrected_word_is_edited():
    old = RENT.replace("council", "counsil")

    (outcome,) = carry(texts(a=old), texts(a=RENT), anchored("a", old, "counsil"))

    assert result(outcome) == ("edited", [("a", "council")])


def test_anchor_on_a_replaced_word_is_orphaned():
    new = RENT.replace("council", "mayor")

    (outcome,) = carry(texts(a=RENT), texts(a=new), anchored("a", RENT, "council"))

    assert (outcome.state, outcome.confidence, outcome.places) == ("orphaned", 0.0, ())


def test_anchor_on_deleted_words_is_not_put_on_their_repetition():
    old = "Rents rose in spring. Wages fell. Rents rose in autumn, and nobody asked why."
    new = "Wages fell. Rents rose in autumn, and nobody asked why."

    (first, second) = carry(
        texts(a=old),
        texts(a=new),
        Anchor("a", 0, 10, "Rents rose"),
        Anchor("a", 34, 44, "Rents rose"),
    )

    assert first.state == "orphaned"
    assert (second.state, second.places) == ("kept", (Place("a", 12, 22, "Rents rose"),))


def test_anchor_in_a_split_paragraph_goes_to_the_part_with_its_words():
    new = texts(a=RENT[62:], b=RENT[:61])

    (outcome,) = carry(texts(a=RENT), new, anchored("a", RENT, "every coastal town"))

    assert (outcome.method, *result(outcome)) == ("text", "moved", [("b", "every coastal town")])


def test_anchor_across_a_split_stands_on_both_parts():
    new = texts(b=RENT[:61], a=RENT[62:])

    (outcome,) = carry(texts(a=RENT), new, anchored("a", RENT, "town last year. The council froze"))

    assert result(outcome) == ("moved", [("b", "town last year."), ("a", "The council froze")])
    assert outcome.confidence == 1.0


def test_anchor_in_a_merged_paragraph_moves_with_its_words():
    new = texts(a=RENT + " " + GRID)

    (outcome,) = carry(texts(a=RENT, b=GRID), new, anchored("b", GRID, "Batteries are cheap"))

    assert result(outcome) == ("moved", [("a", "Batteries are cheap")])


def test_anchor_on_a_moved_sentence_moves_with_it():
    sentence = "Fishers who break them lose the boat."
    new = texts(a=f"{RENT} {sentence}", b=GRID, c="Quotas keep the herring alive.")

    (outcome,) = carry(texts(a=RENT, b=GRID, c=FISH), new, anchored("c", FISH, sentence))

    assert result(outcome) == ("moved", [("a", sentence)])


def test_anchor_on_a_whole_paragraph_follows_its_key():
    old, new = texts(a=RENT, b=GRID, c=FISH), texts(c=FISH, a=RENT.replace("coastal", "inland"))

    kept, edited, gone = carry(old, new, Anchor("c"), Anchor("a"), Anchor("b"))

    assert (kept.state, kept.places) == ("kept", (Place("c", None, None, None),))
    assert (edited.state, edited.places) == ("edited", (Place("a", None, None, None),))
    assert 0.9 < edited.confidence < 1
    assert (gone.state, gone.places) == ("orphaned", ())


def test_anchor_on_a_whole_merged_paragraph_moves_to_the_one_that_took_it_in():
    (outcome,) = carry(texts(a=RENT, b=GRID), [Text("a", RENT + " " + GRID)], Anchor("b"))

    assert (outcome.state, outcome.places) == ("moved", (Place("a", None, None, None),))


def test_orphan_whose_words_came_back_is_found_by_quote_and_context():
    quote = "Batteries are cheap"
    old = texts(a=RENT, b="The grid needs storage before it needs turbines.")
    made = anchored("b", GRID, quote)
    orphan = Anchor(None, None, None, made.exact, made.prefix, made.suffix)

    (outcome,) = carry(old, texts(a=RENT, b=GRID), orphan)

    assert (outcome.method, [place.exact for place in outcome.places]) == ("quote", [quote])


def test_orphan_whose_word_came_elsewhere_stays_one():
    made = anchored("b", GRID, "cheap")
    orphan = Anchor(None, None, None, made.exact, made.prefix, made.suffix)
    new = texts(a=RENT + " A cheap trick, some said.")

    (outcome,) = carry(texts(a=RENT), new, orphan)

    assert outcome.state == "orphaned"


def test_orphan_that_fits_two_places_equally_is_refused():
    made = anchored("b", GRID, "Batteries are cheap now")
    orphan = Anchor(None, None, None, made.exact, made.prefix, made.suffix)
    new = [Text("a", RENT), Text("b", GRID), Text("c", GRID)]

    (outcome,) = carry(texts(a=RENT), new, orphan)

    assert outcome.state == "orphaned"


def test_orphan_that_fits_two_places_equally_is_put_where_it_was_made():
    made = anchored("b", LONG, "anybody orders more offshore turbines", made=True)
    orphan = Anchor(None, None, None, "orders", "", "", made.origin)
    new = [Text("a", RENT), Text("c", LONG), Text("b", "So it is. " + LONG)]
    again = [Text("a", RENT), Text("c", LONG), Text("b", LONG)]

    (refused,) = carry(texts(a=RENT), new, orphan)
    (restored,) = carry(texts(a=RENT), again, orphan)

    assert refused.state == "orphaned"
    assert (restored.method, result(restored)) == ("restored", ("kept", [("b", made.exact)]))


def test_orphan_without_words_stays_one():
    for orphan in (Anchor(None), Anchor(None, exact=" ")):
        (outcome,) = carry(texts(a=RENT), texts(a=RENT, b=GRID), orphan)

        assert outcome.state == "orphaned"


def test_anchor_on_a_whole_paragraph_comes_back_with_the_key_it_was_made_on():
    made = Origin("b", None, None, "")
    merged, parted = texts(a=RENT + " " + GRID), texts(a=RENT, b=GRID)

    (restored,) = carry(merged, parted, Anchor("a", origin=made))
    (gone,) = carry(merged, texts(a=RENT), Anchor("a", origin=made))

    assert (restored.method, restored.places) == ("restored", (Place("b", None, None, None),))
    assert gone.places == (Place("a", None, None, None),)


def test_anchor_on_a_word_corrected_in_a_moved_sentence_moves_along():
    sentence = "The northern grid needs cheap storage long before it orders more offshore turbines."
    old = texts(a=f"{RENT} {sentence.replace('offshore', 'ofshore')}", b=FISH)
    new = texts(a=RENT, b=f"{sentence} {FISH}")

    (outcome,) = carry(old, new, anchored("a", old[0].text, "ofshore"))

    assert (outcome.method, *result(outcome)) == ("text", "edited", [("b", "offshore")])


def test_anchor_over_white_space_only_is_orphaned_when_its_paragraph_changes():
    (outcome,) = carry(texts(a="One two"), texts(a="One or two"), Anchor("a", 3, 4, " "))

    assert outcome.state == "orphaned"


@pytest.mark.parametrize(
    ("before", "after", "quote"),
    [
        (
            "Ask the 👩\u200d👩\u200d👧 first",
            "Always ask the 👩\u200d👩\u200d👧 first",
            "👩\u200d👩\u200d👧",
        ),
        ("यह हिन्दी वाक्य है", "अब यह हिन्दी वाक्य भी है", "हिन्दी वाक्य"),
        ("这个政策很好", "我认为这个政策很好", "政策"),
        ("הצעה זו טובה", "לדעתי הצעה זו טובה", "הצעה זו"),
    ],
)
def test_anchor_in_any_script_is_kept_on_its_characters(before, after, quote):
    (outcome,) = carry(texts(a=before), texts(a=after), anchored("a", before, quote))

    assert result(outcome) == ("kept", [("a", quote)])


# What holds for any text.

WORDS = [
    *[
        "the",
        "the",
        "of",
        "a",
        "rents",
        "quota",
        "levy",
        "grid",
        "council",
        "fish",
        "herring",
        "not",
    ],
    "naïve",
    "q\u0303a",
    "👍🏽",
]
sentence = st.lists(st.sampled_from(WORDS), min_size=1, max_size=8).map(" ".join)
essays = st.lists(
    st.lists(sentence, min_size=1, max_size=3).map(". ".join).map(lambda text: text + "."),
    min_size=1,
    max_size=5,
).map(lambda found: [unicodedata.normalize("NFC", text) for text in found])


@st.composite
def revised(draw):
    """An essay, another that shares much of it, and anchors on words of the first."""
    old = draw(essays)
    kept = draw(st.lists(st.sampled_from(old), max_size=4))
    new = draw(st.permutations([*kept, *draw(st.lists(sentence, min_size=1, max_size=2))]))
    before = [Text(f"old {place}", text) for place, text in enumerate(old)]
    keys = iter(range(99))
    after = [
        Text(key, text)
        for key, text in zip(
            paragraph_keys(before, new, new_key=lambda: f"new {next(keys)}"), new, strict=True
        )
    ]
    return before, after, [draw(_anchor(draw(st.sampled_from(before)))) for _ in range(4)]


def _anchor(paragraph):
    words = [at for at, char in enumerate(paragraph.text) if char not in " ."]
    return st.tuples(st.sampled_from(words), st.sampled_from(words)).map(
        lambda ends: anchored_at(paragraph, min(ends), max(ends) + 1)
    )


def anchored_at(paragraph, start, end):
    at = select(paragraph.text, start, end)
    origin = Origin(paragraph.key, start, end, at.exact, at.prefix, at.suffix)
    return Anchor(paragraph.key, start, end, at.exact, at.prefix, at.suffix, origin)


@settings(deadline=None)
@given(revised())
def test_any_anchor_of_an_unchanged_text_never_moves(case):
    before, _, anchors = case

    outcomes = carry(before, before, *anchors)

    assert [(one.state, one.confidence) for one in outcomes] == [("kept", 1.0)] * len(anchors)
    assert [one.places for one in outcomes] == [
        (Place(one.key, one.start, one.end, one.exact),) for one in anchors
    ]


@settings(deadline=None)
@given(revised())
def test_any_anchor_with_a_place_has_its_words_at_its_offsets(case):
    before, after, anchors = case
    by_key = {text.key: text.text for text in after}

    outcomes = carry(before, after, *anchors)

    places = [place for outcome in outcomes for place in outcome.places]
    assert [place.exact for place in places] == [
        by_key[place.key][place.start : place.end] for place in places
    ]
    assert all(place.exact.strip() for place in places)
    assert [outcome.state == "orphaned" for outcome in outcomes] == [
        not outcome.places for outcome in outcomes
    ]


@settings(deadline=None)
@given(revised())
def test_any_anchor_on_whole_characters_ends_on_whole_characters(case):
    before, after, anchors = case
    old = {text.key: text.text for text in before}
    new = {text.key: text.text for text in after}
    assume(all(grapheme_safe(old[one.key], one.start, one.end) for one in anchors))

    places = [place for one in carry(before, after, *anchors) for place in one.places]

    assert all(grapheme_safe(new[place.key], place.start, place.end) for place in places)


@settings(deadline=None)
@given(revised())
def test_any_anchors_in_another_order_have_the_same_outcomes(case):
    before, after, anchors = case

    assert carry(before, after, *reversed(anchors)) == carry(before, after, *anchors)[::-1]


@settings(deadline=None)
@given(revised())
def test_any_anchor_carried_forward_over_an_undone_revision_is_back_in_its_place(case):
    before, after, anchors = case
    keys = paragraph_keys(after, [text.text for text in before], earlier=before)
    again = [Text(key, text.text) for key, text in zip(keys, before, strict=True)]

    there = carry(before, after, *anchors)
    moved = [_next(after, anchor, one) for anchor, one in zip(anchors, there, strict=True)]
    back = carry(after, again, *moved)

    assume(keys == [text.key for text in before])
    assert [one.places for one in back] == [
        (Place(one.key, one.start, one.end, one.exact),) for one in anchors
    ]


def _next(after, anchor, outcome):
    """The anchor in the revision between; of several places the first stands for all."""
    if not outcome.places:
        return Anchor(None, None, None, anchor.exact, anchor.prefix, anchor.suffix, anchor.origin)
    place = outcome.places[0]
    text = next(text.text for text in after if text.key == place.key)
    at = select(text, place.start, place.end)
    return Anchor(place.key, at.start, at.end, at.exact, at.prefix, at.suffix, anchor.origin)


# What it costs.


def _long(words):
    return [Text(str(at), " ".join(words[at * 100 : at * 100 + 100])) for at in range(200)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (["word"] * 20_000, ["word"] * 19_990 + ["other"] * 10),
        ([f"a{at}" for at in range(20_000)], [f"b{at}" for at in range(20_000)]),
        ([f"a{at % 50}" for at in range(20_000)], [f"a{at * 7 % 50}" for at in range(20_000)]),
    ],
    ids=["one word", "nothing in common", "cycles"],
)
def test_alignment_of_hostile_texts_is_bounded(old, new):
    before, after = _long(old), _long(new)

    began = time.thread_time()
    paragraph_keys(before, [text.text for text in after])
    reanchor(Alignment(before, after), [Anchor("7", 10, 30, before[7].text[10:30])] * 500)

    assert time.thread_time() - began < 10


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 199), st.integers(0, 80))
def test_alignment_of_one_changed_word_leaves_every_other_paragraph(place, at):
    before = _long([f"w{number % 997}" for number in range(20_000)])[:20]
    place %= 20
    words = before[place].text.split()
    words[at] = "changed"
    after = [*before[:place], Text(str(place), " ".join(words)), *before[place + 1 :]]

    outcomes = carry(before, after, *[Anchor(text.key) for text in before])

    assert [one.state for one in outcomes] == [
        "edited" if number == place else "kept" for number in range(20)
    ]
