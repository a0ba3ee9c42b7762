"""Whether a document holds together: what each format's reader leaves to be checked once."""

from __future__ import annotations

import unicodedata
from collections import Counter
from typing import TYPE_CHECKING

from annotations.exchange.formats.document import Kind, Ref
from annotations.exchange.formats.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.exchange.formats.document import (
        Document,
        Evidence,
        Illocution,
        Inference,
        Relation,
    )

_TARGETS: dict[str, tuple[Kind, ...]] = {
    "rebuts": ("claim",),
    "undermines": ("claim", "evidence"),
    "undercuts": ("inference",),
}
_MEANT: tuple[Kind, ...] = ("claim", "inference", "relation", "evidence")


def one_line(text: str) -> str:
    """The text as claims keep it: Unicode's form C, each run of white space as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def faults_of(document: Document) -> list[Fault]:
    """Ids that repeat (rule 0), steps and attacks to themselves (4), what is not there (6)."""
    known = _things(document)
    faults = [
        Fault(0, f"{ref.kind} {ref.id}", "This id is given twice.")
        for ref, times in Counter(known).items()
        if times > 1
    ]
    people = {person.id for person in document.people}
    if len(people) < len(document.people):
        faults.append(Fault(0, "/people", "Two people have the same id."))
    for place, ref, kinds in _named(document):
        if ref.kind not in kinds:
            faults.append(Fault(3, place, f"This cannot lead to a {ref.kind}."))
        elif ref not in known:
            faults.append(Fault(6, place, f"There is no {ref.kind} {ref.id}."))
    faults += [
        Fault(6, place, f"There is no person {person}.")
        for place, person in _speakers(document)
        if person is not None and person not in people
    ]
    return faults + list(_shapeless(document)) + list(_turned_on_itself(document))


def _things(document: Document) -> Counter[Ref]:
    found: Counter[Ref] = Counter()
    lists: tuple[tuple[Kind, tuple[object, ...]], ...] = (
        ("claim", document.claims),
        ("inference", document.inferences),
        ("relation", document.relations),
        ("evidence", document.evidence),
        ("locution", document.locutions),
        ("transition", document.transitions),
        ("illocution", document.illocutions),
        ("concession", document.concessions),
    )
    for kind, things in lists:
        found.update(Ref(kind, thing.id) for thing in things)  # type: ignore[attr-defined]
    return found


def _named(document: Document) -> Iterator[tuple[str, Ref, tuple[Kind, ...]]]:
    """Each thing that another names: where, what, and of which kinds it may be."""
    for inference in document.inferences:
        yield from _of_inference(inference)
    for relation in document.relations:
        yield from _of_relation(relation)
    for evidence in document.evidence:
        yield from _of_evidence(evidence)
    for transition in document.transitions:
        place = f"transition {transition.id}"
        yield place, Ref("locution", transition.source), ("locution",)
        yield place, Ref("locution", transition.target), ("locution",)
    for illocution in document.illocutions:
        yield from _of_illocution(illocution)
    for concession in document.concessions:
        place = f"concession {concession.id}"
        yield place, Ref("locution", concession.locution), ("locution",)
        yield place, Ref("claim", concession.claim), ("claim",)


def _of_inference(inference: Inference) -> Iterator[tuple[str, Ref, tuple[Kind, ...]]]:
    place = f"inference {inference.id}"
    yield place, Ref("claim", inference.conclusion), ("claim",)
    for premise in inference.premises:
        yield place, premise, ("claim", "evidence")


def _of_relation(relation: Relation) -> Iterator[tuple[str, Ref, tuple[Kind, ...]]]:
    place = f"relation {relation.id}"
    yield place, relation.source, ("claim", "evidence")
    yield place, relation.target, _TARGETS[relation.kind]


def _of_evidence(evidence: Evidence) -> Iterator[tuple[str, Ref, tuple[Kind, ...]]]:
    if evidence.claim is not None:
        yield f"evidence {evidence.id}", Ref("claim", evidence.claim), ("claim",)


def _of_illocution(illocution: Illocution) -> Iterator[tuple[str, Ref, tuple[Kind, ...]]]:
    place = f"illocution {illocution.id}"
    yield place, illocution.source, ("locution", "transition")
    if illocution.target is not None:
        yield place, illocution.target, (*_MEANT, "locution")


def _speakers(document: Document) -> Iterator[tuple[str, str | None]]:
    for locution in document.locutions:
        yield f"locution {locution.id}", locution.person
    for claim in document.claims:
        yield f"claim {claim.id}", claim.added_by
    for inference in document.inferences:
        yield f"inference {inference.id}", inference.added_by
    for relation in document.relations:
        yield f"relation {relation.id}", relation.added_by


def _shapeless(document: Document) -> Iterator[Fault]:
    for claim in document.claims:
        if not claim.text or claim.text != one_line(claim.text):
            sentence = "A claim is one line of text, in Unicode's form C."
            yield Fault(0, f"claim {claim.id}", sentence)
    for inference in document.inferences:
        if not inference.premises:
            yield Fault(2, f"inference {inference.id}", "This step has no premise.")
    for illocution in document.illocutions:
        if illocution.target is None and illocution.force != "questioning":
            yield Fault(2, f"illocution {illocution.id}", "Only questions may be about nothing.")


def _turned_on_itself(document: Document) -> Iterator[Fault]:
    for inference in document.inferences:
        place = f"inference {inference.id}"
        if Ref("claim", inference.conclusion) in inference.premises:
            yield Fault(4, place, "The conclusion of this step is among its own premises.")
        if len(set(inference.premises)) < len(inference.premises):
            yield Fault(4, place, "A premise is given twice.")
    for relation in document.relations:
        if relation.source == relation.target:
            yield Fault(4, f"relation {relation.id}", "This attacks itself.")
    for transition in document.transitions:
        if transition.source == transition.target:
            yield Fault(4, f"transition {transition.id}", "This replies to itself.")
