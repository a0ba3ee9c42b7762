"""The composer: what is attached, answered and changed, as a page or, beside the text, as its form.

With the header `X-Fragment: 1` a view answers with the form alone, what is done with JSON, and a
refusal that is not about the form with a problem document.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions.refusing import check_change
from annotations.enums import Kind
from annotations.forms import SELECTED, AnnotationForm, EditForm, kind_choices
from annotations.forms.drafts import initial_of_draft, uuid_of
from annotations.models import Anchor, Annotation, Draft
from annotations.models.drafts import DraftPlace
from annotations.permissions import may_annotate, may_reply
from annotations.queries import card_of
from annotations.queries.drafts import draft_at
from annotations.queries.rounds import kinds_to_edit
from annotations.views.annotations import seen
from annotations.views.composed import keep_words, post, save_change
from annotations.views.fragments import in_fragments, is_fragment
from annotations.views.reading import assignment_for
from debate.core.api.exceptions import problem_response
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.core.policies import signed_in
from debate.core.text import clean, render_markdown
from debate.essays.models import Paragraph
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from django.http import HttpRequest

    from annotations.forms import ContentForm
    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment

GET_AND_POST = ["GET", "HEAD", "POST"]


@signed_in
@require_http_methods(GET_AND_POST)
@in_fragments
def create(
    request: SignedInRequest, seminar: str, assignment: str, revision: int, number: int
) -> HttpResponse:
    """The composer for a paragraph or its words, as numbered in that revision.

    `?kind=` and `?spans=` say what it begins with; a draft of the same place goes before, and
    `?draft=` names one.
    """
    found = assignment_for(request.user, seminar, assignment)
    # An earlier revision's paragraph too: what was begun before another was published is posted
    # on the words that were read, and carried over.
    readable = Paragraph.objects.filter(
        revision__essay=found.essay, revision__number__lte=found.revision.number
    )
    paragraph = (
        readable.filter(revision__number=revision, number=number).select_related("revision").first()
    )
    if paragraph is None:
        raise Missing
    if not may_annotate(membership_of(request.user, found.seminar), found.seminar):
        raise NotAllowed("You may read here, but not write.")
    asked = request.POST if request.method == "POST" else request.GET
    place = DraftPlace(revision=revision, number=number)
    place = DraftPlace.of(f"p:{revision}:{asked.get('spans')}") or place
    draft, place = _draft(request, found, place)
    form = AnnotationForm(
        request.POST or None,
        assignment=found,
        actor=request.user,
        paragraph=paragraph,
        initial=_asked_for(request) | (initial_of_draft(draft) if draft else {}),
    )
    heading = f"Annotate paragraph {paragraph.number}"
    back = f"{found.get_absolute_url()}#p-{paragraph.number}"
    return _compose(request, form, found, draft, place, heading=heading, cancel_url=back)


@signed_in
@require_http_methods(GET_AND_POST)
@in_fragments
def reply(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """The composer for a reply."""
    parent = seen(request.user, annotation_id)
    assignment = parent.assignment
    if not may_reply(membership_of(request.user, assignment.seminar), parent):
        raise NotAllowed("You cannot reply here.")
    draft, place = _draft(request, assignment, DraftPlace(annotation_id=parent.pk))
    form = AnnotationForm(
        request.POST or None,
        assignment=assignment,
        actor=request.user,
        parent=parent,
        initial=_asked_for(request) | (initial_of_draft(draft) if draft else {}),
    )
    heading = f"Reply to {parent.shown_author_name}"  # type: ignore[attr-defined]  # by `for_display`
    back = parent.get_absolute_url()
    return _compose(request, form, assignment, draft, place, heading=heading, cancel_url=back)


@signed_in
@require_http_methods(GET_AND_POST)
@in_fragments
def edit(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """The composer for what stands already; a version that is no longer current is told."""
    annotation = seen(request.user, annotation_id)
    assignment = annotation.assignment
    check_change(request.user, membership_of(request.user, assignment.seminar), annotation)
    place = DraftPlace(annotation_id=annotation.pk, is_edit=True)
    draft, place = _draft(request, assignment, place)
    begun = initial_of_draft(draft) if draft else {}
    form = EditForm(
        request.POST or None,
        assignment=assignment,
        actor=request.user,
        paragraphs=[one.paragraph for one in _shown_anchors(annotation) if one.paragraph],
        initial={
            **EditForm.initial_of(annotation),
            **_claim_asked_for(request),
            **begun,
            "version": annotation.version,
        },
    )
    has_changed = str(begun.get("version", annotation.version)) != str(annotation.version)
    if request.method == "POST":
        keeps = "keep" in request.POST
        done = (
            keep_words(request, form, assignment, place)
            if keeps
            else save_change(request, form, annotation)
        )
        if done:
            return done
    card = card_of(request.user, annotation)
    context = {
        "form": form,
        "card": card,
        "quoted": card.quote,
        "assignment": assignment,
        "kinds": kind_choices(
            is_reply=annotation.parent_id is not None,
            opened=kinds_to_edit(request.user, annotation),
        ),
        "is_reply": annotation.parent_id is not None,
        "heading": f"Edit your {annotation.get_kind_display().lower()}",
        "now_says": annotation.body if has_changed or form.refused == "stale_version" else "",
        "cancel_url": annotation.get_absolute_url(),
    }
    return _shown(request, form, draft, place, context)


@signed_in
@require_POST
def preview(request: SignedInRequest) -> HttpResponse:
    """The note's Markdown (`body`) as it will be shown, rendered as by posting; as HTML."""
    try:
        body = clean(
            request.POST.get("body", ""), field="body", limit=Annotation.BODY_LIMIT, required=False
        )
    except Invalid as error:
        return problem_response(request, error)
    return HttpResponse(render_markdown(body))


