"""The pages about oneself: profile and API tokens. Sign-in and passwords are allauth's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.accounts.actions import change_profile, change_reading, create_token, revoke_token
from debate.accounts.forms import ProfileForm, ReadingForm, TokenForm
from debate.accounts.models import ApiToken
from debate.core.errors import DomainError
from debate.core.forms import show_refusal
from debate.core.http import redirect_to
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form

    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: SignedInRequest) -> HttpResponse:
    """What others read of the person, and how the person reads, to be changed."""
    form = ProfileForm(request.POST or None, initial=_initial(request.user, ProfileForm))
    if form.is_valid():
        try:
            change_profile(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Your profile has been changed.")
            return redirect("accounts:profile")
    return _profile_page(request, form, ReadingForm.of(request.user))


@signed_in
@require_POST
def reading(request: SignedInRequest) -> HttpResponse:
    """Change how the pages look and act for the person, who stays on the page that asked.

    A script that changes the page by itself (`X-Fragment`) needs no page, only that it is kept: 204.
    """
    form = ReadingForm(request.POST)
    if form.is_valid():
        change_reading(actor=request.user, **form.cleaned_data)
        if "X-Fragment" in request.headers:
            return HttpResponse(status=204)
        messages.success(request, "Your pages look as you chose.")
        return redirect_to(request, request.POST.get("next"), reverse("accounts:profile"))
    return _profile_page(request, ProfileForm(initial=_initial(request.user, ProfileForm)), form)


def _initial(person: User, form: type[Form]) -> dict[str, Any]:
    return {field: getattr(person, field) for field in form.base_fields}


def _profile_page(
    request: SignedInRequest, form: ProfileForm, reading_form: ReadingForm
) -> HttpResponse:
    context = {"form": form, "reading_form": reading_form}
    status = 400 if form.errors or reading_form.errors else 200
    return render(request, "accounts/profile.html", context, status=status)


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
