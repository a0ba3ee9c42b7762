"""The answer to a page that asks what changed: fragments, arrivals, counts and who is there."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.urls import reverse

from annotations.enums import Kind
from annotations.forms import filters_of, more_of
from annotations.live.fragments import fragment, shared_fragments, standing_html
from annotations.models import Draft
from annotations.queries import ReadingFilters, dom_id, reading_page
from annotations.queries.changes import changes_after
from annotations.queries.cursors import Cursor
from annotations.queries.presence import reading_now
from annotations.queries.view_keys import view_of
from annotations.queries.visits import last_visit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.http import QueryDict

    from annotations.queries.changes import Changed, Changes
    from annotations.queries.view_keys import View
    from debate.accounts.models import User
    from debate.assignments.models import Assignment


def answer(
    user: User | AnonymousUser, assignment: Assignment, after: str, query: QueryDict
) -> dict[str, Any]:
    """What changed for the reader after the cursor; without one, a cursor of now.

    `counts` is null, `paragraphs`, `arrivals` and `gone` are empty and `standing` is "" where
    nothing changed; `standing` is "" also where what it shows did not. `query` is the page's.
    Raises Invalid for a bad cursor, Gone where the page has to be loaded anew.
    """
    view = view_of(user, assignment)
    now = str(Cursor.at(assignment.change_counter, view))
    if not after:
        return {"cursor": now}
    cursor = Cursor.read(after, view)
    changes = changes_after(user, assignment, view, cursor.counter)
    reading = reading_now(user, assignment, view)
    return {
        "cursor": now,
        **_of_the_page(user, assignment, view, changes, query),
        "arrivals": [_arrival(one) for one in changes.changed if one.is_arrival],
        "gone": [str(pk) for pk in changes.gone],
        "reading": asdict(reading) if reading else None,
        "drafts": Draft.objects.visible_to(user).filter(assignment=assignment).count(),
    }


def _of_the_page(
    user: User | AnonymousUser,
    assignment: Assignment,
    view: View,
    changes: Changes,
    query: QueryDict,
) -> dict[str, Any]:
    """The paragraphs that changed, how many notes there are, and how the reader stands."""
    if not changes.any:
        return {"paragraphs": [], "counts": None, "standing": ""}
    since = last_visit(user, assignment)
    filters, more = ReadingFilters(**filters_of(query)), more_of(query)
    # How one stands follows from the whole page, and moves with what one did oneself.
    is_own = user.pk in changes.by
    if not (is_own or filters.active or more):
        shared = shared_fragments(user, assignment, view, numbers=changes.paragraphs, since=since)
        return {
            "paragraphs": shared.fragments,
            "counts": _counts(shared.kinds),
            "standing": shared.standing,
        }
    page = reading_page(
        user=user,
        assignment=assignment,
        filters=filters,
        since=since,
        more=more,
        only=None if is_own else changes.paragraphs,
    )
    return {
        "paragraphs": [
            fragment(page, one) for one in page.paragraphs if one.number in changes.paragraphs
        ],
        "counts": _counts({one.kind: one.count for one in page.kind_counts}),
        "standing": standing_html(page),
    }


def _counts(kinds: dict[str, int]) -> dict[str, Any]:
    """How many notes the whole page has, in words too, and of each kind."""
    total = sum(kinds.values())
    return {
        "total": total,
        "words": render_to_string("annotations/reading/_total.html", {"total": total}),
        "kinds": {one.value: kinds.get(one, 0) for one in Kind},
    }


def _arrival(one: Changed) -> dict[str, Any]:
    url = reverse("annotations:detail", args=[one.id])
    return {
        "id": str(one.id),
        "paragraph": dom_id(one.paragraph) if one.paragraph else None,
        "said": render_to_string("annotations/reading/_arrival.txt", {"one": one}).strip(),
        "href": url,
        "to_me": one.is_to_me,
        "mine": one.is_mine,
    }
