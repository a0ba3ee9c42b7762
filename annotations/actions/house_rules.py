"""The rules by which an assignment's labels are kept: each change is a version more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.actions.changes import record_house_rules
from annotations.enums import Burden
from annotations.models import HouseRules
from annotations.permissions import may_set_rules
from annotations.queries.graph import rules_of
from debate.assignments.actions import lock_assignment
from debate.assignments.models import Assignment
from debate.core.errors import Invalid, InvalidState, Missing, NotAllowed, Stale
from debate.core.text import clean
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from debate.accounts.models import User

ONLY_INSTRUCTORS = "Only instructors of this seminar set its house rules."
RULES = ("burden", "symmetric_rebuts", "cutoff_at", "students_mark_claims")


@transaction.atomic
def set_house_rules(
    *,
    actor: User,
    assignment_id: UUID,
    version: int | None = None,
    note: str = "",
    **changes: Any,
) -> HouseRules:
    """Keep other rules from now on: `burden`, `symmetric_rebuts`, `cutoff_at`, `students_mark_claims`.

    What is left out stays; `note` says why it changed. `version` is the one that was seen, 0 where
    nobody had set any. Raises Missing for an assignment that the actor may not know of, NotAllowed
    for all but instructors, Stale, Invalid that names the member, InvalidState where nothing
    changes.
    """
    known = Assignment.objects.visible_to(actor).select_related("seminar").filter(pk=assignment_id)
    assignment = known.first()
    if assignment is None:
        raise Missing
    if not may_set_rules(membership_of(actor, assignment.seminar), assignment.seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    locked, _ = lock_assignment(assignment_id)
    current = rules_of(locked)
    if version not in {None, current.version}:
        raise Stale(
            "The house rules have been changed since you opened them.",
            field="version",
            extra={"current_version": current.version},
        )
    if changes.get("burden", Burden.NONE) not in Burden.values:
        raise Invalid("Choose one of: " + ", ".join(Burden.values) + ".", field="burden")
    said = clean(note, field="note", limit=500, required=False, one_line=True)
    values = {name: changes.get(name, getattr(current, name)) for name in RULES}
    if all(getattr(current, name) == value for name, value in values.items()):
        raise InvalidState("These are the rules already, so nothing has changed.")
    rules = HouseRules.objects.create(
        assignment=locked, version=current.version + 1, note=said, by=actor, **values
    )
    record_house_rules(rules)
    return rules
