"""What the reader asks of the debate map, from its address."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import UUID

from annotations.enums import Kind
from annotations.queries.debate_map import CLAIM, MapFilters

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


def map_filters_of(query: Mapping[str, str]) -> MapFilters:
    """The map's filters from its address; what is no filter is passed over."""
    kind = query.get("kind", "")
    return MapFilters(
        kind=kind if kind in {CLAIM, *Kind.values} else "",
        unanswered=query.get("unanswered") == "1",
        bare=query.get("bare") == "1",
        group=_uuid(query.get("group", "")),
        round=_uuid(query.get("round", "")),
        paragraph=_number(query.get("p", "")),
        words=query.get("q", "").strip(),
        start=_number(query.get("start", "")) or 0,
    )


def start_of(query: Mapping[str, str]) -> int:
    """Where the page that is asked for begins; what is no number means the beginning."""
    return _number(query.get("start", "")) or 0


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if _NUMBER.fullmatch(text) else None
