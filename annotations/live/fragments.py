"""Paragraphs with their notes as HTML for pages that stand open: rendered once for all who see the same.

Each reader asks the door which annotations in which versions there are (`queries.glance`). What is
rendered is kept for a short while by all that decides what the reader sees of it, so that of three
hundred who listen a few make it, and nobody is given what was made for others.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

from annotations.queries import ReadingFilters, reading_page
from annotations.queries.glance import glance, places_of
from annotations.queries.kept import Kept
from annotations.queries.view_keys import view_of
from annotations.templatetags.beside import paragraph_html, pip_html
from debate.seminars.enums import STAFF

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable
    from datetime import datetime
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries import ReadingPage, ReadingParagraph
    from annotations.queries.glance import At, Glance
    from annotations.queries.view_keys import View
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

Fragment = dict[str, str]

_STANDING = 0
"""Beside the numbers of paragraphs: how the seminar stands, which staff are told."""


@dataclass(frozen=True)
class Shared:
    """What readers who see the same are given; `standing` is for staff, "" for others."""

    fragments: list[Fragment]
    kinds: dict[str, int]
    standing: str


# What a change of a name or of a tag's label shows late by at most: neither is a change line.
_SECONDS = 30.0
_pieces = Kept(most=2_000, seconds=_SECONDS)
_places = Kept(most=64, seconds=_SECONDS)
# While one makes a fragment, the others who want the same wait for it instead of making it too.
_making = threading.Lock()


def fragment(page: ReadingPage, paragraph: ReadingParagraph) -> Fragment:
    """The paragraph as the page shows it: its id, its element with its notes, and its pip."""
    return {
        "id": paragraph.dom_id,
        "html": paragraph_html(paragraph, can_annotate=page.can_annotate),
        "pip": pip_html(paragraph),
    }


def standing_html(page: ReadingPage) -> str:
    """How the reader stands in the assignment, as above the essay; "" for who is no member."""
    given = {"s": page.standing, "assignment": page.assignment}
    return render_to_string("annotations/_standing.html", given).strip() if page.standing else ""


def shared_fragments(
    user: User | AnonymousUser,
    assignment: Assignment,
    view: View,
    *,
    numbers: Collection[int],
    since: datetime | None,
) -> Shared:
    """The paragraphs of those numbers as the reader sees them, and what stands around them.

    For a page without filters. `since` is when the reader's last visit ended.
    """
    seen = glance(user, assignment, _known_places(assignment))
    common = _common(user, assignment, view, seen)
    keys: dict[int, Hashable] = {
        number: (number, seen.own(number, since), common) for number in sorted(numbers)
    }
    if view.role in STAFF:
        keys[_STANDING] = (_STANDING, common)
    found = {name: _pieces.get(key) for name, key in keys.items()}
    if None in found.values():
        with _making:
            found = {name: _pieces.get(key) for name, key in keys.items()}
            missing = [name for name, piece in found.items() if piece is None]
            if missing:
                made = _made(user, assignment, missing, since=since)
                found |= made
                # Others are given it only if the reader still is whom it was made for.
                again = glance(user, assignment, seen.places)
                if again.digest == seen.digest and view_of(user, assignment) == view:
                    for name, piece in made.items():
                        _pieces.keep(keys[name], piece)
    return Shared(
        fragments=[found[number] for number in sorted(numbers) if found[number]],
        kinds=dict(seen.kinds),
        standing=found.get(_STANDING) or "",
    )


def _made(
    user: User | AnonymousUser,
    assignment: Assignment,
    missing: Collection[int],
    *,
    since: datetime | None,
) -> dict[int, Any]:
    page = reading_page(
        user=user, assignment=assignment, filters=ReadingFilters(), since=since, only=missing
    )
    made: dict[int, Any] = {
        one.number: fragment(page, one) for one in page.paragraphs if one.number
    }
    return made | ({_STANDING: standing_html(page)} if _STANDING in missing else {})


def forget() -> None:
    """Keep nothing of what was made until now."""
    _pieces.clear()
    _places.clear()


def _common(
    user: User | AnonymousUser, assignment: Assignment, view: View, seen: Glance
) -> tuple[Hashable, ...]:
    """What is the same for all who see the same of the assignment, but for what is their own."""
    return (
        assignment.change_counter,
        replace(view, user_id=None),
        seen.digest,
        tuple(sorted(seen.counts.items(), key=str)),
        getattr(user, "highlights", ""),
        get_language(),
        get_current_timezone_name(),
    )


def _known_places(assignment: Assignment) -> dict[UUID, At]:
    key = (assignment.pk, assignment.revision_id, assignment.change_counter)
    places: dict[UUID, At] | None = _places.get(key)
    if places is None:
        places = places_of(assignment)
        _places.keep(key, places)
    return places
