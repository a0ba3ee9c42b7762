"""Assignments and extensions in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, mixins
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.enums import Scope
from debate.assignments.actions import (
    change_assignment,
    delete_assignment,
    grant_extension,
    lock_assignment,
    set_essay,
    withdraw_extension,
)
from debate.assignments.api.inputs import (
    AssignmentShape,
    ExtensionShape,
    NamedEssay,
    SetUpShape,
)
from debate.assignments.api.serializers import AssignmentSerializer, ExtensionSerializer
from debate.assignments.models import Assignment, Extension
from debate.assignments.permissions import may_extend, may_read_reasons, may_set_essay
from debate.assignments.queries import with_own
from debate.core.api.views import ApiView, ApiViewSet
from debate.core.errors import Missing, NotAllowed
from debate.essays.models import Essay
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.accounts.models import User
    from debate.assignments.models import AssignmentQuerySet, ExtensionQuerySet


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
    """Assignments that the person may see; instructors set them up."""

    queryset = Assignment.objects.none()
    serializer_class = AssignmentSerializer
    filterset_class = AssignmentFilters
    required_scope = Scope.ADMIN
    # What the hour brings, and what holds for whoever asks.
    passing = frozenset({"is_open", "current_round", "dates", "side", "html_url"})

    def hold(self) -> None:
        """Lock the assignment, as every change of it does."""
        lock_assignment(self.kwargs["pk"])

    def get_queryset(self) -> AssignmentQuerySet:
        """The assignments the person may see, with what holds for the person."""
        visible = Assignment.objects.visible_to(self.user).for_api(self.user)
        return with_own(visible, self.user)

    def find(self) -> None:
        """For a change, the assignment, and whether the person changes it. Raises NotAllowed."""
        if "pk" not in self.kwargs or self.request.method in SAFE_METHODS:
            return
        found = find_visible(self.user, self.kwargs["pk"])
        if not may_set_essay(membership_of(self.user, found.seminar), found.seminar):
            raise NotAllowed(
                "Only instructors change this, and nobody while the seminar is archived."
            )

    @extend_schema(
        request=AssignmentShape,
        responses={201: AssignmentSerializer},
        description="Set an essay to its seminar; instructors do, with the scope `admin`. "
        "Without dates it opens now and stays open.",
    )
    def create(self, request: Request) -> Response:
        """Set an essay to its seminar."""
        essay = self._essay(request.data)
        shape = AssignmentShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given: dict[str, Any] = {**shape.given()}
        given.pop("essay")
        assignment = set_essay(actor=self.user, essay=essay, **given)
        address = reverse("api:assignment-detail", args=[assignment.pk], request=request)
        return Response(self._shown(assignment), status=201, headers={"Location": address})

    def _essay(self, body: Any) -> Essay:
        """The essay that the body names, before the rest of the body is judged."""
        named = NamedEssay(data=body)
        if not named.is_valid():
            AssignmentShape(data=body).is_valid(raise_exception=True)
        visible = Essay.objects.visible_to(self.user).for_library()
        essay = visible.filter(pk=named.validated_data["essay"]).first()
        if essay is None:
            raise Missing(field="essay")
        if not may_set_essay(membership_of(self.user, essay.seminar), essay.seminar):
            raise NotAllowed(
                "Only instructors set essays, and nobody while the seminar is archived."
            )
        return essay

    @extend_schema(
        request=SetUpShape,
        responses={200: AssignmentSerializer},
        description="Change the set-up; instructors do, with the scope `admin`. Members that you "
        "leave out stay as they are; `rounds` replaces all rounds.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change what is asked and when."""
        shape = SetUpShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            assignment = change_assignment(actor=self.user, assignment_id=pk, **shape.given())
        return Response(self._shown(assignment))

    @extend_schema(
        responses={204: None},
        description="Delete an assignment in which nothing was ever posted; instructors do, with "
        "the scope `admin`. Others are closed.",
    )
    def destroy(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Delete it."""
        with self.unchanged():
            delete_assignment(actor=self.user, assignment_id=pk)
        return Response(status=204)

    def _shown(self, assignment: Assignment) -> dict[str, Any]:
        fresh = self.get_queryset().get(pk=assignment.pk)
        return dict(AssignmentSerializer(fresh, context=self.get_serializer_context()).data)


def find_visible(user: User, assignment_id: UUID) -> Assignment:
    """The assignment, if the person may see it. Raises Missing."""
    visible = Assignment.objects.visible_to(user).select_related("seminar")
    found = visible.filter(pk=assignment_id).first()
    if found is None:
        raise Missing
    return found


class ExtensionReader(ApiView):
    """What the views of an assignment's extensions share."""

    queryset = Extension.objects.none()
    serializer_class = ExtensionSerializer
    required_scope = Scope.ADMIN

    def find(self) -> None:
        """The assignment, and whether the person grants extensions. Raises NotAllowed."""
        self.assignment = find_visible(self.user, self.kwargs["pk"])
        self.membership = membership_of(self.user, self.assignment.seminar)
        if self.request.method in SAFE_METHODS:
            return
        if not may_extend(self.membership, self.assignment.seminar):
            raise NotAllowed(
                "Only instructors grant more time, and nobody while the seminar is archived."
            )
        students = Membership.objects.filter(
            seminar=self.assignment.seminar, role=Role.STUDENT, user=self.kwargs["user_id"]
        )
        if not students.exists():
            raise Missing

    def get_queryset(self) -> ExtensionQuerySet:
        """The assignment's extensions that the person may know of."""
        visible = Extension.objects.visible_to(self.user)
        return visible.filter(assignment=self.assignment).select_related("user")

    def get_serializer_context(self) -> dict[str, Any]:
        """Adds whether the person reads reasons."""
        knows = may_read_reasons(self.membership)
        return {**super().get_serializer_context(), "reads_reasons": knows}


@extend_schema_view(
    get=extend_schema(
        operation_id="assignments_extensions_list",
        description="Your own extension; to staff those of the students whom they look after, to "
        "assistants without the reason.",
    )
)
class ExtensionList(ExtensionReader, generics.ListAPIView[Extension]):
    """The extensions of one assignment."""

    has_pages = True


class ExtensionDetail(ExtensionReader):
    """The extension of one student."""

    compares = True

    def current(self) -> Any:
        """The extension as it is now; None while there is none."""
        found = self.get_queryset().filter(user=self.kwargs["user_id"]).first()
        context = self.get_serializer_context()
        return None if found is None else ExtensionSerializer(found, context=context).data

    def hold(self) -> None:
        """Lock the assignment, as every change of its extensions does."""
        lock_assignment(self.assignment.pk)

    def demands_version(self) -> bool:
        """To change one; to grant the first one there is nothing whose version could be named."""
        return super().demands_version() and self.current() is not None

    @extend_schema(
        operation_id="assignments_extensions_retrieve",
        description="The extension of one student: your own, and to staff those of the students "
        "whom they look after.",
    )
    def get(self, request: Request, pk: UUID, user_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The extension."""
        current = self.current()
        if current is None:
            raise Missing
        return Response(current)

    @extend_schema(
        request=ExtensionShape,
        responses={200: ExtensionSerializer, 201: ExtensionSerializer},
        operation_id="assignments_extensions_update",
        description="Give the student later dates, in place of those given before; instructors "
        "do, with the scope `admin`.",
    )
    def put(self, request: Request, pk: UUID, user_id: UUID) -> Response:
        """Grant or change the extension."""
        shape = ExtensionShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            is_new = self.current() is None
            grant_extension(
                actor=self.user, assignment_id=pk, user_id=user_id, **shape.validated_data
            )
        address = request.build_absolute_uri(request.path)
        headers = {"Location": address} if is_new else None
        return Response(self.current(), status=201 if is_new else 200, headers=headers)

    @extend_schema(
        responses={204: None},
        operation_id="assignments_extensions_destroy",
        description="Let everybody's dates hold for the student again. For instructors, with the "
        "scope `admin`.",
    )
    def delete(self, request: Request, pk: UUID, user_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Withdraw the extension."""
        with self.unchanged():
            withdraw_extension(actor=self.user, assignment_id=pk, user_id=user_id)
        return Response(status=204)
