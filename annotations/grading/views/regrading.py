"""Requests to look at grades again: what staff have before them, and each step of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotations.grading.actions.grades import most_of
from annotations.grading.actions.requests import (
    answer_request,
    decline_request,
    escalate_request,
    take_request_back,
    uphold_request,
)
from annotations.grading.forms.regrading import SettleForm
from annotations.grading.models import RegradeRequest
from annotations.grading.queries.regrading import FILTERS, requests_of, titles_of
from annotations.grading.views.finding import find_graded, never_stored
from annotations.grading.views.mine import answer_refused
from debate.assignments.models import Assignment
from debate.core.errors import DomainError, Missing, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest

A_PAGE = 20
DONE = {
    "answer": "Your message is sent.",
    "escalate": "The instructors settle it from now on.",
    "decline": "Settled: the grade stands.",
    "uphold": "Settled: the grade changes. The student sees it once you release it again.",
    "take_back": "You have taken your request back.",
}


@never_stored
@signed_in
@require_safe
def requests(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """What students asked about grades of the assignment, with forms to answer and settle it."""
    graded = find_graded(request.user, seminar, assignment)
    return render(request, "grading/requests.html", _context(request, graded))


@never_stored
@signed_in
@require_POST
def request_act(
    request: SignedInRequest, seminar: str, assignment: str, request_id: UUID
) -> HttpResponse:
    """Take one step of a request: answer, hand on, decline, uphold, take back."""
    known = Assignment.objects.set_to(request.user).for_pages()
    found = known.filter(seminar__slug=seminar, slug=assignment).first()
    if found is None:
        raise Missing
    seen = RegradeRequest.objects.visible_to(request.user).select_related("grade__work")
    asked = seen.filter(pk=request_id, grade__work__assignment=found).first()
    if asked is None:
        raise Missing
    is_own = asked.grade.work.student_id == request.user.pk
    form = SettleForm(request.POST, auto_id=f"r-{request_id}-%s")
    act = request.POST.get("act", "")
    act = act if act in DONE else "answer"
    status = 400
    if form.is_valid():
        try:
            _do(request, act, request_id, form.cleaned_data)
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
            status = error.status
        else:
            messages.success(request, DONE[act])
            page = "grading:mine" if is_own else "grading:requests"
            return redirect(page, found.seminar.slug, found.slug)
    if is_own:
        return answer_refused(request, found, request_id, form, status)
    graded = find_graded(request.user, seminar, assignment)
    if status == Stale.status:
        # The thread is shown as it is now, so the next try is made from that.
        asked.refresh_from_db(fields=["version"])
        given = request.POST.copy()
        given["version"] = str(asked.version)
        form.data = given
    context = _context(request, graded, refused=(asked, form))
    return render(request, "grading/requests.html", context, status=status)


def _do(request: SignedInRequest, act: str, request_id: UUID, given: dict[str, Any]) -> None:
    said: dict[str, Any] = {
        "actor": request.user,
        "request_id": request_id,
        "version": given["version"],
    }
    if act == "take_back":
        take_request_back(**said)
    elif act == "uphold":
        uphold_request(**said, body=given["body"], adjustment=given["adjustment"])
    else:
        steps = {"answer": answer_request, "escalate": escalate_request, "decline": decline_request}
        steps[act](**said, body=given["body"])


def _context(
    request: SignedInRequest,
    graded: Graded,
    refused: tuple[RegradeRequest, SettleForm] | None = None,
) -> dict[str, Any]:
    plan = graded.planned
    state = "all" if refused else request.GET.get("state", "")
    criterion = "" if refused else request.GET.get("criterion", "")
    found = requests_of(request.user, plan, state=state, criterion=criterion)
    threads = [one for one in found.threads if not refused or one.request.pk == refused[0].pk]
    page = Paginator(threads, A_PAGE).get_page(request.GET.get("page"))
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "is_blind": plan.hides_names,
        "found": found,
        "filters": FILTERS,
        "criteria": titles_of(plan),
        "criterion": criterion,
        "page_obj": page,
        "lines": [
            (
                thread,
                refused[1]
                if refused
                else SettleForm(
                    initial={"version": thread.request.version},
                    auto_id=f"r-{thread.request.pk}-%s",
                ),
            )
            for thread in page
        ],
        "is_refused": refused is not None,
        "most": most_of(plan),
    }
