"""What an annotation bears on, and what bears on it: beside its thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.text import Truncator

from annotations.enums import Kind, RelationKind, Status
from annotations.models import Annotation, Claim, Concession, Inference, Relation

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from annotations.queries.cards import Reader
    from debate.assignments.models import Assignment

MOST_SHOWN = 12
LONGEST_SHOWN = 160

SUPPORTS, GRANTS = "supports", "grants"
# How one bears on the other, read after its name.
HOW = {
    SUPPORTS: "gives a reason for",
    GRANTS: "grants",
    RelationKind.REBUTS: "says the opposite of",
    RelationKind.UNDERMINES: "says that this is wrong",
    RelationKind.UNDERCUTS: "says that nothing follows from",
}


@dataclass(frozen=True, slots=True)
class Borne:
    """The claim that the annotation bears on, how, and where it is looked at."""

    how: str
    text: str
    href: str


@dataclass(frozen=True, slots=True)
class Bearing:
    """Another annotation that bears on this one; `source` is the work that evidence cites."""

    kind: str
    label: str
    by: str
    text: str
    href: str
    source: str


@dataclass(slots=True)
class Surroundings:
    """Where an annotation stands in the argument, as far as the reader knows of it.

    `more` says how many others bear on it; `claim_url` is what it asserts on the map, "" for nothing.
    """

    on: Borne | None = None
    challenges: list[Bearing] = field(default_factory=list)
    evidence: list[Bearing] = field(default_factory=list)
    others: list[Bearing] = field(default_factory=list)
    more: int = 0
    claim_url: str = ""


def surroundings(reader: Reader, assignment: Assignment, annotation_id: UUID) -> Surroundings:
    """What the annotation, which the person may read, bears on, and what does on it. 6 queries."""
    readable = reader.annotations()
    place = [assignment.seminar.slug, assignment.slug]
    known = readable.filter(pk=annotation_id).with_known_claim(reader.user, readable)
    names = ("kind", "known_claim_id", "claim__pk", "inference__pk", "relation__kind")
    row = known.values(*names).first()
    if row is None:
        return Surroundings()
    found = Surroundings(on=_borne(row["known_claim_id"], _how(row), place))
    if row["claim__pk"]:
        found.claim_url = reverse("annotations:claim", args=[*place, row["claim__pk"]])
    ids = _bearing_on(annotation_id, row["claim__pk"], row["inference__pk"])
    evidence = Q(parent=annotation_id, kind=Kind.EVIDENCE)
    notes = readable.filter(Q(pk__in=ids) | evidence, status=Status.PUBLISHED)
    shown = list(notes.for_display(reader.user).order_by("id")[: MOST_SHOWN + 1])
    if len(shown) > MOST_SHOWN:
        found.more = notes.count() - MOST_SHOWN
    for note in shown[:MOST_SHOWN]:
        _section(found, note.kind).append(_bearing(note, annotation_id))
    return found


def _how(row: dict[str, str]) -> str:
    if row["kind"] == Kind.CONCESSION:
        return HOW[GRANTS]
    return HOW[row["relation__kind"] or SUPPORTS]


def _borne(claim_id: UUID | None, how: str, place: list[str]) -> Borne | None:
    """The claim, which is known beside the annotation: `with_known_claim` has looked."""
    claim = Claim.objects.filter(pk=claim_id).first() if claim_id else None
    if claim is None:
        return None
    return Borne(how, claim.text, reverse("annotations:claim", args=[*place, claim.pk]))


def _bearing_on(note: UUID, claim: UUID | None, step: UUID | None) -> Collection[UUID]:
    """The annotations that attack, support or grant what the note says; seen or not."""
    at = Q(target_evidence=note)
    if claim:
        at |= Q(target_claim=claim)
    if step:
        at |= Q(target_inference=step)
    attacks = Relation.objects.filter(at, annotation__isnull=False)
    ids = set(attacks.values_list("annotation_id", flat=True))
    if claim:
        reasons = Inference.objects.filter(conclusion=claim, annotation__isnull=False)
        ids |= set(reasons.values_list("annotation_id", flat=True))
        granted = Concession.objects.filter(claim=claim)
        ids |= set(granted.values_list("annotation_id", flat=True))
    return {one for one in ids if one}


def _section(found: Surroundings, kind: str) -> list[Bearing]:
    if kind == Kind.EVIDENCE:
        return found.evidence
    return found.challenges if kind == Kind.COUNTERARGUMENT else found.others


def _bearing(note: Annotation, root_id: UUID) -> Bearing:
    said = note.counterclaim or note.warrant or " ".join(note.body.split())
    href = f"#a-{note.pk}" if note.root_id == root_id else note.get_absolute_url()
    return Bearing(
        kind=note.kind,
        label=str(note.get_kind_display()),
        by=note.shown_author_name,  # type: ignore[attr-defined]  # by `for_display`
        text=str(Truncator(said).chars(LONGEST_SHOWN)),
        href=href,
        source=note.passage.source.title if note.passage else "",
    )
