"""What a person may do in grading: predicates, read as sentences.

Whose works, marks and grades a person sees at all is decided by their `visible_to`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.permissions import may_have_receipt
from debate.seminars.permissions import is_instructor, is_staff

if TYPE_CHECKING:
    from annotations.grading.models import GradingPlan, Rubric
    from debate.accounts.models import User
    from debate.seminars.models import Membership, Seminar


def may_set_up_grading(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member sets rubric, points and markers: instructors."""
    return is_instructor(membership) and seminar.archived_at is None


def may_change_rubric(user: User, membership: Membership | None, rubric: Rubric) -> bool:
    """Whether the person changes the rubric: of the own library, or as the seminar's instructor."""
    if rubric.seminar is None:
        return rubric.owner_id == user.pk
    return may_set_up_grading(membership, rubric.seminar)


def may_mark(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member marks works: staff; which, says `Work.objects.marked_by`."""
    return is_staff(membership) and seminar.archived_at is None


def may_see_gradebook(membership: Membership | None) -> bool:
    """Whether the member sees the grades of the seminar's people: staff, each of their own."""
    return is_staff(membership)


def may_take_grades(membership: Membership | None) -> bool:
    """Whether the member takes grades away as a file, for all of the seminar: instructors."""
    return is_instructor(membership)


def may_release(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member releases, reopens, adjusts and excuses: instructors."""
    return is_instructor(membership) and seminar.archived_at is None


def may_ask_again(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member may ask to have an own grade looked at again: students."""
    return may_have_receipt(membership) and seminar.archived_at is None


def may_read_marker_text(membership: Membership | None) -> bool:
    """Whether the member reads what a rubric tells markers alone."""
    return is_staff(membership)


def knows_names(plan: GradingPlan) -> bool:
    """Whether markers learn whose works they mark: not while marking is blind, none of them."""
    return not plan.hides_names
