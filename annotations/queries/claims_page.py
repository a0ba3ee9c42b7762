"""The page of one claim: its words, its label and why, and everything that bears on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse

from annotations.arguments import Label
from annotations.enums import Kind, MapStatus, RelationKind
from annotations.models import Claim, QualityMark
from annotations.permissions import may_annotate, may_reply
from annotations.queries.claims import Keeper
from annotations.queries.debate_map import FOR, GRANTS, HERE, LINKED, REASON, Tree
from annotations.queries.graph import SHORT_WORDS, argument_graph
from debate.core.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.models import Annotation
    from annotations.queries.debate_map import Link, MapNode
    from annotations.queries.graph import ArgumentGraph
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Membership

ENTRIES_A_PAGE = 100
BEARS = {
    REASON: "supports",
    LINKED: "supports, together with another reason",
    FOR: "speaks for",
    GRANTS: "grants",
    HERE: "stands beside",
    RelationKind.REBUTS: "says the opposite of",
    RelationKind.UNDERMINES: "says that this is wrong",
    RelationKind.UNDERCUTS: "says that nothing follows from",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What bears on the claim; `step` is the label of the step between them where that is open.

    `change_url` is where whoever keeps the map changes a link that was made on it by hand.
    """

    node: MapNode
    link: Link
    step: str = ""
    change_url: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """A challenge, and what became of it.

    `answer` is what settled it; without one it may lack a reason that it needs (`reason_falls`).
    `returned` says that the claim itself made it, by being contradicted.
    """

    challenge: MapNode
    standing: str
    is_standing: bool
    answer: MapNode | None
    reason_falls: bool
    returned: bool


@dataclass(frozen=True, slots=True)
class Act:
    """What the reader may write about the claim, or do with it on the map, and where."""

    kind: str
    label: str
    url: str


@dataclass(slots=True)
class ClaimPage:
    """What the page of a claim shows.

    `node` is None where the claim is no part of the map: it was taken off, or only its author
    reads the note that makes it.
    """

    graph: ArgumentGraph
    claim: Claim
    node: MapNode | None
    met: list[Met] = field(default_factory=list)
    missing_reason: bool = False
    cycle: list[MapNode] = field(default_factory=list)
    bears_on: list[tuple[str, MapNode]] = field(default_factory=list)
    reasons: list[Entry] = field(default_factory=list)
    challenges: list[Entry] = field(default_factory=list)
    evidence: list[Entry] = field(default_factory=list)
    questions: list[Entry] = field(default_factory=list)
    concessions: list[Entry] = field(default_factory=list)
    others: list[Entry] = field(default_factory=list)
    total: int = 0
    next_start: int = 0
    marks: int = 0
    acts: list[Act] = field(default_factory=list)
    tools: list[Act] = field(default_factory=list)
    pivots: list[Annotation] | None = None

    @property
    def challenged(self) -> list[Met]:
        """The challenges that somebody made to it."""
        return [one for one in self.met if not one.returned]


@dataclass(frozen=True, slots=True)
class Merged:
    """The claim is shown as another, of that id."""

    into: UUID


def claim_page(
    user: User | AnonymousUser,
    assignment: Assignment,
    claim_id: UUID,
    *,
    start: int = 0,
    with_pivots: bool = False,
) -> ClaimPage | Merged:
    """The page of the claim, as the person may know it. Raises Missing. 11 queries."""
    graph = argument_graph(user, assignment)
    if str(claim_id) not in graph.claims:
        known = Claim.objects.visible_to(user).filter(assignment=assignment, pk=claim_id)
        claim = known.select_related("merged_into").first()
        if claim is None:
            raise Missing
        if str(claim.merged_into_id) in graph.claims and claim.merged_into_id:
            return Merged(claim.merged_into_id)
        return ClaimPage(graph, claim, None)
    tree = Tree(graph)
    node = tree.nodes[str(claim_id)]
    page = ClaimPage(graph, graph.claims[node.id].claim, node)
    _explain(page, tree)
    keeper = Keeper.of(user, assignment, graph.rules)
    _gather(page, tree, start, keeps_map=keeper.keeps_map)
    if node.parent:
        link = next(one for one in tree.links[node.parent.id] if one.child == node.id)
        page.bears_on.append((BEARS[link.how], node.parent))
    page.bears_on += [(also.words, also.node) for also in node.also]
    page.marks = QualityMark.objects.visible_to(user).open().filter(claim=claim_id).count()
    page.acts = _acts(keeper.membership, assignment, node)
    page.tools = _tools(keeper, assignment, page.claim)
    page.pivots = graph.pivots(node.id) if with_pivots else None
    return page


