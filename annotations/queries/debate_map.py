"""The debate map: an assignment's argument as one tree, drawn, as an outline, and claim by claim.

Every node stands once, where it was linked first; its other links are told beside it. All of it is
worked out from `argument_graph`, so it takes no query of its own.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils.text import Truncator

from annotations import selectors
from annotations.arguments import Label
from annotations.enums import Kind, RelationKind, Stance
from annotations.queries.graph import LABEL_WORDS, NOWHERE, SHORT_WORDS, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.models import Annotation
    from annotations.queries.graph import ArgumentGraph, ClaimNode

MOST_NODES = 150
ROOTS_A_PAGE = 50
LEVELS_OPEN = 3
LEVELS_OF_MANY = 2
LONGEST = 160

# No link within what looks like one: else each of ten thousand open brackets is looked at to the end.
_MARKS = re.compile(r"\*+|`+|!?\[(?P<words>[^\[\]]*)\]\([^)\[]*\)")

THESIS, CLAIM = "thesis", "claim"
REASON, LINKED, FOR, GRANTS, HERE = "reason", "linked", "for", "grants", "here"

# What a node says of the one above it; what stands there only by its place says nothing.
HOW = {
    REASON: "",
    LINKED: "together with another reason",
    FOR: "",
    GRANTS: "",
    HERE: "",
    RelationKind.REBUTS: "says the opposite",
    RelationKind.UNDERMINES: "says that this is wrong",
    RelationKind.UNDERCUTS: "says that it does not follow",
}
ALSO = {
    REASON: "also supports",
    LINKED: "also supports",
    FOR: "also speaks for",
    GRANTS: "also grants",
}
_EVIDENCE = {Stance.SUPPORTS: "Evidence for", Stance.ATTACKS: "Evidence against"}


@dataclass(frozen=True, slots=True)
class Link:
    """That `child` bears on what it is listed under, and how; `step` is the step that it makes."""

    child: str
    how: str
    step: str = ""
    given_up: bool = False

    @property
    def is_challenge(self) -> bool:
        """Whether it attacks."""
        return self.how in RelationKind.values


@dataclass(frozen=True, slots=True)
class Also:
    """A further link of a node: in words, and to which node."""

    words: str
    node: MapNode


@dataclass(slots=True)
class MapNode:
    """A claim, a piece of evidence, an open question or a concession, as it stands on the map.

    `kind` is "thesis", "claim" or the annotation's kind, and `word` how that is called. `standing`
    is the label in few words; evidence tells it only where something is open. `below` counts
    everything under it, `opens` and `closes` say how the drawn list goes on after it.
    """

    id: str
    kind: str
    word: str
    text: str
    place: Place
    label: Label
    claim: ClaimNode | None = None
    note: Annotation | None = None
    how: str = ""
    is_open: bool = False
    is_bare: bool = False
    parent: MapNode | None = None
    children: list[MapNode] = field(default_factory=list)
    also: list[Also] = field(default_factory=list)
    depth: int = 0
    below: int = 0
    fits: bool = True
    is_target: bool = False
    opens: bool = False
    unfolded: bool = False
    more: int = 0
    closes: Sequence[int] = ()

    @property
    def shown_text(self) -> str:
        """The text, cut at a word where it is long; its own page has the whole."""
        return str(Truncator(self.text).chars(LONGEST))

    @property
    def by(self) -> str:
        """Whose it is; the essay's own is nobody's."""
        return self.note.shown_author_name if self.note else ""  # type: ignore[attr-defined]  # by `for_display`

    @property
    def host(self) -> str:
        """Of evidence, where its source stands."""
        passage = self.note.passage if self.note and self.kind == Kind.EVIDENCE else None
        return passage.source.host if passage else ""

    @property
    def standing(self) -> str:
        """The label in few words; of evidence only where it does not stand, of others none."""
        if self.claim or (self.kind == Kind.EVIDENCE and self.label is not Label.IN):
            return SHORT_WORDS[self.label]
        return ""

    @property
    def words(self) -> str:
        """The label in full."""
        return LABEL_WORDS[self.label]

    @property
    def is_of_essay(self) -> bool:
        """Whether it is no annotation's."""
        return self.note is None

    @property
    def trail(self) -> list[MapNode]:
        """What stands above it, from the root down."""
        above = []
        at = self.parent
        while at:
            above.append(at)
            at = at.parent
        return above[::-1]


