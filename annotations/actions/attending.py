"""Who asks the same: a person says "me too" to a question, and takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.actions.annotations import locked_annotation
from annotations.enums import Kind, Status
from annotations.models import MeToo
from annotations.permissions import may_ask_too
from debate.core.errors import InvalidState, NotAllowed

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.models import Annotation
    from debate.accounts.models import User


@transaction.atomic
def ask_too(*, actor: User, annotation_id: UUID) -> Annotation:
    """Say that one asks the same; it counts once a person, again does nothing.

    Raises Missing, NotAllowed for the asker and for whoever does not write there, InvalidState for
    what is no published question.
    """
    question, membership, _ = locked_annotation(actor, annotation_id)
    if not may_ask_too(actor, membership, question):
        raise NotAllowed("You say so of what others ask, where you write yourself.")
    if question.kind != Kind.QUESTION or question.status != Status.PUBLISHED:
        raise InvalidState("One says so of a question that others can read.")
    MeToo.objects.get_or_create(annotation=question, user=actor)
    return question


@transaction.atomic
def ask_no_longer(*, actor: User, annotation_id: UUID) -> Annotation:
    """Take back that one asks the same; nothing happens when one did not. Raises Missing."""
    question, _, _ = locked_annotation(actor, annotation_id)
    MeToo.objects.filter(annotation=question, user=actor).delete()
    return question
