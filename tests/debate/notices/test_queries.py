from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.utils import timezone

from annotations.models import Annotation
from debate.notices.models import Notice
from debate.notices.queries import (
    MOST_COUNTED,
    PAGE_SIZE,
    choices,
    inbox,
    is_muted,
    muted,
    unread_count,
    visible_notices,
)
from tests.expect import expect_constant_queries
from tests.factories.annotations import ReplyFactory, annotation_on
from tests.factories.notices import MuteFactory, NoticeFactory, PreferenceFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def tell(paragraphs, assignment, student, classmate):
    """`tell(…)`: a notice to the student about a new reply of the classmate's."""
    question = annotation_on(paragraphs[0], assignment=assignment, author=student)

    def make(parent=question, kind="reply", **fields):
        reply = ReplyFactory(parent=parent, author=classmate, **fields)
        return NoticeFactory(
            recipient=student, kind=kind, object_id=reply.pk, context_id=question.pk
        )

    return make


def shown(page):
    return [told.notice for day in page.days for part in day.sections for told in part.items]


def test_unread_count_of_several_kinds_is_two_queries(tell, student, django_assert_num_queries):
    tell()
    tell(kind="mention")

    with django_assert_num_queries(2):
        assert unread_count(student) == 2


def test_unread_count_of_none_is_one_query(tell, student, django_assert_num_queries):
    tell()
    Notice.objects.update(read_at=timezone.now())

    with django_assert_num_queries(1):
        assert unread_count(student) == 0


def test_unread_count_leaves_out_what_may_no_longer_be_seen(tell, student):
    tell()
    Annotation.objects.filter(pk=tell().object_id).update(status="hidden")

    assert unread_count(student) == 1


def test_unread_count_leaves_out_what_is_read_others_and_unknown_kinds(tell, student, classmate):
    tell()
    Notice.objects.update(read_at=timezone.now())
    NoticeFactory(recipient=student, kind="gossip")
    NoticeFactory(recipient=classmate)

    assert unread_count(student) == 0


def test_unread_count_stops_at_a_hundred(tell, student):
    for _ in range(MOST_COUNTED + 5):
        tell()

    assert unread_count(student) == MOST_COUNTED


def test_unread_count_looks_at_the_unread_notices_of_the_person_alone(tell, student):
    tell()
    read = NoticeFactory.build_batch(500, recipient=student, read_at=timezone.now())
    Notice.objects.bulk_create(read)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notices_notice")

    plan = visible_notices(student).unread().order_by().explain()

    assert "Scan using notice_unread" in plan


def test_inbox_is_newest_first_and_paged_by_key(tell, student):
    notices = [tell() for _ in range(PAGE_SIZE + 2)]

    first = inbox(student)
    second = inbox(student, before=first.before)

    assert shown(first) == notices[:1:-1]
    assert shown(second) == notices[1::-1]
    assert (first.newest, second.before) == (notices[-1].pk, None)


def test_inbox_is_narrowed_to_a_kind_and_to_what_is_unread(tell, student):
    reply, mention = tell(), tell(kind="mention")
    Notice.objects.filter(pk=reply.pk).update(read_at=timezone.now())

    assert shown(inbox(student, kind="reply")) == [reply]
    assert shown(inbox(student, is_unread=True)) == [mention]


def test_inbox_goes_by_days_in_the_readers_time_zone_and_by_place(tell, student):
    late, early = tell(), tell()
    moments = {
        late: datetime(2026, 5, 1, 22, 30, tzinfo=UTC),
        early: datetime(2026, 5, 1, tzinfo=UTC),
    }
    for one, moment in moments.items():
        Notice.objects.filter(pk=one.pk).update(created_at=moment)

    with timezone.override(ZoneInfo("Europe/Berlin")):
        days = [(str(day.date), day.sections[0].heading) for day in inbox(student).days]

    place = "Who should pay for water?, paragraph 1"
    assert days == [("2026-05-01", place), ("2026-05-02", place)]


def test_inbox_asks_as_often_for_three_as_for_one(tell, student):
    tell()

    count = expect_constant_queries(lambda: inbox(student), grow=lambda: [tell(), tell()])

    assert count == 6


def test_inbox_asks_who_may_see_what_of_the_kinds_alone_that_the_person_was_told(
    tell, student, django_assert_num_queries
):
    reply = tell()

    with django_assert_num_queries(6) as asked:
        assert shown(inbox(student)) == [reply]

    assert not [one for one in asked.captured_queries if "grading_release" in one["sql"]]


def test_choices_are_the_kinds_own_where_nothing_was_said(student):
    PreferenceFactory(user=student, kind="mention", cadence="weekly")

    said = {one.kind.name: one.cadence for one in choices(student)}

    assert (said["reply"], said["mention"], said["revision"]) == ("at_once", "weekly", "daily")


def test_muted_nothing_asks_for_no_names(student, django_assert_num_queries):
    with django_assert_num_queries(1):
        assert muted(student) == []


def test_is_muted_by_whom(student, classmate, anonymous):
    context = MuteFactory(user=student).context_id

    assert [is_muted(one, context) for one in (student, classmate, anonymous)] == [
        True, False, False,
    ]  # fmt: skip
