"""Inviting people, and coming in by a link or a code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.core.errors import DomainError, Invalid
from debate.core.forms import show_refusal
from debate.core.policies import public, signed_in
from debate.seminars.actions.invitations import (
    NO_WAY_IN,
    accept_invitation,
    create_invitation,
    find_invitation,
    revoke_invitation,
)
from debate.seminars.forms.invitations import InvitationForm, JoinForm
from debate.seminars.models import Invitation, Membership
from debate.seminars.queries.invitations import (
    invitation_at_hand,
    invitations_of,
    tries_of,
    ways_in,
)
from debate.seminars.queries.people import sections_of
from debate.seminars.views.people import instructor_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest

AT_HAND = "invitation"


@signed_in
@require_safe
def invitations(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The seminar's invitations with their uses, and the form for a new one."""
    reader = instructor_of(request, seminar)
    return _list_page(request, reader, InvitationForm(sections=sections_of(reader.seminar_id)))


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_create(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Make an invitation and show its link and code, this once.

    The answer to the POST shows them: a redirect would need the secrets kept somewhere.
    """
    reader = instructor_of(request, seminar)
    form = InvitationForm(request.POST or None, sections=sections_of(reader.seminar_id))
    if form.is_valid():
        try:
            invitation, token, code = create_invitation(
                actor=request.user, seminar=reader.seminar, **form.given()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            context = {
                "seminar": reader.seminar,
                "invitation": invitation,
                "ways": ways_in(request, token, code),
            }
            return render(request, "seminars/invitation_created.html", context)
    return _list_page(request, reader, form)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def invitation_revoke(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Ask before an invitation is revoked (GET), then end it (POST)."""
    reader = instructor_of(request, seminar)
    visible = Invitation.objects.visible_to(request.user).filter(seminar=reader.seminar_id)
    invitation = get_object_or_404(visible, pk=pk)
    if request.method == "POST":
        revoke_invitation(actor=request.user, invitation_id=pk)
        messages.success(request, "The invitation has been revoked. It lets nobody in any more.")
        return redirect("seminars:invitations", seminar)
    context = {"seminar": reader.seminar, "invitation": invitation}
    return render(request, "seminars/invitation_revoke.html", context)


@public
@never_cache
@require_safe
def join_link(request: HttpRequest, token: str) -> HttpResponse:
    """An invitation's link: remember it, and go where the address no longer tells the secret."""
    try:
        invitation = find_invitation(secret=token)
    except Invalid as error:
        request.session.pop(AT_HAND, None)
        messages.error(request, error.sentence)
    else:
        request.session[AT_HAND] = str(invitation.pk)
    return redirect("seminars:join")


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Ask for a code, or whether one wants to come in by the invitation at hand."""
    form = JoinForm(request.POST or None)
    if form.is_valid():
        try:
            invitation = find_invitation(secret=form.cleaned_data["code"], limits=tries_of(request))
        except Invalid as error:
            show_refusal(form, error)
        else:
            request.session[AT_HAND] = str(invitation.pk)
            return redirect("seminars:join")
    at_hand = None if form.is_bound else invitation_at_hand(request.session.get(AT_HAND))
    if at_hand is None:
        return render(
            request, "seminars/join.html", {"form": form}, status=400 if form.errors else 200
        )
    membership = Membership.objects.of(request.user).filter(seminar=at_hand.seminar_id).first()
    context = {"invitation": at_hand, "membership": membership}
    return render(request, "seminars/join_confirm.html", context)


@signed_in
@require_POST
def join_accept(request: SignedInRequest) -> HttpResponse:
    """Come in by the invitation at hand."""
    at_hand = invitation_at_hand(request.session.pop(AT_HAND, None))
    if at_hand is None:
        messages.error(request, NO_WAY_IN)
        return redirect("seminars:join")
    try:
        membership = accept_invitation(actor=request.user, invitation_id=at_hand.pk)
    except Invalid as error:
        messages.error(request, error.sentence)
        return redirect("seminars:join")
    role = membership.get_role_display().lower()
    messages.success(request, f"You are a member of {at_hand.seminar.title}, as {role}.")
    return redirect(at_hand.seminar)


@public
@require_POST
def join_decline(request: HttpRequest) -> HttpResponse:
    """Put the invitation at hand away."""
    request.session.pop(AT_HAND, None)
    return redirect("seminars:join")


def _list_page(request: SignedInRequest, reader: Membership, form: InvitationForm) -> HttpResponse:
    context = {
        "seminar": reader.seminar,
        "form": form,
        "invitations": invitations_of(request.user, reader.seminar),
    }
    status = 400 if form.errors else 200
    return render(request, "seminars/invitations.html", context, status=status)
