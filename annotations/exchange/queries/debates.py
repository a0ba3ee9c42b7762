"""An assignment's debate as a document, as far as one reader may know it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING, Any

from django.db.models.functions import Coalesce

from annotations.bibliography.csl import short_author, title_of, year_of
from annotations.enums import Kind
from annotations.exchange.formats import strict
from annotations.exchange.formats.document import (
    Claim,
    Concession,
    Document,
    Essay,
    Evidence,
    Illocution,
    Inference,
    Locution,
    Person,
    Place,
    Ref,
    Relation,
    Transition,
)
from annotations.exchange.formats.joining import Taken, joined
from annotations.exchange.formats.registry import FORMATS, READERS
from annotations.models import Anchor, ClaimAnchor, ImportedGraph
from annotations.queries.graph import argument_graph
from debate.assignments.models import Assignment
from debate.core.errors import Invalid
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.exchange.formats.registry import Format
    from annotations.models import Annotation, Passage
    from annotations.queries.graph import ArgumentGraph
    from debate.accounts.models import User

THE_ESSAY = "essay"
"""The id of the essay's author among the people."""


@dataclass(frozen=True, slots=True)
class Export:
    """A file made of a debate; `digest` tells one state of the debate from another."""

    format: Format
    filename: str
    content: bytes
    digest: str


def export_of(user: User | AnonymousUser, assignment: Assignment, name: str) -> Export:
    """The assignment's debate in the format of that name. Raises Invalid on `format`."""
    form = FORMATS.get(name)
    if form is None:
        raise Invalid("Choose one of: " + ", ".join(FORMATS) + ".", field="format")
    content = form.write(debate_of(user, assignment))
    filename = f"{assignment.slug}.{form.ending}"
    return Export(form, filename, content, hashlib.sha256(content).hexdigest())


def debate_of(user: User | AnonymousUser, assignment: Assignment) -> Document:
    """The argument and the dialogue, as the person may know them and by the names shown to them.

    Comments, quality marks, grades and labels are no part of it. What imported files hold besides
    their rows is, for those to whom the assignment is set; but not for students of a seminar that
    uses pseudonyms, as such a file may name people. A fixed number of queries.
    """
    graph = argument_graph(user, assignment)
    document = _Draft(graph, _places(assignment, graph)).document()
    return joined(document, _taken(user, assignment))


def _taken(user: User | AnonymousUser, assignment: Assignment) -> list[Taken]:
    seminar = assignment.seminar
    if not Assignment.objects.set_to(user).filter(pk=assignment.pk).exists():
        return []
    is_named = is_staff(membership_of(user, seminar)) if user.pk else False
    aliased = Assignment.objects.filter(seminar=seminar, uses_pseudonyms=True)
    if not is_named and aliased.exists():
        return []
    return [
        Taken(str(one.pk), READERS[one.format](strict.dump(one.content)), one.mapping)
        for one in ImportedGraph.objects.filter(assignment=assignment).order_by("id")
    ]


def _places(assignment: Assignment, graph: ArgumentGraph) -> dict[UUID, list[Place]]:
    """By the id of a claim or an annotation: where it stands in the text that is shown."""
    claims = [node.claim.pk for node in graph.claims.values() if node.note is None]
    shown = {"revision": assignment.revision_id, "paragraph__isnull": False}
    text = Coalesce("exact", "paragraph__text")
    columns = ("paragraph__key", "paragraph__number", "start", "end", text, "prefix", "suffix")
    rows = [
        *ClaimAnchor.objects.filter(claim__in=claims, **shown)
        .order_by("claim_id", "position")
        .values_list("claim_id", *columns),
        *Anchor.objects.filter(annotation__in=graph.notes, **shown)
        .order_by("annotation_id", "position")
        .values_list("annotation_id", *columns),
    ]
    found: dict[UUID, list[Place]] = {}
    for owner, paragraph, *rest in rows:
        found.setdefault(owner, []).append(Place(str(paragraph), *rest))
    return found


