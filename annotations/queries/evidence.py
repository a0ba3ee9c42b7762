"""The evidence of an assignment, source by source, and the debate cards made of it.

A fixed number of queries, whatever there is: what is argued comes from `argument_graph`, the rest
from one look at each kind of row.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.urls import reverse

from annotations.arguments import Label
from annotations.bibliography.cards import Card
from annotations.bibliography.completeness import completeness
from annotations.bibliography.csl import short_author, year_of
from annotations.bibliography.relied import cut
from annotations.enums import Kind, LinkStatus, Match, Stance
from annotations.models import Annotation, LinkHealth, PassageCheck, QualityMark
from annotations.models.named import shown_name
from annotations.queries.graph import argument_graph

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.bibliography.completeness import Completeness
    from annotations.models import Passage, Source
    from annotations.queries.graph import ArgumentGraph
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

SOURCES_A_PAGE = 25
CARDS_A_PAGE = 50

SORTS = {"newest": "Newest first", "title": "Title", "year": "Year", "uses": "Most used"}
STANCES = {str(stance.value): str(stance.label) for stance in Stance}
FLAGS = {
    "unchecked": "Not checked",
    "not_found": "Words not found",
    "contested": "Contested",
    "incomplete": "Citation incomplete",
    "link": "Link not opened, or does not open",
}
NOT_OPENED = "link not opened yet"
NOT_CHECKED = "not checked"
CONTESTED = "contested"
_BROKEN = (LinkStatus.GONE, LinkStatus.UNREACHABLE, LinkStatus.REFUSED)


@dataclass(frozen=True, slots=True)
class EvidenceChoice:
    """What the address asks to see; what is no choice is the usual."""

    q: str = ""
    stance: str = ""
    flag: str = ""
    sort: str = "newest"
    after: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """What a second reader found, in words, and who it was as the reader may know."""

    match: str
    words: str
    by: str
    at: datetime
    opened: bool
    note: str


@dataclass(frozen=True, slots=True)
class Bearing:
    """What a piece of evidence bears on: a claim's words and the address of its page."""

    text: str
    url: str


@dataclass(slots=True)
class Use:
    """One use of a passage: the annotation, what it bears on, who says so, whether it is answered."""

    note: Annotation
    url: str
    by: str
    stance: str
    bearing: Bearing | None
    checks: list[Check]
    is_contested: bool
    has_mark: bool

    @property
    def passage(self) -> Passage:
        """The words that it rests on."""
        assert self.note.passage is not None  # noqa: S101  # evidence has one
        return self.note.passage

    @property
    def last_check(self) -> Check | None:
        """The check that counts."""
        return self.checks[-1] if self.checks else None


@dataclass(slots=True)
class SourceRow:
    """A source with all its uses in the assignment that the reader may see."""

    source: Source
    health: LinkHealth | None
    uses: list[Use] = field(default_factory=list)

    @property
    def id(self) -> str:
        """The source's id, by which a page goes on."""
        return str(self.source.pk)

    @property
    def year(self) -> str:
        """When the work was issued."""
        return year_of(self.source.item)

    @property
    def author(self) -> str:
        """Whom one names as its author."""
        return short_author(self.source.item)

    @property
    def stances(self) -> list[str]:
        """How often it supports, weakens, gives context: only what there is, in words."""
        words = {Stance.SUPPORTS: "supports", Stance.ATTACKS: "weakens", Stance.CONTEXT: "context"}
        counts = {
            word: sum(use.note.stance == one for use in self.uses) for one, word in words.items()
        }
        return [f"{word} {count}" if count > 1 else word for word, count in counts.items() if count]

    @property
    def bearings(self) -> list[Bearing]:
        """The claims that it is used for, once each."""
        found = {use.bearing.url: use.bearing for use in self.uses if use.bearing}
        return list(found.values())

    @property
    def people(self) -> list[str]:
        """Who uses it, once each."""
        return list(dict.fromkeys(use.by for use in self.uses))

    @property
    def checkers(self) -> list[str]:
        """Who found its words, once each."""
        checks = [use.last_check for use in self.uses if use.last_check]
        return list(dict.fromkeys(check.by for check in checks))

    @property
    def completeness(self) -> Completeness:
        """How its citation stands."""
        return completeness_of(self.source, [use.passage for use in self.uses])

    @property
    def flags(self) -> dict[str, str]:
        """What a reader should know of it, in words, by the name under which one can filter."""
        found = {}
        link = link_flag(self.source, self.health)
        if link:
            found["link"] = link
        if any(use.last_check is None for use in self.uses):
            found["unchecked"] = NOT_CHECKED
        if any(use.last_check and use.last_check.match == Match.NOT_FOUND for use in self.uses):
            found["not_found"] = "words not found"
        if any(use.is_contested or use.has_mark for use in self.uses):
            found["contested"] = CONTESTED
        missing = len(self.completeness.missing)
        if missing:
            found["incomplete"] = f"{missing} of 8 citation fields missing"
        if self.source.retraction_note:
            found["retracted"] = "retracted or corrected"
        return found


