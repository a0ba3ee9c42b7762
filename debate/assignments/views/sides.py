"""Who argues which side of an assignment's resolution."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from debate.assignments.actions import change_sides
from debate.assignments.forms import SidesForm
from debate.assignments.queries import drawn_sides, sides_page, sides_said, swapped_sides
from debate.assignments.views.finding import find_managed
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment, Round
    from debate.assignments.queries.people import SidesPage


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def side_list(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Give sides by hand, for all rounds or `?round=` that one.

    `?offer=people`, `groups` or `swap` fills the form with a draw, or with the opposites of the
    round before, to be looked at: nothing is kept until it is saved.
    """
    found = find_managed(request, seminar, assignment)
    in_round = _round(found, request.GET.get("round", ""))
    page = sides_page(found, in_round)
    offer = request.GET.get("offer", "") if request.method != "POST" else ""
    kept = sides_said(found, in_round)
    said = kept | _offered(found, page, offer)
    form = SidesForm(
        request.POST if request.method == "POST" else None,
        groups=page.groups,
        students=page.students,
        said=said,
    )
    if form.is_valid():
        change_sides(
            actor=request.user,
            assignment_id=found.pk,
            round_id=in_round.pk if in_round else None,
            **form.given(),
        )
        messages.success(request, "The sides are saved.")
        address = reverse("assignments:sides", args=[found.seminar.slug, found.slug])
        return redirect(f"{address}?round={in_round.number}" if in_round else address)
    context = {
        "form": form,
        "form_rows": zip(
            form.student_fields,
            [one.pk not in kept and page.in_force.get(one.pk) for one in page.students],
            strict=True,
        ),
        "page": page,
        "offer": offer,
        "assignment": found,
        "seminar": found.seminar,
    }
    status = 400 if form.errors else 200
    return render(request, "assignments/side_list.html", context, status=status)


def _round(assignment: Assignment, number: str) -> Round | None:
    return next((one for one in assignment.rounds.all() if str(one.number) == number), None)


def _offered(assignment: Assignment, page: SidesPage, offer: str) -> dict[UUID, str]:
    if offer == "people":
        return drawn_sides([one.pk for one in page.students])
    if offer == "groups":
        return drawn_sides([one.pk for one in page.groups])
    if offer == "swap" and page.in_round:
        return swapped_sides(assignment, page.rounds, page.in_round)
    return {}
