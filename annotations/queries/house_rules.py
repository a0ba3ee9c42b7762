"""The house rules of an assignment: those in force, those before, and what others would change."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.models import HouseRules
from annotations.models.named import shown_name
from annotations.queries.graph import LABEL_WORDS, argument_graph

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.graph import ArgumentGraph
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

VERSIONS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A claim whose label is another by other rules; "" where it is not on that map."""

    id: UUID
    text: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Trial:
    """What other rules would change, among how many claims."""

    changes: list[Change]
    claims: int


def try_rules(
    user: User | AnonymousUser, assignment: Assignment, now: ArgumentGraph, rules: HouseRules
) -> Trial:
    """Which claims would bear another label by those rules, as the person knows the map."""
    then = argument_graph(user, assignment, rules=rules)
    changes = []
    for node in now.claims.values():
        other = then.claims.get(node.id)
        before, after = LABEL_WORDS[node.label], LABEL_WORDS[other.label] if other else ""
        if before != after:
            changes.append(Change(node.claim.pk, node.claim.text, before, after))
    changes += [
        Change(node.claim.pk, node.claim.text, "", LABEL_WORDS[node.label])
        for node in then.claims.values()
        if node.id not in now.claims
    ]
    return Trial(changes, len(now.claims))


def rules_history(
    user: User | AnonymousUser, assignment: Assignment, before: int | None = None
) -> tuple[list[HouseRules], int | None]:
    """The versions, the newest first, with `actor`; and the one before which the next page is."""
    versions = HouseRules.objects.visible_to(user).filter(assignment=assignment)
    if before:
        versions = versions.filter(version__lt=before)
    named = versions.annotate(actor=shown_name(user, person="by", seminar="assignment__seminar_id"))
    rows = list(named.order_by("-version")[: VERSIONS_A_PAGE + 1])
    more = len(rows) > VERSIONS_A_PAGE
    return rows[:VERSIONS_A_PAGE], rows[VERSIONS_A_PAGE - 1].version if more else None
