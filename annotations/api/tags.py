"""A seminar's vocabulary and the tags of paragraphs in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.db.models import OuterRef, Q, Subquery
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.tags import ONLY_STAFF, give_paragraph_tag, take_off_paragraph_tag
from annotations.actions.vocabulary import ONLY_INSTRUCTORS, add_tag, update_tag
from annotations.models import ParagraphTag, Tag
from annotations.permissions import may_tag_paragraphs
from annotations.presets import TagDraft
from debate.accounts.api import PersonSerializer
from debate.accounts.enums import Scope
from debate.assignments.actions import lock_assignment
from debate.assignments.models import Assignment
from debate.core.api.fields import Change, Id, Shape, Switch, Text, Whole
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.essays.models import Paragraph
from debate.seminars.models import Seminar
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


class TagSerializer(serializers.ModelSerializer[Tag]):
    """A tag of a seminar's vocabulary. Annotations hold its key, which never changes."""

    is_retired = serializers.SerializerMethodField(help_text="Stays where it is, given no more.")
    version = serializers.IntegerField(
        source="vocabulary.version", read_only=True, help_text="Of the whole vocabulary."
    )

    class Meta:
        model = Tag
        fields = [
            "id",
            "key",
            "label",
            "definition",
            "example",
            "counter_example",
            "position",
            "is_retired",
            "version",
            "created_at",
            "updated_at",
        ]
        read_only_fields = fields

    def get_is_retired(self, tag: Tag) -> bool:
        """Whether nothing gets it any more."""
        return tag.retired_at is not None


class TagShape(Shape):
    """A new tag; its key is made of the label."""

    label = Text()  # type: ignore[assignment]  # a member of that name
    definition = Text(required=False)
    example = Text(required=False)
    counter_example = Text(required=False)


class TagChangeShape(Change, TagShape):
    """What a tag is to say; what is left out stays as it is."""

    empty = {"definition": "", "example": "", "counter_example": ""}

    label = Text(required=False)
    position = Whole(
        required=False,
        min_value=0,
        help_text="Its place in the vocabulary, from 0; beyond the end, the last.",
        error_messages={"min_value": "Give a place from 0."},
    )
    is_retired = Switch(required=False)
    version = Whole(required=False, help_text="The one that you read; 412 when it is outdated.")


class TagFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which tags."""

    in_use = SwitchFilter(
        field_name="retired_at", lookup_expr="isnull", label="1: those in use; 0: retired ones."
    )

    class Meta:
        model = Tag
        fields: list[str] = []


class TagReader(ApiView):
    """What views of a seminar's tags share."""

    queryset = Tag.objects.none()
    serializer_class = TagSerializer
    required_scope = Scope.ADMIN

    def find(self) -> None:
        """The seminar, the tag, and whether the person changes them. Raises Missing, NotAllowed."""
        seminars = Seminar.objects.visible_to(self.user)
        seminar = seminars.filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        self.seminar = seminar
        self.find_tag()
        if self.request.method not in SAFE_METHODS and not may_manage(
            membership_of(self.user, seminar), seminar
        ):
            raise NotAllowed(ONLY_INSTRUCTORS)

    def find_tag(self) -> None:
        """The tag, where the address names one."""

    def get_queryset(self) -> QuerySet[Tag]:
        """The seminar's tags, also those that are retired."""
        tags = Tag.objects.visible_to(self.user).filter(vocabulary__seminar=self.seminar)
        return tags.select_related("vocabulary")

    def shown(self, tag_id: UUID) -> dict[str, Any]:
        """The tag as it is now."""
        return dict(TagSerializer(self.get_queryset().get(pk=tag_id)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_tags_list",
        description="The vocabulary of a seminar, in its order, retired tags included.",
    )
)
class TagList(TagReader, generics.ListAPIView[Tag]):
    """The tags of one seminar."""

    has_pages = True
    page_order = ("position", "id")
    filterset_class = TagFilters

    @extend_schema(
        request=TagShape,
        responses={201: TagSerializer},
        operation_id="seminars_tags_create",
        description="Add a tag to the vocabulary. For instructors, with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:
        """Add a tag."""
        shape = TagShape(data=request.data)
        shape.is_valid(raise_exception=True)
        draft = TagDraft(**shape.validated_data)
        tag = add_tag(actor=self.user, seminar=self.seminar, draft=draft)
        address = reverse("api:tag-detail", args=[seminar_id, tag.pk], request=request)
        return Response(self.shown(tag.pk), status=201, headers={"Location": address})


class TagDetail(TagReader):
    """One tag of a seminar."""

    def find_tag(self) -> None:
        """The tag of the address. Raises Missing."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.found = found

    @extend_schema(operation_id="seminars_tags_retrieve", description="One tag of a vocabulary.")
    def get(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The tag."""
        return Response(TagSerializer(self.found).data)

    @extend_schema(
        request=TagChangeShape,
        responses={200: TagSerializer},
        operation_id="seminars_tags_partial_update",
        description="Change what a tag says or where it stands, retire or restore it. "
        "For instructors, with the scope `admin`.",
    )
    def patch(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change the tag."""
        shape = TagChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = {**shape.validated_data, "version": self.version(shape)}
        update_tag(actor=self.user, tag_id=pk, **given)
        return Response(self.shown(pk))


class GivenTagSerializer(serializers.ModelSerializer[Tag]):
    """A tag where it is given."""

    class Meta:
        model = Tag
        fields = ["id", "key", "label"]


class ParagraphTagSerializer(serializers.ModelSerializer[ParagraphTag]):
    """A tag of a paragraph. It follows the paragraph's key from revision to revision."""

    assignment = serializers.UUIDField(source="assignment_id", read_only=True)
    paragraph = serializers.UUIDField(
        source="shown_paragraph", read_only=True, allow_null=True, help_text="In the text shown."
    )
    key = serializers.UUIDField(source="paragraph_key", read_only=True)
    number = serializers.IntegerField(source="shown_number", read_only=True, allow_null=True)
    tag = GivenTagSerializer(read_only=True)
    given_by = PersonSerializer(read_only=True)

    class Meta:
        model = ParagraphTag
        fields = ["id", "assignment", "paragraph", "key", "number", "tag", "given_by", "created_at"]
        read_only_fields = fields


class ParagraphTagShape(Shape):
    """Which paragraph gets which tag."""

    paragraph = Id(help_text="An id of the text that is shown, or a key.")
    tag = Id()


class ParagraphTagReader(ApiView):
    """What views of an assignment's paragraph tags share."""

    queryset = ParagraphTag.objects.none()
    serializer_class = ParagraphTagSerializer

    def find(self) -> None:
        """The assignment, and whether the person tags. Raises Missing, NotAllowed."""
        assignments = Assignment.objects.set_to(self.user).select_related("seminar")
        assignment = assignments.filter(pk=self.kwargs["assignment_id"]).first()
        if assignment is None:
            raise Missing
        self.assignment = assignment
        self.find_tag()
        if self.request.method not in SAFE_METHODS and not may_tag_paragraphs(
            membership_of(self.user, assignment.seminar), assignment.seminar
        ):
            raise NotAllowed(ONLY_STAFF)

    def find_tag(self) -> None:
        """The paragraph's tag, where the address names one."""

    def get_queryset(self) -> QuerySet[ParagraphTag]:
        """The assignment's, each with its paragraph in the text that is shown."""
        shown = Paragraph.objects.filter(
            revision=self.assignment.revision_id, key=OuterRef("paragraph_key")
        )
        given = ParagraphTag.objects.visible_to(self.user).filter(assignment=self.assignment)
        return given.select_related("tag", "given_by").annotate(
            shown_paragraph=Subquery(shown.values("pk")),
            shown_number=Subquery(shown.values("number")),
        )


@extend_schema_view(
    get=extend_schema(
        operation_id="assignments_paragraph_tags_list",
        description="The tags that staff gave the paragraphs of an assignment, the oldest first.",
    )
)
class ParagraphTagList(ParagraphTagReader, generics.ListAPIView[ParagraphTag]):
    """The tags of an assignment's paragraphs."""

    has_pages = True

    @extend_schema(
        request=ParagraphTagShape,
        responses={201: ParagraphTagSerializer},
        operation_id="assignments_paragraph_tags_create",
        description="Give a paragraph a tag of the vocabulary; one that it has already is answered "
        "as it is. For staff.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Give a paragraph a tag."""
        shape = ParagraphTagShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = give_paragraph_tag(
            actor=self.user,
            assignment_id=assignment_id,
            paragraph_key=self._key_of(shape.validated_data["paragraph"]),
            tag_id=shape.validated_data["tag"],
        )
        fresh = self.get_queryset().get(pk=given.pk)
        address = reverse(
            "api:paragraph-tag-detail", args=[assignment_id, given.pk], request=request
        )
        data = ParagraphTagSerializer(fresh).data
        return Response(data, status=201, headers={"Location": address})

    def _key_of(self, paragraph: UUID) -> UUID:
        """The key of the paragraph that its id or key names. Raises Invalid."""
        shown = Paragraph.objects.filter(revision=self.assignment.revision_id)
        key = shown.filter(Q(pk=paragraph) | Q(key=paragraph)).values_list("key", flat=True).first()
        if key is None:
            raise Invalid("The assignment’s text has no such paragraph.", field="paragraph")
        return key


class ParagraphTagDetail(ParagraphTagReader):
    """One tag of one paragraph."""

    # Where the paragraph stands in the text that is shown now.
    passing = frozenset({"paragraph", "number"})

    def find_tag(self) -> None:
        """The paragraph's tag of the address. Raises Missing."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.given = found

    def hold(self) -> None:
        """Lock the assignment, as every change of its tags does."""
        lock_assignment(self.assignment.pk)

    @extend_schema(
        operation_id="assignments_paragraph_tags_retrieve", description="One tag of one paragraph."
    )
    def get(self, request: Request, assignment_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The paragraph's tag."""
        return Response(ParagraphTagSerializer(self.given).data)

    @extend_schema(
        responses={204: None},
        operation_id="assignments_paragraph_tags_destroy",
        description="Take a tag off its paragraph. For staff.",
    )
    def delete(self, request: Request, assignment_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take the tag off."""
        with self.unchanged():
            take_off_paragraph_tag(
                actor=self.user, assignment_id=assignment_id, paragraph_tag_id=pk
            )
        return Response(status=204)
