"""The library, an essay's own page, and an import from the paste to the essay."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.core.errors import Conflict, DomainError, Invalid, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import public, signed_in
from debate.essays import queries
from debate.essays.actions import (
    change_head,
    correct_import,
    discard_import,
    finish_import,
    go_on_from,
    start_import,
    start_revision,
    undo_correction,
)
from debate.essays.enums import ParagraphKind
from debate.essays.forms import (
    CorrectionForm,
    GoOnForm,
    HeadForm,
    ImportForm,
    ReplaceForm,
    TextForm,
    VersionForm,
    initial_of,
    text_of,
)
from debate.essays.importing import sandbox
from debate.essays.importing.errors import ImportRefused
from debate.essays.importing.formats import EXACT
from debate.essays.importing.markdown_writer import to_markdown
from debate.essays.models import Essay, ImportDraft, Revision
from debate.essays.permissions import may_import
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.essays.models import ImportDraftQuerySet

NOT_UNDERSTOOD = "This form could not be understood. Please go back and try again."


@public
@require_safe
def essay_list(request: HttpRequest) -> HttpResponse:
    """The library: the essays of one's seminars and public ones, newest first, searched by `?q=`."""
    words = " ".join(request.GET.get("q", "").split())[:200]
    page = queries.library_page(request.user, words=words, before=request.GET.get("before"))
    return render(request, "essays/essay_list.html", {"page": page})


