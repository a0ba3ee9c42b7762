"""A seminar copied to a new term."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from annotations.actions.copying import copy_to_term
from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.forms.settings import CopyForm
from debate.seminars.models import Seminar
from debate.seminars.permissions import (
    MAKES_NO_SEMINAR,
    is_instructor,
    may_create_seminar,
    membership_of,
)

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def seminar_copy(request: SignedInRequest, slug: str) -> HttpResponse:
    """Say how the copy is called and when its term starts; posted, it is made."""
    seminar = get_object_or_404(Seminar.objects.visible_to(request.user), slug=slug)
    if not is_instructor(membership_of(request.user, seminar)):
        raise NotAllowed("Only instructors of this seminar copy it.")
    if not may_create_seminar(request.user):
        raise NotAllowed(MAKES_NO_SEMINAR)
    initial = {"title": seminar.title, "starts_on": timezone.localdate()}
    form = CopyForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            made = copy_to_term(actor=request.user, seminar=seminar, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The copy is made. Look at its dates, then invite people.")
            return redirect(made)
    context = {"seminar": seminar, "form": form}
    status = 400 if form.errors else 200
    return render(request, "seminars/copy.html", context, status=status)
