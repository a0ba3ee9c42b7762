"""Assignments in the API; all of them are read only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, serializers

from debate.assignments.models import Assignment, Round
from debate.core.api.views import ApiViewSet

if TYPE_CHECKING:
    from django.db.models import QuerySet


class RoundSerializer(serializers.ModelSerializer[Round]):
    """A stretch of an assignment."""

    class Meta:
        model = Round
        fields = ["id", "number", "name", "opens_at"]


class AskedSerializer(serializers.ModelSerializer[Assignment]):
    """How much of each kind is asked of a student."""

    comments = serializers.IntegerField(source="asked_comments", read_only=True)
    counterarguments = serializers.IntegerField(source="asked_counterarguments", read_only=True)
    evidence = serializers.IntegerField(source="asked_evidence", read_only=True)

    class Meta:
        model = Assignment
        fields = ["comments", "counterarguments", "evidence"]


class AssignmentSerializer(serializers.ModelSerializer[Assignment]):
    """An essay set to its seminar. Who is no member reads neither instructions nor what is asked."""

    seminar = serializers.UUIDField(source="seminar_id", read_only=True)
    essay = serializers.UUIDField(source="essay_id", read_only=True)
    revision = serializers.IntegerField(
        source="revision.number",
        read_only=True,
        help_text="The number of the essay's revision that the assignment shows.",
    )
    instructions = serializers.SerializerMethodField()
    asked = serializers.SerializerMethodField()
    is_open = serializers.BooleanField(read_only=True)
    rounds = RoundSerializer(many=True, read_only=True)
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Assignment
        fields = [
            "id",
            "seminar",
            "essay",
            "revision",
            "slug",
            "title",
            "instructions",
            "asked",
            "opens_at",
            "due_at",
            "closes_at",
            "is_open",
            "rounds",
            "created_at",
            "updated_at",
            "html_url",
        ]

    def get_instructions(self, assignment: Assignment) -> str | None:
        """What the instructor wrote; null for who is no member."""
        return assignment.instructions if _is_member(assignment) else None

    @extend_schema_field(AskedSerializer(allow_null=True))
    def get_asked(self, assignment: Assignment) -> dict[str, Any] | None:
        """What is asked of a student; null for who is no member."""
        return dict(AskedSerializer(assignment).data) if _is_member(assignment) else None

    def get_html_url(self, assignment: Assignment) -> str:
        """The reading page."""
        return str(self.context["request"].build_absolute_uri(assignment.get_absolute_url()))


def _is_member(assignment: Assignment) -> bool:
    return bool(assignment.is_member)  # type: ignore[attr-defined]  # by `for_api`


class AssignmentFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Which assignments."""

    seminar = django_filters.UUIDFilter(field_name="seminar_id", label="Of that seminar.")
    essay = django_filters.UUIDFilter(field_name="essay_id", label="Of that essay.")

    class Meta:
        model = Assignment
        fields: list[str] = []


@extend_schema_view(
    list=extend_schema(description="The assignments of your seminars, and those open to all."),
    retrieve=extend_schema(description="One assignment."),
)
class AssignmentViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """Assignments that the person may see."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilters

    def get_queryset(self) -> QuerySet[Assignment]:
        """The assignments the person may see."""
        user = self.request.user
        return Assignment.objects.visible_to(user).for_api(user)
