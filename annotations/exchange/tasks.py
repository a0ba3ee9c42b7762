"""Jobs of taking things away."""

from __future__ import annotations

from uuid import UUID

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annotations.exchange.bulk.actions import make_export, remove_expired
from annotations.exchange.errors import Busy
from debate.core.errors import TooMany


@app.task(
    name="annotations.make_export",
    queue="exports",
    retry=RetryStrategy(max_attempts=6, exponential_wait=4, retry_exceptions=[Busy, TooMany]),
)
def make(job: str) -> None:
    """Make the file of an export that was asked for."""
    make_export(UUID(job))


@app.periodic(cron="23 * * * *")
@app.task(name="annotations.remove_exports", queueing_lock="annotations.remove_exports")
def remove(timestamp: int) -> None:  # noqa: ARG001 - when it was due, by procrastinate
    """Remove the files whose time is over."""
    remove_expired()
