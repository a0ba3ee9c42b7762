import re

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from lxml import html

from annotations.models import Annotation
from debate.notices.mail import send_due, unsubscribe_token
from debate.notices.models import Notice, Preference
from debate.notices.queries import PAGE_SIZE
from debate.notices.registry import kinds
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.notices import DeliveryFactory, MuteFactory, NoticeFactory, PreferenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(paragraphs, assignment, student):
    return annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )


@pytest.fixture
def tell(question, student, classmate):
    """`tell(…)`: a notice to the student about a new reply of the classmate's."""

    def make(kind="reply", **fields):
        reply = ReplyFactory(parent=question, author=classmate, body="Everybody.")
        given = {"recipient": student, "context_id": question.pk, **fields}
        return NoticeFactory(kind=kind, object_id=reply.pk, **given)

    return make


def text_of(response):
    tree = html.document_fromstring(response.content)
    return " ".join(tree.get_element_by_id("main").text_content().split())


# -- inbox --------------------------------------------------------------------------------------


def test_inbox_shows_what_was_told(tell, student, page):
    tell()

    text = text_of(page(student).get("/inbox/"))

    assert "Who should pay for water?, paragraph 1" in text
    assert "Unread: Classmate replied to your question Everybody." in text


def test_inbox_that_is_empty_says_so(student, page):
    text = text_of(page(student).get("/inbox/"))

    assert "Nobody has replied to you or named you yet." in text


def test_inbox_narrowed_to_nothing_offers_everything(student, page):
    text = text_of(page(student).get("/inbox/?kind=mention"))

    assert "There is nothing of this kind." in text


def test_inbox_leads_to_older_notices_and_keeps_the_filter(tell, student, page):
    for _ in range(PAGE_SIZE + 1):
        tell()
    browser = page(student)

    first = browser.get("/inbox/?kind=reply")
    older = re.search(rb'rel="next" href="(\?[^"]+)"', first.content)[1].decode()
    second = browser.get("/inbox/" + older.replace("&amp;", "&"))

    assert "kind=reply" in older
    assert [one.content.count(b'class="notice unread"') for one in (first, second)] == [30, 1]


@pytest.mark.parametrize("query", ["kind=gossip", "before=nonsense", "unread=x", "before="])
def test_inbox_takes_no_offence_at_a_strange_address(query, student, page):
    assert page(student).get(f"/inbox/?{query}").status_code == 200


def test_inbox_read_by_looking_at_it_stays_unread(tell, student, page):
    tell()

    page(student).get("/inbox/")

    assert Notice.objects.unread().count() == 1


def test_open_marks_as_read_and_leads_there(tell, student, page):
    notice = tell()

    response = page(student).post(f"/inbox/{notice.pk}/open/")

    assert response["Location"] == f"/annotations/{notice.object_id}/"
    assert not Notice.objects.unread().exists()


def test_open_what_may_no_longer_be_seen_is_missing(tell, student, page):
    notice = tell()
    Annotation.objects.filter(pk=notice.object_id).update(status="hidden")

    assert page(student).post(f"/inbox/{notice.pk}/open/").status_code == 404


def test_read_stays_in_the_inbox_where_it_was(tell, student, page):
    notice = tell()

    response = page(student).post(f"/inbox/{notice.pk}/read/", {"next": "/inbox/?unread=1"})

    assert response["Location"] == "/inbox/?unread=1"
    assert not Notice.objects.unread().exists()


@pytest.mark.parametrize("until", ["first", "", "nonsense"])
def test_read_all_leaves_unread_what_came_after_the_page(until, tell, student, page):
    first, second = tell(), tell()

    page(student).post("/inbox/read/", {"until": str(first.pk) if until == "first" else until})

    assert list(Notice.objects.unread()) == ([second] if until == "first" else [])


@pytest.mark.parametrize("path", ["/inbox/read/", "/inbox/{}/open/", "/inbox/{}/read/"])
def test_notices_are_not_marked_by_a_link(path, tell, student, page):
    assert page(student).get(path.format(tell().pk)).status_code == 405


# -- the count in the bar -----------------------------------------------------------------------


