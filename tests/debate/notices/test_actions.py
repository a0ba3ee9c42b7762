import uuid
import zoneinfo
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob

from debate.core.errors import Invalid, Missing
from debate.notices.actions import (
    choose,
    due,
    give_notice,
    mute,
    read_all,
    read_context,
    read_notice,
    unmute,
    unsubscribe,
)
from debate.notices.enums import Cadence
from debate.notices.models import Delivery, Mute, Notice, Preference
from debate.notices.registry import kinds
from tests.expect import expect_refusal
from tests.factories.accounts import UserFactory
from tests.factories.annotations import AnnotationFactory
from tests.factories.notices import DeliveryFactory, MuteFactory, NoticeFactory, PreferenceFactory

pytestmark = pytest.mark.django_db

THING = uuid.UUID(int=11)
THREAD = uuid.UUID(int=12)


def give(*people, kind="reply"):
    return give_notice(
        kind=kind, object_id=THING, context_id=THREAD, recipients=[one.pk for one in people]
    )


def test_give_notice_at_once_leaves_notice_mail_and_job():
    person = UserFactory()

    (notice,) = give(person)

    assert (notice.recipient, notice.kind, notice.object_id) == (person, "reply", THING)
    assert (notice.delivery.cadence, notice.delivery.state) == ("at_once", "queued")
    assert [job.task_name for job in ProcrastinateJob.objects.all()] == ["notices.deliver"]


def test_give_notice_rolled_back_leaves_neither_mail_nor_job():
    person = UserFactory()

    with transaction.atomic():
        give(person)
        transaction.set_rollback(True)

    assert not Notice.objects.exists()
    assert not Delivery.objects.exists()
    assert not ProcrastinateJob.objects.exists()


def test_give_notice_again_tells_nobody_twice():
    person, other = UserFactory(), UserFactory()
    give(person)

    again = give(person, other)

    assert [one.recipient for one in again] == [other]


def test_give_notice_to_whoever_muted_it_tells_nothing():
    person = UserFactory()
    MuteFactory(user=person, context_id=THREAD)

    assert give(person) == []


def test_give_notice_to_a_stand_in_tells_nothing():
    assert give(UserFactory(is_active=False)) == []


def test_give_notice_to_nobody_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert give() == []


def test_give_notice_wanted_never_stands_in_the_inbox_alone():
    person = UserFactory()
    PreferenceFactory(user=person, cadence="never")

    (notice,) = give(person)

    assert not Delivery.objects.filter(notice=notice).exists()
    assert not ProcrastinateJob.objects.exists()


def test_give_notice_wanted_daily_waits_without_a_job():
    person = UserFactory(time_zone="Europe/Berlin")
    PreferenceFactory(user=person, cadence="daily")

    (notice,) = give(person)

    here = notice.delivery.due_at.astimezone(zoneinfo.ZoneInfo("Europe/Berlin"))
    assert (notice.delivery.cadence, here.hour, here.minute) == ("daily", 7, 0)
    assert not ProcrastinateJob.objects.exists()


def test_give_notice_of_an_unknown_kind_is_an_error():
    with pytest.raises(LookupError):
        give(UserFactory(), kind="gossip")


def test_give_notice_to_fifty_asks_as_often_as_to_one():
    one, fifty = UserFactory(), UserFactory.create_batch(50)

    with CaptureQueriesContext(connection) as for_one:
        give(one)
    with CaptureQueriesContext(connection) as for_fifty:
        give(*fifty)

    assert len(for_fifty) == len(for_one)


