"""How the API knows who asks: bearer tokens (RFC 6750), and the sessions of the site's own pages."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from rest_framework import authentication, exceptions, permissions

from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User
from debate.core.api import rates
from debate.core.db import asked

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


_DIGEST = "the digest that is looked for"


@lru_cache(maxsize=1)
def _statement() -> tuple[str, list[Any]]:
    """The statement that finds an active token with its owner; Django takes 1 ms to build it."""
    tokens = ApiToken.objects.active().select_related("user").filter(digest=_DIGEST)
    sql, params = tokens.query.sql_with_params()
    return sql, list(params)


@lru_cache(maxsize=8)
def _counting(bound: rates.Bound) -> tuple[str, list[Any]]:
    """The same, which also counts the request to the token's share."""
    sql, params = _statement()
    names = [f"c{number}" for number in range(sum(map(len, _columns())))]
    own = names[_columns()[0].index("id")]
    take, values = bound.statement(f"%s::text || {own}", "FROM token")
    whole = f"""
        WITH token ({", ".join(names)}) AS MATERIALIZED ({sql}), taken (filled) AS ({take})
        SELECT token.*, (SELECT filled FROM taken) FROM token
    """  # noqa: S608 - statements of ours, with places for values
    return whole, [*params, rates.key_of_token(bound.kind, ""), *values]


@lru_cache(maxsize=1)
def _columns() -> tuple[list[str], list[str]]:
    """The columns of a token and those of a person, as they are selected."""
    own, whose = (
        [one.attname for one in model._meta.concrete_fields]  # noqa: SLF001 - Django's documented name
        for model in (ApiToken, User)
    )
    return own, whose


def _active(digest: str, bound: rates.Bound | None) -> ApiToken | None:
    """The active token of that digest with its owner, the request counted to its share.

    Takes one query, and one more where the share is used up. The share is the token's `counted`.
    """
    sql, params = _counting(bound) if bound else _statement()
    rows = asked(sql, [digest if one == _DIGEST else one for one in params])
    if not rows:
        return None
    (row,) = rows
    own, whose = _columns()
    both = len(own) + len(whose)
    token = ApiToken.from_db(connection.alias, own, row[: len(own)])
    token.user = User.from_db(connection.alias, whose, row[len(own) : both])
    if bound:
        key = rates.key_of_token(bound.kind, token.pk)
        token.counted = bound.share(key, row[both])
    return token


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
        view = (request.parser_context or {}).get("view")
        bound = rates.Bound.of(request, getattr(view, "rate", ""))
        token = _active(ApiToken.digest_of(secret.strip()), bound)
        if token is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        # Once a minute is exact enough for "last used", and spares a write on each request.
        if token.last_used_at is None or token.last_used_at < timezone.now() - timedelta(minutes=1):
            ApiToken.objects.filter(pk=token.pk).update(last_used_at=Now())
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
