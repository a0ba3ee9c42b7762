"""An assignment's argument in the API: claims, what links them, and how each stands and why."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, cast

import orjson
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.arguments import Standing
from annotations.enums import (
    Burden,
    ClaimOrigin,
    ClaimType,
    MapStatus,
    RelationKind,
    Stance,
)
from annotations.queries.graph import LABEL_WORDS, argument_graph
from debate.assignments.models import Assignment
from debate.core.api.views import ApiView
from debate.core.errors import Missing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from rest_framework.request import Request

    from annotations.models import Annotation
    from annotations.queries.graph import ArgumentGraph, ClaimNode, EvidenceNode, Step
    from debate.accounts.models import User

ALGORITHM = "grounded"
LABELS = [label.value for label in LABEL_WORDS]
NODE_TYPES = ("claim", "evidence", "inference")
EDGE_TYPES = ("premise", "conclusion", *RelationKind.values)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the answer that you have; 304 while it is still the same.",
)


class RulesSerializer(serializers.Serializer[Any]):
    """The house rules by which the labels are kept; version 0 where nobody has set any."""

    version = serializers.IntegerField()
    burden = serializers.ChoiceField(choices=Burden.choices)
    symmetric_rebuts = serializers.BooleanField()
    cutoff_at = serializers.DateTimeField(allow_null=True)


class GraphCountsSerializer(serializers.Serializer[Any]):
    """Claims, challenges, and how many of those nobody has answered."""

    claims = serializers.IntegerField()
    challenges = serializers.IntegerField()
    unanswered = serializers.IntegerField()


class GraphAuthorSerializer(serializers.Serializer[Any]):
    """Who wrote the annotation, as you may know it."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    is_alias = serializers.BooleanField()


class NodeSerializer(serializers.Serializer[Any]):
    """A claim, a piece of evidence (its id is the annotation's) or an inference.

    What a type does not have is null.
    """

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=NODE_TYPES)
    text = serializers.CharField(help_text="Of an inference its warrant.")
    label = serializers.ChoiceField(choices=LABELS)  # type: ignore[assignment]  # a name of Field
    annotation = serializers.UUIDField(allow_null=True)
    author = GraphAuthorSerializer(allow_null=True)
    paragraph = serializers.IntegerField(allow_null=True, help_text="The number of the paragraph.")
    origin = serializers.ChoiceField(choices=ClaimOrigin.choices, allow_null=True)
    status = serializers.ChoiceField(choices=MapStatus.choices, allow_null=True)
    claim_type = serializers.ChoiceField(choices=ClaimType.choices, allow_null=True)
    is_thesis = serializers.BooleanField(allow_null=True)
    has_burden = serializers.BooleanField(allow_null=True)
    merged = serializers.ListField(
        child=serializers.UUIDField(), allow_null=True, help_text="Claims that it stands for."
    )
    standing = serializers.ChoiceField(choices=[one.value for one in Standing], allow_null=True)
    open_challenges = serializers.IntegerField(allow_null=True)
    stance = serializers.ChoiceField(choices=Stance.choices, allow_null=True)
    source = serializers.UUIDField(allow_null=True)  # type: ignore[assignment]  # a name of Field
    scheme = serializers.CharField(allow_null=True)
    html_url = serializers.URLField(allow_null=True)


class EdgeSerializer(serializers.Serializer[Any]):
    """A link: premise → inference, inference → conclusion, or attacker → attacked.

    An attack has the id of its relation; the others have none.
    """

    type = serializers.ChoiceField(choices=EDGE_TYPES)
    source = serializers.UUIDField()  # type: ignore[assignment]  # a name of Field
    target = serializers.UUIDField()
    id = serializers.UUIDField(allow_null=True)
    annotation = serializers.UUIDField(allow_null=True)
    is_one_way = serializers.BooleanField(allow_null=True)
    is_conceded = serializers.BooleanField(allow_null=True, help_text="Given up by its author.")


class GraphConcessionSerializer(serializers.Serializer[Any]):
    """What somebody grants, and how far."""

    annotation = serializers.UUIDField()
    claim = serializers.UUIDField()
    scope = serializers.CharField()


class GraphSerializer(serializers.Serializer[Any]):
    """What you may know of an assignment's argument."""

    assignment = serializers.UUIDField()
    snapshot = serializers.CharField(help_text="The same while no label can be another.")
    rules = RulesSerializer()
    counts = GraphCountsSerializer()
    nodes = NodeSerializer(many=True)
    edges = EdgeSerializer(many=True)
    concessions = GraphConcessionSerializer(many=True)
    open_questions = serializers.ListField(child=serializers.UUIDField())