def bar_of(response):
    tree = html.document_fromstring(response.content)
    (link,) = tree.find_class("inboxlink")
    return " ".join(link.text_content().split())


def test_bar_counts_what_is_unread(tell, student, page):
    tell()
    tell()

    assert bar_of(page(student).get("/docs/")) == "Inbox 2 unread"


def test_bar_counts_no_further_than_99(tell, student, page):
    for _ in range(101):
        tell()

    assert bar_of(page(student).get("/docs/")) == "Inbox 99+ unread"


def test_bar_without_unread_shows_no_number(student, page):
    assert bar_of(page(student).get("/docs/")) == "Inbox"


def test_bar_of_visitors_has_no_inbox(page):
    assert b"inboxlink" not in page(None).get("/docs/").content


def test_thread_that_is_looked_at_counts_no_longer(tell, student, question, page):
    tell()

    assert bar_of(page(student).get(question.get_absolute_url())) == "Inbox"


# -- settings -----------------------------------------------------------------------------------


def test_settings_show_the_choice_of_each_kind(student, page):
    PreferenceFactory(user=student, kind="mention", cadence="weekly")

    tree = html.document_fromstring(page(student).get("/inbox/settings/").content)

    chosen = {one.get("name"): one.get("value") for one in tree.xpath("//main//input[@checked]")}
    assert len(chosen) == len(kinds())
    assert (chosen["reply"], chosen["mention"]) == ("at_once", "weekly")


def test_settings_are_saved(student, page):
    choice = dict.fromkeys([one.name for one in kinds()], "daily") | {"reply": "never"}

    response = page(student).post("/inbox/settings/", choice)

    assert response["Location"] == "/inbox/settings/"
    assert dict(Preference.objects.values_list("kind", "cadence")) == choice


def test_settings_with_a_strange_choice_are_shown_again(student, page):
    response = page(student).post("/inbox/settings/", {"reply": "hourly"})

    assert response.status_code == 400
    assert not Preference.objects.exists()


def test_settings_list_muted_threads_to_be_unmuted(student, question, page):
    MuteFactory(user=student, context_id=question.pk)
    browser = page(student)

    before = text_of(browser.get("/inbox/settings/"))
    response = browser.post(reverse("notices:unmute", args=[question.pk]))

    assert "Question by Student Who should pay for water?, paragraph 1" in before
    assert response["Location"] == "/inbox/settings/"
    assert "Muted threads None." in text_of(browser.get("/inbox/settings/"))


# -- unsubscribing ------------------------------------------------------------------------------


def test_unsubscribe_by_the_mail_programs_post_needs_neither_cookie_nor_token(
    tell, student, settings
):
    DeliveryFactory(notice=tell())
    send_due()
    header = mail.outbox[0].message()["List-Unsubscribe"]
    address = header.strip("<>").removeprefix(settings.SITE_URL)

    response = Client(enforce_csrf_checks=True).post(
        address, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded"
    )

    assert response.status_code == 200
    assert list(Preference.objects.values_list("user", "kind", "cadence")) == [
        (student.pk, "reply", "never")
    ]


def test_unsubscribe_by_a_link_asks_first(student, page):
    address = reverse("notices:unsubscribe", args=[unsubscribe_token(student, "reply")])

    text = text_of(page(None).get(address))

    assert "These e-mails are of the kind “Replies to me”." in text
    assert not Preference.objects.exists()


def test_unsubscribe_from_all_leaves_nothing(student, page):
    address = reverse("notices:unsubscribe", args=[unsubscribe_token(student, "")])

    text = text_of(page(None).post(address))

    assert "no more e-mails about anything in your seminars" in text
    assert Preference.objects.filter(cadence="never").count() == len(kinds())


def test_unsubscribe_with_an_address_of_somebodys_making_is_missing(student, page):
    good = unsubscribe_token(student, "reply")
    unknown = unsubscribe_token(student, "gossip")
    gone = unsubscribe_token(type(student)(), "reply")

    for token in (good[:-1], "nonsense", unknown, gone):
        assert page(None).post(reverse("notices:unsubscribe", args=[token])).status_code == 404