class Tree:
    """The argument as a tree: `roots` in the order of the text, the thesis first; `nodes` by id.

    `links` has by node everything that bears on it, also what stands elsewhere on the tree.
    """

    def __init__(self, graph: ArgumentGraph) -> None:
        self.graph = graph
        self.nodes = {node.id: node for node in _nodes(graph)}
        self._of_note = {str(one.note.pk): one.id for one in self.nodes.values() if one.note}
        self.links: dict[str, list[Link]] = defaultdict(list)
        self._claims_at: dict[int, list[ClaimNode]] = defaultdict(list)
        for one in graph.essay_claims:
            if one.place is not NOWHERE:
                self._claims_at[one.place.position].append(one)
        linked = set()
        for parent, link in _links(graph):
            child = self._of_note.get(link.child, link.child)
            if parent in self.nodes and child in self.nodes and child != parent:
                self.links[parent].append(Link(child, link.how, link.step, link.given_up))
                linked.add(child)
        for node in self.nodes.values():
            if node.id not in linked and (parent := self._beside(node)):
                self.links[parent].append(Link(node.id, HERE))
                linked.add(node.id)
        for links in self.links.values():
            links.sort(key=lambda link: _order(self.nodes[link.child]))
        self.roots: list[MapNode] = []
        self._listing: list[MapNode] = []  # parents before children
        self._place([node for node in self._sorted() if node.id not in linked])
        self._place(self._sorted())
        for node in reversed(self._listing):
            node.below = sum(1 + child.below for child in node.children)

    def _sorted(self) -> list[MapNode]:
        return sorted(self.nodes.values(), key=lambda one: (one.kind != THESIS, *_order(one)))

    def _beside(self, node: MapNode) -> str:
        """Under what stands a note that bears on nothing here: its thread's, or its place's."""
        if node.note is None:
            return ""
        if node.claim and node.kind == Kind.EVIDENCE:
            return str(node.note.pk)
        for above in (node.note.parent_id, node.note.root_id):
            if found := self._of_note.get(str(above)):
                return found
        there = self._claims_at.get(node.place.position, [])
        before = [one for one in there if one.place.start <= node.place.start]
        nearest = before[-1:] or there[:1]
        return nearest[0].id if nearest else ""

    def _place(self, roots: Iterable[MapNode]) -> None:
        """Put everything that is not on the tree yet under these, level by level."""
        placed = {node.id for node in self._listing}
        for root in roots:
            if root.id in placed:
                continue
            self.roots.append(root)
            placed.add(root.id)
            work = deque([root])
            while work:
                node = work.popleft()
                self._listing.append(node)
                for link in self.links[node.id]:
                    child = self.nodes[link.child]
                    if link.child not in placed:
                        placed.add(link.child)
                        child.parent, child.depth = node, node.depth + 1
                        child.how = _how(link)
                        node.children.append(child)
                        work.append(child)
                    elif child.parent is node:
                        child.how = ", ".join(filter(None, (child.how, _how(link))))
                    elif link.how != HERE:
                        child.also.append(Also(ALSO.get(link.how, "also challenges"), node))

    def keep(self, fits: Callable[[MapNode], bool]) -> int:
        """Keep what fits, and what stands above it; how many fit."""
        kept = set()
        for node in reversed(self._listing):
            node.fits = fits(node)
            node.children = [child for child in node.children if child.id in kept]
            if node.fits or node.children:
                kept.add(node.id)
            node.below = sum(1 + child.below for child in node.children)
        self.roots = [root for root in self.roots if root.id in kept]
        return sum(node.fits for node in self._listing)

    def rows(self, start: int = 0) -> tuple[list[MapNode], int]:
        """The nodes to draw, in the order of the list, and where its next page begins (0: nowhere).

        All of them up to `MOST_NODES`; beyond that a page of roots with as much of the two levels below
        them as there is room for. Nodes whose children are left out say how many there are (`more`).
        """
        if sum(1 + root.below for root in self.roots) <= MOST_NODES:
            return _listed(self.roots, lambda _: True), 0
        start = start if start < len(self.roots) else 0
        roots = self.roots[start : start + ROOTS_A_PAGE]
        room = MOST_NODES - len(roots)
        opened = set()
        work = deque(roots)
        while work:
            node = work.popleft()
            if node.children and node.depth < LEVELS_OF_MANY and len(node.children) <= room:
                room -= len(node.children)
                opened.add(node.id)
                work.extend(node.children)
        following = start + ROOTS_A_PAGE
        rows = _listed(roots, lambda node: node.id in opened)
        return rows, following if following < len(self.roots) else 0


