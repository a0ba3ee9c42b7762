"""Rubrics: the library and a seminar's, what one says, and its editor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.grading.actions.plans import move_plan_to_version, tried_version
from annotations.grading.actions.rubrics import (
    ONLY_INSTRUCTORS,
    archive_rubric,
    copy_rubric,
    create_rubric,
    publish_rubric_version,
    refuse_others,
    rename_rubric,
)
from annotations.grading.files import FORMATS, exported, read_file
from annotations.grading.formats.content import RubricContent, differences
from annotations.grading.formats.errors import Unreadable
from annotations.grading.formats.starting import STARTING
from annotations.grading.forms.rubrics import (
    ImportForm,
    MoveForm,
    RubricForm,
    WhereForm,
    new_row,
    rows_of,
)
from annotations.grading.models import Rubric, RubricVersion
from annotations.grading.permissions import may_change_rubric, may_set_up_grading
from annotations.grading.queries.rubrics import (
    content_of,
    latest_of,
    listed,
    teaching,
    uses_of,
    versions_of,
    with_content,
)
from annotations.grading.views.finding import never_stored
from debate.core.errors import DomainError, Missing, NotAllowed, Stale
from debate.core.policies import signed_in
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, is_staff, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest

GET_AND_POST = ["GET", "HEAD", "POST"]
TOO_LONG = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A rubric that the person sees, and whether the person changes it."""

    rubric: Rubric
    may_change: bool

    @property
    def seminar(self) -> Seminar | None:
        """The seminar that it is of; None for the library."""
        return self.rubric.seminar


def find_rubric(request: SignedInRequest, rubric_id: UUID, *, changes: bool = False) -> Found:
    """The rubric of the address. Raises Http404, and NotAllowed where the person cannot change it."""
    visible = Rubric.objects.visible_to(request.user).select_related("seminar", "owner")
    rubric = get_object_or_404(visible.select_related("copied_from"), pk=rubric_id)
    membership = membership_of(request.user, rubric.seminar) if rubric.seminar else None
    found = Found(rubric, may_change_rubric(request.user, membership, rubric))
    if changes and not found.may_change:
        raise NotAllowed(ONLY_INSTRUCTORS)
    return found


def find_seminar(request: SignedInRequest, slug: str) -> Seminar:
    """The seminar of that slug, as its staff. Raises Http404, NotAllowed for its other members."""
    seminar = get_object_or_404(Seminar.objects.visible_to(request.user), slug=slug)
    if not is_staff(membership_of(request.user, seminar)):
        raise NotAllowed("Only staff of this seminar see its rubrics.")
    return seminar


# -- lists -------------------------------------------------------------------------------------------


@never_stored
@signed_in
@require_safe
def library(request: SignedInRequest) -> HttpResponse:
    """The person's own rubrics; `?q=` those with words, `?archived=1` those put away."""
    return _list_page(request, None, {}, may_make=True)


