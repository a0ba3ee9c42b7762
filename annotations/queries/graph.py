"""The argument of an assignment as one reader may know it: claims, what bears on them, and labels.

Rows become the pure graph of `annotations.arguments` here. A fixed number of queries, whatever the
size; labels are worked out once for each state of the map (`snapshot`) and kept in the process.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from annotations import arguments
from annotations.arguments import Label, Standing
from annotations.enums import (
    ASSERTS,
    Burden,
    ClaimOrigin,
    Kind,
    RelationKind,
    Stance,
)
from annotations.models import (
    Anchor,
    Annotation,
    Claim,
    ClaimAnchor,
    Concession,
    HouseRules,
    Inference,
    Relation,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from django.contrib.auth.models import AnonymousUser

    from annotations.arguments import ClaimStanding, Labelling, Why
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

# Exactly these words stand wherever a label is shown.
LABEL_WORDS = {
    Label.IN: "standing: no open challenge, or every challenge is answered",
    Label.OUT: "has an unanswered challenge",
    Label.UNDECIDED: "contested: each side answers the other",
}
SHORT_WORDS = {
    Label.IN: "standing",
    Label.OUT: "has an unanswered challenge",
    Label.UNDECIDED: "contested",
}


_MADE = ("claim", "relation", "inference", "concession")
_TIMED = ("claim", "passage", "passage__source")
_TIMES = [f"{one}__{time}_at" for one in _TIMED for time in ("created", "updated")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where words stand in the essay: the paragraph's number and address, and the words."""

    number: int | None
    position: int
    start: int
    exact: str
    url: str

    @property
    def words(self) -> str:
        """The place in a few words: "¶ 4"."""
        return f"¶ {self.number}" if self.number else "the essay"


NOWHERE = Place(None, 1_000_000, 0, "", "")


@dataclass(slots=True)
class ClaimNode:
    """A claim as it is drawn; `note` is the annotation that asserts it, if any."""

    claim: Claim
    note: Annotation | None
    place: Place
    label: Label = Label.IN
    standing: ClaimStanding | None = None
    merged: list[Claim] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The claim's id, by which the other parts of the graph name it."""
        return str(self.claim.pk)

    @property
    def words(self) -> str:
        """The label in full."""
        return LABEL_WORDS[self.label]

    @property
    def is_of_essay(self) -> bool:
        """Whether the essay, or an imported map, says it rather than an annotation."""
        return self.claim.origin != ClaimOrigin.ANNOTATION

    @property
    def open_challenges(self) -> int:
        """How many challenges to it nobody has met."""
        return self.standing.open_challenges if self.standing else 0

    @property
    def is_dropped(self) -> bool:
        """Whether a challenge to it stands without an answer."""
        return self.standing is not None and self.standing.standing == Standing.UNANSWERED


@dataclass(slots=True)
class Step:
    """Premises for a conclusion; of evidence, `evidence` is the annotation and premises are empty."""

    inference: Inference
    premises: tuple[str, ...]
    conclusion: str
    note: Annotation | None
    label: Label = Label.IN

    @property
    def id(self) -> str:
        """The inference's id."""
        return str(self.inference.pk)

    @property
    def is_evidence(self) -> bool:
        """Whether its premise is a passage."""
        return self.note is not None and self.note.kind == Kind.EVIDENCE

    @property
    def words(self) -> str:
        """The label in full."""
        return LABEL_WORDS[self.label]


@dataclass(slots=True)
class AttackEdge:
    """What attacks what: `source` a claim or evidence, `target` a claim, a step or evidence."""

    relation: Relation
    source: str
    target: str
    note: Annotation | None
    is_conceded: bool = False

    @property
    def id(self) -> str:
        """The relation's id."""
        return str(self.relation.pk)


@dataclass(slots=True)
class EvidenceNode:
    """The use of a passage; its id is the annotation's."""

    note: Annotation
    label: Label = Label.IN

    @property
    def id(self) -> str:
        """The annotation's id."""
        return str(self.note.pk)


@dataclass(slots=True)
class Grant:
    """A concession: what was granted, and how far."""

    concession: Concession
    note: Annotation
    claim: str


