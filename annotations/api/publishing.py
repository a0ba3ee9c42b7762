"""The next revision of an essay through the API: what publishing would do, where notes go, and the act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions import decide_placement, publish_revision
from annotations.actions.publishing import revision_draft
from annotations.models import Annotation
from annotations.publication import open_assignments, standing_anchors
from annotations.review import Affected, Review, Words, review
from debate.accounts.enums import Scope
from debate.core.api.fields import Choice, Shape, Text, Whole
from debate.core.api.filters import whole_parameter
from debate.core.api.views import ApiView
from debate.core.errors import Missing
from debate.essays.api.essays import RevisionSerializer

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


CHOICES = ("by_hand", "orphan")
VERSION = "The draft's `version` that you looked at; 409 when it is outdated."


class HeadChangeSerializer(serializers.Serializer[Any]):
    """Something that stands above the essay and changes."""

    name = serializers.CharField(source="label", read_only=True)
    before = serializers.CharField(read_only=True)
    after = serializers.CharField(read_only=True)


class WordsSerializer(serializers.Serializer[Words]):
    """Words within a paragraph; `exact` is empty where the whole paragraph is meant."""

    paragraph = serializers.IntegerField(source="number", read_only=True, allow_null=True)
    exact = serializers.CharField(read_only=True)
    before = serializers.CharField(read_only=True)
    after = serializers.CharField(read_only=True)


class AffectedSerializer(serializers.Serializer[Affected]):
    """An annotation that does not stay exactly where it is; nowhere to go means that it loses its place."""

    annotation = serializers.UUIDField(source="id", read_only=True)
    kind = serializers.CharField(read_only=True)
    author_name = serializers.CharField(read_only=True)
    was = WordsSerializer(many=True, read_only=True)
    goes = WordsSerializer(many=True, read_only=True)
    decision = serializers.CharField(
        read_only=True, help_text="What was decided by hand; empty where the proposal stands."
    )


class ReviewSerializer(serializers.Serializer[Review]):
    """What publishing the draft would do."""

    version = serializers.IntegerField(source="draft.version", read_only=True)
    essay = serializers.UUIDField(source="essay.pk", read_only=True)
    revision = serializers.IntegerField(source="number", read_only=True)
    base = serializers.IntegerField(source="base_number", read_only=True)
    refusal = serializers.CharField(
        read_only=True, help_text="Why it cannot be published as it stands; else empty."
    )
    is_overtaken = serializers.SerializerMethodField()
    changes_nothing = serializers.BooleanField(read_only=True)
    changes_text = serializers.BooleanField(read_only=True)
    head = HeadChangeSerializer(many=True, read_only=True)
    annotations = serializers.IntegerField(source="total", read_only=True)
    staying = serializers.IntegerField(read_only=True)
    changing = serializers.IntegerField(read_only=True)
    unseen = serializers.IntegerField(
        read_only=True, help_text="Annotations that are carried over and not yours to read."
    )
    claims = serializers.IntegerField(read_only=True)
    claims_lost = serializers.SerializerMethodField()
    affected = AffectedSerializer(many=True, read_only=True)
    page = serializers.IntegerField(read_only=True)
    pages = serializers.IntegerField(read_only=True)

    def get_is_overtaken(self, found: Review) -> bool:
        """Whether somebody else published a revision since the draft was begun."""
        return found.overtaken is not None

    def get_claims_lost(self, found: Review) -> list[str]:
        """The ids of claims of the map whose words are gone."""
        return [str(one.pk) for one in found.claims_lost]


class DraftOfRevision(ApiView):
    """What views of a revision to be published share."""

    required_scope = Scope.ADMIN

    def find(self) -> None:
        """The person's own draft. Raises Missing, NotAllowed."""
        self.draft = revision_draft(self.user, self.kwargs["pk"])


