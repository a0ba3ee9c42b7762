"""One shape for every error of the API: RFC 9457 problem documents."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.encoding import escape_uri_path
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from debate.core.api.errors import BadMember
from debate.core.db import is_deadlock
from debate.core.errors import DomainError, Entangled, Missing, NotAllowed, Stale, TooLarge

if TYPE_CHECKING:
    from collections.abc import Iterable

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: "The input cannot be taken as it is",
    401: "Sign in, or send a valid token",
    403: "Not allowed",
    404: "Not found",
    405: "This method is not offered here",
    406: "Not offered in that media type",
    409: "Conflict",
    410: "Gone",
    412: "The object has changed since",
    413: "Too large",
    415: "Media type not taken",
    428: "Say which version this is made from",
    422: "The key stands for another request",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Back in a moment",
}
# DRF's word for the same thing → ours, so that one cause has one code.
CODES = {"permission_denied": "not_allowed", "parse_error": "malformed"}
# What a token's holder learns from the challenge (RFC 6750, 3.1).
CHALLENGES = {
    "authentication_failed": 'Bearer realm="counterpoint", error="invalid_token"',
    "insufficient_scope": 'Bearer realm="counterpoint", error="insufficient_scope"',
}
MOST_ERRORS = 50
# DRF names Python's types where something is no list or no object.
TYPED = 'got type "'
PLAINLY = {"not_a_list": "Give a list.", "not_a_dict": "Give an object."}
# What DRF says of a body that is null.
NOTHING = "No data provided"


class BadParameters(exceptions.ValidationError):
    """Query parameters that cannot be taken: a mapping of names to sentences."""


def problem(status_code: int, code: str, detail: str, **members: Any) -> dict[str, Any]:
    """A problem document; `type` is an address of the documentation that explains the code."""
    return {
        "type": f"/api/docs/errors/#{code}",
        "title": TITLES.get(status_code, "The request failed"),
        "status": status_code,
        "code": code,
        "detail": detail,
        **members,
    }


def pointer(path: Iterable[str | int]) -> str:
    """The place in the request's JSON (RFC 6901); "" is the whole document."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in path)


def of_domain(error: DomainError) -> dict[str, Any]:
    """The problem document of a refusal by the rules of the house.

    Dots separate the levels in an error's `field`.
    """
    members = dict(error.extra)
    if error.field:
        members["errors"] = [
            {"pointer": pointer(field.split(".")), "detail": sentence}
            for field, sentence in [(error.field, error.sentence), *error.also.items()]
        ]
    elif error.header:
        members["errors"] = [{"header": error.header, "detail": error.sentence}]
    return problem(error.status, error.code, error.sentence, **members)


def problem_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal as a plain Django response, for what fails outside a DRF view."""
    body = {**of_domain(error), "instance": escape_uri_path(request.path)}
    return HttpResponse(
        orjson.dumps(body),
        status=error.status,
        headers=retry_header(error),
        content_type=MEDIA_TYPE,
    )


def retry_header(error: DomainError) -> dict[str, str]:
    """When to try again, as a header, for refusals that say so (RFC 9110, 10.2.3)."""
    seconds = error.extra.get("retry_after")
    return {"Retry-After": str(seconds)} if seconds else {}


def flatten(detail: Any, path: tuple[str | int, ...] = ()) -> list[dict[str, str]]:
    """DRF's nested validation errors as a list of pointers and sentences."""
    if isinstance(detail, dict):
        found = []
        for key, value in detail.items():
            found += flatten(value, path if key == "non_field_errors" else (*path, key))
        return found
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        found = []
        for index, value in enumerate(detail):
            found += flatten(value, (*path, index))
        return found
    sentences = detail if isinstance(detail, list) else [detail]
    return [{"pointer": pointer(path), "detail": _plain(one)} for one in sentences]


def _plain(sentence: Any) -> str:
    """The sentence in the words of JSON."""
    said = str(sentence)
    if said == NOTHING:
        return PLAINLY["not_a_dict"]
    return PLAINLY.get(getattr(sentence, "code", ""), said) if TYPED in said else said


