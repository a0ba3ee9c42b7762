"""Own dates: extensions of an assignment, and accommodations of a seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.assignments.actions import change_accommodations, grant_extension, withdraw_extension
from debate.assignments.forms import AccommodationsForm, ExtensionForm
from debate.assignments.models import Extension
from debate.assignments.permissions import may_extend
from debate.assignments.queries import (
    accommodations_in,
    dates_for,
    extensions_page,
    students_in,
    students_of,
    zone_of,
)
from debate.assignments.views.finding import find_assignment, find_own
from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User
    from debate.assignments.models import Assignment


@signed_in
@require_safe
def extension_list(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """The dates that hold: to staff those of their students, to everybody the own."""
    found = find_own(request, seminar, assignment)
    membership = membership_of(request.user, found.seminar)
    context = {
        "assignment": found,
        "seminar": found.seminar,
        "zone": zone_of(found.seminar.time_zone),
        "page": extensions_page(request.user, found, membership),
        "may_extend": may_extend(membership, found.seminar),
    }
    return render(request, "assignments/extension_list.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def extension_edit(
    request: SignedInRequest, seminar: str, assignment: str, user_id: UUID
) -> HttpResponse:
    """Give one student later dates, or change them."""
    found, person = _find_student(request, seminar, assignment, user_id)
    visible = Extension.objects.visible_to(request.user)
    extension = visible.filter(assignment=found, user=person).first()
    names = ("due_at", "closes_at", "reason_code")
    form = ExtensionForm(
        request.POST or None,
        zone=zone_of(found.seminar.time_zone),
        initial={name: getattr(extension, name) for name in names} if extension else {},
    )
    if form.is_valid():
        try:
            grant_extension(
                actor=request.user, assignment_id=found.pk, user_id=person.pk, **form.cleaned_data
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{person.display_name} has dates of their own now.")
            return redirect("assignments:extensions", found.seminar.slug, found.slug)
    context = {
        "form": form,
        "assignment": found,
        "seminar": found.seminar,
        "zone": zone_of(found.seminar.time_zone),
        "person": person,
        "extension": extension,
        "dates": dates_for(person, found),
    }
    status = 400 if form.errors else 200
    return render(request, "assignments/extension_form.html", context, status=status)


@signed_in
@require_POST
def extension_withdraw(
    request: SignedInRequest, seminar: str, assignment: str, user_id: UUID
) -> HttpResponse:
    """Let everybody's dates hold for the student again."""
    found, person = _find_student(request, seminar, assignment, user_id)
    withdraw_extension(actor=request.user, assignment_id=found.pk, user_id=person.pk)
    messages.success(request, f"{person.display_name} has no extension any more.")
    return redirect("assignments:extensions", found.seminar.slug, found.slug)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def accommodations(request: SignedInRequest, seminar: str) -> HttpResponse:
    """How many days each student has more in every assignment of the seminar."""
    found = get_object_or_404(Seminar.objects.visible_to(request.user), slug=seminar)
    _refuse_unless_extending(request, found)
    students = students_of(found)
    form = AccommodationsForm(
        request.POST if request.method == "POST" else None,
        students=students,
        days=accommodations_in(found, request.user),
    )
    if form.is_valid():
        change_accommodations(actor=request.user, seminar_id=found.pk, days=form.given())
        messages.success(request, "The accommodations are saved. They hold at once.")
        return redirect("assignments:accommodations", found.slug)
    context = {"form": form, "seminar": found}
    status = 400 if form.errors else 200
    return render(request, "assignments/accommodations.html", context, status=status)


def _find_student(
    request: SignedInRequest, seminar: str, assignment: str, user_id: UUID
) -> tuple[Assignment, User]:
    """The assignment and the student of the address, for whoever grants extensions."""
    found = find_assignment(request, seminar, assignment)
    _refuse_unless_extending(request, found.seminar)
    person = next((one for one in students_in(found) if one.pk == user_id), None)
    if person is None:
        raise Http404
    return found, person


def _refuse_unless_extending(request: SignedInRequest, seminar: Seminar) -> None:
    if not may_extend(membership_of(request.user, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar grant more time.")
