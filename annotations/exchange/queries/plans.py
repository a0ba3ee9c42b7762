"""What a file would make of an assignment's map, before anything is made."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Q

from annotations.enums import MapStatus
from annotations.exchange.errors import GraphRefused
from annotations.exchange.formats import strict, xaif
from annotations.exchange.formats.faults import Fault, Refused, refuse_if
from annotations.exchange.formats.joining import wording
from annotations.exchange.formats.registry import READABLE, READERS, recognised
from annotations.models import Claim, Concession, ImportedGraph, Inference, QualityMark, Relation
from debate.core.errors import Invalid
from debate.core.text import is_blank

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any
    from uuid import UUID

    from annotations.exchange.formats.document import Document
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

MOST_CLAIMS = 2_000
MOST_LINKS = 4_000
LONGEST_TEXT = 500
LONGEST_SCHEME = 100
SHOWN = 20

# What programs call the kinds of nodes that have no row of ours.
UNMODELLED = {"MA": "rephrases", "PA": "preferences", "YA": "illocutions", "TA": "transitions"}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file without faults would make, and what of it stays in the file only.

    `twins` are its claims whose words are on the map already, `kept` counts
    what we do not model by what it is called, `incomplete` lists steps that lack an end.
    """

    format: str
    document: Document
    twins: tuple[str, ...]
    kept: tuple[tuple[str, int], ...]
    incomplete: tuple[Fault, ...]
    takes_thesis: bool

    @property
    def counts(self) -> dict[str, int]:
        """How many rows of each kind it would make; passages come as claims."""
        document = self.document
        return {
            "claims": len(document.claims),
            "passages": len(document.evidence),
            "reasons": len(document.inferences),
            "challenges": len(document.relations),
        }

    @property
    def said(self) -> int:
        """How many things that somebody said stay in the file."""
        return len(self.document.locutions)

    @property
    def some_claims(self) -> list[str]:
        """The words of the first claims."""
        return [claim.text for claim in self.document.claims[:SHOWN]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A file without faults: the name of its format, its JSON, and the document in it."""

    format: str
    raw: Any
    document: Document


def reading_of(content: bytes, *, format_name: str) -> Reading:
    """What the file holds; without a format, in that which it seems to be in.

    Asks the database nothing. Raises Invalid on `format`, GraphRefused with all its faults.
    """
    if format_name and format_name not in READABLE:
        raise Invalid("Choose one of: " + ", ".join(READABLE) + ".", field="format")
    try:
        name = format_name or recognised(content)
        document = READERS[name](content)
        refuse_if(_beyond_the_map(document))
    except Refused as refused:
        raise GraphRefused(refused) from refused
    return Reading(name, strict.load(content, deepest=strict.DEEPEST * 2), document)


def plan_of(user: User, assignment: Assignment, reading: Reading) -> Plan:
    """What the file would make of the assignment's map."""
    here = Claim.objects.visible_to(user).filter(assignment=assignment, merged_into=None)
    here = here.exclude(status=MapStatus.WITHDRAWN)
    words = {text.casefold() for text in here.values_list("text", flat=True)}
    document, raw = reading.document, reading.raw
    return Plan(
        reading.format,
        document,
        twins=tuple(claim.text for claim in document.claims if claim.text.casefold() in words),
        kept=_kept(document),
        incomplete=tuple(xaif.incomplete(raw)) if reading.format == xaif.NAME else (),
        takes_thesis=takes_thesis(assignment),
    )


def takes_thesis(assignment: Assignment) -> bool:
    """Whether the map has no thesis yet."""
    theses = Claim.objects.filter(assignment=assignment, is_thesis=True)
    return not theses.exclude(status=MapStatus.WITHDRAWN).exists()


def imports_of(assignment: Assignment) -> list[ImportedGraph]:
    """The files that were taken in, the newest first, without their content."""
    found = ImportedGraph.objects.filter(assignment=assignment).select_related("by")
    counted = found.annotate(claim_count=Count("claims"))
    return list(counted.defer("content", "mapping").order_by("-id"))


def import_of(assignment: Assignment, graph_id: UUID) -> ImportedGraph | None:
    """That file of those taken in, without its content; None where there is none."""
    found = ImportedGraph.objects.filter(assignment=assignment, pk=graph_id)
    return found.select_related("by").defer("content", "mapping").first()


def bears_on(graph: ImportedGraph) -> int:
    """How much that others made bears on the claims and steps of the file, or is merged into them."""
    claims, steps = graph.claims.all(), graph.inferences.all()
    attacks = Relation.objects.filter(
        Q(target_claim__in=claims) | Q(source__in=claims) | Q(target_inference__in=steps)
    ).exclude(imported=graph)
    reasons = Inference.objects.filter(Q(conclusion__in=claims) | Q(premises__in=claims)).exclude(
        imported=graph
    )
    made = attacks.count() + reasons.distinct().count()
    granted = Concession.objects.filter(claim__in=claims).count()
    marked = QualityMark.objects.filter(claim__in=claims).count()
    merged = Claim.objects.filter(merged_into__in=claims).exclude(imported=graph)
    return made + granted + marked + merged.count()


def _kept(document: Document) -> tuple[tuple[str, int], ...]:
    """What of the foreign files has no counterpart in the document, by what it is called."""
    found: Counter[str] = Counter()
    for foreign in document.foreign:
        graph = foreign.graph.get("AIF", foreign.graph)
        for row in graph.get("nodes") or ():
            if str(row["nodeID"]) not in foreign.nodes:
                found[UNMODELLED.get(row["type"], f"nodes of kind {row['type']}")] += 1
    return tuple(sorted(found.items()))


def _beyond_the_map(document: Document) -> Iterator[Fault]:
    """What the map has no room for (rule 7)."""
    if not document.claims:
        yield Fault(7, "", "There is no claim in it that could stand on the map.")
    if len(document.claims) + len(document.evidence) > MOST_CLAIMS:
        yield Fault(7, "", f"At most {MOST_CLAIMS:,} claims and passages are taken in at once.")
    if len(document.inferences) + len(document.relations) > MOST_LINKS:
        yield Fault(7, "", f"At most {MOST_LINKS:,} reasons and challenges are taken in at once.")
    theses = [claim.id for claim in document.claims if claim.is_thesis]
    yield from (Fault(7, f"claim {one}", "Only one claim is the thesis.") for one in theses[1:])
    for claim in document.claims:
        yield from _too_long(f"claim {claim.id}", "claim", claim.text, Claim.TEXT_LIMIT)
        if is_blank(claim.text):
            yield Fault(7, f"claim {claim.id}", "Nothing of this claim can be seen.")
    for use in document.evidence:
        if is_blank(wording(use)):
            yield Fault(7, f"evidence {use.id}", "Nothing of this passage can be seen.")
    for inference in document.inferences:
        place = f"inference {inference.id}"
        yield from _too_long(place, "scheme", inference.scheme, LONGEST_SCHEME)
        yield from _too_long(place, "warrant", inference.warrant, LONGEST_TEXT)
    for relation in document.relations:
        yield from _too_long(
            f"relation {relation.id}", "rationale", relation.rationale, LONGEST_TEXT
        )


def _too_long(place: str, what: str, text: str, limit: int) -> Iterator[Fault]:
    if len(text) > limit:
        sentence = f"The {what} is {len(text):,} characters long; at most {limit:,} are kept."
        yield Fault(7, place, sentence)
