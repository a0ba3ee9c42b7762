"""The groups of a seminar: made by hand, at random, and by students where they may."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from debate.core.errors import Conflict, DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.actions import (
    change_group,
    create_group,
    delete_group,
    draw_groups,
    join_group,
    leave_group,
    make_drawn_groups,
    make_own_group,
)
from debate.seminars.actions.groups import NOT_BY_STUDENTS, ONLY_INSTRUCTORS
from debate.seminars.forms.groups import (
    LARGEST_SEED,
    ChanceForm,
    DrawnForm,
    GroupChangeForm,
    GroupForm,
    OwnGroupForm,
)
from debate.seminars.models import Membership
from debate.seminars.permissions import may_manage, may_take_part
from debate.seminars.queries.groups import groups_page, people_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest
    from debate.seminars.actions import Draw
    from debate.seminars.models import Seminar


@signed_in
@require_safe
def group_list(request: SignedInRequest, seminar: str) -> HttpResponse:
    """The groups of the seminar, who is in them, and what there is to do with them."""
    return _list_page(request, _membership(request, seminar), OwnGroupForm())


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_create(request: SignedInRequest, seminar: str) -> HttpResponse:
    """An instructor makes a group of the people who are ticked."""
    found = _managed(request, seminar).seminar
    form = GroupForm(request.POST or None, people=people_of(found.pk))
    if form.is_valid():
        try:
            group = create_group(actor=request.user, seminar=found, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"“{group.name}” has been made.")
            return redirect("seminars:groups", found.slug)
    context = {"seminar": found, "form": form, "group": None}
    status = 400 if form.errors else 200
    return render(request, "seminars/group_form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_edit(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """An instructor renames a group, and says who is in it."""
    found = _managed(request, seminar).seminar
    group = get_object_or_404(found.groups.visible_to(request.user), pk=pk)
    members = list(group.members.values_list("pk", flat=True))
    initial = {"name": group.name, "is_open": group.is_open, "members": members}
    form = GroupChangeForm(request.POST or None, people=people_of(found.pk), initial=initial)
    if form.is_valid():
        try:
            change_group(actor=request.user, group_id=pk, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"“{form.cleaned_data['name']}” has been changed.")
            return redirect("seminars:groups", found.slug)
    context = {"seminar": found, "form": form, "group": group}
    status = 400 if form.errors else 200
    return render(request, "seminars/group_form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def group_delete(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Ask before a group is removed (GET), then remove it (POST)."""
    found = _managed(request, seminar).seminar
    group = get_object_or_404(found.groups.visible_to(request.user), pk=pk)
    if request.method == "POST":
        try:
            delete_group(actor=request.user, group_id=pk)
        except Conflict as error:
            messages.error(request, error.sentence)
        else:
            messages.success(request, f"“{group.name}” has been removed.")
        return redirect("seminars:groups", found.slug)
    context = {"seminar": found, "group": group}
    return render(request, "seminars/group_delete.html", context)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def groups_random(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Draw groups (POST), and look at them before they are made."""
    found = _managed(request, seminar).seminar
    form = ChanceForm(request.POST or None)
    seed = secrets.randbelow(LARGEST_SEED)
    return _draw_page(request, found, form, seed)


@signed_in
@require_POST
def groups_make(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Make the groups that were drawn and looked at."""
    found = _managed(request, seminar).seminar
    form = DrawnForm(request.POST)
    if not form.is_valid():
        return redirect("seminars:groups_random", found.slug)
    seed, digest = form.cleaned_data["seed"], form.cleaned_data["digest"]
    try:
        made = make_drawn_groups(
            actor=request.user, seminar=found, chance=form.chance(seed), digest=digest
        )
    except Conflict as error:
        messages.warning(request, error.sentence)
        return _draw_page(request, found, form, seed, status=409)
    messages.success(request, f"{len(made)} groups have been made.")
    return redirect("seminars:groups", found.slug)


@signed_in
@require_POST
def group_found(request: SignedInRequest, seminar: str) -> HttpResponse:
    """A student makes an open group, where the seminar allows it."""
    membership = _membership(request, seminar)
    form = OwnGroupForm(request.POST)
    if form.is_valid():
        try:
            group = make_own_group(
                actor=request.user, seminar=membership.seminar, **form.cleaned_data
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, f"You have made “{group.name}”. Others may join it here.")
            return redirect("seminars:groups", membership.seminar.slug)
    elif not may_take_part(membership, membership.seminar):
        raise NotAllowed(NOT_BY_STUDENTS)
    return _list_page(request, membership, form, status=400)


@signed_in
@require_POST
def group_join(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """A student joins an open group."""
    membership = _membership(request, seminar)
    get_object_or_404(membership.seminar.groups, pk=pk)
    group = join_group(actor=request.user, group_id=pk)
    messages.success(request, f"You are in “{group.name}” now and read what is written for it.")
    return redirect("seminars:groups", membership.seminar.slug)


@signed_in
@require_POST
def group_leave(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """A student leaves an open group."""
    membership = _membership(request, seminar)
    get_object_or_404(membership.seminar.groups, pk=pk)
    group = leave_group(actor=request.user, group_id=pk)
    messages.success(request, f"You have left “{group.name}”.")
    return redirect("seminars:groups", membership.seminar.slug)


def _membership(request: SignedInRequest, slug: str) -> Membership:
    mine = Membership.objects.of(request.user).select_related("seminar")
    return get_object_or_404(mine, seminar__slug=slug)


def _managed(request: SignedInRequest, slug: str) -> Membership:
    membership = _membership(request, slug)
    if not may_manage(membership, membership.seminar):
        raise NotAllowed(ONLY_INSTRUCTORS)
    return membership


def _list_page(
    request: SignedInRequest, membership: Membership, form: OwnGroupForm, status: int = 200
) -> HttpResponse:
    context = {
        "seminar": membership.seminar,
        "membership": membership,
        "page": groups_page(membership),
        "form": form,
    }
    return render(request, "seminars/groups.html", context, status=status)


def _draw_page(
    request: SignedInRequest, seminar: Seminar, form: ChanceForm, seed: int, status: int = 200
) -> HttpResponse:
    draw: Draw | None = None
    if form.is_valid():
        try:
            draw = draw_groups(actor=request.user, seminar=seminar, chance=form.chance(seed))
        except DomainError as error:
            # The action names the number by what it counts, the form by where it is typed.
            error.field = "number" if error.field in {"count", "size"} else error.field
            show_refusal(form, error)
    context = {"seminar": seminar, "form": form, "draw": draw, "seed": seed}
    status = 400 if form.errors else status
    return render(request, "seminars/groups_random.html", context, status=status)
