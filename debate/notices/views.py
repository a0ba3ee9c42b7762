"""The inbox, what a person wants to hear of, and the way out of e-mails.

Reading a page marks nothing: a notice is opened and marked by a POST, so that neither a preview
nor a prefetched link does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.accounts.models import User
from debate.core.errors import Missing
from debate.core.http import redirect_to
from debate.core.policies import public, signed_in
from debate.notices.actions import choose, read_all, read_notice, unmute, unsubscribe
from debate.notices.forms import ChoicesForm
from debate.notices.mail import SALT, unsubscribe_token
from debate.notices.queries import choices, inbox, muted, worded
from debate.notices.registry import NoticeKind, kind_of, kinds

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_safe
def inbox_page(request: SignedInRequest) -> HttpResponse:
    """What the person was told, the newest first; of one kind, or only what is unread."""
    kind = request.GET.get("kind", "")
    is_unread = request.GET.get("unread") == "1"
    page = inbox(
        request.user,
        kind=kind if kind_of(kind) else "",
        is_unread=is_unread,
        before=_uuid(request.GET.get("before")),
    )
    context = {
        "inbox": page,
        "kinds": kinds(),
        "kind": kind,
        "is_unread": is_unread,
        "is_narrowed": bool(kind or is_unread or request.GET.get("before")),
    }
    return render(request, "notices/inbox.html", context)


@signed_in
@require_POST
def open_notice(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """Mark the notice as read and lead to what it is about."""
    notice = read_notice(actor=request.user, notice_id=notice_id)
    told = worded(request.user, [notice])
    if not told:
        raise Missing
    return HttpResponseRedirect(told[0].wording.href)


@signed_in
@require_POST
def read_one(request: SignedInRequest, notice_id: UUID) -> HttpResponse:
    """Mark the notice as read and stay in the inbox."""
    read_notice(actor=request.user, notice_id=notice_id)
    return redirect_to(request, request.POST.get("next"), reverse("notices:inbox"))


@signed_in
@require_POST
def read(request: SignedInRequest) -> HttpResponse:
    """Mark everything as read up to the newest notice that stood on the page."""
    read_all(actor=request.user, until=_uuid(request.POST.get("until")))
    return redirect("notices:inbox")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: SignedInRequest) -> HttpResponse:
    """How soon e-mails of each kind go out, and the threads that are muted."""
    form = ChoicesForm(choices(request.user), request.POST or None)
    if form.is_valid():
        choose(actor=request.user, cadences=form.cleaned_data)
        messages.success(request, "Your choice has been saved.")
        return redirect("notices:settings")
    context = {"form": form, "muted": muted(request.user)}
    return render(request, "notices/settings.html", context, status=400 if form.errors else 200)


@signed_in
@require_POST
def unmute_context(request: SignedInRequest, context_id: UUID) -> HttpResponse:
    """Tell the person of a thread again."""
    unmute(actor=request.user, context_id=context_id)
    messages.success(request, "You are told of this thread again.")
    return redirect_to(request, request.POST.get("next"), reverse("notices:settings"))


@public
@csrf_exempt  # the program of the person's mail has neither cookie nor form (RFC 8058, 3.2)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe_page(request: HttpRequest, token: str) -> HttpResponse:
    """End the e-mails that the signed address names: asks first (GET), or does it at once (POST)."""
    person, kind = _of_token(token)
    if request.method == "POST":
        unsubscribe(person=person, kind=kind.name if kind else "")
    context = {
        "is_done": request.method == "POST",
        "kind": kind,
        "all_url": reverse("notices:unsubscribe", args=[unsubscribe_token(person, "")]),
    }
    return render(request, "notices/unsubscribe.html", context)


def _of_token(token: str) -> tuple[User, NoticeKind | None]:
    """Whose e-mails of which kind the address ends; raises Missing for one that is not ours."""
    try:
        person_id, name = signing.loads(token, salt=SALT)
    except signing.BadSignature:
        raise Missing from None
    person = User.objects.filter(pk=person_id).first()
    kind = kind_of(name)
    if person is None or (name and kind is None):
        raise Missing
    return person, kind


def _uuid(given: str | None) -> UUID | None:
    """The id that an address or form holds; None for anything else."""
    try:
        return UUID(given) if given else None
    except ValueError:
        return None
