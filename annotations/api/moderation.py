"""Flags, and what staff do about annotations, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response

from annotations.actions import flag_annotation, moderate, withdraw_flag
from annotations.actions.moderation import ACTS
from annotations.api.serializers import AnnotationSerializer
from annotations.api.views import AnnotationReader
from annotations.enums import FlagReason, ModerationAct
from annotations.models import Flag, ModerationEntry
from annotations.permissions import may_flag, may_moderate
from debate.accounts.api import PersonSerializer
from debate.core.api.fields import Choice, Shape, Text, Whole
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView
from debate.core.errors import NotAllowed
from debate.seminars.permissions import oversees

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


class FlagSerializer(serializers.ModelSerializer[Flag]):
    """A flag: the person's own, or as staff read it. Its author never reads who flagged."""

    annotation = serializers.UUIDField(source="annotation_id", read_only=True)
    flagged_by = serializers.SerializerMethodField()
    resolved_by = serializers.SerializerMethodField()
    resolution = serializers.SerializerMethodField(help_text="For staff.")

    class Meta:
        model = Flag
        fields = [
            "id", "annotation", "reason", "note", "flagged_by", "created_at", "resolved_at",
            "resolved_by", "resolution",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_flagged_by(self, flag: Flag) -> dict[str, Any] | None:
        """Who flagged; null to the annotation's author."""
        shows = flag.shows_flagger  # type: ignore[attr-defined]  # by `with_shown_flagger`
        return dict(PersonSerializer(flag.flagged_by).data) if shows else None

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_resolved_by(self, flag: Flag) -> dict[str, Any] | None:
        """Who resolved it; whoever took a flag back is who gave it."""
        shows = flag.shows_flagger  # type: ignore[attr-defined]  # by `with_shown_flagger`
        if flag.resolved_by is None or (not shows and flag.resolved_by_id == flag.flagged_by_id):
            return None
        return dict(PersonSerializer(flag.resolved_by).data)

    def get_resolution(self, flag: Flag) -> str:
        """What staff said when they resolved it."""
        return flag.resolution if flag.shows_resolution else ""  # type: ignore[attr-defined]  # by `with_shown_flagger`


class ModerationEntrySerializer(serializers.ModelSerializer[ModerationEntry]):
    """One act of staff."""

    annotation = serializers.UUIDField(source="annotation_id", read_only=True)
    actor = PersonSerializer(read_only=True)

    class Meta:
        model = ModerationEntry
        fields = ["id", "annotation", "act", "actor", "reason", "at"]
        read_only_fields = fields


class FlagShape(Shape):
    """Why staff should look at an annotation."""

    reason = Choice(choices=FlagReason.choices)
    note = Text(required=False)


class ActShape(Shape):
    """What to do about an annotation; hiding needs a reason, which its author reads."""

    act = Choice(choices=[(act.value, str(act.label)) for act in ACTS])
    reason = Text(required=False)
    version = Whole(required=False, help_text="The one that you read; 412 when it is outdated.")


class FlagFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which flags."""

    seminar = django_filters.UUIDFilter(
        field_name="annotation__assignment__seminar_id", label="In that seminar."
    )
    assignment = django_filters.UUIDFilter(
        field_name="annotation__assignment_id", label="In that assignment."
    )
    annotation = django_filters.UUIDFilter(field_name="annotation_id", label="On that annotation.")
    reason = django_filters.ChoiceFilter(choices=FlagReason.choices, label="For that reason.")
    open = SwitchFilter(
        field_name="resolved_at", lookup_expr="isnull", label="1: open ones; 0: resolved ones."
    )

    class Meta:
        model = Flag
        fields: list[str] = []


class EntryFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which acts."""

    act = django_filters.ChoiceFilter(choices=ModerationAct.choices, label="Of that kind.")

    class Meta:
        model = ModerationEntry
        fields: list[str] = []


@extend_schema_view(
    get=extend_schema(description="Your own flags; to staff, those on what they oversee.")
)
class FlagList(ApiView, generics.ListAPIView[Flag]):
    """The flags that the person may read."""

    has_pages = True
    queryset = Flag.objects.none()
    serializer_class = FlagSerializer
    filterset_class = FlagFilters

    def get_queryset(self) -> QuerySet[Flag]:
        """The person's own, and those of staff."""
        flags = Flag.objects.visible_to(self.request.user).with_shown_flagger(self.request.user)
        return flags.select_related("flagged_by", "resolved_by")


@extend_schema_view(
    get=extend_schema(
        operation_id="annotations_flags_list",
        description="The flags on an annotation: your own; to staff, all.",
    ),
    post=extend_schema(
        request=FlagShape,
        responses={200: FlagSerializer, 201: FlagSerializer},
        operation_id="annotations_flags_create",
        description="Ask staff to look at an annotation. Again replaces your open flag (200).",
    ),
    delete=extend_schema(
        responses={204: None},
        operation_id="annotations_flags_destroy",
        description="Take back your own flag.",
    ),
)
class FlagsOfAnnotation(AnnotationReader, generics.ListAPIView[Flag]):
    """The flags on one annotation."""

    has_pages = True
    demands = frozenset()
    address = ""
    query_parameters = frozenset()
    queryset = Flag.objects.none()  # type: ignore[assignment]  # flags, not annotations
    serializer_class = FlagSerializer

    def find(self) -> None:
        """The annotation, and for a post whether the person flags it. Raises NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        if self.request.method == "POST" and not may_flag(
            self.user, self.membership(self.annotation), self.annotation
        ):
            raise NotAllowed("You can flag what others have posted, where you write yourself.")

    def get_queryset(self) -> QuerySet[Flag]:  # type: ignore[override]  # flags, not annotations
        """The flags on it that the person may read."""
        flags = Flag.objects.visible_to(self.user).with_shown_flagger(self.user)
        found = flags.filter(annotation=self.annotation)
        return found.select_related("flagged_by", "resolved_by")

    def post(self, request: Request, pk: UUID) -> Response:
        """Flag the annotation."""
        shape = FlagShape(data=request.data)
        shape.is_valid(raise_exception=True)
        flags = self.get_queryset()
        own = flags.filter(flagged_by=self.user, resolved_at=None)
        status = 200 if own.exists() else 201
        flag = flag_annotation(
            actor=self.user,
            annotation_id=pk,
            reason=shape.validated_data["reason"],
            note=shape.validated_data.get("note", ""),
        )
        return Response(FlagSerializer(flags.get(pk=flag.pk)).data, status=status)

    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take back the own flag."""
        withdraw_flag(actor=self.user, annotation_id=pk)
        return Response(status=204)


@extend_schema_view(
    get=extend_schema(
        operation_id="annotations_moderation_list",
        description="What staff did about an annotation, the oldest first. For staff.",
    ),
    post=extend_schema(
        request=ActShape,
        responses={200: AnnotationSerializer},
        operation_id="annotations_moderation_create",
        description="Hide, show again, approve, lock, pin, or resolve the flags. For staff.",
    ),
)
class ModerationList(AnnotationReader, generics.ListAPIView[ModerationEntry]):
    """What staff did about one annotation, and what they do now."""

    has_pages = True
    demands = frozenset({"POST"})
    query_parameters = frozenset()
    queryset = ModerationEntry.objects.none()  # type: ignore[assignment]  # acts, not annotations
    serializer_class = ModerationEntrySerializer
    filterset_class = EntryFilters

    def find(self) -> None:
        """The annotation, and whether the person oversees it. Raises NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        membership = self.membership(self.annotation)
        may = (
            oversees(membership, self.annotation.author_id)
            if self.request.method in SAFE_METHODS
            else may_moderate(membership, self.annotation)
        )
        if not may:
            raise NotAllowed("Only an instructor or assistant who oversees its author does this.")

    def get_queryset(self) -> QuerySet[ModerationEntry]:  # type: ignore[override]  # acts, not annotations
        """The acts about it."""
        entries = ModerationEntry.objects.visible_to(self.user)
        return entries.filter(annotation=self.annotation).select_related("actor")

    def post(self, request: Request, pk: UUID) -> Response:
        """Do one act."""
        shape = ActShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        moderate(
            actor=self.user,
            annotation_id=pk,
            act=given["act"],
            reason=given.get("reason", ""),
            version=self.version(shape),
        )
        fresh = AnnotationReader.get_queryset(self).get(pk=pk)
        return Response(AnnotationSerializer(fresh, context=self.get_serializer_context()).data)
