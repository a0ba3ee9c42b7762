"""The vocabulary goes along when a seminar is copied."""

from datetime import date

from django.utils import timezone

from annotations.actions.copying import copy_to_term
from annotations.models import Tag, Vocabulary

START = date(2027, 4, 12)


def test_copy_has_the_vocabulary_without_what_was_retired(instructor, seminar):
    vocabulary = Vocabulary.objects.create(seminar=seminar, version=4, is_closed=True)
    tag = {
        "key": "harms",
        "label": "Harms",
        "definition": "What goes wrong.",
        "example": "Rents rise.",
        "counter_example": "It rains.",
        "position": 2,
    }
    Tag.objects.create(vocabulary=vocabulary, **tag)
    Tag.objects.create(vocabulary=vocabulary, key="old", label="Old", retired_at=timezone.now())

    made = copy_to_term(actor=instructor, seminar=seminar, title="Summer", starts_on=START)

    copied = Vocabulary.objects.get(seminar=made)
    assert (copied.version, copied.is_closed) == (1, True)
    assert list(copied.tags.values(*tag)) == [tag]
    kept = copied.history.get()
    assert (kept.version, kept.by, kept.is_closed) == (1, instructor, True)
    assert [one["key"] for one in kept.entries] == ["harms"]


def test_copy_of_a_seminar_without_a_vocabulary_has_none(instructor, seminar):
    made = copy_to_term(actor=instructor, seminar=seminar, title="Summer", starts_on=START)

    assert not Vocabulary.objects.filter(seminar=made).exists()
