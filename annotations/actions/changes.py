"""What every change of an annotation leaves behind: its version, and a line of the change feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils import timezone

from annotations.actions.indexing import words_of
from annotations.enums import Audience, Op, Status
from annotations.models import Annotation, AnnotationVersion, Change
from debate.assignments.actions import raise_counter

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from annotations.models import ParagraphTag
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Revision


@dataclass(frozen=True)
class Visibility:
    """What decides who may read an annotation, at one moment."""

    status: str
    audience: str
    group_id: UUID | None

    @classmethod
    def of(cls, annotation: Annotation) -> Visibility:
        """The annotation's visibility as it stands."""
        return cls(annotation.status, annotation.audience, annotation.group_id)


def keep_version(annotation: Annotation, *, by: User) -> None:
    """Keep the annotation as it now stands in its history."""
    passage = annotation.passage
    details = {
        "tags": annotation.tags,
        "audience": annotation.audience,
        "group": str(annotation.group_id) if annotation.group_id else None,
        "is_answer": annotation.is_answer,
        "attacks": annotation.attacks,
        "counterclaim": annotation.counterclaim,
        "stance": annotation.stance,
        "warrant": annotation.warrant,
        "source": str(passage.source_id) if passage else None,
        "source_title": passage.source.title if passage else "",
        "quote": passage.quote if passage else "",
        "locator": passage.locator if passage else "",
    }
    AnnotationVersion.objects.create(
        annotation=annotation,
        version=annotation.version,
        kind=annotation.kind,
        status=annotation.status,
        body=annotation.body,
        details=details,
        by=by,
    )


def record_change(
    assignment: Assignment,
    annotation: Annotation,
    op: Op,
    *,
    before: Visibility | None,
    until: datetime | None = None,
) -> Change:
    """Write the change line under the assignment's lock, which the caller holds.

    Raises InvalidState when the change had to be made before `until`, and that has come.
    """
    return Change.objects.create(
        assignment=assignment,
        counter=raise_counter(assignment, until=until),
        object_id=annotation.pk,
        op=op,
        version=annotation.version,
        author_id=annotation.author_id,
        round_id=annotation.round_id,
        status_before=before.status if before else "",
        status_after=annotation.status,
        audience_before=before.audience if before else "",
        audience_after=annotation.audience,
        group_before=before.group_id if before else None,
        group_after=annotation.group_id,
    )


def save_change(
    annotation: Annotation,
    actor: User,
    op: Op,
    before: Visibility,
    *,
    until: datetime | None = None,
) -> None:
    """Save the changed annotation with its version and its change line; see `record_change`."""
    annotation.version += 1
    if annotation.status == Status.PUBLISHED:
        annotation.status_reason = ""  # why it was hidden is between its author and staff
        annotation.published_at = annotation.published_at or timezone.now()
    annotation.search = words_of(annotation, language=annotation.assignment.essay.language)
    annotation.save(force_update=True)
    keep_version(annotation, by=actor)
    record_change(annotation.assignment, annotation, op, before=before, until=until)


def record_paragraph_tag(given: ParagraphTag, op: Op, *, by: User) -> Change:
    """Write the line of a tag that a paragraph gets or loses, under the assignment's lock."""
    rounds = given.assignment.rounds.order_by("-number").values_list("pk", flat=True)
    is_new = op == Op.CREATE
    return Change.objects.create(
        assignment=given.assignment,
        counter=raise_counter(given.assignment),
        type="paragraph_tag",
        object_id=given.pk,
        op=op,
        version=1 if is_new else 2,
        author_id=by.pk,
        round_id=rounds[0],
        status_before="" if is_new else Status.PUBLISHED,
        status_after=Status.PUBLISHED if is_new else Status.WITHDRAWN,
        audience_before="" if is_new else Audience.SEMINAR,
        audience_after=Audience.SEMINAR,
    )


def record_publication(assignment: Assignment, revision: Revision, *, by: User) -> Change:
    """Write the line of an assignment that shows another revision from now on, under its lock.

    One line stands for all its annotations: none of them changed, but each has other anchors.
    """
    rounds = assignment.rounds.order_by("-number").values_list("pk", flat=True)
    return Change.objects.create(
        assignment=assignment,
        counter=raise_counter(assignment),
        type="assignment",
        object_id=assignment.pk,
        op=Op.UPDATE,
        version=revision.number,
        author_id=by.pk,
        round_id=rounds[0],
        status_before=Status.PUBLISHED,
        status_after=Status.PUBLISHED,
        audience_before=Audience.SEMINAR,
        audience_after=Audience.SEMINAR,
    )
