"""What a person may do with assignments: predicates over the membership of the seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from debate.seminars.permissions import is_instructor, is_staff, may_manage

if TYPE_CHECKING:
    from debate.seminars.models import Membership, Seminar


def may_set_essay(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member sets essays to the seminar, changes what is asked, and gives sides."""
    return may_manage(membership, seminar)


def may_extend(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member grants extensions and accommodations."""
    return may_manage(membership, seminar)


def may_read_extensions(membership: Membership | None) -> bool:
    """Whether the member reads the own dates of the students whom the member oversees."""
    return is_staff(membership)


def may_read_reasons(membership: Membership | None) -> bool:
    """Whether the member reads why others have dates of their own."""
    return is_instructor(membership)


def may_keep_template(membership: Membership | None) -> bool:
    """Whether the member keeps the set-up of the seminar's assignments, archived or not."""
    return is_instructor(membership)
