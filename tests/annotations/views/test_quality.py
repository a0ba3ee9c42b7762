"""The pages of quality marks: setting, answering and settling one."""

import pytest
from lxml import html

from annotations.enums import Audience
from annotations.models import PassageCheck, QualityMark
from tests.expect import expect_denied
from tests.factories.annotations import AnnotationFactory, PassageFactory, SourceFactory
from tests.factories.argument import (
    ClaimFactory,
    QualityMarkAnswerFactory,
    QualityMarkFactory,
)


@pytest.fixture
def note(assignment, student):
    return AnnotationFactory(assignment=assignment, author=student, body="Rents fell.")


@pytest.fixture
def passage(assignment, instructor, student):
    """A passage that everybody can read a citation of."""
    source = SourceFactory(seminar=assignment.seminar, added_by=instructor)
    found = PassageFactory(source=source, added_by=student, quote="Rents fell by a fifth.")
    AnnotationFactory(assignment=assignment, author=student, evidence=True, passage=found)
    return found


def text(response):
    return " ".join(html.document_fromstring(response.content).text_content().split())


def types(response):
    return html.document_fromstring(response.content).xpath("//*[@name='type']/@value")


def test_mark_is_set_from_a_note_and_shown_with_it(note, classmate, page):
    browser, address = page(classmate), f"/marks/new/annotation/{note.pk}/"

    asked = browser.get(address)
    assert "Mark a comment" in text(asked)
    assert "Rents fell." in text(asked)
    assert "misquote" not in types(asked)

    given = browser.post(address, {"type": "unclear", "note": "Which rents?"}, follow=True)
    mark = QualityMark.objects.get()
    assert given.redirect_chain == [(f"/marks/{mark.pk}/", 302)]
    assert "Marked “Unclear”" in text(given)
    assert "Which rents?" in text(given)

    assert "Open on it already: Unclear by Classmate." in text(browser.get(address))
    thread = browser.get(f"/annotations/{note.pk}/")
    assert "Quality mark: Unclear" in text(thread)


def test_mark_is_set_on_a_claim(assignment, classmate, page):
    claim = ClaimFactory(assignment=assignment)

    response = page(classmate).get(f"/marks/new/claim/{claim.pk}/")

    assert "Talks cut the risk of miscalculation." in text(response)
    assert "several_claims" in types(response)


def test_mark_is_set_on_a_passage(passage, classmate, page):
    address = f"/marks/new/passage/{passage.pk}/"

    response = page(classmate).get(address)

    assert "Rents fell by a fifth." in text(response)
    links = html.document_fromstring(response.content).xpath("//main//a/@href")
    assert links == [f"/seminars/water-policy/-/sources/{passage.source_id}/"] * 2
    assert types(response) == ["misquote", "out_of_context", "outdated", "unclear", "unrelated"]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"note": "Which rents?"}, "This field is required."),
        ({"type": "unclear", "note": "x" * 501}, "at most 500 are taken"),
    ],
)
def test_mark_that_is_refused_keeps_what_was_typed(note, classmate, page, given, said):
    response = page(classmate).post(f"/marks/new/annotation/{note.pk}/", given)

    assert response.status_code == 400
    assert said in text(response)
    assert given["note"] in text(response)


def test_third_mark_says_to_take_one_back(note, classmate, page):
    for type_ in ("unclear", "move"):
        QualityMarkFactory(annotation=note, by=classmate, type=type_)

    response = page(classmate).post(f"/marks/new/annotation/{note.pk}/", {"type": "duplicate"})

    assert "You have 2 open marks on this already." in text(response)


def test_mark_form_is_not_for_observers(note, observer, page):
    expect_denied(page(observer).get(f"/marks/new/annotation/{note.pk}/"))


def test_mark_on_what_one_cannot_read_is_absent(assignment, student, classmate, page):
    hidden = AnnotationFactory(assignment=assignment, author=student, audience=Audience.PRIVATE)
    mark = QualityMarkFactory(annotation=hidden)
    browser = page(classmate)

    addresses = (f"/marks/new/annotation/{hidden.pk}/", f"/marks/{mark.pk}/")
    assert [browser.get(one).status_code for one in addresses] == [404, 404]
    assert browser.get(f"/marks/new/essay/{hidden.pk}/").status_code == 404


