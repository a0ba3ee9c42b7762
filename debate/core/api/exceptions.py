"""One shape for every error of the API: RFC 9457 problem documents."""

from __future__ import annotations

from typing import Any

import orjson
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import set_rollback

from debate.core.errors import DomainError, Missing, NotAllowed

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
    428: "Say which version you change",
    429: "Too many requests",
    500: "Something went wrong on our side",
}


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


def pointer(field: str) -> str:
    """The field's place in the request's JSON (RFC 6901); dots separate levels in `field`."""
    parts = field.split(".")
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def of_domain(error: DomainError) -> dict[str, Any]:
    """The problem document of a refusal by the rules of the house."""
    members = dict(error.extra)
    if error.field:
        members["errors"] = [{"pointer": pointer(error.field), "detail": error.sentence}]
    return problem(error.status, error.code, error.sentence, **members)


def problem_response(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The refusal as a plain Django response, for what fails outside a DRF view."""
    body = {**of_domain(error), "instance": request.path}
    return HttpResponse(orjson.dumps(body), status=error.status, content_type=MEDIA_TYPE)


def flatten(detail: Any, field: str = "") -> list[dict[str, str]]:
    """DRF's nested validation errors as a list of pointers and sentences."""
    if isinstance(detail, dict):
        found = []
        for key, value in detail.items():
            inner = field if key == "non_field_errors" else f"{field}.{key}".lstrip(".")
            found += flatten(value, inner)
        return found
    if isinstance(detail, list) and any(isinstance(item, (dict, list)) for item in detail):
        found = []
        for index, value in enumerate(detail):
            found += flatten(value, f"{field}.{index}".lstrip("."))
        return found
    sentences = detail if isinstance(detail, list) else [detail]
    return [{"pointer": pointer(field) if field else "", "detail": str(one)} for one in sentences]


def of_drf(error: exceptions.APIException) -> dict[str, Any]:
    """The problem document of an exception of DRF."""
    if isinstance(error, exceptions.ValidationError):
        errors = flatten(error.detail)
        fields = ", ".join(sorted({one["pointer"].lstrip("/") or "body" for one in errors}))
        return problem(400, "invalid", f"Please correct: {fields}.", errors=errors)
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "invalid"
    return problem(error.status_code, code, str(error.detail))


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's EXCEPTION_HANDLER: every error as a problem document; None for what is our fault."""
    if isinstance(error, Http404):
        error = Missing()
    elif isinstance(error, PermissionDenied):
        error = NotAllowed("You may not do this.")
    if isinstance(error, DomainError):
        body, headers = of_domain(error), {}
    elif isinstance(error, exceptions.APIException):
        body, headers = of_drf(error), _headers(error)
    else:
        return None
    set_rollback()
    body["instance"] = context["request"].path
    return Response(body, status=body["status"], headers=headers, content_type=MEDIA_TYPE)


def _headers(error: exceptions.APIException) -> dict[str, str]:
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]  # set by DRF
    if error.status_code == status.HTTP_429_TOO_MANY_REQUESTS and getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]  # set by DRF
    return headers
