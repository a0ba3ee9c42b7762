"""Reasons and attacks between claims as the pages that change them show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from annotations.enums import MapStatus
from annotations.models import Inference, Relation
from annotations.queries.graph import argument_graph
from debate.core.errors import Missing

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

MOST_TARGETS = 300


def link_of(user: User | AnonymousUser, assignment: Assignment, link_id: UUID) -> Inference:
    """A reason of the assignment that the person may know of. Raises Missing."""
    links = Inference.objects.visible_to(user).filter(assignment=assignment, pk=link_id)
    link = links.select_related("conclusion").prefetch_related("premises").first()
    if link is None:
        raise Missing
    return link


def relation_of(user: User | AnonymousUser, assignment: Assignment, relation_id: UUID) -> Relation:
    """An attack of the assignment that the person may know of. Raises Missing."""
    relations = Relation.objects.visible_to(user).filter(assignment=assignment, pk=relation_id)
    relation = relations.select_related(
        "source", "target_claim", "target_inference__conclusion", "target_evidence", "annotation"
    ).first()
    if relation is None:
        raise Missing
    return relation


@dataclass(frozen=True, slots=True)
class Target:
    """Something that can be attacked: what sort of thing, its kind and id as one value, in words."""

    group: str
    value: str
    text: str


def targets_of(user: User | AnonymousUser, assignment: Assignment, but: UUID) -> list[Target]:
    """What a claim can attack on the map: claims, reasons and evidence, 300 of each at most."""
    graph = argument_graph(user, assignment)
    claims = [
        Target("Claims", f"claim:{node.id}", node.claim.text)
        for node in graph.claims.values()
        if node.claim.status == MapStatus.MARKED and node.claim.pk != but
    ]
    texts = {node.id: node.claim.text for node in graph.claims.values()}
    steps = [
        Target(
            "Steps from a reason to a conclusion",
            f"inference:{step.id}",
            f"{' · '.join(texts[one] for one in step.premises)} → {texts[step.conclusion]}",
        )
        for step in graph.steps.values()
        if step.premises
    ]
    evidence = [
        Target("Evidence", f"evidence:{one.id}", one.note.warrant)
        for one in graph.evidence.values()
    ]
    return claims[:MOST_TARGETS] + steps[:MOST_TARGETS] + evidence[:MOST_TARGETS]