def _explain(page: ClaimPage, tree: Tree) -> None:
    """Why it has its label: each challenge with what became of it, else the circle."""
    graph = page.graph
    why = graph.why(str(page.claim.pk))
    page.missing_reason = why.missing_reason
    for one in why.challenges:
        answer = None
        if one.answered_by:
            edge = graph.attacks[one.answered_by]
            answer = edge.source if edge.source != one.source else edge.target
        page.met.append(
            Met(
                challenge=tree.nodes[one.source],
                standing=SHORT_WORDS[one.label],
                is_standing=one.label is Label.IN,
                answer=_element(tree, answer) if answer else None,
                reason_falls=one.reason_falls,
                returned=one.returned,
            )
        )
    page.cycle = [found for one in why.cycle if (found := _element(tree, one))]


def _element(tree: Tree, element: str) -> MapNode | None:
    """The node of a claim or evidence; of a step, that of what it concludes."""
    step = tree.graph.steps.get(element)
    return tree.nodes.get(step.conclusion if step else element)


def _gather(page: ClaimPage, tree: Tree, start: int, *, keeps_map: bool) -> None:
    """What bears on it, a page of it, by what it does."""
    links = tree.links[str(page.claim.pk)]
    page.total = len(links)
    following = start + ENTRIES_A_PAGE
    page.next_start = following if following < len(links) else 0
    for link in links[start:following]:
        step = tree.graph.steps.get(link.step)
        open_step = SHORT_WORDS[step.label] if step and step.label is not Label.IN else ""
        entry = Entry(
            tree.nodes[link.child], link, open_step, _change_url(page, link) if keeps_map else ""
        )
        _section(page, entry).append(entry)


def _change_url(page: ClaimPage, link: Link) -> str:
    """Where the link is changed; what a note made is changed with the note."""
    graph = page.graph
    place = [graph.assignment.seminar.slug, graph.assignment.slug]
    step = graph.steps.get(link.step)
    if step and step.note is None:
        return reverse("annotations:inference_edit", args=[*place, step.id])
    attacks = graph.attacks_on.get(str(page.claim.pk), [])
    for edge in attacks if link.is_challenge else []:
        if edge.source == link.child and edge.note is None:
            return reverse("annotations:relation_withdraw", args=[*place, edge.id])
    return ""


def _tools(keeper: Keeper, assignment: Assignment, claim: Claim) -> list[Act]:
    """What the reader may do with the claim on the map."""
    place = [assignment.seminar.slug, assignment.slug]
    tools = []
    if claim.annotation_id is None and keeper.may_change(claim):
        url = reverse("annotations:claim_edit", args=[*place, claim.pk])
        tools.append(Act("edit", "Change the claim", url))
    if keeper.marks and claim.status == MapStatus.MARKED:
        url = reverse("annotations:claims_link", args=place)
        tools.append(Act("link", "Say what is a reason for it", f"{url}?conclusion={claim.pk}"))
    if keeper.keeps_map and claim.status == MapStatus.MARKED:
        url = reverse("annotations:claims_relate", args=[*place, claim.pk])
        tools.append(Act("relate", "Say what it attacks", url))
    return tools


def _section(page: ClaimPage, entry: Entry) -> list[Entry]:
    if entry.link.is_challenge:
        return page.challenges
    if entry.node.kind == Kind.EVIDENCE and not entry.node.claim:
        return page.evidence
    if entry.link.how == GRANTS:
        return page.concessions
    if entry.node.kind == Kind.QUESTION and entry.link.how == HERE:
        return page.questions
    return page.others if entry.link.how == HERE else page.reasons


def _acts(membership: Membership | None, assignment: Assignment, node: MapNode) -> list[Act]:
    """What the reader may write about the claim, below its note or at its place in the essay."""
    if node.note:
        node.note.assignment = assignment
        if not may_reply(membership, node.note):
            return []
        url = reverse("annotations:reply", args=[node.note.pk])
    elif node.place.number and may_annotate(membership, assignment.seminar):
        place = [assignment.seminar.slug, assignment.slug, assignment.revision.number]
        url = reverse("annotations:create", args=[*place, node.place.number])
    else:
        return []
    labels: Sequence[tuple[Kind, str]] = (
        (Kind.COUNTERARGUMENT, "Counter it"),
        (Kind.SUPPORT, "Support it"),
        (Kind.EVIDENCE, "Bring evidence"),
        (Kind.CONCESSION, "Grant it"),
    )
    return [Act(kind, label, f"{url}?kind={kind}&claim={node.id}") for kind, label in labels]
