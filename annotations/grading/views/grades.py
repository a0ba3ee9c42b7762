"""One grade for staff: its numbers, its history, and what instructors do to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.grading.actions.grades import (
    adjust_grade,
    excuse_work,
    most_of,
    reopen_grade,
)
from annotations.grading.enums import GradeState
from annotations.grading.forms.grades import AdjustForm, ReasonForm
from annotations.grading.models import Grade
from annotations.grading.queries.grades import history_of, rule_in_words, with_is_known
from annotations.grading.queries.names import shown_name
from annotations.grading.views.finding import (
    find_graded,
    find_work,
    never_stored,
    refuse_all_but_instructors,
)
from debate.core.errors import DomainError, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.grading.models import Work
    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest

DONE = {
    "adjust": "The grade is adjusted.",
    "excuse": "The work is excused. Students learn of it by a release.",
    "unexcuse": "The work is graded after all.",
    "reopen": "The grade is open again. Its student reads that it is under review.",
}
FORMS = {"adjust": AdjustForm, "excuse": ReasonForm, "unexcuse": ReasonForm, "reopen": ReasonForm}


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def grade(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """A grade with its history; posting adjusts, excuses or reopens it, by instructors."""
    graded = find_graded(request.user, seminar, assignment)
    work = find_work(request.user, graded, work_id)
    if request.method != "POST":
        return render(request, "grading/grade.html", _context(request, graded, work))
    refuse_all_but_instructors(graded)
    act = request.POST.get("act", "")
    act = act if act in FORMS else "adjust"
    form = FORMS[act](request.POST, auto_id=f"{act}-%s")
    status = 400
    if form.is_valid():
        try:
            _do(request, act, work, form.cleaned_data)
        except DomainError as error:
            if error.status in {403, 404}:
                raise
            form.add_error(error.field if error.field in form.fields else None, error.sentence)
            status = error.status
        else:
            messages.success(request, DONE[act])
            place = [graded.assignment.seminar.slug, graded.assignment.slug]
            return redirect("grading:grade", *place, work.pk)
    work = find_work(request.user, graded, work_id)
    context = _context(request, graded, work)
    context["forms"][act] = form
    context |= {"refused": form, "act": act, "is_stale": status == Stale.status}
    if context["is_stale"]:
        # What is shown is of the newer version, so the next try is made from that.
        given = request.POST.copy()
        given["version"] = str(work.grade.version)
        form.data = given
    return render(request, "grading/grade.html", context, status=status)


def _do(request: SignedInRequest, act: str, work: Work, given: dict[str, Any]) -> None:
    said = {"reason": given["reason"], "version": given["version"]}
    if act == "adjust":
        adjust_grade(actor=request.user, work_id=work.pk, adjustment=given["adjustment"], **said)
    elif act == "reopen":
        reopen_grade(actor=request.user, work_id=work.pk, **said)
    else:
        excuse_work(actor=request.user, work_id=work.pk, is_excused=act == "excuse", **said)


def _context(request: SignedInRequest, graded: Graded, work: Work) -> dict[str, Any]:
    plan = graded.planned
    grades = with_is_known(Grade.objects.visible_to(request.user), request.user)
    shown: Any = grades.get(work=work)
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "work": work,
        "name": shown_name(work, plan),
        "is_blind": plan.hides_names,
        "grade": shown,
        "most": most_of(plan),
        "rule": rule_in_words(shown.basis) if shown.is_known else "",
        "steps": history_of(request.user, plan, shown) if shown.is_known else [],
        "forms": _forms(shown) if graded.sets_up and shown.is_known else {},
    }


def _forms(shown: Grade) -> dict[str, Any]:
    """The forms of what can be done to the grade as it stands."""
    start = {"version": shown.version}
    if shown.state == GradeState.RELEASED:
        acts = ["reopen"]
    else:
        acts = ["unexcuse" if shown.is_excused else "excuse"]
        if shown.raw is not None:
            acts.insert(0, "adjust")
    forms: dict[str, Any] = {}
    for act in acts:
        initial = start | ({"adjustment": shown.adjustment} if act == "adjust" else {})
        forms[act] = FORMS[act](initial=initial, auto_id=f"{act}-%s")
    return forms
