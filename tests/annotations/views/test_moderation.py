"""The pages of flags and moderation."""

import pytest
from lxml import html

from annotations.actions import edit_annotation
from annotations.actions.inputs import Content
from annotations.enums import Status
from annotations.models import Flag, ModerationEntry
from tests.factories.annotations import AnnotationFactory, FlagFactory, annotation_on


@pytest.fixture
def note(assignment, student, paragraphs):
    return annotation_on(paragraphs[0], assignment=assignment, author=student, body="Hm.")


@pytest.fixture
def pending(assignment, student):
    assignment.requires_approval = True
    assignment.save()
    return AnnotationFactory(assignment=assignment, author=student, status=Status.PENDING)


def text(response):
    return " ".join(html.document_fromstring(response.content).text_content().split())


def act(note, name):
    return f"/annotations/{note.pk}/moderate/{name}/"


# -- flags ----------------------------------------------------------------------------------------


def test_flag_is_given_changed_and_taken_back(note, classmate, page):
    browser, address = page(classmate), f"/annotations/{note.pk}/flag/"

    given = browser.post(address, {"reason": "offensive", "note": "Line two."}, follow=True)
    assert "Staff will look at it. Its author does not learn of you." in text(given)
    assert "You flagged this" in text(given)

    form = html.document_fromstring(browser.get(address).content)
    assert form.xpath("//*[@name='reason'][@checked]/@value")[0] == "offensive"
    assert form.xpath("//*[@name='note']")[0].text.strip() == "Line two."

    browser.post(address, {"reason": "other"})
    assert Flag.objects.open().values_list("reason", "note").get() == ("other", "")

    taken = browser.post(f"{address}withdraw/", follow=True)
    assert "You have taken back your flag." in text(taken)
    assert not Flag.objects.open().exists()


def test_flag_without_a_reason_keeps_what_was_typed(note, classmate, page):
    response = page(classmate).post(f"/annotations/{note.pk}/flag/", {"note": "Line two."})

    assert response.status_code == 400
    assert "Line two." in text(response)
    assert not Flag.objects.exists()


def test_flag_with_too_long_a_note_says_so_at_the_note(note, classmate, page):
    response = page(classmate).post(
        f"/annotations/{note.pk}/flag/", {"reason": "other", "note": "a" * 501}
    )

    tree = html.document_fromstring(response.content)
    assert response.status_code == 400
    assert "501 characters" in tree.xpath("//ul[@id='id_note_error']")[0].text_content()


def test_thread_does_not_tell_its_author_of_flags(note, student, classmate, page):
    FlagFactory(annotation=note, flagged_by=classmate)

    shown = text(page(student).get(f"/annotations/{note.pk}/"))

    assert "flag" not in shown.lower()
    assert "Classmate" not in shown


# -- acts -----------------------------------------------------------------------------------------


def test_hide_asks_for_a_reason_that_the_author_reads(note, instructor, student, classmate, page):
    browser = page(instructor)
    assert "Hide this annotation?" in text(browser.get(act(note, "hide")))

    refused = browser.post(act(note, "hide"), {"version": 1, "reason": " "})
    assert (refused.status_code, "Please write something here." in text(refused)) == (400, True)

    done = browser.post(act(note, "hide"), {"version": 1, "reason": "Too harsh."}, follow=True)
    assert "Hidden. Its author reads your reason." in text(done)
    assert "Hidden by staff: Too harsh." in text(page(student).get(f"/annotations/{note.pk}/"))
    assert page(classmate).get(f"/annotations/{note.pk}/").status_code == 404


def test_act_goes_back_to_where_staff_came_from(note, instructor, page):
    queue = f"/seminars/{note.assignment.seminar.slug}/-/moderation/?show=flagged"

    response = page(instructor).post(act(note, "lock"), {"version": 1, "back": queue})

    assert response["Location"] == queue


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", "javascript:1", ""])
def test_act_goes_back_to_no_other_site(note, instructor, page, back):
    response = page(instructor).post(act(note, "lock"), {"version": 1, "back": back})

    assert response["Location"] == note.get_absolute_url()


def test_act_on_words_that_changed_meanwhile_shows_the_new_ones(pending, student, instructor, page):
    edit_annotation(
        actor=student, annotation_id=pending.pk, content=Content(kind="comment", body="Newer.")
    )

    response = page(instructor).post(act(pending, "approve"), {"version": 1})

    tree = html.document_fromstring(response.content)
    assert response.status_code == 400
    assert "has been changed since you opened it" in text(response)
    assert "Newer." in text(response)
    assert tree.xpath("//input[@name='version']/@value")[0] == "2"
    assert not ModerationEntry.objects.exists()


def test_act_that_there_is_not_is_absent(note, instructor, classmate, page):
    for user in (instructor, classmate):
        assert page(user).get(act(note, "delete")).status_code == 404


def test_locked_thread_says_so_and_offers_no_reply(note, instructor, classmate, page):
    page(instructor).post(act(note, "lock"), {"version": 1})

    shown = page(classmate).get(f"/annotations/{note.pk}/")

    assert "Staff have locked this thread." in text(shown)
    assert f"/annotations/{note.pk}/reply/" not in shown.content.decode()
    assert page(classmate).get(f"/annotations/{note.pk}/reply/").status_code == 403


