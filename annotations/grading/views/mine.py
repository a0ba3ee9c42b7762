"""A student's own page of an assignment's grading, and what the student asks about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotations.grading.actions.requests import ask_again, criteria_of, window_of
from annotations.grading.forms.regrading import AskForm
from annotations.grading.permissions import may_ask_again
from annotations.grading.queries.mine import mine_of
from annotations.grading.views.finding import never_stored
from annotations.permissions import may_have_receipt
from debate.assignments.models import Assignment
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.policies import signed_in
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.grading.forms.regrading import SettleForm
    from annotations.grading.queries.mine import Mine
    from debate.accounts.http import SignedInRequest
    from debate.seminars.models import Membership


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """What is asked and in, then the released grade; posting asks to look at it again."""
    known = Assignment.objects.set_to(request.user).for_pages()
    found = known.filter(seminar__slug=seminar, slug=assignment).first()
    if found is None:
        raise Missing
    membership = _membership(request, found)
    page = mine_of(request.user, found)
    if request.method == "POST":
        return _asked(request, found, page, membership)
    return render(request, "grading/mine.html", _context(found, page, membership))


def answer_refused(
    request: SignedInRequest, found: Assignment, request_id: UUID, form: SettleForm, status: int
) -> HttpResponse:
    """The page again, with what was refused beside the student's own request, and what was typed."""
    membership = _membership(request, found)
    page = mine_of(request.user, found)
    context = _context(found, page, membership) | {"answered": request_id, "answer": form}
    return render(request, "grading/mine.html", context, status=status)


def _membership(request: SignedInRequest, found: Assignment) -> Membership | None:
    membership = membership_of(request.user, found.seminar)
    if not may_have_receipt(membership):
        raise NotAllowed("This page is for students, who see their own grade.")
    return membership


def _asked(
    request: SignedInRequest, found: Assignment, page: Mine, membership: Membership | None
) -> HttpResponse:
    if page.shown is None:
        raise Missing
    form = AskForm(request.POST, criteria=criteria_of(page.shown.sheet), auto_id="ask-%s")
    status = 400
    if form.is_valid():
        try:
            ask_again(
                actor=request.user,
                grade_id=page.shown.sheet.grade_id,
                criterion_key=form.key,
                body=form.cleaned_data["body"],
            )
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
            status = error.status
        else:
            messages.success(request, "Your request is sent. You are told when staff answer.")
            return redirect("grading:mine", found.seminar.slug, found.slug)
    context = _context(found, page, membership) | {"form": form, "refused": True}
    return render(request, "grading/mine.html", context, status=status)


def _context(found: Assignment, page: Mine, membership: Membership | None) -> dict[str, Any]:
    context: dict[str, Any] = {"assignment": found, "seminar": found.seminar, "mine": page}
    if page.plan is None or page.shown is None:
        return context
    sheet = page.shown.sheet
    window = window_of(page.plan, sheet)
    refusal = window.refusal(timezone.now())
    context |= {"window": window, "why_not": refusal}
    if not (refusal or page.is_under_review) and may_ask_again(membership, found.seminar):
        context["form"] = AskForm(criteria=criteria_of(sheet), auto_id="ask-%s")
    return context
