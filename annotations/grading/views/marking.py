"""What the marker's column of the desk does: save, submit, take back, and answer its scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import redirect, render
from django.template.defaultfilters import floatformat
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST

from annotations.grading.actions.marking import (
    change_work,
    reopen_mark,
    save_item_feedback,
    start_mark,
    submit_mark,
    withdraw_mark,
)
from annotations.grading.actions.queueing import take_next
from annotations.grading.enums import MarkState
from annotations.grading.forms.marking import change_of, typed_content, version_of
from annotations.grading.models import Criterion, Mark
from annotations.grading.queries.frozen import frozen_items
from annotations.grading.queries.marking import Marking, marking_for, plain
from annotations.grading.queries.veil import veil_of
from annotations.grading.views.desk import show_desk
from annotations.grading.views.finding import find_graded, find_work, never_stored
from annotations.views.fragments import in_fragments, is_fragment
from debate.core.errors import DomainError, Missing, Stale
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.grading.models import Work
    from annotations.grading.queries.marking import Content
    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest

SUBMITS = ("next", "submit")
LACKS = ("incomplete", "uncited")
"""Codes of what is refused for what a mark lacks."""


@never_stored
@signed_in
@require_POST
def mark(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """Keep the whole form; `then` submits it, and leads on to the next work or stays."""
    graded, work = _found(request, seminar, assignment, work_id)
    criteria = criteria_of(request, graded, work)
    try:
        said = _kept(request, work, criteria)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        return refused(request, graded, work, typed_content(request.POST, criteria), error)
    then = request.POST.get("then", "")
    if then in {"next", "save_next"}:
        return _on(request, graded, work, said)
    messages.success(request, said)
    return redirect(desk_of(graded, work))


def _kept(request: SignedInRequest, work: Work, criteria: list[Criterion]) -> str:
    """Keep the form, and submit the mark where that was pressed; what is to be said of it."""
    change = change_of(request.POST, criteria)
    own = change_work(
        actor=request.user, work_id=work.pk, change=change, version=version_of(request.POST)
    )
    if request.POST.get("then") in SUBMITS:
        submit_mark(actor=request.user, mark_id=own.pk, version=own.version)
        return "Submitted. Students see nothing of it before grades are released."
    return "Saved."


def _on(request: SignedInRequest, graded: Graded, work: Work, said: str) -> HttpResponse:
    """On to the next work that waits, which the person holds from then on; else to the queue."""
    taken = take_next(actor=request.user, assignment_id=graded.assignment.pk, after=work.pk)
    messages.success(request, said)
    if taken is None or taken.work.pk == work.pk:
        return redirect("grading:works", graded.assignment.seminar.slug, graded.assignment.slug)
    return redirect(desk_of(graded, taken.work))


@never_stored
@signed_in
@require_POST
@in_fragments
def part(request: SignedInRequest, seminar: str, assignment: str, work_id: UUID) -> HttpResponse:
    """Keep the fields that `set` names; for the scripts of the desk."""
    graded, work = _found(request, seminar, assignment, work_id)
    criteria = criteria_of(request, graded, work)
    only = frozenset(request.POST.getlist("set"))
    change = change_of(request.POST, criteria, only=only)
    own = change_work(
        actor=request.user, work_id=work.pk, change=change, version=version_of(request.POST)
    )
    return JsonResponse(_told(request, graded, work, own))


@never_stored
@signed_in
@require_POST
@in_fragments
def item_feedback(
    request: SignedInRequest, seminar: str, assignment: str, work_id: UUID, item_id: UUID
) -> HttpResponse:
    """Say something of one contribution, which begins the mark where there is none."""
    graded, work = _found(request, seminar, assignment, work_id)
    version = version_of(request.POST)
    own = Mark.objects.filter(work=work, marker=request.user).standing().first()
    if own is None and version == 0:
        own = start_mark(actor=request.user, work_id=work.pk)
        version = own.version
    if own is None:
        raise Stale("This mark was taken back meanwhile.", extra={"version": 0})
    try:
        save_item_feedback(
            actor=request.user,
            mark_id=own.pk,
            item_id=item_id,
            body=request.POST.get("body", ""),
            version=version,
        )
    except DomainError as error:
        if is_fragment(request) or error.status in {403, 404}:
            raise
        typed = request.POST.get("body", "")
        context = _context(graded, work) | {"error": error, "body": typed, "item_id": item_id}
        context["version"] = Mark.objects.get(pk=own.pk).version
        return render(request, "grading/mark_feedback.html", context, status=error.status)
    if is_fragment(request):
        own = Mark.objects.get(pk=own.pk)
        return JsonResponse(_told(request, graded, work, own))
    messages.success(request, "Feedback saved. Its author reads it once the grade is released.")
    return redirect(f"{desk_of(graded, work)}#i-{item_id}")


@never_stored
@signed_in
@require_POST
def mark_reopen(
    request: SignedInRequest, seminar: str, assignment: str, work_id: UUID
) -> HttpResponse:
    """Make the own submitted mark a draft again."""
    graded, work = _found(request, seminar, assignment, work_id)
    return _turned(request, graded, work, "It is a draft again, and counts once you submit it.")


@never_stored
@signed_in
@require_POST
def mark_withdraw(
    request: SignedInRequest, seminar: str, assignment: str, work_id: UUID
) -> HttpResponse:
    """Take the own mark back, so that somebody can mark the work anew."""
    graded, work = _found(request, seminar, assignment, work_id)
    reason = request.POST.get("reason", "")
    return _turned(request, graded, work, "Your mark is taken back.", reason=reason)


def _turned(
    request: SignedInRequest, graded: Graded, work: Work, said: str, *, reason: str | None = None
) -> HttpResponse:
    own = Mark.objects.filter(work=work, marker=request.user).standing().first()
    if own is None:
        raise Missing
    act: dict[str, Any] = {
        "actor": request.user,
        "mark_id": own.pk,
        "version": version_of(request.POST),
    }
    try:
        if reason is None:
            reopen_mark(**act)
        else:
            withdraw_mark(**act, reason=reason)
    except DomainError as error:
        if error.status in {403, 404}:
            raise
        messages.error(request, error.sentence)
    else:
        messages.success(request, said)
    return redirect(desk_of(graded, work))


# -- what they share -------------------------------------------------------------------------------


def _found(
    request: SignedInRequest, seminar: str, assignment: str, work_id: UUID
) -> tuple[Graded, Work]:
    graded = find_graded(request.user, seminar, assignment)
    if graded.plan is None:
        raise Missing
    return graded, find_work(request.user, graded, work_id)


def desk_of(graded: Graded, work: Work) -> str:
    """The address of the work's desk."""
    place = [graded.assignment.seminar.slug, graded.assignment.slug, work.pk]
    return reverse("grading:desk", args=place)


