"""A first seminar in three screens: the essay, its paragraphs (`debate.essays`), and this is it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from debate.assignments.actions.founding import found_seminar
from debate.assignments.forms.founding import FoundingForm, initial_for
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.essays.forms import ImportForm
from debate.essays.models import ImportDraft
from debate.essays.views import begin_import
from debate.seminars.models import Seminar
from debate.seminars.permissions import MAKES_NO_SEMINAR, may_create_seminar
from debate.seminars.queries.invitations import ways_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest

KEPT = "seminar_to_be"
LONGEST_KEPT = 300


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def seminar_new(request: SignedInRequest) -> HttpResponse:
    """The first screen: paste or upload the essay; what was read goes to its preview."""
    _refuse_whom_the_site_does_not_let(request)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        kept = begin_import(request, None, form)
        if kept:
            return redirect(kept)
    waiting = ImportDraft.objects.visible_to(request.user).filter(seminar=None).order_by("-id")
    context = {"form": form, "waiting": waiting[:5]}
    status = 400 if form.errors else 200
    return render(request, "seminars/seminar_new.html", context, status=status)


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def seminar_confirm(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The third screen; posted, it makes the seminar and shows its link and code, this once.

    The answer to the POST shows them: a redirect would need them kept somewhere. Sent again, it
    leads to the seminar that was made.
    """
    _refuse_whom_the_site_does_not_let(request)
    made = Seminar.objects.taught_by(request.user).filter(pk=pk).first()
    if made:
        messages.info(request, "This seminar is made. You can invite people on its people page.")
        return redirect(made)
    kept = _waiting(request, pk)
    form = FoundingForm(request.POST or None, initial=_initial(request, kept))
    if form.is_valid():
        try:
            founded = found_seminar(actor=request.user, import_id=pk, **form.given())
        except Missing:  # sent twice at once: the other made it
            return redirect("seminar_confirm", pk)
        except DomainError as error:
            _show_refusal(form, error)
        else:
            request.session.pop(KEPT, None)
            ways = ways_in(request, founded.token, founded.code)
            context = {"founded": founded, "ways": ways, "invitation": founded.invitation}
            return render(request, "seminars/seminar_new_made.html", context)
    context = {
        "imported": kept,
        "draft": kept.draft,
        "form": form,
        "zone_unset": form.initial["time_zone"] == "UTC" and not form.is_bound,
    }
    status = 400 if form.errors else 200
    return render(request, "seminars/seminar_new_confirm.html", context, status=status)


@signed_in
@require_POST
def seminar_keep(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep what was typed on the third screen, and go back to the paragraphs."""
    kept = _waiting(request, pk)
    typed = {
        name: request.POST[name][:LONGEST_KEPT]
        for name in FoundingForm.base_fields
        if name in request.POST and name != "version"
    }
    request.session[KEPT] = {str(pk): typed}
    return redirect(kept)


def _refuse_whom_the_site_does_not_let(request: SignedInRequest) -> None:
    if not may_create_seminar(request.user):
        raise NotAllowed(MAKES_NO_SEMINAR)


def _waiting(request: SignedInRequest, pk: UUID) -> ImportDraft:
    """The person's own import that waits for its seminar."""
    return get_object_or_404(
        ImportDraft.objects.visible_to(request.user).filter(seminar=None), pk=pk
    )


def _initial(request: SignedInRequest, kept: ImportDraft) -> dict[str, object]:
    """What stands there at first: the usual, and what was typed before going back."""
    usual = initial_for(kept.draft.title, request.user.time_zone, kept.version)
    typed: dict[str, object] = request.session.get(KEPT, {}).get(str(kept.pk), {})
    return {**usual, **typed}


def _show_refusal(form: FoundingForm, error: DomainError) -> None:
    error.field = error.field.replace("asked.", "asked_")
    show_refusal(form, error)
