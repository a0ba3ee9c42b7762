"""What gives notices, reads them, and changes what people hear of."""

from __future__ import annotations

import zoneinfo
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from procrastinate.contrib.django import app

from debate.accounts.models import User
from debate.core.errors import Invalid, Missing
from debate.core.moments import time_zones
from debate.notices.enums import Cadence, DeliveryState
from debate.notices.models import Delivery, Mute, Notice, Preference
from debate.notices.queries import visible_notices
from debate.notices.registry import kind_of, kinds

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID

    from debate.notices.models import NoticeQuerySet

DIGEST_HOUR = time(7)
"""When digests go out, in the recipient's time zone; the weekly ones on Mondays."""


def give_notice(
    *, kind: str, object_id: UUID, context_id: UUID, recipients: Collection[UUID]
) -> list[Notice]:
    """Tell the people, in the caller's transaction; each once for each kind and object.

    Whoever muted the context is not told. The e-mail is a row beside the notice, due by what the
    recipient chose for the kind; the job that sends it is a row too, so that nothing is sent of
    what is rolled back. The caller names only people who may see the object, and not the one who
    caused it. Takes a fixed number of queries. Raises LookupError for a kind that is not known.
    """
    known = kind_of(kind)
    if known is None:
        raise LookupError(kind)
    if not recipients:
        return []
    muted = Mute.objects.filter(context_id=context_id).values("user")
    told = Notice.objects.filter(kind=kind, object_id=object_id).values("recipient")
    chosen = Preference.objects.filter(kind=kind, user=OuterRef("pk")).values("cadence")
    people = (
        User.objects.filter(pk__in=recipients, is_active=True)
        .exclude(pk__in=muted)
        .exclude(pk__in=told)
        .annotate(cadence=Coalesce(Subquery(chosen), Value(known.cadence)))
        .order_by("pk")
        .values_list("pk", "time_zone", "cadence")
    )
    now = timezone.now()
    wanted = {pk: (zone, cadence) for pk, zone, cadence in people}
    notices = Notice.objects.bulk_create(
        Notice(recipient_id=pk, kind=kind, object_id=object_id, context_id=context_id)
        for pk in wanted
    )
    deliveries = []
    for one in notices:
        zone, cadence = wanted[one.recipient_id]
        if cadence != Cadence.NEVER:
            due_at = due(Cadence(cadence), zone, now)
            deliveries.append(Delivery(notice=one, cadence=cadence, due_at=due_at))
    Delivery.objects.bulk_create(deliveries)
    if any(one.cadence == Cadence.AT_ONCE for one in deliveries):
        app.configure_task("notices.deliver").defer()
    return notices


def due(cadence: Cadence, zone: str, now: datetime) -> datetime:
    """When an e-mail goes out: at once, or at seven in that zone, tomorrow or on Monday at latest."""
    if cadence == Cadence.AT_ONCE:
        return now
    known = zone in time_zones()
    here = now.astimezone(zoneinfo.ZoneInfo(zone if known else "UTC"))
    day = here.date()
    if cadence == Cadence.WEEKLY:
        day += timedelta(days=-day.weekday() % 7)
    if datetime.combine(day, DIGEST_HOUR, tzinfo=here.tzinfo) <= here:
        day += timedelta(days=7 if cadence == Cadence.WEEKLY else 1)
    return datetime.combine(day, DIGEST_HOUR, tzinfo=here.tzinfo)


def read_notice(*, actor: User, notice_id: UUID) -> Notice:
    """Mark the notice as read; again does nothing. Raises Missing for one that may not be seen."""
    notice = visible_notices(actor, Notice.objects.filter(pk=notice_id)).first()
    if notice is None:
        raise Missing
    _unread_of(actor).filter(pk=notice_id).update(read_at=Now())
    return notice


def read_all(*, actor: User, until: UUID | None = None) -> None:
    """Mark all notices as read, or those up to that one: what came since stays unread."""
    notices = _unread_of(actor)
    if until:
        notices = notices.filter(pk__lte=until)
    notices.update(read_at=Now())


def read_context(*, actor: User, context_id: UUID) -> None:
    """Mark as read what the person was told of the context, which the person looks at now."""
    _unread_of(actor).filter(context_id=context_id).update(read_at=Now())


def _unread_of(actor: User) -> NoticeQuerySet:
    return Notice.objects.addressed_to(actor).unread()


@transaction.atomic
def choose(*, actor: User, cadences: Mapping[str, str]) -> None:
    """Say how soon e-mails of the kinds are wanted; kinds that are not named stay as they are.

    What waits to be sent of a kind that is no longer wanted is dropped. Raises Invalid that names
    the kind.
    """
    for kind, cadence in cadences.items():
        if kind_of(kind) is None:
            raise Invalid("There is no such kind of notice.", field=kind)
        if cadence not in Cadence.values:
            raise Invalid("Choose one of: " + ", ".join(Cadence.values) + ".", field=kind)
    lock_choices(actor)
    Preference.objects.bulk_create(
        [Preference(user=actor, kind=kind, cadence=cadence) for kind, cadence in cadences.items()],
        update_conflicts=True,
        unique_fields=["user", "kind"],
        update_fields=["cadence"],
    )
    unwanted = [kind for kind, cadence in cadences.items() if cadence == Cadence.NEVER]
    waiting = Delivery.objects.filter(
        state=DeliveryState.QUEUED, notice__recipient=actor, notice__kind__in=unwanted
    )
    waiting.update(state=DeliveryState.DROPPED, updated_at=Now())


def lock_choices(person: User) -> None:
    """Lock the person until the transaction ends: what is chosen changes one after the other."""
    list(User.objects.select_for_update(no_key=True).filter(pk=person.pk).values_list("pk"))


def unsubscribe(*, person: User, kind: str = "") -> None:
    """Send the person no more e-mails of the kind, or none at all."""
    names = [kind] if kind else [one.name for one in kinds()]
    choose(actor=person, cadences=dict.fromkeys(names, Cadence.NEVER))


def mute(*, actor: User, context_id: UUID) -> None:
    """Tell the person nothing more of the context, which the caller knows the person may see."""
    Mute.objects.get_or_create(user=actor, context_id=context_id)


def unmute(*, actor: User, context_id: UUID) -> None:
    """Tell the person of the context again; does nothing if it was not muted."""
    Mute.objects.filter(user=actor, context_id=context_id).delete()