@public
@require_safe
def essay_detail(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The essay's text alone, of the current revision or of `?revision=`."""
    essay = get_object_or_404(Essay.objects.visible_to(request.user).for_library(), pk=pk)
    revision = queries.revision_of(essay, request.GET.get("revision"))
    assignments = essay.assignments.visible_to(request.user).for_pages().by_due_date()
    is_instructor = may_import(membership_of(request.user, essay.seminar), essay.seminar)
    context = {
        "essay": essay,
        "revision": revision,
        "paragraphs": queries.plain_paragraphs(revision),
        "assignments": assignments,
        "is_instructor": is_instructor,
        "revising": queries.revising(request.user, essay) if is_instructor else None,
        "revisions": essay.revisions.select_related("created_by").order_by("-number"),
        "set_url": reverse("assignments:create", args=[essay.pk]),
    }
    return render(request, "essays/essay_detail.html", context)


@signed_in
@require_POST
def essay_revise(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Begin the essay's next revision, or go on with one's own draft of it."""
    essay = get_object_or_404(Essay.objects.visible_to(request.user), pk=pk)
    return redirect(start_revision(actor=request.user, essay=essay))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def essay_import(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Paste or upload an essay; what was read goes to its preview."""
    found = get_object_or_404(Seminar.objects.visible_to(request.user), slug=seminar)
    if not may_import(membership_of(request.user, found), found):
        raise NotAllowed("Only instructors of this seminar import essays.")
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        kept = begin_import(request, found, form)
        if kept:
            return redirect(kept)
    context = {"form": form, "seminar": found, "cancel_url": found.get_absolute_url()}
    status = 400 if form.errors else 200
    return render(request, "essays/essay_import.html", context, status=status)


def begin_import(
    request: SignedInRequest, seminar: Seminar | None, form: ImportForm
) -> ImportDraft | None:
    """The draft that was read; None when the form now tells why there is none."""
    content, filename, media_type = form.source()
    try:
        return start_import(
            actor=request.user,
            seminar=seminar,
            draft=sandbox.read(content, filename=filename, media_type=media_type),
            filename=filename,
            source_url=form.cleaned_data["source_url"],
            licence_note=form.cleaned_data["licence_note"],
        )
    except ImportRefused as refused:
        form.add_error(refused.field, refused.sentence)
    except DomainError as error:
        show_refusal(form, error)
    return None


@signed_in
@require_safe
def import_preview(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The numbered paragraphs as they will be anchored, each to be changed, sixty a page."""
    given = request.GET.get("page", "")
    page = int(given[:6]) if given.isdecimal() else 1
    return _preview_page(request, pk, page=page)


@signed_in
@require_POST
def import_correct(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Do one operation to one paragraph, and go back to it."""
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        get_object_or_404(_imports(request), pk=pk)  # what is another's is not judged
        raise Invalid(NOT_UNDERSTOOD)
    version, index = form.cleaned_data["version"], form.cleaned_data["block"]
    try:
        kept = correct_import(actor=request.user, import_id=pk, version=version, edit=form.edit())
    except (Invalid, Conflict) as error:
        refusal = form.refusal(error)
        page = queries.page_of(index)
        return _preview_page(request, pk, page=page, refusal=refusal, status=error.status)
    return redirect(f"{kept.get_absolute_url()}?page={queries.page_of(index)}#b-{index}")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_text(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """The whole text in one field, as Markdown; posted, it takes the place of the draft's."""
    kept = get_object_or_404(_imports(request), pk=pk)
    initial: dict[str, object] = {"version": kept.version}
    if request.method != "POST":
        initial["text"] = to_markdown(kept.draft)
    form = TextForm(request.POST or None, initial=initial)
    if form.is_valid() and _replaced(request, kept, form, form.cleaned_data["text"].encode()):
        messages.success(request, "The text is replaced. Here is how it will be numbered.")
        return redirect(kept)
    return _replace_page(request, kept, form, "essays/essay_import_text.html")


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_replace(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Upload a file whose text takes the place of the draft's; the head stays."""
    kept = get_object_or_404(_imports(request), pk=pk)
    form = ReplaceForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        upload = form.cleaned_data["file"]
        if _replaced(request, kept, form, upload.read(), upload.name, upload.content_type or ""):
            messages.success(request, "The text is replaced. Here is how it will be numbered.")
            return redirect(kept)
    return _replace_page(request, kept, form, "essays/essay_import_replace.html")


def _replaced(  # noqa: PLR0917 - the parts of an upload
    request: SignedInRequest,
    kept: ImportDraft,
    form: VersionForm,
    content: bytes,
    filename: str = "",
    media_type: str = EXACT,
) -> bool:
    """Whether the content was read and is the draft's text now; if not, the form tells why."""
    try:
        correct_import(
            actor=request.user,
            import_id=kept.pk,
            version=form.cleaned_data["version"],
            edit=text_of(sandbox.read(content, filename=filename, media_type=media_type)),
        )
    except ImportRefused as refused:
        form.add_error(refused.field, refused.sentence)
    except DomainError as error:
        show_refusal(form, error)
    else:
        return True
    return False


def _replace_page(
    request: SignedInRequest, kept: ImportDraft, form: VersionForm, template: str
) -> HttpResponse:
    # The page names the version as it stands, so that whoever was told of another's may save again.
    context = {"imported": kept, "form": form, "revision": queries.next_number(kept)}
    return render(request, template, context, status=400 if form.errors else 200)


@signed_in
@require_POST
def import_go_on(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Go on with one's text from a revision that another published meanwhile."""
    kept = get_object_or_404(_imports(request).exclude(essay=None), pk=pk)
    form = GoOnForm(request.POST)
    if not form.is_valid():
        raise Invalid(NOT_UNDERSTOOD)
    base = get_object_or_404(
        Revision.objects.visible_to(request.user).filter(essay=kept.essay),
        number=form.cleaned_data["base"],
    )
    version = form.cleaned_data["version"]
    try:
        go_on_from(actor=request.user, import_id=pk, version=version, base=base)
    except Conflict as error:
        messages.warning(request, error.sentence)
    else:
        messages.success(request, f"Your text is compared with revision {base.number} now.")
    return redirect("annotations:publication", pk)


@signed_in
@require_POST
def import_undo(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Take the last change back."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        get_object_or_404(_imports(request), pk=pk)  # what is another's is not judged
        raise Invalid(NOT_UNDERSTOOD)
    try:
        undo_correction(actor=request.user, import_id=pk, version=form.cleaned_data["version"])
    except Conflict as error:
        messages.warning(request, error.sentence)
    else:
        messages.success(request, "The last change has been taken back.")
    return redirect("essays:import_preview", pk)


@signed_in
@require_POST
def import_head(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Keep the title and what stands beside it.

    `?then=changes` goes on to what would change, `?then=seminar` to the seminar to be made.
    """
    form = HeadForm(request.POST)
    if form.is_valid():
        try:
            kept = change_head(actor=request.user, import_id=pk, **form.given())
        except DomainError as error:
            show_refusal(form, error)
        else:
            if request.GET.get("then") == "changes" and kept.essay_id:
                return redirect("annotations:publication", kept.pk)
            if request.GET.get("then") == "seminar" and not kept.seminar_id:
                return redirect("seminar_confirm", kept.pk)
            messages.success(request, "Title and author are kept.")
            return redirect(kept)
    return _preview_page(request, pk, form=form, status=400)


@signed_in
@require_POST
def import_finish(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Make the essay, and go to its page, where it can be set to the seminar."""
    form = HeadForm(request.POST)
    if form.is_valid():
        try:
            essay = finish_import(actor=request.user, import_id=pk, **form.given())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The essay is saved. Set it to the seminar to begin.")
            return redirect(essay)
    return _preview_page(request, pk, form=form, status=400)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_discard(request: SignedInRequest, pk: UUID) -> HttpResponse:
    """Ask before an import is dropped (GET), then drop it (POST)."""
    kept = get_object_or_404(_imports(request), pk=pk)
    if request.method == "POST":
        discard_import(actor=request.user, import_id=pk)
        what = "revision" if kept.essay else "import"
        messages.success(request, f"The {what} has been dropped.")
        return redirect(kept.essay or kept.seminar or "home")
    return render(request, "essays/essay_import_discard.html", {"imported": kept})


def _imports(request: SignedInRequest) -> ImportDraftQuerySet:
    mine = ImportDraft.objects.visible_to(request.user)
    return mine.select_related("seminar", "essay__current_revision", "base")


def _preview_page(
    request: SignedInRequest,
    pk: UUID,
    *,
    page: int = 1,
    form: HeadForm | None = None,
    refusal: queries.Refusal | None = None,
    status: int = 200,
) -> HttpResponse:
    kept = get_object_or_404(_imports(request), pk=pk)
    context = {
        "imported": kept,
        "preview": queries.preview(kept, page, refusal),
        "revising": queries.revising(request.user, kept.essay) if kept.essay else None,
        "kinds": ParagraphKind.choices,
        "form": form or HeadForm(initial=initial_of(kept)),
        "refusal": refusal,
    }
    return render(request, "essays/essay_import_preview.html", context, status=status)
