"""A seminar copied to a new term, its vocabulary included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.actions.vocabulary import copy_vocabulary
from debate.assignments.actions.copying import copy_seminar

if TYPE_CHECKING:
    from datetime import date

    from debate.accounts.models import User
    from debate.seminars.models import Seminar


@transaction.atomic
def copy_to_term(*, actor: User, seminar: Seminar, title: str, starts_on: date) -> Seminar:
    """Make a seminar with the essays, assignments and vocabulary of this one.

    See `copy_seminar`, and what it raises. Tags that were retired stay behind, and the vocabulary
    begins at version 1.
    """
    made = copy_seminar(actor=actor, seminar=seminar, title=title, starts_on=starts_on)
    copy_vocabulary(actor=actor, seminar=seminar, to=made)
    return made
