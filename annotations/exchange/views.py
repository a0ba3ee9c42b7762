"""The pages on which things are taken away, and debates taken in."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import quote_etag
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.exchange.actions import ONLY_STAFF, import_debate, undo_import
from annotations.exchange.bulk.actions import (
    ask_for_export,
    cancel_export,
    file_of,
    scope_of,
)
from annotations.exchange.bulk.answers import file_body, headers_of, streamed
from annotations.exchange.bulk.scope import Scope, Wanted
from annotations.exchange.bulk.writing import BULK, begin, page
from annotations.exchange.errors import GraphRefused
from annotations.exchange.formats import native
from annotations.exchange.formats.faults import RULES
from annotations.exchange.formats.registry import FORMATS
from annotations.exchange.forms import ConfirmForm, ImportForm, TakeForm, keep
from annotations.exchange.queries.debates import export_of
from annotations.exchange.queries.plans import bears_on, import_of, imports_of, plan_of, reading_of
from annotations.models import ExportJob
from annotations.permissions import may_keep_map
from annotations.views.reading import assignment_for
from debate.assignments.models import Assignment
from debate.core.api.rates import count_page
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed, TooMany
from debate.core.policies import public, signed_in
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, is_staff, membership_of

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    from annotations.exchange.queries.debates import Export
    from debate.accounts.http import SignedInRequest

MOST_AT_ONCE = 2_000
"""Annotations that a page gives away at once; more are made by a job."""

SHOWN_JOBS = 20


@public
@require_safe
def exchange(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The formats to take away; for staff also what was taken in."""
    found = assignment_for(request.user, seminar, assignment)
    membership = membership_of(request.user, found.seminar)
    context = {
        "assignment": found,
        **taking(request, Scope(request.user, assignment=found)),
        "formats": FORMATS.values(),
        "is_staff": is_staff(membership),
        "may_import": may_keep_map(membership, found.seminar),
        "imports": imports_of(found) if is_staff(membership) else [],
    }
    return render(request, "exchange/exchange.html", context)


@public
@require_safe
def download(request: HttpRequest, seminar: str, assignment: str, name: str) -> HttpResponse:
    """The debate as a file, as far as the person may know it."""
    count_page(request, "bulk")
    found = assignment_for(request.user, seminar, assignment)
    if name not in FORMATS:
        raise Http404
    response = file_response(export_of(request.user, found, name))
    # To whoever has it in this state already it is not sent again (RFC 9110, 13.1.2).
    return get_conditional_response(request, etag=response["ETag"], response=response) or response


def taking(request: HttpRequest, scope: Scope, form: TakeForm | None = None) -> dict[str, Any]:
    """What the form to take everything away shows, and the person's exports of the same."""
    jobs = ExportJob.objects.visible_to(request.user).order_by("-id")
    if scope.assignment or scope.seminar:
        jobs = jobs.filter(assignment=scope.assignment, seminar=scope.seminar)
    first = {
        "assignment": scope.assignment and scope.assignment.pk,
        "seminar": scope.seminar and scope.seminar.pk,
    }
    of_an_assignment = scope.assignment is not None
    return {
        "scope": scope,
        "form": form or TakeForm(initial=first, of_an_assignment=of_an_assignment),
        "bulk": [one for one in BULK.values() if of_an_assignment or not one.is_document],
        "jobs": jobs.select_related("assignment__seminar", "seminar")[:SHOWN_JOBS],
    }


