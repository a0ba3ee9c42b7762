"""The search page: what is asked in its address, and what it tells when that cannot be answered."""

import pytest

from annotations.actions.indexing import index_annotations
from debate.essays.actions import index_paragraphs
from tests.factories.annotations import AnnotationFactory
from tests.factories.assignments import AliasFactory


@pytest.fixture
def note(assignment, classmate):
    note = AnnotationFactory(assignment=assignment, author=classmate, body="Meters lie.")
    index_annotations(assignment.essay)
    index_paragraphs(assignment.essay)
    return note


def text(response):
    return " ".join(response.content.decode().split())


def test_search_without_words_offers_to_look(page, student, note):
    response = page(student).get("/search/")

    assert response.status_code == 200
    assert "Everything that you may read is searched" in text(response)


def test_search_words_lead_to_the_note(page, student, note):
    response = page(student).get("/search/", {"q": "metering"})

    assert response.context["found"].notes_total == 1
    assert "<mark>Meters</mark> lie." in text(response)
    assert f'href="/annotations/{note.pk}/"' in text(response)


def test_search_words_lead_to_the_paragraph(page, student, note):
    response = page(student).get("/search/", {"q": "scarcity"})

    assert 'href="/seminars/water-policy/who-should-pay/#p-1"' in text(response)


def test_search_that_finds_nothing_says_what_to_do(page, student, note):
    response = page(student).get("/search/", {"q": "aqueduct"})

    assert "Nothing that you may read has “aqueduct”." in text(response)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"q": "!?"}, "q"),
        ({"q": "x" * 201}, "q"),
        ({"q": "meters", "kind": "praise"}, "kind"),
        ({"q": "meters", "paragraph": "0"}, "paragraph"),
        ({"q": "meters", "author": "me"}, "author"),
        ({"q": "meters", "seminar": "00000000-0000-7000-8000-000000000000"}, "seminar"),
        ({"q": "meters", "after": "x" * 61}, "after"),
    ],
)
def test_search_that_cannot_be_answered_says_why_and_keeps_the_words(
    given, field, page, student, note
):
    response = page(student).get("/search/", given)

    assert response.status_code == 400
    assert list(response.context["form"].errors) == [field]
    assert given["q"] in text(response)


def test_search_of_anothers_seminar_is_as_of_none(page, outsider, seminar, note):
    response = page(outsider).get("/search/", {"q": "meters", "seminar": seminar.pk})

    assert response.status_code == 400
    assert list(response.context["form"].errors) == ["seminar"]


def test_search_in_a_seminar_offers_its_people_as_authors(page, student, classmate, seminar, note):
    response = page(student).get("/search/", {"q": "meters", "seminar": seminar.pk})

    choices = response.context["form"].fields["author"].widget.choices
    assert choices == [
        ("", "Everybody"),
        (str(classmate.pk), classmate.display_name),
        (str(student.pk), student.display_name),
    ]


def test_search_by_an_alias_shows_its_name_alone(page, student, classmate, assignment, note):
    note.alias = AliasFactory(assignment=assignment, user=classmate, name="Heron")
    note.save()

    response = page(student).get("/search/", {"q": "meters", "author": note.alias.pk})

    assert response.context["form"].fields["author"].widget.choices[1:] == [
        (str(note.alias.pk), "Heron")
    ]
    assert classmate.display_name not in text(response)
    assert str(classmate.pk) not in text(response)


def test_search_by_somebody_unknown_shows_no_name(page, student, classmate, note):
    note.audience = "private"
    note.save()

    response = page(student).get("/search/", {"q": "meters", "author": classmate.pk})

    assert response.context["found"].is_empty
    assert response.context["form"].fields["author"].widget.choices[1][1] == "Somebody"


def test_search_many_notes_lead_to_the_next_page(page, student, assignment):
    AnnotationFactory.create_batch(21, assignment=assignment, body="Meters lie.")
    index_annotations(assignment.essay)

    first = page(student).get("/search/", {"q": "meters"})
    after = first.context["found"].next_after
    second = page(student).get("/search/", {"q": "meters", "after": after})

    assert f"?q=meters&amp;after={after}" in text(first)
    assert len(second.context["found"].notes) == 1
