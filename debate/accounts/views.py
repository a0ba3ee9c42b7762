"""The pages about oneself: profile and API tokens. Sign-in and passwords are allauth's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from debate.accounts.actions import change_profile, create_token, revoke_token
from debate.accounts.forms import ProfileForm, TokenForm
from debate.accounts.models import ApiToken
from debate.core.errors import DomainError
from debate.core.forms import show_refusal
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """What others read of the person, to be changed."""
    person = request.user
    initial = {"name": person.name, "time_zone": person.time_zone}
    form = ProfileForm(request.POST or None, initial=initial)
    if form.is_valid():
        try:
            change_profile(actor=person, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Your profile has been changed.")
            return redirect("accounts:profile")
    return render(
        request, "accounts/profile.html", {"form": form}, status=400 if form.errors else 200
    )


@signed_in
@require_safe
def token_list(request: SignedInRequest) -> HttpResponse:
    """The person's tokens with their last use, and the form for a new one."""
    return _token_page(request, TokenForm())


@signed_in
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def token_create(request: SignedInRequest) -> HttpResponse:
    """Make a token and show its secret, this once.

    The answer to the POST shows it: a redirect would need the secret kept somewhere.
    """
    form = TokenForm(request.POST or None)
    if form.is_valid():
        try:
            token, secret = create_token(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            context = {
                "token": token,
                "secret": secret,
                "base_url": request.build_absolute_uri("/"),
            }
            return render(request, "accounts/token_created.html", context)
    return _token_page(request, form, status=400 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def token_revoke(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask before the token is revoked (GET), then end it (POST)."""
    if request.method == "POST":
        revoke_token(actor=request.user, token_id=pk)
        messages.success(request, "The token has been revoked. Programs that use it are shut out.")
        return redirect("accounts:token_list")
    token = get_object_or_404(ApiToken.objects.visible_to(request.user), pk=pk)
    return render(request, "accounts/token_revoke.html", {"token": token})


def _token_page(request: SignedInRequest, form: TokenForm, status: int = 200) -> HttpResponse:
    tokens = ApiToken.objects.visible_to(request.user).order_by("-id")
    return render(
        request, "accounts/token_list.html", {"form": form, "tokens": tokens}, status=status
    )
