"""Bearer tokens (RFC 6750): whose they are, how long they last, how far they reach."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.utils import timezone
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from debate.accounts.authentication import TokenAuthentication, TokenScope
from debate.accounts.enums import Scope
from tests.factories.accounts import ApiTokenFactory

UNSAFE = ["POST", "PUT", "PATCH", "DELETE"]
SAFE = ["GET", "HEAD", "OPTIONS"]


def request_with(header=None, method="GET"):
    headers = {} if header is None else {"HTTP_AUTHORIZATION": header}
    return Request(APIRequestFactory().generic(method, "/api/v1/", **headers))


def authenticate(header):
    return TokenAuthentication().authenticate(request_with(header))


@pytest.mark.django_db
@pytest.mark.parametrize("header", ["Bearer cp_x", "bearer cp_x", "BEARER cp_x", "Bearer  cp_x "])
def test_authenticate_with_a_token_is_its_owner(header):
    token = ApiTokenFactory(secret="cp_x")

    assert authenticate(header) == (token.user, token)


@pytest.mark.parametrize("header", [None, ""])
def test_authenticate_without_a_token_leaves_it_to_others(header):
    assert authenticate(header) is None


@pytest.mark.django_db
@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ", "Token cp_x", "Basic Y3BfeA==", "cp_x", "Bearer cp_y", "Bearer cp_x y"],
)
def test_authenticate_with_what_is_no_token_is_refused(header):
    ApiTokenFactory(secret="cp_x")

    with pytest.raises(AuthenticationFailed):
        authenticate(header)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"expires_at": timezone.now() - timedelta(seconds=1)},
        {"revoked_at": timezone.now()},
        {"user__is_active": False},
    ],
)
def test_authenticate_with_a_token_that_has_ended_is_refused(fields):
    ApiTokenFactory(secret="cp_x", **fields)

    with pytest.raises(AuthenticationFailed):
        authenticate("Bearer cp_x")


@pytest.mark.django_db
def test_authenticate_with_the_digest_that_is_kept_is_refused():
    token = ApiTokenFactory(secret="cp_x")

    with pytest.raises(AuthenticationFailed):
        authenticate(f"Bearer {token.digest}")


@pytest.mark.django_db
def test_authenticate_tells_when_the_token_was_last_used_to_the_minute():
    lately, long_ago = timezone.now() - timedelta(seconds=30), timezone.now() - timedelta(hours=1)
    fresh = ApiTokenFactory(secret="cp_x")
    recent = ApiTokenFactory(secret="cp_y", last_used_at=lately)
    old = ApiTokenFactory(secret="cp_z", last_used_at=long_ago)

    for secret in ("cp_x", "cp_y", "cp_z"):
        authenticate(f"Bearer {secret}")

    for token in (fresh, recent, old):
        token.refresh_from_db()
    assert recent.last_used_at == lately
    assert fresh.last_used_at > lately
    assert old.last_used_at > lately


def reaches(method, *, user, token=None, **view_fields):
    request = request_with(method=method)
    request.user, request.auth = user, token
    view = APIView()
    vars(view).update(view_fields)
    try:
        return TokenScope().has_permission(request, view)
    except PermissionDenied as error:
        return error.get_codes()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("scopes", "safe", "unsafe"),
    [
        ([Scope.READ], True, "insufficient_scope"),
        ([Scope.WRITE], "insufficient_scope", True),
        ([Scope.READ, Scope.WRITE], True, True),
        ([Scope.ADMIN], "insufficient_scope", "insufficient_scope"),
    ],
)
def test_scope_of_a_token_bounds_its_methods(scopes, safe, unsafe):
    token = ApiTokenFactory(scopes=scopes)

    assert {reaches(method, user=token.user, token=token) for method in SAFE} == {safe}
    assert {reaches(method, user=token.user, token=token) for method in UNSAFE} == {unsafe}


@pytest.mark.django_db
def test_scope_that_a_view_names_takes_the_place_of_write():
    writer, manager = ApiTokenFactory(scopes=[Scope.WRITE]), ApiTokenFactory(scopes=[Scope.ADMIN])

    named = {"required_scope": Scope.ADMIN}
    assert reaches("POST", user=writer.user, token=writer, **named) == "insufficient_scope"
    assert reaches("POST", user=manager.user, token=manager, **named) is True


def test_scope_of_a_visitor_is_to_read():
    assert {reaches(method, user=AnonymousUser()) for method in SAFE} == {True}
    assert {reaches(method, user=AnonymousUser()) for method in UNSAFE} == {False}


@pytest.mark.django_db
def test_scope_of_a_session_is_everything(student):
    assert {reaches(method, user=student) for method in SAFE + UNSAFE} == {True}
