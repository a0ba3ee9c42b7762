"""The gradebook of a seminar and of an assignment, who took part how much, and both as files."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from annotations.grading.forms.gradebook import TakeForm, book_choice, line_choice
from annotations.grading.gradebooks import answered, seminar_sheet, sheet_for
from annotations.grading.models import Work
from annotations.grading.permissions import (
    knows_names,
    may_see_gradebook,
    may_take_grades,
)
from annotations.grading.queries.gradebook import SORTS, STATES, book_of, lines_of
from annotations.grading.queries.participation import participation_of
from annotations.grading.views.finding import (
    ONLY_STAFF,
    find_graded,
    never_stored,
)
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.policies import signed_in
from debate.core.text import plain_cell
from debate.seminars.models import Membership, Seminar
from debate.seminars.permissions import is_instructor, membership_of

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from annotations.grading.views.finding import Graded
    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User

ONLY_INSTRUCTORS_TAKE = "Only instructors of this seminar take its grades away."


@dataclass(frozen=True, slots=True)
class Booked:
    """A seminar whose gradebook the person sees as staff."""

    seminar: Seminar
    membership: Membership


def _booked(user: User, slug: str) -> Booked:
    """The seminar of the address. Raises Missing, NotAllowed for all but staff. Takes 2 queries."""
    found = Seminar.objects.visible_to(user).filter(slug=slug).first()
    if found is None:
        raise Missing
    membership = membership_of(user, found)
    if membership is None or not may_see_gradebook(membership):
        raise NotAllowed(ONLY_STAFF)
    return Booked(found, membership)


@never_stored
@signed_in
@require_safe
def seminar_gradebook(request: SignedInRequest, seminar: str) -> HttpResponse:
    """A seminar's students by its assignments."""
    booked = _booked(request.user, seminar)
    book = book_of(request.user, booked.membership, book_choice(request.GET.dict()))
    context = {
        "seminar": booked.seminar,
        "book": book,
        "states": STATES,
        "is_instructor": is_instructor(booked.membership),
        "take": TakeForm(is_of_seminar=True) if may_take_grades(booked.membership) else None,
    }
    return render(request, "grading/gradebook_seminar.html", context)


@never_stored
@signed_in
@require_safe
def seminar_gradebook_file(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The same as a file."""
    booked = _booked(request.user, seminar)
    _refuse_all_but_takers(booked.membership)
    form = TakeForm(request.GET, is_of_seminar=True)
    if not form.is_valid():
        return redirect("grading:seminar_gradebook", booked.seminar.slug)
    sheet = seminar_sheet(request.user, booked.membership, released=form.released)
    given = form.cleaned_data
    name = f"gradebook-{booked.seminar.slug}"
    return answered(sheet, given["form"], name=name, marked=given["bom"])


@never_stored
@signed_in
@require_safe
def gradebook(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The works of an assignment with their numbers."""
    graded = find_graded(request.user, seminar, assignment)
    context = _context(graded, "grades")
    if graded.plan is not None:
        choice = line_choice(request.GET.dict())
        context |= {
            "lines": lines_of(request.user, graded.plan, **choice),
            "sorts": SORTS,
            "take": TakeForm() if may_take_grades(graded.membership) else None,
        }
    return render(request, "grading/gradebook_assignment.html", context)


@never_stored
@signed_in
@require_safe
def gradebook_file(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The same as a file, or in the form that Canvas imports."""
    graded = find_graded(request.user, seminar, assignment)
    _refuse_all_but_takers(graded.membership)
    plan = graded.planned
    form = TakeForm(request.GET)
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    if not form.is_valid():
        return redirect("grading:gradebook", *place)
    given = form.cleaned_data
    try:
        sheet = sheet_for(
            request.user,
            plan,
            given["form"],
            released=form.released,
            column=given["column"],
        )
    except DomainError as error:
        context = _context(graded, "grades") | {"sentence": error.sentence}
        return render(request, "grading/gradebook_refused.html", context, status=error.status)
    return answered(sheet, given["form"], name=f"grades-{place[1]}", marked=given["bom"])


@never_stored
@signed_in
@require_safe
def participation(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """How much each student took part: counts, with bars."""
    graded = find_graded(request.user, seminar, assignment)
    context = _context(graded, "participation")
    if graded.plan is not None:
        context["found"] = participation_of(request.user, graded.membership, graded.plan)
    return render(request, "grading/gradebook_participation.html", context)


@never_stored
@signed_in
@require_safe
def participation_csv(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The same counts as a table for a spreadsheet."""
    graded = find_graded(request.user, seminar, assignment)
    plan = graded.planned
    found = participation_of(request.user, graded.membership, plan)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = (
        f'attachment; filename="participation-{graded.assignment.slug}.csv"'
    )
    table = csv.writer(response)
    table.writerow(["Name" if knows_names(plan) else "Alias", *found.labels])
    for one in found.people:
        table.writerow([plain_cell(one.name), *(number.count for number in one.counts)])
    return response


@never_stored
@signed_in
@require_safe
def gradebook_work(
    request: SignedInRequest, seminar: str, assignment: str, student: UUID
) -> HttpResponse:
    """Lead from a student's cell to the desk. Nothing leads from a person to a work in blind marking."""
    graded = find_graded(request.user, seminar, assignment)
    if not knows_names(graded.planned):
        raise Missing
    works = Work.objects.marked_by(request.user).filter(assignment=graded.assignment)
    work = works.filter(student=student).values_list("pk", flat=True).first()
    if work is None:
        raise Missing
    place = [graded.assignment.seminar.slug, graded.assignment.slug]
    return redirect("grading:desk", *place, work)


def _refuse_all_but_takers(membership: Membership) -> None:
    """Raise NotAllowed for who takes no grades away."""
    if not may_take_grades(membership):
        raise NotAllowed(ONLY_INSTRUCTORS_TAKE)


def _context(graded: Graded, at: str) -> dict[str, Any]:
    return {
        "assignment": graded.assignment,
        "seminar": graded.assignment.seminar,
        "graded": graded,
        "plan": graded.plan,
        "is_blind": graded.plan is not None and graded.plan.hides_names,
        "takes": may_take_grades(graded.membership),
        "at": at,
    }
