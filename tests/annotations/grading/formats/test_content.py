"""What a rubric says as a value: keys, hashes, points and differences in words."""

from dataclasses import replace
from decimal import Decimal
from uuid import UUID

import pytest

from annotations.grading import enums
from annotations.grading.formats import content as words
from annotations.grading.formats.content import (
    CriterionContent,
    LevelContent,
    RubricContent,
    content_hash,
    differences,
    number,
    structure_hash,
    with_keys,
)

LOW = LevelContent(title="Weak", points=Decimal(0), key=UUID(int=11))
HIGH = LevelContent(title="Strong", points=Decimal(3), key=UUID(int=12))
CLAIM = CriterionContent(title="Claim", tag="claim", levels=(LOW, HIGH), key=UUID(int=1))
STYLE = CriterionContent(title="Style", kind="range", points=Decimal(4), key=UUID(int=2))
RUBRIC = RubricContent(criteria=(CLAIM, STYLE))


def rubric(*criteria):
    return RubricContent(criteria=criteria)


def test_words_are_those_of_the_rows():
    assert list(words.KINDS) == enums.CriterionKind.values
    assert list(words.TAGS) == enums.CriterionTag.values


@pytest.mark.parametrize(
    ("criterion", "most"),
    [
        (CLAIM, 3),
        (STYLE, 4),
        (replace(CLAIM, kind="checks"), 3),
        (replace(CLAIM, kind="checks", levels=(LOW, replace(HIGH, points=Decimal(-1)))), 0),
        (replace(STYLE, kind="feedback"), 0),
        (replace(STYLE, kind="completion"), 4),
    ],
    ids=["levels", "range", "checks", "minus", "feedback", "completion"],
)
def test_criterion_gives_at_most(criterion, most):
    assert criterion.most == most


def test_rubric_gives_points_times_weight():
    assert rubric(replace(CLAIM, weight=Decimal("2.5")), STYLE).points == Decimal("11.5")


def test_keys_that_are_there_stay():
    assert with_keys(RUBRIC) == RUBRIC


def test_what_has_no_key_takes_that_of_its_title():
    bare = rubric(
        replace(CLAIM, title="claim", key=None, levels=(replace(LOW, key=None),)),
        replace(STYLE, title="Tone", key=None),
    )

    claim, tone = with_keys(bare, RUBRIC).criteria

    assert (claim.key, claim.levels[0].key) == (CLAIM.key, LOW.key)
    assert tone.key not in {CLAIM.key, STYLE.key, None}


def test_key_of_a_title_is_taken_once():
    twins = rubric(replace(CLAIM, key=None), replace(CLAIM, key=None))

    first, second = (one.key for one in with_keys(twins, RUBRIC).criteria)

    assert first == CLAIM.key
    assert second not in {CLAIM.key, None}


def test_hash_of_content_holds_every_word():
    changed = [
        replace(CLAIM, title="Thesis"),
        replace(CLAIM, tag="rebuttal"),
        replace(CLAIM, student_text="Say it."),
        replace(CLAIM, marker_text="Look."),
        replace(CLAIM, requires_citation=True),
        replace(CLAIM, weight=Decimal(2)),
        replace(CLAIM, levels=(LOW, replace(HIGH, description="Clear."))),
        replace(CLAIM, levels=(HIGH, LOW)),
    ]

    hashes = {content_hash(rubric(one, STYLE)) for one in (CLAIM, *changed)}

    assert len(hashes) == 9
    assert content_hash(rubric(STYLE, CLAIM)) not in hashes


def test_hash_of_structure_holds_what_moves_points_alone():
    same = [
        rubric(STYLE, CLAIM),
        rubric(replace(CLAIM, title="Thesis", tag="", marker_text="Look."), STYLE),
        rubric(replace(CLAIM, levels=(HIGH, replace(LOW, title="Poor"))), STYLE),
    ]
    other = [
        rubric(replace(CLAIM, weight=Decimal(2)), STYLE),
        rubric(replace(CLAIM, levels=(LOW, replace(HIGH, points=Decimal(2)))), STYLE),
        rubric(replace(CLAIM, kind="checks"), STYLE),
        rubric(CLAIM),
    ]

    assert {structure_hash(one) for one in same} == {structure_hash(RUBRIC)}
    assert structure_hash(RUBRIC) not in {structure_hash(one) for one in other}


def test_hash_knows_a_number_however_it_is_written():
    assert content_hash(rubric(replace(CLAIM, weight=Decimal("1.00")), STYLE)) == content_hash(
        RUBRIC
    )


@pytest.mark.parametrize(
    ("value", "text"), [("2.50", "2.5"), ("10", "10"), ("-0.10", "-0.1"), ("1E+2", "100")]
)
def test_number_is_written_plainly(value, text):
    assert number(Decimal(value)) == text


@pytest.mark.parametrize(
    ("after", "told"),
    [
        (RUBRIC, []),
        (rubric(CLAIM), ["“Style” is gone."]),
        (rubric(STYLE, CLAIM), ["The criteria stand in another order."]),
        (rubric(replace(CLAIM, title="Thesis"), STYLE), ["“Claim” is called “Thesis” now."]),
        (
            rubric(replace(CLAIM, tag="", weight=Decimal(2), student_text="Say it."), STYLE),
            [
                "“Claim”: the tag has changed from claim to none.",
                "“Claim”: the weight has changed from 1 to 2.",
                "“Claim”: the text for students has changed.",
            ],
        ),
        (
            rubric(replace(CLAIM, requires_citation=True, marker_text="Look."), STYLE),
            ["“Claim”: the text for markers has changed.", "“Claim” demands a citation."],
        ),
        (
            rubric(replace(CLAIM, levels=(LOW, replace(HIGH, points=Decimal(1)))), STYLE),
            [
                "“Claim” gives 1 point instead of 3.",
                "“Claim”: “Strong” gives 1 point instead of 3.",
            ],
        ),
        (
            rubric(
                replace(
                    CLAIM,
                    levels=(
                        HIGH,
                        replace(LOW, title="Poor", description="No claim."),
                        LevelContent(title="Some", points=Decimal(1), key=UUID(int=13)),
                    ),
                ),
                STYLE,
            ),
            [
                "“Claim”: “Weak” is called “Poor” now.",
                "“Claim”: the description of “Poor” has changed.",
                "“Claim”: “Some” is new, with 1 point.",
                "“Claim”: the levels stand in another order.",
            ],
        ),
        (
            rubric(CLAIM, STYLE, replace(STYLE, title="Tone", key=UUID(int=3))),
            ["“Tone” is new, with 4 points."],
        ),
        (
            rubric(replace(CLAIM, levels=(HIGH,)), STYLE),
            ["“Claim”: “Weak” is gone."],
        ),
        (
            rubric(CLAIM, replace(STYLE, kind="completion")),
            ["“Style”: the kind has changed from range to completion."],
        ),
    ],
    ids=[
        "nothing", "gone", "order", "title", "members", "citation", "points", "levels", "new",
        "level", "kind",
    ],
)  # fmt: skip
def test_difference_is_told_in_words(after, told):
    assert differences(RUBRIC, after) == told


def test_citation_no_longer_demanded_is_told():
    before = rubric(replace(CLAIM, requires_citation=True))

    assert differences(before, rubric(CLAIM)) == ["“Claim” no longer demands a citation."]