@dataclass(slots=True)
class EvidencePage:
    """A page of the evidence of an assignment."""

    assignment: Assignment
    choice: EvidenceChoice
    rows: list[SourceRow]
    total: int
    shown: int
    next_after: str


def completeness_of(source: Source, passages: Iterable[Passage] = ()) -> Completeness:
    """How the eight fields of a source's citation stand, its passages' locators included."""
    return completeness(
        source.csl,
        url=source.url,
        doi=source.doi,
        accessed=source.accessed_on,
        qualifications=source.author_qualifications,
        locators=[one.locator for one in passages],
        not_given=source.not_given,
    )


def link_flag(source: Source, health: LinkHealth | None) -> str:
    """What is the matter with a source's link, "" when nothing is or there is none."""
    if not source.href:
        return ""
    if health is None or health.status == LinkStatus.UNCHECKED:
        return NOT_OPENED
    return f"link: {LinkStatus(health.status).label.lower()}" if health.status in _BROKEN else ""


def evidence_page(
    user: User | AnonymousUser, assignment: Assignment, choice: EvidenceChoice
) -> EvidencePage:
    """The sources that evidence of the assignment rests on, as the reader may know of them.

    Each once, with all its uses. `after` goes on behind the source of that id.
    """
    rows = evidence_rows(user, assignment)
    wanted = _chosen(rows, choice)
    ids = [row.id for row in wanted]
    start = ids.index(choice.after) + 1 if choice.after in ids else 0
    shown = wanted[start : start + SOURCES_A_PAGE]
    following = shown[-1].id if start + SOURCES_A_PAGE < len(wanted) else ""
    return EvidencePage(assignment, choice, shown, len(rows), len(wanted), following)


def chosen_rows(
    user: User | AnonymousUser, assignment: Assignment, choice: EvidenceChoice
) -> list[SourceRow]:
    """All rows that the choice takes, in its order."""
    return _chosen(evidence_rows(user, assignment), choice)


def _chosen(rows: list[SourceRow], choice: EvidenceChoice) -> list[SourceRow]:
    return _in_order([row for row in rows if _fits(row, choice)], choice.sort)


def evidence_rows(user: User | AnonymousUser, assignment: Assignment) -> list[SourceRow]:
    """All sources of the assignment's evidence with their uses, the newest source first."""
    graph = argument_graph(user, assignment)
    bearings = _bearings(graph)
    notes = Annotation.objects.visible_to(user).filter(assignment=assignment, kind=Kind.EVIDENCE)
    found = list(notes.counted().for_display(user).order_by("pk"))
    passages = {note.passage_id for note in found}
    checks = checks_of(user, passages)
    marked = _marked(user, found)
    cited = {note.pk: note.passage.source for note in found if note.passage}
    sources = {source.pk for source in cited.values()}
    healths = {one.pk: one for one in LinkHealth.objects.filter(source__in=sources)}
    rows: dict[UUID, SourceRow] = {}
    for note in found:
        note.assignment = assignment
        source = cited[note.pk]
        row = rows.setdefault(source.pk, SourceRow(source, healths.get(source.pk)))
        row.uses.append(_use(note, graph, bearings.get(note.pk), checks, marked))
    return sorted(rows.values(), key=lambda row: row.source.pk, reverse=True)


def _use(
    note: Any,
    graph: ArgumentGraph,
    bearing: Bearing | None,
    checks: dict[UUID, list[Check]],
    marked: set[UUID],
) -> Use:
    node = graph.evidence.get(str(note.pk))
    attacks = graph.attacks_on.get(str(note.pk), [])
    return Use(
        note=note,
        url=note.get_absolute_url(),
        by=note.shown_author_name,
        stance=Stance(note.stance).label,
        bearing=bearing,
        checks=checks.get(note.passage_id, []),
        is_contested=bool(attacks) or (node is not None and node.label is not Label.IN),
        has_mark=note.pk in marked or note.passage_id in marked,
    )


