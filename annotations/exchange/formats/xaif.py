"""xAIF, the JSON of OVA and of the open argument mining framework: AIF, text and layout.

It allows steps that lack a premise or a conclusion: those stay in the file that is kept, and are
not taken over.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any, Final

from annotations.exchange.formats import strict
from annotations.exchange.formats.faults import Fault, Refused, refuse_if
from annotations.exchange.formats.nodesets import words
from annotations.exchange.formats.nodesets.graph import aif_of, graph_of
from annotations.exchange.formats.nodesets.reading import document_of
from annotations.exchange.formats.nodesets.rules import check
from annotations.exchange.formats.nodesets.writing import graph_of as written

if TYPE_CHECKING:
    from annotations.exchange.formats.document import Document
    from annotations.exchange.formats.nodesets.graph import Graph, Row

NAME: Final = "xaif"
_COLUMNS = {"L": 0, "YA": 1, "TA": 1, "I": 2, "RA": 3, "CA": 3}
_ACROSS, _DOWN = 300, 90


def write(document: Document) -> bytes:
    """The document as xAIF, with the words that were said as its text and a plain layout."""
    graph = written(document, timed=False)
    if not document.foreign:
        graph.aif |= {"descriptorfulfillments": [], "cqdescriptorfulfillments": []}
    top = {
        "AIF": aif_of(graph),
        "text": _text(graph),
        "dialog": True,
        "OVA": _layout(graph),
    }
    if graph.top.keys() - {words.EXTRA}:
        top = {"AIF": top["AIF"]}
    return strict.dump({**top, **graph.top})


def read(content: bytes) -> Document:
    """The document in the file. Raises Refused."""
    raw = strict.load(content)
    if not isinstance(raw, dict) or not isinstance(raw.get("AIF"), dict):
        raise Refused([Fault(0, "", 'This is no xAIF: it has no object "AIF".')])
    faults: list[Fault] = []
    graph = graph_of(raw["AIF"], ("AIF", None), faults, only_digits=False)
    refuse_if(faults)
    broken, _ = check(graph, needs_people=True)
    refuse_if(broken)
    graph.top = {name: value for name, value in raw.items() if name != "AIF"}
    return document_of(graph, name=NAME, raw=raw)


def _text(graph: Graph) -> str:
    """The words that were said, each marked with its node as OVA marks them."""
    return "".join(
        f'<span class="highlighted" id="node{row["nodeID"]}">'
        f"{html.escape(str(row.get('text') or ''))}</span><br><br>"
        for row in graph.nodes
        if row["type"] == "L"
    )


def _layout(graph: Graph) -> Row:
    """Who says what on the left, the argument on the right."""
    depth: dict[int, int] = {}
    nodes = []
    for row in graph.nodes:
        column = _COLUMNS.get(row["type"], len(_COLUMNS))
        depth[column] = depth.get(column, 0) + 1
        nodes.append(
            {
                "nodeID": row["nodeID"],
                "visible": True,
                "x": _ACROSS * column,
                "y": _DOWN * depth[column],
                "timestamp": "",
            }
        )
    edges: list[dict[str, Any]] = [
        {"fromID": row["fromID"], "toID": row["toID"], "visible": True} for row in graph.edges
    ]
    return {"firstname": "", "surname": "", "url": "", "nodes": nodes, "edges": edges}


def incomplete(raw: dict[str, Any]) -> list[Fault]:
    """What the file, which has been read, leaves incomplete."""
    graph = graph_of(raw["AIF"], ("AIF", None), [], only_digits=False)
    return check(graph, needs_people=False)[1]