def criteria_of(request: SignedInRequest, graded: Graded, work: Work) -> list[Criterion]:
    """The criteria of the own mark's rubric, else of the plan's."""
    own = Mark.objects.filter(work=work, marker=request.user).standing().first()
    version = own.rubric_version_id if own else graded.planned.rubric_version_id
    return list(Criterion.objects.filter(rubric_version=version).order_by("position"))


def _told(request: SignedInRequest, graded: Graded, work: Work, own: Mark) -> dict[str, Any]:
    """What a script is told of a mark that was kept."""
    column = marking_for(request.user, graded.planned, work)
    total = column.total
    return {
        "version": own.version,
        "state": own.state,
        "saved": date_format(localtime(own.updated_at), "H:i"),
        "total": {
            "points": plain(total.points),
            "most": plain(total.most),
            "unset": total.unset,
        },
        "scale": None
        if column.on_scale is None
        else {
            "scaled": floatformat(column.on_scale, "-2"),
            "to": floatformat(column.plan.points, "-2"),
        },
        "rows": {
            row.key: {
                "points": "" if row.points is None else plain(row.points),
                "most": plain(row.criterion.points),
                "is_proposed": row.is_proposed,
                "lacks_citation": row.lacks_citation,
            }
            for row in column.rows
        },
    }


def _context(graded: Graded, work: Work) -> dict[str, Any]:
    return {
        "graded": graded,
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "plan": graded.planned,
        "work": work,
        "desk": desk_of(graded, work),
    }


def refused(
    request: SignedInRequest, graded: Graded, work: Work, typed: Content, error: DomainError
) -> HttpResponse:
    """The form again with what was typed, what was refused, and beside it what is kept by now.

    A draft that only cannot be submitted is kept, so that it is shown on its desk.
    """
    plan = graded.planned
    own = Mark.objects.filter(work=work, marker=request.user).standing().first()
    if error.code in LACKS and own and own.state == MarkState.DRAFT:
        return show_desk(request, graded, work.pk, refusal=error)
    fresh = find_work(request.user, graded, work.pk)
    items = frozen_items(request.user, plan, [fresh], veil_of(plan))[fresh.pk]
    column: Marking = marking_for(request.user, plan, fresh, items, typed=typed)
    context = _context(graded, fresh) | {
        "marking": column,
        "error": error,
        "is_stale": isinstance(error, Stale),
        "tells_missing": error.code in LACKS,
    }
    return render(request, "grading/mark_refused.html", context, status=error.status)
