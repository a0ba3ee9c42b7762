"""Deadlines are decided by the database's clock, in the statement that writes."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.utils import timezone

from annotations.actions import Content, Post, Target, create_annotation, create_annotations
from annotations.models import Annotation, Change
from debate.assignments.models import Assignment
from debate.core.errors import InvalidState
from debate.seminars.models import Membership

WRITERS = 6
LEAD, LONGEST = timedelta(seconds=1.5), timedelta(seconds=100)
WRONG_CLOCKS = {"right": timedelta(), "slow": timedelta(minutes=-5), "fast": timedelta(minutes=5)}


def database_time():
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]


def post(actor, assignment, paragraph):
    return create_annotation(
        actor=actor,
        assignment_id=assignment.pk,
        content=Content(kind="comment", body="In time?"),
        targets=[Target(paragraph_id=paragraph.pk)],
    )


def write_around(closes_in, assignment, paragraph, student):
    """When it closed, and what came of each write before and after: (begun, answered, code, id)."""
    tried = []
    closings = []  # one, once everybody is there
    are_there, is_set = threading.Barrier(WRITERS + 1), threading.Event()

    def write_on():
        database_time()  # has a connection
        are_there.wait()
        is_set.wait()
        (closes,) = closings
        was_refused = False
        while not was_refused or database_time() < closes + timedelta(seconds=0.5):
            before = database_time()
            try:
                made = post(student, assignment, paragraph)
            except InvalidState as error:
                tried.append((before, database_time(), error.code, None))
                was_refused = True
            else:
                tried.append((before, database_time(), "taken", made.pk))
        connections.close_all()

    threads = [threading.Thread(target=write_on) for _ in range(WRITERS)]
    for thread in threads:
        thread.start()
    are_there.wait()
    closes = database_time() + closes_in
    Assignment.objects.filter(pk=assignment.pk).update(
        opens_at=closes - timedelta(days=1), closes_at=closes
    )
    closings.append(closes)
    is_set.set()
    for thread in threads:
        thread.join()
    return closes, tried


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("clock", WRONG_CLOCKS)
def test_writes_around_the_closing_are_taken_if_and_only_if_in_time(
    clock, assignment, paragraphs, student, monkeypatch
):
    """Whatever the application's clock says: asked just before and just after by the database's."""
    now = timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + WRONG_CLOCKS[clock])
    Membership.objects.filter(user=student).update(role="student")
    all_taken, taken, lead = set(), [], LEAD

    while not taken:  # on a machine that is too busy to write anything in time: with more of it
        assert lead <= LONGEST
        closes, tried = write_around(lead, assignment, paragraphs[0], student)
        taken = [one for one in tried if one[2] == "taken"]
        refused = [one for one in tried if one[2] == "closed"]
        assert len(taken) + len(refused) == len(tried)
        assert refused
        # Begun after the closing: never taken. Answered before it: never refused.
        assert [one for one in taken if one[0] >= closes] == []
        assert [one for one in refused if one[1] < closes] == []
        all_taken |= {one[3] for one in taken}
        lead *= 4

    rows = Annotation.objects.filter(assignment=assignment)
    assert set(rows.values_list("pk", flat=True)) == all_taken
    assert Change.objects.filter(assignment=assignment).count() == len(all_taken)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("together", [False, True], ids=["alone", "together"])
def test_write_that_is_held_up_past_the_closing_is_refused_by_its_own_statement(
    together, assignment, paragraphs, student
):
    """All checks were passed in time; the statement that writes looks at the clock once more."""
    refused = write_together if together else write_alone
    held_up, lead = [], timedelta(seconds=5)

    def hold_up(execute, sql, params, many, context):
        if 'UPDATE "assignments_assignment"' in sql:
            held_up.append(database_time() < closes)
            time.sleep(max(0, (closes - timezone.now()).total_seconds()) + 0.2)
        return execute(sql, params, many, context)

    while held_up != [True]:  # on a machine that is too busy to come there in time: with more of it
        assert lead <= LONGEST
        held_up.clear()
        closes = database_time() + lead
        Assignment.objects.filter(pk=assignment.pk).update(closes_at=closes)
        with connection.execute_wrapper(hold_up):
            codes = refused(student, assignment, paragraphs[0])
        assert codes == (["closed", "blank", "closed"] if together else ["closed"])
        lead *= 4

    assert not Annotation.objects.exists()
    assert not Change.objects.exists()


def write_alone(actor, assignment, paragraph):
    with pytest.raises(InvalidState) as caught:
        post(actor, assignment, paragraph)
    return [caught.value.code]


def write_together(actor, assignment, paragraph):
    posts = [
        Post(
            content=Content(kind="comment", body=body), targets=[Target(paragraph_id=paragraph.pk)]
        )
        for body in ("First.", " ", "Last.")
    ]
    refused = create_annotations(actor=actor, assignment_id=assignment.pk, posts=posts)
    return [one.code for one in refused]
