"""The debate map, its outline, and the page of one claim."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotations.forms.debate_map import map_filters_of, start_of
from annotations.queries.claims_page import Merged, claim_page
from annotations.queries.debate_map import debate_map
from annotations.queries.graph import argument_graph
from annotations.views.reading import assignment_for
from debate.core.policies import public
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse


@public
@require_safe
def map_page(
    request: HttpRequest, seminar: str, assignment: str, *, as_outline: bool = False
) -> HttpResponse:
    """The argument as a tree, or as its plain outline: the same nodes in the same order."""
    found = assignment_for(request.user, seminar, assignment)
    graph = argument_graph(request.user, found)
    page = debate_map(graph, map_filters_of(request.GET.dict()), at=timezone.now())
    template = "annotations/map_outline.html" if as_outline else "annotations/map.html"
    context = {
        "page": page,
        "assignment": found,
        "is_staff": is_staff(membership_of(request.user, found.seminar)),
        # Addresses are relative to the map's, for hundreds of them stand on a page.
        "base": "../" if as_outline else "",
    }
    return render(request, template, context)


@public
@require_safe
def claim(request: HttpRequest, seminar: str, assignment: str, claim_id: UUID) -> HttpResponse:
    """One claim, why it has its label, and what bears on it; `?pivots=1` what its label turns on.

    A merged claim leads to the one that is shown instead.
    """
    found = assignment_for(request.user, seminar, assignment)
    page = claim_page(
        request.user,
        found,
        claim_id,
        start=start_of(request.GET.dict()),
        with_pivots=request.GET.get("pivots") == "1",
    )
    if isinstance(page, Merged):
        return redirect("annotations:claim", seminar, assignment, page.into)
    context = {"page": page, "assignment": found, "base": "../../", "at": timezone.now()}
    return render(request, "annotations/claim.html", context)
