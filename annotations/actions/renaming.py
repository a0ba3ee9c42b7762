"""What a person's new name leaves behind: lines of the annotations that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotations.actions.changes import record_moved
from annotations.enums import Audience
from annotations.models import Annotation
from debate.assignments.actions import lock_assignment

if TYPE_CHECKING:
    from debate.accounts.models import User


def tell_of_name(*, person: User, **_sent: Any) -> None:
    """Tell of the person's annotations, in the transaction in which the name changed.

    Of what stands under an alias only those who know the name are told: the moment would else give
    away who is behind it.
    """
    notes = Annotation.objects.filter(author=person)
    for assignment_id in sorted(set(notes.order_by().values_list("assignment_id", flat=True))):
        assignment, _ = lock_assignment(assignment_id)
        here = notes.filter(assignment=assignment).order_by("pk")
        record_moved(assignment, here.filter(alias=None))
        record_moved(assignment, here.exclude(alias=None), seen_by=Audience.STAFF)
