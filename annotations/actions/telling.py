"""Who is told of what: notices given in the transaction of the change that causes them.

Nobody is told of what he or she did, nor of what the person may not see at that moment. What is
posted in a blind round is told to nobody who may not see it, and not made up for when the round
ends: the reading page then says what is new.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from annotations.enums import Kind, Status
from annotations.models import Anchor, Annotation, Mention
from annotations.naming import nameable, named_in, readers_among
from annotations.notices import (
    CLOSING,
    COUNTERARGUMENT,
    FLAG,
    MENTION,
    MODERATION,
    OPENING,
    QUALITY_ANSWER,
    QUALITY_MARK,
    REPLY,
    REVISION,
    TOLD_ACTS,
    TOLD_STATES,
)
from annotations.queries.progress import Counts, counts_of, is_done, task_lines
from debate.assignments.models import Assignment
from debate.assignments.queries import dates_of, students_in
from debate.core.errors import Missing
from debate.notices.actions import give_notice, mute
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from annotations.models import ModerationEntry, QualityMark, QualityMarkAnswer
    from debate.accounts.models import User
    from debate.assignments.queries import Dates
    from debate.essays.models import Revision

SOON = timedelta(hours=24)
LONGEST_EXTRA = timedelta(days=60)


def tell_of_post(annotation: Annotation, *, actor: User) -> None:
    """Tell whom it answers and whom it names, once it can be read; each person once.

    Called after each change that lets more people read it or names more of them. A
    counterargument is told as such and not also as a reply, and whoever is told of the reply is
    not told of being named in it.
    """
    named: set[UUID] = set()
    if "@" in annotation.body:
        named.update(named_in(annotation.body, nameable(annotation.assignment)))
    parent = annotation.parent
    answered = {parent.author_id} if parent and parent.author_id != annotation.author_id else set()
    readers = readers_among(annotation, answered | named)
    _keep_mentions(annotation, named & readers)
    if annotation.status != Status.PUBLISHED:
        return
    kind = COUNTERARGUMENT if annotation.kind == Kind.COUNTERARGUMENT else REPLY
    for name, people in ((kind, answered), (MENTION, named - answered)):
        give_notice(
            kind=name,
            object_id=annotation.pk,
            context_id=annotation.root_id or annotation.pk,
            recipients=(people & readers) - {actor.pk, annotation.author_id},
        )


def tell_of_readers(annotation: Annotation, *, actor: User) -> None:
    """Tell those whom it names and who may read it only now; whom it answers could before."""
    if "@" in annotation.body:
        tell_of_post(annotation, actor=actor)


def _keep_mentions(annotation: Annotation, named: set[UUID]) -> None:
    """Keep whom the body names, of those who may read it."""
    if annotation.version > 1:
        annotation.mentions.exclude(user__in=named).delete()
    if named:
        Mention.objects.bulk_create(
            [Mention(annotation=annotation, user_id=person) for person in sorted(named)],
            ignore_conflicts=True,
        )


def tell_of_moderation(entry: ModerationEntry) -> None:
    """Tell the author what staff did about the annotation."""
    annotation = entry.annotation
    if entry.act in TOLD_ACTS and annotation.author_id != entry.actor_id:
        give_notice(
            kind=MODERATION,
            object_id=entry.pk,
            context_id=annotation.root_id or annotation.pk,
            recipients=[annotation.author_id],
        )


def tell_of_flags(
    annotation: Annotation, flags: Iterable[tuple[UUID, UUID]], *, actor: User
) -> None:
    """Tell those who flagged the annotation, by flag, that staff have looked at it."""
    for flag_id, person in flags:
        if person != actor.pk:
            give_notice(
                kind=FLAG,
                object_id=flag_id,
                context_id=annotation.root_id or annotation.pk,
                recipients=[person],
            )


def tell_of_mark(mark: QualityMark) -> None:
    """Tell whose words were marked, unless they are the marker's own."""
    _tell_of(mark, QUALITY_MARK, mark.pk, {_owner(mark)} - {mark.by_id})


def tell_of_settling(mark: QualityMark) -> None:
    """Tell who set it that a mark was settled, unless that person took it back."""
    _tell_of(mark, QUALITY_MARK, mark.pk, {mark.by_id} - {mark.resolved_by_id})


def tell_of_answer(answer: QualityMarkAnswer) -> None:
    """Tell who set the mark, and whose words it is on, what was answered to it."""
    mark = answer.mark
    _tell_of(mark, QUALITY_ANSWER, answer.pk, {_owner(mark), mark.by_id} - {answer.by_id})


