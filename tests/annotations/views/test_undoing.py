"""The Undo button in the message of what was just done, and what it comes to."""

from datetime import timedelta

import pytest
from lxml import html

from annotations.enums import Status
from annotations.models import AnnotationVersion
from debate.assignments.actions.locking import ClockTimestamp
from tests.expect import expect_denied
from tests.factories.annotations import annotation_on


@pytest.fixture
def note(assignment, student, paragraphs):
    return annotation_on(paragraphs[0], assignment=assignment, author=student)


def tree(response):
    return html.document_fromstring(response.content)


def messages(response):
    """What the messages say, without their buttons."""
    said = tree(response).xpath("//div[contains(@class, 'messages')]/div")
    return [" ".join(one.xpath("string(text())").split()) for one in said]


def undo_form(response):
    """Where the button of the only message that has one leads, and what it sends."""
    (form,) = tree(response).xpath("//div[contains(@class, 'messages')]//form")
    assert form.xpath("string(.//button)") == "Undo"
    sent = {one.get("name"): one.get("value") for one in form.xpath(".//input")}
    return form.get("action"), {"next": sent["next"]}


def withdrawn(browser, note):
    return browser.post(f"/annotations/{note.pk}/withdraw/", follow=True)


def test_withdrawal_is_undone_by_the_button_in_its_message(note, student, page, assignment):
    browser = page(student)
    after = withdrawn(browser, note)
    assert messages(after) == ["Withdrawn. Only you and the instructors can still read it."]

    back = browser.post(*undo_form(after), follow=True)

    note.refresh_from_db()
    assert note.status == Status.PUBLISHED
    assert back.redirect_chain == [(assignment.get_absolute_url(), 302)]
    assert messages(back) == ["Undone. It stands where it stood, with its replies."]


def test_placing_is_undone_by_the_button_in_its_message(note, student, page, paragraphs):
    browser = page(student)
    sent = {"version": 1, "paragraph": 2}
    after = browser.post(f"/annotations/{note.pk}/place/", sent, follow=True)

    browser.post(*undo_form(after))

    assert [one.paragraph for one in note.anchors.all()] == [paragraphs[0]]


def test_hiding_is_undone_where_staff_came_from(note, instructor, page, seminar):
    browser, queue = page(instructor), f"/seminars/{seminar.slug}/-/moderation/?show=hidden"
    sent = {"reason": "Too harsh.", "version": 1, "back": queue}
    after = browser.post(f"/annotations/{note.pk}/moderate/hide/", sent, follow=True)

    back = browser.post(*undo_form(after), follow=True)

    note.refresh_from_db()
    assert note.status == Status.PUBLISHED
    assert back.redirect_chain == [(queue, 302)]
    assert messages(back) == ["Undone. What its author was told of it stays in their inbox."]


def test_undo_a_second_time_is_told_where_one_was(note, student, page):
    browser = page(student)
    address, sent = undo_form(withdrawn(browser, note))
    browser.post(address, sent)

    again = browser.post(address, sent, follow=True)

    assert messages(again)[-1] == "This has been undone already."
    assert AnnotationVersion.objects.filter(annotation=note).count() == 2


def test_undo_too_late_is_told_and_changes_nothing(note, student, page, monkeypatch):
    browser = page(student)
    address, sent = undo_form(withdrawn(browser, note))
    later = "clock_timestamp() + interval '11 minutes'"
    monkeypatch.setattr(ClockTimestamp, "template", later)

    answer = browser.post(address, sent, follow=True)

    note.refresh_from_db()
    assert note.status == Status.WITHDRAWN
    assert messages(answer) == ["Ten minutes have passed, so this can no longer be undone."]


def test_undo_of_somebody_else_is_refused(note, student, instructor, page):
    address, sent = undo_form(withdrawn(page(student), note))

    expect_denied(page(instructor).post(address, sent))


def test_undo_leads_to_no_other_site(note, student, page):
    browser = page(student)
    address, _ = undo_form(withdrawn(browser, note))

    answer = browser.post(address, {"next": "https://elsewhere.example/"})

    assert answer["Location"] == f"/annotations/{note.pk}/"


def test_undo_stands_on_the_page_of_the_note_for_ten_minutes(note, student, page, monkeypatch):
    browser = page(student)
    address, _ = undo_form(withdrawn(browser, note))
    buttons = f"//form[@action='{address}']"
    assert len(tree(browser.get(f"/annotations/{note.pk}/")).xpath(buttons)) == 1

    made = AnnotationVersion.objects.get(annotation=note, version=2)
    past = timedelta(minutes=11)
    made.undo["at"] = (made.at - past).isoformat()
    made.save()

    assert tree(browser.get(f"/annotations/{note.pk}/")).xpath(buttons) == []


def test_undo_is_not_offered_to_others_on_the_page_of_the_note(note, student, instructor, page):
    address, _ = undo_form(withdrawn(page(student), note))

    seen = page(instructor).get(f"/annotations/{note.pk}/")

    assert tree(seen).xpath(f"//form[@action='{address}']") == []


def test_message_without_an_act_to_undo_has_no_button(note, student, page):
    browser = page(student)
    sent = {"kind": "comment", "body": "Other words.", "version": 1}

    after = browser.post(f"/annotations/{note.pk}/edit/", sent, follow=True)

    assert messages(after) == ["Your changes are saved."]
    assert tree(after).xpath("//div[contains(@class, 'messages')]//form") == []
