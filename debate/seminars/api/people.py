"""The members of a seminar in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.permissions import SAFE_METHODS
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.authentication import TokenScope, has_scope
from debate.accounts.enums import Scope
from debate.core.api.fields import SENTENCES, Change, Choice, Id, Switch, Text
from debate.core.api.views import ApiView
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.seminars.actions.people import (
    Standing,
    add_person,
    change_member,
    leave_seminar,
    lock_people,
    remove_member,
)
from debate.seminars.enums import Role
from debate.seminars.models import Group, Membership, RosterEntry, Seminar
from debate.seminars.permissions import is_instructor, may_manage, membership_of
from debate.seminars.queries.people import in_section, shown_sections, with_sections

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.seminars.models import MembershipQuerySet


class SectionSerializer(serializers.ModelSerializer[Group]):
    """A section, to which a student belongs or an assistant is limited."""

    class Meta:
        model = Group
        fields = ["id", "name"]


class MemberSerializer(serializers.ModelSerializer[Membership]):
    """A member. What the reader may not see is null."""

    id = serializers.UUIDField(source="user_id", read_only=True)
    name = serializers.CharField(source="user.display_name", read_only=True)
    pronouns = serializers.SerializerMethodField()
    pronunciation = serializers.SerializerMethodField()
    email = serializers.SerializerMethodField()
    is_limited = serializers.SerializerMethodField()
    sections = serializers.SerializerMethodField()

    class Meta:
        model = Membership
        fields = [
            "id",
            "name",
            "pronouns",
            "pronunciation",
            "role",
            "is_limited",
            "sections",
            "email",
            "created_at",
            "updated_at",
        ]

    def get_pronouns(self, membership: Membership) -> str | None:
        """For instructors and assistants."""
        return membership.user.pronouns if self.context["shows_details"] else None

    def get_pronunciation(self, membership: Membership) -> str | None:
        """For instructors and assistants."""
        return membership.user.pronunciation if self.context["shows_details"] else None

    def get_is_limited(self, membership: Membership) -> bool | None:
        """Whether an assistant looks after `sections` only; for instructors and assistants."""
        return membership.is_limited if self.context["shows_details"] else None

    def get_email(self, membership: Membership) -> str | None:
        """For instructors, with the scope `roster:read`."""
        return membership.user.email if self.context["shows_addresses"] else None

    @extend_schema_field(SectionSerializer(many=True, allow_null=True))
    def get_sections(self, membership: Membership) -> list[dict[str, Any]] | None:
        """For instructors and assistants."""
        if not self.context["shows_details"]:
            return None
        return list(SectionSerializer(shown_sections(membership), many=True).data)


class Ids(serializers.ListField):
    """A list of ids."""

    child = Id()
    default_error_messages = {
        **SENTENCES,
        "not_a_list": "Give a list of ids.",
        "max_length": "At most 100 ids are taken.",
    }

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 100, **options})


class StandingShape(Change):
    """What a member is to be; what is left out stays as it is."""

    empty = {"sections": ()}

    role = Choice(choices=Role.choices, required=False)
    is_limited = Switch(required=False)
    sections = Ids(required=False)

    def standing(self, role: str) -> Standing:
        """As the actions take it; `role` when none is given."""
        given = self.validated_data
        sections = tuple(given["sections"]) if "sections" in given else None
        return Standing(given.get("role", role), given.get("is_limited"), sections)


class NewMemberShape(StandingShape):
    """Somebody to be added, by username or address."""

    username = Text(required=False)
    email = Text(required=False)

    def validate(self, data: Any) -> Any:
        """Exactly one of them is needed."""
        if ("username" in data) == ("email" in data):
            raise serializers.ValidationError("Give either username or email.")
        return data


class MemberFilters(django_filters.FilterSet):  # type: ignore[misc]  # django-filter has no types
    """Members by role and section."""

    role = django_filters.ChoiceFilter(choices=Role.choices)
    section = django_filters.UUIDFilter(method="of_section", label="The id of a section.")

    class Meta:
        model = Membership
        fields: list[str] = []

    def of_section(self, members: MembershipQuerySet, name: str, value: UUID) -> MembershipQuerySet:  # noqa: ARG002 - its signature
        """Its students, and the assistants who are limited to it; for staff."""
        return members.filter(in_section(value)) if self.shows_details() else members.none()

    def shows_details(self) -> bool:
        """Whether the person reads who is in which section."""
        view = self.request.parser_context["view"]
        return bool(view.rights()["shows_details"])


class MemberReader(ApiView):
    """What views of members share: the seminar of the address, and what the person is there."""

    permission_classes = [TokenScope]
    required_scope = Scope.ADMIN
    queryset = Membership.objects.none()
    serializer_class = MemberSerializer

    def find(self) -> None:
        """The seminar, and for a change whether the person manages it."""
        visible = Seminar.objects.visible_to(self.user).filter(pk=self.kwargs["seminar_id"])
        seminar = visible.first()
        if seminar is None:
            raise Missing
        self.seminar = seminar
        self.membership = membership_of(self.user, seminar)
        self.find_member()
        if self.request.method not in SAFE_METHODS and not self.may_change():
            raise NotAllowed(
                "Only instructors change this, and nobody while the seminar is archived."
            )

    def hold(self) -> None:
        """Lock the seminar, as every change of its people and groups does."""
        lock_people(self.seminar)

    def find_member(self) -> None:
        """The member of the address. Views of one override it."""

    def may_change(self) -> bool:
        """Whether the person manages the seminar's people."""
        return may_manage(self.membership, self.seminar)

    def get_queryset(self) -> MembershipQuerySet:
        """The seminar's people with their sections."""
        members = Membership.objects.filter(seminar=self.seminar).people()
        return with_sections(members, self.seminar.pk)

    def get_serializer_context(self) -> dict[str, Any]:
        """What of a member the person may read."""
        return {**super().get_serializer_context(), **self.rights()}

    def rights(self) -> dict[str, bool]:
        """Staff read how people are called; instructors whose token may, the addresses."""
        membership = getattr(self, "membership", None)
        addresses = is_instructor(membership) and has_scope(self.request, Scope.ROSTER_READ)
        return {
            "shows_details": membership is not None and membership.is_staff,
            "shows_addresses": addresses,
        }

    def shown(self, user_id: UUID) -> dict[str, Any]:
        """The member as the person may see it now."""
        return dict(self.get_serializer(self.get_queryset().get(user=user_id)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_members_list",
        description="The people of a seminar. `email` stands there for instructors whose token has "
        "the scope `roster:read`; pronouns and sections for instructors and assistants.",
    )
)
class MemberList(MemberReader, generics.ListAPIView[Membership]):
    """The people of one seminar."""

    has_pages = True
    filterset_class = MemberFilters

    @extend_schema(
        request=NewMemberShape,
        responses={201: MemberSerializer, 202: None},
        operation_id="seminars_members_create",
        description="Add somebody by `username` or `email`. An address without account is kept on "
        "the roster until its owner signs in, which is 202 without a body. For instructors, with the "
        "scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Add somebody."""
        shape = NewMemberShape(data=request.data)
        shape.is_valid(raise_exception=True)
        field = "username" if "username" in shape.validated_data else "email"
        try:
            added = add_person(
                actor=self.user,
                seminar=self.seminar,
                who=shape.validated_data[field],
                standing=shape.standing(Role.STUDENT),
            )
        except DomainError as error:
            error.field = field if error.field == "who" else error.field
            raise
        if isinstance(added, RosterEntry):
            return Response(status=202)
        address = reverse(
            "api:member-detail", args=[self.seminar.pk, added.user_id], request=request
        )
        return Response(self.shown(added.user_id), status=201, headers={"Location": address})


class MemberDetail(MemberReader):
    """One member of a seminar."""

    # What the person says of himself or herself, and what not everybody reads.
    passing = frozenset({"name", "pronouns", "pronunciation", "email"})

    def current(self) -> Any:
        """The member as it is now. Raises Missing."""
        self.find_member()
        return self.get_serializer(self.member).data

    def find_member(self) -> None:
        """The member of the address. Raises Missing."""
        found = self.get_queryset().filter(user=self.kwargs["user_id"]).first()
        if found is None:
            raise Missing
        self.member = found

    def may_change(self) -> bool:
        """Whoever leaves needs no permission."""
        return super().may_change() or self.is_leaving()

    def is_leaving(self) -> bool:
        """Whether the person removes himself or herself."""
        return self.request.method == "DELETE" and self.member.user_id == self.user.pk

    @extend_schema(operation_id="seminars_members_retrieve", description="One member of a seminar.")
    def get(self, request: Request, seminar_id: UUID, user_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The member."""
        return Response(self.get_serializer(self.member).data)

    @extend_schema(
        request=StandingShape,
        responses={200: MemberSerializer},
        operation_id="seminars_members_partial_update",
        description="Give a member another role, or other sections. Acts on the next request. "
        "For instructors, with the scope `admin`.",
    )
    def patch(self, request: Request, seminar_id: UUID, user_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Change what the member is."""
        shape = StandingShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            change_member(
                actor=self.user,
                membership_id=self.member.pk,
                standing=shape.standing(self.member.role),
            )
        return Response(self.shown(user_id))

    @extend_schema(
        responses={204: None},
        operation_id="seminars_members_destroy",
        description="Remove a member, or leave; what the person wrote stays. For instructors and the "
        "member, with the scope `admin`.",
    )
    def delete(self, request: Request, seminar_id: UUID, user_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """End the membership."""
        with self.unchanged():
            if self.is_leaving():
                leave_seminar(actor=self.user, seminar=self.seminar)
            else:
                remove_member(actor=self.user, membership_id=self.member.pk)
        return Response(status=204)
