"""A graph of the Argument Interchange Format as JSON holds it, and whether it has that shape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from annotations.exchange.formats.faults import Fault
from annotations.exchange.formats.strict import pointer

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from annotations.exchange.formats.strict import Way

# OVA joins the number of a node and that of the analysis: "2_164926129380455983".
_ID = re.compile(r"[0-9]{1,40}(_[0-9]{1,40})*", re.ASCII)
_DIGITS = re.compile(r"[0-9]{1,40}", re.ASCII)
_KIND = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,19}", re.ASCII)

LISTS = ("nodes", "edges", "locutions", "participants", "schemefulfillments")
SCHEME_KINDS = frozenset({"RA", "CA", "MA", "PA", "YA"})

Row = dict[str, Any]


@dataclass(slots=True)
class Graph:
    """The rows as they stand in the file; `aif` what else stands beside them, `top` above them."""

    nodes: list[Row] = field(default_factory=list)
    edges: list[Row] = field(default_factory=list)
    locutions: list[Row] = field(default_factory=list)
    participants: list[Row] = field(default_factory=list)
    schemefulfillments: list[Row] = field(default_factory=list)
    aif: Row = field(default_factory=dict)
    top: Row = field(default_factory=dict)


def key(value: Any) -> str:
    """An id as it is compared: 7 and "7" are one."""
    return str(value)


def is_digits(value: Any) -> bool:
    """Whether AIFdb takes it for an id."""
    return _DIGITS.fullmatch(key(value)) is not None


def graph_in(raw: Mapping[str, Any]) -> Graph:
    """The graph in a file that has been read before, with lists of its own.

    xAIF has the graph under "AIF" and more beside it, a nodeset is the graph.
    """
    is_wrapped = isinstance(raw.get("AIF"), dict)
    aif = raw["AIF"] if is_wrapped else raw
    lists: dict[str, Any] = {name: list(aif.get(name) or []) for name in LISTS}
    rest = {name: _placeholder(name, value) for name, value in aif.items()}
    top = {name: value for name, value in raw.items() if name != "AIF"} if is_wrapped else {}
    return Graph(**lists, aif=rest, top=top)


def aif_of(graph: Graph) -> Row:
    """The object that holds the lists, in the order and with the nulls that a file had."""
    filled = {
        name: (getattr(graph, name) or value) if name in LISTS else value
        for name, value in graph.aif.items()
    }
    more = {name: getattr(graph, name) for name in LISTS if getattr(graph, name)}
    return {**filled, **more}


def _placeholder(name: str, value: Any) -> Any:
    """A list stands in its place empty, or null, until it is written."""
    return (None if value is None else []) if name in LISTS else value


def graph_of(aif: Any, way: Way, faults: list[Fault], *, only_digits: bool) -> Graph:
    """The graph in the JSON object; faults of its shape (rule 0) are added to `faults`.

    Lists that are missing or null are empty. With faults, the graph is not to be used.
    """
    if not isinstance(aif, dict) or "nodes" not in aif:
        faults.append(Fault(0, pointer(way), 'Here should be an object with a list "nodes".'))
        return Graph()
    lists: dict[str, Any] = {name: _rows(aif, name, way, faults) for name in LISTS}
    graph = Graph(**lists, aif={name: _placeholder(name, value) for name, value in aif.items()})
    shape = _Shape(way, faults, only_digits=only_digits)
    shape.check(graph)
    return graph


def _rows(aif: Row, name: str, way: Way, faults: list[Fault]) -> list[Row]:
    rows = aif.get(name)
    if rows is None:
        return []
    if not isinstance(rows, list):
        faults.append(Fault(0, pointer((name, way)), "Here should be a list."))
        return []
    wrong = [index for index, row in enumerate(rows) if not isinstance(row, dict)]
    faults += [
        Fault(0, pointer((index, (name, way))), "Here should be an object.") for index in wrong
    ]
    return [] if wrong else rows


class _Shape:
    """Looks at each row by itself, and for ids that name two."""

    def __init__(self, way: Way, faults: list[Fault], *, only_digits: bool) -> None:
        self._way, self._faults, self._only_digits = way, faults, only_digits

    def check(self, graph: Graph) -> None:
        for place, row in self._each("nodes", graph.nodes):
            self._id(place, row, "nodeID")
            self._node(place, row)
        for place, row in self._each("edges", graph.edges):
            self._id(place, row, "fromID")
            self._id(place, row, "toID")
            self._id(place, row, "edgeID", may_lack=True)
        for place, row in self._each("locutions", graph.locutions):
            self._id(place, row, "nodeID")
            self._id(place, row, "personID", may_lack=True)
        for place, row in self._each("participants", graph.participants):
            self._id(place, row, "participantID")
            self._text(place, row, "firstname")
            self._text(place, row, "surname")
        for place, row in self._each("schemefulfillments", graph.schemefulfillments):
            self._id(place, row, "nodeID")
            self._id(place, row, "schemeID")
        self._once("nodes", graph.nodes, "nodeID")
        self._once("edges", graph.edges, "edgeID")
        self._once("participants", graph.participants, "participantID")

    def _each(self, name: str, rows: list[Row]) -> Iterator[tuple[Way, Row]]:
        return (((index, (name, self._way)), row) for index, row in enumerate(rows))

    def _id(self, place: Way, row: Row, name: str, *, may_lack: bool = False) -> None:
        value = row.get(name)
        if value is None and may_lack:
            return
        is_number = isinstance(value, int) and not isinstance(value, bool) and value >= 0
        pattern = _DIGITS if self._only_digits else _ID
        if not is_number and not (isinstance(value, str) and pattern.fullmatch(value)):
            sentence = "Here should be an id: a number, or digits as text."
            self._faults.append(Fault(0, pointer((name, place)), sentence))

    def _text(self, place: Way, row: Row, name: str) -> None:
        if not isinstance(row.get(name), str | None):
            self._faults.append(Fault(0, pointer((name, place)), "Here should be text."))

    def _node(self, place: Way, row: Row) -> None:
        kind = row.get("type")
        if not isinstance(kind, str) or not _KIND.fullmatch(kind):
            sentence = "Here should be a kind of node, such as I, L, RA, CA or YA."
            self._faults.append(Fault(0, pointer(("type", place)), sentence))
        self._text(place, row, "text")
        if kind == "I" and not str(row.get("text") or "").strip():
            sentence = "A proposition has words."
            self._faults.append(Fault(0, pointer(("text", place)), sentence))

    def _once(self, name: str, rows: list[Row], column: str) -> None:
        seen: set[str] = set()
        for index, row in enumerate(rows):
            value = row.get(column)
            if value is not None and key(value) in seen:
                place = pointer((column, (index, (name, self._way))))
                sentence = f"The id {key(value)} is given twice."
                self._faults.append(Fault(0, place, sentence))
            seen.add(key(value))
