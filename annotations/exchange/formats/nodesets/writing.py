"""From a document to a graph that passes the rules.

Where the document comes from files, their rows come back as they were, in their order and with
all their keys, as long as they still say what the document says; rows of what is no longer there
are left out, what is new comes after them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from annotations.exchange.formats import codec
from annotations.exchange.formats.document import Ref
from annotations.exchange.formats.nodesets import words
from annotations.exchange.formats.nodesets.graph import graph_in
from annotations.exchange.formats.nodesets.merging import Merger

if TYPE_CHECKING:
    from annotations.exchange.formats.document import (
        Attack,
        Document,
        Evidence,
        Illocution,
        Locution,
        Relation,
    )
    from annotations.exchange.formats.nodesets.graph import Graph, Row

NO_WORDS = "(no words quoted)"
_STRUCTURE = {
    "claim": {"text"},
    "evidence": {"quote"},
    "inference": {"conclusion", "premises", "scheme"},
    "relation": {"source", "target"},
    "locution": {"person", "text"},
    "transition": {"source", "target"},
    "illocution": {"force", "source", "target"},
    "concession": {"locution", "claim"},
}
"""What the nodes and edges themselves say, which `counterpoint` does not repeat."""


def graph_of(document: Document, *, timed: bool) -> Graph:
    """The graph; with `timed` as AIFdb has it: nodes carry time and scheme, numbers are text."""
    writer = _Writer(document)
    writer.write()
    merger = Merger(document, timed=timed)
    merger.lay([(foreign, graph_in(foreign.graph)) for foreign in document.foreign])
    return merger.merge(writer.nodes, writer.edges)


class Node:
    """A node that is wanted: its row without id, and what it says of its scheme and speaker."""

    def __init__(self, row: Row, *, scheme: str | None = None, person: str | None = None) -> None:
        self.row, self.scheme, self.person = row, scheme, person


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._names = {person.id: person.name for person in document.people}
        self._said = {locution.id: locution.text for locution in document.locutions}
        self._ends = {move.id: move.target for move in document.transitions}
        self.nodes: dict[Ref, Node] = {}
        self.edges: list[tuple[Ref, Ref]] = []

    def write(self) -> None:
        document = self._document
        for locution in document.locutions:
            self._locution(locution)
        for claim in document.claims:
            self._node("claim", claim, "I", claim.text)
        for evidence in document.evidence:
            self._evidence(evidence)
        for inference in document.inferences:
            default, number = words.INFERENCE
            scheme = None if inference.scheme else number
            ref = self._node("inference", inference, "RA", inference.scheme or default, scheme)
            self.edges += [(premise, ref) for premise in inference.premises]
            self.edges.append((ref, Ref("claim", inference.conclusion)))
        premises = {premise for one in document.inferences for premise in one.premises}
        for relation in document.relations:
            ref = self._node("relation", relation, "CA", *words.CONFLICT)
            if relation.kind == _understood(relation, premises):
                del self.nodes[ref].row[words.EXTRA]["kind"]
            self.edges += [(relation.source, ref), (ref, relation.target)]
        for transition in document.transitions:
            ref = self._node("transition", transition, "TA", *words.TRANSITION)
            self.edges.append((Ref("locution", transition.source), ref))
            self.edges.append((ref, Ref("locution", transition.target)))
        for illocution in document.illocutions:
            self._illocution(illocution)
        for concession in document.concessions:
            text, act = words.illocution_of("conceding")
            ref = self._node("concession", concession, "YA", text, act)
            self.edges.append((Ref("locution", concession.locution), ref))
            self.edges.append((ref, Ref("claim", concession.claim)))

    def _node(self, kind: Any, thing: Any, type_: str, text: str, scheme: str | None = None) -> Ref:
        ref = Ref(kind, thing.id)
        extra = {
            name: value
            for name, value in codec.without_defaults(thing).items()
            if name not in _STRUCTURE[kind]
        }
        row = {"text": text, "type": type_, words.EXTRA: {"is": kind, **extra}}
        self.nodes[ref] = Node(row, scheme=scheme)
        return ref

    def _locution(self, locution: Locution) -> None:
        name = self._names.get(locution.person or "")
        ref = self._node("locution", locution, "L", words.saying(locution.text, name))
        self.nodes[ref].person = locution.person
        timestamp = words.timestamp_of(locution.at)
        if timestamp is not None:
            self.nodes[ref].row["timestamp"] = timestamp
            if words.moment_of(timestamp) == locution.at:
                del self.nodes[ref].row[words.EXTRA]["at"]

    def _evidence(self, evidence: Evidence) -> None:
        """The source's words as a proposition, which the source itself asserts."""
        has_words = bool(evidence.quote.strip())
        ref = self._node("evidence", evidence, "I", evidence.quote if has_words else NO_WORDS)
        if not has_words:
            self.nodes[ref].row[words.EXTRA]["quote"] = evidence.quote
        if evidence.cite:
            cite, cited = Ref("cite", evidence.id), Ref("cited", evidence.id)
            text, act = words.illocution_of("asserting")
            said = words.saying(evidence.quote if has_words else NO_WORDS, evidence.cite)
            self.nodes[cite] = Node({"text": said, "type": "L", words.EXTRA: {"is": "cite"}})
            self.nodes[cited] = Node({"text": text, "type": "YA"}, scheme=act)
            self.edges += [(cite, cited), (cited, ref)]

    def _illocution(self, illocution: Illocution) -> None:
        ref = self._node("illocution", illocution, "YA", *words.illocution_of(illocution.force))
        target = illocution.target
        if target is None:
            target = Ref("content", illocution.id)
            row = {"text": self._asked(illocution), "type": "I", words.EXTRA: {"is": "content"}}
            self.nodes[target] = Node(row)
        self.edges += [(illocution.source, ref), (ref, target)]

    def _asked(self, illocution: Illocution) -> str:
        """The words of a question, found from what was said or from the reply that it was."""
        said = illocution.source.id
        if illocution.source.kind == "transition":
            said = self._ends[said]
        text = self._said[said]
        return text if text.strip() else "?"


def _understood(relation: Relation, premises: set[Ref]) -> Attack:
    """The attack as another program understands it: by what is hit, and what that is used for."""
    if relation.target.kind == "inference":
        return "undercuts"
    is_premise = relation.target.kind == "evidence" or relation.target in premises
    return "undermines" if is_premise else "rebuts"