@dataclass
class ArgumentGraph:
    """What one reader may know of an assignment's argument, with labels by the rules in force.

    `questions` are those without an answer, `notes` all annotations that argue or ask.
    """

    assignment: Assignment
    rules: HouseRules
    claims: dict[str, ClaimNode]
    steps: dict[str, Step]
    attacks: dict[str, AttackEdge]
    evidence: dict[str, EvidenceNode]
    grants: list[Grant]
    questions: list[Annotation]
    notes: dict[UUID, Annotation]
    places: dict[UUID, Place]
    debate: arguments.Debate
    labelling: Labelling
    snapshot: str

    @property
    def thesis(self) -> ClaimNode | None:
        """The claim that the essay argues for, where somebody has marked it."""
        return next((one for one in self.claims.values() if one.claim.is_thesis), None)

    @property
    def essay_claims(self) -> list[ClaimNode]:
        """The claims of the essay, in the order of its text."""
        own = [one for one in self.claims.values() if one.is_of_essay]
        return sorted(own, key=lambda one: (one.place.position, one.place.start, one.id))

    @cached_property
    def attacks_on(self) -> dict[str, list[AttackEdge]]:
        """By the id of a claim, step or evidence: the attacks on it, the oldest first."""
        found = defaultdict(list)
        for edge in self.attacks.values():
            found[edge.target].append(edge)
        return dict(found)

    @cached_property
    def steps_to(self) -> dict[str, list[Step]]:
        """By the id of a claim: the steps that conclude it."""
        found = defaultdict(list)
        for step in self.steps.values():
            found[step.conclusion].append(step)
        return dict(found)

    @cached_property
    def steps_from(self) -> dict[str, list[Step]]:
        """By the id of a claim: the steps that use it as a premise."""
        found = defaultdict(list)
        for step in self.steps.values():
            for premise in step.premises:
                found[premise].append(step)
        return dict(found)

    def why(self, element: str) -> Why:
        """Why a claim, step or evidence has its label."""
        return self.labelling.why(element)

    def place_of(self, note: Annotation) -> Place:
        """Where the note's thread stands in the essay."""
        return self.places.get(note.root_id or note.pk, NOWHERE)

    @property
    def counts(self) -> dict[str, int]:
        """What stands beside every label: claims, challenges, and those that nobody has answered."""
        live = [one for one in self.attacks.values() if not one.is_conceded]
        return {
            "claims": len(self.claims),
            "challenges": len(live),
            "unanswered": sum(self.is_open(one) for one in live),
        }

    def is_open(self, edge: AttackEdge) -> bool:
        """Whether it is a challenge that its author has not given up and nobody has answered."""
        return not edge.is_conceded and self.labelling.labels[edge.source] is not Label.OUT

    def has_evidence(self, claim: str) -> bool:
        """Whether somebody brought evidence for the claim itself."""
        return any(step.is_evidence for step in self.steps_to.get(claim, ()))

    def pivots(self, claim: str) -> list[Annotation]:
        """The annotations whose withdrawal would give the claim another label, the oldest first.

        Worked out once for each state of the map.
        """
        goes_with: dict[UUID, set[str]] = defaultdict(set)
        for rows in (self.claims, self.steps, self.attacks, self.evidence):
            for row in rows.values():
                if row.note:
                    goes_with[row.note.pk].add(row.id)
        removable = tuple((str(pk), frozenset(goes_with[pk])) for pk in sorted(goes_with))
        state = _Snapshot(self.snapshot, self.debate, self.labelling.rules)
        return [self.notes[UUID(pk)] for pk in _pivots(state, claim, removable)]


def rules_of(assignment: Assignment) -> HouseRules:
    """The house rules in force; the defaults, as version 0, where nobody has set any."""
    found = HouseRules.objects.filter(assignment=assignment).order_by("-version").first()
    return found or HouseRules(assignment=assignment, version=0)


