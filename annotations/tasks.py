"""Jobs about annotations and assignments."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annotations.actions.telling import tell_of_dates


@app.periodic(cron="7 * * * *")
@app.task(
    name="annotations.remind",
    queueing_lock="annotations.remind",
    lock="annotations.remind",  # two at once would tell people twice, which the database refuses
    retry=RetryStrategy(max_attempts=5, exponential_wait=4),
)
def remind(timestamp: int) -> None:  # noqa: ARG001 - when it was due, by procrastinate
    """Tell of assignments that open, and of those that are due soon."""
    tell_of_dates()
