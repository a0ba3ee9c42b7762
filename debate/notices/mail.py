"""Sends what is due: claims e-mails one after another, words them anew, hands them to the server.

A worker that is killed at any point leaves its e-mail queued, so each is sent at least once; the
same e-mail has the same Message-ID each time, so that receivers see one.
"""

from __future__ import annotations

import logging
import zoneinfo
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from django.conf import settings
from django.core import mail, signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.db.models.functions import Now
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from debate.core.moments import time_zones
from debate.notices.enums import Cadence, DeliveryState
from debate.notices.models import Delivery, Mute, Preference
from debate.notices.queries import Told, sections, worded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.core.mail.backends.base import BaseEmailBackend
    from django.db.models import QuerySet

    from debate.accounts.models import User

logger = logging.getLogger(__name__)

PAUSES = (
    timedelta(seconds=15),
    timedelta(minutes=1),
    timedelta(minutes=10),
    timedelta(hours=1),
    timedelta(hours=6),
)
"""How long an e-mail rests after each try that failed; after the last it is given up."""

MOST_ITEMS = 20
"""So many notices a digest tells in words; of the others, how many there are."""

SALT = "debate.notices.unsubscribe"


def send_due() -> int:
    """Send everything that is due and return how many e-mails went out.

    One that fails rests, and the others go on. When the mail server cannot be reached at all,
    nothing is charged with a try, and the next run begins again.
    """
    sent = 0
    server = mail.get_connection()
    try:
        while _something_is_due() and _open(server):
            claimed = _claim()
            if claimed is None:
                break
            sent += _try_to_send(claimed, server)
    finally:
        server.close()
    return sent


def give_up() -> int:
    """Park what has failed as often as it may; returns how many."""
    tried = Delivery.objects.filter(state=DeliveryState.QUEUED, tries__gt=len(PAUSES))
    count = tried.update(state=DeliveryState.FAILED, updated_at=Now())
    if count:
        logger.error("%s e-mails were given up after %s tries.", count, len(PAUSES) + 1)
    return count


def unsubscribe_token(person: User, kind: str) -> str:
    """What in an address lets somebody end the person's e-mails of the kind; "" is of all."""
    return signing.dumps([str(person.pk), kind], salt=SALT)


def _open(server: BaseEmailBackend) -> bool:
    try:
        server.open()
    except OSError as error:  # smtplib's errors are of this kind
        logger.warning("The mail server cannot be reached: %s", error)
        return False
    return True


def _due() -> QuerySet[Delivery]:
    rested = Q(tries=0)
    for tries, pause in enumerate(PAUSES, start=1):
        rested |= Q(tries=tries, updated_at__lte=Now() - pause)
    return Delivery.objects.filter(rested, state=DeliveryState.QUEUED, due_at__lte=Now())


def _something_is_due() -> bool:
    return _due().exists()


@transaction.atomic
def _claim() -> Delivery | None:
    """The first e-mail that is due and that nobody else is at, charged with a try.

    The try is written before the sending: also what kills the worker is given up in the end. A
    digest is claimed by its first row, so that two workers never split one.
    """
    earlier = Delivery.objects.filter(
        state=DeliveryState.QUEUED,
        cadence=OuterRef("cadence"),
        due_at=OuterRef("due_at"),
        notice__recipient=OuterRef("notice__recipient"),
        pk__lt=OuterRef("pk"),
    )
    first = (
        _due()
        .filter(Q(cadence=Cadence.AT_ONCE) | ~Exists(earlier))
        .select_related("notice")
        .order_by("due_at", "id")
        .select_for_update(of=("self",), skip_locked=True)
        .first()
    )
    if first is not None:
        _together_with(first).update(tries=F("tries") + 1, updated_at=Now())
    return first


def _together_with(first: Delivery) -> QuerySet[Delivery]:
    """What goes out in one e-mail with it: of a digest, all that was due at the same moment."""
    queued = Delivery.objects.filter(state=DeliveryState.QUEUED)
    if first.cadence == Cadence.AT_ONCE:
        return queued.filter(pk=first.pk)
    return queued.filter(
        cadence=first.cadence, due_at=first.due_at, notice__recipient=first.notice.recipient_id
    )


