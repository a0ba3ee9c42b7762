"""The one way by which a grade changes: an event that says what it sets."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from annotations.grading.enums import Via
from annotations.grading.models import GradeEvent
from annotations.grading.scoring import rounded

if TYPE_CHECKING:
    from annotations.grading.enums import Verb
    from annotations.grading.models import Grade
    from debate.accounts.models import User


def record_event(
    grade: Grade,
    verb: Verb,
    *,
    actor: User | None,
    changes: dict[str, Any] | None = None,
    reason: str = "",
    via: Via = Via.WEB,
) -> GradeEvent:
    """Set the members in `changes` on the grade, raise its version, and keep the event.

    Members are those of `folding.FOLDED`; those that are as they were are left out. To be called
    under the plan's lock, with a grade that was read after it. Returns the event.
    """
    changes = changes or {}
    before = {name: plain(getattr(grade, name)) for name in changes}
    after = {name: plain(value) for name, value in changes.items()}
    moved = [name for name in after if after[name] != before[name]]
    for name in moved:
        setattr(grade, name, changes[name])
    grade.version += 1
    grade.save(update_fields=[*moved, "version", "updated_at"])
    return GradeEvent.objects.create(
        grade=grade,
        number=grade.version,
        verb=verb,
        actor=actor,
        before={name: before[name] for name in moved},
        after={name: after[name] for name in moved},
        reason=reason,
        via=via,
    )


def plain(value: Any) -> Any:
    """A member of a grade as events hold it: numbers as text of two places, times in ISO 8601."""
    if isinstance(value, Decimal):
        return str(rounded(value))  # as the database rounds
    if isinstance(value, datetime):
        return value.isoformat()
    return value
