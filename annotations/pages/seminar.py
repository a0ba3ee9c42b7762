"""A seminar's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.pages.queries import seminar_page
from debate.core.policies import signed_in
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_safe
def seminar_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the seminar reads, who is in it, and for instructors what there is to manage."""
    mine = Membership.objects.of(request.user).select_related("seminar")
    page = seminar_page(request.user, get_object_or_404(mine, seminar__slug=slug))
    return render(request, "seminars/seminar_detail.html", {"page": page})
