"""What every change of an annotation leaves behind: its version, and a line of the change feed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from annotations.actions.indexing import words_of
from annotations.enums import Audience, Kind, MapStatus, Op, Status
from annotations.models import (
    Annotation,
    AnnotationVersion,
    Change,
    Claim,
    Concession,
    Inference,
    Relation,
)
from debate.assignments.actions import raise_counter
from debate.core.notify import told_as

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from annotations.models import HouseRules, ParagraphTag, QualityMark
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


def keep_version(
    annotation: Annotation, *, by: User, undo: Mapping[str, Any] | None = None
) -> None:
    """Keep the annotation as it now stands in its history, with what undoing that needs if it can be."""
    version_of(annotation, by=by, undo=undo, scope=scope_of(annotation)).save(force_insert=True)


def version_of(
    annotation: Annotation, *, by: User, scope: str, undo: Mapping[str, Any] | None = None
) -> AnnotationVersion:
    """The row of its history that says how the annotation now stands, not yet saved."""
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
        "scope": scope,
    }
    return AnnotationVersion(
        annotation=annotation,
        version=annotation.version,
        kind=annotation.kind,
        status=annotation.status,
        body=annotation.body,
        details=details,
        undo=undo,
        by=by,
    )


def scope_of(annotation: Annotation) -> str:
    """How far a concession grants; "" for other kinds."""
    if annotation.kind != Kind.CONCESSION:
        return ""
    scopes = Concession.objects.filter(annotation=annotation).values_list("scope", flat=True)
    return scopes.first() or ""


CHANNEL = "counterpoint_changes"
"""Where each change line is told of; see `write_line`."""


def write_line(assignment: Assignment, *, until: datetime | None = None, **said: Any) -> Change:
    """Write one change line under the assignment's lock, which the caller holds; all come from here.

    `said` are the line's other fields; as `round_id` what belongs to no round has the assignment's
    id, as no round hides it. Listeners are told on `CHANNEL` when the transaction is
    committed: JSON with `assignment`, `counter`, `type`, `id`, `op` and the visibility before and
    after, of which none leaves the server. Raises InvalidState when the change had to be made
    before `until`, and that has come.
    """
    line = Change(assignment=assignment, counter=assignment.change_counter + 1, **said)
    telling = (CHANNEL, [told_as(_news(line))])
    raise_counter(assignment, until=until, rows=[line], telling=telling)
    return line


def write_posts(
    assignment: Assignment,
    posted: Sequence[Annotation],
    beside: Sequence[Model],
    *,
    until: datetime | None,
) -> None:
    """Insert new annotations, what is kept beside them and a line each, in one statement.

    As `write_line`, under the assignment's lock, which the caller holds. Raises InvalidState when
    they had to be written before `until`, and that has come.
    """
    lines = [
        Change(assignment=assignment, counter=counter, op=Op.CREATE, **_said_of(one, None))
        for counter, one in enumerate(posted, assignment.change_counter + 1)
    ]
    raise_counter(
        assignment,
        by=len(lines),
        until=until,
        rows=[*posted, *beside, *lines],
        telling=(CHANNEL, [told_as(_news(line)) for line in lines]),
    )


def _news(line: Change) -> dict[str, Any]:
    told = {"assignment": line.assignment_id, "counter": line.counter, "id": line.object_id}
    return told | {name: getattr(line, name) for name in _TOLD}


_TOLD = (
    "type",
    "op",
    "author_id",
    "round_id",
    "status_before",
    "status_after",
    "audience_before",
    "audience_after",
    "group_before",
    "group_after",
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
    return write_line(assignment, until=until, op=op, **_said_of(annotation, before))


def _said_of(annotation: Annotation, before: Visibility | None) -> dict[str, Any]:
    return {
        "object_id": annotation.pk,
        "version": annotation.version,
        "author_id": annotation.author_id,
        "round_id": annotation.round_id,
        "status_before": before.status if before else "",
        "status_after": annotation.status,
        "audience_before": before.audience if before else "",
        "audience_after": annotation.audience,
        "group_before": before.group_id if before else None,
        "group_after": annotation.group_id,
    }


def record_moved(
    assignment: Assignment, annotations: Iterable[Annotation], *, seen_by: Audience | None = None
) -> None:
    """Write a line each for annotations that read otherwise now, without a version of their own.

    Such as those that cite a work of which more is known, under the lock of their assignment.
    `seen_by` is the audience for which they do, if it is a narrower one than their own.
    """
    standing = [one for one in annotations if one.status != Status.WITHDRAWN]
    said = [{"op": Op.UPDATE, **_said_of(one, Visibility.of(one))} for one in standing]
    for line in said if seen_by else ():
        if line["audience_after"] != Audience.PRIVATE:
            line.update(audience_before=seen_by, audience_after=seen_by, group_before=None)
            line.update(group_after=None)
    write_lines(assignment, said)


def record_gone(annotation: Annotation, type_: str, object_id: UUID) -> Change:
    """Write the line of what a change of the annotation took off the map, under the lock.

    Whoever reads the annotation knew of it.
    """
    said = {**_said_of(annotation, Visibility.of(annotation)), "object_id": object_id}
    return write_line(annotation.assignment, type=type_, op=Op.WITHDRAW, **said)


def write_lines(assignment: Assignment, said: Sequence[Mapping[str, Any]]) -> None:
    """Write many lines as `write_line` does one, in one statement as well."""
    if not said:
        return
    lines = [
        Change(assignment=assignment, counter=counter, **one)
        for counter, one in enumerate(said, assignment.change_counter + 1)
    ]
    # Listeners are told once of all that the same people see.
    alike = {tuple(getattr(one, name) for name in _TOLD): one for one in lines}
    telling = (CHANNEL, [told_as(_news(line)) for line in alike.values()])
    raise_counter(assignment, by=len(lines), rows=lines, telling=telling)


def save_change(
    annotation: Annotation,
    actor: User,
    op: Op,
    before: Visibility,
    *,
    until: datetime | None = None,
    undo: Mapping[str, Any] | None = None,
) -> None:
    """Save the changed annotation with its version and its change line; see `record_change`."""
    annotation.version += 1
    if annotation.status == Status.PUBLISHED:
        annotation.status_reason = ""  # why it was hidden is between its author and staff
        annotation.published_at = annotation.published_at or timezone.now()
    annotation.search = words_of(annotation, language=annotation.assignment.essay.language)
    annotation.save(force_update=True)
    keep_version(annotation, by=actor, undo=undo)
    record_change(annotation.assignment, annotation, op, before=before, until=until)


def record_paragraph_tag(given: ParagraphTag, op: Op, *, by: User) -> Change:
    """Write the line of a tag that a paragraph gets or loses, under the assignment's lock."""
    is_new = op == Op.CREATE
    return write_line(
        given.assignment,
        type="paragraph_tag",
        object_id=given.pk,
        op=op,
        version=1 if is_new else 2,
        author_id=by.pk,
        round_id=given.assignment_id,
        status_before="" if is_new else Status.PUBLISHED,
        status_after=Status.PUBLISHED if is_new else Status.WITHDRAWN,
        audience_before="" if is_new else Audience.SEMINAR,
        audience_after=Audience.SEMINAR,
    )


