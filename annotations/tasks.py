"""Jobs about annotations and assignments."""

from __future__ import annotations

from django.core.mail import send_mail
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annotations.actions.telling import tell_of_dates
from debate.accounts.models import User

# Growing pauses of 4, 16, 64 … seconds; then the job is parked as failed, for an operator to see.
PATIENT = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.periodic(cron="7 * * * *")
@app.task(
    name="annotations.remind",
    queueing_lock="annotations.remind",
    lock="annotations.remind",  # two at once would tell people twice, which the database refuses
    retry=PATIENT,
)
def remind(timestamp: int) -> None:  # noqa: ARG001 - when it was due, by procrastinate
    """Tell of assignments that open, and of those that are due soon."""
    tell_of_dates()


@app.task(name="annotations.mail_receipt", queue="mail", retry=PATIENT)
def mail_receipt(person: str, subject: str, text: str) -> None:
    """Send the receipt as it stood when it was asked for; not to who is gone meanwhile."""
    found = User.objects.filter(pk=person, is_active=True).exclude(email="").first()
    if found:
        send_mail(subject, text, None, [found.email])
