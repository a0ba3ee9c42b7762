"""Seminars in the API, and who the person is that asks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import mixins, permissions, serializers
from rest_framework.response import Response

from debate.accounts.actions import change_profile
from debate.accounts.api import TokenSerializer
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User
from debate.core.api.fields import Change, Text
from debate.core.api.views import ApiView, ApiViewSet
from debate.seminars.enums import Role
from debate.seminars.models import Group, Seminar

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request


class GroupSerializer(serializers.ModelSerializer[Group]):
    """A group to which the person may address annotations."""

    class Meta:
        model = Group
        fields = ["id", "name", "kind"]


class SeminarSerializer(serializers.ModelSerializer[Seminar]):
    """A seminar, with what the person is in it."""

    role = serializers.SerializerMethodField()
    groups = GroupSerializer(source="addressable_groups", many=True, read_only=True)
    html_url = serializers.SerializerMethodField()

    class Meta:
        model = Seminar
        fields = [
            "id",
            "slug",
            "title",
            "description",
            "time_zone",
            "allows_public",
            "students_make_groups",
            "asks_consent",
            "archived_at",
            "role",
            "groups",
            "created_at",
            "updated_at",
            "html_url",
        ]

    def get_role(self, seminar: Seminar) -> Role:
        """What the person is in the seminar."""
        own: list[Any] = seminar.own_memberships  # type: ignore[attr-defined]  # by `for_member`
        return Role(own[0].role)

    def get_html_url(self, seminar: Seminar) -> str:
        """The seminar's page."""
        return str(self.context["request"].build_absolute_uri(seminar.get_absolute_url()))


@extend_schema_view(
    list=extend_schema(description="The seminars that you are a member of."),
    retrieve=extend_schema(description="One seminar that you are a member of."),
)
class SeminarReader(mixins.ListModelMixin, mixins.RetrieveModelMixin, ApiViewSet):
    """The seminars of the person who asks."""

    queryset = Seminar.objects.none()
    serializer_class = SeminarSerializer

    def get_queryset(self) -> QuerySet[Seminar]:
        """The person's seminars with role and groups."""
        user = self.request.user
        return Seminar.objects.visible_to(user).for_member(user)


class MeSerializer(serializers.ModelSerializer[User]):
    """The person who asks, and what this way of signing in may do."""

    name = serializers.CharField(source="display_name", read_only=True)
    scopes = serializers.SerializerMethodField()
    token = serializers.SerializerMethodField()
    seminars = serializers.SerializerMethodField()

    class Meta:
        model = User
        fields = [
            "id",
            "username",
            "name",
            "pronouns",
            "pronunciation",
            "email",
            "time_zone",
            "scopes",
            "token",
            "seminars",
        ]

    def _token(self) -> ApiToken | None:
        auth = self.context["request"].auth
        return auth if isinstance(auth, ApiToken) else None

    def get_scopes(self, person: User) -> list[Scope]:  # noqa: ARG002 - DRF's signature
        """The scopes of the token; a session has all."""
        token = self._token()
        return [Scope(one) for one in token.scopes] if token else list(Scope)

    @extend_schema_field(TokenSerializer(allow_null=True))
    def get_token(self, person: User) -> dict[str, Any] | None:  # noqa: ARG002 - DRF's signature
        """The token with which the request was signed; null for a session."""
        token = self._token()
        return dict(TokenSerializer(token).data) if token else None

    @extend_schema_field(SeminarSerializer(many=True))
    def get_seminars(self, person: User) -> list[dict[str, Any]]:
        """The person's seminars, with role and groups."""
        seminars = Seminar.objects.visible_to(person).for_member(person)
        return list(SeminarSerializer(seminars, many=True, context=self.context).data)


class MeShape(Change):
    """What is to change of how others read your name, and the zone in which times are shown."""

    empty = {"pronouns": "", "pronunciation": ""}

    name = Text(required=False)
    time_zone = Text(required=False, help_text="A name such as Europe/Berlin.")
    pronouns = Text(required=False)
    pronunciation = Text(required=False)


class MeView(ApiView):
    """Who the request is signed in as."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    serializer_class = MeSerializer
    # What others give the person, and what this way of signing in may do.
    passing = frozenset({"email", "scopes", "token", "seminars"})

    @extend_schema(operation_id="me_retrieve", description="Who you are, and what you may do.")
    def get(self, request: Request) -> Response:
        """The person, the scopes, and the seminars with the person's role in each."""
        return Response(self.get_serializer(request.user).data)

    def hold(self) -> None:
        """Lock the person, and look at the profile as it is then."""
        rows = User.objects.select_for_update(no_key=True)
        cast("User", self.request.user).refresh_from_db(from_queryset=rows)

    def current(self) -> Any:
        """The person as the API shows the person."""
        return self.get_serializer(self.request.user).data

    @extend_schema(
        request=MeShape,
        responses={200: MeSerializer},
        operation_id="me_partial_update",
        description="Change your name, pronouns, how your name is spoken, or your time zone.",
    )
    def patch(self, request: Request) -> Response:
        """Change the profile."""
        shape = MeShape(data=request.data)
        shape.is_valid(raise_exception=True)
        person = cast("User", request.user)
        with self.unchanged():
            now = {name: getattr(person, name) for name in map(str, MeShape().fields)}
            change_profile(actor=person, **now | shape.validated_data)
        return Response(self.current())
