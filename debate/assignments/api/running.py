"""Assignments closed, their sides, kept set-ups, and more days for a student, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.assignments.actions import (
    change_accommodations,
    change_sides,
    close_assignment,
    delete_template,
    save_template,
)
from debate.assignments.api.serializers import AssignmentSerializer
from debate.assignments.api.views import find_visible
from debate.assignments.enums import Position
from debate.assignments.models import (
    Accommodation,
    Assignment,
    AssignmentTemplate,
    Side,
)
from debate.assignments.permissions import may_extend, may_keep_template, may_set_essay
from debate.assignments.queries import with_own
from debate.core.api.fields import Choice, Id, Shape, Text, Whole
from debate.core.api.views import ApiView
from debate.core.errors import Invalid, Missing, NotAllowed, named_by
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.assignments.models import AccommodationQuerySet, AssignmentTemplateQuerySet

MOST_LISTED = 500
NOT_NOW = "Only instructors change this, and nobody while the seminar is archived."
NOT_READ = NOT_NOW.replace("change", "read")


class OfOneAssignment(ApiView):
    """What views below the address of an assignment share."""

    required_scope = Scope.ADMIN

    def find(self) -> None:
        """The assignment, and whether the person sets it up. Raises Missing, NotAllowed."""
        self.assignment = find_visible(self.user, self.kwargs["pk"])
        membership = membership_of(self.user, self.assignment.seminar)
        if not may_set_essay(membership, self.assignment.seminar):
            raise NotAllowed(NOT_READ if self.request.method in SAFE_METHODS else NOT_NOW)


class CloseView(OfOneAssignment):
    """The end of an assignment."""

    serializer_class = AssignmentSerializer

    @extend_schema(
        request=None,
        responses={200: AssignmentSerializer},
        operation_id="assignments_close_create",
        description="Let nothing more be posted from now on; again does nothing. For instructors, "
        "with the scope `admin`.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Close it now."""
        close_assignment(actor=self.user, assignment_id=pk)
        visible = Assignment.objects.visible_to(self.user).for_api(self.user)
        fresh = with_own(visible, self.user).get(pk=pk)
        context = self.get_serializer_context()
        return Response(AssignmentSerializer(fresh, context=context).data)


class SideSerializer(serializers.ModelSerializer[Side]):
    """The side that a student or a group argues, in a round or, with `round` null, in all."""

    user = serializers.UUIDField(source="user_id", read_only=True, allow_null=True)
    group = serializers.UUIDField(source="group_id", read_only=True, allow_null=True)
    round = serializers.UUIDField(source="round_id", read_only=True, allow_null=True)

    class Meta:
        model = Side
        fields = ["user", "group", "round", "position"]


