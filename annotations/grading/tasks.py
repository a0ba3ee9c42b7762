"""Jobs of grading."""

from __future__ import annotations

from procrastinate.contrib.django import app

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
