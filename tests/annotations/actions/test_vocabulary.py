"""What changes a seminar's vocabulary, and that each change is kept."""

import uuid

import pytest

from annotations.actions.vocabulary import (
    add_tag,
    change_tag,
    close_vocabulary,
    copy_preset,
    move_tag,
    restore_tag,
    retire_tag,
)
from annotations.models import Vocabulary, VocabularyVersion
from annotations.presets import PRESETS, TagDraft
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, Stale
from tests.expect import expect_refusal
from tests.factories.annotations import TagFactory

HARMS = TagDraft("Harms", "What is wrong.", "People thirst.", "It could be better.")


@pytest.fixture
def vocabulary(seminar, instructor):
    add_tag(actor=instructor, seminar=seminar, draft=HARMS)
    return Vocabulary.objects.get()


@pytest.fixture
def tag(vocabulary):
    return vocabulary.tags.get()


def labels(vocabulary):
    return [tag.label for tag in vocabulary.tags.all()]


def test_add_first_tag_begins_the_vocabulary_and_keeps_it(vocabulary, tag, instructor):
    kept = VocabularyVersion.objects.get()

    assert (vocabulary.version, tag.key, tag.label) == (1, "harms", "Harms")
    assert (kept.version, kept.by, kept.is_closed) == (1, instructor, False)
    assert kept.entries == [
        {
            "key": "harms",
            "label": "Harms",
            "definition": "What is wrong.",
            "example": "People thirst.",
            "counter_example": "It could be better.",
            "is_retired": False,
        }
    ]


def test_add_another_tag_stands_last_and_raises_the_version(vocabulary, seminar, instructor):
    add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Agency"))

    vocabulary.refresh_from_db()
    assert labels(vocabulary) == ["Harms", "Agency"]
    assert vocabulary.version == 2
    assert [len(one.entries) for one in vocabulary.history.all()] == [2, 1]


@pytest.mark.parametrize(
    ("label", "key"),
    [
        ("Source expertise", "source-expertise"),
        ("Harms!", "harms-2"),
        ("論拠", "論拠"),
        ("x" * 50, "x" * 46),
    ],
)
def test_add_key_is_made_of_the_label_and_free(label, key, vocabulary, seminar, instructor):
    assert add_tag(actor=instructor, seminar=seminar, draft=TagDraft(label)).key == key


@pytest.mark.parametrize(
    ("draft", "error", "field"),
    [
        (TagDraft(" "), Invalid, "label"),
        (TagDraft("x" * 51), Invalid, "label"),
        (TagDraft("!!"), Invalid, "label"),
        (TagDraft("One, two"), Invalid, "label"),
        (TagDraft("Other", "x" * 1_001), Invalid, "definition"),
        (TagDraft("Other", example="x" * 1_001), Invalid, "example"),
        (TagDraft("Other", counter_example="\x00"), Invalid, "counter_example"),
        (TagDraft("HARMS"), Conflict, "label"),
    ],
)
def test_add_what_cannot_be_a_tag_is_refused(draft, error, field, vocabulary, seminar, instructor):
    expect_refusal(
        error, lambda: add_tag(actor=instructor, seminar=seminar, draft=draft), field=field
    )

    vocabulary.refresh_from_db()
    assert vocabulary.version == 1


def test_add_label_of_a_retired_tag_says_to_restore_it(tag, seminar, instructor):
    retire_tag(actor=instructor, tag_id=tag.pk)

    error = expect_refusal(
        Conflict, lambda: add_tag(actor=instructor, seminar=seminar, draft=HARMS)
    )

    assert error.sentence == "There is a tag “Harms” already, which is retired: restore it."


def test_add_more_than_a_vocabulary_holds_is_refused(vocabulary, seminar, instructor):
    TagFactory.create_batch(199, vocabulary=vocabulary)

    expect_refusal(
        Invalid, lambda: add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Last"))
    )


def test_change_keeps_the_key_and_what_is_not_given(tag, instructor):
    changed = change_tag(actor=instructor, tag_id=tag.pk, label="Harm", example="None.", version=1)

    tag.refresh_from_db()
    assert (tag.key, tag.label, tag.definition) == ("harms", "Harm", "What is wrong.")
    assert changed.vocabulary.version == 2
    assert changed.vocabulary.history.first().entries[0]["example"] == "None."


def test_change_that_changes_nothing_is_not_kept(tag, instructor):
    changed = change_tag(actor=instructor, tag_id=tag.pk, label="Harms")

    assert changed.vocabulary.version == 1