@never_stored
@signed_in
@require_safe
def seminar_rubrics(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The rubrics of a seminar, for its staff."""
    found = find_seminar(request, seminar)
    membership = membership_of(request.user, found)
    may_make = may_set_up_grading(membership, found)
    context = {"is_instructor": is_instructor(membership)}
    return _list_page(request, found, context, may_make=may_make)


def _list_page(
    request: SignedInRequest, seminar: Seminar | None, more: dict[str, Any], *, may_make: bool
) -> HttpResponse:
    words = request.GET.get("q", "").replace("\x00", "").strip()[:TOO_LONG]
    archived = request.GET.get("archived") == "1"
    context = more | {
        "seminar": seminar,
        "rubrics": listed(request.user, seminar, words=words, archived=archived),
        "words": words,
        "archived": archived,
        "may_make": may_make,
        "starting": [(name, title, told) for name, (title, told, _) in STARTING.items()],
    }
    return render(request, "grading/rubric_list.html", context)


# -- one rubric --------------------------------------------------------------------------------------


@never_stored
@signed_in
@require_safe
def rubric(request: SignedInRequest, rubric_id: UUID, number: int | None = None) -> HttpResponse:
    """What a rubric says, in its newest version or that of the number; `?as=markers` for markers."""
    found = find_rubric(request, rubric_id)
    versions = versions_of(found.rubric)
    shown = versions[0] if versions and number is None else None
    if number is not None:
        shown = next((one for one in versions if one.number == number), None)
        if shown is None:
            raise Missing
    read = _read(shown, versions)
    content = content_of(read.get(shown.pk)) if shown else RubricContent()
    earlier = next((one for one in versions if shown and one.number < shown.number), None)
    context = {
        "rubric": found.rubric,
        "seminar": found.seminar,
        "may_change": found.may_change,
        "version": shown,
        "versions": versions,
        "content": content,
        "as_markers": request.GET.get("as") == "markers",
        "earlier": earlier,
        "changes": differences(content_of(read[earlier.pk]), content) if earlier else [],
        "uses": uses_of(request.user, found.rubric),
        "formats": FORMATS,
    }
    return render(request, "grading/rubric_detail.html", context)


def _read(shown: RubricVersion | None, versions: list[RubricVersion]) -> dict[Any, RubricVersion]:
    """The version that is shown and the one before it, with what they say."""
    if shown is None:
        return {}
    before = [one.pk for one in versions if one.number < shown.number][:1]
    rows = RubricVersion.objects.filter(pk__in=[shown.pk, *before])
    return {one.pk: one for one in rows.prefetch_related(with_content())}


@never_stored
@signed_in
@require_safe
def rubric_export(request: SignedInRequest, rubric_id: UUID) -> HttpResponse:
    """The newest version as a file: `?format=json`, or `csv` for spreadsheets."""
    found = find_rubric(request, rubric_id)
    form = request.GET.get("format", "json")
    newest = latest_of(found.rubric)
    if form not in FORMATS or newest is None:
        raise Missing
    return exported(found.rubric, newest, form)


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def rubric_copy(request: SignedInRequest, rubric_id: UUID) -> HttpResponse:
    """Copy a rubric into the library, or into a seminar in which the person is instructor."""
    found = find_rubric(request, rubric_id)
    initial = {"title": found.rubric.title, "where": ""}
    form = WhereForm(request.POST or None, seminars=teaching(request.user), initial=initial)
    if form.is_valid():
        try:
            copied = copy_rubric(
                actor=request.user,
                rubric_id=rubric_id,
                seminar=form.seminar,
                title=form.cleaned_data["title"],
            )
        except DomainError as error:
            _tell(form, error)
        else:
            messages.success(request, f"“{copied.title}” is a rubric of its own now.")
            return redirect("grading:rubric", copied.pk)
    context = {"rubric": found.rubric, "seminar": found.seminar, "form": form}
    status = 400 if form.errors else 200
    return render(request, "grading/rubric_copy.html", context, status=status)


@never_stored
@signed_in
@require_POST
def rubric_archive(request: SignedInRequest, rubric_id: UUID) -> HttpResponse:
    """Put a rubric away (`archived=1`), or take it out again."""
    find_rubric(request, rubric_id, changes=True)
    is_archived = request.POST.get("archived") == "1"
    version = request.POST.get("version", "")
    try:
        done = archive_rubric(
            actor=request.user,
            rubric_id=rubric_id,
            version=int(version) if version.isascii() and version.isdecimal() else None,
            is_archived=is_archived,
        )
    except Stale as error:
        messages.error(request, error.sentence)
    else:
        word = "archived; assignments that use it go on using it" if is_archived else "back"
        messages.success(request, f"“{done.title}” is {word}.")
    return redirect("grading:rubric", rubric_id)


# -- the editor --------------------------------------------------------------------------------------


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def rubric_new(request: SignedInRequest) -> HttpResponse:
    """Make a rubric: in the library, or in `?seminar=`; `?start=` begins with words of the house."""
    slug = request.GET.get("seminar", "")
    seminar = find_seminar(request, slug) if slug else None
    refuse_others(request.user, seminar)
    title, _, content = STARTING.get(request.GET.get("start", ""), ("", "", RubricContent()))
    form = RubricForm(
        request.POST or None,
        initial={"title": title},
        rows=rows_of(content) or [new_row()],
    )
    context: dict[str, Any] = {"rubric": None, "seminar": seminar}
    if form.is_rearranged:
        form = form.rearranged()
    elif form.is_valid():
        if request.POST.get("act") != "publish":
            context["preview"] = form.content()
        elif made := _made(request, form, seminar):
            messages.success(request, f"“{made.title}” is published as version 1.")
            return redirect("grading:rubric", made.pk)
    return _editor(request, form, context)


def _made(request: SignedInRequest, form: RubricForm, seminar: Seminar | None) -> Rubric | None:
    given = form.cleaned_data
    try:
        return create_rubric(
            actor=request.user,
            title=given["title"],
            seminar=seminar,
            content=form.content(),
            note=given["note"],
        )
    except DomainError as error:
        form.refuse(error)
        return None


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def rubric_edit(request: SignedInRequest, rubric_id: UUID) -> HttpResponse:
    """Write a rubric's next version, see what it would move, and publish it."""
    found = find_rubric(request, rubric_id, changes=True)
    newest = latest_of(found.rubric)
    content = content_of(newest)
    form = RubricForm(
        request.POST or None,
        initial={"title": found.rubric.title, "version": found.rubric.version},
        rows=rows_of(content) or [new_row()],
    )
    context: dict[str, Any] = {"rubric": found.rubric, "seminar": found.seminar}
    if form.is_rearranged:
        form = form.rearranged()
    elif form.is_valid():
        if request.POST.get("act") != "publish":
            context |= _preview(request, found.rubric, form, content)
        else:
            try:
                return _published(request, found.rubric, form)
            except Stale as error:
                form.add_error(None, error.sentence)
                context |= {
                    "stale": found.rubric.version,
                    "changes": differences(content, form.content()),
                }
            except DomainError as error:
                form.refuse(error)
    return _editor(request, form, context)


def _published(request: SignedInRequest, rubric: Rubric, form: RubricForm) -> HttpResponse:
    given = form.cleaned_data
    with transaction.atomic():
        rename_rubric(
            actor=request.user,
            rubric_id=rubric.pk,
            version=given["version"],
            title=given["title"],
        )
        made, is_new = publish_rubric_version(
            actor=request.user,
            rubric_id=rubric.pk,
            version=None,
            content=form.content(),
            note=given["note"],
        )
    if not is_new:
        messages.info(request, "The criteria are as they were, so this makes no new version.")
        return redirect("grading:rubric", rubric.pk)
    messages.success(request, f"This is version {made.number} now.")
    if any(plan.number != made.number for plan in uses_of(request.user, rubric)):  # type: ignore[attr-defined]  # annotated
        return redirect("grading:rubric_move", rubric.pk, made.number)
    return redirect("grading:rubric", rubric.pk)


def _preview(
    request: SignedInRequest, rubric: Rubric, form: RubricForm, before: RubricContent
) -> dict[str, Any]:
    """What students would read, what has changed, and whose marks it would move."""
    try:
        simulated = tried_version(actor=request.user, rubric_id=rubric.pk, content=form.content())
    except DomainError as error:
        form.refuse(error)
        return {}
    return {
        "preview": form.content(),
        "changes": differences(before, simulated.content),
        "moves": simulated.moves,
    }


def _editor(request: SignedInRequest, form: RubricForm, context: dict[str, Any]) -> HttpResponse:
    status = 200
    if form.has_errors:
        status = 412 if "stale" in context else 400
    return render(request, "grading/rubric_edit.html", context | {"form": form}, status=status)


def _tell(form: Any, error: DomainError) -> None:
    """The refusal beside its field; a page of its own for what may not be known or done."""
    if error.status in {403, 404}:
        raise error
    form.add_error(error.field if error.field in form.fields else None, error.sentence)


# -- files -------------------------------------------------------------------------------------------


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def rubric_import(request: SignedInRequest) -> HttpResponse:
    """Read a rubric from a file, show what was read, and publish it in the editor."""
    form = ImportForm(
        request.POST or None,
        files=request.FILES or None,
        seminars=teaching(request.user),
        initial={"where": ""},
    )
    if form.is_valid():
        given = form.cleaned_data
        try:
            title, content = read_file(given["text"])
        except Unreadable as error:
            form.add_error("file" if given["file"] else "text", str(error))
        else:
            name = given["file"].name if given["file"] else ""
            title = given["title"] or title or _title_of(name)
            return _imported(request, form, title, content)
    status = 400 if form.errors else 200
    return render(request, "grading/rubric_import.html", {"form": form}, status=status)


def _title_of(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0].replace("_", " ")[:TOO_LONG]


def _imported(
    request: SignedInRequest, form: ImportForm, title: str, content: RubricContent
) -> HttpResponse:
    """The editor with what was read: nothing is kept before it is published there."""
    editor = RubricForm(initial={"title": title}, rows=rows_of(content))
    seminar = form.seminar
    context = {"rubric": None, "seminar": seminar, "preview": content, "imported": True}
    return _editor(request, editor, context)


# -- assignments taken to a version ------------------------------------------------------------------


@never_stored
@signed_in
@require_http_methods(GET_AND_POST)
def rubric_move(request: SignedInRequest, rubric_id: UUID, number: int) -> HttpResponse:
    """Assignments on other versions: what taking each to this one would move, and doing it."""
    found = find_rubric(request, rubric_id, changes=True)
    version = get_object_or_404(RubricVersion, rubric=found.rubric, number=number)
    form = MoveForm(request.POST or None)
    if form.is_valid():
        try:
            plan, simulation = move_plan_to_version(
                actor=request.user,
                assignment_id=form.assignment_id(),
                number=number,
                version=form.cleaned_data["version"],
                reason=form.cleaned_data["reason"],
            )
        except DomainError as error:
            _tell(form, error)
        else:
            messages.success(
                request,
                f"“{plan.assignment.title}” asks by version {number} now. "
                f"Scores that moved: {len(simulation.moved)}.",
            )
            return redirect("grading:rubric_move", rubric_id, number)
    simulated = tried_version(actor=request.user, rubric_id=rubric_id, number=number)
    context = {
        "rubric": found.rubric,
        "seminar": found.seminar,
        "version": version,
        "moves": [(plan, sim, sim.lines(plan)) for plan, sim in simulated.moves],
        "form": form,
        "refused": form.data.get("assignment", "") if form.errors else "",
    }
    status = 400 if form.errors else 200
    return render(request, "grading/rubric_move.html", context, status=status)
