"""One annotation: its thread, and the forms that make, change and withdraw it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import (
    Target,
    change_audience,
    mark_answer,
    place_annotation,
    withdraw_annotation,
)
from annotations.actions.refusing import check_audience, check_change, check_placing
from annotations.enums import Audience
from annotations.forms import (
    AudienceForm,
    WordsForm,
)
from annotations.models import Annotation
from annotations.permissions import (
    may_read_history,
)
from annotations.queries import Withdrawn, card_of, lost_words, thread
from annotations.queries.rounds import audience_choices, audience_value
from annotations.views.undoing import offer_undo, undo_url
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import public, signed_in
from debate.notices.actions import read_context
from debate.notices.queries import is_muted
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User

GET_AND_POST = ["GET", "HEAD", "POST"]


@public
@require_safe
def detail(request: HttpRequest, annotation_id: UUID) -> HttpResponse:
    """The thread of an annotation: its permalink. 410 once it is withdrawn."""
    try:
        found = thread(user=request.user, annotation_id=annotation_id)
    except Withdrawn as error:
        context = {"assignment": error.assignment}
        return render(request, "annotations/annotation_gone.html", context, status=410)
    muted, undo = False, ""
    if request.user.is_authenticated:
        # Whoever looks at a thread need not be told of it any more.
        read_context(actor=request.user, context_id=UUID(found.root_id))
        muted = is_muted(request.user, UUID(found.root_id))
        undo = undo_url(request.user, annotation_id)
    page = {"thread": found, "is_muted": muted, "undo_url": undo}
    return render(request, "annotations/annotation_detail.html", page)


@signed_in
@require_http_methods(GET_AND_POST)
def withdraw(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Ask, then withdraw."""
    annotation = _mine(request.user, annotation_id, "Only its author may withdraw an annotation.")
    if request.method == "POST":
        withdrawn = withdraw_annotation(actor=request.user, annotation_id=annotation.pk)
        text = "Withdrawn. Only you and the instructors can still read it."
        offer_undo(request, text, withdrawn)
        return redirect(annotation.assignment)
    context = {
        "card": card_of(request.user, annotation),
        "assignment": annotation.assignment,
        "cancel_url": annotation.get_absolute_url(),
    }
    return render(request, "annotations/annotation_withdraw.html", context)


@signed_in
@require_http_methods(GET_AND_POST)
def audience(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Let fewer or more people read an annotation and its thread."""
    annotation = seen(request.user, annotation_id)
    assignment = annotation.assignment
    membership = membership_of(request.user, assignment.seminar)
    check_audience(request.user, membership, annotation)
    is_mine = annotation.author_id == request.user.pk
    choices = [
        one
        for one in audience_choices(assignment, request.user)
        if is_mine or one.value != Audience.PRIVATE
    ]
    now = audience_value(annotation.audience, annotation.group_id)
    form = AudienceForm(
        request.POST or None,
        choices=choices,
        initial={"audience": now, "version": annotation.version},
    )
    if request.method == "POST" and form.is_valid():
        chosen, group = form.chosen()
        try:
            change_audience(
                actor=request.user,
                annotation_id=annotation.pk,
                audience=chosen,
                group_id=group,
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Changed who reads this.")
            return redirect(annotation)
    context = {
        "form": form,
        "choices": choices,
        "card": card_of(request.user, annotation),
        "assignment": assignment,
        "cancel_url": annotation.get_absolute_url(),
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "annotations/annotation_audience.html", context, status=status)


@signed_in
@require_http_methods(GET_AND_POST)
def place(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Put an annotation by hand onto words or a paragraph (`?paragraph=`) of the essay as it is."""
    annotation = seen(request.user, annotation_id)
    assignment = annotation.assignment
    if annotation.parent_id:
        raise Missing
    check_placing(request.user, membership_of(request.user, assignment.seminar), annotation)
    paragraphs = list(assignment.revision.paragraphs.numbered().order_by("number"))
    asked = request.POST.get("paragraph") or request.GET.get("paragraph")
    paragraph = next((one for one in paragraphs if str(one.number) == asked), paragraphs[0])
    form = WordsForm(
        request.POST or None, text=paragraph.text, initial={"version": annotation.version}
    )
    if request.method == "POST" and form.is_valid():
        target = Target(
            paragraph_id=paragraph.pk,
            start=form.span.start if form.span else None,
            end=form.span.end if form.span else None,
            field="target",
        )
        try:
            placed = place_annotation(
                actor=request.user,
                annotation_id=annotation.pk,
                targets=[target],
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            form.add_refusal(error)
        else:
            offer_undo(request, f"It stands in paragraph {paragraph.number} now.", placed)
            return redirect(annotation)
    context = {
        "form": form,
        "card": card_of(request.user, annotation),
        "lost": lost_words(assignment, annotation.pk),
        "assignment": assignment,
        "annotation": annotation,
        "paragraphs": paragraphs,
        "paragraph": paragraph,
        "cancel_url": annotation.get_absolute_url(),
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "annotations/annotation_place.html", context, status=status)


@signed_in
@require_POST
def answer(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Take a reply as the question's answer, or no longer (`is_answer` 1 or 0)."""
    marked = mark_answer(
        actor=request.user,
        reply_id=annotation_id,
        is_answer=request.POST.get("is_answer", "1") == "1",
    )
    return redirect(f"{reverse('annotations:detail', args=[marked.parent_id])}#a-{marked.pk}")


@signed_in
@require_safe
def history(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Every wording the annotation has had, for its author and staff."""
    annotation = seen(request.user, annotation_id)
    membership = membership_of(request.user, annotation.assignment.seminar)
    if not may_read_history(request.user, membership, annotation):
        raise NotAllowed("Only its author and the instructors read earlier wordings.")
    versions = annotation.history.with_shown_actor(request.user).order_by("-version")
    context = {
        "card": card_of(request.user, annotation),
        "assignment": annotation.assignment,
        "versions": versions,
    }
    return render(request, "annotations/annotation_history.html", context)


def seen(user: User, annotation_id: UUID) -> Annotation:
    """The annotation as pages show it. Raises Missing unless the person may read it."""
    found = Annotation.objects.visible_to(user).for_display(user)
    one = (
        found.select_related(
            "assignment__seminar", "assignment__essay", "assignment__revision", "author", "root"
        )
        .filter(pk=annotation_id)
        .first()
    )
    if one is None:
        raise Missing
    return one


def _mine(user: User, annotation_id: UUID, sentence: str) -> Annotation:
    annotation = seen(user, annotation_id)
    membership = membership_of(user, annotation.assignment.seminar)
    check_change(user, membership, annotation, sentence)
    return annotation
