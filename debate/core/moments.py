"""Moments in the words of a page; not one of the usual module names: it serves every app.

"today 23:59", "Friday 18:00", "3 December, 18:00", in the time zone of the person who reads.
"""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.dateformat import format as formatted

if TYPE_CHECKING:
    from datetime import datetime

_NEAR = {-1: "yesterday", 0: "today", 1: "tomorrow"}
_WEEK = 7


@cache
def time_zones() -> frozenset[str]:
    """The names of all time zones: read once a process, as that takes 20 ms and some 600 files."""
    return frozenset(zoneinfo.available_timezones())


def in_words(moment: datetime, now: datetime) -> str:
    """The moment as a person says it at `now`, to the minute."""
    local, here = timezone.localtime(moment), timezone.localtime(now)
    days = (local.date() - here.date()).days
    if days in _NEAR:
        return f"{_NEAR[days]} {formatted(local, 'H:i')}"
    if abs(days) < _WEEK:
        return formatted(local, "l H:i")
    return formatted(local, "j F, H:i" if local.year == here.year else "j F Y, H:i")
