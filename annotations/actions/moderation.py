"""Moderation: members flag, staff hide, approve, lock, pin and resolve; each act leaves a line.

Each act of staff does the same in the same order: may the person see the annotation and moderate
it; the assignment locked; the version; the rule; the rows, the version kept and the change line;
the entry of the log. All in one transaction. Doing again what is done already does nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations.actions.annotations import check_version, locked_annotation
from annotations.actions.changes import Visibility, record_moved, save_change
from annotations.actions.quality import settle_by_reason
from annotations.actions.reversing import hiding_kept
from annotations.actions.telling import tell_of_flags, tell_of_moderation, tell_of_post
from annotations.enums import FlagReason, ModerationAct, Op, Status
from annotations.models import Flag, ModerationEntry
from annotations.permissions import may_flag, may_moderate
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.models import Annotation
    from debate.accounts.models import User

LONGEST_REASON = 500
# The acts that `moderate` takes; changing who reads is an action of its own.
ACTS = (
    ModerationAct.HIDE,
    ModerationAct.UNHIDE,
    ModerationAct.APPROVE,
    ModerationAct.LOCK,
    ModerationAct.UNLOCK,
    ModerationAct.PIN,
    ModerationAct.UNPIN,
    ModerationAct.RESOLVE,
)


@transaction.atomic
def flag_annotation(*, actor: User, annotation_id: UUID, reason: str, note: str = "") -> Flag:
    """Ask staff to look at the annotation; a second time says the reason and note anew.

    Its author is not told. Raises Missing, NotAllowed for its author, observers and what does not
    stand, Invalid that names `reason` or `note`.
    """
    annotation, membership, _ = locked_annotation(actor, annotation_id)
    if not may_flag(actor, membership, annotation):
        raise NotAllowed("You can flag what others have posted, where you write yourself.")
    if reason not in FlagReason.values:
        raise Invalid("Choose one of: " + ", ".join(FlagReason.values) + ".", field="reason")
    words = clean(note, field="note", limit=LONGEST_REASON, required=False, one_line=True)
    flag, is_new = Flag.objects.open().get_or_create(
        annotation=annotation,
        flagged_by=actor,
        defaults={"reason": reason, "note": words},
    )
    if not is_new and (flag.reason, flag.note) != (reason, words):
        flag.reason, flag.note = reason, words
        flag.save()
    return flag


@transaction.atomic
def withdraw_flag(*, actor: User, annotation_id: UUID) -> None:
    """Take back the actor's own open flag, if there is one. Raises Missing."""
    annotation, _, now = locked_annotation(actor, annotation_id)
    own = Flag.objects.open().filter(annotation=annotation, flagged_by=actor)
    own.update(resolved_at=now, resolved_by=actor, resolution="Taken back", updated_at=now)


