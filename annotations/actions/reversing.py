"""What a withdrawal, a placing by hand and a hiding keep so that they can be undone, and its reverse.

Kept as JSON with the version that the act made (`AnnotationVersion.undo`); read by `undoing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from annotations.actions.quality import reopen_marks
from annotations.enums import QualityMarkType, Status
from annotations.models import Anchor, Flag, QualityMark

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from annotations.models import Annotation

WITHDRAWAL, PLACING, HIDING = "withdrawal", "placing", "hiding"

_PLACE = ("position", "start", "end", "exact", "prefix", "suffix", "state", "confidence")


def withdrawal_kept(annotation: Annotation, now: datetime) -> dict[str, Any]:
    """What undoing a withdrawal needs; called before it, `now` being the database's time."""
    return _kept(WITHDRAWAL, now, status=annotation.status, reason=annotation.status_reason)


def hiding_kept(annotation: Annotation, now: datetime) -> dict[str, Any] | None:
    """What undoing a hiding needs; None where only the reason changes. See `withdrawal_kept`."""
    if annotation.status == Status.HIDDEN:
        return None
    flags = annotation.flags.open().values_list("pk", flat=True)
    return _kept(
        HIDING,
        now,
        status=annotation.status,
        reason=annotation.status_reason,
        flags=[str(pk) for pk in flags],
    )


def placing_kept(annotation: Annotation, now: datetime) -> dict[str, Any]:
    """What undoing a placing by hand needs; see `withdrawal_kept`."""
    revision = annotation.assignment.revision_id
    places = annotation.anchors.filter(revision=revision).values("paragraph_id", *_PLACE)
    open_marks = QualityMark.objects.open().filter(type=QualityMarkType.MOVE)
    marks = [
        *open_marks.filter(annotation=annotation).values_list("pk", flat=True),
        *open_marks.filter(claim__annotation=annotation).values_list("pk", flat=True),
    ]
    return _kept(
        PLACING,
        now,
        revision=str(revision),
        places=[{**one, "paragraph_id": _text(one["paragraph_id"])} for one in places],
        marks=[str(pk) for pk in marks],
    )


def restore_status(annotation: Annotation, kept: Mapping[str, Any]) -> None:
    """Give the annotation, not yet saved, the status it had."""
    annotation.status, annotation.status_reason = kept["status"], kept["reason"]


def restore_places(annotation: Annotation, kept: Mapping[str, Any]) -> None:
    """Put the annotation back where it stood in the revision that is shown."""
    revision = annotation.assignment.revision
    annotation.anchors.filter(revision=revision).delete()
    Anchor.objects.bulk_create(
        Anchor(annotation=annotation, revision=revision, **place) for place in kept["places"]
    )


def reopen_move_marks(kept: Mapping[str, Any]) -> None:
    """Let the marks stand again that asked for it to be moved."""
    reopen_marks([UUID(pk) for pk in kept["marks"]])


def reopen_flags(kept: Mapping[str, Any]) -> None:
    """Let the flags stand open again that the hiding resolved; nobody flags what is hidden."""
    Flag.objects.filter(pk__in=kept["flags"]).update(
        resolved_at=None, resolved_by=None, resolution=""
    )


def _kept(act: str, now: datetime, **what: Any) -> dict[str, Any]:
    return {"act": act, "at": now.isoformat(), **what}


def _text(pk: UUID | None) -> str | None:
    return str(pk) if pk else None
