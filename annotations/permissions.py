"""What a person may do with annotations: predicates, read as sentences.

Whether somebody may *see* an annotation is decided by `Annotation.objects.visible_to` alone; these
predicates are asked about what the person sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.enums import Kind, Status
from debate.seminars.permissions import is_staff, may_write, oversees

if TYPE_CHECKING:
    from annotations.models import Annotation
    from debate.accounts.models import User
    from debate.seminars.models import Membership, Seminar


def may_annotate(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member attaches annotations at all; dates are the action's matter."""
    return may_write(membership, seminar)


def may_annotate_outside_dates(membership: Membership | None) -> bool:
    """Whether the member annotates before the opening and after the closing: staff do."""
    return is_staff(membership)


def may_change(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person edits or withdraws the annotation: its author, while it stands."""
    return (
        annotation.author_id == user.pk
        and annotation.status != Status.WITHDRAWN
        and may_write(membership, annotation.assignment.seminar)
    )


def may_place(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person puts the annotation elsewhere in the text: its author, and staff."""
    return annotation.status != Status.WITHDRAWN and (
        may_change(user, membership, annotation)
        or (
            oversees(membership, annotation.author_id)
            and may_write(membership, annotation.assignment.seminar)
        )
    )


def may_reply(membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the member replies: writers do, while it is published and the thread not locked."""
    return (
        annotation.status == Status.PUBLISHED
        and may_write(membership, annotation.assignment.seminar)
        and ((annotation.root or annotation).locked_at is None or is_staff(membership))
    )


def may_mark_answer(user: User, membership: Membership | None, question: Annotation) -> bool:
    """Whether the person takes a reply as the question's answer: its asker, or staff."""
    return (
        question.kind == Kind.QUESTION
        and may_write(membership, question.assignment.seminar)
        and (question.author_id == user.pk or oversees(membership, question.author_id))
    )


def may_read_history(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person reads earlier wordings: the author, and staff."""
    return annotation.author_id == user.pk or oversees(membership, annotation.author_id)


def may_moderate(membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the member hides, approves, locks and pins: staff who oversee the author."""
    return may_write(membership, annotation.assignment.seminar) and oversees(
        membership, annotation.author_id
    )


def may_flag(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person flags the annotation: writers do, others' annotations that stand."""
    return (
        annotation.author_id != user.pk
        and annotation.status == Status.PUBLISHED
        and may_write(membership, annotation.assignment.seminar)
    )


def may_change_audience(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person says who reads the thread: the author of its root, and staff."""
    return (
        annotation.parent_id is None
        and annotation.status != Status.WITHDRAWN
        and (may_change(user, membership, annotation) or may_moderate(membership, annotation))
    )


def may_have_receipt(membership: Membership | None) -> bool:
    """Whether the member hands in, and so has progress and a receipt of one's own: students."""
    return membership is not None and membership.may_write and not membership.is_staff


def may_follow_progress(membership: Membership | None) -> bool:
    """Whether the member sees others' progress, of those overseen: staff."""
    return is_staff(membership)


def may_tag_paragraphs(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member says which tags a paragraph has: staff."""
    return is_staff(membership) and may_write(membership, seminar)
