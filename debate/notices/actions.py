"""What gives notices, reads them, and changes what people hear of."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from debate.notices.enums import Cadence
from debate.notices.models import Delivery, Mute, Notice, Preference
from debate.notices.registry import kind_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID


def give_notice(
    *, kind: str, object_id: UUID, context_id: UUID, recipients: Collection[UUID]
) -> list[Notice]:
    """Tell the people, in the caller's transaction; each once for each kind and object.

    Whoever muted the context is not told. The e-mail is a row beside the notice, due by what the
    recipient chose for the kind; the job worker sends it. The caller names only people who may
    see the object, and not the one who caused it.
    """
    known = kind_of(kind)
    if known is None:
        raise LookupError(kind)
    muted = set(
        Mute.objects.filter(context_id=context_id, user__in=recipients).values_list(
            "user_id", flat=True
        )
    )
    told = set(
        Notice.objects.filter(kind=kind, object_id=object_id, recipient__in=recipients).values_list(
            "recipient_id", flat=True
        )
    )
    chosen = dict(
        Preference.objects.filter(kind=kind, user__in=recipients).values_list("user_id", "cadence")
    )
    notices = Notice.objects.bulk_create(
        Notice(recipient_id=pk, kind=kind, object_id=object_id, context_id=context_id)
        for pk in sorted(set(recipients) - muted - told)
    )
    cadences = {one.recipient_id: chosen.get(one.recipient_id, known.cadence) for one in notices}
    Delivery.objects.bulk_create(
        Delivery(notice=one, cadence=cadence, due_at=_due(cadence))
        for one in notices
        if (cadence := cadences[one.recipient_id]) != Cadence.NEVER
    )
    return notices


def _due(cadence: str) -> datetime:
    """When an e-mail of that cadence goes out at the earliest; digests wait for their hour."""
    days = {Cadence.DAILY: 1, Cadence.WEEKLY: 7}.get(Cadence(cadence), 0)
    return timezone.now() + timedelta(days=days)
