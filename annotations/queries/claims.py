"""The claims of an essay as their pages show them: listed, looked for, with what bears on them.

A fixed number of queries, whatever there is. What notes assert stands on the debate map.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce

from annotations.enums import ClaimAct, ClaimType, MapStatus, RelationKind
from annotations.models import (
    Annotation,
    Claim,
    ClaimAnchor,
    ClaimVersion,
    Concession,
    Inference,
    Relation,
)
from annotations.models.named import shown_name
from annotations.permissions import (
    may_change_claim,
    may_keep_map,
    may_mark_claims,
    may_propose_claim,
)
from annotations.queries.graph import SHORT_WORDS, argument_graph
from annotations.queries.paragraphs import dom_id
from debate.core.errors import Missing
from debate.core.text import clean
from debate.seminars.permissions import membership_of, oversees

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from annotations.models import HouseRules
    from annotations.queries.graph import ArgumentGraph
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Membership

CLAIMS_A_PAGE = 30
MOST_OFFERED = 50

# What the list can show, by the word in its address.
SHOWN = {
    "map": ("On the map", (MapStatus.MARKED,)),
    "decide": ("To decide on", (MapStatus.PROPOSED, MapStatus.IMPLIED)),
    "off": ("Taken off", (MapStatus.WITHDRAWN,)),
}
_BEHIND_ALL = 1_000_000
_SEMINAR = "assignment__seminar_id"


@dataclass(frozen=True, slots=True)
class Keeper:
    """What a person may do with the claims of an assignment."""

    user: User | AnonymousUser
    membership: Membership | None
    rules: HouseRules
    keeps_map: bool
    marks: bool
    proposes: bool

    @classmethod
    def of(cls, user: User | AnonymousUser, assignment: Assignment, rules: HouseRules) -> Keeper:
        """What the person may do there by those rules; one query."""
        seminar = assignment.seminar
        membership = membership_of(user, seminar)
        return cls(
            user=user,
            membership=membership,
            rules=rules,
            keeps_map=may_keep_map(membership, seminar),
            marks=may_mark_claims(membership, seminar, rules=rules),
            proposes=may_propose_claim(membership, seminar),
        )

    def may_change(self, claim: Claim) -> bool:
        """Whether the person rewords the claim or takes it off."""
        user: Any = self.user
        return may_change_claim(user, self.membership, claim, rules=self.rules)

    def may_restore(self, claim: Claim) -> bool:
        """Whether the person puts the claim back: staff do, others what they took off."""
        if claim.annotation_id or not self.proposes:
            return False
        last = claim.history.order_by("-version").first()
        return self.keeps_map or (last is not None and last.by_id == self.user.pk)


@dataclass(frozen=True, slots=True)
class Words:
    """Where the essay says a claim: the paragraph's number and address, and the words."""

    number: int
    url: str
    exact: str


@dataclass(slots=True)
class ClaimLine:
    """A claim of the list, what bears on it, and what the person may do with it."""

    claim: Claim
    added_by: str
    words: Words | None
    label: str = ""
    reasons: int = 0
    challenges: int = 0
    merged: list[Claim] = field(default_factory=list)
    into: str = ""
    may_change: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the lists that can be looked at."""

    name: str
    label: str
    count: int
    is_current: bool


@dataclass(slots=True)
class ClaimsPage:
    """A page of the essay's claims."""

    graph: ArgumentGraph
    keeper: Keeper
    shown: str
    words: str
    choices: list[Choice]
    lines: list[ClaimLine]
    next_after: UUID | None
    has_thesis: bool

    @property
    def is_empty(self) -> bool:
        """Whether no claim has been marked or proposed at all."""
        return not any(one.count for one in self.choices)


