"""The site's addresses, and one that breaks: how else would a page for our own faults be seen?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from debate.core.policies import public
from debate.urls import handler400, handler403, handler404, handler500, urlpatterns

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@public
def broken(request: HttpRequest) -> HttpResponse:
    raise ZeroDivisionError


urlpatterns = [*urlpatterns, path("broken/", broken)]
