"""Jobs of accounts: they forget what has served, and tell of tokens that expire."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db.models.functions import Now
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from debate.accounts.actions import warn_of_tokens
from debate.accounts.mail import mail_warning
from debate.accounts.models import IdempotencyKey, RateBucket

KEPT_KEYS = timedelta(days=2)
# Growing pauses of 4, 16, 64 … seconds; then the job is parked as failed, for an operator to see.
PATIENT = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.periodic(cron="23 * * * *")
@app.task(name="accounts.forget", queueing_lock="accounts.forget")
def forget(timestamp: int) -> None:  # noqa: ARG001 - when it was due, by procrastinate
    """Forget the keys of creations after two days, and buckets that are empty anyway."""
    IdempotencyKey.objects.filter(created_at__lt=Now() - KEPT_KEYS).delete()
    RateBucket.objects.filter(empty_at__lt=Now()).delete()


@app.periodic(cron="37 * * * *")
@app.task(name="accounts.warn_of_tokens", queueing_lock="accounts.warn_of_tokens", retry=PATIENT)
def warn(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Have the owners of tokens told that expire within two weeks."""
    warn_of_tokens()


@app.task(name="accounts.mail_warning", queue="mail", retry=PATIENT)
def mail_of_token(token: str) -> None:
    """Send the e-mail about one token."""
    mail_warning(token_id=UUID(token))
