"""How claims bear on one another in the API: inferences, relations, concessions, coded attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.coding import code_attack
from annotations.actions.linking import (
    MOST_PREMISES,
    ONLY_KEEPERS,
    ONLY_MARKERS,
    ONLY_STAFF,
    change_link,
    change_relation,
    link_claims,
    relate_claims,
    restore_link,
    restore_relation,
    withdraw_link,
    withdraw_relation,
)
from annotations.actions.refusing import check_coding
from annotations.api.claims import (
    SEMINAR,
    VERSION_HELP,
    MapFilters,
    MapReader,
    MapRowSerializer,
    MapVersionShape,
    with_named,
)
from annotations.api.serializers import AnnotationSerializer
from annotations.api.views import AnnotationReader
from annotations.enums import Attacks, RelationKind
from annotations.models import Concession, Inference, Relation
from debate.core.api.fields import Change, Choice, Id, Shape, Switch, Text, Whole
from debate.core.api.views import ApiViewSet
from debate.core.errors import Missing, NotAllowed

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


def _changes(shape: Shape) -> dict[str, Any]:
    return {name: one for name, one in shape.validated_data.items() if name != "version"}


# --- inferences ----------------------------------------------------------------------------------


class InferenceSerializer(MapRowSerializer):
    """Claims that are, taken together, a reason for another. Of evidence there are no premises."""

    conclusion = serializers.UUIDField(source="conclusion_id", read_only=True)
    premises: serializers.PrimaryKeyRelatedField[Any] = serializers.PrimaryKeyRelatedField(
        many=True, read_only=True, help_text="Claims, oldest first."
    )

    class Meta:
        model = Inference
        fields = [
            "id",
            "assignment",
            "conclusion",
            "premises",
            "scheme",
            "warrant",
            "is_explicit",
            "status",
            "annotation",
            "added_by",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields


class PremisesShape(Shape):
    """What links say, whether new or changed."""

    premises = serializers.ListField(
        child=Id(),
        required=False,
        max_length=MOST_PREMISES,
        error_messages={"max_length": f"At most {MOST_PREMISES} claims are taken together."},
    )
    scheme = Text(required=False, help_text="As Walton calls it, such as `Expert Opinion`.")
    warrant = Text(required=False, help_text="Why it follows, in one sentence.")
    is_explicit = Switch(required=False)


class InferenceShape(PremisesShape):
    """A new reason."""

    assignment = Id()
    conclusion = Id()


class InferenceChangeShape(Change, PremisesShape):
    """What is to change; what is left out stays."""

    empty = {"scheme": "", "warrant": ""}

    version = Whole(required=False, help_text=VERSION_HELP)


class InferenceFilters(MapFilters):
    """Which inferences."""

    conclusion = django_filters.UUIDFilter(field_name="conclusion_id", label="For that claim.")
    premise = django_filters.UUIDFilter(field_name="premises", label="From that claim.")

    class Meta:
        model = Inference
        fields: list[str] = []


class InferenceReader(MapReader):
    """What views that answer with inferences share."""

    queryset = Inference.objects.none()
    serializer_class = InferenceSerializer
    address = "api:inference-detail"

    def get_queryset(self) -> QuerySet[Any]:
        """The inferences that the person may know of."""
        known = Inference.objects.visible_to(self.user)
        links = with_named(known, self.user, person="added_by", seminar=SEMINAR)
        return links.prefetch_related("premises")

    def find(self) -> None:
        """For a change, whether the person changes it. Raises Missing, NotAllowed."""
        if self.request.method in SAFE_METHODS or "pk" not in self.kwargs:
            return
        known = Inference.objects.visible_to(self.user).select_related("assignment__seminar")
        link = known.filter(pk=self.kwargs["pk"]).first()
        if link is None:
            raise Missing
        keeper = self.keeper(link.assignment)
        own = link.added_by_id == self.user.pk and keeper.marks
        if link.annotation_id or not (keeper.keeps_map or own):
            raise NotAllowed(ONLY_KEEPERS)

    def shown(self, inference: Inference) -> dict[str, Any]:
        """The inference as it is now."""
        fresh = self.get_queryset().get(pk=inference.pk)
        return dict(InferenceSerializer(fresh, context=self.get_serializer_context()).data)


@extend_schema_view(
    list=extend_schema(
        description="What is a reason for what, as far as you may know of all of it; oldest first."
    ),
    retrieve=extend_schema(description="One inference."),
)
class InferenceViewSet(
    mixins.ListModelMixin, mixins.RetrieveModelMixin, InferenceReader, ApiViewSet
):
    """Inferences: read, made, changed, taken off."""

    filterset_class = InferenceFilters

    @extend_schema(
        request=InferenceShape,
        responses={201: InferenceSerializer},
        description="Say that claims, taken together, are a reason for another. For whoever marks "
        "claims.",
    )
    def create(self, request: Request) -> Response:
        """Link claims."""
        assignment, keeper = self.open_assignment(request.data, InferenceShape)
        if not keeper.marks:
            raise NotAllowed(ONLY_MARKERS)
        shape = InferenceShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        link = link_claims(
            actor=self.user,
            assignment_id=assignment.pk,
            conclusion_id=given["conclusion"],
            premise_ids=given.get("premises", []),
            scheme=given.get("scheme", ""),
            warrant=given.get("warrant", ""),
            is_explicit=given.get("is_explicit", True),
        )
        address = reverse("api:inference-detail", args=[link.pk], request=request)
        return Response(self.shown(link), status=201, headers={"Location": address})

    @extend_schema(
        request=InferenceChangeShape,
        responses={200: InferenceSerializer},
        description="Change a reason. What an annotation makes changes with that alone.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the inference."""
        shape = InferenceChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        changes = _changes(shape)
        premises = changes.pop("premises", None)
        link = change_link(
            actor=self.user,
            inference_id=pk,
            version=self.version(shape),
            premise_ids=premises,
            **changes,
        )
        return Response(self.shown(link))

    @extend_schema(responses={204: None}, description="Take a reason off the map.")
    def destroy(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the inference off."""
        withdraw_link(actor=self.user, inference_id=pk, version=self.version())
        return Response(status=204)


class InferenceRestoreView(InferenceReader):
    """A reason put back that was taken off."""

    @extend_schema(
        request=MapVersionShape,
        responses={200: InferenceSerializer},
        operation_id="inferences_restore_update",
        description="Put a reason back on the map.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Put the inference back."""
        shape = MapVersionShape(data=request.data)
        shape.is_valid(raise_exception=True)
        version = self.version(shape)
        return Response(self.shown(restore_link(actor=self.user, inference_id=pk, version=version)))


# --- relations -----------------------------------------------------------------------------------

TARGETS = [(one, one) for one in ("claim", "inference", "evidence")]


class RelationTargetSerializer(serializers.Serializer[Relation]):
    """What is attacked: a claim, the step of an inference, or an annotation of kind evidence."""

    type = serializers.ChoiceField(choices=TARGETS, read_only=True)
    id = serializers.UUIDField(read_only=True)


class RelationSerializer(MapRowSerializer):
    """A claim, or a piece of evidence, attacks something. Without source it is the annotation's."""

    source = serializers.UUIDField(source="source_id", read_only=True, allow_null=True)  # type: ignore[assignment]  # a member of that name
    target = serializers.SerializerMethodField()

    class Meta:
        model = Relation
        fields = [
            "id",
            "assignment",
            "kind",
            "source",
            "target",
            "is_one_way",
            "rationale",
            "status",
            "annotation",
            "added_by",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    @extend_schema_field(RelationTargetSerializer)
    def get_target(self, relation: Relation) -> dict[str, str]:
        """What is attacked."""
        of_type = next(one for one, _ in TARGETS if getattr(relation, f"target_{one}_id"))
        return {"type": of_type, "id": str(relation.target_id)}


class RelationTargetShape(Shape):
    """Exactly one thing that is attacked."""

    type = Choice(choices=TARGETS)
    id = Id()


class RelationWordsShape(Shape):
    """What can be said of a relation later on."""

    is_one_way = Switch(required=False, help_text="A rebuttal is else contradicted in turn.")
    rationale = Text(required=False, help_text="At most 500 characters.")


class RelationShape(RelationWordsShape):
    """A new relation."""

    assignment = Id()
    kind = Choice(choices=RelationKind.choices)
    source = Id()  # type: ignore[assignment]  # a member of that name
    target = RelationTargetShape()


class RelationChangeShape(Change, RelationWordsShape):
    """What is to change; what is left out stays."""

    empty = {"rationale": ""}

    version = Whole(required=False, help_text=VERSION_HELP)


class RelationFilters(MapFilters):
    """Which relations."""

    kind = django_filters.ChoiceFilter(choices=RelationKind.choices, label="Of that kind.")
    source = django_filters.UUIDFilter(field_name="source_id", label="By that claim.")
    target = django_filters.UUIDFilter(
        method="against", label="Against that claim, inference or piece of evidence."
    )

    class Meta:
        model = Relation
        fields: list[str] = []

    def against(
        self,
        queryset: QuerySet[Relation],
        name: str,  # noqa: ARG002 - django-filter's signature
        value: UUID,
    ) -> QuerySet[Relation]:
        """Relations with that target."""
        return queryset.filter(
            Q(target_claim=value) | Q(target_inference=value) | Q(target_evidence=value)
        )


class RelationReader(MapReader):
    """What views that answer with relations share."""

    queryset = Relation.objects.none()
    serializer_class = RelationSerializer
    address = "api:relation-detail"

    def get_queryset(self) -> QuerySet[Any]:
        """The relations that the person may know of."""
        known = Relation.objects.visible_to(self.user)
        return with_named(known, self.user, person="added_by", seminar=SEMINAR)

    def find(self) -> None:
        """For a change, whether the person changes it. Raises Missing, NotAllowed."""
        if self.request.method in SAFE_METHODS or "pk" not in self.kwargs:
            return
        known = Relation.objects.visible_to(self.user).select_related("assignment__seminar")
        relation = known.filter(pk=self.kwargs["pk"]).first()
        if relation is None:
            raise Missing
        if relation.annotation_id or not self.keeper(relation.assignment).keeps_map:
            raise NotAllowed(ONLY_STAFF)

    def shown(self, relation: Relation) -> dict[str, Any]:
        """The relation as it is now."""
        fresh = self.get_queryset().get(pk=relation.pk)
        return dict(RelationSerializer(fresh, context=self.get_serializer_context()).data)


@extend_schema_view(
    list=extend_schema(
        description="What attacks what, as far as you may know of both ends; oldest first."
    ),
    retrieve=extend_schema(description="One relation."),
)
class RelationViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, RelationReader, ApiViewSet):
    """Relations: read, made, changed, taken off."""

    filterset_class = RelationFilters

    @extend_schema(
        request=RelationShape,
        responses={201: RelationSerializer},
        description="Say that a claim attacks another (`rebuts`, `undermines`), a piece of "
        "evidence (`undermines`) or an inference (`undercuts`). For staff.",
    )
    def create(self, request: Request) -> Response:
        """Relate a claim to something."""
        assignment, keeper = self.open_assignment(request.data, RelationShape)
        if not keeper.keeps_map:
            raise NotAllowed(ONLY_STAFF)
        shape = RelationShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = dict(shape.validated_data)
        target = given.pop("target")
        relation = relate_claims(
            actor=self.user,
            assignment_id=assignment.pk,
            kind=given["kind"],
            source_id=given["source"],
            is_one_way=given.get("is_one_way", False),
            rationale=given.get("rationale", ""),
            **{f"target_{target['type']}_id": target["id"]},
        )
        address = reverse("api:relation-detail", args=[relation.pk], request=request)
        return Response(self.shown(relation), status=201, headers={"Location": address})

    @extend_schema(
        request=RelationChangeShape,
        responses={200: RelationSerializer},
        description="Change what is said of a relation. For staff; what an annotation makes "
        "changes with that alone.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the relation."""
        shape = RelationChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        version = self.version(shape)
        relation = change_relation(
            actor=self.user, relation_id=pk, version=version, **_changes(shape)
        )
        return Response(self.shown(relation))

    @extend_schema(
        responses={204: None},
        description="Take a relation off the map. For staff.",
    )
    def destroy(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the relation off."""
        withdraw_relation(actor=self.user, relation_id=pk, version=self.version())
        return Response(status=204)


class RelationRestoreView(RelationReader):
    """A relation put back that was taken off."""

    @extend_schema(
        request=MapVersionShape,
        responses={200: RelationSerializer},
        operation_id="relations_restore_update",
        description="Put a relation back on the map. For staff.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Put the relation back."""
        shape = MapVersionShape(data=request.data)
        shape.is_valid(raise_exception=True)
        version = self.version(shape)
        relation = restore_relation(actor=self.user, relation_id=pk, version=version)
        return Response(self.shown(relation))


# --- concessions ---------------------------------------------------------------------------------


class ConcessionSerializer(serializers.ModelSerializer[Concession]):
    """What the author of an annotation grants, and how far."""

    assignment = serializers.UUIDField(source="annotation.assignment_id", read_only=True)
    annotation = serializers.UUIDField(source="annotation_id", read_only=True)
    claim = serializers.UUIDField(source="claim_id", read_only=True)

    class Meta:
        model = Concession
        fields = ["id", "assignment", "annotation", "claim", "scope"]
        read_only_fields = fields


class ConcessionFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which concessions."""

    assignment = django_filters.UUIDFilter(
        field_name="annotation__assignment_id", label="In that assignment."
    )
    seminar = django_filters.UUIDFilter(
        field_name="annotation__assignment__seminar_id", label="In that seminar."
    )
    essay = django_filters.UUIDFilter(
        field_name="annotation__assignment__essay_id", label="On that essay."
    )
    annotation = django_filters.UUIDFilter(
        field_name="annotation_id", label="Made by that annotation."
    )
    claim = django_filters.UUIDFilter(field_name="claim_id", label="That grant that claim.")

    class Meta:
        model = Concession
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(
        description="What is granted: the common ground. Concessions are made by annotations."
    ),
    retrieve=extend_schema(description="One concession."),
)
class ConcessionViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """Concessions, to read."""

    queryset = Concession.objects.none()
    serializer_class = ConcessionSerializer
    filterset_class = ConcessionFilters

    def get_queryset(self) -> QuerySet[Concession]:
        """Those that stand and that the person may know of."""
        known = Concession.objects.visible_to(self.request.user)
        return known.standing().select_related("annotation")


# --- what a counterargument attacks --------------------------------------------------------------


class AttacksShape(Shape):
    """What a counterargument attacks."""

    attacks = Choice(choices=[one for one in Attacks.choices if one[0] != Attacks.UNSPECIFIED])
    claim = Id(required=False, allow_null=True, help_text="The claim; else the one it is now.")
    version = Whole(required=False, help_text=VERSION_HELP)


class AttacksView(AnnotationReader):
    """What a counterargument attacks, said by its author or staff."""

    def find(self) -> None:
        """The annotation, and whether the person codes it. Raises NotAllowed, Gone."""
        self.annotation = self.find_one(self.kwargs["pk"])
        check_coding(self.user, self.membership(self.annotation), self.annotation)

    @extend_schema(
        request=AttacksShape,
        responses={200: AnnotationSerializer},
        operation_id="annotations_attacks_update",
        description="Say what a counterargument attacks. Its words stay. For its author and staff.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Code the counterargument."""
        shape = AttacksShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        coded = code_attack(
            actor=self.user,
            annotation_id=pk,
            attacks=given["attacks"],
            claim_id=given.get("claim"),
            version=self.version(shape),
        )
        return Response(self.shown(coded))