def test_pinned_thread_says_so(note, instructor, classmate, page):
    page(instructor).post(act(note, "pin"), {"version": 1})

    assert "Pinned" in text(page(classmate).get(f"/annotations/{note.pk}/"))


# -- the queue ------------------------------------------------------------------------------------


def test_queue_shows_flags_with_their_words_and_what_to_do(note, classmate, instructor, page):
    FlagFactory(annotation=note, flagged_by=classmate, note="See the last line.")

    response = page(instructor).get(f"/seminars/{note.assignment.seminar.slug}/-/moderation/")

    tree = html.document_fromstring(response.content)
    assert "See the last line." in text(response)
    links = [
        one.text_content()
        for one in tree.xpath("//div[@class='oversee']//*[self::a or self::button]")
    ]
    assert links == [
        "Resolve the flags: Comment by Student",
        "Hide: Comment by Student",
        "Lock the thread: Comment by Student",
        "Pin it: Comment by Student",
    ]


@pytest.mark.parametrize(
    ("shown", "sentence"),
    [
        ("", "Nothing is flagged, and nothing waits for approval."),
        ("flagged", "No flag is open."),
        ("pending", "Nothing waits for approval."),
        ("hidden", "Nothing is hidden."),
        ("resolved", "No flag has been resolved yet."),
        ("nonsense", "Nothing is flagged, and nothing waits for approval."),
    ],
)
def test_queue_with_nothing_in_it_says_so(seminar, assistant, page, shown, sentence):
    response = page(assistant).get(f"/seminars/{seminar.slug}/-/moderation/?show={shown}")

    assert sentence in text(response)


def test_queue_after_what_is_no_id_is_absent(seminar, assistant, page):
    response = page(assistant).get(f"/seminars/{seminar.slug}/-/moderation/?after=x")

    assert response.status_code == 404


def test_all_shown_are_approved_after_a_question(pending, assignment, classmate, assistant, page):
    other = AnnotationFactory(assignment=assignment, author=classmate, status=Status.PENDING)
    browser, queue = page(assistant), f"/seminars/{assignment.seminar.slug}/-/moderation/"
    tree = html.document_fromstring(browser.get(f"{queue}?show=pending").content)
    asked = tree.xpath("//form[@method='get']/input[@name='one']/@value")
    assert asked == [f"{pending.pk}:1", f"{other.pk}:1"]

    question = browser.get(f"{queue}approve/", {"one": asked})
    assert "Approve these 2 annotations?" in text(question)
    tree = html.document_fromstring(question.content)
    given = tree.xpath("//main//form[@method='post']/input[@name='one']/@value")
    done = browser.post(f"{queue}approve/", {"one": given}, follow=True)

    assert "2 approved." in text(done)
    assert [one.status for one in assignment.annotations.all()] == ["published"] * 2


def test_approving_tells_how_many_changed_meanwhile(pending, assistant, page):
    address = f"/seminars/{pending.assignment.seminar.slug}/-/moderation/approve/"

    done = page(assistant).post(address, {"one": [f"{pending.pk}:7", "nonsense"]}, follow=True)

    assert "0 approved. 1 changed meanwhile; look again." in text(done)


def test_approving_what_waits_no_longer_says_so(seminar, note, assistant, page):
    address = f"/seminars/{seminar.slug}/-/moderation/approve/"

    shown = text(page(assistant).get(address, {"one": f"{note.pk}:1"}))

    assert "Nothing waits any longer" in shown
    assert "Hm." not in shown


def test_approving_in_an_archived_seminar_is_not_allowed(seminar, pending, assistant, page):
    seminar.archived_at = pending.created_at
    seminar.save()

    address = f"/seminars/{seminar.slug}/-/moderation/approve/"

    assert page(assistant).get(address).status_code == 403
    assert "This seminar is archived" in text(
        page(assistant).get(f"/seminars/{seminar.slug}/-/moderation/")
    )


# -- the log --------------------------------------------------------------------------------------


def test_log_tells_who_did_what_and_why(note, instructor, assistant, page):
    page(instructor).post(act(note, "hide"), {"version": 1, "reason": "Too harsh."})
    address = f"/seminars/{note.assignment.seminar.slug}/-/moderation/log/"

    shown = text(page(assistant).get(address))

    assert "Hidden: comment by Student in Who should pay for water? Too harsh. Instructor," in shown


@pytest.mark.parametrize("query", ["?act=hide", "?person=00000000-0000-0000-0000-000000000001"])
def test_log_without_what_was_asked_for_says_so(seminar, instructor, page, query):
    response = page(instructor).get(f"/seminars/{seminar.slug}/-/moderation/log/{query}")

    assert "Nothing of the kind has been done." in text(response)


@pytest.mark.parametrize("query", ["", "?act=nonsense", "?person=x"])
def test_log_with_nothing_in_it_says_so(seminar, instructor, page, query):
    response = page(instructor).get(f"/seminars/{seminar.slug}/-/moderation/log/{query}")

    assert "Nobody has hidden, approved, locked or pinned anything yet." in text(response)
