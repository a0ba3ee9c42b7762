"""What is asked and what is in: a student's own, everybody's for staff, and receipts."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annotations.actions.receipts import send_receipt
from annotations.forms import progress_choice
from annotations.permissions import may_follow_progress, may_have_receipt
from annotations.queries import own_progress, people_progress, progress_page
from annotations.queries.progress import ASKED, SORTS, STATES, in_order
from annotations.queries.receipts import receipt as receipt_of
from debate.assignments.models import Assignment
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.policies import signed_in
from debate.core.text import plain_cell
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User
    from debate.seminars.models import Membership

NOT_YOURS = "Progress is for students, who see their own, and for staff."


def _found(user: User, seminar: str, assignment: str) -> tuple[Assignment, Membership | None]:
    """The assignment that is set to the person, and what the person is there. Raises Missing."""
    known = Assignment.objects.set_to(user).for_pages()
    found = known.filter(seminar__slug=seminar, slug=assignment).first()
    if found is None:
        raise Missing
    return found, membership_of(user, found.seminar)


@signed_in
@require_safe
def progress(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """A student's own progress; for staff a page of those whom they oversee."""
    found, membership = _found(request.user, seminar, assignment)
    if membership is not None and may_follow_progress(membership):
        page = progress_page(membership, found, progress_choice(request.GET.dict()))
        context = {"page": page, "assignment": found, "states": STATES, "sorts": SORTS}
        return render(request, "annotations/progress_people.html", context)
    if not may_have_receipt(membership):
        raise NotAllowed(NOT_YOURS)
    context = {"own": own_progress(request.user, found), "assignment": found}
    return render(request, "annotations/progress.html", context)


@signed_in
@require_safe
def progress_csv(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Everybody's progress as a table for a spreadsheet; for staff, of those whom they oversee."""
    found, membership = _found(request.user, seminar, assignment)
    if membership is None or not may_follow_progress(membership):
        raise NotAllowed("Only staff download everybody's progress.")
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="progress-{found.slug}.csv"'
    table = csv.writer(response)
    kinds = [str(kind) for _, _, kind in ASKED if kind]
    table.writerow(
        [
            "name",
            "groups",
            *kinds,
            "other kinds",
            "replies",
            "paragraphs",
            "late",
            "state",
            "last activity",
        ]
    )
    for one in in_order(people_progress(membership, found), "name"):
        counts = one.counts
        numbers = [counts.by_kind.get(kind, 0) for kind in kinds]
        numbers += [one.others, counts.replies, counts.paragraphs, counts.late]
        last = counts.last_at.isoformat(timespec="seconds") if counts.last_at else ""
        words = [plain_cell(one.name), plain_cell("; ".join(one.groups))]
        table.writerow([*words, *numbers, one.words, last])
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def receipt(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """A student's receipt, to print or to have sent by e-mail."""
    found, membership = _found(request.user, seminar, assignment)
    if not may_have_receipt(membership):
        raise NotAllowed("Receipts are for students.")
    if request.method == "POST":
        address = request.build_absolute_uri()
        try:
            send_receipt(actor=request.user, assignment_id=found.pk, address=address)
        except DomainError as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"The receipt is on its way to {request.user.email}.")
        return redirect("annotations:receipt", found.seminar.slug, found.slug)
    context = {"receipt": receipt_of(request.user, found), "assignment": found}
    return render(request, "annotations/receipt.html", context)