def _draft(
    request: SignedInRequest, assignment: Assignment, place: DraftPlace
) -> tuple[Draft | None, DraftPlace]:
    """The person's draft of the place, or the one that the address names, with its place.

    Raises Missing for one that is another's, or of another place. What is sent is taken even when
    the draft that it was begun with is no more.
    """
    asked = request.GET.get("draft")
    if not asked or request.method == "POST":
        return draft_at(request.user, assignment, place), place
    try:
        mine = Draft.objects.visible_to(request.user).filter(assignment=assignment)
        draft = mine.filter(pk=uuid_of(asked, field="draft")).first()
    except Invalid:
        raise Missing from None
    named = DraftPlace.of(draft.key) if draft else None
    if named is None or not named.is_beside(place):
        raise Missing
    return draft, named


def _compose(
    request: SignedInRequest,
    form: AnnotationForm,
    assignment: Assignment,
    draft: Draft | None,
    place: DraftPlace,
    *,
    heading: str,
    cancel_url: str,
) -> HttpResponse:
    """Post or keep what was sent; else show the composer."""
    if request.method == "POST":
        keeps = "keep" in request.POST
        done = (
            keep_words(request, form, assignment, place)
            if keeps
            else post(request, form, assignment, draft)
        )
        if done:
            return done
    context = {
        "form": form,
        "assignment": assignment,
        "paragraph": form.paragraph,
        "parent": card_of(request.user, form.parent) if form.parent else None,
        "sentences": form.sentences,
        "selected": form.selected,
        "quoted": form.quoted,
        "candidates": form.candidates,
        "kinds": kind_choices(is_reply=form.parent is not None, opened=form.terms.kinds),
        "terms": form.terms,
        "is_reply": form.parent is not None,
        "heading": heading,
        "cancel_url": cancel_url,
    }
    return _shown(request, form, draft, place, context)


def _shown(
    request: HttpRequest,
    form: ContentForm,
    draft: Draft | None,
    place: DraftPlace,
    context: dict[str, Any],
) -> HttpResponse:
    """The composer: the page, or its form alone."""
    page = "annotation_edit.html" if place.is_edit else "annotation_form.html"
    template = f"annotations/{'_composer.html' if is_fragment(request) else page}"
    is_older = form.refused == "draft_changed"
    context |= {
        "draft": draft,
        "draft_key": place.key,
        "other_words": draft.words if draft and is_older else [],
    }
    status = 400 if form.is_bound and form.errors else 200
    return render(request, template, context, status=status)


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """What the address asks the composer to begin with."""
    asked = {"kind": request.GET.get("kind", "")} if request.GET.get("kind") in Kind.values else {}
    if spans := request.GET.get("spans"):
        asked |= {"spans": spans, "sentence": SELECTED}
    return asked | _claim_asked_for(request)


def _claim_asked_for(request: HttpRequest) -> dict[str, str]:
    claim = request.GET.get("claim", "")
    return {"claim": claim} if claim else {}


def _shown_anchors(annotation: Annotation) -> QuerySet[Anchor]:
    shown = annotation.anchors.filter(revision=annotation.assignment.revision_id)
    return shown.select_related("paragraph")
