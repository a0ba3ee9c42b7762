"""A grade as the fold of its events: pure, so that any history can be told anew.

Events hold the members that they set as plain text, numbers as decimal strings; folding puts them
over the state before any event.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FOLDED: Final = (
    "state",
    "raw",
    "late_deduction",
    "adjustment",
    "final",
    "is_excused",
    "basis",
    "released_at",
)
"""The members of a grade that events set."""

INITIAL: Final[Mapping[str, Any]] = {
    "state": "not_started",
    "raw": None,
    "late_deduction": "0.00",
    "adjustment": "0.00",
    "final": None,
    "is_excused": False,
    "basis": {},
    "released_at": None,
}
"""A grade before its first event."""


def fold(changes: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The members of a grade after these changes (the `after` of its events, in their order).

    Raises KeyError for a member that no grade has.
    """
    told = dict(INITIAL)
    for change in changes:
        unknown = change.keys() - INITIAL.keys()
        if unknown:
            raise KeyError(min(unknown))
        told.update(change)
    return told
