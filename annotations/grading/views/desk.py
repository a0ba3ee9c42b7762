"""The desk: one work with the rubric beside it."""

from __future__ import annotations

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

    from debate.accounts.http import SignedInRequest

MOST_DIGITS = 4


@never_stored
@signed_in
@require_safe
def desk(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """One work to mark: who else is there, what was written, the rubric."""
    graded = find_graded(request.user, seminar, assignment)
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
    }
    return render(request, "grading/work_desk.html", context)
