"""The reading page's address as filters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from annotations.enums import Kind

if TYPE_CHECKING:
    from django.http import QueryDict

LONGEST_TAG = 50
MOST_CARDS = 200


def filters_of(query: QueryDict) -> dict[str, Any]:
    """The reading page's filters from its address; what is no filter is passed over."""
    kinds = query.getlist("kind")
    return {
        "kinds": tuple(kind for kind in Kind.values if kind in kinds),
        "author": _uuid(query.get("author")),
        "group": _uuid(query.get("group")),
        "tag": query.get("tag", "").replace("\0", "").strip()[:LONGEST_TAG],
        "unanswered": query.get("unanswered") == "1",
        "mine": query.get("mine") == "1",
        "new": query.get("new") == "1",
    }


def more_of(query: QueryDict) -> tuple[int, int] | None:
    """Of which paragraph the address asks for more cards, and for how many; None for none."""
    try:
        number, cards = int(query.get("p", "")), int(query.get("cards", ""))
    except ValueError:
        return None
    return (number, min(cards, MOST_CARDS)) if number > 0 and cards > 0 else None


def _uuid(given: str | None) -> UUID | None:
    try:
        return UUID(given) if given else None
    except ValueError:
        return None