def _owner(mark: QualityMark) -> UUID:
    """Whose words the mark is on."""
    if mark.annotation:
        return mark.annotation.author_id
    if mark.claim:
        return mark.claim.added_by_id
    return mark.target.added_by_id  # type: ignore[union-attr]  # of a passage


def _tell_of(mark: QualityMark, kind: str, object_id: UUID, people: Collection[UUID]) -> None:
    """Those of them who are still in the seminar; by the thread or assignment, if there is one."""
    inside = Membership.objects.filter(seminar=mark.seminar_id, user__in=people)
    context = mark.passage_id
    if mark.annotation:
        context = mark.annotation.root_id or mark.annotation_id
    elif mark.claim:
        context = mark.claim.assignment_id
    give_notice(
        kind=kind,
        object_id=object_id,
        context_id=context,  # type: ignore[arg-type]  # the mark is on something
        recipients=list(inside.values_list("user_id", flat=True)),
    )


def tell_of_revision(
    revision: Revision, assignments: Collection[Assignment], *, actor: User
) -> None:
    """Tell the authors of notes that moved, were edited or lost their words; one notice each."""
    authors = (
        Anchor.objects.filter(
            revision=revision, annotation__assignment__in=assignments, state__in=TOLD_STATES
        )
        .exclude(annotation__status=Status.WITHDRAWN)
        .order_by()
        .values_list("annotation__author_id", flat=True)
        .distinct()
    )
    members = Membership.objects.filter(seminar__assignments__in=assignments, user__in=authors)
    people = set(members.values_list("user_id", flat=True)) - {actor.pk}
    if people:
        give_notice(
            kind=REVISION,
            object_id=revision.pk,
            context_id=min(one.pk for one in assignments),
            recipients=people,
        )


def mute_thread(*, actor: User, annotation_id: UUID) -> Annotation:
    """Tell the actor nothing more of the annotation's thread. Raises Missing."""
    annotation = Annotation.objects.visible_to(actor).filter(pk=annotation_id).first()
    if annotation is None:
        raise Missing
    mute(actor=actor, context_id=annotation.root_id or annotation.pk)
    return annotation


def tell_of_dates(now: datetime | None = None) -> None:
    """Tell students of assignments that open, and of those due within a day that they have not done.

    Each once. The own dates of each count; what is due is told by the due date, and without one by
    the closing. Takes a fixed number of queries for each assignment, however many take part.
    """
    now = now or timezone.now()
    open_seminars = Assignment.objects.filter(seminar__archived_at=None)
    opening = open_seminars.filter(opens_at__gt=now - SOON, opens_at__lte=now + SOON)
    for assignment in opening.order_by("id"):
        _tell(assignment, OPENING, {person.pk for person in students_in(assignment)})
    ending = Q(due_at__isnull=False) | Q(closes_at__isnull=False)
    soon = Q(due_at__lte=now + SOON) | Q(due_at=None, closes_at__lte=now + SOON)
    early = Q(due_at__gt=now - LONGEST_EXTRA) | Q(due_at=None, closes_at__gt=now - LONGEST_EXTRA)
    moved = Q(extensions__due_at__gt=now, extensions__due_at__lte=now + SOON)
    found = open_seminars.filter(opens_at__lte=now).filter(ending & soon & early | moved)
    for assignment in found.distinct().order_by("id"):
        _tell(assignment, CLOSING, _late_soon(assignment, now))


@transaction.atomic
def _tell(assignment: Assignment, kind: str, people: Collection[UUID]) -> None:
    give_notice(
        kind=kind, object_id=assignment.pk, context_id=assignment.pk, recipients=list(people)
    )


def _late_soon(assignment: Assignment, now: datetime) -> set[UUID]:
    """Those whose own date comes within a day and who have not done all that is asked."""
    dates = dates_of([person.pk for person in students_in(assignment)], assignment)
    near = {person for person, own in dates.items() if _is_soon(own, now)}
    if not near:
        return set()
    counts = counts_of(assignment, people=near)
    return {
        person
        for person in near
        if not is_done(task_lines(assignment, counts.get(person, Counts())))
    }


def _is_soon(dates: Dates, now: datetime) -> bool:
    moment = dates.due_at or dates.closes_at
    return moment is not None and now < moment <= now + SOON