@signed_in
@require_safe
def seminar_export(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Take away all that one may read of a seminar."""
    found = Seminar.objects.visible_to(request.user).filter(slug=seminar).first()
    if found is None:
        raise Missing
    membership = membership_of(request.user, found)
    context = {
        "seminar": found,
        "is_staff": is_staff(membership),
        "is_instructor": is_instructor(membership),
        **taking(request, Scope(request.user, seminar=found)),
    }
    return render(request, "exchange/seminar.html", context)


@signed_in
@require_safe
def my_exports(request: SignedInRequest) -> HttpResponse:
    """Take away all that one wrote; and all one's exports."""
    return render(request, "exchange/mine.html", taking(request, Scope(request.user)))


@public
@require_POST
def take(request: HttpRequest) -> HttpResponse:
    """Take it away: at once where that is soon done, else by a job that one can watch."""
    scope = _scope(request, request.POST)
    form = TakeForm(request.POST, of_an_assignment=scope.assignment is not None)
    if not form.is_valid():
        context = taking(request, scope, form)
        return render(request, "exchange/take.html", context, status=400)
    if not request.user.is_authenticated or _is_small(scope, form.wanted):
        named = {name: request.POST.get(name, "") for name in ("assignment", "seminar")}
        asked = {**named, "format": form.wanted.format, **form.wanted.options}
        query = urlencode({name: value for name, value in asked.items() if value})
        return redirect(f"{reverse('exchange:annotations')}?{query}")
    try:
        job = ask_for_export(actor=request.user, scope=scope, wanted=form.wanted)
    except TooMany as error:
        messages.error(request, error.sentence)
        return redirect("exchange:mine")
    return redirect("exchange:job", job.pk)


@public
@require_safe
def at_once(request: HttpRequest) -> HttpResponseBase:
    """All annotations of something as a file, at once."""
    count_page(request, "bulk")
    scope = _scope(request, request.GET)
    if not request.GET.get("format"):
        raise Missing
    try:
        wanted = Wanted.read(request.GET)
        headers = headers_of(scope, wanted)
    except Invalid:
        raise Missing from None
    if request.method == "HEAD":
        return HttpResponse(headers=headers)
    return streamed(request, scope, wanted, base=request.build_absolute_uri("/")[:-1])


@public
@require_safe
def to_print(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The essay with what was said of it, on a page to print."""
    count_page(request, "bulk")
    found = assignment_for(request.user, seminar, assignment)
    scope = Scope(request.user, assignment=found)
    base = request.build_absolute_uri("/")[:-1]
    records = begin(scope, Wanted(format="html"), base=base)
    try:
        return HttpResponse(b"".join(page(records)))
    finally:
        records.snapshot.close()


@signed_in
@require_safe
def job(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """How far an export of one's own is."""
    return render(request, "exchange/job.html", {"job": _job(request, job_id)})


@signed_in
@require_POST
def job_cancel(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """End an export of one's own that is not finished."""
    try:
        cancel_export(actor=request.user, job_id=job_id)
    except InvalidState as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "The export is cancelled.")
    return redirect("exchange:mine")


@signed_in
@require_safe
def job_file(request: SignedInRequest, job_id: UUID) -> HttpResponseBase:
    """The file of an export of one's own."""
    found, path = file_of(request.user, job_id)
    scope = scope_of(found)
    headers = headers_of(scope, Wanted.read({**found.options, "format": found.format}))
    response = StreamingHttpResponse(file_body(request, path), headers=headers)
    response["Content-Length"] = str(found.size)
    return response


def file_response(export: Export) -> HttpResponse:
    """The file as a download, under the tag of its state."""
    response = HttpResponse(export.content, content_type=export.format.media_type)
    response["Content-Disposition"] = f'attachment; filename="{export.filename}"'
    response["ETag"] = quote_etag(export.digest)
    response["Cache-Control"] = "private, no-cache"
    return response


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def import_file(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Choose a file; posted, see what it would make, or what is wrong with it. Nothing is kept."""
    found = _to_import(request, seminar, assignment)
    form = ImportForm(request.POST or None, request.FILES or None)
    faults: dict[str, Any] = {}
    if form.is_valid():
        upload = form.cleaned_data["file"]
        content = upload.read()
        try:
            reading = reading_of(content, format_name=form.cleaned_data["format"])
        except GraphRefused as refused:
            form.add_error("file", refused.sentence)
            faults = refused.extra
        else:
            name = upload.name[:200]
            kept = keep(found.pk, format_name=reading.format, name=name, content=content)
            context = {
                "assignment": found,
                "plan": plan_of(request.user, found, reading),
                "name": name,
                "form": ConfirmForm(initial={"kept": kept}),
            }
            return render(request, "exchange/import_preview.html", context)
    return _import_page(request, found, form, faults)


@signed_in
@require_POST
def import_confirm(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Take in the file that was looked at."""
    found = _to_import(request, seminar, assignment)
    form = ConfirmForm(request.POST)
    file = form.file(found.pk) if form.is_valid() else None
    if file is None:
        messages.error(request, "Please choose the file once more: the preview was too old.")
        return redirect("exchange:import", seminar, assignment)
    format_name, name, content = file
    try:
        import_debate(
            actor=request.user,
            assignment_id=found.pk,
            format_name=format_name,
            content=content,
            name=name,
        )
    except Conflict as error:
        messages.error(request, error.sentence)
        return redirect("exchange:import", seminar, assignment)
    messages.success(request, "The map has what the file holds.")
    return redirect("exchange:exchange", seminar, assignment)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def undo(request: SignedInRequest, seminar: str, assignment: str, graph_id: UUID) -> HttpResponse:
    """Ask whether what a file made is to go; posted, it goes."""
    found = _to_import(request, seminar, assignment)
    graph = import_of(found, graph_id)
    if graph is None:
        raise Missing
    if request.method == "POST":
        try:
            undo_import(actor=request.user, graph_id=graph_id)
        except Conflict as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, "What the file made is off the map.")
        return redirect("exchange:exchange", seminar, assignment)
    context = {"assignment": found, "graph": graph, "bearing": bears_on(graph)}
    return render(request, "exchange/import_undo.html", context)


@public
@require_safe
def schema(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - Django's signature
    """The JSON Schema of Counterpoint's own format."""
    return JsonResponse(native.schema(), content_type="application/schema+json")


def _job(request: SignedInRequest, job_id: UUID) -> ExportJob:
    known = ExportJob.objects.visible_to(request.user)
    found = known.select_related("assignment__seminar", "seminar").filter(pk=job_id).first()
    if found is None:
        raise Missing
    return found


def _scope(request: HttpRequest, given: Any) -> Scope:
    """What the form or address names. Raises Missing."""
    asked = TakeForm(given, of_an_assignment=True)
    asked.is_valid()
    named = {name: asked.cleaned_data.get(name) for name in ("assignment", "seminar")}
    if any(given.get(name) and not named[name] for name in named):
        raise Missing
    if named["assignment"]:
        known = Assignment.objects.visible_to(request.user).for_pages()
        assignment = known.filter(pk=named["assignment"]).first()
        if assignment is None:
            raise Missing
        return Scope(request.user, assignment=assignment)
    if named["seminar"]:
        seminar = Seminar.objects.visible_to(request.user).filter(pk=named["seminar"]).first()
        if seminar is None:
            raise Missing
        return Scope(request.user, seminar=seminar)
    if not request.user.is_authenticated:
        raise Missing
    return Scope(request.user)


def _is_small(scope: Scope, wanted: Wanted) -> bool:
    """Whether it is soon made, so that nobody needs to watch it."""
    some = scope.annotations(wanted).values("pk")[: MOST_AT_ONCE + 1]
    return len(some) <= MOST_AT_ONCE


def _to_import(request: SignedInRequest, seminar: str, assignment: str) -> Assignment:
    """The assignment, for whoever takes files in. Raises Missing, NotAllowed."""
    found = assignment_for(request.user, seminar, assignment)
    membership = membership_of(request.user, found.seminar)
    if not may_keep_map(membership, found.seminar):
        raise NotAllowed(ONLY_STAFF)
    return found


def _import_page(
    request: SignedInRequest, assignment: Assignment, form: ImportForm, faults: dict[str, Any]
) -> HttpResponse:
    listed = [{**fault, "meaning": RULES[fault["rule"]]} for fault in faults.get("faults", [])]
    context = {
        "assignment": assignment,
        "form": form,
        "faults": listed,
        "more": faults.get("count", 0) - len(listed),
    }
    status = 400 if form.errors else 200
    return render(request, "exchange/import.html", context, status=status)