class ChangesView(DraftOfRevision):
    """What publishing a draft would change."""

    serializer_class = ReviewSerializer
    query_parameters = frozenset({"page"})

    @extend_schema(
        operation_id="imports_changes_retrieve",
        parameters=[OpenApiParameter("page", int, description="Of `affected`, from 1.")],
        description="What publishing your draft of a revision would do: what changes above the "
        "text, and which annotations do not stay exactly where they are, fifty a page.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The review."""
        page = whole_parameter(request, "page") or 1
        found = review(user=self.user, draft=self.draft, page=page)
        return Response(ReviewSerializer(found).data)


class PublicationShape(Shape):
    """What is said of the new revision, and which version of the draft was looked at."""

    note = Text(required=False)
    version = Whole(required=False, help_text=VERSION)


class PublishView(DraftOfRevision):
    """A draft published as its essay's next revision."""

    @extend_schema(
        request=PublicationShape,
        responses={201: RevisionSerializer},
        operation_id="imports_publish_create",
        description="Publish your draft as the essay's next revision: its open assignments show it "
        "from now on, with every annotation carried over. For instructors, with the scope `admin`.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Publish it."""
        shape = PublicationShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        version = self.version(shape)
        revision = publish_revision(
            actor=self.user,
            import_id=pk,
            version=self.draft.version if version is None else version,
            note=given.get("note", ""),
        )
        at = [revision.essay_id, revision.number]
        address = reverse("api:revision-detail", args=at, request=request)
        return Response(
            RevisionSerializer(revision).data, status=201, headers={"Location": address}
        )


class PlacementShape(Shape):
    """Where an annotation goes: to words by hand, or nowhere."""

    choice = Choice(choices=CHOICES)
    block = Whole(
        required=False,
        help_text="The place, from 0, of its paragraph among those that the draft would save.",
    )
    start = Whole(required=False, help_text="Offset in code points; left out, the whole paragraph.")
    end = Whole(required=False, help_text="Offset in code points, half-open.")
    version = Whole(required=False, help_text=VERSION)


class PlacementSerializer(serializers.Serializer[Any]):
    """Where an annotation goes when the draft is published."""

    annotation = serializers.UUIDField(source="annotation_id", read_only=True)
    choice = serializers.SerializerMethodField()
    block = serializers.IntegerField(read_only=True, allow_null=True)
    start = serializers.IntegerField(read_only=True, allow_null=True)
    end = serializers.IntegerField(read_only=True, allow_null=True)
    exact = serializers.CharField(read_only=True, allow_null=True)

    def get_choice(self, placement: Any) -> str:
        """`by_hand`, or `orphan` for an annotation that loses its place."""
        return "orphan" if placement.block is None else "by_hand"


class PlacementView(DraftOfRevision):
    """Where one annotation goes."""

    demands = frozenset()

    def find(self) -> None:
        """The draft, and an annotation of its essay that the person reads. Raises Missing."""
        super().find()
        anchors = standing_anchors(open_assignments(self.draft.essay))  # type: ignore[arg-type]  # revision_draft promises an essay
        readable = Annotation.objects.visible_to(self.user)
        readable = readable.filter(pk=self.kwargs["annotation_id"])
        if not anchors.filter(annotation__in=readable).exists():
            raise Missing

    @extend_schema(
        request=PlacementShape,
        responses={200: PlacementSerializer},
        operation_id="imports_placements_update",
        description="Say where an annotation goes when your draft is published. For instructors, "
        "with the scope `admin`.",
    )
    def put(self, request: Request, pk: UUID, annotation_id: UUID) -> Response:
        """Decide it."""
        shape = PlacementShape(data=request.data)
        shape.is_valid(raise_exception=True)
        placement = decide_placement(
            actor=self.user, import_id=pk, annotation_id=annotation_id, **shape.validated_data
        )
        return Response(PlacementSerializer(placement).data)

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="imports_placements_destroy",
        description="Take the decision back: the annotation goes where it is proposed to go.",
    )
    def delete(self, request: Request, pk: UUID, annotation_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it back."""
        decide_placement(
            actor=self.user, import_id=pk, annotation_id=annotation_id, choice="proposed"
        )
        return Response(status=204)