# What everybody to whom the assignment is set sees on the map, and what only staff and adder do.
_OF_THE_MAP = {
    MapStatus.MARKED: (Status.PUBLISHED, Audience.SEMINAR),
    MapStatus.PROPOSED: (Status.PENDING, Audience.STAFF),
    MapStatus.IMPLIED: (Status.PENDING, Audience.STAFF),
    MapStatus.WITHDRAWN: (Status.WITHDRAWN, Audience.STAFF),
}
NOUNS = {
    Claim: "claim",
    Inference: "inference",
    Relation: "relation",
    Concession: "concession",
}


def record_argument(
    row: Claim | Inference | Relation, op: Op, *, before: str, until: datetime | None = None
) -> Change:
    """Write the line of a change of the map, under the assignment's lock, which the caller holds.

    `before` is the row's status until now, "" for a new one. What an annotation made is known to
    that annotation's readers. Raises InvalidState as `record_change`.
    """
    note = row.annotation
    if note:
        here = Visibility.of(note)
        was = here if before else Visibility("", "", None)
    else:
        here = Visibility(*_OF_THE_MAP[MapStatus(row.status)], None)
        was = Visibility(*(_OF_THE_MAP[MapStatus(before)] if before else ("", "")), None)
    return write_line(
        row.assignment,
        until=until,
        type=NOUNS[type(row)],
        object_id=row.pk,
        op=op,
        version=row.version,
        author_id=row.added_by_id,
        round_id=note.round_id if note else row.assignment_id,
        **_turned(was, here),
    )


def _turned(was: Visibility, now: Visibility) -> dict[str, Any]:
    """Who could see the object before the change, and who can after it, as a line's members."""
    return {
        "status_before": was.status,
        "status_after": now.status,
        "audience_before": was.audience,
        "audience_after": now.audience,
        "group_before": was.group_id,
        "group_after": now.group_id,
    }


def record_house_rules(rules: HouseRules) -> Change:
    """Write the line of a new version of an assignment's house rules, under its lock.

    Whoever sees the assignment sees them, visitors of a public one as well.
    """
    is_first = rules.version == 1
    return write_line(
        rules.assignment,
        type="house_rules",
        object_id=rules.pk,
        op=Op.CREATE if is_first else Op.UPDATE,
        version=rules.version,
        author_id=rules.by_id,
        round_id=rules.assignment_id,
        status_before="" if is_first else Status.PUBLISHED,
        status_after=Status.PUBLISHED,
        audience_before="" if is_first else Audience.PUBLIC,
        audience_after=Audience.PUBLIC,
    )


def record_mark(mark: QualityMark, op: Op) -> None:
    """Write the line of a change of a quality mark, under the assignment's lock.

    Whoever knows of what it is on knows of it. A passage belongs to no assignment, so that a mark
    on one has no line.
    """
    on = mark.annotation or mark.claim
    if on is None:
        return
    note = mark.annotation or (mark.claim.annotation if mark.claim else None)
    if note:
        seen = Visibility.of(note)
    else:
        seen = Visibility(*_OF_THE_MAP[MapStatus(mark.claim.status)], None)  # type: ignore[union-attr]  # `on` is the claim
    was = Visibility("", "", None) if op == Op.CREATE else seen
    write_line(
        on.assignment,
        type="quality_mark",
        object_id=mark.pk,
        op=op,
        version=1 if op == Op.CREATE else 2,
        author_id=note.author_id if note else mark.by_id,
        round_id=note.round_id if note else on.assignment_id,
        **_turned(was, seen),
    )


def record_publication(assignment: Assignment, revision: Revision, *, by: User) -> Change:
    """Write the line of an assignment that shows another revision from now on, under its lock.

    One line stands for all its annotations: none of them changed, but each has other anchors.
    """
    return write_line(
        assignment,
        type="assignment",
        object_id=assignment.pk,
        op=Op.UPDATE,
        version=revision.number,
        author_id=by.pk,
        round_id=assignment.pk,
        status_before=Status.PUBLISHED,
        status_after=Status.PUBLISHED,
        audience_before=Audience.SEMINAR,
        audience_after=Audience.SEMINAR,
    )
