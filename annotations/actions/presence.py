"""Who has an assignment open, and where in the text a person reads who shares that.

No change lines: nothing that is said changes, and whoever was here is forgotten.
"""

from __future__ import annotations

from datetime import timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Least, Now
from django.utils import timezone

from annotations.actions.visits import PRECISION
from annotations.models import Presence, Visit
from annotations.queries.visits import SILENCE
from debate.assignments.enums import RoundMode
from debate.assignments.models import Assignment
from debate.assignments.queries import current_round
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.core.notify import notify
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from annotations.queries.view_keys import Pair
    from debate.accounts.models import User

CHANNEL = "counterpoint_presence"
"""Where it is told that somebody came to an assignment, went, or reads elsewhere in it."""

KEPT_FRESH = timedelta(seconds=20)
"""How often a process says of its listeners that they are here."""

LEAVES_AFTER = KEPT_FRESH + timedelta(seconds=5)
"""How long a person who left one page stays: meanwhile another page of theirs says that they are here."""


@transaction.atomic
def come(*, actor: User, assignment: Assignment) -> None:
    """Say that the person has the assignment open, which the caller found among those set to them.

    Nothing is kept of the stand-in through whom staff view as a student.
    """
    if not actor.is_active:
        return
    mine = Presence.objects.filter(user=actor, assignment=assignment)
    was_here = mine.now().exists()
    Presence.objects.bulk_create(
        [Presence(user=actor, assignment=assignment, seen_at=Now())],
        update_conflicts=True,
        unique_fields=["user", "assignment"],
        update_fields=["seen_at"],
    )
    if not was_here:
        notify(CHANNEL, {"assignment": assignment.pk})


def stay(here: Collection[Pair]) -> None:
    """Keep fresh that these people (person, assignment) are here, and that their visits go on."""
    if not here:
        return
    Presence.objects.filter(_of(here)).update(seen_at=Now())
    now = timezone.now()
    going_on = Visit.objects.filter(last_at__gt=now - SILENCE, last_at__lt=now - PRECISION)
    going_on.filter(_of(here)).update(last_at=now)


def leave(gone: Collection[Pair]) -> None:
    """Let these people be gone soon, unless another page of theirs is open somewhere."""
    if gone:
        soon = Now() - (Presence.STALE - LEAVES_AFTER)
        Presence.objects.filter(_of(gone)).update(seen_at=Least(F("seen_at"), soon))


def tell_of(assignments: Collection[UUID]) -> None:
    """Let everybody look who is in these assignments now."""
    for one in assignments:
        notify(CHANNEL, {"assignment": one})


@transaction.atomic
def share_paragraph(*, actor: User, assignment_id: UUID, number: int | None) -> None:
    """Say at which paragraph of the shown revision the person reads; None at none.

    Kept only of people who chose to share it, and in no blind round nor where students go by other
    names. Raises Missing, NotAllowed for who is no member, Invalid for a paragraph that is none.
    """
    known = Assignment.objects.visible_to(actor).select_related("seminar", "revision")
    assignment = known.filter(pk=assignment_id).first()
    if assignment is None:
        raise Missing
    if membership_of(actor, assignment.seminar) is None:
        raise NotAllowed("Only members of the seminar say where they read.")
    keys = assignment.revision.paragraphs.filter(number=number).values_list("key", flat=True)
    key = keys.first() if number is not None else None
    if number is not None and key is None:
        raise Invalid("The text has no such paragraph.", field="paragraph")
    is_blind = current_round(assignment, timezone.now()).mode == RoundMode.BLIND
    if not actor.shares_paragraph or assignment.uses_pseudonyms or is_blind:
        key = None
    mine = Presence.objects.filter(user=actor, assignment=assignment)
    # An exclusion alone would pass over who has been nowhere yet: NULL differs from nothing.
    elsewhere = mine.exclude(paragraph_key__isnull=key is None, paragraph_key=key)
    if elsewhere.update(paragraph_key=key):
        notify(CHANNEL, {"assignment": assignment.pk})


def _of(pairs: Collection[Pair]) -> Q:
    """The rows of those people in those assignments."""
    people: dict[UUID, list[UUID | None]] = {}
    for user_id, assignment_id in pairs:
        people.setdefault(assignment_id, []).append(user_id)
    return reduce(or_, (Q(assignment=one, user__in=some) for one, some in people.items()))
