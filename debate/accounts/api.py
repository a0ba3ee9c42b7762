"""People as the API shows them, and how programs sign in, for the OpenAPI description."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers

from debate.accounts.models import ApiToken, User

if TYPE_CHECKING:
    from drf_spectacular.openapi import AutoSchema


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
