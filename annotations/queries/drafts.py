"""What a person has begun to write: where it stands, and where it is gone on with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from django.urls import reverse
from django.utils.text import Truncator

from annotations.enums import Kind
from annotations.models import Annotation, Draft
from annotations.models.drafts import DraftPlace

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

SHOWN = 120


class _Note(NamedTuple):
    """What is said of an annotation that is answered or changed."""

    kind: str
    author_name: str


@dataclass(frozen=True, slots=True)
class DraftLine:
    """A draft as it is listed.

    `what` is its kind, `where` its place within the assignment, `words` how it begins; `href` opens
    the composer with it, and is "" when there is nothing left that it could be attached to.
    """

    id: str
    key: str
    kind: str
    what: str
    where: str
    words: str
    href: str
    seen_at: datetime
    assignment: Assignment

    @property
    def list_url(self) -> str:
        """The page of all drafts of the assignment, where its words can be read in full."""
        return drafts_url(self.assignment)


def drafts_of(user: User | AnonymousUser, assignment: Assignment | None = None) -> list[DraftLine]:
    """The person's drafts, of the one assignment or of all, the latest first. Takes 2 queries."""
    found = Draft.objects.visible_to(user).select_related("assignment__seminar")
    if assignment is not None:
        found = found.filter(assignment=assignment)
    drafts = [(draft, DraftPlace.of(draft.key) or DraftPlace()) for draft in found]
    notes = _notes(user, (place.annotation_id for _, place in drafts if place.annotation_id))
    return [_line(draft, place, notes) for draft, place in drafts]


def count_drafts(user: User | AnonymousUser, assignment: Assignment) -> int:
    """How many drafts the person has in the assignment, which the person may see."""
    return Draft.objects.visible_to(user).filter(assignment=assignment).count()


def drafts_url(assignment: Assignment) -> str:
    """The page of one's drafts in the assignment."""
    return reverse("annotations:drafts", args=[assignment.seminar.slug, assignment.slug])


def draft_at(user: User, assignment: Assignment, place: DraftPlace) -> Draft | None:
    """The person's draft of what is to stand at that place."""
    found = Draft.objects.visible_to(user).filter(assignment=assignment, key=place.key)
    return found.first()


def _notes(user: User | AnonymousUser, ids: Iterable[UUID]) -> dict[UUID, _Note]:
    seen = Annotation.objects.visible_to(user).with_shown_author(user).filter(pk__in=set(ids))
    rows = seen.values_list("pk", "kind", "shown_author_name")  # type: ignore[misc]  # annotated
    return {pk: _Note(kind, name) for pk, kind, name in rows}


def _line(draft: Draft, place: DraftPlace, notes: dict[UUID, _Note]) -> DraftLine:
    kind = str(draft.content.get("kind", ""))
    where, href = _where(draft, place, notes)
    return DraftLine(
        id=str(draft.pk),
        key=draft.key,
        kind=kind,
        what=str(Kind(kind).label) if kind in Kind.values else "Note",
        where=where,
        words=str(Truncator(" ".join(" … ".join(draft.words).split())).chars(SHOWN)),
        href=href,
        seen_at=draft.seen_at,
        assignment=draft.assignment,
    )


def _where(draft: Draft, place: DraftPlace, notes: dict[UUID, _Note]) -> tuple[str, str]:
    """The place in words, and the address of the composer."""
    asked = f"?draft={draft.pk}"
    if place.annotation_id is None:
        on = [draft.assignment.seminar.slug, draft.assignment.slug, place.revision, place.number]
        where = f"{'words of ' if place.spans else ''}paragraph {place.number}"
        return where, reverse("annotations:create", args=on) + asked
    note = notes.get(place.annotation_id)
    if note is None:
        return "a note that is gone", ""
    name = "annotations:edit" if place.is_edit else "annotations:reply"
    label = str(Kind(note.kind).label).lower()
    where = f"change of your {label}" if place.is_edit else f"reply to {note.author_name}"
    return where, reverse(name, args=[place.annotation_id]) + asked
