import smtplib
import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import connection, connections
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.enums import Status
from annotations.models import Annotation
from debate.notices.mail import PAUSES, give_up, one_line, send_due
from debate.notices.models import Delivery, Notice
from tests.factories.annotations import AnnotationFactory, ReplyFactory, annotation_on
from tests.factories.notices import DeliveryFactory, MuteFactory, PreferenceFactory

pytestmark = pytest.mark.django_db


class Refusing(EmailBackend):
    """A mail server that refuses the addresses of one domain."""

    def send_messages(self, messages):
        for one in messages:
            if one.to[0].endswith("@refused.example"):
                raise smtplib.SMTPRecipientsRefused({one.to[0]: (550, b"no such mailbox")})
        return super().send_messages(messages)


class Away(EmailBackend):
    """A mail server that cannot be reached."""

    def open(self):
        raise ConnectionRefusedError("Connection refused")


@pytest.fixture
def question(paragraphs, assignment, student):
    return annotation_on(
        paragraphs[0], assignment=assignment, author=student, kind="question", body="Who pays?"
    )


@pytest.fixture
def told(question, student, classmate):
    """`told(…)`: an e-mail to the student that is due, about a reply of the classmate's."""

    def make(body="Everybody does.", **fields):
        reply = ReplyFactory(parent=question, author=classmate, body=body)
        given = {"notice__recipient": student, "notice__object_id": reply.pk, **fields}
        return DeliveryFactory(notice__context_id=question.pk, **given)

    return make


def states():
    return dict(Delivery.objects.values_list("pk", "state"))


def test_send_due_at_once_sends_one_mail_with_its_words(told, student, classmate):
    delivery = told()

    assert send_due() == 1

    (letter,) = mail.outbox
    assert letter.to == [student.email]
    assert letter.subject == f"{classmate.display_name} replied to your question"
    assert "Who should pay for water?, paragraph 1" in letter.body
    assert "“Everybody does.”" in letter.body
    assert f"http://127.0.0.1:8000/annotations/{delivery.notice.object_id}/" in letter.body
    assert states() == {delivery.pk: "sent"}


def test_send_due_twice_sends_nothing_more(told):
    told()
    send_due()

    assert send_due() == 0
    assert len(mail.outbox) == 1


def test_send_due_carries_the_headers_of_one_click_unsubscribing(told):
    delivery = told()
    send_due()

    headers = mail.outbox[0].message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert headers["List-Unsubscribe"].startswith("<http://127.0.0.1:8000/inbox/unsubscribe/")
    assert headers["Message-ID"] == f"<{delivery.pk}@127.0.0.1>"
    assert [part.get_content_type() for part in headers.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]


def test_send_due_killed_after_the_server_took_it_sends_the_same_again(told):
    delivery = told()
    send_due()
    # As the rows stand when the worker dies before its last commit: charged, and rested meanwhile.
    Delivery.objects.update(
        state="queued", sent_at=None, updated_at=timezone.now() - timedelta(minutes=1)
    )

    send_due()

    ids = [one.message()["Message-ID"] for one in mail.outbox]
    assert ids == [f"<{delivery.pk}@127.0.0.1>"] * 2


def test_send_due_what_is_not_due_yet_waits(told):
    told(due_at=timezone.now() + timedelta(minutes=1))

    assert send_due() == 0


@pytest.mark.parametrize(
    "hide",
    [
        lambda one: type(one).objects.filter(pk=one.pk).update(status=Status.HIDDEN),
        lambda one: type(one).objects.filter(pk=one.pk).update(audience="private"),
    ],
)
def test_send_due_what_can_no_longer_be_seen_is_dropped(hide, told):
    delivery = told()
    hide(delivery_object(delivery))

    assert send_due() == 0
    assert states() == {delivery.pk: "dropped"}


def delivery_object(delivery):
    return Annotation.objects.get(pk=delivery.notice.object_id)


def test_send_due_to_whoever_left_the_seminar_is_dropped(told, student):
    delivery = told()
    student.memberships.all().delete()

    assert send_due() == 0
    assert states() == {delivery.pk: "dropped"}


def test_send_due_muted_or_unwanted_meanwhile_is_dropped(told, student, question):
    told()
    MuteFactory(user=student, context_id=question.pk)

    assert send_due() == 0

    student.mutes.all().delete()
    told()
    PreferenceFactory(user=student, kind="reply", cadence="never")

    assert send_due() == 0
    assert set(states().values()) == {"dropped"}


def test_send_due_to_nobodys_address_is_dropped(told, student):
    student.email = ""
    student.save()
    told()

    assert send_due() == 0
    assert set(states().values()) == {"dropped"}


