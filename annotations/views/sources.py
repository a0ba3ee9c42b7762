"""A seminar's shelf of sources: looked through, added to, described, merged, copied, exported."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions.links import queue_opening
from annotations.actions.sources import (
    ONLY_ITS_OWN,
    ONLY_KEEPERS,
    add_source,
    change_source,
    check_shelf,
    copy_sources,
    import_sources,
    merge_sources,
    take_found_details,
)
from annotations.bibliography.csl import TYPES
from annotations.bibliography.reading import read_references
from annotations.bibliography.writing import write_bibtex
from annotations.forms.sources import (
    CopyForm,
    MergeForm,
    PasteForm,
    SourceForm,
    as_id,
    shelf_choice,
)
from annotations.permissions import may_change_source, may_keep_shelf
from annotations.queries.shelf import (
    SORTS,
    duplicate_pairs,
    preview_of,
    shelf_page,
    shelf_rows,
    shelves_to_copy_to,
    source_of,
    source_page,
)
from debate.core.errors import DomainError, Invalid, Missing, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.core.text import plain_cell
from debate.seminars.models import Membership, Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

    from django.forms import Form

    from annotations.models import Source
    from debate.accounts.http import SignedInRequest


def _member(request: SignedInRequest, seminar: str) -> Membership:
    """The person's membership of the seminar of that slug; 404 for whoever has none."""
    memberships = Membership.objects.of(request.user).select_related("seminar", "user")
    return get_object_or_404(memberships, seminar__slug=seminar)


def _status(form: Form) -> int:
    return 400 if form.errors else 200


def _done(form: Form, act: Callable[[], Any]) -> bool:
    """Whether the action took what the form gives; else the form tells why not."""
    try:
        act()
    except DomainError as error:
        show_refusal(form, error)
        return False
    return True


