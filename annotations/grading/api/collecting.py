"""How works come to be and are held, in the API: collected, added to, open at one marker's desk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotations.grading.actions.collecting import collect_works, take_in
from annotations.grading.actions.locking import NO_PLAN
from annotations.grading.actions.queueing import ONLY_STAFF, hold_work, let_go
from annotations.grading.api.works import WorkDetailSerializer, WorkReader
from annotations.grading.enums import MarkRole, Via
from annotations.grading.models import GradingPlan
from annotations.grading.permissions import may_mark
from debate.assignments.models import Assignment
from debate.core.api.fields import Choice, Shape
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class CollectedSerializer(serializers.Serializer[Any]):
    """The works that were made, in no order that tells anything."""

    works = serializers.ListField(child=serializers.UUIDField())


class LeaseSerializer(serializers.Serializer[Any]):
    """In which part you hold a work, and until when."""

    role = serializers.ChoiceField(choices=MarkRole.choices)
    held_until = serializers.DateTimeField()


class LeaseShape(Shape):
    """In which part the work is open; the first if none is given."""

    role = Choice(choices=MarkRole.choices, required=False)


class CollectView(WorkReader):
    """How an assignment is collected."""

    demands = frozenset()
    address = ""

    def find(self) -> None:
        """The assignment with a plan, and whether the person marks it. Raises Missing, NotAllowed."""
        known = Assignment.objects.set_to(self.user).select_related("seminar")
        found = known.filter(pk=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        if not may_mark(membership_of(self.user, found.seminar), found.seminar):
            raise NotAllowed("Only staff of this seminar collect works.")
        if not GradingPlan.objects.visible_to(self.user).filter(assignment=found).exists():
            raise Missing(NO_PLAN)
        self.assignment = found

    @extend_schema(
        request=None,
        responses={200: CollectedSerializer},
        operation_id="assignments_collect_create",
        description="Make works of what students wrote whose closing has passed and who have none "
        "yet; of an assignment without a closing, as it stands now. Again it makes those alone that "
        "have come to be due since. Before the closing it is a 409 (`not_closed`).",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Collect it."""
        made = collect_works(
            actor=self.user,
            assignment_id=assignment_id,
            by_hand=self.assignment.closes_at is None,
            via=Via.API,
        )
        shown = CollectedSerializer({"works": sorted(work.pk for work in made)})
        return Response(shown.data)


class MarkedWork(WorkReader):
    """What views of one work that the person marks share; `work` is that of the address."""

    def find(self) -> None:
        """The work, and whether the person marks it. Raises Missing, NotAllowed."""
        found = self.works().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.work = found
        seminar = found.assignment.seminar
        marks = may_mark(membership_of(self.user, seminar), seminar)
        if found.student_id == self.user.pk or not marks:
            raise NotAllowed(ONLY_STAFF)


class WorkTakeIn(MarkedWork):
    """How what came late is added to a work."""

    serializer_class = WorkDetailSerializer
    demands = frozenset({"POST"})

    @extend_schema(
        request=None,
        responses={200: WorkDetailSerializer},
        operation_id="works_take_in_create",
        description="Add to a work what its student wrote since it was frozen, such as what was "
        "sent late; what is in it stays in its version. Its grade is computed anew. A released one "
        "is a 409 until it is reopened.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it in."""
        take_in(actor=self.user, work_id=pk, version=self.version(), via=Via.API)
        return Response(self.get_serializer(self.works().get(pk=pk)).data)


class WorkLease(MarkedWork):
    """Who has a work open."""

    demands = frozenset()
    address = ""

    def current(self) -> None:
        """Nothing: it is held for a while or not, and has no versions."""

    @extend_schema(
        request=LeaseShape,
        responses={200: LeaseSerializer},
        operation_id="works_lease_update",
        description="Say that you have the work open, or still have: you hold it for a quarter of "
        "an hour from now, and the queue gives it to nobody else in that part. While somebody else "
        "holds it, it is a 409 (`held`).",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Hold it."""
        shape = LeaseShape(data=request.data)
        shape.is_valid(raise_exception=True)
        role = MarkRole(shape.validated_data.get("role", MarkRole.FIRST))
        lease = hold_work(actor=self.user, work_id=pk, role=role)
        shown = LeaseSerializer({"role": lease.role, "held_until": lease.expires_at})
        return Response(shown.data)

    @extend_schema(
        responses={204: None},
        operation_id="works_lease_destroy",
        description="Say that you have closed the work, so that others get it; again does nothing.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Let it go."""
        let_go(actor=self.user, work_id=pk)
        return Response(status=204)
