"""The one thing that people do about a source's link: have it opened anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from annotations.actions.links import check_link
from annotations.models import Source
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@require_POST
def link_check(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Have the link opened by the worker, and lead back to the source."""
    sources = Source.objects.visible_to(request.user).filter(seminar__slug=seminar)
    check_link(actor=request.user, source_id=get_object_or_404(sources, pk=pk).pk)
    messages.success(request, "The link is being opened anew. Please look again in a moment.")
    return redirect("annotations:source", seminar, pk)
