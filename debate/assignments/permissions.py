"""What a person may do with assignments: predicates over the membership of the seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.seminars.permissions import may_manage

if TYPE_CHECKING:
    from debate.seminars.models import Membership, Seminar


def may_set_essay(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member sets essays to the seminar and changes what is asked."""
    return may_manage(membership, seminar)