def _listed(roots: Sequence[MapNode], is_opened: Callable[[MapNode], bool]) -> list[MapNode]:
    """The nodes in the order of a nested list, each with how many lists end after it."""
    rows = []
    work = [(root, 0) for root in reversed(roots)]
    while work:
        node, ends = work.pop()
        node.opens = bool(node.children) and is_opened(node)
        node.more = 0 if node.opens else node.below
        node.unfolded = node.depth < LEVELS_OPEN
        node.closes = () if node.opens else range(ends)
        rows.append(node)
        if node.opens:
            *others, last = node.children
            work.append((last, ends + 1))
            work += [(child, 0) for child in reversed(others)]
    shown = {node.id for node in rows}
    for node in rows:
        for also in node.also:
            also.node.is_target = also.node.id in shown
    return rows


def _how(link: Link) -> str:
    return f"{HOW[link.how]}, given up" if link.given_up else HOW[link.how]


def _order(node: MapNode) -> tuple[bool, int, int, str]:
    """The essay's claims in the order of its text, then what was written, the oldest first."""
    if node.note:
        return True, 0, 0, str(node.note.pk)
    return False, node.place.position, node.place.start, node.id


def _links(graph: ArgumentGraph) -> Iterator[tuple[str, Link]]:
    """What bears on what; who attacks a step stands under its reason."""
    carriers = {}
    for step in graph.steps.values():
        if step.is_evidence:
            carriers[step.id] = str(step.inference.annotation_id)
            yield step.conclusion, Link(carriers[step.id], FOR, step.id)
            continue
        carriers[step.id] = step.premises[0]
        how = LINKED if len(step.premises) > 1 else REASON
        for premise in step.premises:
            yield step.conclusion, Link(premise, how, step.id)
    for edge in graph.attacks.values():
        target = carriers.get(edge.target, edge.target)
        yield target, Link(edge.source, edge.relation.kind, given_up=edge.is_conceded)
    for grant in graph.grants:
        yield grant.claim, Link(str(grant.note.pk), GRANTS)


def _nodes(graph: ArgumentGraph) -> Iterator[MapNode]:
    """Claims, evidence, then the questions and concessions that assert nothing themselves."""
    attackers = {edge.source for edge in graph.attacks.values() if graph.is_open(edge)}
    asserting = set()
    for node in graph.claims.values():
        kind = node.note.kind if node.note else THESIS if node.claim.is_thesis else CLAIM
        if node.note:
            asserting.add(node.note.pk)
        yield MapNode(
            id=node.id,
            kind=kind,
            word=str(Kind(kind).label) if node.note else kind.capitalize(),
            text=node.claim.text,
            place=node.place,
            label=node.label,
            claim=node,
            note=node.note,
            is_open=node.id in attackers,
            is_bare=node.is_of_essay and not graph.has_evidence(node.id),
        )
    for piece in graph.evidence.values():
        yield _note_node(graph, piece.note, piece.label, is_open=piece.id in attackers)
    for question in graph.questions:
        if question.pk not in asserting:
            yield _note_node(graph, question, Label.IN, is_open=True)
    for grant in graph.grants:
        if grant.note.pk not in asserting:
            scope = grant.concession.scope
            yield _note_node(graph, grant.note, Label.IN, text=scope and f"Granted, but {scope}")


