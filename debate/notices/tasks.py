"""Jobs of notices: they send e-mails, and clean up behind themselves.

The rows of `Delivery` say what is to be sent, jobs only when to look: a job that is lost or done
twice changes nothing but the moment.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from debate.notices.mail import give_up, send_due
from debate.notices.models import Notice

if TYPE_CHECKING:
    from procrastinate import JobContext

KEPT_READ = timedelta(days=90)
KEPT_UNREAD = timedelta(days=365)
KEPT_JOBS_HOURS = 24 * 30

# Growing pauses of 4, 16, 64 … seconds; then the job is parked as failed, for an operator to see.
PATIENT = RetryStrategy(max_attempts=5, exponential_wait=4)


@app.task(name="notices.deliver", queue="mail", retry=PATIENT)
def deliver() -> None:
    """Send what is due; put beside the rows that are to be sent at once."""
    send_due()


@app.periodic(cron="* * * * *")
@app.task(name="notices.sweep", queue="mail", queueing_lock="notices.sweep")
def sweep(timestamp: int) -> None:  # noqa: ARG001 - when it was due, by procrastinate
    """Send what nothing else has sent: digests, second tries, and what a killed worker left."""
    give_up()
    send_due()


@app.periodic(cron="41 3 * * *")
@app.task(name="notices.prune", queueing_lock="notices.prune", retry=PATIENT)
def prune(timestamp: int) -> None:  # noqa: ARG001 - as above
    """Forget old notices: read ones after 90 days, others after a year."""
    now = timezone.now()
    Notice.objects.filter(read_at__lt=now - KEPT_READ).delete()
    Notice.objects.filter(created_at__lt=now - KEPT_UNREAD).delete()


@app.periodic(cron="*/5 * * * *")
@app.task(name="notices.tidy", queueing_lock="notices.tidy", pass_context=True)
async def tidy(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - as above
    """Queue again the jobs of workers that were killed; forget failed jobs after 30 days."""
    jobs = context.app.job_manager
    for job in await jobs.get_stalled_jobs():
        await jobs.retry_job(job)
    await jobs.delete_old_jobs(nb_hours=KEPT_JOBS_HOURS, include_failed=True)