class _Draft:
    def __init__(self, graph: ArgumentGraph, places: dict[UUID, list[Place]]) -> None:
        self._graph, self._places = graph, places
        self._essay_said: dict[str, str] = {}
        self._bears_on: dict[UUID, str] = {}
        self._transitions: dict[str, Transition] = {}
        self._illocutions: list[Illocution] = []

    def document(self) -> Document:
        """The whole, in the order of the graph."""
        graph = self._graph
        assignment = graph.assignment
        self._note_bearings()
        essay_said = self._essay_locutions()
        locutions = [self._locution(note) for note in graph.notes.values()]
        for note in graph.notes.values():
            self._reply(note)
        self._acts()
        return Document(
            title=assignment.title,
            at=self._moment(),
            essay=Essay(
                assignment.essay.title,
                assignment.essay.byline_author,
                assignment.revision.number,
            ),
            people=self._people(has_essay=bool(essay_said)),
            claims=tuple(self._claims()),
            inferences=tuple(self._inferences()),
            relations=tuple(self._relations()),
            evidence=tuple(self._evidence()),
            locutions=(*essay_said, *locutions),
            illocutions=tuple(self._illocutions),
            transitions=tuple(self._transitions.values()),
            concessions=tuple(
                Concession(
                    str(grant.concession.pk),
                    str(grant.note.pk),
                    grant.claim,
                    grant.concession.scope,
                )
                for grant in graph.grants
            ),
        )

    def _moment(self) -> str:
        """When anything of it last changed."""
        graph = self._graph
        times = [
            *(note.updated_at for note in graph.notes.values()),
            *(node.claim.updated_at for node in graph.claims.values() if node.note is None),
            *(step.inference.updated_at for step in graph.steps.values()),
            *(edge.relation.updated_at for edge in graph.attacks.values()),
        ]
        return _utc(max(times)) if times else ""

    def _note_bearings(self) -> None:
        """Which claim each annotation bears on."""
        graph = self._graph
        for step in graph.steps.values():
            if step.note:
                self._bears_on[step.note.pk] = step.conclusion
        for edge in graph.attacks.values():
            step_hit = graph.steps.get(edge.target)
            target = step_hit.conclusion if step_hit else edge.target
            if edge.note and target in graph.claims:
                self._bears_on[edge.note.pk] = target
        for grant in graph.grants:
            self._bears_on[grant.note.pk] = grant.claim

    def _people(self, *, has_essay: bool) -> tuple[Person, ...]:
        essay = self._graph.assignment.essay
        found = {}
        if has_essay:
            found[THE_ESSAY] = Person(THE_ESSAY, essay.byline_author or "Essay")
        for note in self._graph.notes.values():
            person = _speaker(note)
            found[person.id] = person
        return tuple(found.values())

    def _claims(self) -> Iterable[Claim]:
        for node in self._graph.claims.values():
            claim = node.claim
            yield Claim(
                node.id,
                claim.text,
                claim.origin,  # type: ignore[arg-type]  # the same words
                claim.status if node.note is None else "marked",  # type: ignore[arg-type]
                claim.type,  # type: ignore[arg-type]
                is_thesis=claim.is_thesis,
                has_burden=claim.has_burden,
                is_explicit=claim.is_explicit,
                added_by=_speaker(node.note).id if node.note else None,
                places=tuple(self._places.get(claim.pk, ())) if node.note is None else (),
            )

    def _inferences(self) -> Iterable[Inference]:
        for step in self._graph.steps.values():
            row, note = step.inference, step.note
            premises = tuple(Ref("claim", premise) for premise in step.premises)
            if note and not premises:
                premises = (Ref("evidence", str(note.pk)),)
            yield Inference(
                step.id,
                step.conclusion,
                premises,
                row.scheme,
                row.warrant,
                is_explicit=row.is_explicit,
                added_by=_speaker(note).id if note else None,
            )

    def _relations(self) -> Iterable[Relation]:
        for edge in self._graph.attacks.values():
            row = edge.relation
            yield Relation(
                edge.id,
                row.kind,  # type: ignore[arg-type]  # the same words
                self._ref(edge.source),
                self._ref(edge.target),
                is_one_way=row.is_one_way,
                rationale=row.rationale,
                added_by=_speaker(edge.note).id if edge.note else None,
            )

    def _ref(self, id_: str) -> Ref:
        if id_ in self._graph.claims:
            return Ref("claim", id_)
        return Ref("inference" if id_ in self._graph.steps else "evidence", id_)

    def _evidence(self) -> Iterable[Evidence]:
        for piece in self._graph.evidence.values():
            note = piece.note
            passage: Any = note.passage  # evidence has one, by constraint
            yield Evidence(
                piece.id,
                self._bears_on.get(note.pk),
                note.stance,  # type: ignore[arg-type]  # the same words
                note.warrant,
                passage.quote,
                passage.locator,
                _cite(passage),
                _csl(passage),
            )

    def _essay_locutions(self) -> list[Locution]:
        """What the essay says, where its claims stand in its words.

        Who says an imported claim is told by its file.
        """
        found = []
        for node in self._graph.essay_claims:
            places = self._places.get(node.claim.pk)
            if places and not node.claim.imported_id:
                said = f"{THE_ESSAY}:{node.id}"
                self._essay_said[node.id] = said
                found.append(
                    Locution(said, places[0].exact, THE_ESSAY, kind=THE_ESSAY, place=places[0])
                )
                self._act(said, "asserting", Ref("locution", said), Ref("claim", node.id))
        return found

    def _locution(self, note: Annotation) -> Locution:
        places = self._places.get(note.pk, ())
        return Locution(
            str(note.pk),
            note.body or note.counterclaim or note.warrant,
            _speaker(note).id,
            _utc(note.published_at or note.created_at),
            note.kind,
            next(iter(places), None),
        )

    def _reply(self, note: Annotation) -> None:
        """From what was said before to this: the note answered, else the words of the essay."""
        graph = self._graph
        before = next((one for one in (note.parent_id, note.root_id) if one in graph.notes), None)
        source = str(before) if before else self._essay_said.get(self._bears_on.get(note.pk, ""))
        if source:
            self._transitions[str(note.pk)] = Transition(str(note.pk), source, str(note.pk))

    def _acts(self) -> None:
        """What was done by saying it, or by replying."""
        graph = self._graph
        for node in graph.claims.values():
            merged = [
                graph.notes.get(one.annotation_id) for one in node.merged if one.annotation_id
            ]
            for note in filter(None, [node.note, *merged]):
                self._asserting(note, Ref("claim", node.id))
        for piece in graph.evidence.values():
            self._asserting(piece.note, Ref("evidence", piece.id))
        for step in graph.steps.values():
            self._arguing(step.id, step.note, step.premises, step.conclusion)
        for edge in graph.attacks.values():
            if edge.note and str(edge.note.pk) in self._transitions:
                source = Ref("transition", str(edge.note.pk))
                self._act(edge.id, "disagreeing", source, Ref("relation", edge.id))
        for note in graph.notes.values():
            if note.kind == Kind.QUESTION:
                self._asking(note)

    def _asserting(self, note: Annotation, target: Ref) -> None:
        self._act(f"{note.pk}:{target.id}", "asserting", Ref("locution", str(note.pk)), target)

    def _arguing(
        self, step: str, note: Annotation | None, premises: tuple[str, ...], conclusion: str
    ) -> None:
        move = str(note.pk) if note else f"{THE_ESSAY}:{step}"
        if note is None:
            said = [self._essay_said[one] for one in premises if one in self._essay_said]
            if said and conclusion in self._essay_said:
                source = self._essay_said[conclusion]
                self._transitions[move] = Transition(move, source, said[0])
        if move in self._transitions:
            self._act(step, "arguing", Ref("transition", move), Ref("inference", step))

    def _asking(self, note: Annotation) -> None:
        """What the question is about: what the note asserts that it is put to."""
        asked = self._graph.notes.get(note.parent_id) if note.parent_id else None
        claim = getattr(asked, "claim", None)
        known = claim is not None and str(claim.pk) in self._graph.claims
        target = Ref("claim", str(claim.pk)) if known else None  # type: ignore[union-attr]  # known
        self._act(f"{note.pk}:asking", "questioning", Ref("locution", str(note.pk)), target)

    def _act(self, id_: str, force: str, source: Ref, target: Ref | None) -> None:
        self._illocutions.append(Illocution(id_, force, source, target))


def _speaker(note: Annotation) -> Person:
    """The author under the name that the reader is shown."""
    return Person(str(note.shown_author_id), str(note.shown_author_name))  # type: ignore[attr-defined]  # annotated


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _cite(passage: Passage) -> str:
    """Who said it and when, in a line, else what the work is called."""
    source = passage.source
    spoken = " ".join(filter(None, (short_author(source.csl), year_of(source.csl))))
    return spoken or title_of(source.csl) or source.host or source.doi


def _csl(passage: Passage) -> dict[str, object]:
    """The work as CSL-JSON, with its identifiers."""
    source = passage.source
    identifiers = {"DOI": source.doi, "URL": source.url}
    return {**source.csl, **{name: value for name, value in identifiers.items() if value}}
