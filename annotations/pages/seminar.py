"""A seminar's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.pages.queries import seminar_page
from debate.core.errors import Missing
from debate.core.policies import signed_in
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_safe
def seminar_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the seminar reads, who is in it, and what has happened lately (`?before=`: earlier)."""
    mine = Membership.objects.of(request.user).select_related("seminar")
    membership = get_object_or_404(mine, seminar__slug=slug)
    page = seminar_page(request.user, membership, before=_before(request))
    return render(request, "seminars/seminar_detail.html", {"page": page})


def _before(request: SignedInRequest) -> UUID | None:
    """Where the page of what happened begins. Raises Missing for what no page of ours asks for."""
    try:
        return UUID(request.GET["before"]) if request.GET.get("before") else None
    except ValueError:
        raise Missing from None