def _bearings(graph: ArgumentGraph) -> dict[UUID, Bearing]:
    """By annotation: the claim that its evidence speaks for or against, where the reader may know it."""
    ends = [(step.note, step.conclusion) for step in graph.steps.values()]
    ends += [(edge.note, edge.target) for edge in graph.attacks.values()]
    found = {}
    for note, claim in ends:
        node = graph.claims.get(claim)
        if note and node:
            where = [graph.assignment.seminar.slug, graph.assignment.slug, node.claim.pk]
            found[note.pk] = Bearing(node.claim.text, reverse("annotations:claim", args=where))
    return found


def checks_of(
    user: User | AnonymousUser, passages: Iterable[UUID | None]
) -> dict[UUID, list[Check]]:
    """The checks of passages that the reader may know of, the oldest first. Takes 1 query."""
    named = PassageCheck.objects.filter(passage__in=[one for one in passages if one]).annotate(
        checker=shown_name(user, person="by", seminar="passage__source__seminar_id")
    )
    found: dict[UUID, list[Check]] = defaultdict(list)
    for one in named.order_by("pk"):
        match = Match(one.match)
        by: str = one.checker  # type: ignore[attr-defined]  # annotated above
        check = Check(one.match, match.label, by, one.at, one.opened, one.note)
        found[one.passage_id].append(check)
    return dict(found)


def _marked(user: User | AnonymousUser, notes: Sequence[Annotation]) -> set[UUID]:
    """The annotations and passages on which a quality mark is open."""
    marks = QualityMark.objects.visible_to(user).open()
    on_notes = marks.filter(annotation__in=[note.pk for note in notes])
    on_passages = marks.filter(passage__in=[note.passage_id for note in notes])
    pairs = (on_notes | on_passages).values_list("annotation_id", "passage_id")
    return {one for pair in pairs for one in pair if one}


def _fits(row: SourceRow, choice: EvidenceChoice) -> bool:
    if choice.stance and not any(use.note.stance == choice.stance for use in row.uses):
        return False
    if choice.flag and choice.flag not in row.flags:
        return False
    if not choice.q:
        return True
    words = [row.source.title, row.author, row.source.host]
    for use in row.uses:
        words += [use.note.warrant, use.passage.quote, use.bearing.text if use.bearing else ""]
    return choice.q.casefold() in " ".join(words).casefold()


def _in_order(rows: list[SourceRow], sort: str) -> list[SourceRow]:
    if sort == "title":
        return sorted(rows, key=lambda row: row.source.title.casefold())
    if sort == "year":
        return sorted(rows, key=lambda row: row.year or "0", reverse=True)
    if sort == "uses":
        return sorted(rows, key=lambda row: len(row.uses), reverse=True)
    return rows


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card with what stands beside it on the page: how it is used, whose it is, who checked it."""

    card: Card
    use: Use
    source: Source


@dataclass(frozen=True, slots=True)
class CardsPage:
    """A page of the debate cards of an assignment; `after` is the annotation of the last one."""

    choice: EvidenceChoice
    cards: list[ShownCard]
    total: int
    next_after: str


def cards_page(
    user: User | AnonymousUser, assignment: Assignment, choice: EvidenceChoice
) -> CardsPage:
    """The cards of the evidence that the choice takes, 50 a page."""
    cards = cards_of(chosen_rows(user, assignment, choice))
    ids = [str(card.use.note.pk) for card in cards]
    start = ids.index(choice.after) + 1 if choice.after in ids else 0
    shown = cards[start : start + CARDS_A_PAGE]
    following = str(shown[-1].use.note.pk) if start + CARDS_A_PAGE < len(cards) else ""
    return CardsPage(choice, shown, len(cards), following)


def cards_of(rows: Iterable[SourceRow]) -> list[ShownCard]:
    """The debate cards of the rows' uses that quote words, in their order."""
    return [
        ShownCard(card_of(row.source, use.passage, use.note.warrant), use, row.source)
        for row in rows
        for use in row.uses
        if use.passage.quote
    ]


def card_of(source: Source, passage: Passage, tag: str) -> Card:
    """The card of a passage, under that tag."""
    return Card(
        tag=tag,
        item=source.item,
        runs=cut(passage.quote, passage.relied_on),
        locator=passage.locator,
        qualifications=source.author_qualifications,
        note=source.retraction_note,
    )