def claims_page(
    user: User | AnonymousUser,
    assignment: Assignment,
    *,
    shown: str = "map",
    words: str = "",
    after: UUID | None = None,
) -> ClaimsPage:
    """The claims that the person may know of, in the order of the text, thirty a page.

    Raises Missing for a cursor that is none, Invalid on `q` for words that cannot be looked for.
    """
    words = clean(words, field="q", limit=200, required=False, one_line=True)
    graph = argument_graph(user, assignment)
    keeper = Keeper.of(user, assignment, graph.rules)
    known = essay_claims(user, assignment)
    counts = dict(known.order_by().values_list("status").annotate(Count("pk")))
    choices = [
        Choice(name, label, sum(counts.get(one, 0) for one in states), name == shown)
        for name, (label, states) in SHOWN.items()
    ]
    asked = known.filter(status__in=SHOWN[shown][1])
    if words:
        asked = asked.filter(text__icontains=words)
    rows = in_text_order(asked, assignment, after)[: CLAIMS_A_PAGE + 1]
    page = list(rows.annotate(adder=shown_name(user, person="added_by", seminar=_SEMINAR)))
    claims = page[:CLAIMS_A_PAGE]
    return ClaimsPage(
        graph=graph,
        keeper=keeper,
        shown=shown,
        words=words,
        choices=[one for one in choices if one.count or one.name == "map" or one.is_current],
        lines=_lines(claims, assignment, graph, keeper),
        next_after=claims[-1].pk if len(page) > CLAIMS_A_PAGE else None,
        has_thesis=graph.thesis is not None,
    )


def essay_claims(user: User | AnonymousUser, assignment: Assignment) -> QuerySet[Claim]:
    """The claims put on the map by hand, or to be, that stand for themselves."""
    known = Claim.objects.visible_to(user).filter(assignment=assignment, annotation=None)
    return known.filter(merged_into=None)


def in_text_order(
    claims: QuerySet[Claim], assignment: Assignment, after: UUID | None = None
) -> QuerySet[Claim]:
    """The claims as the essay says them; those without words last. Raises Missing for no cursor."""
    first = ClaimAnchor.objects.filter(
        claim=OuterRef("pk"), revision=assignment.revision_id, paragraph__isnull=False
    ).order_by("position")
    placed = claims.annotate(
        at=Coalesce(Subquery(first.values("paragraph__position")[:1]), Value(_BEHIND_ALL)),
        start=Coalesce(Subquery(first.values("start")[:1]), Value(0)),
    )
    if after:
        last = placed.filter(pk=after).values_list("at", "start").first()
        if last is None:
            raise Missing
        at, start = last
        behind = Q(at__gt=at) | Q(at=at, start__gt=start)
        placed = placed.filter(behind | Q(at=at, start=start, pk__gt=after))
    return placed.order_by("at", "start", "pk")


def _lines(
    claims: Sequence[Claim], assignment: Assignment, graph: ArgumentGraph, keeper: Keeper
) -> list[ClaimLine]:
    places = words_of(assignment, [claim.pk for claim in claims])
    lines = []
    for claim in claims:
        claim.assignment = assignment
        line = ClaimLine(
            claim=claim,
            added_by=claim.adder,  # type: ignore[attr-defined]  # annotated
            words=places.get(claim.pk),
            may_change=keeper.may_change(claim),
        )
        node = graph.claims.get(str(claim.pk))
        if node:
            line.label = SHORT_WORDS[node.label]
            line.reasons = len(graph.steps_to.get(node.id, ()))
            line.challenges = len(graph.attacks_on.get(node.id, ()))
            line.merged = node.merged
        lines.append(line)
    return lines


def words_of(assignment: Assignment, claims: Iterable[UUID]) -> dict[UUID, Words]:
    """The first place of each of the claims in the text that is shown; one query."""
    anchors = ClaimAnchor.objects.filter(
        claim__in=list(claims), revision=assignment.revision_id, paragraph__number__isnull=False
    ).select_related("paragraph")
    found: dict[UUID, Words] = {}
    url = assignment.get_absolute_url()
    for anchor in anchors.order_by("-position"):
        paragraph = anchor.paragraph
        if paragraph and paragraph.number:
            place = f"{url}#{dom_id(paragraph)}"
            found[anchor.claim_id] = Words(paragraph.number, place, anchor.exact or "")
    return found


