"""The health of sources' links: when addresses are opened, and what is kept of what stands there.

Addresses are opened by the job worker alone, outside of any transaction: no page waits for another
site. A robots.txt is not asked: each opening is of one address that a person has given, as a
browser's would be, and no crawl.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Case, CharField, F, Func, Q, Value, When, Window
from django.db.models.functions import Coalesce, Now, RowNumber
from procrastinate.contrib.django import app

from annotations.enums import LinkStatus
from annotations.links.sandbox import look
from annotations.links.verdicts import NOT_OURS, Verdict
from annotations.models import LinkHealth, Source
from annotations.permissions import may_check_links
from debate.accounts.actions import count_attempt
from debate.core.errors import InvalidState, Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.links.sandbox import Look
    from debate.accounts.models import User

AGAIN: Final = timedelta(days=7)
"""How long a link that opens is left alone."""

PAUSES: Final = (
    timedelta(hours=1),
    timedelta(hours=6),
    timedelta(days=1),
    timedelta(days=3),
    timedelta(days=7),
)
"""How long one rests after each time in a row that it did not open; the last pause stays."""

A_MINUTE: Final = 20
"""So many addresses are handed to the worker each minute at most, and of one host:"""
A_MINUTE_A_HOST: Final = 4

# A job that was lost leaves its link due after so long.
_LEASE: Final = timedelta(minutes=15)
_LATER: Final = -10
_RETRIES: Final = 20
_WITHIN: Final = 600
_OPENED: Final = {Verdict.ALIVE: LinkStatus.ALIVE, Verdict.MOVED: LinkStatus.MOVED}
_MOST_FAILURES: Final = 1_000


def claim_due() -> list[Source]:
    """The sources whose links are to be opened now, leased so that none is claimed twice.

    New ones, and those that have rested long enough; none of archived seminars. At most 20, and at
    most 4 of one host, whatever is due, those that wait longest first; [] where the site opens no
    addresses.
    """
    if not settings.OUTGOING_REQUESTS:
        return []
    due = Q(link_health=None) | Q(link_health__next_at=None) | Q(link_health__next_at__lte=Now())
    waiting_since = Coalesce("link_health__next_at", "created_at")
    host = Case(
        When(~Q(doi=""), then=Value("doi.org")),
        default=Func(F("url"), Value("/"), Value(3), function="split_part"),
        output_field=CharField(),
    )
    sources = list(
        Source.objects.filter(due, seminar__archived_at=None)
        .exclude(url="", doi="")
        .alias(waiting_since=waiting_since)
        .alias(place=Window(RowNumber(), partition_by=host, order_by=["waiting_since", "pk"]))
        .filter(place__lte=A_MINUTE_A_HOST)
        .order_by("waiting_since", "pk")[:A_MINUTE]
    )
    leases = [LinkHealth(source=source, next_at=Now() + _LEASE) for source in sources]
    LinkHealth.objects.bulk_create(
        leases, update_conflicts=True, unique_fields=["source"], update_fields=["next_at"]
    )
    return sources


def open_link(*, source_id: UUID) -> None:
    """Open the source's address and keep what stands there.

    Nothing for a source that is gone meanwhile, and nothing where the site opens no addresses.
    """
    source = Source.objects.filter(pk=source_id).exclude(url="", doi="").first()
    if source is None or not settings.OUTGOING_REQUESTS:
        return
    _keep(source_id, source.href, look(source.href, agent=agent()))


def agent() -> str:
    """How the site calls itself to others: the product, and where to ask about it."""
    return f"Mozilla/5.0 (compatible; Counterpoint; +{settings.SITE_URL})"


def forget_link(*, source: Source) -> None:
    """Forget what stood at the source's address, which is another by now and so is opened soon."""
    LinkHealth.objects.filter(source=source).delete()


@transaction.atomic
def _keep(source_id: UUID, href: str, found: Look) -> None:
    source = Source.objects.select_for_update().filter(pk=source_id).first()
    if source is None or source.href != href:
        return  # deleted, or another address by now, which is opened in its turn
    health, _ = LinkHealth.objects.get_or_create(source=source)
    status = _OPENED.get(found.verdict)
    if status is None:
        status = _status_of_failure(health, found)
        health.failures = min(health.failures + 1, _MOST_FAILURES)
        health.next_at = Now() + PAUSES[min(health.failures, len(PAUSES)) - 1]
    else:
        # What stood there stays when a link no longer opens: it tells what has been lost.
        health.title, health.digest, health.final_url = found.title, found.digest, found.final_url
        health.found = found.csl
        health.failures = 0
        health.next_at = Now() + AGAIN
    health.status = status
    health.reason = found.verdict
    health.http_status = found.http_status
    health.checked_at = Now()
    health.save()


def _status_of_failure(before: LinkHealth, found: Look) -> LinkStatus:
    """Gone is only what is missing for the second time: sites are mended, and moved by night."""
    if found.verdict in NOT_OURS:
        return LinkStatus.REFUSED
    is_missing = found.verdict == Verdict.MISSING
    return (
        LinkStatus.GONE
        if is_missing and before.reason == Verdict.MISSING
        else LinkStatus.UNREACHABLE
    )


def source_to_check(user: User | AnonymousUser, source_id: UUID) -> Source:
    """The source whose link the person may have opened anew.

    Raises Missing for one that the person may not know of, NotAllowed for all but staff, and in
    archived seminars.
    """
    source = Source.objects.visible_to(user).select_related("seminar").filter(pk=source_id).first()
    if source is None:
        raise Missing
    if not may_check_links(membership_of(user, source.seminar), source.seminar):
        raise NotAllowed("Links are opened anew by the seminar's staff.")
    return source


def check_link(*, actor: User, source_id: UUID) -> Source:
    """Have the source's link opened now, as staff ask for; the worker does it in a moment.

    Raises as `source_to_check`, InvalidState where there is no link or the site opens none, and
    TooMany after 20 in 10 minutes. To be called outside a transaction.
    """
    source = source_to_check(actor, source_id)
    if not source.href:
        raise InvalidState("This source has no link that could be opened.")
    if not settings.OUTGOING_REQUESTS:
        raise InvalidState("This site opens no addresses of others.", code="outgoing_off")
    count_attempt(key=f"links:{actor.pk}", limit=_RETRIES, seconds=_WITHIN)
    queue_opening(source)
    return source


def queue_opening(source: Source) -> None:
    """Leave the opening to the worker, after what is more urgent and one at a time of each host."""
    job = app.configure_task(
        "annotations.open_link", queue="links", lock=f"links:{source.host}", priority=_LATER
    )
    job.defer(source=str(source.pk))
