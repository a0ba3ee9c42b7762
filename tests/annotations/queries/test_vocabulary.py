"""Labels for keys, what there is to offer, and what a version of the vocabulary changed."""

import pytest
from django.utils import timezone

from annotations.models import VocabularyVersion
from annotations.queries import ReadingFilters, reading_page
from annotations.queries.vocabulary import (
    Difference,
    TagLabel,
    differences,
    paragraph_tags,
    tag_labels,
    tags_to_offer,
)
from tests.factories.annotations import (
    ParagraphTagFactory,
    TagFactory,
    VocabularyFactory,
    annotation_on,
)


@pytest.fixture
def harms(seminar):
    return TagFactory(
        vocabulary=VocabularyFactory(seminar=seminar),
        key="harms",
        label="Harms",
        definition="What is wrong.",
    )


def test_labels_of_keys_are_the_vocabularys_and_of_words_themselves(
    student, seminar, other_seminar, harms
):
    TagFactory(vocabulary__seminar=other_seminar, key="water", label="Foreign")

    assert tag_labels(student, seminar, ["harms", "water"]) == {
        "harms": TagLabel("harms", "Harms", "What is wrong."),
        "water": TagLabel("water", "water"),
    }


def test_labels_are_keys_to_whoever_may_not_read_the_vocabulary(
    outsider, anonymous, seminar, harms
):
    shown = {"harms": TagLabel("harms", "harms")}

    assert tag_labels(outsider, seminar, ["harms"]) == shown
    assert tag_labels(anonymous, seminar, ["harms"]) == shown


def test_labels_of_nothing_ask_nothing(student, seminar, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert tag_labels(student, seminar, []) == {}


def test_offer_of_no_vocabulary_is_empty_and_open(seminar):
    offer = tags_to_offer(seminar, [])

    assert (offer.tags, offer.is_closed) == ([], False)


def test_offer_has_retired_tags_only_for_what_has_them(seminar, harms):
    retired = TagFactory(vocabulary=harms.vocabulary, position=1, retired_at=timezone.now())

    assert tags_to_offer(seminar, []).tags == [harms]
    assert tags_to_offer(seminar, [retired.key]).tags == [harms, retired]


def test_tags_of_paragraphs_stand_in_the_vocabularys_order(
    student, outsider, assignment, paragraphs, harms
):
    first = TagFactory(vocabulary=harms.vocabulary, label="Agency")
    for tag in (harms, first):
        ParagraphTagFactory(assignment=assignment, tag=tag)

    [(key, labels)] = paragraph_tags(student, assignment).items()

    assert key == paragraphs[0].key
    assert [one.label for one in labels] == ["Agency", "Harms"]
    assert paragraph_tags(outsider, assignment) == {}


# -- the reading page -----------------------------------------------------------------------------


def test_reading_page_counts_tags_and_shows_those_of_one(student, assignment, paragraphs, harms):
    tagged = annotation_on(paragraphs[0], assignment=assignment, tags=["harms", "Water"])
    annotation_on(paragraphs[0], assignment=assignment, tags=["Water"])
    annotation_on(paragraphs[0], assignment=assignment, tags=["secret"], audience="private")

    page = reading_page(user=student, assignment=assignment, filters=ReadingFilters(tag="harms"))

    assert [(one.label, one.count, one.is_chosen) for one in page.choices.tags] == [
        ("Water", 2, False),
        ("Harms", 1, True),
    ]
    [card] = page.paragraphs[0].cards
    assert (card.id, [tag.label for tag in card.tags]) == (str(tagged.pk), ["Harms", "Water"])


def test_reading_page_of_a_tag_that_nothing_has_is_bare(student, assignment, paragraphs):
    annotation_on(paragraphs[0], assignment=assignment)

    page = reading_page(user=student, assignment=assignment, filters=ReadingFilters(tag="none"))

    assert page.is_bare
    assert [(one.label, one.count, one.is_chosen) for one in page.choices.tags] == [
        ("none", 0, True)
    ]


# -- differences ----------------------------------------------------------------------------------


def version(*entries, is_closed=False):
    return VocabularyVersion(entries=list(entries), is_closed=is_closed)


def entry(key, **members):
    texts = {"label": key.title(), "definition": "", "example": "", "counter_example": ""}
    return {"key": key, **texts, "is_retired": False, **members}


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (None, version(entry("harms")), [Difference("Added", "Harms")]),
        (
            version(),
            version(entry("harms", definition="Wrong.")),
            [Difference("Added", "Harms", after="Wrong.")],
        ),
        (
            version(entry("harms")),
            version(entry("harms", label="Harm", counter_example="No.")),
            [
                Difference("Changed the label of", "Harm", "Harms", "Harm"),
                Difference("Changed the counter-example of", "Harm", "", "No."),
            ],
        ),
        (
            version(entry("harms")),
            version(entry("harms", is_retired=True)),
            [Difference("Retired", "Harms")],
        ),
        (
            version(entry("harms", is_retired=True)),
            version(entry("harms")),
            [Difference("Restored", "Harms")],
        ),
        (
            version(entry("harms"), entry("plan")),
            version(entry("plan"), entry("harms")),
            [Difference("Put into another order")],
        ),
        (None, version(is_closed=True), [Difference("Closed: only its own tags are taken")]),
        (
            version(is_closed=True),
            version(),
            [Difference("Opened: other words are taken as well")],
        ),
        (None, version(), []),
    ],
)
def test_differences_between_two_versions_are_told(before, after, expected):
    assert differences(before, after) == expected
