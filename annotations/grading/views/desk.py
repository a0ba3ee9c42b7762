"""The desk: one work with the rubric beside it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.grading.queries.desk import ORDERS, desk_of
from annotations.grading.queries.marking import marking_for
from annotations.grading.views.finding import find_graded, never_stored
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest
    from debate.core.errors import DomainError

MOST_DIGITS = 4


@never_stored
@signed_in
@require_safe
def desk(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """One work to mark: who else is there, what was written, the rubric."""
    return show_desk(request, find_graded(request.user, seminar, assignment), work_id)


def show_desk(
    request: SignedInRequest, graded: Graded, work_id: UUID, *, refusal: DomainError | None = None
) -> HttpResponse:
    """The desk of a work; with a refusal, of a mark that was kept and lacks what it names."""
    plan = graded.planned
    page = request.GET.get("page", "")
    shown = desk_of(
        request.user,
        plan,
        work_id,
        order=request.GET.get("order", ""),
        page=int(page) if page.isascii() and page.isdigit() and len(page) <= MOST_DIGITS else 1,
    )
    context = {
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "graded": graded,
        "is_blind": plan.hides_names,
        "desk": shown,
        "orders": ORDERS,
        "marking": marking_for(request.user, plan, shown.work, shown.items),
        "tells_missing": refusal is not None,
    }
    status = refusal.status if refusal else HTTPStatus.OK
    return render(request, "grading/work_desk.html", context, status=status)