@pytest.mark.parametrize(
    ("cadence", "zone", "now", "expected"),
    [
        # 25 November 2026 is a Wednesday.
        (Cadence.AT_ONCE, "UTC", "2026-11-25T12:00", "2026-11-25T12:00"),
        (Cadence.DAILY, "UTC", "2026-11-25T06:59", "2026-11-25T07:00"),
        (Cadence.DAILY, "UTC", "2026-11-25T07:00", "2026-11-26T07:00"),
        (Cadence.DAILY, "Asia/Tokyo", "2026-11-25T12:00", "2026-11-25T22:00"),
        (Cadence.DAILY, "No/Such", "2026-11-25T12:00", "2026-11-26T07:00"),
        # The clocks of Berlin went back on 25 October: seven there is six in UTC from then on.
        (Cadence.DAILY, "Europe/Berlin", "2026-10-24T12:00", "2026-10-25T06:00"),
        (Cadence.DAILY, "Europe/Berlin", "2026-10-23T12:00", "2026-10-24T05:00"),
        (Cadence.WEEKLY, "UTC", "2026-11-25T12:00", "2026-11-30T07:00"),
        (Cadence.WEEKLY, "UTC", "2026-11-30T06:00", "2026-11-30T07:00"),
        (Cadence.WEEKLY, "UTC", "2026-11-30T08:00", "2026-12-07T07:00"),
    ],
)
def test_due_is_seven_in_the_persons_time_zone(cadence, zone, now, expected):
    moment, then = (datetime.fromisoformat(one).replace(tzinfo=UTC) for one in (now, expected))

    assert due(cadence, zone, moment) == then


@pytest.fixture
def told(assignment, student):
    """A notice to the student about a classmate's annotation that the student may see."""
    annotation = AnnotationFactory(assignment=assignment)
    return NoticeFactory(recipient=student, object_id=annotation.pk)


def test_read_notice_marks_it(told, student):
    read_notice(actor=student, notice_id=told.pk)

    told.refresh_from_db()
    assert told.read_at is not None


def test_read_notice_again_keeps_the_first_time(told, student):
    read_notice(actor=student, notice_id=told.pk)
    first = Notice.objects.get(pk=told.pk).read_at

    read_notice(actor=student, notice_id=told.pk)

    assert Notice.objects.get(pk=told.pk).read_at == first


def test_read_notice_of_somebody_else_is_missing(told, classmate):
    expect_refusal(Missing, lambda: read_notice(actor=classmate, notice_id=told.pk))


def test_read_all_up_to_one_leaves_what_came_since(told, student):
    later = NoticeFactory(recipient=student)

    read_all(actor=student, until=told.pk)

    assert list(Notice.objects.unread()) == [later]


def test_read_all_marks_only_the_own(told, student, classmate):
    theirs = NoticeFactory(recipient=classmate)

    read_all(actor=student)

    assert list(Notice.objects.unread()) == [theirs]


def test_read_context_marks_what_belongs_to_it(told, student):
    other = NoticeFactory(recipient=student)

    read_context(actor=student, context_id=told.context_id)

    assert list(Notice.objects.unread()) == [other]


def test_choose_changes_the_named_kinds_only(student):
    PreferenceFactory(user=student, kind="mention", cadence="weekly")

    choose(actor=student, cadences={"reply": "daily"})
    choose(actor=student, cadences={"reply": "weekly"})

    said = dict(Preference.objects.values_list("kind", "cadence"))
    assert said == {"mention": "weekly", "reply": "weekly"}


def test_choose_never_drops_what_waits(student, classmate):
    mine = DeliveryFactory(notice__recipient=student)
    theirs = DeliveryFactory(notice__recipient=classmate)

    choose(actor=student, cadences={"reply": "never"})

    states = dict(Delivery.objects.values_list("pk", "state"))
    assert states == {mine.pk: "dropped", theirs.pk: "queued"}


@pytest.mark.parametrize("cadences", [{"gossip": "daily"}, {"reply": "hourly"}])
def test_choose_what_there_is_not_is_invalid(cadences, student):
    expect_refusal(
        Invalid, lambda: choose(actor=student, cadences=cadences), field=next(iter(cadences))
    )


def test_unsubscribe_from_all_leaves_no_kind(student):
    unsubscribe(person=student)

    said = dict(Preference.objects.values_list("kind", "cadence"))
    assert said == dict.fromkeys([one.name for one in kinds()], "never")


def test_mute_again_and_unmute_again_do_nothing(student):
    mute(actor=student, context_id=THREAD)
    mute(actor=student, context_id=THREAD)
    muted = Mute.objects.count()
    unmute(actor=student, context_id=THREAD)
    unmute(actor=student, context_id=THREAD)

    assert (muted, Mute.objects.count()) == (1, 0)