def argument_graph(
    user: User | AnonymousUser, assignment: Assignment, *, rules: HouseRules | None = None
) -> ArgumentGraph:
    """The argument as the person may know it, by the rules in force or by those given.

    Of annotations it holds what is published for more than its author alone; private, held,
    pending, hidden and withdrawn ones move no label. 8 queries, 7 with `rules`.
    """
    rules = rules or rules_of(assignment)
    notes = {note.pk: note for note in _notes(user, assignment, rules)}
    mapped = _mapped_claims(user, assignment, notes.values())
    places = _places(assignment, notes.values(), mapped)
    nodes = _claim_nodes(notes.values(), mapped, places)
    standing_for = {
        str(one.pk): str(one.merged_into_id or one.pk)
        for one in [*mapped, *(note.claim for note in notes.values() if _has(note, "claim"))]
    }
    nodes = _merged(nodes, standing_for)
    evidence = {
        str(note.pk): EvidenceNode(note) for note in notes.values() if note.kind == Kind.EVIDENCE
    }
    links = Inference.objects.on_map(user).filter(assignment=assignment)
    steps = _steps(assignment, links, notes, nodes, standing_for=standing_for)
    relations = Relation.objects.on_map(user).filter(assignment=assignment)
    attacks = _attacks(relations, notes, {*nodes, *steps, *evidence}, standing_for)
    grants = _grants(notes.values(), nodes, standing_for)
    debate = _debate(rules, nodes, steps, attacks, evidence=evidence, grants=grants)
    by_rules = arguments.HouseRules(
        burden_of_proof=rules.burden != Burden.NONE, symmetric_rebuts=rules.symmetric_rebuts
    )
    snapshot = arguments.snapshot_hash(debate, by_rules)
    labelling = _labelled(_Snapshot(snapshot, debate, by_rules))
    standings = arguments.dropped(debate, labelling)
    for node in nodes.values():
        node.label, node.standing = labelling.labels[node.id], standings[node.id]
    for step in steps.values():
        step.label = labelling.labels[step.id]
    for piece in evidence.values():
        piece.label = labelling.labels[piece.id]
    return ArgumentGraph(
        assignment=assignment,
        rules=rules,
        claims=nodes,
        steps=steps,
        attacks=attacks,
        evidence=evidence,
        grants=grants,
        questions=[
            note
            for note in notes.values()
            if note.kind == Kind.QUESTION and note.is_unanswered  # type: ignore[attr-defined]  # annotated
        ],
        notes=notes,
        places=places,
        debate=debate,
        labelling=labelling,
        snapshot=snapshot,
    )


@dataclass(frozen=True)
class _Snapshot:
    """A state of the map under rules; two of one hash are the same."""

    hash: str
    debate: arguments.Debate = field(compare=False)
    rules: arguments.HouseRules = field(compare=False)


@lru_cache(maxsize=64)
def _pivots(
    snapshot: _Snapshot, claim: str, removable: tuple[tuple[str, frozenset[str]], ...]
) -> tuple[str, ...]:
    return arguments.pivots(snapshot.debate, snapshot.rules, claim, dict(removable))


@lru_cache(maxsize=64)
def _labelled(snapshot: _Snapshot) -> Labelling:
    return arguments.label_debate(snapshot.debate, snapshot.rules)


def _notes(
    user: User | AnonymousUser, assignment: Assignment, rules: HouseRules
) -> Iterable[Annotation]:
    """The annotations that make a claim, bear on one or ask, the oldest first."""
    arguing = (
        Q(claim__isnull=False)
        | Q(relation__isnull=False)
        | Q(inference__isnull=False)
        | Q(concession__isnull=False)
        | Q(kind__in=(Kind.EVIDENCE, Kind.QUESTION))
    )
    readable = Annotation.objects.visible_to(user)
    notes = readable.filter(arguing, assignment=assignment).counted().with_is_unanswered(readable)
    if rules.cutoff_at:
        notes = notes.filter(published_at__lte=rules.cutoff_at)
    return (
        notes.with_shown_author(user)
        .select_related("round", "group", "passage__source", *_MADE)
        .defer("body_html", "search", "status_reason", *_TIMES)
        .order_by("id")
    )


def _has(note: Annotation, name: str) -> bool:
    return getattr(note, name, None) is not None


