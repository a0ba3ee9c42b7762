"""A seminar's vocabulary as a whole, and the vocabularies there are to copy, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from annotations.actions.vocabulary import ONLY_INSTRUCTORS, close_vocabulary, copy_preset
from annotations.api.tags import TagSerializer
from annotations.models import Tag, Vocabulary, VocabularyVersion
from annotations.presets import PRESETS
from annotations.queries.vocabulary import differences
from debate.accounts.enums import Scope
from debate.core.api.fields import Shape, Switch, Text
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.actions import lock_seminar
from debate.seminars.models import Seminar
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


class VocabularySerializer(serializers.Serializer[Any]):
    """A seminar's vocabulary; its tags are at `tags/`."""

    is_closed = serializers.BooleanField(
        read_only=True, help_text="Whether only its own tags are taken, no free words."
    )
    version = serializers.IntegerField(read_only=True, help_text="0 where there is none yet.")


class VocabularyChangeShape(Shape):
    """Whether only the vocabulary's own tags are taken."""

    is_closed = Switch()


class PresetShape(Shape):
    """The collection of tags to be copied."""

    preset = Text(help_text="The `key` of one of `/vocabularies/`.")


class VocabularyReader(ApiView):
    """What views of a seminar's vocabulary share."""

    required_scope = Scope.ADMIN
    queryset: QuerySet[Any] = Vocabulary.objects.none()
    serializer_class: type[serializers.BaseSerializer[Any]] = VocabularySerializer

    def find(self) -> None:
        """The seminar, and for a change whether the person makes it. Raises NotAllowed."""
        seminars = Seminar.objects.visible_to(self.user)
        seminar = seminars.filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        self.seminar = seminar
        if self.request.method not in SAFE_METHODS and not may_manage(
            membership_of(self.user, seminar), seminar
        ):
            raise NotAllowed(ONLY_INSTRUCTORS)

    def current(self) -> dict[str, Any]:
        """The vocabulary as it is now."""
        known = Vocabulary.objects.filter(seminar=self.seminar).first()
        found = known or Vocabulary(seminar=self.seminar, version=0)
        return dict(VocabularySerializer(found).data)


class VocabularyView(VocabularyReader):
    """The vocabulary of one seminar."""

    def hold(self) -> None:
        """Lock the seminar, so that two changes do not pass each other."""
        lock_seminar(self.seminar)

    @extend_schema(
        operation_id="seminars_vocabulary_retrieve",
        description="Whether a seminar's vocabulary is closed, and its version.",
    )
    def get(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The vocabulary."""
        return Response(self.current())

    @extend_schema(
        request=VocabularyChangeShape,
        responses={200: VocabularySerializer},
        operation_id="seminars_vocabulary_partial_update",
        description="Close the vocabulary, so that only its own tags are taken, or open it. For "
        "instructors, with the scope `admin`.",
    )
    def patch(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Close or open it."""
        shape = VocabularyChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            close_vocabulary(actor=self.user, seminar=self.seminar, **shape.validated_data)
        return Response(self.current())


class VocabularyPersonSerializer(serializers.Serializer[Any]):
    """Who made a version."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class VocabularyDifferenceSerializer(serializers.Serializer[Any]):
    """One thing that a version changed: what, of which tag, and what stood there."""

    what = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a member of that name
    before = serializers.CharField()
    after = serializers.CharField()


class VocabularyVersionSerializer(serializers.Serializer[Any]):
    """A version of the vocabulary, and what it changed."""

    version = serializers.IntegerField()
    by = VocabularyPersonSerializer()
    at = serializers.DateTimeField()
    differences = VocabularyDifferenceSerializer(many=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_vocabulary_history_list",
        description="What changed in a seminar's vocabulary from version to version, the newest "
        "first.",
    )
)
class VocabularyHistory(VocabularyReader, generics.ListAPIView[VocabularyVersion]):
    """The versions of the vocabulary of one seminar."""

    has_pages = True
    page_order = ("-version",)
    queryset: QuerySet[Any] = VocabularyVersion.objects.none()
    serializer_class = VocabularyVersionSerializer

    def get_queryset(self) -> QuerySet[VocabularyVersion]:
        """The versions, with who made them."""
        made = VocabularyVersion.objects.filter(vocabulary__seminar=self.seminar)
        return made.select_related("by")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """A page of versions, each beside the one before it."""
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        earlier = self.get_queryset().filter(version__in=[one.version - 1 for one in rows])
        known = {one.version: one for one in [*earlier, *rows]}
        told = [
            {
                "version": one.version,
                "by": {"id": one.by_id, "name": one.by.display_name},
                "at": one.at,
                "differences": differences(known.get(one.version - 1), one),
            }
            for one in rows
        ]
        return self.get_paginated_response(self.get_serializer(told, many=True).data)


class PresetCopyView(VocabularyReader):
    """A collection of tags copied into the vocabulary of a seminar, answered all at once."""

    pagination_class = None

    @extend_schema(
        request=PresetShape,
        responses={201: TagSerializer(many=True)},
        operation_id="seminars_vocabulary_copy_create",
        description="Put the tags of one of `/vocabularies/` at the end, but for those whose labels "
        "the seminar has already. For instructors, with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Copy them."""
        shape = PresetShape(data=request.data)
        shape.is_valid(raise_exception=True)
        made = copy_preset(actor=self.user, seminar=self.seminar, **shape.validated_data)
        tags = Tag.objects.filter(pk__in=[one.pk for one in made]).select_related("vocabulary")
        return Response(TagSerializer(tags.order_by("position"), many=True).data, status=201)


class PresetTagSerializer(serializers.Serializer[Any]):
    """A tag of a collection."""

    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a member of that name
    definition = serializers.CharField(read_only=True)
    example = serializers.CharField(read_only=True)
    counter_example = serializers.CharField(read_only=True)


class PresetSerializer(serializers.Serializer[Any]):
    """A collection of tags that any seminar may copy."""

    key = serializers.CharField(read_only=True)
    label = serializers.CharField(read_only=True)  # type: ignore[assignment]  # a member of that name
    about = serializers.CharField(read_only=True)
    tags = PresetTagSerializer(many=True, read_only=True)


class PresetsSerializer(serializers.Serializer[Any]):
    """All collections."""

    results = PresetSerializer(many=True, read_only=True)


class PresetList(ApiView):
    """The collections of tags there are to copy."""

    serializer_class = PresetsSerializer

    @extend_schema(
        operation_id="vocabularies_retrieve",
        description="Collections of tags to copy into the vocabulary of a seminar: stock issues, "
        "the parts of an argument after Toulmin, tests of evidence.",
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002 - DRF's signature
        """The collections."""
        return Response(PresetsSerializer({"results": list(PRESETS.values())}).data)