def _note_node(
    graph: ArgumentGraph, note: Annotation, label: Label, *, is_open: bool = False, text: str = ""
) -> MapNode:
    kind = Kind(note.kind)
    return MapNode(
        id=str(note.pk),
        kind=kind,
        word=_EVIDENCE.get(Stance(note.stance), "Evidence") if note.stance else str(kind.label),
        text=text or _plain(selectors.first_sentence(note.warrant or note.body)),
        place=graph.place_of(note),
        label=label,
        note=note,
        is_open=is_open,
    )


def _plain(markdown: str) -> str:
    """The sentence without the marks of Markdown for emphasis, code and links."""
    return _MARKS.sub(lambda mark: mark["words"] or "", markdown)


# --- the page --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class MapFilters:
    """What of the map the reader asked to see; `start` is the first of the roots that are shown."""

    kind: str = ""
    unanswered: bool = False
    bare: bool = False
    group: UUID | None = None
    round: UUID | None = None
    paragraph: int | None = None
    words: str = ""
    start: int = 0

    @property
    def active(self) -> bool:
        """Whether any filter is set."""
        chosen = (self.kind, self.unanswered, self.bare, self.group, self.round)
        return any(chosen) or self.paragraph is not None or bool(self.words)

    def fits(self, node: MapNode) -> bool:
        """Whether the node is among what is asked for."""
        note = node.note
        return (
            (not self.kind or _family(node) == self.kind)
            and (not self.unanswered or node.is_open)
            and (not self.bare or node.is_bare)
            and (not self.group or (note is not None and note.group_id == self.group))
            and (not self.round or (note is not None and note.round_id == self.round))
            and (self.paragraph is None or node.place.number == self.paragraph)
            and all(word in _said(node) for word in self.words.casefold().split())
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by: its value, its name, how many there are, and whether it is chosen."""

    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(slots=True)
class MapPage:
    """The map, or its outline, as one reader asked for it."""

    graph: ArgumentGraph
    rows: list[MapNode]
    filters: MapFilters
    total: int
    fitting: int
    unanswered: int
    bare: int
    kinds: list[Choice]
    groups: list[Choice]
    rounds: list[Choice]
    is_whole: bool
    next_start: int
    at: datetime


def debate_map(graph: ArgumentGraph, filters: MapFilters, *, at: datetime) -> MapPage:
    """The map of the argument, with what the filters ask for and what stands above that."""
    tree = Tree(graph)
    nodes = list(tree.nodes.values())
    notes = [node.note for node in nodes if node.note]
    page = MapPage(
        graph=graph,
        rows=[],
        filters=filters,
        total=len(nodes),
        fitting=len(nodes),
        unanswered=sum(node.is_open for node in nodes),
        bare=sum(node.is_bare for node in nodes),
        kinds=_kinds(nodes, filters.kind),
        groups=_choices(((note.group_id, note.group) for note in notes), filters.group),
        rounds=_choices(((note.round_id, note.round) for note in notes), filters.round),
        is_whole=True,
        next_start=0,
        at=at,
    )
    if filters.active:
        page.fitting = tree.keep(filters.fits)
    page.rows, page.next_start = tree.rows(filters.start)
    page.is_whole = not page.next_start and not any(node.more for node in page.rows)
    return page


def _family(node: MapNode) -> str:
    return CLAIM if node.kind == THESIS else node.kind


def _said(node: MapNode) -> str:
    return f"{node.word} {node.text} {node.by} {node.host}".casefold()


def _kinds(nodes: Iterable[MapNode], chosen: str) -> list[Choice]:
    counts = Counter(_family(node) for node in nodes)
    known = [(CLAIM, "Claims of the essay"), *((kind.value, str(kind.label)) for kind in Kind)]
    return [
        Choice(value, label, counts[value], is_chosen=value == chosen)
        for value, label in known
        if counts[value] or value == chosen
    ]


def _choices(found: Iterable[tuple[UUID | None, object]], chosen: UUID | None) -> list[Choice]:
    """By how many notes each is meant, the first made first."""
    names: dict[UUID, str] = {}
    counts: Counter[UUID] = Counter()
    for pk, thing in found:
        if pk:
            names[pk] = str(getattr(thing, "name", "")) or str(thing)
            counts[pk] += 1
    return [Choice(str(pk), names[pk], counts[pk], is_chosen=pk == chosen) for pk in sorted(names)]
