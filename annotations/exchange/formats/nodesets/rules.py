"""The rules of AIF graphs, by their numbers (`faults.RULES`).

From the AIF core ontology (Chesñevar et al. 2006; Rahwan, Zablith & Reed 2007), AIF+ for the
dialogue (Reed et al. 2008), and what OVA's editor lets one draw.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from annotations.exchange.formats.faults import Fault
from annotations.exchange.formats.nodesets.graph import SCHEME_KINDS, key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from annotations.exchange.formats.nodesets.graph import Graph, Row

_APART = {("I", "I"), ("L", "L"), ("L", "I"), ("I", "L")}
_MEET = {
    "I": {"RA", "CA", "MA", "PA"},
    "L": {"YA", "TA"},
    "RA": {"I", "PA"},
    "CA": {"I", "RA", "CA", "MA", "PA", "L"},
    "MA": {"I", "PA"},
    "PA": {"I", "RA", "CA", "MA"},
    "YA": {"I", "L", "RA", "CA", "MA", "PA"},
    "TA": {"L", "YA"},
}
# Into a step lead its premises, and also who makes it, and what attacks or outranks it.
_ASIDE = {kind: frozenset({"YA", "CA", "PA"}) for kind in ("RA", "CA", "MA")} | {
    "PA": frozenset({"YA"})
}


class Joined:
    """A graph whose edges are found from their nodes; an edge with a lost end is left out."""

    def __init__(self, graph: Graph) -> None:
        self.nodes: dict[str, Row] = {key(row["nodeID"]): row for row in graph.nodes}
        self.into: defaultdict[str, list[str]] = defaultdict(list)
        self.out_of: defaultdict[str, list[str]] = defaultdict(list)
        for row in graph.edges:
            start, end = key(row["fromID"]), key(row["toID"])
            if start in self.nodes and end in self.nodes:
                self.out_of[start].append(end)
                self.into[end].append(start)

    def kind(self, node: str) -> str:
        """The kind of the node, such as "RA"."""
        return str(self.nodes[node]["type"])

    def sources(self, node: str) -> list[str]:
        """What leads into the node as part of it, rather than being said of it or against it."""
        return [start for start in self.into[node] if self.is_part(start, node)]

    def is_part(self, start: str, node: str) -> bool:
        """Whether `start`, which leads to the node, is a part of it."""
        return self.kind(start) not in _ASIDE.get(self.kind(node), ())

    def is_incomplete(self, node: str) -> bool:
        """Whether it is a scheme node without an edge in, or without exactly one out (rule 2)."""
        is_whole = self.sources(node) and len(self.out_of[node]) == 1
        return self.kind(node) in SCHEME_KINDS and not is_whole

    def incomplete(self) -> list[str]:
        """The scheme nodes that are incomplete."""
        return [node for node in self.nodes if self.is_incomplete(node)]


def check(graph: Graph, *, needs_people: bool) -> tuple[list[Fault], list[Fault]]:
    """What breaks the rules, and apart from that what is incomplete (rule 2).

    With `needs_people`, whoever says something is among the participants, if there are any.
    """
    joined = Joined(graph)
    faults = [
        *_of_edges(graph, joined),
        *_of_steps(joined),
        *_of_locutions(graph, joined, needs_people=needs_people),
    ]
    return faults, [_of_degree(joined, node) for node in joined.incomplete()]


def _place(edge: Row) -> str:
    name = f"edge {edge['edgeID']}" if edge.get("edgeID") is not None else "edge"
    return f"{name} ({edge['fromID']} → {edge['toID']})"


def _of_edges(graph: Graph, joined: Joined) -> Iterator[Fault]:
    for edge in graph.edges:
        ends = [key(edge[end]) for end in ("fromID", "toID")]
        lost = [end for end in ends if end not in joined.nodes]
        yield from (Fault(6, _place(edge), f"There is no node {end}.") for end in lost)
        if not lost:
            yield from _of_pair(_place(edge), joined.kind(ends[0]), joined.kind(ends[1]))


def _of_pair(place: str, start: str, end: str) -> Iterator[Fault]:
    if (start, end) in _APART:
        yield Fault(1, place, f"{start} and {end} are joined through a node between them only.")
    elif start in _MEET and end in _MEET and end not in _MEET[start]:
        yield Fault(3, place, f"No edge leads from {start} to {end}.")


def _of_degree(joined: Joined, node: str) -> Fault:
    into, out = len(joined.sources(node)), len(joined.out_of[node])
    sentence = (
        f"Of this {joined.kind(node)}, edges in: {into}, edges out: {out}. "
        "It needs at least one in and exactly one out."
    )
    return Fault(2, f"node {node}", sentence)


def _of_steps(joined: Joined) -> Iterator[Fault]:
    for node in joined.nodes:
        if joined.kind(node) not in SCHEME_KINDS:
            continue
        twice = [start for start, times in Counter(joined.into[node]).items() if times > 1]
        yield from (Fault(4, f"node {node}", f"Node {start} leads here twice.") for start in twice)
        both = set(joined.into[node]) & set(joined.out_of[node])
        yield from (
            Fault(4, f"node {node}", f"Node {other} stands on both sides of this.")
            for other in sorted(both)
        )


def _of_locutions(graph: Graph, joined: Joined, *, needs_people: bool) -> Iterator[Fault]:
    people = {key(row["participantID"]) for row in graph.participants}
    seen: set[str] = set()
    for row in graph.locutions:
        node, person = key(row["nodeID"]), row.get("personID")
        place = f"locution of node {node}"
        if node not in joined.nodes:
            yield Fault(6, place, f"There is no node {node}.")
        elif joined.kind(node) != "L":
            yield Fault(5, place, f"Node {node} is of kind {joined.kind(node)}, not L.")
        if node in seen:
            yield Fault(5, place, "This is said by two.")
        seen.add(node)
        if needs_people and people and person is not None and key(person) not in people:
            yield Fault(5, place, f"Person {person} is not among the participants.")
