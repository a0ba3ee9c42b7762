"""How far markers agree, as a page and as a table for a spreadsheet."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from annotations.grading.queries.agreement import agreement_of
from annotations.grading.views.finding import find_graded, never_stored
from debate.core.policies import signed_in
from debate.core.text import plain_cell

if TYPE_CHECKING:
    from annotations.grading.metrics import Agreement
    from debate.accounts.http import SignedInRequest

COLUMNS = (
    "criterion", "works", "exact", "alpha", "alpha_low", "alpha_high", "kappa", "kappa_low",
    "kappa_high",
)  # fmt: skip


@never_stored
@signed_in
@require_safe
def agreement(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Agreement by criterion, and how each person marks; of marks that the person may know of."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.planned
    context = {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "is_blind": plan.hides_names,
        "report": agreement_of(request.user, plan),
    }
    return render(request, "grading/agreement.html", context)


@never_stored
@signed_in
@require_safe
def agreement_csv(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The figures by criterion as a table; the last row is of the total."""
    graded = find_graded(request.user, seminar, assignment)
    report = agreement_of(request.user, graded.planned)
    name = f"agreement-{graded.assignment.slug}.csv"
    response = HttpResponse(
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    response.write("\ufeff")  # a spreadsheet takes a table for Unicode by it alone
    rows = csv.writer(response)
    rows.writerow(COLUMNS)
    for one in report.figures:
        figures = [*_cells(one.alpha), *_cells(one.kappa)]
        rows.writerow([plain_cell(one.title), one.n, one.exact, *figures])
    return response


def _cells(figure: Agreement | None) -> list[str]:
    """The coefficient and its interval to three places; empty for nothing."""
    members = [figure.value, figure.low, figure.high] if figure else [None, None, None]
    return ["" if one is None else f"{one:.3f}" for one in members]
