"""Jobs about annotations and assignments."""

from __future__ import annotations

from uuid import UUID

from django.core.mail import send_mail
from django.db import transaction
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from annotations.actions.links import claim_due, open_link, queue_opening
from annotations.actions.numbering import forget_lines
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


@app.periodic(cron="17 4 * * *")
@app.task(name="annotations.forget_lines", queueing_lock="annotations.forget_lines", retry=PATIENT)
def forget_old_lines(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Forget what changed longer ago than the feed promises to know."""
    forget_lines()


@app.task(name="annotations.mail_receipt", queue="mail", retry=PATIENT)
def mail_receipt(person: str, subject: str, text: str) -> None:
    """Send the receipt as it stood when it was asked for; not to who is gone meanwhile."""
    found = User.objects.filter(pk=person, is_active=True).exclude(email="").first()
    if found:
        send_mail(subject, text, None, [found.email])


@app.periodic(cron="* * * * *")
@app.task(name="annotations.check_links", queueing_lock="annotations.check_links")
@transaction.atomic
def check_links(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Hand out the links that are due, a job each, so that e-mails are sent in between."""
    for source in claim_due():
        queue_opening(source)


@app.task(name="annotations.open_link", queue="links", retry=PATIENT)
def open_one(source: str) -> None:
    """Open the source's link; what a site or an address does is no failure of the job."""
    open_link(source_id=UUID(source))
