"""Wanted nodes and edges laid over the files that a document came from."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from annotations.exchange.formats import codec
from annotations.exchange.formats.integrity import one_line
from annotations.exchange.formats.nodesets import numbering, words
from annotations.exchange.formats.nodesets.graph import LISTS, Graph, key
from annotations.exchange.formats.nodesets.pruning import prune, without
from annotations.exchange.formats.nodesets.rules import Joined

if TYPE_CHECKING:
    from collections.abc import Callable

    from annotations.exchange.formats.document import Document, Foreign, Person, Ref
    from annotations.exchange.formats.nodesets.graph import Row
    from annotations.exchange.formats.nodesets.writing import Node

VERSION = 1
_TYPES = {
    "claim": "I", "evidence": "I", "content": "I", "inference": "RA", "relation": "CA",
    "locution": "L", "cite": "L", "transition": "TA", "illocution": "YA", "concession": "YA",
    "cited": "YA",
}  # fmt: skip
_SAYS: dict[str, Callable[[str], str]] = {
    "claim": one_line,
    "inference": words.scheme_of,
    "illocution": words.force_of,
    "concession": words.force_of,
    "cited": words.force_of,
    "relation": lambda _: "",
    "transition": lambda _: "",
}
"""What the text of a node says, by what it is: two texts that say the same are the same."""


class Merger:
    """Gives ids to what is new, and keeps what files said as long as it holds.

    With `timed`, new nodes carry time and scheme themselves, as AIFdb has it.
    """

    def __init__(self, document: Document, *, timed: bool) -> None:
        self._document, self._timed = document, timed
        self._names = {person.id: person.name for person in document.people}
        self._ids: dict[Ref, Any] = {}
        self._refs: dict[str, Ref] = {}
        self._people: dict[str, Any] = {}
        self._kept: list[Row] = []
        self._graph = Graph(aif={name: [] for name in LISTS})
        self._is_xaif = any(foreign.format == "xaif" for foreign in document.foreign)

    def lay(self, files: list[tuple[Foreign, Graph]]) -> None:
        """Lay down the rows of the files, one file after the other."""
        for index, (foreign, graph) in enumerate(files):
            if index == 0:
                self._graph.aif = {}
                self._take(foreign, graph)
            else:
                self._take(*numbering.apart(foreign, graph, self._graph))

    def merge(self, nodes: dict[Ref, Node], edges: list[tuple[Ref, Ref]]) -> Graph:
        """The graph of all wanted nodes and edges, and of what the files hold besides."""
        whole = set(Joined(self._graph).nodes) - set(Joined(self._graph).incomplete())
        self._lay_nodes(nodes)
        self._lay_edges(set(edges))
        self._add_people()
        self._add_nodes(nodes)
        self._add_edges(edges)
        prune(self._graph, whole - self._refs.keys())
        self._add_facts()
        return self._graph

    def _take(self, foreign: Foreign, graph: Graph) -> None:
        """Put the file's rows beside those that are there; their ids are apart already."""
        for name in LISTS:
            getattr(self._graph, name).extend(getattr(graph, name))
        for row in graph.nodes:
            ref = foreign.nodes.get(key(row["nodeID"]))
            if ref is not None and _TYPES[ref.kind] == row["type"] and ref not in self._ids:
                self._ids[ref] = row["nodeID"]
                self._refs[key(row["nodeID"])] = ref
        numbers = {key(row["participantID"]): row for row in numbering.people(graph)}
        for number, person in foreign.people.items():
            if number in numbers:
                self._people.setdefault(person, numbers[number]["participantID"])
        kept = {
            name: value
            for mine, rest in ((self._graph.aif, graph.aif), (self._graph.top, graph.top))
            for name, value in rest.items()
            if mine.setdefault(name, value) is not value and name not in LISTS
        }
        self._kept += [kept] if kept else []

    def _lay_nodes(self, nodes: dict[Ref, Node]) -> None:
        """Take out what is no longer there, and mend what no longer says what it should."""
        gone = {node for node, ref in self._refs.items() if ref not in nodes}
        without(self._graph, gone)
        self._refs = {node: ref for node, ref in self._refs.items() if node not in gone}
        self._ids = {ref: value for ref, value in self._ids.items() if ref in nodes}
        self._graph.nodes = [
            self._mended(row, ref, nodes[ref])
            if (ref := self._refs.get(key(row["nodeID"]))) is not None
            else row
            for row in self._graph.nodes
        ]
        self._graph.locutions = [self._respoken(row, nodes) for row in self._graph.locutions]

    def _mended(self, row: Row, ref: Ref, node: Node) -> Row:
        text, wanted = str(row.get("text") or ""), str(node.row["text"])
        name = self._names.get(node.person or "")
        says = _SAYS.get(ref.kind) or functools.partial(words.said, name=name)
        if says(text) != says(wanted):
            row = {**row, "text": wanted}
        old, facts = words.told(row), _facts(node.row)
        if _facts(row) != facts:
            is_named = "id" in old and words.says_it_is(row, ref.kind)
            named = {"id": old["id"]} if is_named else {}
            row = {**row, words.EXTRA: {"is": ref.kind, **named, **facts}}
        return row

    def _respoken(self, row: Row, nodes: dict[Ref, Node]) -> Row:
        ref = self._refs.get(key(row["nodeID"]))
        number = self._people.get(nodes[ref].person or "") if ref is not None else None
        if number is None or key(number) == key(row.get("personID")):
            return row
        return {**row, "personID": number}

    def _lay_edges(self, wanted: set[tuple[Ref, Ref]]) -> None:
        """Keep the edges that are wanted, once each, and those that are no business of ours."""
        self._laid: set[tuple[Ref, Ref]] = set()
        kept = []
        for row in self._graph.edges:
            start, end = self._refs.get(key(row["fromID"])), self._refs.get(key(row["toID"]))
            if start is not None and end is not None:
                pair = (start, end)
                if pair not in wanted or pair in self._laid:
                    continue
                self._laid.add(pair)
            kept.append(row)
        self._graph.edges = kept

    def _add_people(self) -> None:
        numbers = numbering.free(numbering.people(self._graph), "participantID")
        listed = {key(row["participantID"]) for row in self._graph.participants}
        is_listing = not self._timed and (bool(listed) or not self._is_xaif)
        for person in self._document.people:
            is_new = person.id not in self._people
            number = self._people.setdefault(person.id, str(next(numbers)))
            if is_new or (is_listing and key(number) not in listed):
                self._graph.participants.append(_participant(person, number))
                listed.add(key(number))
        for row in numbering.speakers(self._graph) if is_listing else ():
            number = key(row["participantID"])
            if number not in listed:
                nameless = {"participantID": number, "firstname": "Person", "surname": number}
                self._graph.participants.append(nameless)
                listed.add(number)

    def _add_nodes(self, nodes: dict[Ref, Node]) -> None:
        numbers = numbering.free(self._graph.nodes, "nodeID")
        default = words.timestamp_of(self._document.at)
        for ref, node in nodes.items():
            if ref in self._ids:
                continue
            number = str(next(numbers))
            self._ids[ref] = number
            self._graph.nodes.append(self._row(number, node, default))
            if node.scheme is not None:
                row = {"nodeID": number, "schemeID": node.scheme}
                self._graph.schemefulfillments.append(row)
            if ref.kind == "locution" and (node.person or node.row.get("timestamp")):
                self._graph.locutions.append(self._entry(number, node))

    def _row(self, number: str, node: Node, default: str | None) -> Row:
        row = {"nodeID": number, "text": node.row["text"], "type": node.row["type"]}
        if self._timed:
            row["timestamp"] = node.row.get("timestamp", None if row["type"] == "L" else default)
            if node.scheme is not None:
                row |= {"scheme": node.row["text"], "schemeID": node.scheme}
        return row | {name: node.row[name] for name in (words.EXTRA,) if name in node.row}

    def _entry(self, number: str, node: Node) -> Row:
        person = self._people[node.person] if node.person else None
        timestamp = node.row.get("timestamp")
        entry = {"nodeID": number, "personID": person}
        if self._timed:
            return entry | {"timestamp": timestamp, "start": None, "end": None, "source": None}
        return entry | {"start": timestamp, "end": None}

    def _add_edges(self, edges: list[tuple[Ref, Ref]]) -> None:
        numbers = numbering.free(self._graph.edges, "edgeID")
        for pair in edges:
            if pair not in self._laid:
                number = next(numbers)
                ends = {"fromID": self._ids[pair[0]], "toID": self._ids[pair[1]]}
                if self._timed:
                    row = {"edgeID": str(number), **ends, "formEdgeID": None}
                else:
                    row = {"edgeID": number, **ends}
                self._graph.edges.append(row)

    def _add_facts(self) -> None:
        rest = self._graph.top if not self._timed else self._graph.aif
        facts = {
            name: codec.to_json(value)
            for name in ("title", "at", "essay")
            if (value := getattr(self._document, name))
        }
        if self._kept:
            facts["kept"] = self._kept
        told = words.told(rest)
        if any(told.get(name) != value for name, value in facts.items()):
            rest[words.EXTRA] = {"version": VERSION, **told, **facts}


def _facts(row: Row) -> Row:
    """What our files add to a node, but for the id: of a node of a file that is its own."""
    return {name: value for name, value in words.extra_of(row).items() if name != "id"}


def _participant(person: Person, number: str) -> Row:
    first, last = words.names_of(person.name)
    extra: Row = {"id": person.id}
    if words.name_of(first, last) != person.name:
        extra["name"] = person.name
    return {"participantID": number, "firstname": first, "surname": last, words.EXTRA: extra}
