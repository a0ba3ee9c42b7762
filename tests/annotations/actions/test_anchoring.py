"""Targets become anchors: quotes found, offsets checked, and what the refusals offer instead."""

import uuid
from functools import partial

import pytest

from annotations.actions import Target
from annotations.actions.anchoring import MOST_TARGETS, anchors_for
from debate.core.errors import Conflict, Invalid
from tests.conftest import MARKS, PLAIN, REPEATS
from tests.expect import expect_refusal
from tests.factories.assignments import assignment_of
from tests.factories.essays import ParagraphFactory, essay_of

FAMILY = "👩‍👩‍👧"


@pytest.fixture
def place(assignment, paragraphs):
    """`place(number, …)`: the anchor that a target in the paragraph of that number becomes."""

    def make(number, **given):
        target = Target(paragraph_id=paragraphs[number - 1].pk, **given)
        (anchor,) = anchors_for(assignment.revision, [target])
        return anchor

    return make


def run(anchor):
    return anchor.start, anchor.end, anchor.exact, anchor.prefix, anchor.suffix


def test_anchor_without_words_is_on_the_whole_paragraph(place, paragraphs):
    anchor = place(1)

    assert (anchor.paragraph, anchor.revision) == (paragraphs[0], paragraphs[0].revision)
    assert run(anchor) == (None, None, None, "", "")
    assert (anchor.state, anchor.confidence) == ("created", 1.0)


def test_anchor_of_a_quote_is_where_the_words_stand(place):
    assert run(place(1, quote="Fairness")) == (
        48,
        56,
        "Fairness",
        PLAIN[16:48],
        ", not scarcity, moves people.",
    )


@pytest.mark.parametrize(
    ("number", "typed", "exact"),
    [
        (3, '"too much"', "“too much”"),
        (3, "paid “too  much”", "paid “too much”"),
        (3, FAMILY, FAMILY),
        (3, "Q\u0303uito", "Q\u0303uito"),
        (2, "council 🙂 voted", "council 🙂 voted"),
    ],
)
def test_anchor_of_words_typed_another_way_has_the_essays_words(number, typed, exact, place):
    anchor = place(number, quote=typed)

    assert anchor.exact == exact
    assert anchor.paragraph.text[anchor.start : anchor.end] == exact


@pytest.mark.parametrize("quote", ["", "council 🙂"])
def test_anchor_of_code_points_is_that_run(quote, place):
    anchor = place(2, start=4, end=13, quote=quote)

    assert (anchor.start, anchor.end, anchor.exact) == (4, 13, "council 🙂")


def test_anchor_of_a_browsers_utf16_offsets_is_turned_into_code_points(place):
    """Each emoji counts two in a browser: behind one, every offset is greater by one."""
    start = REPEATS.index("voted")

    anchor = place(2, start=start + 1, end=start + 6, quote="voted")

    assert (anchor.start, anchor.end, anchor.exact) == (start, start + 5, "voted")


def test_anchor_of_utf16_offsets_behind_the_end_in_code_points_is_found(seminar):
    """After many emoji even the start a browser counts lies behind the last code point."""
    assignment = assignment_of(essay_of("🙂" * 20 + " end", seminar=seminar))
    paragraph = assignment.revision.paragraphs.get()
    target = Target(paragraph_id=paragraph.pk, start=41, end=44, quote="end")

    (anchor,) = anchors_for(assignment.revision, [target])

    assert (anchor.start, anchor.end) == (21, 24)


# A selector that cannot be right: its members, and the one that the refusal names.
@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"start": -1, "end": 4}, "start"),
        ({"start": 4, "end": 4}, "end"),
        ({"start": 6, "end": 4}, "end"),
        ({"start": 0, "end": len(PLAIN) + 1}, "end"),
        ({"start": len(PLAIN), "end": len(PLAIN) + 1}, "start"),
        ({"start": 10**9, "end": 10**9 + 1}, "start"),
        ({"start": 0, "end": 10**9, "quote": "Cities"}, "end"),
        ({"start": 10**9, "end": 10**9 + 6, "quote": "Cities"}, "start"),
        ({"start": 3}, "end"),
        ({"end": 3}, "start"),
        ({"start": 3, "quote": "ies"}, "end"),
        ({"quote": "a\x00b"}, "quote"),
        ({"quote": "a\ud83d"}, "quote"),
        ({"quote": "Cities", "prefix": "\x00"}, "prefix"),
        ({"quote": "Cities", "suffix": "\udc00"}, "suffix"),
    ],
)
def test_anchor_of_offsets_that_cannot_be_names_the_member(given, field, place):
    expect_refusal(Invalid, partial(place, 1, **given), field=field)


@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_anchor_that_cuts_a_family_is_refused(cut, place):
    start = MARKS.index(FAMILY)

    expect_refusal(Invalid, partial(place, 3, start=start, end=start + cut), field="start")
    expect_refusal(Invalid, partial(place, 3, start=start + cut, end=start + 5), field="start")


def test_anchor_that_cuts_a_letter_from_its_mark_is_refused(place):
    start = MARKS.index("Q\u0303")

    expect_refusal(Invalid, partial(place, 3, start=start, end=start + 1), field="start")
    expect_refusal(Invalid, partial(place, 3, quote="A family 👩"), field="start")


def test_anchor_of_offsets_inside_an_emojis_two_units_is_refused(place):
    middle = REPEATS.index("🙂") + 1

    expect_refusal(
        Conflict, partial(place, 2, start=0, end=middle, quote="The council"), field="quote"
    )