def test_change_of_an_older_version_is_refused(tag, instructor, seminar):
    add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Agency"))

    error = expect_refusal(
        Stale, lambda: change_tag(actor=instructor, tag_id=tag.pk, label="Harm", version=1)
    )

    assert error.extra == {"current_version": 2}


def test_change_to_the_label_of_another_is_refused(tag, instructor, seminar):
    add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Agency"))

    expect_refusal(
        Conflict,
        lambda: change_tag(actor=instructor, tag_id=tag.pk, label="agency"),
        field="label",
    )


@pytest.mark.parametrize(
    ("by", "order", "version"),
    [
        (1, ["Agency", "Harms", "Plan"], 4),
        (-1, ["Harms", "Agency", "Plan"], 3),
        (9, ["Agency", "Plan", "Harms"], 4),
    ],
)
def test_move_puts_the_tag_elsewhere(by, order, version, tag, vocabulary, seminar, instructor):
    for label in ("Agency", "Plan"):
        add_tag(actor=instructor, seminar=seminar, draft=TagDraft(label))

    move_tag(actor=instructor, tag_id=tag.pk, by=by)

    vocabulary.refresh_from_db()
    assert (labels(vocabulary), vocabulary.version) == (order, version)


def test_retire_and_restore_are_kept_once_each(tag, vocabulary, instructor):
    for act in (retire_tag, retire_tag, restore_tag, restore_tag):
        act(actor=instructor, tag_id=tag.pk)

    kept = vocabulary.history.order_by("version")
    assert [one.entries[0]["is_retired"] for one in kept] == [False, True, False]


def test_close_and_open_are_kept_once_each(vocabulary, seminar, instructor):
    for is_closed in (True, True, False):
        close_vocabulary(actor=instructor, seminar=seminar, is_closed=is_closed)

    kept = vocabulary.history.order_by("version")
    assert [one.is_closed for one in kept] == [False, True, False]


@pytest.mark.parametrize("preset", PRESETS)
def test_copy_preset_puts_all_its_tags_as_one_change(preset, seminar, instructor):
    copy_preset(actor=instructor, seminar=seminar, preset=preset)

    vocabulary = Vocabulary.objects.get()
    assert labels(vocabulary) == [draft.label for draft in PRESETS[preset].tags]
    assert vocabulary.version == 1
    assert all(
        one.definition and one.example and one.counter_example for one in vocabulary.tags.all()
    )


def test_copy_preset_leaves_out_what_there_is(vocabulary, seminar, instructor):
    copy_preset(actor=instructor, seminar=seminar, preset="stock-issues")

    assert sorted(labels(vocabulary)) == sorted(one.label for one in PRESETS["stock-issues"].tags)
    expect_refusal(
        InvalidState,
        lambda: copy_preset(actor=instructor, seminar=seminar, preset="stock-issues"),
    )


def test_copy_of_no_preset_is_refused(seminar, instructor):
    expect_refusal(
        Invalid,
        lambda: copy_preset(actor=instructor, seminar=seminar, preset="none"),
        field="preset",
    )


ACTS = {
    "add": lambda actor, seminar, _: add_tag(actor=actor, seminar=seminar, draft=TagDraft("Other")),
    "copy": lambda actor, seminar, _: copy_preset(actor=actor, seminar=seminar, preset="toulmin"),
    "close": lambda actor, seminar, _: close_vocabulary(
        actor=actor, seminar=seminar, is_closed=True
    ),
    "change": lambda actor, _, tag: change_tag(actor=actor, tag_id=tag, label="Harm"),
    "move": lambda actor, _, tag: move_tag(actor=actor, tag_id=tag, by=1),
    "retire": lambda actor, _, tag: retire_tag(actor=actor, tag_id=tag),
    "restore": lambda actor, _, tag: restore_tag(actor=actor, tag_id=tag),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", ["assistant", "student", "observer"])
def test_vocabulary_is_not_changed_by(role, act, tag, seminar, request):
    actor = request.getfixturevalue(role)

    expect_refusal(NotAllowed, lambda: ACTS[act](actor, seminar, tag.pk))


@pytest.mark.parametrize("act", ACTS)
def test_vocabulary_of_another_seminar_is_missing(act, tag, seminar, outsider):
    expect_refusal(Missing, lambda: ACTS[act](outsider, seminar, tag.pk))


@pytest.mark.parametrize("act", ["change", "move", "retire", "restore"])
def test_tag_that_there_is_not_is_missing(act, seminar, instructor):
    expect_refusal(Missing, lambda: ACTS[act](instructor, seminar, uuid.uuid4()))
