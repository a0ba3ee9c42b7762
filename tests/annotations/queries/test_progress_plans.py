"""What progress and news cost where there is much: a seminar of 200 with 20,000 annotations."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotations.models import Annotation
from annotations.queries.progress import counts_of, people_progress
from annotations.queries.visits import new_replies, news_of
from debate.seminars.models import Membership
from tests.factories.annotations import VisitFactory
from tests.factories.assignments import AssignmentFactory, RoundFactory
from tests.factories.bulk import count_rows, crowd


@pytest.fixture
def crowded(assignment):
    """The assignment with a tenth of the seminar's annotations; the others are in another one."""
    other = AssignmentFactory(essay=assignment.essay, slug="other")
    RoundFactory(assignment=other)
    crowd(other)
    tenth = Annotation.objects.order_by("id").values("pk")[:2_000]
    Annotation.objects.filter(pk__in=tenth).update(
        assignment=assignment, round=assignment.rounds.get()
    )
    count_rows()
    return assignment


def plans_of(act):
    """The plans of the queries of annotations that `act` makes."""
    with CaptureQueriesContext(connection) as made:
        act()
    asked = [one["sql"] for one in made if 'FROM "annotations_a' in one["sql"]]
    plans = []
    with connection.cursor() as cursor:
        for sql in asked:
            cursor.execute(f"EXPLAIN {sql}")
            plans.append("\n".join(line for (line,) in cursor.fetchall()))
    return plans


def test_progress_of_one_and_of_all_is_counted_from_indexes(crowded, student, instructor):
    staff = Membership.objects.get(user=instructor)

    plans = [
        *plans_of(lambda: counts_of(crowded, people=[student.pk])),
        *plans_of(lambda: people_progress(staff, crowded)),
    ]

    assert len(plans) == 4
    assert [plan for plan in plans if "Seq Scan on annotations_annotation" in plan] == []


def test_progress_of_200_students_is_whole(crowded, instructor):
    staff = Membership.objects.get(user=instructor)

    found = people_progress(staff, crowded)

    assert len(found) == 200
    assert sum(one.counts.total for one in found) == (
        Annotation.objects.filter(assignment=crowded).counted().count()
    )


def test_news_are_counted_from_indexes(crowded, student):
    since = timezone.now() - timedelta(days=1)
    VisitFactory(user=student, assignment=crowded, last_at=since)

    plans = [
        *plans_of(lambda: new_replies(student, crowded, since)),
        *plans_of(lambda: news_of(student, [crowded])),
    ]

    assert len(plans) == 2
    assert [plan for plan in plans if "Seq Scan on annotations_annotation" in plan] == []