def test_anchor_of_a_quote_that_repeats_is_refused_with_the_places(place):
    error = expect_refusal(
        Conflict, partial(place, 2, quote="the plan"), code="quote_repeats", field="quote"
    )

    first, second = REPEATS.index("the plan"), REPEATS.rindex("the plan")
    assert error.extra == {
        "places": [
            {
                "start": start,
                "end": start + 8,
                "exact": "the plan",
                "prefix": REPEATS[start - 32 : start],
                "suffix": REPEATS[start + 8 :][:32],
            }
            for start in (first, second)
        ]
    }


@pytest.mark.parametrize(
    ("context", "start"),
    [
        ({"prefix": "against "}, REPEATS.rindex("the plan")),
        ({"prefix": "once for "}, REPEATS.index("the plan")),
        ({"suffix": "."}, REPEATS.rindex("the plan")),
        ({"suffix": ", once"}, REPEATS.index("the plan")),
    ],
)
def test_anchor_of_a_quote_that_repeats_is_told_apart_by_its_surroundings(context, start, place):
    assert place(2, quote="the plan", **context).start == start


def test_anchor_of_a_quote_with_surroundings_of_elsewhere_is_still_found(place):
    assert place(1, quote="Fairness", prefix="nothing like it").start == 48


def test_anchor_of_a_quote_that_repeats_is_told_apart_by_offsets(place):
    start = REPEATS.rindex("the plan")

    assert place(2, quote="the plan", start=start, end=start + 8).start == start


def test_anchor_of_a_quote_that_stands_nowhere_offers_the_best_candidate(place):
    error = expect_refusal(
        Conflict,
        partial(place, 1, quote="Fairness, not shortage, moves people"),
        code="quote_not_found",
        field="quote",
    )

    assert error.extra["candidate"] == {
        "start": 48,
        "end": 84,
        "exact": "Fairness, not scarcity, moves people",
        "prefix": PLAIN[16:48],
        "suffix": ".",
        "similarity": error.extra["candidate"]["similarity"],
    }
    assert 0.7 < error.extra["candidate"]["similarity"] < 1


def test_anchor_of_a_quote_that_stands_elsewhere_than_said_offers_where_it_stands(place):
    error = expect_refusal(
        Conflict, partial(place, 1, quote="Fairness", start=0, end=8), code="quote_not_found"
    )

    candidate = error.extra["candidate"]
    assert (candidate["start"], candidate["end"], candidate["similarity"]) == (48, 56, 1.0)


def test_anchor_of_words_like_nothing_there_offers_nothing(place):
    error = expect_refusal(Conflict, partial(place, 1, quote="zzzz qqqq xxxx"))

    assert error.extra == {"candidate": None}


def test_anchors_stand_in_the_order_of_the_text(assignment, paragraphs):
    targets = [
        Target(paragraph_id=paragraphs[2].pk),
        Target(paragraph_id=paragraphs[0].pk, quote="people"),
        Target(paragraph_id=paragraphs[0].pk, quote="Cities"),
    ]

    anchors = anchors_for(assignment.revision, targets)

    assert [(one.position, one.paragraph.number, one.exact) for one in anchors] == [
        (0, 1, "Cities"),
        (1, 1, "people"),
        (2, 3, None),
    ]


def test_anchors_refusal_names_the_target_by_its_place_in_the_input(assignment, paragraphs):
    targets = [
        Target(paragraph_id=paragraphs[0].pk, field="anchors.0"),
        Target(paragraph_id=paragraphs[1].pk, quote="no such", field="anchors.1"),
    ]

    expect_refusal(
        Conflict, partial(anchors_for, assignment.revision, targets), field="anchors.1.quote"
    )


def test_anchor_on_an_unknown_paragraph_is_refused(assignment):
    target = Target(paragraph_id=uuid.uuid4())

    expect_refusal(Invalid, partial(anchors_for, assignment.revision, [target]), field="paragraph")


def test_anchor_on_a_paragraph_of_another_essay_is_refused_like_an_unknown_one(assignment):
    theirs = Target(paragraph_id=ParagraphFactory().pk)
    nobodys = Target(paragraph_id=uuid.uuid4())

    refusals = {
        expect_refusal(Invalid, partial(anchors_for, assignment.revision, [one])).sentence
        for one in (theirs, nobodys)
    }

    assert len(refusals) == 1


@pytest.mark.parametrize("kind", ["heading", "break", "byline", "note"])
def test_anchor_on_a_paragraph_without_number_is_refused(kind, assignment):
    heading = ParagraphFactory(revision=assignment.revision, position=9, kind=kind)

    expect_refusal(
        Invalid,
        partial(anchors_for, assignment.revision, [Target(paragraph_id=heading.pk)]),
        field="paragraph",
    )


@pytest.mark.parametrize("kind", ["body", "quote", "list_item"])
def test_anchor_on_each_numbered_kind_is_taken(kind, assignment):
    one = ParagraphFactory(revision=assignment.revision, position=9, kind=kind)

    (anchor,) = anchors_for(assignment.revision, [Target(paragraph_id=one.pk)])

    assert anchor.paragraph == one


def test_anchors_beyond_the_most_are_refused(assignment, paragraphs):
    targets = [Target(paragraph_id=paragraphs[0].pk)] * (MOST_TARGETS + 1)

    expect_refusal(Invalid, partial(anchors_for, assignment.revision, targets), field="anchors")
    assert len(anchors_for(assignment.revision, targets[:-1])) == MOST_TARGETS


def test_anchors_ask_the_database_once(assignment, paragraphs, django_assert_num_queries):
    targets = [Target(paragraph_id=one.pk) for one in paragraphs]

    with django_assert_num_queries(1):
        anchors_for(assignment.revision, targets)