class ChallengeSerializer(serializers.Serializer[Any]):
    """An attack on the element, and what became of it.

    `returned` ones the element made itself, by being contradicted.
    """

    attack = serializers.UUIDField()
    type = serializers.ChoiceField(choices=RelationKind.choices)
    source = serializers.UUIDField()  # type: ignore[assignment]  # a name of Field
    label = serializers.ChoiceField(choices=LABELS)  # type: ignore[assignment]  # a name of Field
    answered_by = serializers.UUIDField(allow_null=True, help_text="The attack that settled it.")
    reason_falls = serializers.BooleanField()
    returned = serializers.BooleanField()


class LabelSerializer(serializers.Serializer[Any]):
    """How one element stands, in words, and why."""

    id = serializers.UUIDField()
    type = serializers.ChoiceField(choices=NODE_TYPES)
    label = serializers.ChoiceField(choices=LABELS)  # type: ignore[assignment]  # a name of Field
    words = serializers.CharField()
    challenges = ChallengeSerializer(many=True)
    missing_reason = serializers.BooleanField()
    fallen = serializers.ListField(child=serializers.UUIDField(), help_text="Premises that fell.")
    cycle = serializers.ListField(
        child=serializers.UUIDField(),
        help_text="Of which each bears on the next and the last on the first.",
    )


class SettingsSerializer(serializers.Serializer[Any]):
    """What the algorithm was given."""

    burden_of_proof = serializers.BooleanField()
    symmetric_rebuts = serializers.BooleanField()


class LabelsSerializer(serializers.Serializer[Any]):
    """The labels: bookkeeping of who has been answered, by these rules."""

    assignment = serializers.UUIDField()
    algorithm = serializers.ChoiceField(choices=[ALGORITHM])
    settings = SettingsSerializer()
    rules = RulesSerializer()
    snapshot = serializers.CharField()
    counts = GraphCountsSerializer()
    labels = LabelSerializer(many=True)


