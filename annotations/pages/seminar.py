"""A seminar's own page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from annotations.pages.queries import seminar_page
from debate.core.errors import Missing
from debate.core.policies import signed_in
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.core.http import SignedInRequest


@signed_in
@require_safe
def seminar_detail(request: SignedInRequest, slug: str) -> HttpResponse:
    """What the seminar reads, who is in it, and for instructors what there is to manage."""
    seminar = get_object_or_404(Seminar.objects.visible_to(request.user), slug=slug)
    membership = membership_of(request.user, seminar)
    if membership is None:
        raise Missing
    page = seminar_page(request.user, seminar, membership)
    return render(request, "seminars/seminar_detail.html", {"page": page})
