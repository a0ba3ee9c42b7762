"""What every request passes: input that cannot be stored is turned away, refusals become pages."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from urllib.parse import parse_qsl, unquote

from corsheaders.middleware import CorsMiddleware
from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_vary_headers

from debate.core.api.conditional import COMPRESSED
from debate.core.api.exceptions import MOST_ERRORS, problem_response, retry_header
from debate.core.errors import DomainError, Invalid
from debate.core.views import error_page

GetResponse = Callable[[HttpRequest], HttpResponseBase]

API_PREFIX = ("/api/v1/", "/wa/")


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The error as a problem document for programs, as a page elsewhere."""
    if request.path.startswith(API_PREFIX):
        return problem_response(request, error)
    page = error_page(request, error.status, error.sentence)
    for name, value in retry_header(error).items():
        page.headers[name] = value
    return page


class TaggedGZipMiddleware(GZipMiddleware):
    """Compresses as Django's does, and gives the compressed form of an answer its own strong tag.

    Django's makes the tag a weak one, which If-Match never takes (RFC 9110, 13.1.1): clients that
    take compressed answers, which most do unasked, could then change nothing.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer, compressed where that is worth it."""
        tag = response.get("ETag", "")
        final = super().process_response(request, response)
        if getattr(response, "names_version", False):
            # Also of what is too short, or not modified: the same headers as its long form.
            patch_vary_headers(final, ["Accept-Encoding"])
            if final["ETag"] != tag:
                final["ETag"] = f'{tag[:-1]}{COMPRESSED}"'
        return final


class PolicyMiddleware(CSPMiddleware):
    """Says by django-csp what a page may load; to programs by words that are written once.

    No answer to them has a nonce, or a policy that differs, by which it would be written anew.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """The answer with its policy."""
        if not request.path.startswith(API_PREFIX):
            return super().process_response(request, response)
        if HEADER not in response:
            response[HEADER] = _policy()
        return response


@cache
def _policy() -> str:
    """That of the settings."""
    return build_policy()


class CrossOriginMiddleware(CorsMiddleware):
    """Let scripts of other sites use the API (the Fetch standard's CORS), errors included."""

    def add_response_headers(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """As the library does, but that only a preflight is told methods and headers."""
        response = super().add_response_headers(request, response)
        if "access-control-request-method" not in request.headers:
            for name in ("Methods", "Headers"):
                del response[f"Access-Control-Allow-{name}"]
            del response["Access-Control-Max-Age"]
        return response


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
                return refusal(request, _with_nul(where, text))
        return self.get_response(request)


def _with_nul(where: str, text: str) -> Invalid:
    """What is refused; of a query with the parameters at fault, whose names show NUL as it came."""
    sentence = f"The {where} holds a NUL character."
    if where == "path":
        return Invalid(sentence)
    named = [
        {"parameter": name.replace("\x00", "%00"), "detail": sentence}
        for name, value in parse_qsl(text, keep_blank_values=True)
        if "\x00" in name + value
    ]
    return Invalid(sentence, extra={"errors": named[:MOST_ERRORS]})


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
