"""What became of each claim: the flow sheet, what is open, concessions, and the class brief."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from annotations.flowbook import MEDIA_TYPE, flow_workbook
from annotations.queries.brief import brief as brief_of
from annotations.queries.concessions import ledger
from annotations.queries.flow import chosen_rows, flow_sheet
from annotations.queries.graph import argument_graph
from annotations.queries.open_items import SORTS, open_page
from annotations.views.reading import assignment_for
from debate.core.policies import public

if TYPE_CHECKING:
    from django.http import HttpRequest


@public
@require_safe
def flow(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The flow sheet; `?only=dropped` shows claims with a challenge that nobody has answered."""
    found = assignment_for(request.user, seminar, assignment)
    now = timezone.now()
    sheet = chosen_rows(
        flow_sheet(argument_graph(request.user, found), at=now),
        only_dropped=request.GET.get("only") == "dropped",
        after=request.GET.get("after", ""),
    )
    context = {"sheet": sheet, "assignment": found, "at": now}
    return render(request, "annotations/flow.html", context)


@public
@require_safe
def flow_xlsx(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The whole flow sheet as a workbook."""
    found = assignment_for(request.user, seminar, assignment)
    sheet = flow_sheet(argument_graph(request.user, found), at=timezone.now())
    response = HttpResponse(flow_workbook(sheet, title=found.title), content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="flow-{found.slug}.xlsx"'
    return response


@public
@require_safe
def open_items(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """What is open, one of the lists of `?show=`."""
    found = assignment_for(request.user, seminar, assignment)
    page = open_page(
        request.user,
        found,
        shown=request.GET.get("show", ""),
        sort=request.GET.get("sort", ""),
        after=_uuid(request.GET.get("after", "")),
    )
    context = {"page": page, "assignment": found, "sorts": SORTS, "at": timezone.now()}
    return render(request, "annotations/open.html", context)


@public
@require_safe
def concessions(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """What each side grants, and the common ground."""
    found = assignment_for(request.user, seminar, assignment)
    graph = argument_graph(request.user, found)
    page = ledger(request.user, graph, after=request.GET.get("after", ""))
    context = {"page": page, "graph": graph, "assignment": found, "at": timezone.now()}
    return render(request, "annotations/concessions.html", context)


@public
@require_safe
def brief(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """What to take up in class, on one page."""
    found = assignment_for(request.user, seminar, assignment)
    context = {"brief": brief_of(request.user, found), "assignment": found, "at": timezone.now()}
    return render(request, "annotations/brief.html", context)


def _uuid(text: str) -> UUID | None:
    """Where a page begins; what is no id means the beginning."""
    try:
        return UUID(text)
    except ValueError:
        return None
