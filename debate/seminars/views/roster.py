"""A roster looked at, applied and written, and the people it makes the seminar expect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.core.errors import DomainError
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.actions.roster import Plan, apply_roster, forget_expected, plan_roster
from debate.seminars.forms.roster import RosterApplyForm, RosterForm
from debate.seminars.models import Membership, RosterEntry
from debate.seminars.queries.people import expected_people, roster_file
from debate.seminars.views.people import instructor_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.http import SignedInRequest


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def roster(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Take a roster (GET), and show what it would do (POST)."""
    reader = instructor_of(request, seminar)
    form = RosterForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        text, role = form.cleaned_data["text"], form.cleaned_data["role"]
        try:
            plan = plan_roster(seminar=reader.seminar, text=text, role=role)
        except DomainError as error:
            show_refusal(form, error)
        else:
            seen = RosterApplyForm(initial={"text": text, "role": role, "mark": plan.mark})
            return _preview(request, reader, seen, plan, encoding=form.encoding)
    context = {
        "seminar": reader.seminar,
        "form": form,
        "expected": expected_people(reader.seminar_id),
    }
    return render(request, "seminars/roster.html", context, status=400 if form.errors else 200)


@signed_in
@require_POST
def roster_apply(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Do what the person has looked at; whatever has changed since is shown anew."""
    reader = instructor_of(request, seminar)
    form = RosterApplyForm(request.POST)
    if not form.is_valid():
        return redirect("seminars:roster", seminar)
    given = dict(form.cleaned_data)
    try:
        plan = apply_roster(actor=request.user, seminar=reader.seminar, **given)
    except DomainError as error:
        show_refusal(form, error)
        plan = plan_roster(seminar=reader.seminar, text=given["text"], role=given["role"])
        seen = RosterApplyForm(initial={**given, "mark": plan.mark})
        return _preview(request, reader, seen, plan, refusal=error)
    messages.success(request, _said(plan))
    return redirect("seminars:people", seminar)


@signed_in
@require_safe
def roster_download(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The seminar's people and those it expects, as a file that can be read in again."""
    reader = instructor_of(request, seminar)
    body = "\ufeff" + roster_file(reader.seminar_id)
    disposition = f'attachment; filename="{reader.seminar.slug}-roster.csv"'
    return HttpResponse(
        body,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition, "Cache-Control": "private, no-store"},
    )


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def expected_remove(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Ask before somebody is expected no longer (GET), then forget (POST)."""
    reader = instructor_of(request, seminar)
    visible = RosterEntry.objects.visible_to(request.user).filter(seminar=reader.seminar_id)
    entry = get_object_or_404(visible, pk=pk)
    if request.method == "POST":
        forget_expected(actor=request.user, entry_id=pk)
        messages.success(request, f"{entry.email} is no longer expected.")
        return redirect("seminars:roster", seminar)
    context = {"seminar": reader.seminar, "entry": entry}
    return render(request, "seminars/roster_remove.html", context)


def _preview(
    request: SignedInRequest,
    reader: Membership,
    form: RosterApplyForm,
    plan: Plan,
    *,
    encoding: str = "utf-8",
    refusal: DomainError | None = None,
) -> HttpResponse:
    context = {
        "seminar": reader.seminar,
        "form": form,
        "plan": plan,
        "counts": plan.counts,
        "is_old_encoding": encoding == "cp1252",
        "refusal": refusal,
        "join_url": request.build_absolute_uri("/"),
    }
    status = refusal.status if refusal else 200
    return render(request, "seminars/roster_preview.html", context, status=status)


def _said(plan: Plan) -> str:
    counts = plan.counts
    parts = [
        f"{counts[deed]} {words}"
        for deed, words in (
            ("join", "added"),
            ("expect", "expected"),
            ("change", "changed"),
            ("amend", "changed among the expected"),
            ("same", "left as they were"),
        )
        if counts[deed]
    ]
    return "The roster has been applied: " + ", ".join(parts) + "."
