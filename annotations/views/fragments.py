"""Answers to the scripts of a page: pieces of it, and refusals as problem documents."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Any

from django.utils.cache import patch_vary_headers

from debate.core.api.exceptions import problem_response
from debate.core.errors import Conflict, DomainError

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest

    View = Callable[..., HttpResponse]


def is_fragment(request: HttpRequest) -> bool:
    """Whether a script of the page asks, and wants no page."""
    return request.headers.get("X-Fragment") == "1"


def in_fragments(view: View) -> View:
    """Let the view answer scripts too: refusals as problem documents, and only to whose page it is.

    In another tab somebody else may have signed in since: `X-Owner` says who wrote.
    """

    @wraps(view)
    def answered(request: SignedInRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            owner = request.headers.get("X-Owner")
            if owner not in {None, str(request.user.pk)}:
                raise Conflict(
                    "Somebody else has signed in on this browser since. Nothing was sent.",
                    code="other_person",
                )
            response = view(request, *args, **kwargs)
        except DomainError as error:
            if not is_fragment(request) and request.content_type != "application/json":
                raise
            response = problem_response(request, error)
        patch_vary_headers(response, ["X-Fragment"])
        return response

    return answered