@signed_in
@require_safe
def shelf(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The sources of a seminar that the person may know, to search and to page through."""
    page = shelf_page(_member(request, seminar), shelf_choice(request.GET.dict()))
    context = {"page": page, "seminar": page.seminar, "types": TYPES, "sorts": SORTS}
    return render(request, "annotations/sources.html", context)


@signed_in
@require_safe
def shelf_export(request: SignedInRequest, seminar: str, form: str) -> HttpResponse:
    """The sources that the address chooses, as BibTeX, CSL-JSON or CSV."""
    membership = _member(request, seminar)
    sources = shelf_rows(membership, shelf_choice(request.GET.dict()))
    return exported(form, sources, f"sources-{membership.seminar.slug}")


def exported(form: str, sources: Iterable[Source], name: str) -> HttpResponse:
    """The sources as a file of that form. Raises Missing for a form there is not."""
    found = list(sources)
    if form == "bib":
        response = HttpResponse(
            write_bibtex(one.item for one in found),
            content_type="application/x-bibtex; charset=utf-8",
        )
    elif form == "json":
        items = [{"id": str(one.pk), **one.item} for one in found]
        response = HttpResponse(
            json.dumps(items, ensure_ascii=False, indent=1),
            content_type="application/vnd.citationstyles.csl+json",
        )
    elif form == "csv":
        response = HttpResponse(content_type="text/csv; charset=utf-8")
        _write_table(response, found)
    else:
        raise Missing
    response["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    return response


def _write_table(response: HttpResponse, sources: Iterable[Source]) -> None:
    table = csv.writer(response)
    table.writerow(["title", "authors", "date", "published in", "doi", "url", "accessed", "type"])
    for one in sources:
        row = SourceForm.of(one, None).initial
        accessed = row["accessed_on"]
        authors = row["author"].replace("\n", "; ")
        where = row["container_title"] or row["publisher"]
        cells = [
            row["title"],
            authors,
            row["issued"],
            where,
            one.doi,
            one.url,
            accessed,
            row["type"],
        ]
        table.writerow([plain_cell(cell) for cell in cells])


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def source_add(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Write a work in by hand, or by its DOI or link alone; the site then looks at the address."""
    found = _member(request, seminar).seminar
    check_shelf(request.user, found)
    form = SourceForm(request.POST or None, initial={"link": request.GET.get("link", "")[:2_000]})
    made: list[tuple[Source, bool]] = []

    def add() -> None:
        made.append(add_source(actor=request.user, seminar=found, details=form.details()))

    if form.is_valid() and _done(form, add):
        source, is_new = made[0]
        if is_new and source.href:
            queue_opening(source)
        said = "The work is on the shelf." if is_new else "The work stands on the shelf already."
        messages.success(request, said)
        return redirect("annotations:source", seminar, source.pk)
    context = {"seminar": found, "form": form, "source": None}
    return render(request, "annotations/source_form.html", context, status=_status(form))


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def source_import(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Paste BibTeX or RIS, look at what was read and what stands there, and take what is wanted."""
    found = _member(request, seminar).seminar
    check_shelf(request.user, found)
    if request.method != "POST":
        context = {"seminar": found, "form": PasteForm()}
        return render(request, "annotations/source_import.html", context)
    first = PasteForm(request.POST)
    first.is_valid()
    reading = read_references(first.cleaned_data.get("text", ""))
    form = PasteForm(request.POST, count=len(reading.references))
    is_chosen = form.is_valid() and "take" in request.POST
    if form.is_valid() and not (reading.references or reading.faults):
        form.add_error("text", "There is nothing to read here. Paste BibTeX or RIS.")

    def take() -> None:
        wanted = [reading.references[at] for at in form.cleaned_data["chosen"]]
        taken = import_sources(actor=request.user, seminar=found, references=wanted)
        new = sum(is_new for _, is_new in taken)
        stood = f", {len(taken) - new} stood there already" if len(taken) > new else ""
        messages.success(request, f"{new} new on the shelf{stood}.")

    if is_chosen and _done(form, take):
        return redirect("annotations:sources", seminar)
    preview = preview_of(request.user, found, reading)
    context = {"seminar": found, "form": form, "preview": preview}
    return render(request, "annotations/source_import.html", context, status=_status(form))


@signed_in
@require_safe
def source(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """One source: its citations, what is missing, its passages, checks and uses."""
    found = source_of(request.user, seminar, pk)
    page = source_page(request.user, found, as_id(request.GET.get("after", "")))
    context = {"page": page, "source": found, "seminar": found.seminar}
    return render(request, "annotations/source.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def source_edit(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Say otherwise what is known of a work."""
    found = source_of(request.user, seminar, pk)
    if not may_change_source(request.user, membership_of(request.user, found.seminar), found):
        raise NotAllowed(ONLY_ITS_OWN)
    form = SourceForm.of(found, request.POST or None)

    def change() -> None:
        seen = form.cleaned_data["seen"]
        change_source(actor=request.user, source_id=pk, changes=form.changes(), seen=seen)
        messages.success(request, "What is known of the work is changed.")

    if form.is_valid() and _done(form, change):
        return redirect("annotations:source", seminar, pk)
    context = {"seminar": found.seminar, "form": form, "source": found}
    return render(request, "annotations/source_form.html", context, status=_status(form))


@signed_in
@require_POST
def source_take(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Take over what the work's address says of it."""
    take_found_details(actor=request.user, source_id=source_of(request.user, seminar, pk).pk)
    messages.success(request, "The details are taken over. Please look whether they are right.")
    return redirect("annotations:source", seminar, pk)


@signed_in
@require_safe
def source_duplicates(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Works of the shelf that look like one, for staff."""
    membership = _member(request, seminar)
    if not may_keep_shelf(membership, membership.seminar):
        raise NotAllowed(ONLY_KEEPERS)
    pairs = duplicate_pairs(request.user, membership.seminar)
    context = {"seminar": membership.seminar, "pairs": pairs}
    return render(request, "annotations/source_duplicates.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def source_merge(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Make one of two works, after a look at both; `into` in the address or form is what stays."""
    found = source_of(request.user, seminar, pk)
    if not may_keep_shelf(membership_of(request.user, found.seminar), found.seminar):
        raise NotAllowed(ONLY_KEEPERS)
    form = MergeForm(request.POST if request.method == "POST" else request.GET)
    if not form.is_valid():
        raise Invalid("Say with which other work of the shelf it is one.", field="into")
    into = source_of(request.user, seminar, form.cleaned_data["into"])
    if request.method == "POST":
        merge_sources(actor=request.user, source_id=found.pk, into_id=into.pk)
        messages.success(request, "The two works are one now.")
        return redirect("annotations:source", seminar, into.pk)
    context = {"seminar": found.seminar, "source": found, "into": into}
    return render(request, "annotations/source_merge.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def source_copy(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Copy works with their passages and checks to the shelf of another seminar."""
    membership = _member(request, seminar)
    seminars = shelves_to_copy_to(request.user, membership.seminar)
    if not seminars:
        raise NotAllowed("Works are copied to seminars of which you are instructor or assistant.")
    choice = shelf_choice(request.GET.dict())
    sources = list(shelf_rows(membership, choice)[:500])
    form = CopyForm(request.POST or None, sources=sources, seminars=seminars)

    def copy() -> None:
        to = Seminar.objects.visible_to(request.user).get(pk=form.cleaned_data["seminar"])
        wanted = form.cleaned_data["sources"]
        made = copy_sources(actor=request.user, source_ids=wanted, to=to)
        works = "work is" if len(made) == 1 else "works are"
        messages.success(request, f"{len(made)} {works} on the shelf of {to.title}.")

    if form.is_valid() and _done(form, copy):
        return redirect("annotations:sources", seminar)
    context = {"seminar": membership.seminar, "form": form, "chosen": request.GET.get("source", "")}
    return render(request, "annotations/source_copy.html", context, status=_status(form))