class ArgumentView(ApiView):
    """What views of an assignment's argument share: who sees it, and answers that are the same."""

    queryset = Assignment.objects.none()

    def find(self) -> None:
        """The assignment. Raises Missing."""
        found = Assignment.objects.visible_to(self.request.user).for_pages()
        assignment = found.filter(pk=self.kwargs["assignment_id"]).first()
        if assignment is None:
            raise Missing
        self.assignment = assignment

    def graph(self) -> ArgumentGraph:
        """The argument as the person may know it."""
        return argument_graph(cast("User", self.request.user), self.assignment)

    def answer(self, graph: ArgumentGraph, shown: dict[str, Any]) -> Response:
        """The answer under its ETag: the snapshot, and a digest of what is shown (RFC 9110, 8.8.3)."""
        content = hashlib.sha256(orjson.dumps(shown, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return Response(shown, headers={"ETag": f'"{graph.snapshot[:16]}-{content[:16]}"'})


class GraphView(ArgumentView):
    """The claims of an assignment and what links them."""

    serializer_class = GraphSerializer

    @extend_schema(
        operation_id="assignments_graph_retrieve",
        parameters=[IF_NONE_MATCH],
        responses={200: GraphSerializer, 304: None},
        description="The argument as you may know it, with the label of each element by the "
        "rules in force.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:
        """The graph, with claims, evidence and inferences as its nodes."""
        graph = self.graph()
        shown = {
            **_head(graph, assignment_id),
            "nodes": list(_nodes(graph, request)),
            "edges": list(_edges(graph)),
            "concessions": [
                {"annotation": one.note.pk, "claim": one.claim, "scope": one.concession.scope}
                for one in graph.grants
            ],
            "open_questions": [note.pk for note in graph.questions],
        }
        return self.answer(graph, dict(GraphSerializer(shown).data))


class LabelsView(ArgumentView):
    """How the elements of an assignment's argument stand, and why."""

    serializer_class = LabelsSerializer

    @extend_schema(
        operation_id="assignments_labels_retrieve",
        parameters=[IF_NONE_MATCH],
        responses={200: LabelsSerializer, 304: None},
        description="The label of each claim, piece of evidence and inference, by grounded "
        "semantics under the rules in force, and why it has it.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The labels with their reasons."""
        graph = self.graph()
        shown = {
            **_head(graph, assignment_id),
            "algorithm": ALGORITHM,
            "settings": graph.labelling.rules,
            "labels": [
                _label(graph, element, kind)
                for kind, elements in (
                    ("claim", graph.claims),
                    ("evidence", graph.evidence),
                    ("inference", graph.steps),
                )
                for element in elements
            ],
        }
        return self.answer(graph, dict(LabelsSerializer(shown).data))


def _head(graph: ArgumentGraph, assignment_id: UUID) -> dict[str, Any]:
    return {
        "assignment": assignment_id,
        "snapshot": graph.snapshot,
        "rules": graph.rules,
        "counts": graph.counts,
    }


_NOTHING = dict.fromkeys(NodeSerializer().fields)


def _nodes(graph: ArgumentGraph, request: Request) -> Iterator[dict[str, Any]]:
    place = [graph.assignment.seminar.slug, graph.assignment.slug]
    for claim in graph.claims.values():
        url = reverse("annotations:claim", args=[*place, claim.id], request=request)
        yield _claim(claim) | {"html_url": url}
    for piece in graph.evidence.values():
        url = reverse("annotations:detail", args=[piece.id], request=request)
        yield _evidence(graph, piece) | {"html_url": url}
    for step in graph.steps.values():
        yield _inference(step)


def _claim(node: ClaimNode) -> dict[str, Any]:
    claim = node.claim
    return {
        **_NOTHING,
        **_made_by(node.note),
        "id": node.id,
        "type": "claim",
        "text": claim.text,
        "label": node.label,
        "paragraph": node.place.number,
        "origin": claim.origin,
        "status": claim.status,
        "claim_type": claim.type or None,
        "is_thesis": claim.is_thesis,
        "has_burden": claim.has_burden,
        "merged": [one.pk for one in node.merged],
        "standing": node.standing.standing if node.standing else None,
        "open_challenges": node.open_challenges,
    }


def _evidence(graph: ArgumentGraph, piece: EvidenceNode) -> dict[str, Any]:
    note = piece.note
    return {
        **_NOTHING,
        **_made_by(note),
        "id": piece.id,
        "type": "evidence",
        "text": note.warrant,
        "label": piece.label,
        "paragraph": graph.place_of(note).number,
        "stance": note.stance,
        "source": note.passage.source_id if note.passage else None,
    }


def _inference(step: Step) -> dict[str, Any]:
    return {
        **_NOTHING,
        **_made_by(step.note),
        "id": step.id,
        "type": "inference",
        "text": step.inference.warrant,
        "label": step.label,
        "status": step.inference.status,
        "scheme": step.inference.scheme,
    }


def _made_by(note: Annotation | None) -> dict[str, Any]:
    """The annotation that made the row, and its author as the reader may know it."""
    if note is None:
        return {}
    author = {
        "id": note.shown_author_id,  # type: ignore[attr-defined]  # by `with_shown_author`
        "name": note.shown_author_name,  # type: ignore[attr-defined]  # by `with_shown_author`
        "is_alias": note.shown_as_alias,  # type: ignore[attr-defined]  # by `with_shown_author`
    }
    return {"annotation": note.pk, "author": author}


def _edges(graph: ArgumentGraph) -> Iterator[dict[str, Any]]:
    nothing = dict.fromkeys(EdgeSerializer().fields)
    for step in graph.steps.values():
        for premise in step.premises or (str(step.inference.annotation_id),):
            yield {**nothing, "type": "premise", "source": premise, "target": step.id}
        yield {**nothing, "type": "conclusion", "source": step.id, "target": step.conclusion}
    for edge in graph.attacks.values():
        yield {
            "type": edge.relation.kind,
            "source": edge.source,
            "target": edge.target,
            "id": edge.id,
            "annotation": edge.relation.annotation_id,
            "is_one_way": edge.relation.is_one_way,
            "is_conceded": edge.is_conceded,
        }


def _label(graph: ArgumentGraph, element: str, kind: str) -> dict[str, Any]:
    why = graph.why(element)
    return {
        "id": element,
        "type": kind,
        "label": why.label,
        "words": LABEL_WORDS[why.label],
        "challenges": [
            {
                "attack": one.attack,
                "type": graph.attacks[one.attack].relation.kind,
                "source": one.source,
                "label": one.label,
                "answered_by": one.answered_by,
                "reason_falls": one.reason_falls,
                "returned": one.returned,
            }
            for one in why.challenges
        ],
        "missing_reason": why.missing_reason,
        "fallen": why.fallen,
        "cycle": why.cycle,
    }
