"""What every page shows of notices. Not one of the usual module names: it is Django's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.functional import SimpleLazyObject

from debate.notices.queries import MOST_COUNTED, unread_count

if TYPE_CHECKING:
    from typing import Any

    from django.http import HttpRequest


def unread(request: HttpRequest) -> dict[str, Any]:
    """`unread_notices`: how many the person has not read, in words; asked for when it is shown."""

    def words() -> str:
        count = unread_count(request.user) if request.user.is_authenticated else 0
        if not count:
            return ""
        return f"{MOST_COUNTED - 1}+" if count >= MOST_COUNTED else str(count)

    return {"unread_notices": SimpleLazyObject(words)}
