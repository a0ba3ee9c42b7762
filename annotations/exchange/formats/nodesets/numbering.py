"""Numbers for what is new in a graph, and other numbers where two files use the same."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

from annotations.exchange.formats.nodesets.graph import Graph, is_digits, key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from annotations.exchange.formats.document import Foreign
    from annotations.exchange.formats.nodesets.graph import Row


def speakers(graph: Graph) -> list[Row]:
    """Those whom locutions name, as rows of participants."""
    return [
        {"participantID": row["personID"]}
        for row in graph.locutions
        if row.get("personID") is not None
    ]


def people(graph: Graph) -> list[Row]:
    """All rows that number a person."""
    return [*graph.participants, *speakers(graph)]


def free(rows: Iterable[Row], column: str) -> itertools.count[int]:
    """Numbers above all that the rows have in the column."""
    used = (int(key(row[column])) for row in rows if is_digits(row.get(column)))
    return itertools.count(max(used, default=0) + 1)


def apart(foreign: Foreign, graph: Graph, other: Graph) -> tuple[Foreign, Graph]:
    """The file and its graph under ids that `other` does not use."""
    nodes = _changes(graph.nodes, other.nodes, "nodeID")
    edges = _changes(graph.edges, other.edges, "edgeID")
    persons = _changes(people(graph), people(other), "participantID")
    return (
        dataclasses.replace(
            foreign,
            nodes={key(nodes.get(node, node)): ref for node, ref in foreign.nodes.items()},
            people={key(persons.get(one, one)): who for one, who in foreign.people.items()},
        ),
        dataclasses.replace(
            graph,
            nodes=_changed(graph.nodes, nodeID=nodes),
            edges=_changed(graph.edges, edgeID=edges, fromID=nodes, toID=nodes),
            locutions=_changed(graph.locutions, nodeID=nodes, personID=persons),
            participants=_changed(graph.participants, participantID=persons),
            schemefulfillments=_changed(graph.schemefulfillments, nodeID=nodes),
        ),
    )


def only_digits(graph: Graph) -> Graph:
    """The graph with numbers in place of the ids that AIFdb does not take."""
    numbers = free(graph.nodes, "nodeID")
    nodes = {
        key(row["nodeID"]): str(next(numbers))
        for row in graph.nodes
        if not is_digits(row["nodeID"])
    }
    numbers = free(graph.edges, "edgeID")
    edges = {
        key(row["edgeID"]): str(next(numbers))
        for row in graph.edges
        if row.get("edgeID") is not None and not is_digits(row["edgeID"])
    }
    numbers = free(people(graph), "participantID")
    persons = {
        key(row["participantID"]): str(next(numbers))
        for row in graph.participants
        if not is_digits(row["participantID"])
    }
    return dataclasses.replace(
        graph,
        nodes=_changed(graph.nodes, nodeID=nodes),
        edges=_changed(graph.edges, edgeID=edges, fromID=nodes, toID=nodes),
        locutions=_changed(graph.locutions, nodeID=nodes, personID=persons),
        participants=_changed(graph.participants, participantID=persons),
        schemefulfillments=[
            row
            for row in _changed(graph.schemefulfillments, nodeID=nodes)
            if is_digits(row["nodeID"]) and is_digits(row["schemeID"])
        ],
    )


def _changes(rows: list[Row], others: list[Row], column: str) -> dict[str, Any]:
    """A new number for each id that both have."""
    numbers = free([*rows, *others], column)
    taken = {key(row[column]) for row in others if row.get(column) is not None}
    both = {key(row[column]): None for row in rows if key(row.get(column)) in taken}
    return {old: str(next(numbers)) for old in both}


def _changed(rows: list[Row], **columns: dict[str, Any]) -> list[Row]:
    return [
        {
            name: columns[name].get(key(value), value) if name in columns else value
            for name, value in row.items()
        }
        for row in rows
    ]
