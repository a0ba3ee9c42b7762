"""The moderator's sample: its page, and the record that an external examiner reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from annotations.grading.actions.moderation import (
    draw_sample,
    find_sample,
    flag_for_moderation,
    say_outcome,
)
from annotations.grading.forms.fairness import FlagForm, OutcomeForm
from annotations.grading.queries.agreement import agreement_of
from annotations.grading.queries.moderation import moderation_of
from annotations.grading.views.finding import (
    find_graded,
    never_stored,
    refuse_all_but_instructors,
)
from debate.core.errors import DomainError, Missing, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def moderation(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The sample with what was found; posting draws, adds a work, or says an outcome."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.planned
    if request.method != "POST":
        return render(request, "grading/moderation.html", _context(request, graded))
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    act = request.POST.get("act", "")
    if act == "outcome":
        return _say(request, graded)
    refuse_all_but_instructors(graded)
    try:
        if act == "flag":
            flag_for_moderation(actor=request.user, work_id=_chosen(request))
            messages.success(request, "The work is in the sample.")
        else:
            made = draw_sample(actor=request.user, assignment_id=plan.assignment_id)
            works = "work is" if len(made) == 1 else "works are"
            messages.success(request, f"{len(made)} {works} drawn.")
    except DomainError as error:
        if error.status == Missing.status:
            raise
        messages.error(request, error.sentence)
    return redirect("grading:moderation", *place)


def _chosen(request: SignedInRequest) -> UUID:
    try:
        return UUID(request.POST.get("work", ""))
    except ValueError:
        raise Missing from None


def _say(request: SignedInRequest, graded: Graded) -> HttpResponse:
    form = OutcomeForm(request.POST, auto_id=f"o-{request.POST.get('sample', '')[:40]}-%s")
    form.is_valid()
    sample = form.cleaned_data.get("sample")
    if sample is None or find_sample(request.user, sample).work.assignment_id != (
        graded.assignment.pk
    ):
        raise Missing
    status = 400
    if form.is_valid():
        given = form.cleaned_data
        try:
            say_outcome(
                actor=request.user,
                sample_id=sample,
                outcome=given["outcome"],
                note=given["note"],
                version=given["version"],
            )
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
            status = error.status
        else:
            messages.success(request, "Your outcome is kept.")
            place = [graded.assignment.seminar.slug, graded.assignment.slug]
            return redirect("grading:moderation", *place)
    context = _context(request, graded, refused=form)
    context["is_stale"] = status == Stale.status
    return render(request, "grading/moderation.html", context, status=status)


@never_stored
@signed_in
@require_safe
def record(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """All of a moderation on one page to be printed: rule, sample, outcomes, what changed after."""
    graded = find_graded(request.user, seminar, assignment)
    context = _base(graded) | {
        "moderation": moderation_of(request.user, graded.planned),
        "report": agreement_of(request.user, graded.planned),
    }
    return render(request, "grading/moderation_record.html", context)


def _base(graded: Graded) -> dict[str, Any]:
    plan = graded.planned
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "is_blind": plan.hides_names,
    }


def _context(
    request: SignedInRequest, graded: Graded, *, refused: OutcomeForm | None = None
) -> dict[str, Any]:
    found = moderation_of(request.user, graded.planned)
    at = str(refused.cleaned_data["sample"]) if refused else ""
    rows = []
    for row in found.rows:
        form = None
        if graded.marks and row.can_be_judged:
            sample = row.sample
            start = {"sample": sample.pk, "version": sample.version}
            start |= {"outcome": sample.outcome, "note": sample.note}
            form = OutcomeForm(initial=start, auto_id=f"o-{sample.pk}-%s")
            if refused is not None and at == str(sample.pk):
                # What is shown is of the newer version, so the next try is made from that.
                refused.data = {**refused.data, "version": str(sample.version)}
                form = refused
        rows.append((row, form))
    flag = FlagForm(works=found.others, auto_id="flag-%s") if graded.sets_up else None
    return _base(graded) | {
        "moderation": found,
        "rows": rows,
        "flag": flag,
        "refused": refused,
    }
