"""Set-ups kept under a name, to start another assignment from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from debate.assignments.models import Assignment, AssignmentTemplate
from debate.assignments.permissions import may_keep_template
from debate.assignments.queries import relative_set_up
from debate.core.errors import Conflict, Missing, NotAllowed
from debate.core.text import clean_name
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User


@transaction.atomic
def save_template(*, actor: User, assignment_id: UUID, name: str) -> AssignmentTemplate:
    """Keep the assignment's set-up under that name, its dates counted from the opening.

    Title, essay and groups are not kept. Raises Missing, NotAllowed for all but instructors,
    Invalid on `name`, Conflict on `name` when the actor has a template of that name.
    """
    known = Assignment.objects.visible_to(actor).select_related("seminar")
    assignment = known.filter(pk=assignment_id).first()
    if assignment is None:
        raise Missing
    if not may_keep_template(membership_of(actor, assignment.seminar)):
        raise NotAllowed("Only instructors of this seminar keep its set-ups.")
    name = clean_name(name, field="name", limit=100)
    template, is_new = AssignmentTemplate.objects.get_or_create(
        owner=actor, name=name, defaults={"setup": relative_set_up(assignment)}
    )
    if not is_new:
        raise Conflict("You have a template of that name already.", field="name")
    return template


@transaction.atomic
def delete_template(*, actor: User, template_id: UUID) -> None:
    """Delete one of the actor's own templates. Raises Missing for any other."""
    template = AssignmentTemplate.objects.visible_to(actor).filter(pk=template_id).first()
    if template is None:
        raise Missing
    template.delete()
