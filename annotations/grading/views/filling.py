"""A learning management system's file filled with released grades: uploaded, looked at, taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from annotations.grading.filling import Filling, filling_of, packed, unpacked
from annotations.grading.forms.gradebook import FillForm, UploadForm
from annotations.grading.gradebooks import refuse_hidden_names
from annotations.grading.permissions import may_take_grades
from annotations.grading.queries.gradebook import points_of
from annotations.grading.views.finding import Graded, find_graded, never_stored
from annotations.grading.views.gradebook import ONLY_INSTRUCTORS_TAKE
from debate.core.errors import DomainError, Invalid, NotAllowed
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from debate.accounts.http import SignedInRequest

TEMPLATE = "grading/gradebook_fill.html"
MOVED = "Grades or your choices have changed since you looked. Look again at what is filled in now."


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def fill_file(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Upload a file, look at what would change in it, and take it filled exactly so."""
    graded = find_graded(request.user, seminar, assignment)
    if not may_take_grades(graded.membership):
        raise NotAllowed(ONLY_INSTRUCTORS_TAKE)
    context = _context(graded)
    try:
        refuse_hidden_names(graded.planned)
    except DomainError as error:
        context |= {"refused": error.sentence}
        return render(request, TEMPLATE, context, status=error.status)
    if request.method != "POST":
        return render(request, TEMPLATE, context | {"upload": UploadForm()})
    try:
        if "kept" in request.POST:
            return _look_or_take(request, graded)
        return _read(request, graded)
    except Invalid as error:
        upload = UploadForm(request.POST)
        upload.errors.clear()
        upload.add_error("file", error.sentence)
        return render(request, TEMPLATE, context | {"upload": upload}, status=400)


def _read(request: SignedInRequest, graded: Graded) -> HttpResponse:
    """The file, read for the first time, filled where its column is known. Raises Invalid."""
    upload = UploadForm(request.POST, request.FILES)
    if not upload.is_valid():
        context = _context(graded) | {"upload": upload}
        return render(request, TEMPLATE, context, status=400)
    content = upload.cleaned_data["file"].read()
    filling = filling_of(request.user, graded.planned, content)
    kept = packed(request.user, graded.planned, content)
    return _shown(request, graded, filling, kept=kept, scales=False, words=True)


def _look_or_take(request: SignedInRequest, graded: Graded) -> HttpResponse:
    """The kept file with another choice; or as a file, if it becomes what was looked at."""
    plan, user = graded.planned, request.user
    kept = request.POST["kept"]
    content = unpacked(user, plan, kept)
    known = filling_of(user, plan, content)
    form = FillForm(request.POST, columns=known.layout.columns)
    if not form.is_valid():
        return _shown(request, graded, known, kept=kept, scales=False, words=True)
    given = form.cleaned_data
    filling = filling_of(
        user,
        plan,
        content,
        column=given["column"],
        scales=given["scales"],
        with_words=given["words"],
    )
    choice = {"kept": kept, "scales": given["scales"], "words": given["words"]}
    if request.POST.get("step") != "take" or filling.column is None:
        return _shown(request, graded, filling, **choice)
    if filling.digest != given["digest"]:
        return _shown(request, graded, filling, sentence=MOVED, status=409, **choice)
    name = f"filled-{graded.assignment.slug}.csv"
    return HttpResponse(
        filling.content,
        content_type="text/csv",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _shown(
    request: SignedInRequest,
    graded: Graded,
    filling: Filling,
    *,
    kept: str,
    scales: bool,
    words: bool,
    sentence: str = "",
    status: int = 200,
) -> HttpResponse:
    initial = {
        "kept": kept,
        "digest": filling.digest,
        "column": filling.column,
        "scales": scales,
        "words": words,
    }
    form = FillForm(initial=initial, columns=filling.layout.columns)
    context = _context(graded) | {"filling": filling, "form": form, "sentence": sentence}
    return render(request, TEMPLATE, context, status=status)


def _context(graded: Graded) -> dict[str, Any]:
    return {
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "graded": graded,
        "plan": graded.plan,
        "points": points_of(graded.planned),
        "is_blind": graded.planned.hides_names,
        "takes": True,
        "at": "fill",
    }