def _try_to_send(first: Delivery, server: BaseEmailBackend) -> int:
    try:
        return _send(first, server)
    except (OSError, ValueError) as error:  # the server's refusal; words that make no e-mail
        logger.warning("E-mail %s was not sent: %s", first.pk, error)
        server.close()
        return 0


@transaction.atomic
def _send(first: Delivery, server: BaseEmailBackend) -> int:
    """Send one e-mail and mark its rows, which are locked meanwhile.

    A row that another worker holds is waited for: one that looks for its next e-mail locks this
    one's rows for a moment before it sees that they are taken. Who sent it first leaves nothing.
    """
    rows = list(
        _together_with(first)
        .select_related("notice__recipient")
        .order_by("id")
        .select_for_update(of=("self",))
    )
    if not rows:
        return 0
    person = rows[0].notice.recipient
    told = _still_wanted(person, rows) if person.email and person.is_active else []
    kept = {one.notice.pk for one in told}
    ids = [row.pk for row in rows]
    Delivery.objects.filter(pk__in=ids).exclude(notice__in=kept).update(
        state=DeliveryState.DROPPED, updated_at=Now()
    )
    if not told:
        return 0
    server.send_messages([compose(person, rows[0], told)])
    Delivery.objects.filter(pk__in=ids, notice__in=kept).update(
        state=DeliveryState.SENT, sent_at=Now(), updated_at=Now()
    )
    return 1


def _still_wanted(person: User, rows: Sequence[Delivery]) -> list[Told]:
    """What may still be seen and is still wanted; of a digest also what has not been read."""
    muted = set(Mute.objects.filter(user=person).values_list("context_id", flat=True))
    unwanted = set(
        Preference.objects.filter(user=person, cadence=Cadence.NEVER).values_list("kind", flat=True)
    )
    notices = [
        row.notice
        for row in rows
        if row.notice.context_id not in muted
        and row.notice.kind not in unwanted
        and (row.cadence == Cadence.AT_ONCE or row.notice.read_at is None)
    ]
    with timezone.override(_zone(person)):
        return worded(person, notices)


def compose(person: User, first: Delivery, told: Sequence[Told]) -> EmailMultiAlternatives:
    """The e-mail to the person: of one notice by itself, else a digest."""
    is_digest = first.cadence != Cadence.AT_ONCE
    kind = "" if is_digest else told[0].kind.name
    unsubscribe = _absolute(reverse("notices:unsubscribe", args=[unsubscribe_token(person, kind)]))
    context = {
        "person": person,
        "told": told[0],
        "sections": sections(told[:MOST_ITEMS]),
        "count": len(told),
        "more": max(0, len(told) - MOST_ITEMS),
        "period": "day" if first.cadence == Cadence.DAILY else "week",
        "site": settings.SITE_URL,
        "inbox_url": _absolute(reverse("notices:inbox")),
        "settings_url": _absolute(reverse("notices:settings")),
        "unsubscribe_url": unsubscribe,
    }
    folder = f"emails/{'digest' if is_digest else 'notice'}"
    with timezone.override(_zone(person)):
        subject, text, html = (
            render_to_string(f"{folder}/{name}", context)
            for name in ("subject.txt", "body.txt", "body.html")
        )
    letter = EmailMultiAlternatives(
        subject=one_line(subject),
        body=text,
        to=[person.email],
        headers={
            "Message-ID": f"<{_stable_id(first, person)}@{_host()}>",
            "List-Unsubscribe": f"<{unsubscribe}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
            "X-Auto-Response-Suppress": "All",
        },
    )
    letter.attach_alternative(html, "text/html")
    return letter


def one_line(words: str, limit: int = 150) -> str:
    """The words as the one line that a header takes: what could end it becomes a space."""
    line = " ".join("".join(char if char.isprintable() else " " for char in words).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def _stable_id(first: Delivery, person: User) -> str:
    if first.cadence == Cadence.AT_ONCE:
        return str(first.pk)
    return f"{first.cadence}.{int(first.due_at.timestamp())}.{person.pk}"


def _absolute(path: str) -> str:
    return f"{settings.SITE_URL}{path}"


def _host() -> str:
    return urlsplit(settings.SITE_URL).hostname or "localhost"


def _zone(person: User) -> zoneinfo.ZoneInfo:
    known = person.time_zone in time_zones()
    return zoneinfo.ZoneInfo(person.time_zone if known else "UTC")
