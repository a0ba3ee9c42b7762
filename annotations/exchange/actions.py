"""A debate taken in from a file, and taken out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations.actions.changes import NOUNS, write_line, write_lines
from annotations.actions.mapping import actor_on, lock_map
from annotations.enums import Audience, ClaimAct, ClaimOrigin, MapStatus, Op, Status
from annotations.exchange.formats.document import Ref
from annotations.exchange.formats.joining import wording
from annotations.exchange.queries.plans import bears_on, reading_of, takes_thesis
from annotations.models import (
    Claim,
    ClaimAnchor,
    ClaimVersion,
    ImportedGraph,
    Inference,
    Relation,
)
from annotations.selectors import select
from debate.assignments.models import Assignment
from debate.core.errors import Conflict, Missing, NotAllowed
from debate.core.text import clean_name
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from annotations.actions.mapping import Actor
    from annotations.exchange.formats.document import Document, Place
    from debate.accounts.models import User
    from debate.essays.models import Paragraph

ONLY_STAFF = "Only instructors and assistants take in debates from files."
SHORTEST_SPAN = 12  # characters; fewer stand in an essay by chance


@transaction.atomic
def import_debate(
    *, actor: User, assignment_id: UUID, format_name: str, content: bytes, name: str = ""
) -> ImportedGraph:
    """Put the claims of a file on the map, with reasons and challenges, all or nothing.

    What we do not model, and what was said by whom, stays in the file and goes out with the
    debate again. Claims stand where the essay has their words, if it has them once. Raises Missing,
    NotAllowed for all but staff, Invalid on `format` and `file`, GraphRefused with all faults of
    the file, Conflict (`import_exists`) for the same file once more.
    """
    known = Assignment.objects.set_to(actor).select_related("seminar").filter(pk=assignment_id)
    assignment = known.first()
    if assignment is None:
        raise Missing
    if not actor_on(actor, assignment).keeps_map:
        raise NotAllowed(ONLY_STAFF)
    name = clean_name(name, field="file", limit=200, required=False)
    reading = reading_of(content, format_name=format_name)  # seconds, so before the lock
    by = lock_map(actor, assignment_id, may=lambda one: one.keeps_map, refusal=ONLY_STAFF)
    if ImportedGraph.objects.filter(assignment=by.assignment, content=reading.raw).exists():
        raise Conflict(
            "This very file has been taken in already.", field="file", code="import_exists"
        )
    graph = ImportedGraph(
        assignment=by.assignment, by=actor, format=reading.format, name=name, content=reading.raw
    )
    graph.save(force_insert=True)
    graph.mapping = _Making(by, graph, reading.document).make()
    graph.save(update_fields=["mapping"])
    _record(by, graph, Op.CREATE)
    return graph


@transaction.atomic
def undo_import(*, actor: User, graph_id: UUID) -> None:
    """Take away a file and all that it made, as long as nothing of others bears on that.

    Raises Missing, NotAllowed for all but staff, Conflict (`import_in_use`).
    """
    found = _taken_in(actor, graph_id)
    by = lock_map(actor, found.assignment_id, may=lambda one: one.keeps_map, refusal=ONLY_STAFF)
    graph = _taken_in(actor, graph_id)
    others = bears_on(graph)
    if others:
        raise Conflict(
            "Notes, links or marks of others bear on what it made. Take its claims off the map "
            "one by one instead.",
            code="import_in_use",
            extra={"bearing": others},
        )
    _record(by, graph, Op.WITHDRAW)
    graph.delete()


def _taken_in(actor: User, graph_id: UUID) -> ImportedGraph:
    """The file, for staff of its seminar. Raises Missing."""
    known = ImportedGraph.objects.filter(assignment__in=Assignment.objects.set_to(actor))
    found = known.select_related("assignment__seminar").filter(pk=graph_id).first()
    if found is None or not is_staff(membership_of(actor, found.assignment.seminar)):
        raise Missing
    return found


def _record(by: Actor, graph: ImportedGraph, op: Op) -> None:
    """Write a line for the whole import and one for each row, under the assignment's lock."""
    is_new = op == Op.CREATE
    said = {
        "op": op,
        "version": 1 if is_new else 2,
        "author_id": by.user.pk,
        "round_id": by.assignment.pk,
        "status_before": "" if is_new else Status.PUBLISHED,
        "status_after": Status.PUBLISHED if is_new else Status.WITHDRAWN,
        "audience_before": "" if is_new else Audience.SEMINAR,
        "audience_after": Audience.SEMINAR,
    }
    write_line(by.assignment, until=by.until, type="imported_graph", object_id=graph.pk, **said)
    made = [
        {**said, "type": NOUNS[model], "object_id": pk}
        for model in (Claim, Inference, Relation)
        for pk in model.objects.filter(imported=graph).order_by("pk").values_list("pk", flat=True)
    ]
    write_lines(by.assignment, made)


