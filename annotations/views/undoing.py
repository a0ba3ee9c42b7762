"""Undo: a button in the message of what was just done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.urls import reverse
from django.views.decorators.http import require_POST

from annotations.actions import undo
from annotations.actions.reversing import HIDING, PLACING, WITHDRAWAL
from annotations.actions.undoing import undoable_version
from debate.core.errors import Conflict
from debate.core.http import redirect_to
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.models import Annotation
    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User

SAID = {
    WITHDRAWAL: "Undone. It stands where it stood, with its replies.",
    PLACING: "Undone. It stands where it stood.",
    HIDING: "Undone. What its author was told of it stays in their inbox.",
}


def undo_url(user: User, annotation_id: UUID) -> str:
    """Where the person's last act on the annotation is taken back; "" once that cannot be."""
    version = undoable_version(user, annotation_id)
    return reverse("annotations:undo", args=[annotation_id, version]) if version else ""


def offer_undo(request: SignedInRequest, text: str, annotation: Annotation) -> None:
    """Say what was done, with a button beside it that takes it back while that can be.

    The message's extra tags are the button's address; `base.html` draws the form.
    """
    messages.success(request, text, extra_tags=undo_url(request.user, annotation.pk))


@signed_in
@require_POST
def undo_change(request: SignedInRequest, annotation_id: UUID, version: int) -> HttpResponse:
    """Undo the act that made that version; back to where the message stood, or to the annotation.

    What comes too late is said where one was, not on a page of its own.
    """
    default = reverse("annotations:detail", args=[annotation_id])
    try:
        undone = undo(actor=request.user, annotation_id=annotation_id, version=version)
    except Conflict as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, SAID[undone.act])
    return redirect_to(request, request.POST.get("next"), default)