# --- one claim -----------------------------------------------------------------------------------


def claim_of(user: User | AnonymousUser, assignment: Assignment, claim_id: UUID) -> Claim:
    """A claim of the assignment that the person may know of. Raises Missing."""
    claims = Claim.objects.visible_to(user).filter(assignment=assignment, pk=claim_id)
    named = claims.annotate(adder=shown_name(user, person="added_by", seminar=_SEMINAR))
    claim = named.select_related("merged_into", "annotation").first()
    if claim is None:
        raise Missing
    claim.assignment = assignment
    return claim


@dataclass(frozen=True, slots=True)
class Bearing:
    """Something that bears on a claim, or that the claim does: its row's id, and it in words."""

    id: UUID
    what: str
    text: str


_ATTACKS = {
    RelationKind.REBUTS: "Says the opposite",
    RelationKind.UNDERMINES: "Says that it is wrong",
    RelationKind.UNDERCUTS: "Says that it does not follow",
}


def bearing_on(user: User | AnonymousUser, claim: Claim) -> list[Bearing]:
    """What bears on the claim, and what it bears on itself, as the person knows it; 4 queries."""
    relations = Relation.objects.visible_to(user).exclude(status=MapStatus.WITHDRAWN)
    attacks = relations.filter(Q(target_claim=claim) | Q(source=claim)).select_related(
        "source", "target_claim", "target_inference__conclusion", "annotation"
    )
    found = [_attack(claim, one) for one in attacks.order_by("id")]
    steps = Inference.objects.visible_to(user).exclude(status=MapStatus.WITHDRAWN)
    reasons = steps.filter(Q(conclusion=claim) | Q(premises=claim)).distinct()
    for one in reasons.select_related("conclusion", "annotation").prefetch_related("premises"):
        if one.conclusion_id == claim.pk:
            texts = [premise.text for premise in one.premises.all()]
            said = " · ".join(texts) or (one.annotation.warrant if one.annotation else "")
            found.append(Bearing(one.pk, "A reason for it", said))
        else:
            found.append(Bearing(one.pk, "It is a reason for", one.conclusion.text))
    readable = Annotation.objects.visible_to(user)
    granted = Concession.objects.filter(claim=claim, annotation__in=readable)
    found += [
        Bearing(grant.pk, "Grants it", grant.scope or grant.annotation.body[:200])
        for grant in granted.select_related("annotation").order_by("id")
    ]
    return found


def _attack(claim: Claim, attack: Relation) -> Bearing:
    if attack.target_claim_id == claim.pk:
        said = attack.source.text if attack.source else ""
        said = said or (attack.annotation.warrant if attack.annotation else "")
        return Bearing(attack.pk, _ATTACKS[RelationKind(attack.kind)], said)
    step = attack.target_inference
    met = attack.target_claim or (step.conclusion if step else None)
    return Bearing(attack.pk, "It attacks", met.text if met else "a piece of evidence")


@dataclass(frozen=True, slots=True)
class Offered:
    """A claim to choose."""

    id: UUID
    text: str
    number: int | None


def claims_to_choose(
    user: User | AnonymousUser,
    assignment: Assignment,
    *,
    words: str = "",
    but: Iterable[UUID] = (),
    keep: Iterable[UUID] = (),
    near: UUID | None = None,
) -> tuple[list[Offered], bool]:
    """Claims on the map that hold the words, fifty at most, and whether there are more.

    `keep` are offered whatever is looked for; with `near`, those of the same paragraph come first.
    """
    known = essay_claims(user, assignment).filter(status=MapStatus.MARKED).exclude(pk__in=list(but))
    kept = list(keep)
    asked = known.filter(Q(text__icontains=words) | Q(pk__in=kept)) if words else known
    places = ClaimAnchor.objects.filter(claim=near, revision=assignment.revision_id)
    beside = places.values_list("paragraph__position", flat=True).first() if near else None
    rank = Case(When(pk__in=kept, then=0), When(at=beside, then=1), default=2)
    rows = in_text_order(asked, assignment).order_by(rank, "at", "start", "pk")  # type: ignore[misc]  # annotated
    claims = list(rows[: MOST_OFFERED + 1])
    words_there = words_of(assignment, [claim.pk for claim in claims])
    offered = [
        Offered(one.pk, one.text, words_there[one.pk].number if one.pk in words_there else None)
        for one in claims[:MOST_OFFERED]
    ]
    return offered, len(claims) > MOST_OFFERED


