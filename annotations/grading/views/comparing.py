"""The marks of one work beside each other, what was agreed, and who judges."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.grading.actions.grades import agree_grade, most_of
from annotations.grading.actions.judging import ask_third_marker
from annotations.grading.forms.fairness import AgreeForm, ThirdForm
from annotations.grading.models import Grade
from annotations.grading.queries.comparing import comparison_of
from annotations.grading.queries.grades import history_of, rule_in_words, with_is_known
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.splitting import markers_of
from annotations.grading.views.finding import find_graded, find_work, never_stored
from debate.core.errors import DomainError, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.grading.models import Work
    from annotations.grading.queries.comparing import Comparison
    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest

DONE = {"agree": "The agreed value counts now.", "third": "Who judges is set."}


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def compare(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """The marks of a work as far as the person may know of them; posting agrees or asks a third."""
    graded = find_graded(request.user, seminar, assignment)
    work = find_work(request.user, graded, work_id)
    if request.method != "POST":
        return render(request, "grading/compare.html", _context(request, graded, work))
    act = "third" if request.POST.get("act") == "third" else "agree"
    form = _form(act, graded, work, request.POST)
    status = 400
    try:
        if form.is_valid():
            _do(request, act, work, form.cleaned_data)
            messages.success(request, DONE[act])
            place = [graded.assignment.seminar.slug, graded.assignment.slug]
            return redirect("grading:compare", *place, work.pk)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        form.add_error(error.field if error.field in form.fields else None, error.sentence)
        status = error.status
    work = find_work(request.user, graded, work_id)
    context = _context(request, graded, work)
    context |= {act: form, "refused": form, "is_stale": status == Stale.status}
    if context["is_stale"]:
        # What is shown is of the newer version, so the next try is made from that.
        form.data = form.data.copy()
        form.data["version"] = str(work.grade.version)
    return render(request, "grading/compare.html", context, status=status)


def _do(request: SignedInRequest, act: str, work: Work, given: dict[str, Any]) -> None:
    if act == "agree":
        agree_grade(actor=request.user, work_id=work.pk, **given)
        return
    marker = UUID(given["marker"]) if given["marker"] else None
    ask_third_marker(
        actor=request.user, work_id=work.pk, marker_id=marker, version=given["version"]
    )


def _form(act: str, graded: Graded, work: Work, data: Any = None) -> Any:
    start: dict[str, Any] = {"version": work.grade.version}
    if act == "agree":
        return AgreeForm(data, initial=start, auto_id="agree-%s")
    start["marker"] = str(work.third_marker_id or "")
    people = [
        (str(one.user_id), one.user.display_name)
        for one in markers_of(graded.assignment)
        if one.user_id != work.student_id
    ]
    return ThirdForm(data, initial=start, people=people, auto_id="third-%s")


def _context(request: SignedInRequest, graded: Graded, work: Work) -> dict[str, Any]:
    plan = graded.planned
    grade: Any = with_is_known(Grade.objects.visible_to(request.user), request.user).get(work=work)
    found = comparison_of(request.user, plan, work)
    is_known = grade.is_known and not found.is_hidden and not found.waits
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "work": work,
        "name": shown_name(work, plan),
        "is_blind": plan.hides_names,
        "most": most_of(plan),
        "comparison": found,
        "grade": grade if is_known else None,
        "rule": rule_in_words(grade.basis) if is_known else "",
        "steps": history_of(request.user, plan, grade) if is_known else [],
        "agree": _form("agree", graded, work) if _agrees(graded, found) else None,
        "third": _form("third", graded, work) if _asks(graded, found) else None,
    }


def _agrees(graded: Graded, found: Comparison) -> bool:
    return graded.marks and found.disagrees and (graded.sets_up or found.is_marker)


def _asks(graded: Graded, found: Comparison) -> bool:
    return graded.sets_up and found.disagrees and not found.has_third
