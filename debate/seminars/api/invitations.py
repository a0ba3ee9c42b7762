"""The invitations of a seminar in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from debate.accounts.enums import Scope
from debate.core.api.fields import Choice, Id, Shape, Whole
from debate.core.errors import Missing, NotAllowed
from debate.seminars.actions.invitations import create_invitation, revoke_invitation
from debate.seminars.api.people import MemberReader, SectionSerializer
from debate.seminars.enums import Role
from debate.seminars.models import Invitation
from debate.seminars.permissions import is_instructor
from debate.seminars.queries.invitations import ways_in

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.seminars.models import InvitationQuerySet

STATES = ("active", "used", "expired", "revoked")


class InvitationSerializer(serializers.ModelSerializer[Invitation]):
    """An invitation, without its secrets."""

    section = SectionSerializer(read_only=True, allow_null=True)
    state = serializers.ChoiceField(choices=STATES, read_only=True)

    class Meta:
        model = Invitation
        fields = [
            "id",
            "hint",
            "role",
            "section",
            "most_uses",
            "uses",
            "state",
            "expires_at",
            "revoked_at",
            "created_at",
        ]


class NewInvitationSerializer(InvitationSerializer):
    """An invitation just made, with the link and the code that are never shown again."""

    link = serializers.SerializerMethodField()
    code = serializers.SerializerMethodField()

    class Meta(InvitationSerializer.Meta):
        fields = [*InvitationSerializer.Meta.fields, "link", "code"]

    @extend_schema_field(serializers.URLField())
    def get_link(self, invitation: Invitation) -> str:  # noqa: ARG002 - DRF's signature
        """The link, this once."""
        return str(self.context["ways"].link)

    def get_code(self, invitation: Invitation) -> str:  # noqa: ARG002 - DRF's signature
        """The short code, this once."""
        return str(self.context["ways"].code)


class InvitationShape(Shape):
    """An invitation to be made; the least is nothing at all."""

    role = Choice(choices=Role.choices, required=False)
    section = Id(required=False, allow_null=True)
    most_uses = Whole(required=False, allow_null=True)
    days = Whole(required=False)

    def given(self) -> dict[str, Any]:
        """The valid input as the action takes it."""
        given = dict(self.validated_data)
        section = given.pop("section", None)
        return {**given, "section_id": section}


class InvitationReader(MemberReader):
    """What views of invitations share: they are for those who manage the seminar."""

    required_read_scope = Scope.ADMIN
    queryset = Invitation.objects.none()  # type: ignore[assignment]  # of the same views, another noun
    serializer_class = InvitationSerializer  # type: ignore[assignment]  # as above

    def find(self) -> None:
        """The seminar. Raises NotAllowed, also for reading, to all but its instructors."""
        super().find()
        if not is_instructor(self.membership):
            raise NotAllowed("Only instructors of this seminar see its invitations.")

    def get_queryset(self) -> InvitationQuerySet:  # type: ignore[override]  # as above
        """The seminar's invitations."""
        visible = Invitation.objects.visible_to(self.user).filter(seminar=self.seminar)
        return visible.select_related("section")


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_invitations_list",
        description="The invitations of a seminar that you teach, without their secrets; also for reading "
        "with the scope `admin`.",
    )
)
class InvitationList(InvitationReader, generics.ListAPIView[Invitation]):
    """The invitations of one seminar."""

    has_pages = True

    @extend_schema(
        request=InvitationShape,
        responses={201: NewInvitationSerializer},
        operation_id="seminars_invitations_create",
        description="Make an invitation. `link` and `code` stand in this answer and never "
        "again. For instructors, with the scope `admin`.",
    )
    def post(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Make an invitation."""
        shape = InvitationShape(data=request.data)
        shape.is_valid(raise_exception=True)
        invitation, token, code = create_invitation(
            actor=self.user, seminar=self.seminar, **shape.given()
        )
        ways = ways_in(request, token, code)
        context = {**self.get_serializer_context(), "ways": ways}
        address = reverse(
            "api:invitation-detail", args=[self.seminar.pk, invitation.pk], request=request
        )
        body = NewInvitationSerializer(invitation, context=context).data
        return Response(body, status=201, headers={"Location": address})


class InvitationDetail(InvitationReader):
    """One invitation."""

    # What becomes of it as time goes by and people come in.
    passing = frozenset({"uses", "state"})

    def find(self) -> None:
        """The invitation of the address. Raises Missing."""
        super().find()
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.invitation = found

    @extend_schema(
        operation_id="seminars_invitations_retrieve",
        description="One invitation, without its secrets. For instructors, with the scope `admin`.",
    )
    def get(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The invitation."""
        return Response(self.get_serializer(self.invitation).data)

    @extend_schema(
        responses={204: None},
        operation_id="seminars_invitations_destroy",
        description="Revoke an invitation; whoever came in by it stays. Again does nothing. For "
        "instructors, with the scope `admin`.",
    )
    def delete(self, request: Request, seminar_id: UUID, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Revoke the invitation."""
        with self.unchanged():
            revoke_invitation(actor=self.user, invitation_id=pk)
        return Response(status=204)
