"""The essay with its margin, and all of one paragraph's annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.actions.visits import record_visit
from annotations.forms import filters_of
from annotations.queries import ReadingFilters, margin, reading_page
from annotations.queries.visits import last_visit
from debate.assignments.models import Assignment
from debate.core.errors import Missing
from debate.core.policies import public

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser
    from django.http import HttpRequest, HttpResponse

    from debate.accounts.models import User
    from debate.essays.models import Revision

CARDS_A_PAGE = 20


def assignment_for(user: User | AnonymousUser, seminar: str, assignment: str) -> Assignment:
    """The assignment at that address. Raises Missing unless the person may see it."""
    found = Assignment.objects.visible_to(user).for_pages()
    one = found.filter(seminar__slug=seminar, slug=assignment).first()
    if one is None:
        raise Missing
    return one


def revision_for(assignment: Assignment, number: int | None) -> Revision:
    """The revision of that number up to the one the assignment shows, which is meant by None."""
    if number in {None, assignment.revision.number}:
        return assignment.revision
    earlier = assignment.essay.revisions.filter(number__lt=assignment.revision.number)
    found = earlier.filter(number=number).first()
    if found is None:
        raise Missing
    return found


@public
@require_safe
def reading(
    request: HttpRequest, seminar: str, assignment: str, number: int | None = None
) -> HttpResponse:
    """The reading page, of the current revision or of the one of that number.

    `?notes=none` gives the text alone, and is remembered until `?notes=all`.
    """
    found = assignment_for(request.user, seminar, assignment)
    if request.GET.get("notes") in {"none", "all"}:
        request.session["notes"] = request.GET["notes"]
    shown = revision_for(found, number)
    show_notes = request.session.get("notes") != "none"
    page = reading_page(
        user=request.user,
        assignment=found,
        filters=ReadingFilters(**filters_of(request.GET.dict())),
        show_notes=show_notes,
        revision=shown,
        since=_visit(request, found) if show_notes else None,
    )
    return render(request, "annotations/reading.html", {"page": page})


def _visit(request: HttpRequest, assignment: Assignment) -> datetime | None:
    """Since when things are new; that the person looks now is kept, unless a machine fetches."""
    if not request.user.is_authenticated:
        return None
    is_fetched_ahead = "prefetch" in request.headers.get("Sec-Purpose", "")
    if request.method == "HEAD" or is_fetched_ahead:
        return last_visit(request.user, assignment)
    return record_visit(actor=request.user, assignment=assignment)


@public
@require_safe
def paragraph(
    request: HttpRequest, seminar: str, assignment: str, number: int, revision: int | None = None
) -> HttpResponse:
    """All annotations on one paragraph, twenty a page."""
    found = assignment_for(request.user, seminar, assignment)
    try:
        after = UUID(request.GET["after"]) if request.GET.get("after") else None
    except ValueError:
        raise Missing from None
    page = margin(
        user=request.user,
        assignment=found,
        number=number,
        after=after,
        size=CARDS_A_PAGE,
        revision=revision_for(found, revision),
    )
    return render(request, "annotations/paragraph.html", {"margin": page, "assignment": found})