def test_mark_is_answered_on_its_page(note, student, classmate, page):
    mark = QualityMarkFactory(annotation=note, by=classmate)
    QualityMarkAnswerFactory(mark=mark, body="Hm.", by=classmate)

    answered = page(student).post(f"/marks/{mark.pk}/", {"body": "The asking\nrents."}, follow=True)

    assert "2 answers" in text(answered)
    assert "The asking" in text(answered)
    empty = page(student).post(f"/marks/{mark.pk}/", {"body": ""})
    assert empty.status_code == 400


def test_mark_is_read_but_not_answered_by_observers(note, observer, page):
    mark = QualityMarkFactory(annotation=note)

    assert "Your answer" not in text(page(observer).get(f"/marks/{mark.pk}/"))
    expect_denied(page(observer).post(f"/marks/{mark.pk}/", {"body": "Well."}))


def test_settled_mark_takes_no_answer_and_says_how_it_was_settled(note, student, instructor, page):
    mark = QualityMarkFactory(annotation=note)
    settled = page(instructor).post(
        f"/marks/{mark.pk}/settle/", {"resolution": "Clear now."}, follow=True
    )

    assert "Settled by Instructor" in text(settled)
    assert "Clear now." in text(settled)
    late = page(student).post(f"/marks/{mark.pk}/", {"body": "Late."})
    assert (late.status_code, "has been settled" in text(late)) == (400, True)
    again = page(instructor).get(f"/marks/{mark.pk}/settle/")
    assert again["Location"] == f"/marks/{mark.pk}/"


def test_mark_is_settled_by_staff_and_taken_back_by_who_set_it(note, student, classmate, page):
    mark = QualityMarkFactory(annotation=note, by=classmate)

    expect_denied(page(student).get(f"/marks/{mark.pk}/settle/"))
    assert "Take back your mark" in text(page(classmate).get(f"/marks/{mark.pk}/settle/"))
    taken = page(classmate).post(f"/marks/{mark.pk}/settle/", {}, follow=True)
    assert "Taken back" in text(taken)


def test_misquote_is_confirmed_with_the_form_that_settles_it(passage, classmate, instructor, page):
    mark = QualityMarkFactory(annotation=None, passage=passage, type="misquote", by=classmate)
    address = f"/marks/{mark.pk}/settle/"

    assert page(classmate).get(address).status_code == 200
    assert "I have opened the source" not in text(page(classmate).get(address))
    assert "I have opened the source" in text(page(instructor).get(address))
    page(instructor).post(address, {"is_confirmed": "on"})

    assert PassageCheck.objects.get().match == "not_found"


def test_misquote_is_not_confirmed_by_who_added_the_passage(seminar, instructor, page):
    source = SourceFactory(seminar=seminar, added_by=instructor)
    own = PassageFactory(source=source, added_by=instructor)
    mark = QualityMarkFactory(annotation=None, passage=own, type="misquote")

    refused = page(instructor).post(f"/marks/{mark.pk}/settle/", {"is_confirmed": "on"})

    assert refused.status_code == 400
    assert "You added this passage yourself" in text(refused)


def test_mark_under_pseudonyms_names_a_member(note, assignment, student, classmate, page):
    assignment.uses_pseudonyms = True
    assignment.save()
    mark = QualityMarkFactory(annotation=note, by=classmate)
    QualityMarkAnswerFactory(mark=mark, by=classmate)

    shown = text(page(student).get(f"/marks/{mark.pk}/"))

    assert "set by a member on" in shown
    assert "Classmate" not in shown


@pytest.mark.parametrize("count", [1, 3])
def test_mark_page_takes_as_many_queries_for_three_answers_as_for_one(
    note, student, page, count, django_assert_num_queries
):
    mark = QualityMarkFactory(annotation=note)
    QualityMarkAnswerFactory.create_batch(count, mark=mark)
    browser = page(student)
    browser.get(f"/marks/{mark.pk}/")

    with django_assert_num_queries(11):
        response = browser.get(f"/marks/{mark.pk}/")

    assert text(response).count("A reason has come since.") == count
