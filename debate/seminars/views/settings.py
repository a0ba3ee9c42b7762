"""What a seminar is called, what is allowed in it, its archive, and how a student sees it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.actions import (
    archive_seminar,
    begin_student_view,
    change_seminar,
    restore_seminar,
)
from debate.seminars.forms.settings import SettingsForm, initial_of
from debate.seminars.middleware import KEY
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, may_create_seminar, membership_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The seminar's settings; in the archive, what may still be done with it."""
    found = _taught(request, seminar)
    form = SettingsForm(request.POST or None, initial=initial_of(found))
    if form.is_valid():
        try:
            changed = change_seminar(actor=request.user, seminar=found, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The settings have been changed.")
            return redirect("seminars:settings", changed.slug)
    context = {
        "seminar": found,
        "form": form,
        "may_copy": may_create_seminar(request.user),
    }
    status = 400 if form.errors else 200
    return render(request, "seminars/settings.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def archive(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Ask before the seminar is archived (GET), then archive it (POST)."""
    found = _taught(request, seminar)
    if request.method == "POST":
        archive_seminar(actor=request.user, seminar=found)
        messages.success(request, "The seminar is archived: it stays readable as it is.")
        return redirect("seminars:settings", found.slug)
    return render(request, "seminars/settings_archive.html", {"seminar": found})


@signed_in
@require_POST
def restore(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Take the seminar out of the archive."""
    found = _taught(request, seminar)
    restore_seminar(actor=request.user, seminar=found)
    messages.success(request, "The seminar is open again.")
    return redirect("seminars:settings", found.slug)


@signed_in
@require_POST
def student_view(request: SignedInRequest, seminar: str) -> HttpResponse:
    """See the seminar as a student does, until that is ended."""
    found = get_object_or_404(Seminar.objects.visible_to(request.user), slug=seminar)
    begin_student_view(actor=request.user, seminar=found)
    request.session[KEY] = str(found.pk)
    return redirect(found)


@signed_in
@require_POST
def student_view_end(request: SignedInRequest, seminar: str) -> HttpResponse:
    """End the student's view; without one, do nothing."""
    found = get_object_or_404(Seminar.objects.visible_to(request.user), slug=seminar)
    request.session.pop(KEY, None)
    return redirect(found)


def _taught(request: SignedInRequest, slug: str) -> Seminar:
    found = get_object_or_404(Seminar.objects.visible_to(request.user), slug=slug)
    if not is_instructor(membership_of(request.user, found)):
        raise NotAllowed("Only instructors of this seminar see its settings.")
    return found
