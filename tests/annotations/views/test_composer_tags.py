"""Tags in the composer: the vocabulary's to tick, and other words beside them unless it is closed."""

import pytest
from django.utils import timezone

from annotations.models import Annotation
from tests.factories.annotations import TagFactory, VocabularyFactory, annotation_on

COMPOSER = "/seminars/water-policy/who-should-pay/annotate/1/1/"
NOTE = {
    "kind": "comment",
    "body": "A remark.",
    "submission_key": "01970000-0000-7000-8000-000000000001",
}


@pytest.fixture
def vocabulary(seminar, assignment):
    return VocabularyFactory(seminar=seminar)


@pytest.fixture
def harms(vocabulary):
    return TagFactory(
        vocabulary=vocabulary, key="harms", label="Harms", definition="What is <wrong>."
    )


@pytest.fixture
def retired(vocabulary):
    return TagFactory(vocabulary=vocabulary, key="old", label="Old", retired_at=timezone.now())


def form_of(response):
    return response.context["form"]


def test_composer_without_vocabulary_takes_words_alone(page, student, assignment):
    form = form_of(page(student).get(COMPOSER))

    assert "vocabulary" not in form.fields
    assert "tags" in form.fields


def test_composer_offers_labels_with_what_they_mean(page, student, harms, retired):
    response = page(student).get(COMPOSER)

    assert [key for key, _ in form_of(response).fields["vocabulary"].choices] == ["harms"]
    assert 'Harms <span class="hint">What is &lt;wrong&gt;.</span>' in response.content.decode()


def test_composer_keeps_keys_and_other_words(page, student, harms):
    page(student).post(COMPOSER, {**NOTE, "vocabulary": ["harms"], "tags": "Water, Harms,"})

    assert Annotation.objects.get().tags == ["harms", "Water"]


def test_composer_of_a_closed_vocabulary_takes_no_other_words(page, student, vocabulary, harms):
    vocabulary.is_closed = True
    vocabulary.save()
    browser = page(student)

    assert "tags" not in form_of(browser.get(COMPOSER)).fields
    browser.post(COMPOSER, {**NOTE, "vocabulary": ["harms"], "tags": "Water"})

    assert Annotation.objects.get().tags == ["harms"]


def test_composer_refuses_a_retired_tag(page, student, harms, retired):
    response = page(student).post(COMPOSER, {**NOTE, "vocabulary": ["old"]})

    assert response.status_code == 400
    assert list(form_of(response).errors) == ["vocabulary"]


def test_edit_ticks_what_it_has_and_keeps_what_was_retired(
    page, student, assignment, paragraphs, vocabulary, harms, retired
):
    vocabulary.is_closed = True
    vocabulary.save()
    tags = ["harms", "old", "Water"]
    note = annotation_on(paragraphs[0], assignment=assignment, author=student, tags=tags)
    browser = page(student)

    form = form_of(browser.get(f"/annotations/{note.pk}/edit/"))
    browser.post(
        f"/annotations/{note.pk}/edit/",
        {
            "kind": "comment",
            "body": "Other.",
            "version": 1,
            "tags": form["tags"].value(),
            "vocabulary": form["vocabulary"].value(),
        },
    )

    note.refresh_from_db()
    assert form["vocabulary"].value() == ["harms", "old"]
    assert form["tags"].value() == "Water"
    assert (note.body, note.tags) == ("Other.", tags)


def test_card_shows_the_label_for_the_key(page, student, assignment, paragraphs, harms):
    note = annotation_on(paragraphs[0], assignment=assignment, tags=["harms", "Water"])

    shown = page(student).get(f"/annotations/{note.pk}/").content.decode()

    assert ">Harms<span" in shown
    assert '<span class="tag">Water</span>' in shown
