"""Exports that are made while nobody waits: asked for, made by the worker, cancelled, removed."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from procrastinate.contrib.django import app

from annotations.enums import ExportState
from annotations.exchange.bulk.scope import Scope, Wanted
from annotations.exchange.bulk.writing import begin, format_of
from annotations.exchange.errors import Busy
from annotations.models import ExportJob
from debate.accounts.models import User
from debate.assignments.models import Assignment
from debate.core.errors import DomainError, Gone, InvalidState, Missing, TooMany
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


KEPT = timedelta(days=7)
"""How long a file is kept."""

MOST_UNFINISHED = 3
STALLED = timedelta(hours=1)
"""After how long without a word an export that is being made is given up."""

BEAT = 0.5
"""Seconds between two times that the progress is written down."""

LOWEST = -10
"""The priority of exports: e-mails and whatever else waits go first."""

UNFINISHED = (ExportState.QUEUED, ExportState.RUNNING)


class Cancelled(Exception):
    """Whoever asked for the export does not want it any more."""


@transaction.atomic
def ask_for_export(*, actor: User, scope: Scope, wanted: Wanted) -> ExportJob:
    """Leave it to the worker to make the export, as the actor may read things then.

    Raises Invalid for a format that there is not of this, TooMany while three are not finished.
    """
    format_of(scope, wanted)
    User.objects.select_for_update(no_key=True).get(pk=actor.pk)
    if ExportJob.objects.visible_to(actor).filter(state__in=UNFINISHED).count() >= MOST_UNFINISHED:
        raise TooMany(
            "Three exports of yours are being made. Wait for one, or cancel it.",
            code="too_many_exports",
        )
    job = ExportJob.objects.create(
        asked_by=actor,
        assignment=scope.assignment,
        seminar=scope.seminar,
        format=wanted.format,
        options=wanted.options,
    )
    worker = app.configure_task("annotations.make_export", queue="exports", priority=LOWEST)
    worker.defer(job=str(job.pk))
    return job


@transaction.atomic
def cancel_export(*, actor: User, job_id: UUID) -> ExportJob:
    """End an export that is not finished; its worker stops at the next look. Again does nothing.

    Raises Missing, and InvalidState for one that is finished.
    """
    job = ExportJob.objects.visible_to(actor).select_for_update().filter(pk=job_id).first()
    if job is None:
        raise Missing
    if job.state == ExportState.CANCELLED:
        return job
    if job.state not in UNFINISHED:
        raise InvalidState("This export is finished.")
    job.state = ExportState.CANCELLED
    job.expires_at = timezone.now()
    job.save(update_fields=["state", "expires_at", "updated_at"])
    return job


def make_export(job_id: UUID) -> None:
    """Make the file of an export, telling how far it is; what goes wrong is told there as well.

    Does nothing for one that is finished, cancelled or gone. Raises Busy and TooMany, where it waits
    for its turn.
    """
    found = ExportJob.objects.filter(pk=job_id, state__in=UNFINISHED)
    if not found.update(state=ExportState.RUNNING, done=0, updated_at=Now()):
        return
    job = ExportJob.objects.select_related("asked_by").get(pk=job_id)
    path = path_of(job)
    try:
        _make(job, path)
    except (Busy, TooMany):
        ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING).update(
            state=ExportState.QUEUED, updated_at=Now()
        )
        raise
    except Cancelled:
        path.unlink(missing_ok=True)
    except DomainError as error:
        _end(job, state=ExportState.FAILED, message=error.sentence)
    except BaseException:
        _end(job, state=ExportState.FAILED, message="Something went wrong. Ask for it once more.")
        raise
    finally:
        _draft(path).unlink(missing_ok=True)


def file_of(actor: User, job_id: UUID) -> tuple[ExportJob, Path]:
    """The finished file of an export of the person's.

    Raises Missing for none of the person's, or of what the person does not see any more, and Gone
    where it was removed, or where the person sees by other rules than when it was made.
    """
    job = ExportJob.objects.visible_to(actor).filter(pk=job_id).first()
    if job is None:
        raise Missing
    scope = scope_of(job)
    path = path_of(job)
    is_over = job.expires_at is None or job.expires_at <= timezone.now()
    if job.state != ExportState.DONE or is_over or not path.is_file():
        raise Gone("There is no file any more, or not yet. Ask for it once more.")
    if job.options.get("rules") != scope.rules(_wanted(job)):
        raise Gone("What you may see has changed since this was made. Ask for it once more.")
    return job, path


def scope_of(job: ExportJob) -> Scope:
    """What the export is of, as its asker sees it now. Raises Missing."""
    user = job.asked_by
    if job.assignment_id:
        known = Assignment.objects.visible_to(user).for_pages()
        assignment = known.filter(pk=job.assignment_id).first()
        if assignment is None:
            raise Missing
        return Scope(user, assignment=assignment)
    if job.seminar_id:
        seminar = Seminar.objects.visible_to(user).filter(pk=job.seminar_id).first()
        if seminar is None:
            raise Missing
        return Scope(user, seminar=seminar)
    return Scope(user)


def remove_expired() -> int:
    """Remove exports whose time is over with their files, and give up those nobody makes any more.

    Says how many were removed.
    """
    ExportJob.objects.filter(state__in=UNFINISHED, updated_at__lt=timezone.now() - STALLED).update(
        state=ExportState.FAILED,
        message="It was not finished. Ask for it once more.",
        expires_at=timezone.now() + KEPT,
    )
    removed = 0
    for job in ExportJob.objects.filter(expires_at__lte=timezone.now()).iterator():
        path_of(job).unlink(missing_ok=True)
        job.delete()
        removed += 1
    # Looked at before the rows are: each file of an export that begins meanwhile is another one.
    files = list(folder().glob("*"))
    known = {str(pk) for pk in ExportJob.objects.values_list("pk", flat=True)}
    for stray in files:
        if stray.name.partition(".")[0] not in known:  # also what a killed worker had begun
            stray.unlink(missing_ok=True)
    return removed


def folder() -> Path:
    """Where the files are: below the data folder, so that no server gives them away by itself."""
    return Path(settings.DATA) / "exports"


def path_of(job: ExportJob) -> Path:
    """Where the file of the export is, or is going to be."""
    return folder() / f"{job.pk}.{job.format}"


def _draft(path: Path) -> Path:
    return path.with_name(f"{path.name}.part")


def _make(job: ExportJob, path: Path) -> None:
    if not job.asked_by.is_active:
        raise Missing
    scope = scope_of(job)
    wanted = _wanted(job)
    records = begin(scope, wanted, base=settings.SITE_URL, tell=_Progress(job))
    try:
        rules = scope.rules(wanted)
        ExportJob.objects.filter(pk=job.pk).update(total=records.total())
        folder().mkdir(mode=0o700, parents=True, exist_ok=True)
        size = _written(_draft(path), format_of(scope, wanted).write(records))
    finally:
        records.snapshot.close()
    _draft(path).rename(path)
    kept = _end(
        job,
        state=ExportState.DONE,
        done=records.count,
        file=f"exports/{path.name}",
        size=size,
        options={**job.options, "rules": rules},
    )
    if not kept:
        raise Cancelled


def _wanted(job: ExportJob) -> Wanted:
    return Wanted.read({**job.options, "format": job.format})


def _written(path: Path, pieces: Iterator[bytes]) -> int:
    path.touch(mode=0o600)
    with path.open("wb") as file:
        return sum(map(file.write, pieces))


def _end(job: ExportJob, **fields: Any) -> bool:
    """Write down how it ended, unless it was cancelled meanwhile."""
    running = ExportJob.objects.filter(pk=job.pk, state=ExportState.RUNNING)
    return bool(running.update(**fields, expires_at=timezone.now() + KEPT, updated_at=Now()))


class _Progress:
    """Writes down now and then how far an export is. Raises Cancelled once it is not wanted."""

    def __init__(self, job: ExportJob) -> None:
        self._job = job
        self._told = time.monotonic()

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if now - self._told < BEAT:
            return
        self._told = now
        running = ExportJob.objects.filter(pk=self._job.pk, state=ExportState.RUNNING)
        if not running.update(done=done, updated_at=Now()):
            raise Cancelled
