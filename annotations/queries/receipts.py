"""A student's receipt: what counts, when the server received it, and a digest over all of it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

from django.utils import timezone

from annotations.models import Annotation
from annotations.queries.progress import (
    Counts,
    OwnNote,
    TaskLine,
    counts_of,
    own_dates_of,
    own_notes,
    state_in_words,
    task_lines,
)
from debate.assignments.queries import dates_with

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

FORM = "counterpoint-receipt-1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a student has in an assignment that counts, as it stands at `made_at`.

    `canonical` is what the digest is computed over: lines that end in LF, in UTF-8. The first
    three are the form's name, the assignment's id and the student's id; then one for each
    annotation, by id: its id, kind, version, paragraphs, the moment the server received it (UTC,
    to the microsecond) and the SHA-256 of its body, apart by tabs. When it was made is not part
    of it: as long as nothing changes, the digest stays the same.
    """

    assignment: Assignment
    person: User
    notes: list[OwnNote]
    tasks: list[TaskLine]
    words: str
    made_at: datetime
    canonical: str

    @property
    def digest(self) -> str:
        """The SHA-256 of the canonical form, in hexadecimal."""
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def receipt(user: User, assignment: Assignment) -> Receipt:
    """The student's receipt. Takes 7 queries."""
    dates = own_dates_of(assignment, [user.pk])
    own = dates.get(user.pk) or dates_with(assignment)
    counts = counts_of(assignment, people=[user.pk], dates=dates).get(user.pk, Counts())
    mine = (
        Annotation.objects.visible_to(user).filter(assignment=assignment, author=user.pk).counted()
    )
    bodies = dict(mine.values_list("pk", "body"))
    notes = own_notes(mine, assignment, own)
    tasks = task_lines(assignment, counts)
    return Receipt(
        assignment=assignment,
        person=user,
        notes=notes,
        tasks=tasks,
        words=state_in_words(tasks, counts),
        made_at=timezone.now(),
        canonical=canonical_form(user, assignment, notes, bodies),
    )


def canonical_form(
    user: User, assignment: Assignment, notes: list[OwnNote], bodies: dict[UUID, str]
) -> str:
    """The lines that the digest is computed over, as told at `Receipt`."""
    lines = [FORM, str(assignment.pk), str(user.pk)]
    for note in sorted(notes, key=lambda one: one.id):
        received = note.received_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        body = hashlib.sha256(bodies.get(note.id, "").encode()).hexdigest()
        parts = (str(note.id), note.kind, str(note.version), note.numbers, received, body)
        lines.append("\t".join(parts))
    return "".join(f"{line}\n" for line in lines)
