"""The pages of a vocabulary, and the page on which a paragraph gets its tags."""

import pytest
from django.utils import timezone

from annotations.actions.vocabulary import add_tag, change_tag, close_vocabulary
from annotations.models import ParagraphTag, Vocabulary
from annotations.presets import TagDraft
from tests.expect import expect_constant_queries
from tests.factories.annotations import ParagraphTagFactory, TagFactory

PAGE = "/seminars/water-policy/-/vocabulary/"
TAGS = "/seminars/water-policy/who-should-pay/paragraphs/1/tags/"


@pytest.fixture
def tag(seminar, instructor):
    draft = TagDraft("Harms", "What is wrong.", "People thirst.", "It could be better.")
    return add_tag(actor=instructor, seminar=seminar, draft=draft)


def text(response):
    return " ".join(response.content.decode().split())


def test_vocabulary_without_tags_says_so(page, student, instructor, seminar):
    assert "Notes take any words as tags." in text(page(student).get(PAGE))
    assert "Copy a collection below" in text(page(instructor).get(PAGE))


def test_vocabulary_says_what_its_tags_mean(page, student, tag):
    shown = text(page(student).get(PAGE))

    for words in ("Harms", "What is wrong.", "People thirst.", "It could be better."):
        assert words in shown
    assert "Retire" not in shown


def test_vocabulary_shows_retired_tags_apart(page, instructor, tag):
    page(instructor).post(f"{PAGE}{tag.pk}/retire/")

    shown = page(instructor).get(PAGE)

    assert (shown.context["page"].tags, shown.context["page"].retired) == ([], [tag])
    assert "1 retired, given to nothing new" in text(shown)


def test_vocabulary_takes_the_same_queries_for_three(page, instructor, tag):
    browser = page(instructor)

    expect_constant_queries(
        lambda: browser.get(PAGE),
        grow=lambda: TagFactory.create_batch(2, vocabulary=tag.vocabulary),
    )


def test_add_puts_the_tag_into_the_vocabulary(page, instructor, seminar):
    response = page(instructor).post(f"{PAGE}new/", {"label": "Harms", "example": "Thirst."})

    assert response["Location"] == PAGE
    assert [one.label for one in Vocabulary.objects.get().tags.all()] == ["Harms"]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"label": " "}, "label"),
        ({"label": "harms"}, "label"),
        ({"label": "A", "definition": "x" * 1_001}, "definition"),
    ],
)
def test_add_what_is_refused_stays_in_the_form(given, field, page, instructor, tag):
    response = page(instructor).post(f"{PAGE}new/", {"example": "Kept words.", **given})

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert "Kept words." in text(response)


def test_edit_shows_what_the_tag_says_and_changes_it(page, instructor, tag):
    browser = page(instructor)

    assert "People thirst." in text(browser.get(f"{PAGE}{tag.pk}/"))
    browser.post(f"{PAGE}{tag.pk}/", {"label": "Harm", "version": 1})

    tag.refresh_from_db()
    assert (tag.label, tag.key, tag.example) == ("Harm", "harms", "")


def test_edit_of_an_older_version_is_told_and_nothing_lost(page, instructor, tag):
    change_tag(actor=instructor, tag_id=tag.pk, definition="Other.")

    response = page(instructor).post(f"{PAGE}{tag.pk}/", {"label": "My word", "version": 1})

    assert response.status_code == 400
    assert "The vocabulary has been changed since you opened it." in text(response)
    assert "My word" in text(response)


def test_move_up_and_down(page, instructor, seminar, tag):
    add_tag(actor=instructor, seminar=seminar, draft=TagDraft("Agency"))
    browser = page(instructor)

    browser.post(f"{PAGE}{tag.pk}/move/", {"by": "1"})
    assert [one.label for one in browser.get(PAGE).context["page"].tags] == ["Agency", "Harms"]
    browser.post(f"{PAGE}{tag.pk}/move/", {"by": "-1"})
    assert [one.label for one in browser.get(PAGE).context["page"].tags] == ["Harms", "Agency"]


def test_move_elsewhere_is_not_understood(page, instructor, tag):
    assert page(instructor).post(f"{PAGE}{tag.pk}/move/", {"by": "7"}).status_code == 400


def test_restore_brings_the_tag_back(page, instructor, tag):
    browser = page(instructor)
    browser.post(f"{PAGE}{tag.pk}/retire/")

    browser.post(f"{PAGE}{tag.pk}/restore/")

    assert browser.get(PAGE).context["page"].tags == [tag]


