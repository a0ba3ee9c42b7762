"""Jobs of grading."""

from __future__ import annotations

from procrastinate.contrib.django import app

from annotations.grading.actions.announcing import announce_all, release_all_due
from annotations.grading.actions.collecting import collect_due


@app.periodic(cron="* * * * *")
@app.task(
    name="grading.collect",
    queueing_lock="grading.collect",
    lock="grading.collect",
)
def collect(timestamp: int) -> None:  # noqa: ARG001 - when it was due, by procrastinate
    """Make works of what was written in assignments that have closed."""
    collect_due()


@app.periodic(cron="* * * * *")
@app.task(
    name="grading.release_due",
    queueing_lock="grading.release_due",
    lock="grading.release_due",
)
def release_due(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Release what is ready of assignments that are released at a set time."""
    release_all_due()


@app.periodic(cron="* * * * *")
@app.task(
    name="grading.announce_releases",
    queueing_lock="grading.announce_releases",
    lock="grading.announce_releases",
)
def announce_releases(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Tell students of grades whose release can no longer be taken back."""
    announce_all()