def _mapped_claims(
    user: User | AnonymousUser, assignment: Assignment, notes: Iterable[Annotation]
) -> list[Claim]:
    """The essay's and imported claims: those on the map, and those that one of the notes bears on."""
    borne_on = [pk for note in notes for pk in _bears_on(note) if pk]
    known = Claim.objects.on_map(user, borne_on).filter(assignment=assignment)
    return list(known.order_by("id"))


def _bears_on(note: Annotation) -> Iterator[UUID | None]:
    if _has(note, "relation"):
        yield note.relation.target_claim_id
    if _has(note, "inference"):
        yield note.inference.conclusion_id
    if _has(note, "concession"):
        yield note.concession.claim_id


def _places(
    assignment: Assignment, notes: Iterable[Annotation], claims: Sequence[Claim]
) -> dict[UUID, Place]:
    """By the id of a claim, or of the first note of a thread: where it stands in the shown text."""
    shown = {"revision": assignment.revision_id, "paragraph__isnull": False}
    columns = ("paragraph__number", "paragraph__position", "start", "exact")
    roots = {note.root_id or note.pk for note in notes}
    rows = [
        *ClaimAnchor.objects.filter(claim__in=[one.pk for one in claims], **shown)
        .order_by("-position")
        .values_list("claim_id", *columns),
        *Anchor.objects.filter(annotation__in=roots, **shown)
        .order_by("-position")
        .values_list("annotation_id", *columns),
    ]
    text = reverse("annotations:reading", args=[assignment.seminar.slug, assignment.slug])
    return {
        owner: Place(
            number, position, start or 0, exact or "", f"{text}#p-{number}" if number else text
        )
        for owner, number, position, start, exact in rows
    }


def _claim_nodes(
    notes: Iterable[Annotation], mapped: Iterable[Claim], places: dict[UUID, Place]
) -> dict[str, ClaimNode]:
    nodes = {
        str(claim.pk): ClaimNode(claim, None, places.get(claim.pk, NOWHERE)) for claim in mapped
    }
    borne_on = {pk for note in notes for pk in _bears_on(note)}
    for note in notes:
        if _has(note, "claim") and (note.kind in ASSERTS or note.claim.pk in borne_on):
            place = places.get(note.root_id or note.pk, NOWHERE)
            nodes[str(note.claim.pk)] = ClaimNode(note.claim, note, place)
    return nodes


def _merged(nodes: dict[str, ClaimNode], standing_for: dict[str, str]) -> dict[str, ClaimNode]:
    """The nodes that stand for themselves; one whose stand-in the reader may not know does too."""
    kept = {}
    for name, node in nodes.items():
        stand_in = nodes.get(standing_for[name])
        if stand_in is None or stand_in is node:
            kept[name] = node
            standing_for[name] = name
        else:
            stand_in.merged.append(node.claim)
    return kept


def _steps(
    assignment: Assignment,
    mapped: Iterable[Inference],
    notes: dict[UUID, Annotation],
    nodes: dict[str, ClaimNode],
    *,
    standing_for: dict[str, str],
) -> dict[str, Step]:
    """Steps all of whose claims are known to the reader: the notes' own, and those on the map."""
    own = (note.inference for note in notes.values() if _has(note, "inference"))
    made = sorted([*mapped, *own], key=lambda one: one.pk)
    premises = defaultdict(list)
    # Of the whole assignment, so that a map without steps asks as often; other pairs are left.
    pairs = Inference.premises.through.objects.filter(inference__assignment=assignment)
    for inference_id, claim_id in pairs.order_by("id").values_list("inference_id", "claim_id"):
        premises[inference_id].append(str(claim_id))
    steps = {}
    for inference in made:
        note = notes[inference.annotation_id] if inference.annotation_id else None
        names = [standing_for.get(one, one) for one in premises[inference.pk]]
        names = list(dict.fromkeys(names))
        end = standing_for.get(str(inference.conclusion_id), "")
        is_known = end in nodes and all(name in nodes for name in names)
        is_whole = end not in names and (names or (note and note.kind == Kind.EVIDENCE))
        if is_known and is_whole:
            steps[str(inference.pk)] = Step(inference, tuple(names), end, note)
    return steps


