"""People as the API shows them, and how programs sign in, for the OpenAPI description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics, permissions, serializers
from rest_framework.response import Response

from debate.accounts.actions import revoke_token
from debate.accounts.authentication import TokenScope
from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User
from debate.core.api.views import ApiView
from debate.core.errors import Missing

if TYPE_CHECKING:
    from uuid import UUID

    from drf_spectacular.openapi import AutoSchema
    from rest_framework.request import Request

    from debate.accounts.models import ApiTokenQuerySet


class PersonSerializer(serializers.ModelSerializer[User]):
    """A person as others read of them."""

    name = serializers.CharField(source="display_name", read_only=True)

    class Meta:
        model = User
        fields = ["id", "name"]


class TokenSerializer(serializers.ModelSerializer[ApiToken]):
    """The token of the request, without its secret."""

    scopes = serializers.ListField(child=serializers.CharField(), read_only=True)

    class Meta:
        model = ApiToken
        fields = ["name", "prefix", "scopes", "expires_at"]


class OwnTokenSerializer(TokenSerializer):
    """One of one's own tokens, without its secret."""

    state = serializers.ChoiceField(choices=("active", "expired", "revoked"), read_only=True)

    class Meta(TokenSerializer.Meta):
        fields = [
            "id",
            *TokenSerializer.Meta.fields,
            "state",
            "created_at",
            "last_used_at",
            "revoked_at",
            "warned_at",
        ]


class TokenReader(ApiView):
    """What views of the own tokens share. None is made here: a leaked one would make others."""

    permission_classes = [permissions.IsAuthenticated, TokenScope]
    required_scope = required_read_scope = Scope.ADMIN
    queryset = ApiToken.objects.none()
    serializer_class = OwnTokenSerializer

    def get_queryset(self) -> ApiTokenQuerySet:
        """The person's tokens."""
        return ApiToken.objects.visible_to(self.user)


@extend_schema_view(
    get=extend_schema(
        operation_id="me_tokens_list",
        description="Your tokens, without their secrets, with the scope `admin`. They are made on "
        "your profile's page.",
    )
)
class TokenList(TokenReader, generics.ListAPIView[ApiToken]):
    """The tokens of the person who asks."""

    has_pages = True


class TokenDetail(TokenReader):
    """One token of the person who asks."""

    demands = frozenset()

    def find(self) -> None:
        """The person's token. Raises Missing."""
        found = self.get_queryset().filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.token = found

    @extend_schema(operation_id="me_tokens_retrieve", description="One of your tokens.")
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The token."""
        return Response(self.get_serializer(self.token).data)

    @extend_schema(
        responses={204: None},
        operation_id="me_tokens_destroy",
        description="Revoke one of your tokens at once; again does nothing. With the scope `admin`.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Revoke it."""
        revoke_token(actor=self.user, token_id=pk)
        return Response(status=204)


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its metaclass
    """`Authorization: Bearer <token>` in the OpenAPI description."""

    target_class = "debate.accounts.authentication.TokenAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - its signature
        """The scheme (OpenAPI 3.1, 4.8.27)."""
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token from your profile, or from `manage.py create_token`.",
        }


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # its metaclass
    """The session of the site's own pages in the OpenAPI description."""

    target_class = "debate.accounts.authentication.SessionAuthentication"
    name = "session"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 - its signature
        """The scheme (OpenAPI 3.1, 4.8.27)."""
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "session",
            "description": "For the site's own pages; unsafe methods also need `X-CSRFToken`.",
        }
