"""Which tags an annotation keeps, and the tags of paragraphs."""

import uuid

import pytest
from django.utils import timezone

from annotations.actions import Content, create_annotation, edit_annotation
from annotations.actions.tags import (
    give_paragraph_tag,
    tag_paragraph,
    take_off_paragraph_tag,
    take_tags,
)
from annotations.models import Change, ParagraphTag
from debate.core.errors import Invalid, Missing, NotAllowed
from tests.expect import expect_refusal
from tests.factories.annotations import (
    AnnotationFactory,
    ParagraphTagFactory,
    TagFactory,
    VocabularyFactory,
)
from tests.factories.essays import ParagraphFactory, RevisionFactory


@pytest.fixture
def vocabulary(seminar):
    return VocabularyFactory(seminar=seminar)


@pytest.fixture
def harms(vocabulary):
    return TagFactory(vocabulary=vocabulary, key="harms", label="Harms and needs")


@pytest.fixture
def retired(vocabulary):
    return TagFactory(vocabulary=vocabulary, key="old", label="Old word", retired_at=timezone.now())


# -- annotations --------------------------------------------------------------------------------


@pytest.mark.parametrize("given", ["harms", "HARMS", "Harms and needs", " harms  and needs"])
def test_take_key_or_label_of_the_vocabulary_gives_the_key(given, seminar, harms):
    assert take_tags(seminar, [given]) == ["harms"]


def test_take_other_words_beside_an_open_vocabulary_keeps_them(seminar, harms):
    assert take_tags(seminar, ["Water", "harms", "water"]) == ["Water", "harms"]


def test_take_other_words_beside_a_closed_vocabulary_is_refused(seminar, vocabulary, harms):
    vocabulary.is_closed = True
    vocabulary.save()

    expect_refusal(Invalid, lambda: take_tags(seminar, ["Water"]), field="tags")


def test_take_retired_tag_gives_it_anew_as_a_mere_word(seminar, retired):
    assert take_tags(seminar, ["Old word"]) == ["Old word"]


def test_take_retired_tag_or_free_word_that_it_had_keeps_it(seminar, vocabulary, retired):
    vocabulary.is_closed = True
    vocabulary.save()

    assert take_tags(seminar, ["old word", "water"], had=["old", "Water"]) == ["old", "Water"]


def test_take_more_than_ten_is_refused(seminar):
    expect_refusal(Invalid, lambda: take_tags(seminar, [str(n) for n in range(11)]), field="tags")


def test_edit_keeps_a_tag_that_was_retired_meanwhile(student, assignment, vocabulary, retired):
    vocabulary.is_closed = True
    vocabulary.save()
    note = AnnotationFactory(assignment=assignment, author=student, tags=["old"])

    edited = edit_annotation(
        actor=student,
        annotation_id=note.pk,
        content=Content(kind="comment", body="Other words.", tags=("old",)),
    )

    assert edited.tags == ["old"]


def test_create_with_a_retired_tag_in_a_closed_vocabulary_is_refused(
    student, assignment, vocabulary, retired
):
    vocabulary.is_closed = True
    vocabulary.save()

    expect_refusal(
        Invalid,
        lambda: create_annotation(
            actor=student,
            assignment_id=assignment.pk,
            content=Content(kind="comment", body="Words.", tags=("old",)),
            parent_id=AnnotationFactory(assignment=assignment).pk,
        ),
        field="tags",
    )


# -- paragraphs ---------------------------------------------------------------------------------


@pytest.fixture
def tagged(assignment, paragraphs, harms):
    """The first paragraph's tag."""
    return ParagraphTagFactory(assignment=assignment, tag=harms)


def tags_of(paragraph):
    return [one.tag.key for one in ParagraphTag.objects.filter(paragraph_key=paragraph.key)]


@pytest.mark.parametrize("role", ["assistant", "instructor"])
def test_tag_paragraph_gives_exactly_these(
    role, assignment, paragraphs, vocabulary, tagged, request
):
    actor = request.getfixturevalue(role)
    plan = TagFactory(vocabulary=vocabulary, key="plan")

    tag_paragraph(
        actor=actor,
        assignment_id=assignment.pk,
        paragraph_key=paragraphs[0].key,
        tag_ids=[plan.pk],
    )

    assert tags_of(paragraphs[0]) == ["plan"]
    assert list(Change.objects.values_list("type", "op", "counter", "audience_after")) == [
        ("paragraph_tag", "withdraw", 1, "seminar"),
        ("paragraph_tag", "create", 2, "seminar"),
    ]


