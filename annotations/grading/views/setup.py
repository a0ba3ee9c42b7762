"""How an assignment is graded: one page to set it up, and what follows from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db.models import prefetch_related_objects
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.grading.actions.plans import (
    apply_plan_to,
    change_plan,
    end_blind,
    plan_of,
    set_up_grading,
    tried_plan,
)
from annotations.grading.forms.setup import ApplyForm, PlanForm, ReasonForm, initial_of
from annotations.grading.models import GradingPlan
from annotations.grading.queries.plans import targets_of
from annotations.grading.queries.rubrics import content_of, to_choose, with_content
from annotations.grading.views.finding import (
    find_graded,
    never_stored,
    refuse_all_but_instructors,
)
from debate.assignments.queries import zone_of
from debate.core.errors import DomainError
from debate.core.forms import show_refusal
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.forms import BaseForm
    from django.http import HttpResponse

    from annotations.grading.formats.content import RubricContent
    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment

GET_AND_POST = ["GET", "HEAD", "POST"]


def _managed(request: SignedInRequest, seminar: str, assignment: str) -> Assignment:
    """The assignment of the address. Raises Missing, NotAllowed for all but instructors."""
    graded = find_graded(request.user, seminar, assignment)
    refuse_all_but_instructors(graded)
    return graded.assignment


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def plan(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Set up how an assignment is graded, or change it; what would move scores is shown before."""
    found = _managed(request, seminar, assignment)
    kept = plan_of(found)
    shown = kept or GradingPlan(assignment=found)
    form = PlanForm(
        request.POST or None,
        zone=zone_of(found.seminar.time_zone),
        initial=initial_of(shown),
        rubrics=to_choose(request.user, found.seminar),
    )
    context: dict[str, Any] = {"assignment": found, "seminar": found.seminar, "plan": kept}
    if form.is_valid():
        if request.POST.get("act") != "save":
            context |= _tried(request, found, kept, form)
        elif _saved(request, found, kept, form):
            return redirect("grading:plan", seminar, assignment)
        elif "reason" in form.errors:
            context |= _tried(request, found, kept, form)
        elif kept and "version" in form.errors:
            context["stale"] = _other_now(kept, form)
    return _page(request, form, context, shown)


def _saved(
    request: SignedInRequest, assignment: Assignment, kept: GradingPlan | None, form: PlanForm
) -> bool:
    """Whether it was taken; else the form tells why not."""
    given = form.given()
    try:
        if kept is None:
            set_up_grading(actor=request.user, assignment_id=assignment.pk, **given)
            messages.success(request, "The grading is set up.")
            return True
        _, simulation = change_plan(
            actor=request.user,
            assignment_id=assignment.pk,
            version=form.cleaned_data["version"],
            reason=form.cleaned_data["reason"],
            **given,
        )
    except DomainError as error:
        form.refuse(error)
        return False
    moved = len(simulation.moved)
    more = f" Scores that moved: {moved}." if moved else ""
    messages.success(request, f"The set-up is saved.{more}")
    return True


def _tried(
    request: SignedInRequest, assignment: Assignment, kept: GradingPlan | None, form: PlanForm
) -> dict[str, Any]:
    """What the typed would do: whose scores would move, and what students would read."""
    if kept is None:
        return {"tried": True}
    try:
        after, simulation = tried_plan(
            actor=request.user, assignment_id=assignment.pk, **form.given()
        )
    except DomainError as error:
        form.refuse(error)
        return {}
    return {"tried": after, "sim": simulation, "lines": simulation.lines(kept)}


def _other_now(kept: GradingPlan, form: PlanForm) -> list[tuple[str, Any, Any]]:
    """The members in which what was typed differs from what somebody else has saved meanwhile."""
    now = initial_of(kept)
    return [
        (str(form.fields[name].label), now[name], value)
        for name, value in form.cleaned_data.items()
        if name not in {"version", "reason"} and str(now[name] or "") != str(value or "")
    ]


def _page(
    request: SignedInRequest, form: PlanForm, context: dict[str, Any], shown: GradingPlan
) -> HttpResponse:
    after = context.get("tried")
    seen = after if isinstance(after, GradingPlan) else shown
    status = 400 if form.errors else 200
    context |= {
        "form": form,
        "seen": seen,
        "content": _content(seen),
        "may_end_blind": bool(context["plan"] and context["plan"].hides_names),
    }
    if "stale" in context:
        status = 412
    return render(request, "grading/plan_setup.html", context, status=status)


def _content(plan: GradingPlan) -> RubricContent:
    version = plan.rubric_version
    if version is not None:
        prefetch_related_objects([version], with_content())
    return content_of(version)


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def names(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Ask whether blind marking shall end, and end it, with a reason that every grade keeps."""
    found = _managed(request, seminar, assignment)
    kept = plan_of(found)
    if kept is None:
        return redirect("grading:plan", seminar, assignment)
    form = ReasonForm(request.POST or None, initial={"version": kept.version})
    if form.is_valid():
        try:
            end_blind(actor=request.user, assignment_id=found.pk, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Names are known from now on.")
            return redirect("grading:plan", seminar, assignment)
    context = {"assignment": found, "seminar": found.seminar, "plan": kept, "form": form}
    return render(request, "grading/plan_names.html", context, status=_status_of(form))


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def apply(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Grade other assignments of the seminar alike: chosen, shown, done."""
    found = _managed(request, seminar, assignment)
    kept = plan_of(found)
    if kept is None:
        return redirect("grading:plan", seminar, assignment)
    targets = targets_of(request.user, kept)
    form = ApplyForm(request.POST or None, targets=targets, initial={"version": kept.version})
    if form.is_valid():
        try:
            done = apply_plan_to(
                actor=request.user,
                assignment_id=found.pk,
                version=form.cleaned_data["version"],
                to=form.chosen(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"Graded alike from now on: {len(done)}.")
            return redirect("grading:plan", seminar, assignment)
    context = {
        "assignment": found,
        "seminar": found.seminar,
        "plan": kept,
        "form": form,
        "collected": [one for one in targets if one.is_collected],
    }
    return render(request, "grading/plan_apply.html", context, status=_status_of(form))


def _status_of(form: BaseForm) -> int:
    return 400 if form.errors else 200