@transaction.atomic
def hide_annotation(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Let only its author and staff read the annotation; the author also reads the reason.

    Its open flags are resolved with it. Raises Missing, NotAllowed, Stale, Invalid that names
    `reason`, InvalidState for what is withdrawn or held.
    """
    annotation, now = _moderated(actor, annotation_id)
    why = _reason(reason, required=True)
    if (annotation.status, annotation.status_reason) == (Status.HIDDEN, why):
        return annotation
    check_version(annotation, version)
    if annotation.status not in {Status.PUBLISHED, Status.PENDING, Status.HIDDEN}:
        raise InvalidState("Only what others read, or wait to read, can be hidden.")
    before = Visibility.of(annotation)
    undo = hiding_kept(annotation, now)
    annotation.status, annotation.status_reason = Status.HIDDEN, why
    _save(annotation, actor, ModerationAct.HIDE, before, why, undo=undo)
    _resolve_open(annotation, actor, now, resolution="Hidden")
    return annotation


@transaction.atomic
def unhide_annotation(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Let others read again what was hidden. Raises Missing, NotAllowed, Stale, InvalidState."""
    annotation, _ = _moderated(actor, annotation_id)
    if annotation.status == Status.PUBLISHED:
        return annotation
    check_version(annotation, version)
    if annotation.status != Status.HIDDEN:
        raise InvalidState("This annotation is not hidden.")
    return _publish(annotation, actor, ModerationAct.UNHIDE, _reason(reason))


@transaction.atomic
def approve_annotation(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Let others read what waits for approval. Raises Missing, NotAllowed, Stale, InvalidState.

    With `version`, only the words that were read are approved, not those they were changed to.
    """
    annotation, _ = _moderated(actor, annotation_id)
    if annotation.status == Status.PUBLISHED:
        return annotation
    check_version(annotation, version)
    if annotation.status != Status.PENDING:
        raise InvalidState("This annotation does not wait for approval.")
    return _publish(annotation, actor, ModerationAct.APPROVE, _reason(reason))


def approve_annotations(*, actor: User, read: Sequence[tuple[UUID, int]]) -> int:
    """Approve each annotation at the version that was read; returns how many were.

    What has been changed, decided or taken away meanwhile is left as it is, to be looked at again.
    Each in a transaction of its own, so that no more than one assignment is locked at a time.
    Raises NotAllowed when the actor sees one but does not moderate it.
    """
    approved = 0
    for annotation_id, version in read:
        try:
            approve_annotation(actor=actor, annotation_id=annotation_id, version=version)
        except (Missing, Stale, InvalidState):
            continue
        approved += 1
    return approved


@transaction.atomic
def lock_thread(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Let only staff add to the thread of that root. Raises as `pin_thread`."""
    root, now = _moderated_thread(actor, annotation_id)
    if root.locked_at:
        return root
    check_version(root, version)
    before = Visibility.of(root)
    root.locked_at = now
    return _save(root, actor, ModerationAct.LOCK, before, _reason(reason))


@transaction.atomic
def unlock_thread(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Let everybody who reads the thread add to it again. Raises as `pin_thread`."""
    root, _ = _moderated_thread(actor, annotation_id)
    if root.locked_at is None:
        return root
    check_version(root, version)
    before = Visibility.of(root)
    root.locked_at = None
    return _save(root, actor, ModerationAct.UNLOCK, before, _reason(reason))


@transaction.atomic
def pin_thread(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Put the thread of that root first in its paragraph.

    Raises Missing, NotAllowed, Stale, InvalidState for a reply.
    """
    root, now = _moderated_thread(actor, annotation_id)
    if root.pinned_at:
        return root
    check_version(root, version)
    before = Visibility.of(root)
    root.pinned_at = now
    return _save(root, actor, ModerationAct.PIN, before, _reason(reason))


@transaction.atomic
def unpin_thread(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Put the thread back among the others of its paragraph. Raises as `pin_thread`."""
    root, _ = _moderated_thread(actor, annotation_id)
    if root.pinned_at is None:
        return root
    check_version(root, version)
    before = Visibility.of(root)
    root.pinned_at = None
    return _save(root, actor, ModerationAct.UNPIN, before, _reason(reason))


@transaction.atomic
def resolve_flags(
    *, actor: User, annotation_id: UUID, reason: str = "", version: int | None = None
) -> Annotation:
    """Settle the annotation's open flags, with a note for staff; the annotation stays as it is.

    Raises Missing, NotAllowed, Stale.
    """
    annotation, now = _moderated(actor, annotation_id)
    note = _reason(reason)
    if not annotation.flags.open().exists():
        return annotation
    check_version(annotation, version)
    _resolve_open(annotation, actor, now, resolution=note)
    _log(annotation, actor, ModerationAct.RESOLVE, note)
    return annotation


def moderate(
    *, actor: User, annotation_id: UUID, act: str, reason: str = "", version: int | None = None
) -> Annotation:
    """Do the act of that name. Raises Invalid on `act` for any other, and what the act raises."""
    if act not in ACTS:
        raise Invalid("Choose one of: " + ", ".join(ACTS) + ".", field="act")
    does = {
        ModerationAct.HIDE: hide_annotation,
        ModerationAct.UNHIDE: unhide_annotation,
        ModerationAct.APPROVE: approve_annotation,
        ModerationAct.LOCK: lock_thread,
        ModerationAct.UNLOCK: unlock_thread,
        ModerationAct.PIN: pin_thread,
        ModerationAct.UNPIN: unpin_thread,
        ModerationAct.RESOLVE: resolve_flags,
    }[ModerationAct(act)]
    return does(actor=actor, annotation_id=annotation_id, reason=reason, version=version)


def _moderated(actor: User, annotation_id: UUID) -> tuple[Annotation, datetime]:
    annotation, membership, now = locked_annotation(actor, annotation_id)
    if not may_moderate(membership, annotation):
        raise NotAllowed("Only an instructor or assistant who oversees its author does this.")
    return annotation, now


def _moderated_thread(actor: User, annotation_id: UUID) -> tuple[Annotation, datetime]:
    annotation, now = _moderated(actor, annotation_id)
    if annotation.parent_id:
        raise InvalidState("Threads are locked and pinned at their first annotation.")
    return annotation, now


def _reason(reason: str, *, required: bool = False) -> str:
    return clean(reason, field="reason", limit=LONGEST_REASON, required=required, one_line=True)


def _publish(annotation: Annotation, actor: User, act: ModerationAct, reason: str) -> Annotation:
    before = Visibility.of(annotation)
    annotation.status = Status.PUBLISHED
    _save(annotation, actor, act, before, reason)
    tell_of_post(annotation, actor=actor)
    settle_by_reason(annotation)
    return annotation


def _save(
    annotation: Annotation,
    actor: User,
    act: ModerationAct,
    before: Visibility,
    reason: str,
    *,
    undo: Mapping[str, Any] | None = None,
) -> Annotation:
    save_change(annotation, actor, Op.UPDATE, before, undo=undo)
    if act in _OF_THE_THREAD:
        record_moved(annotation.assignment, annotation.thread.all())
    _log(annotation, actor, act, reason)
    return annotation


# What of the first of a thread stands in the API's representation of all of it.
_OF_THE_THREAD = frozenset(
    {ModerationAct.PIN, ModerationAct.UNPIN, ModerationAct.LOCK, ModerationAct.UNLOCK}
)


def _log(annotation: Annotation, actor: User, act: ModerationAct, reason: str) -> None:
    entry = ModerationEntry(annotation=annotation, actor=actor, act=act, reason=reason)
    entry.save(force_insert=True)
    tell_of_moderation(entry)


def _resolve_open(annotation: Annotation, actor: User, now: datetime, *, resolution: str) -> None:
    settled = list(annotation.flags.open().values_list("pk", "flagged_by_id"))
    annotation.flags.open().update(
        resolved_at=now, resolved_by=actor, resolution=resolution, updated_at=now
    )
    tell_of_flags(annotation, settled, actor=actor)
