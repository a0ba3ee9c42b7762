"""The bank of remarks of a seminar, as markers keep it beside the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from annotations.grading.actions.remarks import (
    add_remark,
    remove_remark,
    share_remark,
    use_remark,
)
from annotations.grading.models import Criterion, Remark
from annotations.grading.views.finding import find_graded, never_stored
from annotations.views.fragments import in_fragments, is_fragment
from debate.core.errors import DomainError, Missing
from debate.core.http import redirect_to
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
@in_fragments
def remarks(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The remarks that the person uses here; posting keeps another one."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.planned
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    criteria = list(
        Criterion.objects.filter(rubric_version=plan.rubric_version_id).order_by("position")
    )
    context = {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "criteria": criteria,
    }
    status = 200
    if request.method == "POST":
        try:
            remark = add_remark(
                actor=request.user,
                seminar_id=graded.assignment.seminar_id,
                text=request.POST.get("text", ""),
                criterion_key=_key(request.POST.get("criterion", ""), criteria),
                is_shared=request.POST.get("is_shared") == "1",
            )
        except DomainError as error:
            if is_fragment(request) or error.status in {403, 404}:
                raise
            context |= {"error": error, "typed": request.POST}
            status = error.status
        else:
            if is_fragment(request):
                return JsonResponse({"id": str(remark.pk), "text": remark.text}, status=201)
            messages.success(request, "Kept in your bank of remarks.")
            return redirect_to(
                request, request.POST.get("back"), reverse("grading:remarks", args=place)
            )
    kept = Remark.objects.visible_to(request.user).filter(seminar=graded.assignment.seminar)
    context["remarks"] = _with_titles(list(kept.select_related("owner")), criteria)
    return render(request, "grading/remark_list.html", context, status=status)


@never_stored
@signed_in
@require_POST
@in_fragments
def remark(
    request: SignedInRequest, seminar: str, assignment: str, remark_id: UUID
) -> HttpResponse:
    """Share a remark, keep it to oneself, remove it, or count that it was used: as `act` says."""
    graded = find_graded(request.user, seminar, assignment)
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    act = request.POST.get("act", "")
    if act == "use":
        used = use_remark(actor=request.user, remark_id=remark_id)
        return JsonResponse({"uses": used.uses})
    if act in {"share", "unshare"}:
        share_remark(actor=request.user, remark_id=remark_id, is_shared=act == "share")
        shared = "The seminar's staff can use it." if act == "share" else "It is yours alone again."
        messages.success(request, shared)
    elif act == "remove":
        remove_remark(actor=request.user, remark_id=remark_id)
        messages.success(request, "Removed.")
    else:
        raise Missing
    return redirect_to(request, request.POST.get("back"), reverse("grading:remarks", args=place))


def _with_titles(remarks: list[Remark], criteria: list[Criterion]) -> list[tuple[Remark, str]]:
    """Each remark with the title of its criterion; "" for one that is for all."""
    titles = {one.key: one.title for one in criteria}
    return [
        (one, titles.get(one.criterion_key, "") if one.criterion_key else "") for one in remarks
    ]


def _key(text: str, criteria: list[Criterion]) -> UUID | None:
    """The key of one of the rubric's criteria; None for all."""
    return next((one.key for one in criteria if str(one.key) == text), None)
