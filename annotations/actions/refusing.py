"""Who may not change an annotation, and what is told of it.

Not one of the usual module names: actions share it with the views that refuse before them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.enums import Status
from annotations.permissions import may_change, may_change_audience, may_code_attack, may_place
from debate.core.errors import DomainError, InvalidState, NotAllowed
from debate.seminars.permissions import oversees

if TYPE_CHECKING:
    from annotations.models import Annotation
    from debate.accounts.models import User
    from debate.seminars.models import Membership

ARCHIVED = "This seminar is archived: nothing in it can be changed."
WITHDRAWN = "This annotation is withdrawn, so it stays as it is."
ONLY_ITS_AUTHOR = "Only its author changes or withdraws an annotation."


def check_change(
    user: User,
    membership: Membership | None,
    annotation: Annotation,
    sentence: str = "Only its author may change an annotation.",
) -> None:
    """Raise what `_refusal` tells unless the person may change, or withdraw, the annotation."""
    if not may_change(user, membership, annotation):
        raise _refusal(user, membership, annotation, sentence)


def check_audience(user: User, membership: Membership | None, annotation: Annotation) -> None:
    """The same of who says who reads it."""
    if not may_change_audience(user, membership, annotation):
        sentence = "Only its author and staff say who reads an annotation."
        raise _refusal(user, membership, annotation, sentence, for_staff=True)


def check_placing(user: User, membership: Membership | None, annotation: Annotation) -> None:
    """The same of who puts it elsewhere in the essay."""
    if not may_place(user, membership, annotation):
        sentence = "Only its author and the staff may place an annotation."
        raise _refusal(user, membership, annotation, sentence, for_staff=True)


def check_coding(user: User, membership: Membership | None, annotation: Annotation) -> None:
    """The same of who says what a counterargument attacks."""
    if not may_code_attack(user, membership, annotation):
        sentence = "Only its author and the staff say what a counterargument attacks."
        raise _refusal(user, membership, annotation, sentence, for_staff=True)


def _refusal(
    user: User,
    membership: Membership | None,
    annotation: Annotation,
    sentence: str,
    *,
    for_staff: bool = False,
) -> DomainError:
    """What is told to whoever may not change the annotation: `sentence` says who does.

    Its author, and with `for_staff` who oversees the author, learn instead what is in the way: that
    the seminar is archived (NotAllowed), or that the annotation is withdrawn (InvalidState).
    """
    is_theirs = annotation.author_id == user.pk or (
        for_staff and oversees(membership, annotation.author_id)
    )
    if membership is None or not membership.may_write or not is_theirs:
        return NotAllowed(sentence)
    if annotation.assignment.seminar.archived_at is not None:
        return NotAllowed(ARCHIVED)
    if annotation.status == Status.WITHDRAWN:
        return InvalidState(WITHDRAWN)
    return NotAllowed(sentence)
