"""Our words for what annotations do, beside those of the W3C, as concepts (SKOS).

A motivation of our own never stands alone: a standard one stands beside it (Web Annotation
Vocabulary, appendix on extending motivations). Addresses are those of the site that serves them.

Not one of the usual module names: a table of words, which imports nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

TITLE = "What annotations do in a structured debate"
OA = "http://www.w3.org/ns/oa#"
PATH = "/ns/"


@dataclass(frozen=True, slots=True)
class Concept:
    """One word: what it is called, what it means, and which word it is a case of.

    `broader` and `exact` are a standard word's IRI, or the name of one of ours.
    """

    name: str
    label: str
    definition: str
    broader: str = ""
    exact: str = ""
    is_motivation: bool = False


@dataclass(frozen=True, slots=True)
class Property:
    """A member of our own, where no standard one says it."""

    name: str
    label: str
    definition: str


CONCEPTS = (
    Concept("commenting", "Comment", "Says something about the words.",
            exact=f"{OA}commenting", is_motivation=True),
    Concept("questioning", "Question", "Asks something about the words.",
            exact=f"{OA}questioning", is_motivation=True),
    Concept("supporting", "Support", "Gives a reason for what is said.",
            broader=f"{OA}commenting", is_motivation=True),
    Concept("countering", "Counterargument", "Argues against what is said.",
            broader=f"{OA}commenting", is_motivation=True),
    Concept("evidencing", "Evidence", "Brings a passage of a source to bear on what is said.",
            broader=f"{OA}linking", is_motivation=True),
    Concept("conceding", "Concession", "Grants what is said, or a part of it.",
            broader=f"{OA}commenting", is_motivation=True),
    Concept("claiming", "Counterclaim", "The body is what a counterargument claims, in one line.",
            broader=f"{OA}describing", is_motivation=True),
    Concept("warranting", "Warrant", "The body says why the evidence bears on what is said.",
            broader=f"{OA}describing", is_motivation=True),
    Concept("limiting", "Scope of a concession", "The body says how far something is granted.",
            broader=f"{OA}describing", is_motivation=True),
    Concept("rebutting", "Rebuts", "Attacks the conclusion: the opposite is so.",
            broader="countering"),
    Concept("undermining", "Undermines", "Attacks a reason that is given, or the evidence for it.",
            broader="countering"),
    Concept("undercutting", "Undercuts", "Attacks the step: even if true, it does not follow.",
            broader="countering"),
    Concept("evidenceFor", "Evidence for", "The passage supports what is said.",
            broader="evidencing"),
    Concept("evidenceAgainst", "Evidence against", "The passage speaks against what is said.",
            broader="evidencing"),
    Concept("evidenceContext", "Context", "The passage gives context to what is said.",
            broader="evidencing"),
    Concept("audiencePrivate", "Only its author", "Nobody but its author reads it."),
    Concept("audienceStaff", "Instructors and assistants", "Its author and staff read it."),
    Concept("audienceSeminar", "The whole seminar", "Every member of the seminar reads it."),
    Concept("audiencePublic", "Everybody", "It is open to everybody."),
    Concept("anchorKept", "Kept", "The words stand as they did in the revision before."),
    Concept("anchorMoved", "Moved", "The words stand elsewhere than in the revision before."),
    Concept("anchorEdited", "Edited", "The words stand there in other wording."),
    Concept("anchorByHand", "Placed by hand", "A person said where the words now stand."),
    Concept("anchorOrphaned", "Orphaned", "The words stand in this text no longer."),
)  # fmt: skip

PROPERTIES = (
    Property("bearsOn", "bears on", "The claim that the annotation supports, attacks or grants."),
    Property(
        "isAnswer", "is the answer", "Whether the asker or staff took the reply as the answer."
    ),
    Property("anchorState", "state of the anchor", "How a target came to its place in this text."),
    Property("confidence", "confidence", "From 0 to 1: how sure the place of a target is."),
)


def term(base: str, name: str) -> str:
    """The IRI of one of our words on the site at `base`."""
    return f"{base}{PATH}#{name}"


SKOS = "http://www.w3.org/2004/02/skos/core#"


def to_graph(base: str) -> dict[str, Any]:
    """The vocabulary of the site at `base` as JSON-LD: a concept scheme, its concepts, and members."""
    scheme = {"id": f"{base}{PATH}", "type": "skos:ConceptScheme", "dcterms:title": _english(TITLE)}
    return {
        "@context": {
            "id": "@id",
            "type": "@type",
            "oa": OA,
            "skos": SKOS,
            "dcterms": "http://purl.org/dc/terms/",
            "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        },
        "@graph": [
            scheme,
            *(_concept(one, base) for one in CONCEPTS),
            *(_property(one, base) for one in PROPERTIES),
        ],
    }


def _concept(one: Concept, base: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "id": term(base, one.name),
        "type": ["skos:Concept", "oa:Motivation"] if one.is_motivation else "skos:Concept",
        "skos:prefLabel": _english(one.label),
        "skos:definition": _english(one.definition),
        "skos:inScheme": {"id": f"{base}{PATH}"},
    }
    for relation, other in (("broader", one.broader), ("exactMatch", one.exact)):
        if other:
            iri = other if ":" in other else term(base, other)
            found[f"skos:{relation}"] = {"id": iri}
    return found


def _property(one: Property, base: str) -> dict[str, Any]:
    return {
        "id": term(base, one.name),
        "type": "rdf:Property",
        "rdfs:label": _english(one.label),
        "rdfs:comment": _english(one.definition),
        "rdfs:isDefinedBy": {"id": f"{base}{PATH}"},
    }


def _english(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}
