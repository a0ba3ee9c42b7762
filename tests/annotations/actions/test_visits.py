"""When a visit begins and ends, and whose visits are kept."""

from datetime import timedelta

from django.utils import timezone

from annotations.actions.visits import record_visit
from annotations.models import Visit
from tests.expect import expect_constant_queries
from tests.factories.annotations import VisitFactory

HOUR = timedelta(hours=1)


def test_first_visit_has_no_before(assignment, student):
    since = record_visit(actor=student, assignment=assignment)

    assert since is None
    assert Visit.objects.get().before is None


def test_page_within_half_an_hour_belongs_to_the_same_visit(assignment, student):
    now = timezone.now()
    VisitFactory(user=student, assignment=assignment, before=now - 5 * HOUR, last_at=now - HOUR / 3)

    since = record_visit(actor=student, assignment=assignment)

    visit = Visit.objects.get()
    assert (since, visit.before) == (now - 5 * HOUR, now - 5 * HOUR)
    assert visit.last_at >= now


def test_page_after_half_an_hour_begins_another_visit(assignment, student):
    ended = timezone.now() - HOUR
    VisitFactory(user=student, assignment=assignment, before=ended - 5 * HOUR, last_at=ended)

    first, second = (record_visit(actor=student, assignment=assignment) for _ in range(2))

    assert (first, second, Visit.objects.get().before) == (ended, ended, ended)


def test_page_that_is_loaded_again_at_once_writes_nothing(assignment, student):
    visit = VisitFactory(user=student, assignment=assignment)

    record_visit(actor=student, assignment=assignment)

    assert Visit.objects.get().last_at == visit.last_at


def test_nothing_is_kept_of_a_stand_in(assignment, student):
    student.is_active = False

    assert record_visit(actor=student, assignment=assignment) is None
    assert not Visit.objects.exists()


def test_page_keeps_the_visit_of_who_reads_it(page, assignment, student):
    page(student).get(assignment.get_absolute_url())
    page(None).get(assignment.get_absolute_url())

    assert [visit.user for visit in Visit.objects.all()] == [student]


def test_page_fetched_ahead_or_by_its_head_is_no_visit(page, assignment, student):
    browser, url = page(student), assignment.get_absolute_url()

    browser.head(url)
    browser.get(url, headers={"Sec-Purpose": "prefetch;prerender"})
    browser.get(f"{url}?notes=none")

    assert not Visit.objects.exists()


def test_visit_asks_as_often_among_others(assignment, student, classmate):
    VisitFactory(user=student, assignment=assignment)

    expect_constant_queries(
        lambda: record_visit(actor=student, assignment=assignment),
        grow=lambda: VisitFactory(user=classmate, assignment=assignment),
    )
