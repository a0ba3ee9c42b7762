"""Redirects that stay on the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme


def redirect_to(request: HttpRequest, given: str | None, default: str) -> HttpResponseRedirect:
    """Redirect to the address given by a form when it lies on this site, else to the default."""
    if given and url_has_allowed_host_and_scheme(
        given, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return HttpResponseRedirect(given)
    return HttpResponseRedirect(default)
