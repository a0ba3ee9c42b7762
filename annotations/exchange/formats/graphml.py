"""GraphML 1.0: the argument as a graph for programs that draw and count (graphml.graphdrawing.org).

GraphML's edges join nodes only, so inferences and relations are nodes, as in AIF: edges lead from
premises to inferences to conclusions, and from attackers to relations to what they attack.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

if TYPE_CHECKING:
    from collections.abc import Mapping

    from annotations.exchange.formats.document import Document, Kind, Ref

_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"
_SCHEMA = "http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"
_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
# What XML 1.0 cannot hold (Char, production 2).
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_KEYS = {
    "kind": "string",
    "label": "string",
    "id": "string",
    "status": "string",
    "type": "string",
    "scheme": "string",
    "warrant": "string",
    "cite": "string",
    "stance": "string",
    "paragraph": "int",
    "is_thesis": "boolean",
    "is_explicit": "boolean",
    "is_one_way": "boolean",
}
_LETTERS: dict[Kind, str] = {"claim": "c", "evidence": "e", "inference": "i", "relation": "r"}


def write(document: Document) -> bytes:
    """The document's argument as a directed graph. Signs that XML cannot hold become U+FFFD."""
    return _Writer(document).write()


class _Writer:
    def __init__(self, document: Document) -> None:
        self._document = document
        self._names: dict[tuple[Kind, str], str] = {}
        self._numbers = {kind: itertools.count(1) for kind in _LETTERS}
        self._edges: list[tuple[str, str, str]] = []
        self._root = ET.Element(
            "graphml",
            {
                "xmlns": _NAMESPACE,
                "xmlns:xsi": _INSTANCE,
                "xsi:schemaLocation": f"{_NAMESPACE} {_SCHEMA}",
            },
        )
        for name, type_ in _KEYS.items():
            facts = {"id": name, "for": "node", "attr.name": name, "attr.type": type_}
            ET.SubElement(self._root, "key", facts)
        ET.SubElement(
            self._root,
            "key",
            {"id": "role", "for": "edge", "attr.name": "role", "attr.type": "string"},
        )
        self._graph = ET.SubElement(self._root, "graph", {"id": "G", "edgedefault": "directed"})

    def write(self) -> bytes:
        """The whole file."""
        if self._document.title:
            description = ET.Element("desc")
            description.text = _xml(self._document.title)
            self._graph.insert(0, description)
        self._propositions()
        self._inferences()
        self._relations()
        for number, (source, target, role) in enumerate(self._edges, 1):
            ends = {"id": f"x{number}", "source": source, "target": target}
            edge = ET.SubElement(self._graph, "edge", ends)
            ET.SubElement(edge, "data", {"key": "role"}).text = role
        ET.indent(self._root)
        body: bytes = ET.tostring(self._root, encoding="utf-8", xml_declaration=True)
        return body + b"\n"

    def _node(self, kind: Kind, id_: str, facts: Mapping[str, object]) -> str:
        name = f"{_LETTERS[kind]}{next(self._numbers[kind])}"
        self._names[kind, id_] = name
        node = ET.SubElement(self._graph, "node", {"id": name})
        for key, value in {"kind": kind, "id": id_, **facts}.items():
            if value not in {None, ""}:
                text = str(value).lower() if isinstance(value, bool) else str(value)
                ET.SubElement(node, "data", {"key": key}).text = _xml(text)
        return name

    def _named(self, ref: Ref) -> str:
        return self._names[ref.kind, ref.id]

    def _propositions(self) -> None:
        for claim in self._document.claims:
            numbers = [place.number for place in claim.places if place.number is not None]
            facts: dict[str, object] = {
                "label": claim.text,
                "status": claim.status,
                "type": claim.type,
                "paragraph": next(iter(numbers), None),
                "is_thesis": claim.is_thesis,
                "is_explicit": claim.is_explicit,
            }
            self._node("claim", claim.id, facts)
        for evidence in self._document.evidence:
            self._node(
                "evidence",
                evidence.id,
                {
                    "label": evidence.quote,
                    "cite": evidence.cite,
                    "stance": evidence.stance,
                    "warrant": evidence.warrant,
                },
            )

    def _inferences(self) -> None:
        for inference in self._document.inferences:
            facts = {
                "label": "because",
                "status": inference.status,
                "scheme": inference.scheme,
                "warrant": inference.warrant,
                "is_explicit": inference.is_explicit,
            }
            name = self._node("inference", inference.id, facts)
            self._edges += [(self._named(one), name, "premise") for one in inference.premises]
            self._edges.append((name, self._names["claim", inference.conclusion], "conclusion"))

    def _relations(self) -> None:
        for relation in self._document.relations:
            facts = {
                "label": relation.kind,
                "status": relation.status,
                "type": relation.kind,
                "warrant": relation.rationale,
                "is_one_way": relation.is_one_way,
            }
            name = self._node("relation", relation.id, facts)
            self._edges.append((self._named(relation.source), name, "attacker"))
            self._edges.append((name, self._named(relation.target), "attacked"))


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", text)
