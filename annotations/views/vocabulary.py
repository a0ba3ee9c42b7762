"""A seminar's vocabulary: read by its members, changed by its instructors; tags of paragraphs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions.tags import ONLY_STAFF, tag_paragraph
from annotations.actions.vocabulary import (
    ONLY_INSTRUCTORS,
    add_tag,
    change_tag,
    close_vocabulary,
    copy_preset,
    move_tag,
    restore_tag,
    retire_tag,
)
from annotations.forms.vocabulary import (
    ClosedForm,
    MoveForm,
    ParagraphTagsForm,
    PresetForm,
    TagForm,
)
from annotations.permissions import may_tag_paragraphs
from annotations.presets import PRESETS
from annotations.queries.vocabulary import (
    tag_of,
    tags_to_give,
    vocabulary_history,
    vocabulary_page,
)
from debate.assignments.models import Assignment
from debate.core.errors import DomainError, Invalid, InvalidState, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.models import Membership
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


def _member(request: SignedInRequest, seminar: str) -> Membership:
    """The person's membership of the seminar of that slug; 404 for whoever has none."""
    memberships = Membership.objects.of(request.user).select_related("seminar")
    return get_object_or_404(memberships, seminar__slug=seminar)


def _instructor(request: SignedInRequest, seminar: str) -> Membership:
    """As `_member`. Raises NotAllowed for all but instructors."""
    membership = _member(request, seminar)
    if not may_manage(membership, membership.seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    return membership


def _valid(form: Form) -> Form:
    if not form.is_valid():
        raise Invalid("This form could not be understood. Please go back and try again.")
    return form


@signed_in
@require_safe
def vocabulary(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The tags with what they mean, and for instructors what there is to do with them."""
    membership = _member(request, seminar)
    page = vocabulary_page(membership)
    context = {"membership": membership, "seminar": membership.seminar, "page": page}
    return render(request, "annotations/vocabulary.html", context)


@signed_in
@require_safe
def history(request: SignedInRequest, seminar: str) -> HttpResponse:
    """What changed from version to version, fifty a page; `?before=` goes on."""
    membership = _member(request, seminar)
    given = request.GET.get("before", "")
    before = int(given) if given.isdecimal() and len(given) < len("1000000000") else None
    lines, following = vocabulary_history(membership.seminar, before)
    context = {"seminar": membership.seminar, "lines": lines, "following": following}
    return render(request, "annotations/vocabulary_history.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tag_add(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Put a tag into the vocabulary."""
    found = _instructor(request, seminar).seminar
    form = TagForm(request.POST or None)

    def add() -> None:
        tag = add_tag(actor=request.user, seminar=found, draft=form.draft())
        messages.success(request, f"“{tag.label}” is in the vocabulary.")

    if form.is_valid() and _done(form, add):
        return redirect("annotations:vocabulary", seminar)
    context = {"seminar": found, "form": form, "tag": None}
    return render(request, "annotations/vocabulary_tag.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def tag_edit(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Say otherwise what a tag means."""
    found = _instructor(request, seminar).seminar
    tag = tag_of(request.user, seminar, pk)
    form = TagForm.of(tag, request.POST or None)

    def change() -> None:
        version = form.cleaned_data["version"]
        change_tag(actor=request.user, tag_id=tag.pk, version=version, **form.texts())
        messages.success(request, "The tag is changed.")

    if form.is_valid() and _done(form, change):
        return redirect("annotations:vocabulary", seminar)
    context = {"seminar": found, "form": form, "tag": tag}
    return render(request, "annotations/vocabulary_tag.html", context, status=_status(form))


def _done(form: Form, act: Callable[[], None]) -> bool:
    """Whether the action took what the form gives; else the form tells why not."""
    try:
        act()
    except DomainError as error:
        show_refusal(form, error)
        return False
    return True


def _status(form: Form) -> int:
    return 400 if form.errors else 200


@signed_in
@require_POST
def tag_move(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Put a tag one place up or down."""
    _instructor(request, seminar)
    tag = tag_of(request.user, seminar, pk)
    move_tag(
        actor=request.user, tag_id=tag.pk, by=_valid(MoveForm(request.POST)).cleaned_data["by"]
    )
    return redirect("annotations:vocabulary", seminar)


@signed_in
@require_POST
def tag_retire(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Give the tag to nothing from now on."""
    _instructor(request, seminar)
    tag = retire_tag(actor=request.user, tag_id=tag_of(request.user, seminar, pk).pk)
    messages.success(request, f"“{tag.label}” is retired. It stays where it is.")
    return redirect("annotations:vocabulary", seminar)


@signed_in
@require_POST
def tag_restore(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Let the tag be given again."""
    _instructor(request, seminar)
    tag = restore_tag(actor=request.user, tag_id=tag_of(request.user, seminar, pk).pk)
    messages.success(request, f"“{tag.label}” may be given again.")
    return redirect("annotations:vocabulary", seminar)


@signed_in
@require_POST
def vocabulary_close(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Take only the vocabulary's own tags, or other words as well."""
    found = _instructor(request, seminar).seminar
    is_closed = _valid(ClosedForm(request.POST)).cleaned_data["is_closed"]
    close_vocabulary(actor=request.user, seminar=found, is_closed=is_closed)
    taken = "Only tags of the vocabulary are" if is_closed else "Other words are"
    messages.success(request, f"{taken} taken from now on.")
    return redirect("annotations:vocabulary", seminar)


@signed_in
@require_POST
def vocabulary_copy(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Put the tags of a preset into the vocabulary."""
    found = _instructor(request, seminar).seminar
    preset = _valid(PresetForm(request.POST)).cleaned_data["preset"]
    try:
        tags = copy_preset(actor=request.user, seminar=found, preset=preset)
    except InvalidState as refused:
        messages.info(request, refused.sentence)
    else:
        messages.success(request, f"{len(tags)} tags of “{PRESETS[preset].label}” are copied.")
    return redirect("annotations:vocabulary", seminar)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def paragraph_tags(
    request: SignedInRequest, seminar: str, assignment: str, number: int
) -> HttpResponse:
    """Staff say which tags a paragraph has."""
    assignments = Assignment.objects.set_to(request.user).for_pages()
    found = get_object_or_404(assignments, seminar__slug=seminar, slug=assignment)
    paragraph = get_object_or_404(found.revision.paragraphs, number=number)
    membership = membership_of(request.user, found.seminar)
    if not may_tag_paragraphs(membership, found.seminar):
        raise NotAllowed(ONLY_STAFF)
    tags, standing = tags_to_give(found, paragraph)
    given = request.POST if request.method == "POST" else None
    form = ParagraphTagsForm(given, tags=tags, standing=standing)
    if form.is_valid():
        tag_paragraph(
            actor=request.user,
            assignment_id=found.pk,
            paragraph_key=paragraph.key,
            tag_ids=form.cleaned_data["tag"],
        )
        return redirect(f"{found.get_absolute_url()}#p-{number}")
    context = {"assignment": found, "paragraph": paragraph, "form": form, "tags": tags}
    return render(request, "annotations/paragraph_tags.html", context, status=_status(form))
