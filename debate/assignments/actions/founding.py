"""A seminar made in one go: with its first essay, its first assignment and a way in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from debate.assignments.actions.setting import set_essay
from debate.core.errors import DomainError, Invalid, NotAllowed
from debate.essays.actions import finish_import, lock_import, place_import
from debate.seminars.actions import create_seminar
from debate.seminars.actions.invitations import create_invitation
from debate.seminars.permissions import MAKES_NO_SEMINAR, may_create_seminar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Invitation, Seminar


@dataclass(frozen=True)
class Founded:
    """What was made; the invitation's token and code are never seen again."""

    seminar: Seminar
    assignment: Assignment
    invitation: Invitation
    token: str
    code: str


@transaction.atomic
def found_seminar(
    *,
    actor: User,
    import_id: UUID,
    version: int,
    title: str,
    time_zone: str,
    assignment_title: str = "",
    due_at: datetime | None = None,
    asked: Mapping[str, int] | None = None,
) -> Founded:
    """Make a seminar of the essay that waits for one, set the essay, and invite its students.

    Everything or nothing. The seminar has the id of the import, so that what is sent twice makes
    one. The assignment is open from now with one open round. Raises NotAllowed for whom the site
    lets make no seminar, Missing for another's import and one that is an essay already, Conflict
    when it was corrected elsewhere, Invalid that names `title`, `time_zone`, `assignment_title`,
    `due_at` or `asked.…`, or nothing when the essay itself is at fault.
    """
    if not may_create_seminar(actor):
        raise NotAllowed(MAKES_NO_SEMINAR)
    lock_import(actor=actor, import_id=import_id)
    seminar = create_seminar(actor=actor, title=title, time_zone=time_zone, seminar_id=import_id)
    try:
        place_import(actor=actor, import_id=import_id, version=version, seminar=seminar)
        essay = finish_import(actor=actor, import_id=import_id, version=version)
    except Invalid as error:
        raise Invalid(error.sentence, code=error.code) from error
    try:
        assignment = set_essay(
            actor=actor,
            essay=essay,
            title=assignment_title or essay.title[:200],
            due_at=due_at,
            asked=asked or {},
        )
    except DomainError as error:
        error.field = "assignment_title" if error.field == "title" else error.field
        raise
    invitation, token, code = create_invitation(actor=actor, seminar=seminar)
    return Founded(seminar, assignment, invitation, token, code)
