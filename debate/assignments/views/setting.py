"""The set-up of an assignment: made, changed, ended."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from debate.assignments.actions import (
    change_assignment,
    close_assignment,
    delete_assignment,
    set_essay,
)
from debate.assignments.actions.setting import has_posts
from debate.assignments.forms import PRESETS, AssignmentForm, initial_for_new, initial_of
from debate.assignments.models import AssignmentTemplate
from debate.assignments.queries import zone_of
from debate.assignments.views.finding import find_managed, refuse_all_but_instructors
from debate.core.errors import DomainError
from debate.core.policies import signed_in
from debate.essays.models import Essay

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_create(request: SignedInRequest, essay_id: UUID) -> HttpResponse:
    """Set an essay to its seminar; `?template=` starts from a set-up that the person keeps."""
    essay = get_object_or_404(Essay.objects.visible_to(request.user).for_library(), pk=essay_id)
    refuse_all_but_instructors(request, essay.seminar)
    zone = zone_of(essay.seminar.time_zone)
    templates = AssignmentTemplate.objects.visible_to(request.user)
    named = request.GET.get("template", "")
    template = next((one for one in templates if str(one.pk) == named), None)
    initial, rounds = initial_for_new(essay.title, zone, template)
    form = AssignmentForm(
        request.POST or None,
        zone=zone,
        initial=initial,
        rounds=rounds,
        groups=list(essay.seminar.groups.all()),
    )
    if form.is_rearranged:
        form = form.rearranged()
    elif assignment := _tried(form, partial(set_essay, actor=request.user, essay=essay)):
        messages.success(request, f"“{essay.title}” has been set to {essay.seminar.title}.")
        return redirect(assignment)
    context = {"essay": essay, "seminar": essay.seminar, "templates": templates, "used": template}
    return _form_page(request, form, context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_edit(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Change what an assignment asks and when."""
    found = find_managed(request, seminar, assignment)
    initial, rounds = initial_of(found)
    form = AssignmentForm(
        request.POST or None,
        zone=zone_of(found.seminar.time_zone),
        initial=initial,
        rounds=rounds,
        groups=list(found.seminar.groups.all()),
        is_fixed=has_posts(found),
    )
    if form.is_rearranged:
        form = form.rearranged()
    elif _tried(form, partial(change_assignment, actor=request.user, assignment_id=found.pk)):
        messages.success(request, "The assignment has been changed.")
        return redirect("seminar_detail", found.seminar.slug)
    context = {"essay": found.essay, "seminar": found.seminar, "assignment": found}
    return _form_page(request, form, context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_delete(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Ask whether the assignment shall go, and delete it; one with posts can only be closed."""
    found = find_managed(request, seminar, assignment)
    if request.method == "POST":
        delete_assignment(actor=request.user, assignment_id=found.pk)
        messages.success(request, f"“{found.title}” has been deleted; its essay is on the shelf.")
        return redirect("seminar_detail", found.seminar.slug)
    context = {"assignment": found, "seminar": found.seminar, "has_posts": has_posts(found)}
    return render(request, "assignments/assignment_delete.html", context)


@signed_in
@require_POST
def assignment_close(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Let nothing more be posted from now on."""
    found = find_managed(request, seminar, assignment)
    close_assignment(actor=request.user, assignment_id=found.pk)
    messages.success(request, f"“{found.title}” is closed. Everything in it can still be read.")
    return redirect("seminar_detail", found.seminar.slug)


def _tried(form: AssignmentForm, act: Callable[..., Assignment]) -> Assignment | None:
    """What the action made of the valid input; None when it is not, or was refused at a field."""
    if not form.is_valid():
        return None
    try:
        return act(**form.given())
    except DomainError as error:
        form.show_refusal(error)
        return None


def _form_page(
    request: SignedInRequest, form: AssignmentForm, context: dict[str, Any]
) -> HttpResponse:
    context |= {
        "form": form,
        "presets": [(name, label) for name, (label, _) in PRESETS.items()],
    }
    status = 400 if form.has_errors else 200
    return render(request, "assignments/assignment_form.html", context, status=status)
