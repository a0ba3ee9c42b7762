"""The queue of an assignment's works, and who marks which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.grading.actions.collecting import collect_works, take_in
from annotations.grading.actions.queueing import (
    assign_markers,
    hold_work,
    let_go,
    take_next,
)
from annotations.grading.enums import MarkRole
from annotations.grading.forms.queue import SplitForm, SplitPreviewForm, queue_choice
from annotations.grading.queries.criteria import criteria_of
from annotations.grading.queries.queue import in_order, queue_of, queue_rows
from annotations.grading.queries.splitting import fields_of, markers_of, sections_of
from annotations.grading.views.finding import (
    Graded,
    find_graded,
    find_work,
    never_stored,
    refuse_all_but_instructors,
)
from debate.core.errors import DomainError, NotAllowed
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from debate.accounts.http import SignedInRequest

WORKS_A_PAGE = 50


@never_stored
@signed_in
@require_safe
def queue(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The works of an assignment, for its markers; what has closed is collected on the way."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.plan
    if plan is None:
        return render(request, "grading/work_queue.html", _context(graded))
    if _is_due(graded):
        collect_works(actor=request.user, assignment_id=graded.assignment.pk)
        plan.refresh_from_db(fields=["collected_at", "counter"])
    found = queue_of(request.user, plan, queue_choice(request.GET.dict()))
    page = Paginator(found.rows, WORKS_A_PAGE).get_page(request.GET.get("page"))
    context = _context(graded) | {
        "queue": found,
        "page_obj": page,
        "criteria": criteria_of(plan) if found.total else [],
    }
    return render(request, "grading/work_queue.html", context)


@never_stored
@signed_in
@require_POST
def next_work(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Lead to the next work that waits for the person, who holds it from then on."""
    graded = find_graded(request.user, seminar, assignment)
    after = _uuid(request.POST.get("after"))
    taken = take_next(actor=request.user, assignment_id=graded.assignment.pk, after=after)
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    if taken is None:
        messages.success(request, "No work waits for you: all are marked, or others have them.")
        return redirect("grading:works", *place)
    return redirect("grading:desk", *place, taken.work.pk)


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def collect(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Collect an assignment by hand, once that is confirmed: one without a closing, as it stands."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.planned
    if not graded.marks:
        raise NotAllowed("Only staff of this seminar collect works, and while it is not archived.")
    if request.method == "POST":
        made = collect_works(
            actor=request.user,
            assignment_id=graded.assignment.pk,
            by_hand=graded.assignment.closes_at is None,
        )
        messages.success(request, _collected(len(made)))
        return redirect("grading:works", graded.assignment.seminar.slug, graded.assignment.slug)
    return render(request, "grading/work_collect.html", _context(graded) | {"plan": plan})


@never_stored
@signed_in
@require_POST
def take_in_work(
    request: SignedInRequest, seminar: str, assignment: str, work_id: UUID
) -> HttpResponse:
    """Add to a work what its student wrote since."""
    graded = find_graded(request.user, seminar, assignment)
    work = find_work(request.user, graded, work_id)
    try:
        count = take_in(actor=request.user, work_id=work.pk, version=_number(request, "version"))
    except DomainError as error:
        messages.error(request, error.sentence)
    else:
        said = f"{count} more taken in." if count else "Nothing has come since."
        messages.success(request, said)
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    return redirect("grading:desk", *place, work.pk)


@never_stored
@signed_in
@require_POST
def lease(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """Renew that the person has the work open; with `release`, say that it is closed.

    Where somebody else has it, `until` is null: a page is told so, it has done nothing wrong.
    """
    graded = find_graded(request.user, seminar, assignment)
    work = find_work(request.user, graded, work_id)
    if request.POST.get("release") == "1":
        let_go(actor=request.user, work_id=work.pk)
        return HttpResponse(status=204)
    role = request.POST.get("role", "")
    known = MarkRole(role) if role in MarkRole.values else MarkRole.FIRST
    try:
        held = hold_work(actor=request.user, work_id=work.pk, role=known)
    except DomainError as error:
        if error.code != "held":
            raise
        return JsonResponse({"until": None, "detail": error.sentence})
    return JsonResponse({"until": held.expires_at.isoformat()})


@never_stored
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Say who marks what: choose how, look at what comes of it, then do it."""
    graded = find_graded(request.user, seminar, assignment)
    refuse_all_but_instructors(graded)
    plan = graded.planned
    if request.method == "POST" and request.POST.get("step") == "apply":
        return _apply_split(request, graded)
    rows = in_order(queue_rows(request.user, plan), plan)
    staff = markers_of(graded.assignment)
    given = request.POST if request.method == "POST" else None
    form = SplitForm(
        given, plan=plan, rows=rows, staff=staff, sections=sections_of(graded.assignment)
    )
    context = _context(graded) | {"form": form, "rows": rows, "counter": plan.counter}
    if given is not None and form.is_valid():
        names = {one.user_id: one.user.display_name for one in staff}
        chosen = form.split()
        field, _ = fields_of(MarkRole(form.cleaned_data["role"]))
        context |= {
            "stay": len(rows) - len(chosen),
            "role": form.cleaned_data["role"],
            "role_words": MarkRole(form.cleaned_data["role"]).label,
            "preview": [
                (
                    row,
                    getattr(row.work, field),
                    marker,
                    names.get(marker, "") if marker else "",
                )
                for row in rows
                if row.id in chosen
                for marker in [chosen[row.id]]
            ],
        }
    return render(request, "grading/work_split.html", context)


def _apply_split(request: SignedInRequest, graded: Graded) -> HttpResponse:
    form = SplitPreviewForm(request.POST)
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    if not form.is_valid():
        messages.error(request, "Please choose again.")
        return redirect("grading:split", *place)
    role = MarkRole(form.cleaned_data["role"])
    try:
        changed = assign_markers(
            actor=request.user,
            assignment_id=graded.assignment.pk,
            changes=[(work, role, marker) for work, marker in form.given().items()],
            counter=form.cleaned_data["counter"],
        )
    except DomainError as error:
        messages.error(request, error.sentence)
        return redirect("grading:split", *place)
    works = "work has" if changed == 1 else "works have"
    messages.success(request, f"{changed} {works} another marker now.")
    return redirect("grading:works", *place)


def _context(graded: Graded) -> dict[str, Any]:
    plan = graded.plan
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": plan,
        "is_blind": plan is not None and plan.hides_names,
    }


def _is_due(graded: Graded) -> bool:
    closes = graded.assignment.closes_at
    return graded.marks and closes is not None and closes <= timezone.now()


def _collected(count: int) -> str:
    if not count:
        return "Nothing more to collect: everybody whose closing has passed has a work."
    return f"{count} {'work is' if count == 1 else 'works are'} collected."


def _number(request: SignedInRequest, name: str) -> int | None:
    given = request.POST.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 10 else None  # noqa: PLR2004 - fits a version


def _uuid(text: str | None) -> UUID | None:

    try:
        return UUID(text or "")
    except ValueError:
        return None