class SideShape(Shape):
    """The side of one student or one group; null takes back what was said."""

    user = Id(required=False)
    group = Id(required=False)
    position = Choice(choices=Position.choices, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of them."""
        if ("user" in attrs) == ("group" in attrs):
            raise serializers.ValidationError("Give either user or group.")
        return attrs


class SidesShape(Shape):
    """The sides of these students and groups in one round, or in all."""

    round = Id(required=False, allow_null=True)
    sides = SideShape(many=True, max_length=MOST_LISTED)  # type: ignore[call-arg]  # of the list that many=True makes


class SidesView(OfOneAssignment, generics.ListAPIView[Side]):
    """Who argues which side of an assignment's resolution."""

    demands = frozenset()
    has_pages = True
    queryset = Side.objects.none()
    serializer_class = SideSerializer

    def get_queryset(self) -> QuerySet[Side]:
        """All that is said of sides."""
        return Side.objects.filter(assignment=self.assignment)

    @extend_schema(
        operation_id="assignments_sides_list",
        description="Which side students and groups argue, as their instructors said it.",
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The sides."""
        return super().get(request, *args, **kwargs)

    @extend_schema(
        request=SidesShape,
        responses={204: None},
        operation_id="assignments_sides_update",
        description="Say which side these students and groups argue; whom you do not name keeps "
        "it. For instructors, with the scope `admin`.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Give the sides."""
        shape = SidesShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        named: dict[str, dict[UUID, str]] = {"user": {}, "group": {}}
        for one in given["sides"]:
            kind = "user" if "user" in one else "group"
            named[kind][one[kind]] = one["position"] or ""
        change_sides(
            actor=self.user,
            assignment_id=pk,
            round_id=given.get("round"),
            people=named["user"],
            groups=named["group"],
        )
        return Response(status=204)


class TemplateSerializer(serializers.ModelSerializer[AssignmentTemplate]):
    """A set-up kept under a name; `setup` counts its dates from the opening."""

    setup = serializers.DictField(read_only=True)

    class Meta:
        model = AssignmentTemplate
        fields = ["id", "name", "setup", "created_at", "updated_at"]
        read_only_fields = fields


class TemplateShape(Shape):
    """The name under which the set-up of an assignment is kept."""

    assignment = Id()
    name = Text()


class TemplateReader(ApiView):
    """What views of kept set-ups share: one's own are all there are."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_scope = Scope.ADMIN
    queryset = AssignmentTemplate.objects.none()
    serializer_class = TemplateSerializer

    def get_queryset(self) -> AssignmentTemplateQuerySet:
        """The person's own set-ups."""
        return AssignmentTemplate.objects.visible_to(self.user)


@extend_schema_view(
    get=extend_schema(
        operation_id="assignment_templates_list",
        description="The set-ups that you have kept to start assignments from.",
    )
)
class TemplateList(TemplateReader, generics.ListAPIView[AssignmentTemplate]):
    """The set-ups that the person who asks has kept."""

    has_pages = True

    @extend_schema(
        request=TemplateShape,
        responses={201: TemplateSerializer},
        operation_id="assignment_templates_create",
        description="Keep the set-up of an `assignment` under a `name`. For its instructors, with "
        "the scope `admin`.",
    )
    def post(self, request: Request) -> Response:
        """Keep a set-up."""
        assignment = self._assignment(request.data)
        shape = TemplateShape(data=request.data)
        shape.is_valid(raise_exception=True)
        name = shape.validated_data["name"]
        kept = save_template(actor=self.user, assignment_id=assignment.pk, name=name)
        address = reverse("api:assignment-template-detail", args=[kept.pk], request=request)
        return Response(TemplateSerializer(kept).data, status=201, headers={"Location": address})

    def _assignment(self, body: Any) -> Assignment:
        """The assignment that the body names, before the rest of the body is judged."""
        named = NamedAssignment(data=body)
        if not named.is_valid():
            TemplateShape(data=body).is_valid(raise_exception=True)
        with named_by("assignment"):
            assignment = find_visible(self.user, named.validated_data["assignment"])
        if not may_keep_template(membership_of(self.user, assignment.seminar)):
            raise NotAllowed("Only instructors of this seminar keep its set-ups.")
        return assignment


class NamedAssignment(serializers.Serializer[Any]):
    """The assignment that a body names, whatever else it holds."""

    assignment = Id()


class TemplateDetail(TemplateReader):
    """One kept set-up."""

    def hold(self) -> None:
        """Lock the set-up."""
        list(self.get_queryset().select_for_update(of=("self",)).filter(pk=self.kept.pk))

    def find(self) -> None:
        """The person's set-up. Raises Missing."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.kept = found

    @extend_schema(
        operation_id="assignment_templates_retrieve", description="One of your kept set-ups."
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The set-up."""
        return Response(TemplateSerializer(self.kept).data)

    @extend_schema(
        responses={204: None},
        operation_id="assignment_templates_destroy",
        description="Delete one of your kept set-ups, with the scope `admin`.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Delete it."""
        with self.unchanged():
            delete_template(actor=self.user, template_id=pk)
        return Response(status=204)


class AccommodationSerializer(serializers.ModelSerializer[Accommodation]):
    """Days that a student has more in each assignment of a seminar."""

    user = serializers.UUIDField(source="user_id", read_only=True)
    name = serializers.CharField(source="user.display_name", read_only=True)

    class Meta:
        model = Accommodation
        fields = ["user", "name", "extra_days", "created_at", "updated_at"]


class AccommodationShape(Shape):
    """How many days more; 0 takes them back."""

    extra_days = Whole()


class AccommodationReader(ApiView):
    """What views of a seminar's accommodations share."""

    required_scope = Scope.ADMIN
    queryset = Accommodation.objects.none()
    serializer_class = AccommodationSerializer

    def find(self) -> None:
        """The seminar, and for a change whether the person grants days. Raises NotAllowed."""
        seminars = Seminar.objects.visible_to(self.user)
        seminar = seminars.filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        self.seminar = seminar
        membership = membership_of(self.user, seminar)
        reads = self.request.method in SAFE_METHODS
        if not (is_instructor(membership) if reads else may_extend(membership, seminar)):
            raise NotAllowed(NOT_NOW)

    def get_queryset(self) -> AccommodationQuerySet:
        """The seminar's accommodations that the person may know of."""
        visible = Accommodation.objects.visible_to(self.user)
        return visible.filter(seminar=self.seminar).select_related("user")


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_accommodations_list",
        description="The days that students have more in each assignment. For instructors.",
    )
)
class AccommodationList(AccommodationReader, generics.ListAPIView[Accommodation]):
    """The accommodations of one seminar."""

    has_pages = True


class AccommodationDetail(AccommodationReader):
    """The accommodation of one student."""

    demands = frozenset()

    @extend_schema(
        request=AccommodationShape,
        responses={204: None},
        operation_id="seminars_accommodations_update",
        description="Give a student so many days more in each assignment; 0 takes them back. For "
        "instructors, with the scope `admin`.",
    )
    def put(self, request: Request, seminar_id: UUID, user_id: UUID) -> Response:
        """Give the days."""
        shape = AccommodationShape(data=request.data)
        shape.is_valid(raise_exception=True)
        days = {user_id: shape.validated_data["extra_days"]}
        try:
            change_accommodations(actor=self.user, seminar_id=seminar_id, days=days)
        except Invalid as error:
            error.field = "extra_days" if error.field == "days" else error.field
            raise
        return Response(status=204)
