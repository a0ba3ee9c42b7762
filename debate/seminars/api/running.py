"""Seminars made, changed and archived, and people who come in or join groups by themselves, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import permissions
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.core.api.fields import Change, Shape, Switch, Text
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.actions import (
    archive_seminar,
    change_seminar,
    create_seminar,
    join_group,
    leave_group,
    lock_seminar,
    make_own_group,
    restore_seminar,
)
from debate.seminars.actions.groups import NOT_BY_STUDENTS
from debate.seminars.actions.invitations import accept_invitation, find_invitation
from debate.seminars.api.groups import GroupReader, SeminarGroupSerializer
from debate.seminars.api.seminars import SeminarReader, SeminarSerializer
from debate.seminars.models import Seminar
from debate.seminars.permissions import (
    MAKES_NO_SEMINAR,
    is_instructor,
    may_create_seminar,
    may_take_part,
    membership_of,
)
from debate.seminars.queries.invitations import tries_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debate.accounts.models import User

SETTINGS = (
    *("title", "description", "time_zone", "allows_public", "students_make_groups"),
    "asks_consent",
)


class SeminarChangeShape(Change):
    """What is to change of a seminar; what is left out stays as it is."""

    empty = {"description": ""}

    title = Text(required=False)
    description = Text(required=False, help_text="Markdown, at most 5,000 characters.")
    time_zone = Text(required=False, help_text="A name such as Europe/Berlin.")
    allows_public = Switch(required=False)
    students_make_groups = Switch(required=False)
    asks_consent = Switch(
        required=False, help_text="Whether members are asked if their words may go into research."
    )


class SeminarShape(Shape):
    """A new seminar; the least is its `title`."""

    title = Text()
    slug = Text(required=False, help_text="The last part of its address; else of the title.")
    description = Text(required=False, help_text="Markdown, at most 5,000 characters.")
    time_zone = Text(required=False, help_text="A name such as Europe/Berlin; else UTC.")
    allows_public = Switch(required=False)


def shown(view: ApiView, seminar_id: UUID) -> dict[str, Any]:
    """The seminar as the person who asks sees it now."""
    user = view.request.user
    fresh = Seminar.objects.visible_to(user).for_member(user).get(pk=seminar_id)
    return dict(SeminarSerializer(fresh, context=view.get_serializer_context()).data)


class SeminarViewSet(SeminarReader):
    """Seminars: read by their members, made by whom the site lets, changed by instructors."""

    required_scope = Scope.ADMIN

    def find(self) -> None:
        """For a change, whether the person makes it. Raises Missing, NotAllowed."""
        if self.request.method in SAFE_METHODS:
            return
        if "pk" not in self.kwargs:
            if not may_create_seminar(self.user):
                raise NotAllowed(MAKES_NO_SEMINAR)
            return
        self.seminar = find_taught(self.user, self.kwargs["pk"])

    def hold(self) -> None:
        """Lock the seminar, as its actions do."""
        self.seminar = lock_seminar(self.seminar)

    @extend_schema(
        request=SeminarShape,
        responses={201: SeminarSerializer},
        description="Make a seminar whose first instructor you are, where the site lets you; with "
        "the scope `admin`.",
    )
    def create(self, request: Request) -> Response:
        """Make a seminar."""
        shape = SeminarShape(data=request.data)
        shape.is_valid(raise_exception=True)
        seminar = create_seminar(actor=self.user, **shape.validated_data)
        address = reverse("api:seminar-detail", args=[seminar.pk], request=request)
        return Response(shown(self, seminar.pk), status=201, headers={"Location": address})

    @extend_schema(
        request=SeminarChangeShape,
        responses={200: SeminarSerializer},
        description="Change how the seminar is called and what is allowed in it. For instructors, "
        "with the scope `admin`.",
    )
    def partial_update(self, request: Request, pk: UUID) -> Response:
        """Change the settings."""
        shape = SeminarChangeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            now = {name: getattr(self.seminar, name) for name in SETTINGS}
            change_seminar(actor=self.user, seminar=self.seminar, **now | shape.validated_data)
        return Response(shown(self, pk))


def find_taught(user: User, seminar_id: UUID) -> Seminar:
    """The seminar, whose instructor the person is. Raises Missing, NotAllowed."""
    seminar = Seminar.objects.visible_to(user).filter(pk=seminar_id).first()
    if seminar is None:
        raise Missing
    if not is_instructor(membership_of(user, seminar)):
        raise NotAllowed("Only instructors of this seminar change it.")
    return seminar


class ArchiveView(ApiView):
    """Whether a seminar is archived."""

    demands = frozenset()
    required_scope = Scope.ADMIN
    serializer_class = SeminarSerializer

    def find(self) -> None:
        """The seminar. Raises Missing, and NotAllowed to all but its instructors."""
        self.seminar = find_taught(cast("User", self.request.user), self.kwargs["pk"])

    def get_queryset(self) -> QuerySet[Seminar]:
        """The person's seminars."""
        return Seminar.objects.visible_to(self.request.user).for_member(self.request.user)

    @extend_schema(
        request=None,
        responses={200: SeminarSerializer},
        operation_id="seminars_archive_update",
        description="End the seminar: it stays readable, and nothing is written in it any more. "
        "For instructors, with the scope `admin`.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Archive it."""
        archive_seminar(actor=cast("User", request.user), seminar=self.seminar)
        return Response(shown(self, pk))

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="seminars_archive_destroy",
        description="Take the seminar out of the archive. For instructors, with the scope `admin`.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Restore it."""
        restore_seminar(actor=cast("User", request.user), seminar=self.seminar)
        return Response(status=204)


class JoinShape(Shape):
    """The short code of an invitation, or the last part of its link."""

    code = Text()


class JoinView(ApiView):
    """Coming in by an invitation.

    A PUT, which again changes nothing: with the key of a POST a refusal would take back what counts
    wrong codes.
    """

    demands = frozenset()
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    serializer_class = SeminarSerializer

    @extend_schema(
        request=JoinShape,
        responses={200: SeminarSerializer},
        operation_id="join_update",
        description="Become a member of the seminar whose invitation has that `code`. Who is a "
        "member already stays what he or she is.",
    )
    def put(self, request: Request) -> Response:
        """Come in."""
        shape = JoinShape(data=request.data)
        shape.is_valid(raise_exception=True)
        user = cast("User", request.user)
        code = shape.validated_data["code"]
        invitation = find_invitation(secret=code, limits=tries_of(request))
        membership = accept_invitation(actor=user, invitation_id=invitation.pk)
        return Response(shown(self, membership.seminar_id))


class OwnGroupShape(Shape):
    """A reading group that a student makes."""

    name = Text()


class ByStudents(GroupReader):
    """What students do with reading groups, where the seminar lets them."""

    demands = frozenset()
    required_scope = Scope.WRITE

    def may_change(self) -> bool:
        """Whether students make, join and leave groups by themselves, and the person is one."""
        if not may_take_part(self.membership, self.seminar):
            raise NotAllowed(NOT_BY_STUDENTS)
        return True


class OwnGroupView(ByStudents):
    """A reading group made by a student."""

    @extend_schema(
        request=OwnGroupShape,
        responses={201: SeminarGroupSerializer},
        operation_id="seminars_groups_own_create",
        description="Make an open reading group with yourself in it, as a student, where the "
        "seminar lets students.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:
        """Make a group."""
        shape = OwnGroupShape(data=request.data)
        shape.is_valid(raise_exception=True)
        name = shape.validated_data["name"]
        group = make_own_group(actor=self.user, seminar=self.seminar, name=name)
        address = reverse("api:group-detail", args=[seminar_id, group.pk], request=request)
        return Response(self.shown(group.pk), status=201, headers={"Location": address})


class GroupMembershipView(ByStudents):
    """Whether the student who asks is in an open group."""

    def find_member(self) -> None:
        """The group of the address. Raises Missing."""
        if not self.get_queryset().filter(pk=self.kwargs["pk"]).exists():
            raise Missing

    @extend_schema(
        request=None,
        responses={200: SeminarGroupSerializer},
        operation_id="seminars_groups_membership_update",
        description="Join an open group, as a student, where the seminar lets students.",
    )
    def put(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Join it."""
        join_group(actor=self.user, group_id=pk)
        return Response(self.shown(pk))

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="seminars_groups_membership_destroy",
        description="Leave an open group, as a student, where the seminar lets students.",
    )
    def delete(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Leave it."""
        leave_group(actor=self.user, group_id=pk)
        return Response(status=204)
