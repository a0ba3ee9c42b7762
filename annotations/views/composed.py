"""What becomes of a composer that was sent: its words are kept, posted, or saved as a change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.dateformat import format as formatted

from annotations.actions import create_annotation, edit_annotation
from annotations.actions.drafts import save_draft
from annotations.enums import Status
from annotations.forms.drafts import draft_from_form, uuid_of
from annotations.models import Anchor, Annotation
from annotations.queries import dom_id
from annotations.views.fragments import is_fragment
from debate.core.errors import Conflict, DomainError
from debate.core.text import clean

if TYPE_CHECKING:
    from datetime import datetime

    from django.http import HttpResponse

    from annotations.forms import AnnotationForm, ContentForm, EditForm
    from annotations.models import Draft
    from annotations.models.drafts import DraftPlace
    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment


def keep_words(
    request: SignedInRequest, form: ContentForm, assignment: Assignment, place: DraftPlace
) -> HttpResponse | None:
    """Keep as a draft what was sent; None when it must be shown again, with what was refused."""
    form.errors.clear()
    try:
        key = uuid_of(request.POST.get("submission_key", ""), field="submission_key")
        given = draft_from_form(request.POST, key=place.key, submission_key=key)
        save_draft(actor=request.user, assignment_id=assignment.pk, given=given)
    except DomainError as error:
        form.add_refusal(error)
        return None
    messages.success(request, "Your draft is kept. You find it among your drafts on this page.")
    return redirect(assignment)


def post(
    request: SignedInRequest, form: AnnotationForm, assignment: Assignment, draft: Draft | None
) -> HttpResponse | None:
    """Post the form; None when it must be shown again, with what was refused."""
    if not form.is_valid():
        return None
    try:
        made = create_annotation(
            actor=request.user,
            assignment_id=assignment.pk,
            content=form.content(),
            targets=form.targets(),
            parent_id=form.parent.pk if form.parent else None,
            submission_key=form.cleaned_data["submission_key"],
            as_late=request.POST.get("as_late") == "1",
        )
        if made.body != clean(
            form.cleaned_data["body"], field="body", limit=Annotation.BODY_LIMIT, required=False
        ):
            form.begin_another()
            raise Conflict(
                "This was posted from elsewhere meanwhile, with other words. "
                "Post again to add these as a further note.",
                code="posted",
            )
    except DomainError as error:
        form.add_refusal(error)
        return None
    said = _said(made, draft)
    if is_fragment(request):
        return _done(made, said, status=201)
    if said:
        messages.success(request, said)
    page = form.parent.get_absolute_url() if form.parent else assignment.get_absolute_url()
    return redirect(f"{page}#a-{made.pk}")


def save_change(
    request: SignedInRequest, form: EditForm, annotation: Annotation
) -> HttpResponse | None:
    """Save the change; None when the form must be shown again, with what was refused."""
    if not form.is_valid():
        return None
    try:
        edited = edit_annotation(
            actor=request.user,
            annotation_id=annotation.pk,
            content=form.content(),
            version=form.cleaned_data["version"],
            submission_key=form.cleaned_data["submission_key"],
        )
    except DomainError as error:
        form.add_refusal(error)
        return None
    said = "Your changes are saved."
    if is_fragment(request):
        return _done(edited, said)
    messages.success(request, said)
    return redirect(annotation)


def _done(annotation: Annotation, said: str, *, status: int = 200) -> HttpResponse:
    """What a script is told of what was posted or saved; `paragraph` is its element's id or ""."""
    root = annotation.root_id or annotation.pk
    on = Anchor.objects.filter(
        annotation=root, revision=annotation.assignment.revision_id, paragraph__isnull=False
    )
    anchor = on.select_related("paragraph").order_by("position").first()
    paragraph = dom_id(anchor.paragraph) if anchor and anchor.paragraph else ""
    told = {"id": str(annotation.pk), "root": str(root), "paragraph": paragraph, "said": said}
    return JsonResponse(told, status=status)


def _said(made: Annotation, draft: Draft | None) -> str:
    """What is told of what was posted."""
    if made.is_late:
        seen_at = f"; we last saw your draft {_to_the_second(draft.seen_at)}" if draft else ""
        return f"Sent to staff as late, received {_to_the_second(made.created_at)}{seen_at}."
    if made.status == Status.PENDING:
        return "Staff read it first; the others once it is approved."
    if made.status == Status.PUBLISHED:
        return f"Your {made.get_kind_display().lower()} is posted."
    return ""


def _to_the_second(moment: datetime) -> str:
    return formatted(timezone.localtime(moment), "l, j F, H:i:s")
