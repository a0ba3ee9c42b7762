"""Passages of a source: taken, their relied-on words marked, checked by a second reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from annotations.actions.passages import (
    add_passage,
    changeable_passage,
    check_passage,
    checkable_passage,
    mark_relied_on,
)
from annotations.actions.sources import check_shelf
from annotations.bibliography.relied import cut
from annotations.forms.sources import CheckForm, MarkForm, PassageForm
from annotations.queries.evidence import checks_of
from annotations.queries.shelf import passage_of, source_of
from debate.core.errors import DomainError
from debate.core.forms import show_refusal
from debate.core.policies import signed_in

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from django.forms import Form
    from django.http import HttpResponse

    from debate.accounts.http import SignedInRequest


def _done(form: Form, act: Callable[[], Any]) -> bool:
    """Whether the action took what the form gives; else the form tells why not."""
    try:
        act()
    except DomainError as error:
        show_refusal(form, error)
        return False
    return True


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def passage_add(request: SignedInRequest, seminar: str, pk: UUID) -> HttpResponse:
    """Take words from a work."""
    source = source_of(request.user, seminar, pk)
    check_shelf(request.user, source.seminar)
    form = PassageForm(request.POST or None)

    def add() -> None:
        add_passage(actor=request.user, source_id=pk, **form.cleaned_data)
        messages.success(request, "The passage is on the shelf.")

    if form.is_valid() and _done(form, add):
        return redirect("annotations:source", seminar, pk)
    context = {"seminar": source.seminar, "source": source, "form": form}
    status = 400 if form.errors else 200
    return render(request, "annotations/passage_form.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def passage_check(
    request: SignedInRequest, seminar: str, pk: UUID, passage_id: UUID
) -> HttpResponse:
    """Say as second reader whether the words stand in the source."""
    source = source_of(request.user, seminar, pk)
    passage = passage_of(request.user, source, passage_id)
    checkable_passage(request.user, passage.pk)
    form = CheckForm(request.POST or None)

    def check() -> None:
        check_passage(actor=request.user, passage_id=passage_id, **form.cleaned_data)
        messages.success(request, "Your check stands beside the passage.")

    if form.is_valid() and _done(form, check):
        return redirect(f"{_url(seminar, pk)}#passage-{passage_id}")
    context = {
        "seminar": source.seminar,
        "source": source,
        "passage": passage,
        "runs": cut(passage.quote, passage.relied_on),
        "checks": checks_of(request.user, [passage.pk]).get(passage.pk, []),
        "form": form,
    }
    status = 400 if form.errors else 200
    return render(request, "annotations/passage_check.html", context, status=status)


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def passage_mark(
    request: SignedInRequest, seminar: str, pk: UUID, passage_id: UUID
) -> HttpResponse:
    """Say which words of a passage are relied on."""
    source = source_of(request.user, seminar, pk)
    passage = passage_of(request.user, source, passage_id)
    changeable_passage(request.user, passage.pk)
    form = MarkForm.of(passage, request.POST or None)

    def mark() -> None:
        marked = form.cleaned_data["marked"]
        mark_relied_on(actor=request.user, passage_id=passage_id, marked=marked)
        messages.success(request, "The words are marked.")

    if form.is_valid() and _done(form, mark):
        return redirect(f"{_url(seminar, pk)}#passage-{passage_id}")
    context = {"seminar": source.seminar, "source": source, "passage": passage, "form": form}
    status = 400 if form.errors else 200
    return render(request, "annotations/passage_mark.html", context, status=status)


def _url(seminar: str, pk: UUID) -> str:
    return redirect("annotations:source", seminar, pk).url
