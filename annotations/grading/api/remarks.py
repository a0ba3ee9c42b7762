"""The bank of remarks of a seminar in the API: kept by markers, shared, used again, removed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.grading.actions.marking import ARCHIVED
from annotations.grading.actions.remarks import (
    add_remark,
    remove_remark,
    share_remark,
    use_remark,
)
from annotations.grading.models import Remark
from annotations.grading.permissions import may_mark
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.fields import Change, Id, Shape, Switch, Text
from debate.core.api.filters import SwitchFilter
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, is_staff, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


class RemarkOwnerSerializer(serializers.Serializer[Any]):
    """Who keeps it."""

    id = serializers.UUIDField()
    name = serializers.CharField()


class RemarkSerializer(serializers.ModelSerializer[Remark]):
    """A sentence that markers use again; `criterion` is a criterion's key, or null for all."""

    owner = serializers.SerializerMethodField()
    criterion = serializers.UUIDField(source="criterion_key", allow_null=True, read_only=True)
    uses = serializers.IntegerField(read_only=True, help_text="How often it was used.")

    class Meta:
        model = Remark
        fields = [
            "id", "owner", "criterion", "text", "is_shared", "uses", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(RemarkOwnerSerializer)
    def get_owner(self, remark: Remark) -> dict[str, Any]:
        """Who keeps it."""
        return {"id": str(remark.owner_id), "name": remark.owner.display_name}


class RemarkShape(Shape):
    """A sentence to be kept, for one criterion or for all."""

    text = Text()
    criterion = Id(required=False, allow_null=True)
    is_shared = Switch(required=False, help_text="Whether the seminar's staff can use it.")


class RemarkChangeShape(Change):
    """Who can use it; what it says stays."""

    is_shared = Switch(required=False)


class RemarkFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which remarks."""

    criterion = django_filters.UUIDFilter(field_name="criterion_key", label="For that criterion.")
    shared = SwitchFilter(field_name="is_shared", label="1: shared ones; 0: those of yours alone.")

    class Meta:
        model = Remark
        fields: list[str] = []


class RemarkReader(ApiView):
    """What views of remarks share: the seminar of the address, whose staff keep them."""

    queryset: QuerySet[Any] = Remark.objects.none()
    serializer_class = RemarkSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_read_scope = Scope.MARKS_READ
    required_scope = Scope.MARKS_WRITE
    # How often it was used says nothing of the remark itself.
    passing = frozenset({"uses"})

    def find(self) -> None:
        """The seminar, for its staff. Raises Missing, NotAllowed."""
        seminars = Seminar.objects.visible_to(self.user)
        seminar = seminars.filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        self.seminar = seminar
        self.membership = membership_of(self.user, seminar)
        if not is_staff(self.membership):
            raise NotAllowed("Only staff of this seminar keep remarks.")
        self.find_remark()
        if self.request.method not in SAFE_METHODS and not may_mark(self.membership, seminar):
            raise NotAllowed(ARCHIVED)

    def find_remark(self) -> None:
        """The remark of the address. Views of one override it."""

    def get_queryset(self) -> QuerySet[Remark]:
        """The person's own in the seminar, and those that its staff share."""
        seen = Remark.objects.visible_to(self.user).filter(seminar=self.seminar)
        return seen.select_related("owner")

    def shown(self, remark: Remark) -> dict[str, Any]:
        """The remark as it stands now."""
        return dict(self.get_serializer(self.get_queryset().get(pk=remark.pk)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_remarks_list",
        description="The remarks that you keep in a seminar, and those that its staff share.",
    )
)
class RemarkList(RemarkReader, generics.ListAPIView[Remark]):
    """The remarks of one seminar."""

    has_pages = True
    filterset_class = RemarkFilters

    @extend_schema(
        request=RemarkShape,
        responses={201: RemarkSerializer},
        operation_id="seminars_remarks_create",
        description="Keep a sentence to use it again; the same again gives the one there is. For "
        "staff.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:
        """Keep one."""
        shape = RemarkShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = dict(shape.validated_data)
        remark = add_remark(
            actor=self.user,
            seminar_id=seminar_id,
            criterion_key=given.pop("criterion", None),
            **given,
        )
        address = reverse("api:remark-detail", args=[seminar_id, remark.pk], request=request)
        return Response(self.shown(remark), status=201, headers={"Location": address})


class RemarkDetail(RemarkReader):
    """One remark."""

    def find_remark(self) -> None:
        """The remark, and for a change whether it is the person's. Raises Missing, NotAllowed."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.remark = found
        is_own = found.owner_id == self.user.pk
        if self.request.method == "PATCH" and not is_own:
            raise NotAllowed("Only who keeps a remark shares it.")
        if self.request.method == "DELETE" and not (is_own or is_instructor(self.membership)):
            raise NotAllowed("Only who keeps a remark removes it, or an instructor.")

    def hold(self) -> None:
        """Lock the remark, as every change of it does."""
        Remark.objects.select_for_update().filter(pk=self.remark.pk).first()

    @extend_schema(
        operation_id="seminars_remarks_retrieve",
        responses={200: RemarkSerializer},
        description="One remark.",
    )
    def get(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The remark."""
        return Response(self.get_serializer(self.remark).data)

    @extend_schema(
        request=RemarkChangeShape,
        responses={200: RemarkSerializer},
        operation_id="seminars_remarks_partial_update",
        description="Let the seminar's staff use your remark, or no longer.",
    )
    def patch(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Share it, or keep it to oneself."""
        shape = RemarkChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            if "is_shared" in shape.validated_data:
                share_remark(actor=self.user, remark_id=pk, **shape.validated_data)
        return Response(self.shown(self.remark))

    @extend_schema(
        responses={204: None},
        operation_id="seminars_remarks_destroy",
        description="Remove your remark; instructors remove shared ones as well.",
    )
    def delete(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Remove it."""
        with self.unchanged():
            remove_remark(actor=self.user, remark_id=pk)
        return Response(status=204)


class RemarkUse(RemarkReader):
    """How it is counted that a remark was used."""

    def find_remark(self) -> None:
        """The remark. Raises Missing."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.remark = found

    @extend_schema(
        request=None,
        responses={200: RemarkSerializer},
        operation_id="seminars_remarks_use_create",
        description="Count that a remark was put into a comment, so that much used ones are known.",
    )
    def post(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Count it."""
        use_remark(actor=self.user, remark_id=pk)
        return Response(self.shown(self.remark))
