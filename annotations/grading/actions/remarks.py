"""The bank of remarks: sentences that markers keep, share with the seminar's staff, and use again.

Remarks belong to a seminar and move no grade, so no plan is locked for them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import F

from annotations.grading.actions.marking import ARCHIVED
from annotations.grading.models import Remark
from annotations.grading.permissions import may_mark
from debate.core.errors import Conflict, Missing, NotAllowed
from debate.core.text import clean
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, is_staff, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

LONGEST_REMARK: Final = 1_000
MOST_REMARKS: Final = 200


@transaction.atomic
def add_remark(
    *,
    actor: User,
    seminar_id: UUID,
    text: str,
    criterion_key: UUID | None = None,
    is_shared: bool = False,
) -> Remark:
    """Keep a sentence for one criterion or for all; the same again gives the one there is.

    Raises Missing for all but staff, NotAllowed in an archived seminar, Invalid that names `text`,
    Conflict beyond what one person keeps in a seminar.
    """
    seminar = Seminar.objects.filter(memberships__user=actor.pk, pk=seminar_id).first()
    membership = membership_of(actor, seminar) if seminar else None
    if seminar is None or not is_staff(membership):
        raise Missing
    if not may_mark(membership, seminar):
        raise NotAllowed(ARCHIVED)
    words = clean(text, field="text", limit=LONGEST_REMARK)
    own = Remark.objects.filter(owner=actor, seminar=seminar)
    same = own.filter(text=words, criterion_key=criterion_key).first()
    if same:
        return same
    if own.count() >= MOST_REMARKS:
        raise Conflict(
            f"You keep {MOST_REMARKS} remarks here already. Remove one first.",
        )
    return Remark.objects.create(
        owner=actor, seminar=seminar, text=words, criterion_key=criterion_key, is_shared=is_shared
    )


@transaction.atomic
def share_remark(*, actor: User, remark_id: UUID, is_shared: bool) -> Remark:
    """Let the seminar's staff use an own remark, or no longer. Raises Missing, NotAllowed."""
    remark = _held(actor, remark_id)
    if remark.owner_id != actor.pk:
        raise NotAllowed("Only who keeps a remark shares it.")
    remark.is_shared = is_shared
    remark.save(update_fields=["is_shared", "updated_at"])
    return remark


@transaction.atomic
def remove_remark(*, actor: User, remark_id: UUID) -> None:
    """Remove an own remark; instructors remove shared ones as well. Raises Missing, NotAllowed."""
    remark = _held(actor, remark_id)
    if remark.owner_id != actor.pk and not is_instructor(membership_of(actor, remark.seminar)):
        raise NotAllowed("Only who keeps a remark removes it, or an instructor.")
    remark.delete()


@transaction.atomic
def use_remark(*, actor: User, remark_id: UUID) -> Remark:
    """Count that a remark was put into a comment, so that much used ones stand first.

    Raises Missing, NotAllowed.
    """
    remark = _held(actor, remark_id)
    Remark.objects.filter(pk=remark.pk).update(uses=F("uses") + 1)
    remark.refresh_from_db(fields=["uses"])
    return remark


def _held(actor: User, remark_id: UUID) -> Remark:
    """A remark that the person sees, locked. Raises Missing, NotAllowed in an archived seminar."""
    known = Remark.objects.visible_to(actor).filter(pk=remark_id).values("pk")
    locked = Remark.objects.select_for_update(of=["self"]).filter(pk__in=known)
    remark = locked.select_related("seminar").first()
    if remark is None:
        raise Missing
    if not may_mark(membership_of(actor, remark.seminar), remark.seminar):
        raise NotAllowed(ARCHIVED)
    return remark
