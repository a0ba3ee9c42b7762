"""What every request passes: input that cannot be stored is turned away, refusals become pages."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from debate.core.api.exceptions import problem_response, retry_header
from debate.core.errors import DomainError, Invalid
from debate.core.views import error_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = "/api/v1/"


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error as a problem document under the API's prefix, as a page elsewhere."""
    if request.path.startswith(API_PREFIX):
        return problem_response(request, error)
    page = error_page(request, error.status, error.sentence)
    for name, value in retry_header(error).items():
        page.headers[name] = value
    return page


class CleanInputMiddleware:
    """Refuse NUL in the address and the query, which PostgreSQL cannot hold in any text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer 400 before any view sees the request."""
        for where, text in (
            ("path", request.path),
            ("query", request.META.get("QUERY_STRING", "")),
        ):
            if "\x00" in unquote(text):
                return refusal(request, Invalid(f"The {where} holds a NUL character."))
        return self.get_response(request)


class DomainErrorMiddleware:
    """Turn a DomainError that a page's view did not handle into the page of its status."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass the request on; refusals are handled in `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The refusal as a response; None lets Django handle what is no refusal."""
        return refusal(request, exception) if isinstance(exception, DomainError) else None
