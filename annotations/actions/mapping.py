"""What all changes of the map do first: who may do this, the lock, the dates, the version.

Whatever a person may not know of is Missing before anything else is looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from annotations.actions.annotations import check_dates, latest_for
from annotations.actions.arguing import PLACE
from annotations.actions.changes import record_argument
from annotations.enums import MapStatus, Op, Status
from annotations.models import Claim, ClaimAnchor, Inference, Relation
from annotations.permissions import may_keep_map, may_mark_claims
from annotations.queries.graph import rules_of
from debate.assignments.actions import lock_assignment
from debate.assignments.models import Assignment
from debate.assignments.queries import current_round, dates_for
from debate.core.errors import Invalid, Missing, NotAllowed, Stale
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    from annotations.models import HouseRules
    from annotations.models.places import PlaceInText
    from debate.accounts.models import User
    from debate.seminars.models import Membership

Row = TypeVar("Row", Claim, Inference, Relation)


@dataclass(frozen=True)
class Actor:
    """Who changes an assignment's map, and what the person may do there.

    `until` is the moment by which it must be done; there is none for staff.
    """

    user: User
    assignment: Assignment
    membership: Membership | None
    rules: HouseRules
    until: datetime | None = None

    @property
    def keeps_map(self) -> bool:
        """Whether the person keeps the map, as staff do."""
        return may_keep_map(self.membership, self.assignment.seminar)

    @property
    def marks_claims(self) -> bool:
        """Whether the person puts claims and reasons on the map."""
        return may_mark_claims(self.membership, self.assignment.seminar, rules=self.rules)


def actor_on(user: User, assignment: Assignment) -> Actor:
    """The person before the assignment is locked."""
    membership = membership_of(user, assignment.seminar)
    return Actor(user, assignment, membership, rules_of(assignment))


def lock_map(
    user: User, assignment_id: UUID, *, may: Callable[[Actor], bool], refusal: str
) -> Actor:
    """The person with the assignment locked.

    Raises Missing for an assignment that the person is not concerned with, NotAllowed with the
    refusal unless `may` holds, InvalidState for a student outside the dates.
    """
    known = Assignment.objects.set_to(user).select_related("seminar").filter(pk=assignment_id)
    assignment = known.first()
    if assignment is None:
        raise Missing
    if not may(actor_on(user, assignment)):
        raise NotAllowed(refusal)
    locked, now = lock_assignment(assignment_id)
    actor = actor_on(user, locked)
    if not may(actor):
        raise NotAllowed(refusal)
    dates = dates_for(user, locked)
    check_dates(locked, dates, now, actor.membership)
    until = latest_for(locked, current_round(locked, now), dates, actor.membership)
    return Actor(user, locked, actor.membership, actor.rules, until)


def locked_row(
    seen: QuerySet[Row],
    user: User,
    row_id: UUID,
    *,
    may: Callable[[Actor, Row], bool],
    refusal: str,
) -> tuple[Row, Actor]:
    """The row of what the person sees, with its assignment locked before it. Raises as `lock_map`."""
    found = seen.select_related("assignment__seminar", "annotation").filter(pk=row_id)
    row = found.first()
    if row is None:
        raise Missing
    if not may(actor_on(user, row.assignment), row):
        raise NotAllowed(refusal)
    actor = lock_map(user, row.assignment_id, may=lambda _: True, refusal=refusal)
    row = found.first()
    if row is None:
        raise Missing
    row.assignment = actor.assignment
    if not may(actor, row):
        raise NotAllowed(refusal)
    return row, actor


def check_row_version(row: Claim | Inference | Relation, version: int | None) -> None:
    """Raise Stale unless the change was made from the version that stands."""
    if version is not None and version != row.version:
        raise Stale(
            "This has been changed since you opened it.",
            field="version",
            extra={"current_version": row.version},
        )


def save_row(
    row: Claim | Inference | Relation, actor: Actor, *, before: str, op: Op = Op.UPDATE
) -> None:
    """Save the changed row as its next version, with its change line."""
    row.version += 1
    row.save(force_update=True)
    record_argument(row, op, before=before, until=actor.until)


def claim_on_the_map(actor: Actor, claim_id: UUID, *, field: str) -> Claim:
    """A claim that can be linked: of the essay and marked, or an annotation's; merged, what it became.

    Raises Invalid that names the field, the same for one of elsewhere as for one that is hidden.
    """
    claims = Claim.objects.visible_to(actor.user).filter(assignment=actor.assignment, pk=claim_id)
    claim = claims.select_related("merged_into__annotation", "annotation").first()
    if claim is None or claim.status == MapStatus.WITHDRAWN:
        raise Invalid("This assignment has no such claim.", field=field)
    claim = claim.merged_into or claim
    if claim.status != MapStatus.MARKED:
        raise Invalid("Put that claim on the map first.", field=field)
    if claim.annotation and claim.annotation.status != Status.PUBLISHED:
        raise Invalid("What makes that claim is not published.", field=field)
    return claim


def anchor_claim(claim: Claim, places: Iterable[PlaceInText]) -> None:
    """Let the claim stand where these are."""
    ClaimAnchor.objects.bulk_create(
        ClaimAnchor(claim=claim, **{name: getattr(place, name) for name in PLACE})
        for place in places
    )
