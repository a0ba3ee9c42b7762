"""Pages on which an essay is set to its seminar, and what is asked is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from debate.assignments.actions import change_assignment, set_essay
from debate.assignments.forms import AssignmentForm, initial_for_new, initial_of, zone_of
from debate.assignments.models import Assignment
from debate.assignments.permissions import may_set_essay
from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.essays.models import Essay
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.seminars.models import Seminar


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_create(request: SignedInRequest, essay_id: UUID) -> HttpResponse:
    """Set an essay to its seminar."""
    essay = get_object_or_404(Essay.objects.visible_to(request.user).for_library(), pk=essay_id)
    _refuse_all_but_instructors(request, essay.seminar)
    zone = zone_of(essay.seminar.time_zone)
    form = AssignmentForm(
        request.POST or None, zone=zone, initial=initial_for_new(essay.title, zone)
    )
    if form.is_valid():
        try:
            assignment = set_essay(actor=request.user, essay=essay, **form.given())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"“{essay.title}” has been set to {essay.seminar.title}.")
            return redirect(assignment)
    return _form_page(request, form, essay=essay)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_edit(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Change what an assignment asks and when."""
    visible = Assignment.objects.visible_to(request.user).for_pages()
    found = get_object_or_404(visible, seminar__slug=seminar, slug=assignment)
    _refuse_all_but_instructors(request, found.seminar)
    form = AssignmentForm(
        request.POST or None, zone=zone_of(found.seminar.time_zone), initial=initial_of(found)
    )
    if form.is_valid():
        try:
            change_assignment(actor=request.user, assignment_id=found.pk, **form.given())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The assignment has been changed.")
            return redirect("seminar_detail", found.seminar.slug)
    return _form_page(request, form, essay=found.essay, assignment=found)


def _refuse_all_but_instructors(request: SignedInRequest, seminar: Seminar) -> None:
    if not may_set_essay(membership_of(request.user, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar set essays.")


def _form_page(
    request: SignedInRequest,
    form: AssignmentForm,
    *,
    essay: Essay,
    assignment: Assignment | None = None,
) -> HttpResponse:
    seminar = assignment.seminar if assignment else essay.seminar
    context = {"form": form, "essay": essay, "assignment": assignment, "seminar": seminar}
    status = 400 if form.errors else 200
    return render(request, "assignments/assignment_form.html", context, status=status)
