"""From a graph that passes the rules to a document.

The argument and the dialogue are read from nodes and edges alone, so that a graph of another
program means the same as one of ours; what our own files add under `counterpoint` is taken where
it agrees with the graph around it. What we do not model stays in the file that is kept.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

from annotations.exchange.formats import codec
from annotations.exchange.formats.document import (
    Claim,
    Concession,
    Document,
    Evidence,
    Foreign,
    Illocution,
    Inference,
    Locution,
    Person,
    Ref,
    Relation,
    Transition,
)
from annotations.exchange.formats.faults import refuse_if
from annotations.exchange.formats.integrity import faults_of, one_line
from annotations.exchange.formats.nodesets import words
from annotations.exchange.formats.nodesets.graph import key
from annotations.exchange.formats.nodesets.rules import Joined

if TYPE_CHECKING:
    from annotations.exchange.formats.document import Attack, Kind
    from annotations.exchange.formats.faults import Fault
    from annotations.exchange.formats.nodesets.graph import Graph, Row

_TOLD = {"title", "at", "essay"}


def document_of(graph: Graph, *, name: Literal["aifdb", "xaif"], raw: Row) -> Document:
    """The document of a graph without faults; `raw` is the file, kept as of format `name`.

    Raises Refused when what the file adds under `counterpoint` does not hold together.
    """
    reader = _Reader(graph)
    document = reader.read()
    refuse_if(reader.faults)
    foreign = Foreign(name, raw, reader.found, reader.persons)
    document = dataclasses.replace(document, foreign=(foreign,))
    refuse_if(faults_of(document))
    return document


class _Reader:
    def __init__(self, graph: Graph) -> None:
        self._graph, self._joined = graph, Joined(graph)
        self._whole = set(self._joined.nodes) - set(self._joined.incomplete())
        self.found: dict[str, Ref] = {}
        self.faults: list[Fault] = []
        self.persons: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._told = {str(words.extra_of(row).get("id")) for row in graph.nodes}

    def read(self) -> Document:
        people = self._people()
        locutions = self._locutions()
        claims, evidence = self._propositions()
        inferences, relations = self._inferences(), self._relations()
        transitions = self._transitions()
        illocutions, concessions = self._illocutions()
        rest = {**self._graph.aif, **self._graph.top}
        told = {name: value for name, value in words.extra_of(rest).items() if name in _TOLD}
        read = codec.from_json(Document, told, self.faults, (words.EXTRA, None))
        return dataclasses.replace(
            read or Document(),
            people=people,
            claims=claims,
            inferences=inferences,
            relations=relations,
            evidence=evidence,
            locutions=locutions,
            illocutions=illocutions,
            transitions=transitions,
            concessions=concessions,
        )

    def _of(self, kind: str) -> list[str]:
        return [node for node in self._joined.nodes if self._joined.kind(node) == kind]

    def _text(self, node: str) -> str:
        return str(self._joined.nodes[node].get("text") or "")

    def _make(self, kind: Kind, node: str, made: type, facts: Row) -> Any:
        """The thing with its id, what the graph says of it, and what our files add."""
        row = self._joined.nodes[node]
        extra = words.extra_of(row) if words.says_it_is(row, kind) else {}
        added_by = extra.get("added_by")
        if not isinstance(added_by, str) or added_by not in self._names:
            extra.pop("added_by", None)
        own = node if node not in self._told else f"node-{node}"
        whole = {"id": own, **extra, **facts}
        thing = codec.from_json(made, whole, self.faults, (words.EXTRA, (node, ("node", None))))
        if thing is not None:
            self.found[node] = Ref(kind, thing.id)
        return thing

    def _people(self) -> tuple[Person, ...]:
        found = []
        for row in self._graph.participants:
            number = key(row["participantID"])
            name = words.name_of(row.get("firstname"), row.get("surname")) or f"Person {number}"
            facts = {"id": number, "name": name, **words.extra_of(row)}
            person = codec.from_json(
                Person, facts, self.faults, (words.EXTRA, (number, ("participant", None)))
            )
            if person is not None:
                found.append(person)
                self.persons[number] = person.id
                self._names[person.id] = person.name
        for number, name in self._speakers().items():
            found.append(Person(number, name))
            self.persons[number] = number
            self._names[number] = name
        return tuple(found)

    def _speakers(self) -> dict[str, str]:
        """Those who say something and stand in no list of participants, as AIFdb has it."""
        found: dict[str, str] = {}
        for row in self._graph.locutions:
            if row.get("personID") is not None:
                number = key(row["personID"])
                name = words.name_before(self._text(key(row["nodeID"])))
                if number not in self.persons:
                    found.setdefault(number, name or f"Person {number}")
        return found

    def _locutions(self) -> tuple[Locution, ...]:
        entries = {key(row["nodeID"]): row for row in self._graph.locutions}
        return tuple(
            locution
            for node in self._of("L")
            if not self._is_cite(node)
            and (locution := self._locution(node, entries.get(node, {}))) is not None
        )

    def _locution(self, node: str, entry: Row) -> Any:
        number = entry.get("personID")
        person = None if number is None else self.persons[key(number)]
        row = self._joined.nodes[node]
        times = (entry.get("timestamp"), entry.get("start"), row.get("timestamp"))
        at = next(filter(None, map(words.moment_of, times)), "")
        facts = {
            "person": person,
            "text": words.said(self._text(node), self._names.get(person or "")),
        }
        told = words.extra_of(row).get("at") if words.says_it_is(row, "locution") else None
        if not (isinstance(told, str) and moment_is(told, at)):
            facts["at"] = at
        return self._make("locution", node, Locution, facts)

    def _is_cite(self, node: str) -> bool:
        """Whether the node is the source that speaks, beside the passage that is its words."""
        out = self._joined.out_of[node]
        if not words.says_it_is(self._joined.nodes[node], "cite") or len(out) != 1:
            return False
        target = self._joined.out_of[out[0]]
        return len(target) == 1 and words.says_it_is(self._joined.nodes[target[0]], "evidence")

    def _is_content(self, node: str) -> bool:
        """Whether the node holds the words of a question that is about nothing on the map."""
        into, out = self._joined.into[node], self._joined.out_of[node]
        return (
            words.says_it_is(self._joined.nodes[node], "content")
            and not out
            and [self._joined.kind(start) for start in into] == ["YA"]
        )

    def _propositions(self) -> tuple[tuple[Claim, ...], tuple[Evidence, ...]]:
        claims, evidence = [], []
        for node in self._of("I"):
            if words.says_it_is(self._joined.nodes[node], "evidence"):
                evidence.append(self._evidence(node))
            elif not self._is_content(node):
                facts = {"text": one_line(self._text(node))}
                claims.append(self._make("claim", node, Claim, facts))
        known = {claim.id for claim in claims if claim is not None}
        return tuple(filter(None, claims)), tuple(
            use if use.claim in known else dataclasses.replace(use, claim=None)
            for use in evidence
            if use is not None
        )

    def _evidence(self, node: str) -> Any:
        extra = words.extra_of(self._joined.nodes[node])
        facts = {} if "quote" in extra else {"quote": self._text(node)}
        evidence = self._make("evidence", node, Evidence, facts)
        cites = [
            (start, act)
            for act in self._joined.into[node]
            for start in self._joined.into[act]
            if self._joined.kind(start) == "L" and self._is_cite(start)
        ]
        if evidence is not None and cites:
            self.found[cites[0][0]] = Ref("cite", evidence.id)
            self.found[cites[0][1]] = Ref("cited", evidence.id)
        return evidence

    def _ends(self, node: str) -> tuple[list[Ref], Ref] | None:
        """What leads to the scheme node and where it leads, when we model all of it."""
        if node not in self._whole:
            return None
        into = [self.found.get(start) for start in self._joined.sources(node)]
        target = self.found.get(self._joined.out_of[node][0])
        known = [ref for ref in into if ref is not None]
        return (known, target) if target is not None and len(known) == len(into) else None

    def _inferences(self) -> tuple[Inference, ...]:
        found = []
        for node in self._of("RA"):
            ends = self._ends(node)
            if ends is None or ends[1].kind != "claim" or not _are_premises(ends[0]):
                continue
            facts = {
                "conclusion": ends[1].id,
                "premises": codec.to_json(ends[0]),
                "scheme": words.scheme_of(self._text(node)),
            }
            found.append(self._make("inference", node, Inference, facts))
        return tuple(filter(None, found))

    def _relations(self) -> tuple[Relation, ...]:
        premises = {
            start
            for node in self._of("RA")
            if node in self.found
            for start in self._joined.sources(node)
        }
        found = []
        for node in self._of("CA"):
            ends = self._ends(node)
            if ends is None or len(ends[0]) != 1 or not _are_premises(ends[0]):
                continue
            target = self._joined.out_of[node][0]
            kind = self._attack(node, ends[1], is_premise=target in premises)
            if kind is not None:
                facts = {
                    "kind": kind,
                    "source": codec.to_json(ends[0][0]),
                    "target": codec.to_json(ends[1]),
                }
                found.append(self._make("relation", node, Relation, facts))
        return tuple(filter(None, found))

    def _attack(self, node: str, target: Ref, *, is_premise: bool) -> Attack | None:
        if target.kind == "inference":
            return "undercuts"
        if target.kind == "evidence":
            return "undermines"
        if target.kind != "claim":
            return None
        row = self._joined.nodes[node]
        told = words.extra_of(row).get("kind") if words.says_it_is(row, "relation") else None
        is_premise = told == "undermines" if told in ("rebuts", "undermines") else is_premise
        return "undermines" if is_premise else "rebuts"

    def _transitions(self) -> tuple[Transition, ...]:
        found = []
        for node in self._of("TA"):
            into = self._joined.into[node]
            said = [end for end in self._joined.out_of[node] if self._joined.kind(end) == "L"]
            known = [self.found.get(end) for end in (*into, *said)]
            if len(into) == len(said) == 1 and all(ref and ref.kind == "locution" for ref in known):
                source, target = (ref.id for ref in known if ref)
                facts = {"source": source, "target": target}
                found.append(self._make("transition", node, Transition, facts))
        return tuple(filter(None, found))

    def _illocutions(self) -> tuple[tuple[Illocution, ...], tuple[Concession, ...]]:
        acts, grants = [], []
        for node in self._of("YA"):
            if node in self.found or node not in self._whole:
                continue
            into, target = self._joined.into[node], self._joined.out_of[node][0]
            source = self.found.get(into[0])
            if len(into) != 1 or source is None or source.kind not in {"locution", "transition"}:
                continue
            force, meant = words.force_of(self._text(node)), self.found.get(target)
            if force == "conceding" and source.kind == "locution" and _is_claim(meant):
                facts = {"locution": source.id, "claim": meant.id}  # type: ignore[union-attr]
                grants.append(self._make("concession", node, Concession, facts))
            elif meant is not None and meant.kind not in {"cite", "transition"}:
                acts.append(self._illocution(node, force, source, meant))
            elif self._joined.kind(target) == "I" and self._is_content(target):
                acts.append(self._illocution(node, force, source, None))
                if acts[-1] is not None:
                    self.found[target] = Ref("content", acts[-1].id)
        return tuple(filter(None, acts)), tuple(filter(None, grants))

    def _illocution(self, node: str, force: str, source: Ref, target: Ref | None) -> Any:
        facts = {
            "force": force,
            "source": codec.to_json(source),
            "target": codec.to_json(target),
        }
        return self._make("illocution", node, Illocution, facts)


def moment_is(told: str, at: str) -> bool:
    """Whether what our file says of the time agrees with the time that the graph gives."""
    timestamp = words.timestamp_of(told)
    return timestamp is not None and words.moment_of(timestamp) == at


def _are_premises(refs: list[Ref]) -> bool:
    return bool(refs) and all(ref.kind in {"claim", "evidence"} for ref in refs)


def _is_claim(ref: Ref | None) -> bool:
    return ref is not None and ref.kind == "claim"
