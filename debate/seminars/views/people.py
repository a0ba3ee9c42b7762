"""The people of a seminar: listed, added, changed, removed; and leaving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.actions.people import (
    add_person,
    change_member,
    leave_seminar,
    remove_member,
    say_consent,
)
from debate.seminars.forms.people import AddPersonForm, PeopleFilterForm, StandingForm
from debate.seminars.models import Membership
from debate.seminars.permissions import is_instructor, may_manage
from debate.seminars.queries.people import (
    people_page,
    sections_of,
    shown_sections,
    with_sections,
)

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


CONSENTS = {"yes": True, "no": False}


def reader_of(request: SignedInRequest, slug: str) -> Membership:
    """The person's own membership of that seminar, which is 404 to everybody else."""
    own = Membership.objects.of(request.user).select_related("seminar", "user")
    return get_object_or_404(own, seminar__slug=slug)


def instructor_of(request: SignedInRequest, slug: str) -> Membership:
    """As `reader_of`. Raises NotAllowed for members who do not manage the seminar's people."""
    reader = reader_of(request, slug)
    if not may_manage(reader, reader.seminar):
        raise NotAllowed("Only instructors of this seminar, while it is not archived, do this.")
    return reader


@signed_in
@require_safe
def people(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Who is in the seminar, by role."""
    reader = reader_of(request, seminar)
    sections = sections_of(reader.seminar_id) if reader.is_staff else []
    form = PeopleFilterForm(request.GET, sections=sections)
    asked = request.GET
    page = people_page(
        reader, form.wanted(), after=asked.get("after", ""), before=asked.get("before", "")
    )
    context = {"seminar": reader.seminar, "page": page, "form": form, "sections": sections}
    return render(request, "seminars/people.html", context, status=200 if form.is_valid() else 400)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def person_add(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Add somebody by username or e-mail address."""
    reader = instructor_of(request, seminar)
    form = AddPersonForm(request.POST or None, sections=sections_of(reader.seminar_id))
    if form.is_valid():
        who = form.cleaned_data["who"]
        try:
            added = add_person(
                actor=request.user, seminar=reader.seminar, who=who, standing=form.standing()
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, _added(added))
            return redirect("seminars:people", seminar)
    context = {"seminar": reader.seminar, "form": form}
    return render(request, "seminars/person_form.html", context, status=400 if form.errors else 200)


def _added(added: object) -> str:
    if isinstance(added, Membership):
        role = added.get_role_display().lower()
        return f"{added.user.display_name} is now a member, as {role}."
    return f"{added} is expected: nobody with that address has an account yet."


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """What a member is, to be changed."""
    member = _member(request, seminar, pk)
    form = StandingForm(
        request.POST or None,
        sections=sections_of(member.seminar_id),
        initial={
            "role": member.role,
            "is_limited": member.is_limited,
            "sections": [str(one.pk) for one in shown_sections(member)],
        },
    )
    if form.is_valid():
        try:
            change_member(actor=request.user, membership_id=pk, standing=form.standing())
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"{member.user.display_name} has been changed.")
            return redirect("seminars:people", seminar)
    context = {"seminar": member.seminar, "form": form, "member": member}
    return render(request, "seminars/person_form.html", context, status=400 if form.errors else 200)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def person_remove(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Ask before a member is removed (GET), then remove (POST)."""
    member = _member(request, seminar, pk)
    if request.method == "POST":
        remove_member(actor=request.user, membership_id=pk)
        name = member.user.display_name
        messages.success(request, f"{name} has been removed. What {name} wrote stays.")
        return redirect("seminars:people", seminar)
    context = {"seminar": member.seminar, "member": member}
    return render(request, "seminars/person_remove.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Ask before one leaves the seminar (GET), then leave (POST)."""
    reader = reader_of(request, seminar)
    if request.method == "POST":
        leave_seminar(actor=request.user, seminar=reader.seminar)
        messages.success(request, f"You have left {reader.seminar.title}.")
        return redirect("home")
    instructors = Membership.objects.filter(seminar=reader.seminar_id, role=reader.role)
    is_last = is_instructor(reader) and not instructors.exclude(pk=reader.pk).exists()
    context = {"seminar": reader.seminar, "is_last": is_last}
    return render(request, "seminars/people_leave.html", context)


@signed_in
@require_POST
def consent(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Say whether one's words may go into research: `consents` is yes or no, else unanswered."""
    reader = reader_of(request, seminar)
    answer = CONSENTS.get(request.POST.get("consents", ""))
    try:
        say_consent(actor=request.user, seminar=reader.seminar, consents=answer)
    except DomainError as error:
        messages.error(request, error.sentence)
    else:
        messages.success(request, "Your answer is kept. You can change it here at any time.")
    return redirect(reader.seminar)


def _member(request: SignedInRequest, slug: str, pk: UUID) -> Membership:
    reader = instructor_of(request, slug)
    members = Membership.objects.filter(seminar=reader.seminar_id).people()
    return get_object_or_404(
        with_sections(members, reader.seminar_id).select_related("seminar"), pk=pk
    )
