"""What a person has begun to write, and whom one can name in it, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from drf_spectacular.utils import (
    OpenApiParameter,
    extend_schema,
    extend_schema_field,
    extend_schema_view,
)
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.drafts import DraftInput, discard_draft, lock_drafts, save_draft
from annotations.models import Annotation, Draft
from annotations.naming import MOST_OFFERED, names_like
from annotations.permissions import may_annotate
from debate.assignments.models import Assignment
from debate.core.api.exceptions import BadParameters
from debate.core.api.fields import SENTENCES, Id, Shape, Text, Whole
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from rest_framework.request import Request

    from annotations.models.drafts import DraftQuerySet

LARGEST_REVISION = 2**31 - 1


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {
            "oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]
        },
    }
)
class Written(serializers.DictField):
    """The composer's fields by their names: texts, or lists of texts."""

    default_error_messages = {**SENTENCES, "not_a_dict": "Give an object of fields."}

    def to_internal_value(self, data: Any) -> dict[str, str | list[str]]:
        """The fields. Raises ValidationError that names one which is neither."""
        if not isinstance(data, dict):
            self.fail("not_a_dict", input_type=type(data).__name__)
        for name, value in data.items():
            some = value if isinstance(value, list) else [value]
            if not all(isinstance(one, str) for one in some):
                raise serializers.ValidationError({name: ["Give a text, or a list of texts."]})
        return data


class DraftShape(Shape):
    """What has been written so far of one thing."""

    key = Text(
        help_text="What is written where: `p:<revision>:<paragraph>` by their numbers, "
        "`r:<annotation>` for a reply, `e:<annotation>` for a change."
    )
    content = Written()
    submission_key = Id(help_text="The one with which it will be posted.")
    revision = Whole(
        required=False,
        min_value=0,
        max_value=LARGEST_REVISION,
        help_text="That of the draft from which this one was written; 0 where there was none.",
    )


class DraftSerializer(serializers.ModelSerializer[Draft]):
    """A draft as the server saw it last."""

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    content = Written(read_only=True)

    class Meta:
        model = Draft
        fields = [
            "id",
            "assignment",
            "key",
            "content",
            "submission_key",
            "revision",
            "created_at",
            "seen_at",
        ]
        read_only_fields = fields


class OfAnAssignment(ApiView):
    """What views below the address of one assignment share."""

    def find(self) -> None:
        """The assignment. Raises Missing."""
        visible = Assignment.objects.visible_to(self.user).for_pages()
        found = visible.filter(pk=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        self.assignment = found


class DraftReader(OfAnAssignment):
    """What views of drafts share: one's own are all there are."""

    queryset = Draft.objects.none()
    serializer_class = DraftSerializer

    def get_queryset(self) -> DraftQuerySet:
        """The person's drafts in the assignment."""
        return Draft.objects.visible_to(self.user).filter(assignment=self.assignment)


@extend_schema_view(
    get=extend_schema(
        operation_id="assignments_drafts_list",
        description="What you have begun to write in an assignment and not posted yet.",
    )
)
class DraftList(DraftReader, generics.ListAPIView[Draft]):
    """The drafts of the person who asks in one assignment."""

    has_pages = True

    def find(self) -> None:
        """The assignment, and to keep a draft whether the person writes there."""
        super().find()
        if self.request.method not in SAFE_METHODS and not may_annotate(
            membership_of(self.user, self.assignment.seminar), self.assignment.seminar
        ):
            raise NotAllowed("You may read here, but not write.")

    @extend_schema(
        request=DraftShape,
        responses={200: DraftSerializer, 201: DraftSerializer},
        operation_id="assignments_drafts_create",
        description="Keep what has been written so far. The draft of that `key` is replaced if "
        "`revision` is the one that it has; if not, 409 `draft_changed` with it as `current`.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Keep a draft."""
        shape = DraftShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = DraftInput(**{"revision": 0, **shape.validated_data})
        kept = save_draft(actor=self.user, assignment_id=assignment_id, given=given)
        address = reverse("api:draft-detail", args=[assignment_id, kept.pk], request=request)
        is_new = kept.revision == 1
        headers = {"Location": address} if is_new else None
        data = DraftSerializer(kept).data
        return Response(data, status=201 if is_new else 200, headers=headers)


class DraftDetail(DraftReader):
    """One draft of the person who asks."""

    def find(self) -> None:
        """The draft. Raises Missing."""
        super().find()
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.draft = found

    @extend_schema(operation_id="assignments_drafts_retrieve", description="One of your drafts.")
    def get(self, request: Request, assignment_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The draft."""
        return Response(DraftSerializer(self.draft).data)

    @extend_schema(
        responses={204: None},
        operation_id="assignments_drafts_destroy",
        description="Discard one of your drafts.",
    )
    def delete(self, request: Request, assignment_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Let the draft go."""
        with self.unchanged():
            discard_draft(actor=self.user, assignment_id=assignment_id, draft_id=pk)
        return Response(status=204)

    def current(self) -> Any:
        """The draft as it is now. Raises Missing."""
        self.find()
        return DraftSerializer(self.draft).data

    def hold(self) -> None:
        """Lock the membership, as every change of a person's drafts does."""
        lock_drafts(self.user, self.assignment)


class NamesSerializer(serializers.Serializer[Any]):
    """Names of people that an `@` in a body may be followed by."""

    names = serializers.ListField(child=serializers.CharField(), read_only=True)


class MentionList(OfAnAssignment):
    """Whom one can name in an annotation of an assignment."""

    serializer_class = NamesSerializer
    query_parameters = frozenset({"q", "parent"})

    def find(self) -> None:
        """The assignment, which concerns the person, and the annotation that is answered."""
        super().find()
        if not Assignment.objects.set_to(self.user).filter(pk=self.assignment.pk).exists():
            raise Missing
        self.parent = None
        if given := self.request.query_params.get("parent"):
            try:
                parent = UUID(given)
            except ValueError:
                raise BadParameters({"parent": ["Give an id, which is a UUID."]}) from None
            seen = Annotation.objects.visible_to(self.user).filter(assignment=self.assignment)
            self.parent = seen.filter(pk=parent).first()
            if self.parent is None:
                raise Missing

    @extend_schema(
        operation_id="assignments_mentions_retrieve",
        parameters=[
            OpenApiParameter("q", str, description="What the names begin with."),
            OpenApiParameter("parent", UUID, description="The annotation that is answered."),
        ],
        description="The names, ten at most, of those who can read what you write there: write one "
        "of them behind an `@` to mention the person.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The names."""
        names = names_like(
            request.query_params.get("q", ""),
            assignment=self.assignment,
            parent=self.parent,
            asked_by=self.user,
        )
        return Response({"names": names[:MOST_OFFERED]})
