"""Times in pages stand in the reader's time zone."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from django.utils import timezone

from debate.core.moments import time_zones

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponseBase


class TimeZoneMiddleware:
    """Activate the time zone of the person who asks; the site's own for visitors."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer the request with times in that zone."""
        name = getattr(request.user, "time_zone", "")
        known = name in time_zones()
        with timezone.override(zoneinfo.ZoneInfo(name) if known else None):
            return self.get_response(request)