def _errors(error: exceptions.ValidationError) -> list[dict[str, str]]:
    if isinstance(error, BadParameters):
        names: dict[str, Any] = dict(error.detail)  # type: ignore[arg-type]  # made of a mapping
        return [
            {"parameter": name, "detail": str(one)} for name, some in names.items() for one in some
        ]
    return flatten(error.detail, error.path if isinstance(error, BadMember) else ())


def of_drf(error: exceptions.APIException) -> dict[str, Any]:
    """The problem document of an exception of DRF."""
    if isinstance(error, exceptions.ValidationError):
        errors = _errors(error)[:MOST_ERRORS]
        if len(errors) == 1:
            return problem(400, "invalid", errors[0]["detail"], errors=errors)
        places = dict.fromkeys(
            one["parameter"] if "parameter" in one else one["pointer"] for one in errors
        )
        names = ", ".join(place.lstrip("/") or "the document" for place in places)
        return problem(400, "invalid", f"Please correct: {names}.", errors=errors)
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    return problem(error.status_code, CODES.get(code, code), str(error.detail))


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: every error as a problem document; None for what is our fault."""
    if isinstance(error, (Http404, ObjectDoesNotExist)):
        # The latter when somebody else removes a thing between an act on it and reading the answer.
        error = Missing()
    elif isinstance(error, PermissionDenied):
        error = NotAllowed("You may not do this.")
    elif isinstance(error, RequestDataTooBig):
        error = TooLarge("The body is larger than is taken in one request.")
    elif is_deadlock(error):
        error = Entangled()
    if isinstance(error, Stale) and _is_by_header(error, context["request"]):
        error.field, error.header = "", "If-Match"
    if isinstance(error, DomainError):
        body, headers = of_domain(error), retry_header(error)
        if isinstance(error, Stale) and (current := _current(context["view"])) is not None:
            body["current"] = current
            headers["ETag"] = context["view"].tag(current)
    elif isinstance(error, exceptions.APIException):
        body = of_drf(error)
        headers = _headers(error, body["code"])
        body["detail"] = _said(error, context) or body["detail"]
    else:
        return None
    set_rollback()
    body["instance"] = escape_uri_path(context["request"].path)
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _said(error: exceptions.APIException, context: dict[str, Any]) -> str:
    """What to do about it, where DRF says no more than that it is so; else ""."""
    match error:
        case exceptions.UnsupportedMediaType():
            taken = " or ".join(one.media_type for one in context["view"].get_parsers())
            return f"Send the body as {taken}."
        case exceptions.NotAcceptable():
            renderers = context["view"].get_renderers()
            offered = " or ".join(dict.fromkeys(one.media_type for one in renderers))
            return f"Answers here are {offered}. Accept that, or send no Accept."
        case exceptions.NotAuthenticated():
            return "Send a token, as Authorization: Bearer <token>, or sign in."
        case exceptions.MethodNotAllowed():
            return f"{context['request'].method} is not offered here. Allow says what is."
    return ""


def _is_by_header(error: Stale, request: Any) -> bool:
    """Whether it was If-Match that named the version, which actions know as the member alone."""
    if "If-Match" not in request.headers or error.header or error.field not in {"", "version"}:
        return False
    try:
        body = request.data if error.field else None
    except (exceptions.APIException, DomainError):  # of a DELETE nobody has looked at it before
        body = None
    return not isinstance(body, dict) or body.get("version") is None


def _current(view: Any) -> Any:
    """What the object of the address is now; None for what is gone, or was never one."""
    try:
        return view.current()
    except (Http404, ObjectDoesNotExist, DomainError):
        return None


def _headers(error: exceptions.APIException, code: str) -> dict[str, str]:
    headers = {}
    if challenge := CHALLENGES.get(code) or getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if error.status_code == status.HTTP_429_TOO_MANY_REQUESTS and getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]  # set by DRF
    return headers
