"""Whom one can name in the composer, and threads of which one wants to hear no more."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotations.actions.telling import mute_thread
from annotations.models import Annotation
from annotations.naming import MOST_OFFERED, names_like
from debate.assignments.models import Assignment
from debate.core.errors import Missing
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


@signed_in
@never_cache
@require_safe
def mentions(request: SignedInRequest) -> HttpResponse:
    """Names that begin as `q`, of those who can see the thread; ten at most.

    `assignment` is its id, `parent` the annotation that is answered, if any.
    """
    assignment_id = _uuid(request.GET.get("assignment", ""))
    assignment = Assignment.objects.set_to(request.user).filter(pk=assignment_id).first()
    if assignment is None:
        raise Missing
    parent = None
    if given := request.GET.get("parent"):
        seen = Annotation.objects.visible_to(request.user).filter(assignment=assignment)
        parent = seen.filter(pk=_uuid(given)).first()
        if parent is None:
            raise Missing
    names = names_like(
        request.GET.get("q", ""), assignment=assignment, parent=parent, asked_by=request.user
    )
    return JsonResponse({"names": names[:MOST_OFFERED]})


@signed_in
@require_POST
def mute(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Be told nothing more of the annotation's thread."""
    annotation = mute_thread(actor=request.user, annotation_id=annotation_id)
    messages.success(request, "You are told nothing more of this thread.")
    return redirect(annotation)


def _uuid(given: str) -> UUID:
    """The id; for what is none, one that nothing has."""
    try:
        return UUID(given)
    except ValueError:
        return UUID(int=0)
