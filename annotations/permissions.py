"""What a person may do with annotations: predicates, read as sentences.

Whether somebody may *see* an annotation is decided by `Annotation.objects.visible_to` alone; these
predicates are asked about what the person sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.enums import Kind, MapStatus, Status
from debate.seminars.permissions import is_staff, may_manage, may_write, oversees

if TYPE_CHECKING:
    from annotations.models import Annotation, Claim, HouseRules, Passage, QualityMark, Source
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


def may_take_back(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person lets others read again what was withdrawn: its author."""
    return annotation.author_id == user.pk and may_write(membership, annotation.assignment.seminar)


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


def may_check_links(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member has links of sources opened anew: staff."""
    return is_staff(membership) and may_write(membership, seminar)


def may_add_sources(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member puts works on the shelf and takes passages from them: all who write."""
    return may_write(membership, seminar)


def may_change_source(user: User, membership: Membership | None, source: Source) -> bool:
    """Whether the person says what is known of a work: staff, and who put it on the shelf."""
    return may_write(membership, source.seminar) and (
        is_staff(membership) or source.added_by_id == user.pk
    )


def may_keep_shelf(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member merges what stands on the shelf twice: staff who see all of it."""
    return (
        membership is not None
        and membership.is_staff
        and not membership.is_limited
        and may_write(membership, seminar)
    )


def may_change_passage(user: User, membership: Membership | None, passage: Passage) -> bool:
    """Whether the person marks the words that are relied on: staff, and who took the passage."""
    return may_write(membership, passage.source.seminar) and (
        is_staff(membership) or passage.added_by_id == user.pk
    )


def may_check_passage(user: User, membership: Membership | None, passage: Passage) -> bool:
    """Whether the person checks the passage as second reader: all who write but who took it."""
    return may_write(membership, passage.source.seminar) and passage.added_by_id != user.pk


def may_keep_map(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member keeps the map of an essay's argument: staff, also those of sections."""
    return is_staff(membership) and may_write(membership, seminar)


def may_mark_claims(membership: Membership | None, seminar: Seminar, *, rules: HouseRules) -> bool:
    """Whether the member puts claims and reasons on the map: staff, students where rules let them."""
    return may_keep_map(membership, seminar) or (
        rules.students_mark_claims and may_write(membership, seminar)
    )


def may_propose_claim(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member proposes claims for the map: all who write."""
    return may_write(membership, seminar)


def may_change_claim(
    user: User, membership: Membership | None, claim: Claim, *, rules: HouseRules
) -> bool:
    """Whether the person rewords or takes off a claim of the essay.

    Staff do; others what they added, as long as it is proposed or they mark claims themselves. The
    claim of an annotation changes with that alone.
    """
    seminar = claim.assignment.seminar
    if claim.annotation_id or not may_write(membership, seminar):
        return False
    is_own = claim.added_by_id == user.pk
    own = is_own and (claim.status == MapStatus.PROPOSED or rules.students_mark_claims)
    return may_keep_map(membership, seminar) or own


def may_code_attack(user: User, membership: Membership | None, annotation: Annotation) -> bool:
    """Whether the person says what a counterargument attacks: its author, and staff over them."""
    return annotation.kind == Kind.COUNTERARGUMENT and may_place(user, membership, annotation)


def may_set_rules(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member sets the rules by which labels are kept: instructors."""
    return may_manage(membership, seminar)


def may_set_mark(membership: Membership | None, seminar: Seminar) -> bool:
    """Whether the member sets quality marks and answers them: all who write."""
    return may_write(membership, seminar)


def may_settle_mark(user: User, membership: Membership | None, mark: QualityMark) -> bool:
    """Whether the person settles the mark: staff over the author of a note, and who set it."""
    if not may_write(membership, mark.seminar):
        return False
    if mark.annotation:
        kept = oversees(membership, mark.annotation.author_id)
    else:
        kept = is_staff(membership)
    return kept or mark.by_id == user.pk


def may_ask_too(user: User, membership: Membership | None, question: Annotation) -> bool:
    """Whether the person says "me too" to the question: all who write, but not its asker."""
    return question.author_id != user.pk and may_write(membership, question.assignment.seminar)
