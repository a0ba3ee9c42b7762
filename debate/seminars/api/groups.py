"""The groups of a seminar in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.models import User
from debate.core.api.fields import Change, Choice, Switch, Text
from debate.core.errors import Invalid, Missing
from debate.seminars.actions import change_group, create_group, delete_group
from debate.seminars.api.people import Ids, MemberReader
from debate.seminars.enums import GroupKind
from debate.seminars.models import Group
from debate.seminars.queries.groups import with_people

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from rest_framework.request import Request

    from debate.seminars.models import GroupQuerySet

MOST_MEMBERS = 1_000


class GroupMemberSerializer(serializers.ModelSerializer[User]):
    """Somebody in a group."""

    name = serializers.CharField(source="display_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", "name"]


class SeminarGroupSerializer(serializers.ModelSerializer[Group]):
    """A reading group or section, and who is in it."""

    members = serializers.SerializerMethodField()

    class Meta:
        model = Group
        fields = ["id", "name", "kind", "is_open", "members", "created_at", "updated_at"]

    @extend_schema_field(GroupMemberSerializer(many=True))
    def get_members(self, group: Group) -> list[dict[str, Any]]:
        """Those of its members who still belong to the seminar, by name."""
        people: list[User] = group.people  # type: ignore[attr-defined]  # by `with_people`
        return list(GroupMemberSerializer(people, many=True).data)


class MemberIds(Ids):
    """The ids of all who are to be in a group."""

    default_error_messages = {
        **Ids.default_error_messages,
        "max_length": "At most 1,000 ids are taken.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": MOST_MEMBERS, **options})


class GroupShape(Change):
    """What a group is to be; what is left out stays as it is."""

    empty = {"members": ()}

    name = Text(required=False)
    is_open = Switch(required=False)
    members = MemberIds(required=False)

    def given(self) -> dict[str, Any]:
        """The valid input as the actions take it. Raises Invalid for ids that nobody has."""
        given = dict(self.validated_data)
        if "members" in given:
            given["members"] = _people(given["members"])
        return given


class NewGroupShape(GroupShape):
    """A group to be made; its kind stays."""

    name = Text()
    kind = Choice(choices=GroupKind.values, required=False)


def _people(ids: Iterable[UUID]) -> list[User]:
    wanted = set(ids)
    people = list(User.objects.filter(pk__in=wanted))
    if len(people) < len(wanted):
        raise Invalid("Everybody in a group must be a member of the seminar.", field="members")
    return people


class GroupReader(MemberReader):
    """What views of groups share."""

    queryset = Group.objects.none()  # type: ignore[assignment]  # of groups, not of members
    serializer_class = SeminarGroupSerializer  # type: ignore[assignment]

    def get_queryset(self) -> GroupQuerySet:  # type: ignore[override]  # of groups, not of members
        """The seminar's groups with their people."""
        groups = Group.objects.visible_to(self.user).filter(seminar=self.seminar)
        return with_people(groups, self.seminar.pk)

    def shown(self, user_id: UUID) -> dict[str, Any]:
        """The group of that id as it is now."""
        return dict(self.get_serializer(self.get_queryset().get(pk=user_id)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_groups_list",
        description="The reading groups and sections of a seminar, and who is in them.",
    )
)
class GroupList(GroupReader, generics.ListAPIView[Group]):
    """The groups of one seminar."""

    has_pages = True

    @extend_schema(
        request=NewGroupShape,
        responses={201: SeminarGroupSerializer},
        operation_id="seminars_groups_create",
        description="Make a group. `kind` is `reading` unless given; a student is in one section at most. "
        "For instructors, with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:
        """Make a group."""
        shape = NewGroupShape(data=request.data)
        shape.is_valid(raise_exception=True)
        group = create_group(actor=self.user, seminar=self.seminar, **shape.given())
        address = reverse("api:group-detail", args=[seminar_id, group.pk], request=request)
        return Response(self.shown(group.pk), status=201, headers={"Location": address})


class GroupDetail(GroupReader):
    """One group of a seminar."""

    def find_member(self) -> None:
        """The group of the address. Raises Missing."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.group = found

    @extend_schema(operation_id="seminars_groups_retrieve", description="One group of a seminar.")
    def get(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The group."""
        return Response(self.get_serializer(self.group).data)

    @extend_schema(
        request=GroupShape,
        responses={200: SeminarGroupSerializer},
        operation_id="seminars_groups_partial_update",
        description="Change a group's name, who is in it, or whether students join it by themselves. "
        "Whoever is taken out reads nothing of it from the next request on. For instructors, with the "
        "scope `admin`.",
    )
    def patch(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change the group."""
        shape = GroupShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.given()
        with self.unchanged():
            change_group(actor=self.user, group_id=pk, **given)
        return Response(self.shown(pk))

    @extend_schema(
        responses={204: None},
        operation_id="seminars_groups_destroy",
        description="Remove a group that nothing names: no annotation, no assignment, no side. For "
        "instructors, with the scope `admin`.",
    )
    def delete(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Remove the group."""
        with self.unchanged():
            delete_group(actor=self.user, group_id=pk)
        return Response(status=204)
