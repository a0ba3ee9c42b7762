"""Exports that the worker makes."""

import json
from datetime import timedelta

import pytest
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from annotations.enums import ExportState
from annotations.exchange.bulk import actions
from annotations.exchange.bulk.actions import (
    ask_for_export,
    cancel_export,
    file_of,
    make_export,
    remove_expired,
)
from annotations.exchange.bulk.scope import Scope, Wanted
from annotations.exchange.bulk.snapshot import MOST_OF_A_PERSON, Snapshot
from annotations.exchange.tasks import make, remove
from annotations.models import ExportJob
from debate.core.errors import Gone, InvalidState, Missing, TooMany
from debate.core.models import uuid7
from tests.factories.annotations import AnnotationFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def data(settings, tmp_path):
    settings.DATA = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def asked(assignment, student):
    """`asked(**wanted)`: an export of the assignment that the student asked for."""
    AnnotationFactory.create_batch(3, assignment=assignment)

    def ask(**wanted):
        scope = Scope(student, assignment=assignment)
        return ask_for_export(actor=student, scope=scope, wanted=Wanted(**wanted))

    return ask


def test_export_is_left_to_the_worker_and_made_by_it(asked, student, data):
    job = asked()

    queued = ProcrastinateJob.objects.get(args={"job": str(job.pk)})
    make(**queued.args)

    job.refresh_from_db()
    found, path = file_of(student, job.pk)
    lines = path.read_bytes().splitlines()
    assert (queued.task_name, queued.queue_name, queued.args) == (
        "annotations.make_export", "exports", {"job": str(job.pk)},
    )  # fmt: skip
    assert json.loads(lines[-1])["count"] == 3
    assert (found.state, found.done, found.total) == (ExportState.DONE, 3, 3)
    assert (found.file, found.size) == (f"exports/{job.pk}.ndjson", path.stat().st_size)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in data.iterdir()] == [path.name]


def test_export_keeps_what_was_chosen(asked, assignment, student):
    wanted = Wanted(format="tables", authors="pseudonym", project="Water", cells="safe")

    job = asked(format="tables", authors="pseudonym", project="Water", cells="safe")

    assert Wanted.read({**job.options, "format": job.format}) == wanted
    assert Wanted.read({**Wanted(trailer=False).options}) == Wanted(trailer=False)


def test_fourth_unfinished_export_is_refused(asked):
    for _ in range(3):
        asked()

    with pytest.raises(TooMany) as refused:
        asked()

    assert refused.value.code == "too_many_exports"


def test_export_is_told_how_far_it_is_and_stops_when_cancelled(monkeypatch, asked, student, data):
    monkeypatch.setattr(actions, "BEAT", 0.0)
    job = asked()
    told = []
    usual = actions._Progress.__call__

    def cancelling(self, done):
        usual(self, done)
        told.append(ExportJob.objects.get(pk=job.pk).done)
        cancel_export(actor=student, job_id=job.pk)
        usual(self, done)

    monkeypatch.setattr(actions._Progress, "__call__", cancelling)
    make_export(job.pk)

    job.refresh_from_db()
    assert told == [3]
    assert (job.state, list(data.iterdir())) == (ExportState.CANCELLED, [])


def test_export_cancelled_before_its_turn_is_not_made(asked, student, data):
    job = asked()
    cancel_export(actor=student, job_id=job.pk)
    again = cancel_export(actor=student, job_id=job.pk)

    make_export(job.pk)

    assert (again.state, data.exists()) == (ExportState.CANCELLED, False)


def test_finished_export_cannot_be_cancelled_and_none_of_others(asked, student, classmate):
    job = asked()
    make_export(job.pk)

    with pytest.raises(InvalidState):
        cancel_export(actor=student, job_id=job.pk)
    with pytest.raises(Missing):
        cancel_export(actor=classmate, job_id=job.pk)
    with pytest.raises(Missing):
        cancel_export(actor=student, job_id=uuid7())


def test_export_of_what_is_not_seen_any_more_fails_with_a_sentence(asked, student, data):
    job = asked()
    student.memberships.all().delete()

    make_export(job.pk)

    job.refresh_from_db()
    assert (job.state, job.message) == (
        ExportState.FAILED,
        "There is nothing here, or nothing that you may see.",
    )
    assert not data.exists()


def test_export_that_goes_wrong_says_so_and_leaves_nothing(monkeypatch, asked, data):
    def broken(*_):
        raise OSError("No space left.")

    monkeypatch.setattr(actions, "_written", broken)
    job = asked()

    with pytest.raises(OSError, match="No space"):
        make_export(job.pk)

    job.refresh_from_db()
    assert (job.state, list(data.iterdir())) == (ExportState.FAILED, [])


def test_export_without_room_waits_for_its_turn(asked, student):
    job = asked()
    open_ones = [Snapshot(student.pk) for _ in range(MOST_OF_A_PERSON)]

    with pytest.raises(TooMany):
        make_export(job.pk)
    for one in open_ones:
        one.close()

    job.refresh_from_db()
    assert job.state == ExportState.QUEUED
    make_export(job.pk)
    job.refresh_from_db()
    assert job.state == ExportState.DONE


def test_file_is_its_askers_alone(asked, classmate, instructor):
    job = asked()
    make_export(job.pk)

    for person in (classmate, instructor):
        with pytest.raises(Missing):
            file_of(person, job.pk)


def test_file_is_gone_once_the_asker_sees_by_other_rules(asked, assignment, student, group):
    job = asked()
    make_export(job.pk)
    group.members.clear()

    with pytest.raises(Gone):
        file_of(student, job.pk)


def test_file_under_pseudonyms_is_gone_once_somebody_in_it_says_no(asked, student, classmate):
    job = asked(authors="pseudonym", project="Water")
    make_export(job.pk)
    assert file_of(student, job.pk)[0] == job
    classmate.memberships.update(consents=False)

    with pytest.raises(Gone):
        file_of(student, job.pk)


def test_file_is_absent_once_the_asker_has_left(asked, student):
    job = asked()
    make_export(job.pk)
    student.memberships.all().delete()

    with pytest.raises(Missing):
        file_of(student, job.pk)


def test_file_is_gone_after_a_week_and_removed(asked, student, data):
    job, kept = asked(), asked()
    for one in (job, kept):
        make_export(one.pk)
    job.refresh_from_db()
    assert timedelta(days=6) < job.expires_at - timezone.now() <= timedelta(days=7)
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now())

    with pytest.raises(Gone):
        file_of(student, job.pk)
    (data / "stray.ndjson").touch()
    (data / f"{job.pk}.ndjson.part").touch()
    remove(timestamp=0)

    assert [one.name for one in data.iterdir()] == [f"{kept.pk}.ndjson"]
    assert list(ExportJob.objects.all()) == [kept]


def test_export_that_nobody_goes_on_making_is_given_up(asked):
    job, fresh = asked(), asked()
    ExportJob.objects.filter(pk=job.pk).update(updated_at=timezone.now() - timedelta(hours=2))

    assert remove_expired() == 0

    job.refresh_from_db()
    fresh.refresh_from_db()
    assert (job.state, fresh.state) == (ExportState.FAILED, ExportState.QUEUED)