@pytest.mark.parametrize(("given", "is_closed"), [({"is_closed": "on"}, True), ({}, False)])
def test_close_says_whether_other_words_are_taken(given, is_closed, page, instructor, tag):
    page(instructor).post(f"{PAGE}close/", given)

    assert Vocabulary.objects.get().is_closed is is_closed


def test_copy_twice_says_that_all_is_there(page, instructor, seminar):
    browser = page(instructor)
    first = browser.post(f"{PAGE}copy/", {"preset": "toulmin"}, follow=True)
    second = browser.post(f"{PAGE}copy/", {"preset": "toulmin"}, follow=True)

    assert "6 tags of “Parts of an argument (Toulmin)” are copied." in text(first)
    assert "The vocabulary has all of these tags already." in text(second)
    assert "All of them are in the vocabulary." in text(second)


def test_copy_of_nothing_is_not_understood(page, instructor, seminar):
    assert page(instructor).post(f"{PAGE}copy/", {"preset": "none"}).status_code == 400


def test_history_tells_what_changed(page, student, instructor, seminar, tag):
    change_tag(actor=instructor, tag_id=tag.pk, definition="What hurts.")
    close_vocabulary(actor=instructor, seminar=seminar, is_closed=True)

    response = page(student).get(f"{PAGE}history/")

    told = [[one.what for one in line.differences] for line in response.context["lines"]]
    assert told == [
        ["Closed: only its own tags are taken"],
        ["Changed the definition of"],
        ["Added"],
    ]
    assert "<del>What is wrong.</del> <ins>What hurts.</ins>" in text(response)


def test_history_of_nothing_says_so(page, student, seminar):
    assert "Nothing has been changed yet." in text(page(student).get(f"{PAGE}history/"))


def test_history_goes_on_behind_fifty_versions(page, student, instructor, seminar, tag):
    for number in range(50):
        close_vocabulary(actor=instructor, seminar=seminar, is_closed=number % 2 == 0)
    browser = page(student)

    first = browser.get(f"{PAGE}history/")
    second = browser.get(f"{PAGE}history/", {"before": first.context["following"]})
    third = browser.get(f"{PAGE}history/", {"before": "x"})

    assert [one.version for one in first.context["lines"]] == list(range(51, 1, -1))
    assert [one.version for one in second.context["lines"]] == [1]
    assert second.context["following"] is None
    assert third.context["following"] == first.context["following"]


# -- paragraphs ---------------------------------------------------------------------------------


def test_paragraph_gets_the_tags_that_are_ticked(page, assistant, assignment, paragraphs, tag):
    response = page(assistant).post(TAGS, {"tag": [str(tag.pk)]})

    assert response["Location"] == f"{assignment.get_absolute_url()}#p-1"
    assert ParagraphTag.objects.get().paragraph_key == paragraphs[0].key


def test_paragraph_loses_the_tags_that_are_not_ticked(page, assistant, assignment, tag):
    ParagraphTagFactory(assignment=assignment, tag=tag)

    page(assistant).post(TAGS, {})

    assert not ParagraphTag.objects.exists()


def test_paragraph_offers_retired_tags_only_where_they_are(page, assistant, assignment, tag):
    tag.retired_at = timezone.now()
    tag.save()
    assert "has no tags yet" in text(page(assistant).get(TAGS))

    ParagraphTagFactory(assignment=assignment, tag=tag)

    assert "Harms (retired)" in text(page(assistant).get(TAGS))


def test_paragraph_with_a_tag_that_there_is_not_is_refused(page, assistant, assignment, tag):
    response = page(assistant).post(TAGS, {"tag": ["00000000-0000-7000-8000-000000000000"]})

    assert response.status_code == 400
    assert not ParagraphTag.objects.exists()


def test_paragraph_that_there_is_not_has_no_tags(page, assistant, assignment):
    assert page(assistant).get(TAGS.replace("/1/", "/9/")).status_code == 404


def test_reading_page_shows_the_tags_beside_the_paragraph(page, student, assignment, tag):
    ParagraphTagFactory(assignment=assignment, tag=tag)

    shown = text(page(student).get(assignment.get_absolute_url()))

    assert '<span class="tag" title="What is wrong.">Harms</span>' in shown
    assert TAGS not in shown


def test_reading_page_leads_staff_to_the_tags_of_a_paragraph(page, assistant, assignment):
    assert f'href="{TAGS}"' in text(page(assistant).get(assignment.get_absolute_url()))
