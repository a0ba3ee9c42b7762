"""What a person may do with essays: predicates over the membership of the essay's seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.seminars.permissions import may_manage

if TYPE_CHECKING:
    from debate.seminars.models import Membership, Seminar


def may_import(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member brings essays into the seminar."""
    return may_manage(membership, seminar)
