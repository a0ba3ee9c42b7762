"""Pages that belong to no noun: errors, and the texts of the documentation."""

from __future__ import annotations

import sys
from http import HTTPStatus

from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as django_server_error

from debate.core.api.exceptions import problem_response, retry_header
from debate.core.db import is_deadlock
from debate.core.errors import DomainError, Entangled, Missing, NotAllowed, TooLarge
from debate.core.policies import public

TEMPLATES = {400: "400.html", 403: "403.html", 404: "404.html"}


def is_api(request: HttpRequest) -> bool:
    """Whether a program asks, by the REST API or the Web Annotation Protocol: errors are problem documents."""
    return request.path.startswith(("/api/v1/", "/wa/"))


def error_page(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    """The page of an error: what happened in one sentence, and a way on."""
    context = {"status": status, "phrase": HTTPStatus(status).phrase, "sentence": sentence}
    return render(request, TEMPLATES.get(status, "400.html"), context, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A request that could not be read, or not whole."""
    if isinstance(exception, RequestDataTooBig):
        error: DomainError = TooLarge("This is more than is taken in one go.")
    else:
        error = DomainError("The request could not be understood.")
    if is_api(request):
        return problem_response(request, error)
    return error_page(request, error.status, error.sentence)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Something that may be seen but not done."""
    error = NotAllowed("You may not do this.")
    if is_api(request):
        return problem_response(request, error)
    return error_page(request, 403, error.sentence)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """Nothing here, or nothing the visitor may know of: the same answer for both."""
    if is_api(request):
        return problem_response(request, Missing())
    return error_page(request, 404, Missing().sentence)


def server_error(request: HttpRequest) -> HttpResponse:
    """Our fault; the page needs neither database nor context.

    While the database is away, 503 says that it comes back by itself (RFC 9110, 15.6.4); what it
    broke off because of others can be sent again.
    """
    raised = sys.exc_info()[1]
    if is_deadlock(raised):
        return _unavailable(request, Entangled())
    if isinstance(raised, (OperationalError, InterfaceError)):
        away = DomainError(
            "The database cannot be reached for a moment. Please try again.",
            code="unavailable",
            extra={"retry_after": 5},
        )
        away.status = 503
        return _unavailable(request, away)
    if is_api(request):
        error = DomainError(
            "Something went wrong on our side. It has been logged.", code="server_error"
        )
        error.status = 500
        return problem_response(request, error)
    response: HttpResponse = django_server_error(request)
    return response


def _unavailable(request: HttpRequest, error: DomainError) -> HttpResponse:
    if is_api(request):
        return problem_response(request, error)
    page = render_to_string("503.html", {"is_entangled": isinstance(error, Entangled)})
    return HttpResponse(page, status=error.status, headers=retry_header(error))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's signature
    """A form that came without its token: cookies are off, or the page is from an older sign-in."""
    if is_api(request):
        error = NotAllowed("The request lacks a valid CSRF token.", code="csrf_failed")
        return problem_response(request, error)
    return HttpResponse(render_to_string("403_csrf.html", {}, request), status=403)


@public
@require_safe
def robots(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - a view's signature
    """What a seminar says stays out of search engines."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain; charset=utf-8")


@public
@require_safe
def favicon(request: HttpRequest) -> HttpResponseRedirect:  # noqa: ARG001 - a view's signature
    """Where programs that read no HTML look for the icon."""
    return HttpResponseRedirect(static("img/favicon.ico"))
