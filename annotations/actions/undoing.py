"""Undoing: a withdrawal, a placing by hand or a hiding taken back by whoever did it, for a while."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from annotations.actions.annotations import check_dates, locked_annotation
from annotations.actions.changes import Visibility, save_change
from annotations.actions.reversing import (
    HIDING,
    PLACING,
    WITHDRAWAL,
    reopen_flags,
    reopen_move_marks,
    restore_places,
    restore_status,
)
from annotations.actions.telling import tell_of_moderation
from annotations.enums import ModerationAct, Op, Status
from annotations.models import AnnotationVersion, ModerationEntry
from annotations.permissions import (
    may_annotate_outside_dates,
    may_moderate,
    may_place,
    may_take_back,
)
from debate.assignments.queries import dates_for
from debate.core.errors import Conflict, InvalidState, NotAllowed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from annotations.models import Annotation
    from debate.accounts.models import User
    from debate.seminars.models import Membership

UNDONE_FOR = timedelta(minutes=10)


class Undone(NamedTuple):
    """What was undone: the annotation as it is again, and which act it was (`reversing`)."""

    annotation: Annotation
    act: str


@transaction.atomic
def undo(*, actor: User, annotation_id: UUID, version: int) -> Undone:
    """Take back the act of the actor's own that made that version of the annotation.

    A withdrawn annotation is as it was, with its replies; one that was placed by hand stands where
    it stood; one that was hidden is read again, and its flags are open. Notices that have gone out
    stay out. Raises Missing; NotAllowed for an act of somebody else's, and for what cannot be
    undone; InvalidState when it has been undone, after ten minutes by the database's clock, and
    for a withdrawal after the closing; Conflict when the annotation, or the essay it is placed in,
    has been changed since.
    """
    annotation, membership, now = locked_annotation(actor, annotation_id)
    made = annotation.history.filter(version=version, by=actor, undo__isnull=False).first()
    kept: dict[str, Any] = (made.undo if made else None) or {}
    if made is None or not _may(actor, membership, annotation, kept["act"]):
        raise NotAllowed("Only what you have just done yourself can be undone.")
    _check(annotation, made, kept, now)
    before = Visibility.of(annotation)
    until = None
    if kept["act"] == WITHDRAWAL:
        dates = dates_for(actor, annotation.assignment)
        check_dates(annotation.assignment, dates, now, membership)
        until = None if may_annotate_outside_dates(membership) else dates.closes_at
    if kept["act"] == PLACING:
        restore_places(annotation, kept)
    else:
        restore_status(annotation, kept)
    save_change(annotation, actor, Op.UPDATE, before, until=until)
    made.undo = {**kept, "is_undone": True}
    made.save(update_fields=["undo"])
    if kept["act"] == PLACING:
        reopen_move_marks(kept)
    if kept["act"] == HIDING:
        _show_again(annotation, actor, kept)
    return Undone(annotation, kept["act"])


def undoable_version(user: User, annotation_id: UUID) -> int | None:
    """The annotation's version, if making it was an act that the person can take back for now."""
    own = AnnotationVersion.objects.filter(annotation=annotation_id, by=user, undo__isnull=False)
    made = own.filter(version=F("annotation__version")).first()
    until = _until(made) if made else None
    return made.version if made and until and timezone.now() <= until else None


def _until(made: AnnotationVersion) -> datetime | None:
    """Until when the act that made that version can be undone; None for what cannot be."""
    if made.undo is None or made.undo.get("is_undone"):
        return None
    return datetime.fromisoformat(made.undo["at"]) + UNDONE_FOR


def _may(actor: User, membership: Membership | None, annotation: Annotation, act: str) -> bool:
    """Whether the actor may still do such a thing there: the reverse of an act asks for no less."""
    if act == WITHDRAWAL:
        return may_take_back(actor, membership, annotation)
    if act == HIDING:
        return may_moderate(membership, annotation)
    return may_place(actor, membership, annotation)


def _check(
    annotation: Annotation, made: AnnotationVersion, kept: Mapping[str, Any], now: datetime
) -> None:
    until = _until(made)
    if until is None:
        raise InvalidState("This has been undone already.")
    if annotation.version != made.version:
        raise Conflict("It has been changed since, so this can no longer be undone.")
    if now > until:
        raise InvalidState("Ten minutes have passed, so this can no longer be undone.")
    shown = str(annotation.assignment.revision_id)
    if kept["act"] == PLACING and kept["revision"] != shown:
        raise Conflict("The essay has a new revision since, so this can no longer be undone.")


def _show_again(annotation: Annotation, actor: User, kept: Mapping[str, Any]) -> None:
    """Leave a line in the log; the author, who was told that it is hidden, is told of this too."""
    reopen_flags(kept)
    entry = ModerationEntry(annotation=annotation, actor=actor, act=ModerationAct.UNHIDE)
    entry.save(force_insert=True)
    if annotation.status == Status.PUBLISHED:
        tell_of_moderation(entry)
