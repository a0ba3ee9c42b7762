"""Whom staff ask to see on the page of progress."""

from __future__ import annotations

from annotations.queries.progress import SORTS, STATES, ProgressChoice


def progress_choice(query: dict[str, str]) -> ProgressChoice:
    """The choice that the address makes; what is no choice is passed over."""
    state, sort = query.get("state", ""), query.get("sort", "")
    return ProgressChoice(
        group=query.get("group", ""),
        state=state if state in STATES else "",
        sort=sort if sort in SORTS else "name",
        after=query.get("after", ""),
    )
