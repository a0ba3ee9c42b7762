"""Set-ups that an instructor keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from debate.assignments.actions import delete_template, save_template
from debate.assignments.forms import TemplateForm
from debate.assignments.models import AssignmentTemplate
from debate.assignments.permissions import may_keep_template
from debate.assignments.views.finding import find_assignment
from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_safe
def template_list(request: SignedInRequest) -> HttpResponse:
    """The set-ups that the person keeps."""
    templates = AssignmentTemplate.objects.visible_to(request.user)
    return render(request, "assignments/template_list.html", {"templates": templates})


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def template_create(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Keep the assignment's set-up under a name."""
    found = find_assignment(request, seminar, assignment)
    if not may_keep_template(membership_of(request.user, found.seminar)):
        raise NotAllowed("Only instructors of this seminar keep its set-ups.")
    form = TemplateForm(request.POST or None, initial={"name": found.title[:100]})
    if form.is_valid():
        try:
            save_template(actor=request.user, assignment_id=found.pk, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The set-up is kept. It is offered when you set an essay.")
            return redirect("assignments:template_list")
    context = {"form": form, "assignment": found, "seminar": found.seminar}
    status = 400 if form.errors else 200
    return render(request, "assignments/template_form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def template_delete(request: SignedInRequest, template_id: UUID) -> HttpResponse:
    """Ask whether a kept set-up shall go, and delete it."""
    mine = AssignmentTemplate.objects.visible_to(request.user)
    template = get_object_or_404(mine, pk=template_id)
    if request.method == "POST":
        delete_template(actor=request.user, template_id=template.pk)
        messages.success(request, f"The template “{template.name}” has been deleted.")
        return redirect("assignments:template_list")
    return render(request, "assignments/template_delete.html", {"template": template})
