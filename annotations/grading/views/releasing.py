"""Grades shown to students: looked at, released, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotations.grading.actions.grades import most_of
from annotations.grading.actions.releasing import release_grades, take_release_back
from annotations.grading.queries.grades import changed_since, event_in_words
from annotations.grading.queries.names import shown_name
from annotations.grading.queries.releasing import preview_of
from annotations.grading.views.finding import (
    find_graded,
    never_stored,
    refuse_all_but_instructors,
)
from debate.core.errors import DomainError, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from annotations.grading.models import GradingPlan
    from annotations.grading.queries.releasing import Preview
    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest

OVERTAKEN = "Something was graded since you looked: look again before you release."
LONGEST = 9


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def release(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """What would be shown to whom; posting asks once more, and then shows it."""
    graded = find_graded(request.user, seminar, assignment)
    refuse_all_but_instructors(graded)
    plan = graded.planned
    if request.method == "POST":
        return _asked(request, graded, plan)
    preview = preview_of(request.user, plan, section=request.GET.get("section", ""))
    return render(request, "grading/release.html", _context(graded, preview))


@never_stored
@signed_in
@require_POST
def release_undo(
    request: SignedInRequest, seminar: str, assignment: str, release_id: UUID
) -> HttpResponse:
    """Hide again what a release has shown."""
    graded = find_graded(request.user, seminar, assignment)
    refuse_all_but_instructors(graded)
    try:
        taken = take_release_back(actor=request.user, release_id=release_id)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, error.sentence)
    else:
        grades = "grade is" if taken.count == 1 else "grades are"
        messages.success(request, f"Taken back: {taken.count} {grades} hidden again.")
    return redirect("grading:release", graded.assignment.seminar.slug, graded.assignment.slug)


def _asked(request: SignedInRequest, graded: Graded, plan: GradingPlan) -> HttpResponse:
    """Ask whether these are meant, then release them; refuse what was overtaken."""
    works = _ids(request.POST.getlist("work"))
    section = request.POST.get("section", "")
    counter = _whole(request.POST.get("counter", ""))
    preview = preview_of(request.user, plan, section=section)
    context = _context(graded, preview)
    if counter != plan.counter:
        return _overtaken(request, context)
    if not works:
        context["error"] = "Tick at least one grade to release."
        return render(request, "grading/release.html", context, status=400)
    if request.POST.get("step") != "release":
        context["chosen"] = preview.among(works)
        context["changed"] = [one for one in preview.changed if one.row.id in works]
        return render(request, "grading/release.html", context)
    try:
        done = release_grades(
            actor=request.user,
            assignment_id=graded.assignment.pk,
            counter=counter,
            works=works,
            choice={"section": preview.section, "works": len(works)},
        )
    except Stale:
        context = _context(graded, preview_of(request.user, plan, section=section))
        return _overtaken(request, context)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        context["error"] = error.sentence
        return render(request, "grading/release.html", context, status=error.status)
    students = "student sees" if done.count == 1 else "students see"
    messages.success(request, f"Released: {done.count} {students} the grade now.")
    return redirect("grading:release", graded.assignment.seminar.slug, graded.assignment.slug)


def _overtaken(request: SignedInRequest, context: dict[str, Any]) -> HttpResponse:
    """The preview anew, with what has changed since the one that was sent."""
    plan = context["plan"]
    plan.refresh_from_db(fields=["counter"])
    moved = changed_since(request.user, _seen(request.POST.getlist("seen")))
    context |= {
        "error": OVERTAKEN,
        "is_stale": True,
        "moved": [
            (shown_name(grade.work, plan), [event_in_words(one) for one in events])
            for grade, events in moved
        ],
    }
    return render(request, "grading/release.html", context, status=Stale.status)


def _context(graded: Graded, preview: Preview) -> dict[str, Any]:
    plan = graded.planned
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "is_blind": plan.hides_names,
        "preview": preview,
        "changed": preview.changed,
        "most": most_of(plan),
    }


def _ids(given: list[str]) -> list[UUID]:
    """The works' ids; what is none is passed over, as an unknown one is."""
    found = []
    for one in given:
        try:
            found.append(UUID(one))
        except ValueError:
            continue
    return found


def _seen(given: list[str]) -> dict[UUID, int]:
    """The versions that were looked at, by the id of the work."""
    found: dict[UUID, int] = {}
    for one in given:
        work, _, version = one.partition(":")
        number = _whole(version)
        if number is not None and _ids([work]):
            found[UUID(work)] = number
    return found


def _whole(text: str) -> int | None:
    is_number = text.isascii() and text.isdigit() and len(text) <= LONGEST
    return int(text) if is_number else None