def test_send_due_header_injection_makes_no_header(told, student, classmate, assignment):
    classmate.name = "Eve\r\nBcc: all@example.org\n\nHello"
    classmate.save()
    assignment.title = "Water\r\nX-Injected: 1"
    assignment.save()
    told(body="Words\r\nX-Other: 2")

    send_due()

    headers = mail.outbox[0].message()
    assert headers["Subject"] == "Eve Bcc: all@example.org Hello replied to your question"
    assert {"Bcc", "X-Injected", "X-Other"}.isdisjoint(headers.keys())


def test_send_due_markup_of_others_is_escaped_in_html(told):
    told(body="<img src=x onerror=alert(1)>")
    send_due()

    html = mail.outbox[0].alternatives[0].content
    assert "&lt;img src=x" in html
    assert "<img" not in html


def test_one_line_is_cut_with_an_ellipsis():
    assert one_line("a " * 200, limit=10) == "a a a a a…"


# -- digests ----------------------------------------------------------------------------------


def digest(told, count, **fields):
    at = timezone.now() - timedelta(minutes=1)
    return [told(f"Remark {n}.", cadence="daily", due_at=at, **fields) for n in range(count)]


def test_send_due_digest_is_one_mail_grouped_and_capped(told):
    digest(told, 32)

    assert send_due() == 1

    (letter,) = mail.outbox
    assert letter.subject == "32 things to read from this day · Counterpoint"
    assert letter.body.count("replied to your question") == 20
    assert letter.body.count("Who should pay for water?, paragraph 1") == 1
    assert "12 more: http://127.0.0.1:8000/inbox/" in letter.body
    assert set(states().values()) == {"sent"}


def test_send_due_digest_leaves_out_what_was_read(told):
    first, second = digest(told, 2)
    Notice.objects.filter(pk=first.notice_id).update(read_at=timezone.now())

    send_due()

    assert mail.outbox[0].subject == "1 thing to read from this day · Counterpoint"
    assert states() == {first.pk: "dropped", second.pk: "sent"}


def test_send_due_digests_of_two_periods_are_two_mails_with_ids_of_their_own(told):
    now = timezone.now()
    told(cadence="daily", due_at=now - timedelta(days=1))
    told(cadence="daily", due_at=now)

    assert send_due() == 2
    assert len({one.message()["Message-ID"] for one in mail.outbox}) == 2


def test_send_due_digest_sent_again_has_the_same_id(told):
    digest(told, 2)
    send_due()
    Delivery.objects.update(state="queued", updated_at=timezone.now() - timedelta(minutes=1))

    send_due()

    first, second = (one.message()["Message-ID"] for one in mail.outbox)
    assert first == second


def test_send_due_asks_as_often_for_a_digest_of_three_as_of_one(told):
    digest(told, 1)
    with CaptureQueriesContext(connection) as one:
        send_due()
    digest(told, 3)
    with CaptureQueriesContext(connection) as three:
        send_due()

    assert len(three) == len(one)


# -- failures ---------------------------------------------------------------------------------


def test_send_due_one_refused_rests_and_the_others_go_on(told, student, classmate, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    student.email = "gone@refused.example"
    student.save()
    refused = told()
    instead = DeliveryFactory(
        notice__recipient=classmate,
        notice__object_id=AnnotationFactory(assignment=delivery_object(refused).assignment).pk,
    )

    assert send_due() == 1

    assert states() == {refused.pk: "queued", instead.pk: "sent"}
    assert Delivery.objects.get(pk=refused.pk).tries == 1
    assert send_due() == 0  # it rests


def test_send_due_refused_each_time_is_given_up_after_growing_pauses(told, student, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Refusing"
    student.email = "gone@refused.example"
    student.save()
    delivery = told()

    for pause in PAUSES:
        send_due()
        assert give_up() == 0
        Delivery.objects.update(updated_at=F("updated_at") - pause + timedelta(seconds=2))
        assert send_due() == 0
        Delivery.objects.update(updated_at=F("updated_at") - timedelta(seconds=2))
    send_due()

    assert Delivery.objects.get().tries == len(PAUSES) + 1
    assert give_up() == 1
    assert states() == {delivery.pk: "failed"}
    assert list(PAUSES) == sorted(PAUSES)


def test_send_due_server_away_charges_nobody(told, settings):
    settings.EMAIL_BACKEND = f"{__name__}.Away"
    told()

    assert send_due() == 0
    assert Delivery.objects.get().tries == 0


@pytest.mark.django_db(transaction=True)
def test_send_due_by_two_workers_sends_each_once(told):
    for _ in range(10):
        told()
    digest(told, 5)

    def work():
        send_due()
        connections.close_all()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert len(mail.outbox) == 11
    assert len({one.message()["Message-ID"] for one in mail.outbox}) == 11
