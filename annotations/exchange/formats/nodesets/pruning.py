"""Taking scheme nodes out of a graph that have lost what they join."""

from __future__ import annotations

from typing import TYPE_CHECKING

from annotations.exchange.formats.nodesets.graph import SCHEME_KINDS, key
from annotations.exchange.formats.nodesets.rules import Joined

if TYPE_CHECKING:
    from collections.abc import Container

    from annotations.exchange.formats.nodesets.graph import Graph, Row


def prune(graph: Graph, among: Container[str]) -> tuple[list[Row], list[Row]]:
    """Take out the incomplete scheme nodes `among` these, and what is incomplete for that.

    Returns the nodes and the edges that are gone; what names them elsewhere goes too.
    """
    joined = Joined(graph)
    into = {node: len(joined.sources(node)) for node in joined.nodes}
    out = {node: len(joined.out_of[node]) for node in joined.nodes}
    todo = {node for node in joined.incomplete() if node in among}
    gone: set[str] = set()
    while todo:
        node = todo.pop()
        gone.add(node)
        # Counted rather than looked up again: a hub may lose thousands of neighbours.
        for other in joined.out_of[node]:
            into[other] -= joined.is_part(node, other)
        for other in joined.into[node]:
            out[other] -= 1
        todo |= {
            other
            for other in (*joined.out_of[node], *joined.into[node])
            if other in among
            and other not in gone
            and joined.kind(other) in SCHEME_KINDS
            and (not into[other] or out[other] != 1)
        }
    return without(graph, gone)


def without(graph: Graph, gone: Container[str]) -> tuple[list[Row], list[Row]]:
    """Take the nodes out of the graph with all that names them; returns nodes and edges gone."""
    nodes = [row for row in graph.nodes if key(row["nodeID"]) in gone]
    edges = [row for row in graph.edges if _touches(row, gone)]
    if nodes:
        graph.nodes = [row for row in graph.nodes if key(row["nodeID"]) not in gone]
        graph.edges = [row for row in graph.edges if not _touches(row, gone)]
        graph.locutions = [row for row in graph.locutions if key(row["nodeID"]) not in gone]
        graph.schemefulfillments = [
            row for row in graph.schemefulfillments if key(row["nodeID"]) not in gone
        ]
    return nodes, edges


def _touches(edge: Row, nodes: Container[str]) -> bool:
    return key(edge["fromID"]) in nodes or key(edge["toID"]) in nodes