def test_tag_paragraph_with_what_it_has_changes_nothing(
    assignment, paragraphs, tagged, harms, instructor
):
    harms.retired_at = timezone.now()
    harms.save()

    tag_paragraph(
        actor=instructor,
        assignment_id=assignment.pk,
        paragraph_key=paragraphs[0].key,
        tag_ids=[harms.pk],
    )

    assert tags_of(paragraphs[0]) == ["harms"]
    assert Change.objects.count() == 0


def test_give_tag_twice_gives_it_once(assignment, paragraphs, harms, instructor):
    first, second = (
        give_paragraph_tag(
            actor=instructor,
            assignment_id=assignment.pk,
            paragraph_key=paragraphs[1].key,
            tag_id=harms.pk,
        )
        for _ in range(2)
    )

    assert first == second
    assert Change.objects.count() == 1


def test_give_tag_to_a_paragraph_follows_its_key(assignment, paragraphs, harms, instructor):
    second = RevisionFactory(essay=assignment.essay, number=2)
    later = ParagraphFactory(revision=second, key=paragraphs[0].key)
    assignment.revision = second
    assignment.save()

    give_paragraph_tag(
        actor=instructor, assignment_id=assignment.pk, paragraph_key=later.key, tag_id=harms.pk
    )

    assert tags_of(paragraphs[0]) == tags_of(later) == ["harms"]


@pytest.mark.parametrize(
    ("key", "tag", "field"),
    [
        ("none", "harms", "paragraph"),
        ("first", "none", "tag"),
        ("first", "retired", "tag"),
        ("first", "foreign", "tag"),
    ],
)
def test_give_what_is_not_of_the_seminar_is_refused(
    key, tag, field, assignment, paragraphs, harms, retired, other_seminar, instructor
):
    keys = {"first": paragraphs[0].key, "none": uuid.uuid4()}
    tags = {
        "harms": harms.pk,
        "retired": retired.pk,
        "none": uuid.uuid4(),
        "foreign": TagFactory(vocabulary__seminar=other_seminar).pk,
    }

    expect_refusal(
        Invalid,
        lambda: give_paragraph_tag(
            actor=instructor,
            assignment_id=assignment.pk,
            paragraph_key=keys[key],
            tag_id=tags[tag],
        ),
        field=field,
    )


def test_take_off_takes_the_tag_off(assignment, paragraphs, tagged, assistant):
    take_off_paragraph_tag(actor=assistant, assignment_id=assignment.pk, paragraph_tag_id=tagged.pk)

    assert tags_of(paragraphs[0]) == []


def test_take_off_what_is_not_there_is_missing(assignment, assistant):
    expect_refusal(
        Missing,
        lambda: take_off_paragraph_tag(
            actor=assistant, assignment_id=assignment.pk, paragraph_tag_id=uuid.uuid4()
        ),
    )


ACTS = {
    "tag": lambda actor, given: tag_paragraph(
        actor=actor,
        assignment_id=given.assignment_id,
        paragraph_key=given.paragraph_key,
        tag_ids=[],
    ),
    "give": lambda actor, given: give_paragraph_tag(
        actor=actor,
        assignment_id=given.assignment_id,
        paragraph_key=given.paragraph_key,
        tag_id=given.tag_id,
    ),
    "take off": lambda actor, given: take_off_paragraph_tag(
        actor=actor, assignment_id=given.assignment_id, paragraph_tag_id=given.pk
    ),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["student", "observer"])
def test_paragraphs_are_not_tagged_by(role, act, tagged, request):
    expect_refusal(NotAllowed, lambda: ACTS[act](request.getfixturevalue(role), tagged))


@pytest.mark.parametrize("act", ACTS)
def test_paragraphs_of_another_seminar_are_missing(act, tagged, outsider):
    expect_refusal(Missing, lambda: ACTS[act](outsider, tagged))


@pytest.mark.parametrize("act", ACTS)
def test_paragraphs_of_an_archived_seminar_are_not_tagged(act, tagged, seminar, instructor):
    seminar.archived_at = timezone.now()
    seminar.save()

    expect_refusal(NotAllowed, lambda: ACTS[act](instructor, tagged))
