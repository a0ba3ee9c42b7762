"""One annotation: its thread, and the forms that make, change and withdraw it."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateformat import format as formatted
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import (
    Target,
    change_audience,
    create_annotation,
    edit_annotation,
    mark_answer,
    place_annotation,
    withdraw_annotation,
)
from annotations.enums import Audience, Kind, Status
from annotations.forms import (
    SELECTED,
    AnnotationForm,
    AudienceForm,
    ContentForm,
    EditForm,
    WordsForm,
    kind_choices,
)
from annotations.models import Annotation
from annotations.permissions import (
    may_annotate,
    may_change,
    may_change_audience,
    may_place,
    may_read_history,
    may_reply,
)
from annotations.queries import Withdrawn, card_of, lost_words, thread
from annotations.queries.rounds import audience_choices, audience_value, kinds_to_edit
from annotations.views.reading import assignment_for
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import public, signed_in
from debate.essays.models import Paragraph
from debate.notices.actions import read_context
from debate.notices.queries import is_muted
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

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
    muted = False
    if request.user.is_authenticated:
        # Whoever looks at a thread need not be told of it any more.
        read_context(actor=request.user, context_id=UUID(found.root_id))
        muted = is_muted(request.user, UUID(found.root_id))
    page = {"thread": found, "is_muted": muted}
    return render(request, "annotations/annotation_detail.html", page)


@signed_in
@require_http_methods(GET_AND_POST)
def create(
    request: SignedInRequest, seminar: str, assignment: str, revision: int, number: int
) -> HttpResponse:
    """The composer for a paragraph or its words, as numbered in that revision."""
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
    form = AnnotationForm(
        request.POST or None,
        assignment=found,
        actor=request.user,
        paragraph=paragraph,
        initial=_asked_for(request),
    )
    if request.method == "POST" and (posted := _posted(request, form, found, parent=None)):
        return posted
    heading = f"Annotate paragraph {paragraph.number}"
    back = f"{found.get_absolute_url()}#p-{paragraph.number}"
    return _composer(request, form, found, heading=heading, cancel_url=back)


@signed_in
@require_http_methods(GET_AND_POST)
def reply(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """The composer for a reply."""
    parent = seen(request.user, annotation_id)
    assignment = parent.assignment
    if not may_reply(membership_of(request.user, assignment.seminar), parent):
        raise NotAllowed("You cannot reply here.")
    form = AnnotationForm(
        request.POST or None,
        assignment=assignment,
        actor=request.user,
        parent=parent,
        initial=_asked_for(request),
    )
    if request.method == "POST" and (posted := _posted(request, form, assignment, parent=parent)):
        return posted
    heading = f"Reply to {parent.shown_author_name}"  # type: ignore[attr-defined]  # by `for_display`
    return _composer(
        request, form, assignment, heading=heading, cancel_url=parent.get_absolute_url()
    )


@signed_in
@require_http_methods(GET_AND_POST)
def edit(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """The composer for what stands already; a version that is no longer current is told."""
    annotation = _mine(request.user, annotation_id, "Only its author may change an annotation.")
    form = EditForm(
        request.POST or None,
        assignment=annotation.assignment,
        actor=request.user,
        initial=EditForm.initial_of(annotation),
    )
    if request.method == "POST" and form.is_valid():
        try:
            edit_annotation(
                actor=request.user,
                annotation_id=annotation.pk,
                content=form.content(),
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            form.add_refusal(error)
        else:
            messages.success(request, "Your changes are saved.")
            return redirect(annotation)
    context = {
        "form": form,
        "card": card_of(request.user, annotation),
        "assignment": annotation.assignment,
        "kinds": kind_choices(
            is_reply=annotation.parent_id is not None,
            opened=kinds_to_edit(request.user, annotation),
        ),
        "is_reply": annotation.parent_id is not None,
        "cancel_url": annotation.get_absolute_url(),
    }
    return render(request, "annotations/annotation_edit.html", context, status=_status(form))


@signed_in
@require_http_methods(GET_AND_POST)
def withdraw(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Ask, then withdraw."""
    annotation = _mine(request.user, annotation_id, "Only its author may withdraw an annotation.")
    if request.method == "POST":
        withdraw_annotation(actor=request.user, annotation_id=annotation.pk)
        messages.success(request, "Withdrawn. Only you and the instructors can still read it.")
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
    if not may_change_audience(request.user, membership, annotation):
        raise NotAllowed("Only its author and staff say who reads an annotation.")
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
    if not may_place(request.user, membership_of(request.user, assignment.seminar), annotation):
        raise NotAllowed("Only its author and the staff may place an annotation.")
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
            place_annotation(
                actor=request.user,
                annotation_id=annotation.pk,
                targets=[target],
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            form.add_refusal(error)
        else:
            messages.success(request, f"It stands in paragraph {paragraph.number} now.")
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


def _mine(user: User, annotation_id: UUID, refusal: str) -> Annotation:
    annotation = seen(user, annotation_id)
    membership = membership_of(user, annotation.assignment.seminar)
    if not may_change(user, membership, annotation):
        raise NotAllowed(refusal)
    return annotation


def _asked_for(request: HttpRequest) -> dict[str, str]:
    """What the address asks the composer to begin with."""
    asked = {"kind": request.GET.get("kind", "")} if request.GET.get("kind") in Kind.values else {}
    if spans := request.GET.get("spans"):
        asked |= {"spans": spans, "sentence": SELECTED}
    return asked


def _posted(
    request: SignedInRequest,
    form: AnnotationForm,
    assignment: Assignment,
    *,
    parent: Annotation | None,
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
            parent_id=parent.pk if parent else None,
            submission_key=form.cleaned_data["submission_key"],
            as_late=request.POST.get("as_late") == "1",
        )
    except DomainError as error:
        form.add_refusal(error)
        return None
    if made.is_late:
        messages.success(request, f"Sent to staff as late, received {_to_the_second(made)}.")
    elif made.status == Status.PENDING:
        messages.success(request, "Staff read it first; the others once it is approved.")
    elif made.status == Status.PUBLISHED:
        messages.success(request, f"Your {made.get_kind_display().lower()} is posted.")
    page = parent.get_absolute_url() if parent else assignment.get_absolute_url()
    return redirect(f"{page}#a-{made.pk}")


def _to_the_second(made: Annotation) -> str:
    return formatted(timezone.localtime(made.created_at), "l, j F, H:i:s")


def _composer(
    request: HttpRequest,
    form: AnnotationForm,
    assignment: Assignment,
    *,
    heading: str,
    cancel_url: str,
) -> HttpResponse:
    context = {
        "form": form,
        "assignment": assignment,
        "paragraph": form.paragraph,
        "parent": card_of(request.user, form.parent) if form.parent else None,
        "sentences": form.sentences,
        "selected": form.selected,
        "candidates": form.candidates,
        "kinds": kind_choices(is_reply=form.parent is not None, opened=form.terms.kinds),
        "terms": form.terms,
        "heading": heading,
        "cancel_url": cancel_url,
    }
    return render(request, "annotations/annotation_form.html", context, status=_status(form))


def _status(form: ContentForm) -> int:
    return 400 if form.is_bound and form.errors else 200