def _attacks(
    mapped: Iterable[Relation],
    notes: dict[UUID, Annotation],
    known: set[str],
    standing_for: dict[str, str],
) -> dict[str, AttackEdge]:
    """Attacks both of whose ends are known to the reader: the notes' own, and those on the map."""
    own = (note.relation for note in notes.values() if _has(note, "relation"))
    edges: dict[str, AttackEdge] = {}
    ends = set()
    for relation in sorted([*mapped, *own], key=lambda one: one.pk):
        note = notes[relation.annotation_id] if relation.annotation_id else None
        source = str(relation.source_id or relation.annotation_id)
        target = str(relation.target_id)
        source, target = standing_for.get(source, source), standing_for.get(target, target)
        is_new = (source, relation.kind, target) not in ends
        if is_new and source != target and {source, target} <= known:
            ends.add((source, relation.kind, target))
            edges[str(relation.pk)] = AttackEdge(relation, source, target, note)
    return edges


def _grants(
    notes: Iterable[Annotation], nodes: dict[str, ClaimNode], standing_for: dict[str, str]
) -> list[Grant]:
    grants = []
    for note in notes:
        if _has(note, "concession"):
            claim = standing_for.get(str(note.concession.claim_id), "")
            if claim in nodes:
                grants.append(Grant(note.concession, note, claim))
    return grants


def _debate(
    rules: HouseRules,
    nodes: dict[str, ClaimNode],
    steps: dict[str, Step],
    attacks: dict[str, AttackEdge],
    *,
    evidence: dict[str, EvidenceNode],
    grants: Sequence[Grant],
) -> arguments.Debate:
    """The rows as the pure graph takes them.

    Evidence for a claim is the premise of a step, evidence against one is itself an attacker. To
    undermine a claim that is nobody's premise is to attack it one way.
    """
    against = {name for name, piece in evidence.items() if piece.note.stance == Stance.ATTACKS}
    inferences = tuple(
        arguments.Inference(
            step.id, step.premises or (str(step.inference.annotation_id),), step.conclusion
        )
        for step in steps.values()
    )
    premises = {one for inference in inferences for one in inference.premises}
    premises |= set(evidence) - against
    granted = {(grant.note.author_id, grant.claim) for grant in grants}
    concluding = {step.id: step.conclusion for step in steps.values()}
    for edge in attacks.values():
        about = concluding.get(edge.target, edge.target)
        edge.is_conceded = edge.note is not None and (edge.note.author_id, about) in granted
    return arguments.Debate(
        claims=(
            *(arguments.Claim(node.id, burden=_has_burden(node, rules)) for node in nodes.values()),
            *(arguments.Claim(name) for name in sorted(against)),
        ),
        inferences=inferences,
        attacks=tuple(_attack(edge, premises, nodes, granted) for edge in attacks.values()),
        premises=tuple(sorted(set(evidence) - against)),
        conceded=frozenset(edge.id for edge in attacks.values() if edge.is_conceded),
    )


def _attack(
    edge: AttackEdge,
    premises: set[str],
    nodes: dict[str, ClaimNode],
    granted: set[tuple[UUID, str]],
) -> arguments.Attack:
    """The edge as an attack; whoever granted the challenge no longer answers it in turn."""
    kind = arguments.AttackKind(edge.relation.kind)
    one_way = edge.relation.is_one_way
    if edge.relation.kind == RelationKind.UNDERMINES and edge.target not in premises:
        kind, one_way = arguments.AttackKind.REBUTS, True
    target = nodes.get(edge.target)
    if target and target.note and (target.note.author_id, edge.source) in granted:
        one_way = True
    return arguments.Attack(edge.id, kind, edge.source, edge.target, preferred=one_way)


def _has_burden(node: ClaimNode, rules: HouseRules) -> bool:
    return {
        Burden.NONE: False,
        Burden.THESIS: node.claim.is_thesis,
        Burden.ESSAY: node.is_of_essay,
        Burden.MARKED: node.claim.has_burden,
    }[Burden(rules.burden)]