# --- its history ---------------------------------------------------------------------------------

_MEMBERS = {
    "type": "Kind",
    "is_thesis": "Thesis",
    "has_burden": "Needs a reason",
    "is_explicit": "Said in the essay",
    "status": "Status",
}
VERSIONS_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that a change did, before and after."""

    what: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Version:
    """A state of a claim: who made it, how, and what changed in it."""

    number: int
    act: str
    by: str
    at: datetime
    text: str
    differences: list[Difference]
    other: str = ""


def claim_history(
    user: User | AnonymousUser, claim: Claim, *, before: int | None = None
) -> tuple[list[Version], int | None]:
    """The states of the claim, newest first, and the version before which the next page begins.

    What it was before it came onto the map is for staff over its proposer and for that person.
    """
    versions = readable_versions(user, claim).annotate(
        actor=shown_name(user, person="by", seminar="claim__assignment__seminar_id")
    )
    if before:
        versions = versions.filter(version__lt=before)
    rows = list(versions.order_by("-version")[: VERSIONS_A_PAGE + 1])
    earlier = [*rows[1:], None][: len(rows)]
    others = _others(user, claim, rows)
    found = [
        Version(
            number=one.version,
            act=one.get_act_display(),
            by=one.actor,
            at=one.at,
            text=one.text,
            differences=_differences(then, one),
            other=others.get(_named(one), ""),
        )
        for one, then in zip(rows, earlier, strict=True)
    ]
    more = len(rows) > VERSIONS_A_PAGE
    return found[:VERSIONS_A_PAGE], rows[VERSIONS_A_PAGE - 1].version if more else None


def readable_versions(user: User | AnonymousUser, claim: Claim) -> QuerySet[ClaimVersion]:
    """The states of the claim that the person may read; 3 queries at most, none for what is proposed."""
    versions = claim.history.all()
    if claim.status != MapStatus.MARKED or _read_proposal(user, claim):
        return versions
    first = versions.filter(act__in=(ClaimAct.MARK, ClaimAct.SPLIT, ClaimAct.RESTORE)).first()
    return versions.filter(version__gte=first.version) if first else versions


def _read_proposal(user: User | AnonymousUser, claim: Claim) -> bool:
    """Whether the person could read it while it was proposed."""
    if claim.added_by_id == user.pk:
        return True
    return oversees(membership_of(user, claim.assignment.seminar), claim.added_by_id)


def _named(version: ClaimVersion) -> str:
    """The id of the claim that it was merged into, taken apart from or split from."""
    names = ("merged_into", "apart_from", "split_from")
    return str(next((version.details[name] for name in names if name in version.details), ""))


def _others(
    user: User | AnonymousUser, claim: Claim, versions: Iterable[ClaimVersion]
) -> dict[str, str]:
    ids = {named for one in versions if (named := _named(one))}
    known = Claim.objects.visible_to(user).filter(assignment=claim.assignment_id, pk__in=ids)
    return {str(pk): text for pk, text in known.values_list("pk", "text")} if ids else {}


def _differences(before: ClaimVersion | None, after: ClaimVersion) -> list[Difference]:
    if before is None:
        return []
    found = []
    if before.text != after.text:
        found.append(Difference("Words", before.text, after.text))
    for name, what in _MEMBERS.items():
        old, new = before.details.get(name), after.details.get(name)
        if old != new:
            found.append(Difference(what, _told(name, old), _told(name, new)))
    return found


def _told(name: str, value: Any) -> str:
    if name == "status":
        return str(MapStatus(value).label)
    if name == "type":
        return str(ClaimType(value).label) if value else "not said"
    return "yes" if value else "no"
