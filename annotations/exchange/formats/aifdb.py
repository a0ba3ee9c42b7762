"""AIFdb's JSON nodesets: what AIFdb gives and takes, and what Carneades and others read.

The five lists that AIFdb iterates when a nodeset is posted are always there; ids are digits.
"""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Final

from annotations.exchange.formats import strict
from annotations.exchange.formats.faults import Fault, refuse_if
from annotations.exchange.formats.nodesets import words
from annotations.exchange.formats.nodesets.graph import aif_of, graph_of, key
from annotations.exchange.formats.nodesets.numbering import only_digits
from annotations.exchange.formats.nodesets.pruning import prune
from annotations.exchange.formats.nodesets.reading import document_of
from annotations.exchange.formats.nodesets.rules import check
from annotations.exchange.formats.nodesets.writing import graph_of as written

if TYPE_CHECKING:
    from annotations.exchange.formats.document import Document
    from annotations.exchange.formats.nodesets.graph import Graph, Row

NAME: Final = "aifdb"
_BESIDE = "xaif"


def write(document: Document) -> bytes:
    """The document as a nodeset. What is incomplete in a file that it came from is set apart."""
    graph = _whole(only_digits(written(document, timed=True)))
    if graph.top:
        graph.aif[words.EXTRA] = {**words.told(graph.aif), _BESIDE: graph.top}
    return strict.dump(aif_of(graph))


def read(content: bytes) -> Document:
    """The document in the nodeset. Raises Refused."""
    raw = strict.load(content)
    faults: list[Fault] = []
    graph = graph_of(raw, None, faults, only_digits=True)
    refuse_if(faults)
    broken, incomplete = check(graph, needs_people=False)
    refuse_if([*broken, *incomplete])
    return document_of(graph, name=NAME, raw=raw)


def _whole(graph: Graph) -> Graph:
    """The graph without what is incomplete, which then stands under a key of ours."""
    graph = dataclasses.replace(graph, aif=dict(graph.aif))
    nodes, edges = prune(graph, {key(row["nodeID"]) for row in graph.nodes})
    if nodes:
        left: Row = {"nodes": nodes, "edges": edges}
        graph.aif[words.EXTRA] = {**words.told(graph.aif), "incomplete": left}
    return graph
