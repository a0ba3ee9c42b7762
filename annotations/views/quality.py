"""Quality marks: setting one, reading it with its answers, settling it; and "me too"."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions.attending import ask_no_longer, ask_too
from annotations.actions.quality import (
    ONLY_STAFF,
    ONLY_WRITERS,
    answer_mark,
    find_target,
    set_mark,
    settle_mark,
    types_for,
)
from annotations.forms.quality import MarkAnswerForm, MarkForm, SettleForm
from annotations.permissions import may_set_mark
from annotations.queries.quality import mark_page, mark_target, open_marks_on
from annotations.views.annotations import GET_AND_POST
from debate.core.errors import DomainError, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse, QueryDict

    from debate.accounts.http import SignedInRequest


@signed_in
@require_http_methods(GET_AND_POST)
def mark_new(request: SignedInRequest, on: str, target_id: UUID) -> HttpResponse:
    """Mark a note, a claim or a passage as wanting in some way."""
    target, seminar = find_target(request.user, on, target_id)
    if not may_set_mark(membership_of(request.user, seminar), seminar):
        raise NotAllowed(ONLY_WRITERS)
    form = MarkForm(_posted(request), types=types_for(target))
    if request.method == "POST" and form.is_valid():
        try:
            mark = set_mark(actor=request.user, on=on, target_id=target_id, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Marked. Whoever wrote it is told, and can answer.")
            return redirect(mark)
    shown = mark_target(request.user, target, seminar)
    marks = list(open_marks_on(request.user, target))
    context = {"form": form, "on": shown, "marks": marks, "assignment": shown.assignment}
    return render(request, "annotations/mark_new.html", context, status=_status(form))


@signed_in
@require_http_methods(GET_AND_POST)
def mark(request: SignedInRequest, mark_id: UUID) -> HttpResponse:
    """A mark with its answers; posting answers it."""
    page = mark_page(request.user, mark_id)
    form = MarkAnswerForm(_posted(request))
    if request.method == "POST":
        if not may_set_mark(membership_of(request.user, page.on.seminar), page.on.seminar):
            raise NotAllowed(ONLY_WRITERS)
        if form.is_valid():
            try:
                answer_mark(actor=request.user, mark_id=mark_id, **form.cleaned_data)
            except DomainError as error:
                show_refusal(form, error)
            else:
                messages.success(request, "Answered. Whoever set the mark is told.")
                return redirect(page.mark)
    context = {"page": page, "form": form, "assignment": page.on.assignment}
    return render(request, "annotations/mark.html", context, status=_status(form))


@signed_in
@require_http_methods(GET_AND_POST)
def mark_settle(request: SignedInRequest, mark_id: UUID) -> HttpResponse:
    """Ask, then settle a mark; whoever set it takes it back so."""
    page = mark_page(request.user, mark_id)
    if page.mark.resolved_at:
        return redirect(page.mark)
    if not page.can_settle:
        raise NotAllowed(ONLY_STAFF)
    form = SettleForm(_posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            settle_mark(actor=request.user, mark_id=mark_id, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Settled.")
            return redirect(page.mark)
    is_own = page.mark.by_id == request.user.pk
    context = {"page": page, "form": form, "assignment": page.on.assignment, "is_own": is_own}
    return render(request, "annotations/mark_settle.html", context, status=_status(form))


@signed_in
@require_POST
def me_too(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Say that one asks the same, or with `on=0` take it back; back to where one was."""
    says = request.POST.get("on") != "0"
    act = ask_too if says else ask_no_longer
    question = act(actor=request.user, annotation_id=annotation_id)
    said = "Your “me too” counts." if says else "Your “me too” is taken back."
    messages.success(request, said)
    back = request.POST.get("next", "")
    own = back.startswith("/") and url_has_allowed_host_and_scheme(
        back, allowed_hosts=None, require_https=request.is_secure()
    )
    return redirect(back if own else question)


def _posted(request: SignedInRequest) -> QueryDict | None:
    """What was sent, were it nothing: settling needs no words."""
    return request.POST if request.method == "POST" else None


def _status(form: Form) -> int:
    return 400 if form.is_bound and form.errors else 200
