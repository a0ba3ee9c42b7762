"""The page on which the API can be tried: Swagger UI as the site's own files, without inline code.

Not one of the usual module names: it is the library's view with our template and headers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.views import SpectacularSwaggerSplitView

from debate.core.policies import public

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponseBase


class TryView(SpectacularSwaggerSplitView):
    """The page, and with `?script=` what starts Swagger UI in it. Requests go out as the reader."""

    url_name = "api:schema"
    template_name = "api/try.html"

    @public
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the request. The mark, which the view function takes over, lets anybody in."""
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response
