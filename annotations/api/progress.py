"""Progress in the API: a student's own, for staff that of everybody whom they oversee."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, serializers

from annotations.enums import Kind
from annotations.permissions import may_follow_progress, may_have_receipt
from annotations.queries.progress import PersonProgress, progress_of, students_of
from debate.assignments.models import Assignment
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.models import Membership
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request
    from rest_framework.response import Response

    from debate.accounts.models import User


class TaskSerializer(serializers.Serializer[Any]):
    """One thing that is asked, and how much of it is in."""

    name = serializers.CharField(read_only=True)
    done = serializers.IntegerField(read_only=True)
    asked = serializers.IntegerField(read_only=True)


class StudentSerializer(serializers.Serializer[PersonProgress]):
    """Whose progress it is."""

    id = serializers.UUIDField(source="user_id", read_only=True)
    name = serializers.CharField(read_only=True)


class CountsSerializer(serializers.Serializer[Any]):
    """What counts: by kind wherever it stands, replies, and different paragraphs."""

    by_kind = serializers.DictField(child=serializers.IntegerField(), read_only=True)
    replies = serializers.IntegerField(read_only=True)
    paragraphs = serializers.IntegerField(read_only=True)
    late = serializers.IntegerField(read_only=True, help_text="After the person's due date.")
    last_at = serializers.DateTimeField(read_only=True, allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """With every kind, also those of which there is none."""
        shown: dict[str, Any] = super().to_representation(instance)
        return shown | {"by_kind": {kind: instance.by_kind.get(kind, 0) for kind in Kind.values}}


class ProgressSerializer(serializers.Serializer[PersonProgress]):
    """What is in of what is asked of a student; counts say nothing of its worth."""

    student = StudentSerializer(source="*", read_only=True)
    groups = serializers.ListField(
        source="group_ids", child=serializers.UUIDField(), read_only=True
    )
    state = serializers.ChoiceField(choices=["none", "begun", "done"], read_only=True)
    tasks = TaskSerializer(many=True, read_only=True)
    counts = CountsSerializer(read_only=True)
    due_at = serializers.DateTimeField(source="dates.due_at", read_only=True, allow_null=True)
    has_own_dates = serializers.BooleanField(source="dates.is_own", read_only=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="assignments_progress_list",
        description="What is in of what is asked: yours alone; for staff, of all students whom "
        "they oversee.",
    )
)
class ProgressList(ApiView, generics.ListAPIView[Membership]):
    """The progress of the students of one assignment."""

    has_pages = True
    queryset = Membership.objects.none()
    serializer_class = ProgressSerializer

    def find(self) -> None:
        """The assignment, and what the person is there. Raises Missing, NotAllowed."""
        user = cast("User", self.request.user)
        known = Assignment.objects.set_to(user).for_pages().filter(pk=self.kwargs["assignment_id"])
        assignment = known.first()
        if assignment is None:
            raise Missing
        self.assignment = assignment
        self.membership = membership_of(user, assignment.seminar)
        if not (may_follow_progress(self.membership) or may_have_receipt(self.membership)):
            raise NotAllowed("Progress is for students, who see their own, and for staff.")

    def get_queryset(self) -> QuerySet[Membership]:
        """The students; oneself only, unless one is staff."""
        if self.membership is None:
            return Membership.objects.none()
        if self.membership.is_staff:
            return students_of(self.membership, self.assignment)
        return Membership.objects.filter(pk=self.membership.pk).select_related("user")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:  # noqa: ARG002 - DRF's signature
        """A page of students with their progress."""
        students = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        shown = self.get_serializer(progress_of(self.assignment, students), many=True)
        return self.get_paginated_response(shown.data)
