"""One state of the database, over a connection of its own."""

import psycopg
import pytest
from django.db import connection

from annotations.exchange.bulk import snapshot as snapshot_module
from annotations.exchange.bulk.snapshot import (
    MOST_AT_ONCE,
    MOST_OF_A_PERSON,
    MOST_OF_VISITORS,
    MOST_PLANNED,
    Snapshot,
)
from annotations.exchange.errors import Busy
from annotations.models import Annotation
from debate.core.errors import TooMany
from debate.core.models import uuid7
from tests.factories.annotations import AnnotationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def opened():
    """Opens snapshots, and closes them when the test ends."""
    kept = []

    def open_one(user_id=None):
        kept.append(Snapshot(user_id))
        return kept[-1]

    yield open_one
    for one in kept:
        one.close()


def bodies(snapshot):
    rows = Annotation.objects.order_by("pk").values("body")
    return [one["body"] for one in snapshot.records(rows)]


def test_snapshot_shows_what_stood_when_it_was_opened(assignment, opened):
    AnnotationFactory(assignment=assignment, body="Before.")
    snapshot = opened()
    AnnotationFactory(assignment=assignment, body="After.")
    Annotation.objects.update(body="Changed.")

    assert bodies(snapshot) == ["Before."]
    assert snapshot.count(Annotation.objects.all()) == 1


def test_snapshot_gives_lines_as_they_are(assignment, opened):
    hostile = 'A "quote", a \\ and\na line \u2028 break\tof \x01\x02 signs 🙂'
    AnnotationFactory(assignment=assignment, body=hostile)

    assert bodies(opened()) == [hostile]


def test_snapshots_of_a_person_beyond_the_bound_are_refused(db, opened):
    person, other = uuid7(), uuid7()
    for _ in range(MOST_OF_A_PERSON):
        opened(person)

    with pytest.raises(TooMany) as refused:
        opened(person)

    assert (refused.value.code, refused.value.extra) == ("too_many_exports", {"retry_after": 10})
    opened(other)


def test_snapshots_beyond_the_bound_are_refused_until_one_is_closed(db, opened):
    taken = [opened(uuid7()) for _ in range(MOST_AT_ONCE)]

    with pytest.raises(Busy) as refused:
        opened(uuid7())
    taken[0].close()

    assert (refused.value.status, refused.value.extra) == (503, {"retry_after": 10})
    opened(uuid7())


def test_visitors_have_a_bound_of_their_own_and_take_no_room_of_people(db, opened):
    for _ in range(MOST_OF_VISITORS):
        opened()

    with pytest.raises(Busy) as refused:
        opened()

    assert refused.value.extra == {"retry_after": 10}
    for _ in range(MOST_AT_ONCE):
        opened(uuid7())
    with pytest.raises(Busy):
        opened(uuid7())


def test_closed_snapshot_leaves_no_connection(db, opened, others):
    snapshot = opened()

    snapshot.close()
    snapshot.close()

    assert others() == 0


def test_reading_that_is_broken_off_leaves_no_connection(assignment, opened, others):
    AnnotationFactory.create_batch(3, assignment=assignment, body="x" * 9_000)
    snapshot = opened()
    pieces = snapshot.pieces(*Annotation.objects.values("body").query.sql_with_params())
    next(pieces)

    snapshot.close()

    assert others() == 0


@pytest.fixture
def keeping(transactional_db, monkeypatch):
    """A process that keeps a pool of connections, beside the test's own."""
    connection.ensure_connection()
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "pool", {"min_size": 1})
    yield
    for link, _ in snapshot_module._idle:
        link.close()
    snapshot_module._idle.clear()


def backend_of(snapshot):
    return snapshot._link.info.backend_pid


def test_snapshot_takes_the_connection_of_the_last_one_where_connections_are_kept(
    assignment, keeping, opened
):
    first = opened()
    backend = backend_of(first)
    first.close()
    AnnotationFactory(assignment=assignment, body="After the first.")

    second, third = opened(), opened()

    assert (backend_of(second), bodies(second)) == (backend, ["After the first."])
    assert backend_of(third) != backend


def test_snapshot_takes_a_new_connection_where_the_kept_one_is_dead_or_old(
    db, keeping, opened, monkeypatch
):
    first = opened()
    dead = backend_of(first)
    first.close()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [dead])
    second = opened()
    backend = backend_of(second)
    second.close()
    monkeypatch.setattr(snapshot_module, "KEPT_FOR", 0.0)

    assert backend != dead
    assert backend_of(opened()) != backend


def test_reading_that_is_broken_off_keeps_no_connection(assignment, keeping, opened, others):
    AnnotationFactory.create_batch(3, assignment=assignment, body="x" * 9_000)
    snapshot = opened()
    pieces = snapshot.pieces(*Annotation.objects.values("body").query.sql_with_params())
    next(pieces)

    snapshot.close()

    assert list(snapshot_module._idle) == []
    assert others() == 0


def told(snapshot, sql, *values):
    return b"".join(snapshot._link.told(sql, values))


def planned(snapshot):
    return snapshot._link.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()[0]


ONE = "SELECT 'line ' || number FROM generate_series(1, %s) AS number WHERE 1 %% 2 = 1"


def test_lines_come_as_they_are_some_at_a_time(db, opened):
    hostile = 'A "quote", a \\ and a \x01 sign 🙂, 100 % of it'

    snapshot = opened()

    assert told(snapshot, ONE, 40) == b"".join(b"line %d\n" % n for n in range(1, 41))
    assert told(snapshot, "SELECT %s::text", hostile) == f"{hostile}\n".encode()
    assert told(snapshot, "SELECT NULL::text") == b"\n"


def test_lines_are_planned_once_a_connection(db, keeping, opened):
    first = opened()
    told(first, ONE, 3)
    before = planned(first)
    first.close()

    second = opened()
    told(second, ONE, 5)
    told(second, ONE, 7)

    assert planned(second) == before == 1


def test_connection_keeps_no_more_statements_planned_than_are_good_for_it(db, opened):
    snapshot = opened()
    wanted = [f"{ONE} AND {number} > 0" for number in range(1, MOST_PLANNED + 3)]

    found = [told(snapshot, sql, 1) for sql in [*wanted, wanted[0]]]

    assert found == [b"line 1\n"] * (MOST_PLANNED + 3)
    assert planned(snapshot) == 3


def test_lines_behind_a_pooler_leave_nothing_planned(db, opened, monkeypatch):
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "prepare_threshold", None)
    snapshot = opened()

    assert told(snapshot, ONE, 2) == b"line 1\nline 2\n"
    assert planned(snapshot) == 0


def test_line_that_cannot_be_made_is_told_and_keeps_no_connection(db, keeping, opened, others):
    snapshot = opened()

    with pytest.raises(psycopg.DatabaseError, match="division by zero"):
        told(snapshot, "SELECT (1 / (60 - n))::text FROM generate_series(1, 80) AS n")
    snapshot.close()

    assert list(snapshot_module._idle) == []
    assert others() == 0


def test_lines_that_are_broken_off_keep_no_connection(db, keeping, opened, others):
    snapshot = opened()
    lines = snapshot._link.told("SELECT repeat('x', 9000) FROM generate_series(1, 9000)", ())
    next(lines)

    snapshot.close()
    lines.close()

    assert list(snapshot_module._idle) == []
    assert others() == 0