class _Making:
    """The rows of one file, made together."""

    def __init__(self, by: Actor, graph: ImportedGraph, document: Document) -> None:
        self._by, self._graph, self._document = by, graph, document
        self._takes_thesis = takes_thesis(by.assignment)
        self._claims: dict[Ref, Claim] = {}
        self._steps: dict[str, Inference] = {}
        self._attacks: dict[str, Relation] = {}

    def make(self) -> dict[str, dict[str, str]]:
        """Insert the rows; by kind, the file's ids with those of the rows."""
        self._make_claims()
        self._make_steps()
        self._make_attacks()
        made: dict[str, dict[str, str]] = {"claim": {}, "evidence": {}}
        for ref, claim in self._claims.items():
            made[ref.kind][ref.id] = str(claim.pk)
        steps = {id_: str(step.pk) for id_, step in self._steps.items()}
        attacks = {id_: str(attack.pk) for id_, attack in self._attacks.items()}
        return {**made, "inference": steps, "relation": attacks}

    def _owned(self) -> dict[str, Any]:
        return {
            "assignment": self._by.assignment,
            "added_by": self._by.user,
            "imported": self._graph,
            "status": MapStatus.MARKED,
        }

    def _make_claims(self) -> None:
        for one in self._document.claims:
            self._claims[Ref("claim", one.id)] = Claim(
                text=one.text,
                origin=ClaimOrigin.IMPORTED,
                type=one.type,
                is_thesis=one.is_thesis and self._takes_thesis,
                has_burden=one.has_burden,
                is_explicit=one.is_explicit,
                **self._owned(),
            )
        for use in self._document.evidence:
            self._claims[Ref("evidence", use.id)] = Claim(
                text=wording(use), origin=ClaimOrigin.IMPORTED, **self._owned()
            )
        rows = Claim.objects.bulk_create(self._claims.values())
        ClaimVersion.objects.bulk_create(self._first_version(claim) for claim in rows)
        ClaimAnchor.objects.bulk_create(self._anchors())

    def _first_version(self, claim: Claim) -> ClaimVersion:
        facts = ("type", "status", "is_thesis", "has_burden", "is_explicit")
        return ClaimVersion(
            claim=claim,
            version=claim.version,
            act=ClaimAct.CREATE,
            text=claim.text,
            details={name: getattr(claim, name) for name in facts}
            | {"imported": str(self._graph.pk)},
            by=self._by.user,
        )

    def _make_steps(self) -> None:
        for one in self._document.inferences:
            self._steps[one.id] = Inference(
                conclusion=self._claims[Ref("claim", one.conclusion)],
                scheme=one.scheme,
                warrant=one.warrant,
                is_explicit=one.is_explicit,
                **self._owned(),
            )
        Inference.objects.bulk_create(self._steps.values())
        link = Inference.premises.through
        link.objects.bulk_create(
            link(inference=self._steps[one.id], claim=self._claims[premise])
            for one in self._document.inferences
            for premise in one.premises
        )

    def _make_attacks(self) -> None:
        """One attack where the file says the same twice."""
        made: dict[tuple[object, ...], Relation] = {}
        for one in self._document.relations:
            step = self._steps[one.target.id] if one.target.kind == "inference" else None
            relation = Relation(
                kind=one.kind,
                source=self._claims[one.source],
                target_claim=None if step else self._claims[one.target],
                target_inference=step,
                is_one_way=one.is_one_way,
                rationale=one.rationale,
                **self._owned(),
            )
            ends = (relation.kind, relation.source_id, relation.target_id)
            self._attacks[one.id] = made.setdefault(ends, relation)
        Relation.objects.bulk_create(made.values())

    def _anchors(self) -> list[ClaimAnchor]:
        revision = self._by.assignment.revision
        text = _Text(list(revision.paragraphs.all()))
        said = {
            act.target: act.source.id
            for act in self._document.illocutions
            if act.force == "asserting" and act.source.kind == "locution"
        }
        words = {one.id: one.text for one in self._document.locutions}
        found = []
        for one in self._document.claims:
            ref = Ref("claim", one.id)
            spoken = words.get(said.get(ref, ""), "")
            span = text.find(one.places, (spoken, one.text))
            if span:
                found.append(ClaimAnchor(claim=self._claims[ref], revision=revision, **span))
        return found


class _Text:
    """The essay's paragraphs, in which words are looked for."""

    def __init__(self, paragraphs: list[Paragraph]) -> None:
        self._paragraphs = paragraphs
        self._by_key = {str(one.key): one for one in paragraphs}

    def find(self, places: Collection[Place], wordings: Collection[str]) -> dict[str, Any] | None:
        """The fields of an anchor: a place that still holds, else the only place of any words."""
        for place in places:
            paragraph = self._by_key.get(place.paragraph)
            if paragraph and place.start is None and place.exact == paragraph.text:
                return {"paragraph": paragraph}
            if paragraph and _holds(place, paragraph.text):
                return _span(paragraph, place.start or 0, place.end or 0)
        for text in (*(place.exact for place in places), *wordings):
            spans = self._spans(text) if len(text) >= SHORTEST_SPAN else []
            if len(spans) == 1:
                return spans[0]
        return None

    def _spans(self, words: str) -> list[dict[str, Any]]:
        """Where the words stand; two places are enough to know that they are no address."""
        found: list[dict[str, Any]] = []
        for paragraph in self._paragraphs:
            start = paragraph.text.find(words)
            while start >= 0 and len(found) < 2:  # noqa: PLR2004  # see above
                found.append(_span(paragraph, start, start + len(words)))
                start = paragraph.text.find(words, start + 1)
        return found


def _holds(place: Place, text: str) -> bool:
    start, end = place.start, place.end
    if start is None or end is None or not 0 <= start < end <= len(text):
        return False
    return text[start:end] == place.exact


def _span(paragraph: Paragraph, start: int, end: int) -> dict[str, Any]:
    at = select(paragraph.text, start, end)
    return {
        "paragraph": paragraph,
        "start": at.start,
        "end": at.end,
        "exact": at.exact,
        "prefix": at.prefix,
        "suffix": at.suffix,
    }
