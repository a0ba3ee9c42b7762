"""One criterion across all works: the same question asked of each, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from annotations.grading.actions.marking import change_work
from annotations.grading.forms.marking import change_of, typed_content, version_of
from annotations.grading.queries.criteria import criterion_page
from annotations.grading.views.finding import find_graded, find_work, never_stored
from debate.core.errors import DomainError, Missing, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.grading.queries.criteria import CriterionPage
    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def criterion(request: SignedInRequest, seminar: str, assignment: str, key: UUID) -> HttpResponse:
    """Give something by one criterion to one work, and go on to the next that has nothing by it."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.planned
    if request.method == "POST":
        return _kept(request, graded, key)
    shown = criterion_page(request.user, plan, key, _work_in(request.GET.get("work")))
    return _shown(request, graded, shown)


def _kept(request: SignedInRequest, graded: Graded, key: UUID) -> HttpResponse:
    plan = graded.planned
    shown = criterion_page(request.user, plan, key, _work_in(request.POST.get("work")))
    if shown.current is None:
        raise Missing
    work = find_work(request.user, graded, shown.current.id)
    try:
        change_work(
            actor=request.user,
            work_id=work.pk,
            change=change_of(request.POST, [shown.criterion]),
            version=version_of(request.POST),
        )
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        typed = typed_content(request.POST, [shown.criterion])
        again = criterion_page(request.user, plan, key, work.pk, typed=typed)
        return _shown(request, graded, again, error)
    messages.success(request, f"Saved for {shown.current.name}.")
    place = [graded.assignment.seminar.slug, graded.assignment.slug, key]
    following = shown.following or shown.current
    return redirect(f"{reverse('grading:criterion', args=place)}?work={following.id}")


def _shown(
    request: SignedInRequest,
    graded: Graded,
    shown: CriterionPage,
    error: DomainError | None = None,
) -> HttpResponse:
    context = {
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": graded.planned,
        "graded": graded,
        "is_blind": graded.planned.hides_names,
        "page": shown,
        "error": error,
        "is_stale": isinstance(error, Stale),
    }
    status = error.status if error else 200
    return render(request, "grading/criterion_works.html", context, status=status)


def _work_in(given: str | None) -> UUID | None:
    """The work that is named; None for none. Raises Missing for what is no id."""
    if not given:
        return None
    try:
        return UUID(given)
    except ValueError:
        raise Missing from None
