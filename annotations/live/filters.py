"""Whom a change line may concern: who is woken by it. Never what anybody is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from annotations.models import Change
from annotations.queries.changes import concerns, is_known_beside

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from annotations.queries.changes import Bearing
    from annotations.queries.view_keys import View

_IDS = ("author_id", "round_id", "group_before", "group_after")
_WORDS = ("type", "op", "status_before", "status_after", "audience_before", "audience_after")


def line_of(told: Mapping[str, Any]) -> Change:
    """The change line that was told of, as far as it was; it is not saved."""
    ids = {name: UUID(told[name]) if told[name] else None for name in _IDS}
    return Change(object_id=UUID(told["id"]), **ids, **{name: told[name] for name in _WORDS})


def may_concern(view: View, line: Change, bearing: Iterable[Bearing] = ()) -> bool:
    """Whether the reader could have seen of what the line tells, before it or after.

    Authors are woken by what they did themselves, for they may have other pages open. `bearing` are
    the notes beside which it is known as well (`bearing_on`).
    """
    return (
        line.author_id == view.user_id
        or concerns(view, line)
        or is_known_beside(view, line, bearing)
    )
