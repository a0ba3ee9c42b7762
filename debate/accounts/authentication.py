"""How the API knows who asks: bearer tokens (RFC 6750), and the sessions of the site's own pages."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.db.models.functions import Now
from rest_framework import authentication, exceptions, permissions

from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`. A bad token is 401 even where no token is needed."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """The token's owner and the token; None when the request carries none."""
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != "bearer" or not secret.strip():
            raise exceptions.AuthenticationFailed(
                "Send the token as: Authorization: Bearer <token>."
            )
        digest = ApiToken.digest_of(secret.strip())
        token = ApiToken.objects.active().select_related("user").filter(digest=digest).first()
        if token is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        # Once a minute is exact enough for "last used", and spares a write on each request.
        stale = Q(last_used_at=None) | Q(last_used_at__lt=Now() - timedelta(minutes=1))
        ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=Now())
        return token.user, token

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002 - DRF's signature
        """The challenge of a 401 (RFC 6750, 3)."""
        return 'Bearer realm="counterpoint"'


class SessionAuthentication(authentication.SessionAuthentication):
    """The session of a person on the site's own pages; unsafe methods need the CSRF token."""

    def enforce_csrf(self, request: Request) -> None:
        """Raise PermissionDenied with a code of its own when the token is missing or wrong."""
        try:
            super().enforce_csrf(request)
        except exceptions.PermissionDenied as error:
            raise exceptions.PermissionDenied(str(error.detail), code="csrf_failed") from error


class TokenScope(permissions.BasePermission):
    """A token does no more than its scopes say: `read` for safe methods, `write` for the others.

    A view that asks for another scope names it in `required_scope`, for safe methods in
    `required_read_scope`. Sessions have every scope, and anonymous visitors are left to
    `visible_to` for reading and turned away for writing.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Whether the request may reach the view at all."""
        safe = request.method in permissions.SAFE_METHODS
        if not request.user.is_authenticated:
            return safe
        if not isinstance(request.auth, ApiToken):
            return True
        asked = ("required_read_scope", Scope.READ) if safe else ("required_scope", Scope.WRITE)
        needed = getattr(view, *asked)
        if needed in request.auth.scopes:
            return True
        raise exceptions.PermissionDenied(
            f"This token lacks the scope {needed}.", code="insufficient_scope"
        )


def has_scope(request: Request, scope: Scope) -> bool:
    """Whether this way of signing in has the scope: sessions have all, visitors none."""
    if not request.user.is_authenticated:
        return False
    return not isinstance(request.auth, ApiToken) or scope in request.auth.scopes
