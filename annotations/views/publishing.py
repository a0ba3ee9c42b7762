"""A draft published as the next revision of its essay: what changes, where notes go, and the act."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.actions import decide_placement, publish_revision
from annotations.actions.publishing import revision_draft
from annotations.forms import DecisionForm, PublishForm, WordsForm
from annotations.publication import open_assignments
from annotations.review import Choice, choice_for, claims_without_words, review
from debate.core.errors import Conflict, Invalid, Missing
from debate.core.forms import show_refusal
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.essays.models import Essay, Paragraph

GET_AND_POST = ["GET", "HEAD", "POST"]
NOT_UNDERSTOOD = "This form could not be understood. Please go back and try again."


@signed_in
@require_http_methods(GET_AND_POST)
def publication(request: SignedInRequest, import_id: UUID) -> HttpResponse:
    """What publishing would change, then publish; whoever was overtaken is shown both texts."""
    draft = revision_draft(request.user, import_id)
    form = PublishForm(request.POST or None)
    status = 200
    if request.method == "POST":
        try:
            if form.is_valid():
                return _published(request, import_id, form)
            status = 400
        except (Conflict, Invalid) as error:
            show_refusal(form, error)
            status = error.status
        except Missing:  # it was here a moment ago
            messages.info(request, "This draft was published or discarded in another window.")
            return redirect(_where_read(draft.essay))  # type: ignore[arg-type]  # `revision_draft` promises one
    found = review(user=request.user, draft=draft, page=_page(request))
    context = {"review": found, "form": form}
    return render(request, "annotations/publication.html", context, status=status)


def _published(request: SignedInRequest, import_id: UUID, form: PublishForm) -> HttpResponse:
    revision = publish_revision(actor=request.user, import_id=import_id, **form.cleaned_data)
    essay = revision.essay
    messages.success(request, f"Revision {revision.number} of “{essay.title}” is published.")
    if lost := claims_without_words(revision):
        claims = "1 claim of the map has" if lost == 1 else f"{lost} claims of the map have"
        messages.warning(request, f"{claims} no words in the new text.")
    return redirect(_where_read(essay))


def _where_read(essay: Essay) -> str:
    """The reading page of the essay's newest open assignment, else the essay's own."""
    assignment = open_assignments(essay).select_related("seminar").last()
    return (assignment or essay).get_absolute_url()


def _page(request: HttpRequest) -> int:
    given = request.GET.get("page", "")
    return int(given[:6]) if given.isdecimal() else 1


@signed_in
@require_http_methods(GET_AND_POST)
def placement(request: SignedInRequest, import_id: UUID, annotation_id: UUID) -> HttpResponse:
    """Where one note goes: take the proposal, choose words by hand, or leave it without a place."""
    draft = revision_draft(request.user, import_id)
    choice = choice_for(user=request.user, draft=draft, annotation_id=annotation_id)
    if request.method != "POST":
        block = _block(choice, request.GET.get("block", ""))
        form = WordsForm(text=_text(choice, block), initial={"version": draft.version})
        return _placement_page(request, choice, block, form)
    decision = DecisionForm(request.POST)
    if not decision.is_valid():
        raise Invalid(NOT_UNDERSTOOD)
    block = _block(choice, str(decision.cleaned_data["block"]))
    form = WordsForm(request.POST, text=_text(choice, block))
    if decision.cleaned_data["choice"] != "by_hand" or form.is_valid():
        try:
            _decide(request, choice, decision, form)
        except (Conflict, Invalid) as error:
            form.add_refusal(error)
        else:
            return redirect("annotations:publication", import_id)
    return _placement_page(request, choice, block, form)


def _decide(
    request: SignedInRequest, choice: Choice, decision: DecisionForm, words: WordsForm
) -> None:
    given = decision.cleaned_data
    by_hand = given["choice"] == "by_hand"
    span = words.span if by_hand else None
    decide_placement(
        actor=request.user,
        import_id=choice.draft.pk,
        annotation_id=choice.affected.id,
        choice=given["choice"],
        block=given["block"] if by_hand else None,
        start=span.start if span else None,
        end=span.end if span else None,
        version=given["version"],
    )


def _block(choice: Choice, given: str) -> int:
    """The block that was asked for, else the one that the note goes to, or a numbered one near."""
    numbered = {place for place, _ in choice.paragraphs}
    if given.isdecimal() and int(given[:6]) in numbered:
        return int(given[:6])
    near = [*choice.affected.goes, *choice.affected.was]
    numbers = [words.number for words in near if words.number]
    wanted = numbers[0] if numbers else 1
    places = [place for place, one in choice.paragraphs if (one.number or 0) <= wanted]
    return places[-1]


def _paragraph(choice: Choice, block: int) -> Paragraph:
    return next(paragraph for place, paragraph in choice.paragraphs if place == block)


def _text(choice: Choice, block: int) -> str:
    return _paragraph(choice, block).text


def _placement_page(
    request: HttpRequest, choice: Choice, block: int, form: WordsForm
) -> HttpResponse:
    context = {
        "choice": choice,
        "chosen": block,
        "paragraph": _paragraph(choice, block),
        "form": form,
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, "annotations/placement.html", context, status=status)
