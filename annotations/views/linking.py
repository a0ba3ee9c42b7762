"""Reasons and attacks between claims, kept by hand; and what a counterargument attacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from annotations.actions.coding import code_attack
from annotations.actions.linking import (
    ONLY_KEEPERS,
    ONLY_MARKERS,
    ONLY_STAFF,
    change_link,
    link_claims,
    relate_claims,
    restore_link,
    restore_relation,
    withdraw_link,
    withdraw_relation,
)
from annotations.actions.refusing import check_coding
from annotations.enums import MapStatus
from annotations.forms.claims import ChooseForm, CodingForm, LinkForm, RelateForm
from annotations.queries import card_of
from annotations.queries.claims import Keeper, claim_of, claims_to_choose
from annotations.queries.graph import rules_of
from annotations.queries.linking import link_of, relation_of, targets_of
from annotations.schemes import SCHEMES
from annotations.views.annotations import seen
from annotations.views.claims import (
    GET_AND_POST,
    chosen_of,
    posted_version,
    status_of,
    uuid_of,
)
from annotations.views.reading import assignment_for
from debate.core.errors import DomainError, InvalidState, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpResponse

    from annotations.models import Claim, Inference
    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment


def _keeper(request: SignedInRequest, seminar: str, assignment: str) -> tuple[Assignment, Keeper]:
    found = assignment_for(request.user, seminar, assignment)
    return found, Keeper.of(request.user, found, rules_of(found))


def _to_claim(assignment: Assignment, claim_id: UUID | None) -> HttpResponse:
    place = [assignment.seminar.slug, assignment.slug]
    if claim_id is None:
        return redirect("annotations:claims", *place)
    return redirect("annotations:claim", *place, claim_id)


@signed_in
@require_http_methods(GET_AND_POST)
def claims_link(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Choose the claim (`?conclusion=`), then tick what is the reason for it."""
    found, keeper = _keeper(request, seminar, assignment)
    if not keeper.marks:
        raise NotAllowed(ONLY_MARKERS)
    chosen = uuid_of(request.POST.get("conclusion") or request.GET.get("conclusion", ""))
    if chosen is None:
        return _choose(request, found)
    conclusion = claim_of(request.user, found, chosen)
    return _link_page(request, found, conclusion, None)


def _choose(request: SignedInRequest, assignment: Assignment) -> HttpResponse:
    words = request.GET.get("q", "")
    offered, more = claims_to_choose(request.user, assignment, words=words)
    context = {
        "form": ChooseForm(initial={"q": words}),
        "assignment": assignment,
        "offered": offered,
        "more": more,
        "words": words,
    }
    return render(request, "annotations/claims_choose.html", context)


def _link_page(
    request: SignedInRequest, assignment: Assignment, conclusion: Claim, link: Inference | None
) -> HttpResponse:
    words = request.GET.get("q", "")
    ticked = [one.pk for one in link.premises.all()] if link else []
    kept = [
        *ticked,
        *(one for given in request.POST.getlist("premises") if (one := chosen_of(given))),
    ]
    offered, more = claims_to_choose(
        request.user,
        assignment,
        words=words,
        but=[conclusion.pk],
        keep=kept,
        near=conclusion.pk,
    )
    form = LinkForm(request.POST or None, offered=offered, link=link, premises=ticked)
    if request.method == "POST" and form.is_valid():
        try:
            _link(request, assignment, conclusion, link, form)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The reason is on the map.")
            return _to_claim(assignment, conclusion.pk)
    context = {
        "form": form,
        "assignment": assignment,
        "conclusion": conclusion,
        "link": link,
        "offered": offered,
        "more": more,
        "words": words,
        "schemes": SCHEMES.values(),
    }
    return render(request, "annotations/claims_link.html", context, status=status_of(form))


def _link(
    request: SignedInRequest,
    assignment: Assignment,
    conclusion: Claim,
    link: Inference | None,
    form: LinkForm,
) -> None:
    if link is None:
        link_claims(
            actor=request.user,
            assignment_id=assignment.pk,
            conclusion_id=conclusion.pk,
            **form.link(),
        )
    else:
        change_link(
            actor=request.user,
            inference_id=link.pk,
            version=form.cleaned_data["version"],
            **form.link(),
        )


def _own_link(
    request: SignedInRequest, seminar: str, assignment: str, pk: UUID
) -> tuple[Assignment, Inference]:
    """The reason that the address names, of those that the person changes. Raises NotAllowed."""
    found, keeper = _keeper(request, seminar, assignment)
    link = link_of(request.user, found, pk)
    own = link.added_by_id == request.user.pk and keeper.marks
    if link.annotation_id or not (keeper.keeps_map or own):
        raise NotAllowed(ONLY_KEEPERS)
    return found, link


@signed_in
@require_http_methods(GET_AND_POST)
def inference_edit(
    request: SignedInRequest, seminar: str, assignment: str, pk: UUID
) -> HttpResponse:
    """Say a reason otherwise."""
    found, link = _own_link(request, seminar, assignment, pk)
    if link.status == MapStatus.WITHDRAWN:
        raise InvalidState("It has been taken off the map. Put it back first.")
    return _link_page(request, found, link.conclusion, link)


@signed_in
@require_http_methods(GET_AND_POST)
def inference_withdraw(
    request: SignedInRequest, seminar: str, assignment: str, pk: UUID
) -> HttpResponse:
    """Ask, then take a reason off the map; when it is off, offer to put it back."""
    found, link = _own_link(request, seminar, assignment, pk)
    if request.method == "POST":
        withdraw_link(actor=request.user, inference_id=link.pk, version=posted_version(request))
        messages.success(request, "The reason is taken off. You can put it back here.")
        return redirect("annotations:inference_withdraw", seminar, assignment, link.pk)
    context = {"assignment": found, "link": link, "is_off": link.status == MapStatus.WITHDRAWN}
    return render(request, "annotations/link_withdraw.html", context)


@signed_in
@require_POST
def inference_restore(
    request: SignedInRequest, seminar: str, assignment: str, pk: UUID
) -> HttpResponse:
    """Put a reason back on the map."""
    found, link = _own_link(request, seminar, assignment, pk)
    restore_link(actor=request.user, inference_id=link.pk, version=posted_version(request))
    messages.success(request, "The reason is back on the map.")
    return _to_claim(found, link.conclusion_id)


@signed_in
@require_http_methods(GET_AND_POST)
def claims_relate(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Say what a claim attacks, and how."""
    found, keeper = _keeper(request, seminar, assignment)
    claim = claim_of(request.user, found, claim_id)
    if not keeper.keeps_map:
        raise NotAllowed(ONLY_STAFF)
    targets = targets_of(request.user, found, claim.pk)
    form = RelateForm(request.POST or None, targets=targets, initial={"kind": "rebuts"})
    if request.method == "POST" and form.is_valid():
        try:
            relate_claims(
                actor=request.user,
                assignment_id=found.pk,
                source_id=claim.pk,
                **form.relation(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The challenge is on the map.")
            return _to_claim(found, claim.pk)
    context = {"form": form, "assignment": found, "claim": claim, "targets": targets}
    return render(request, "annotations/claims_relate.html", context, status=status_of(form))


@signed_in
@require_http_methods(GET_AND_POST)
def relation_withdraw(
    request: SignedInRequest, seminar: str, assignment: str, pk: UUID
) -> HttpResponse:
    """Ask, then take an attack off the map; when it is off, offer to put it back."""
    found, keeper = _keeper(request, seminar, assignment)
    relation = relation_of(request.user, found, pk)
    if relation.annotation_id or not keeper.keeps_map:
        raise NotAllowed(ONLY_STAFF)
    if request.method == "POST":
        withdraw_relation(
            actor=request.user, relation_id=relation.pk, version=posted_version(request)
        )
        messages.success(request, "The challenge is taken off. You can put it back here.")
        return redirect("annotations:relation_withdraw", seminar, assignment, relation.pk)
    context = {
        "assignment": found,
        "relation": relation,
        "is_off": relation.status == MapStatus.WITHDRAWN,
    }
    return render(request, "annotations/relation_withdraw.html", context)


@signed_in
@require_POST
def relation_restore(
    request: SignedInRequest, seminar: str, assignment: str, pk: UUID
) -> HttpResponse:
    """Put an attack back on the map."""
    found, _ = _keeper(request, seminar, assignment)
    relation = relation_of(request.user, found, pk)
    restore_relation(actor=request.user, relation_id=relation.pk, version=posted_version(request))
    messages.success(request, "The challenge is back on the map.")
    return _to_claim(found, relation.source_id)


@signed_in
@require_http_methods(GET_AND_POST)
def code(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Say what a counterargument attacks."""
    annotation = seen(request.user, annotation_id)
    assignment = annotation.assignment
    membership = membership_of(request.user, assignment.seminar)
    check_coding(request.user, membership, annotation)
    form = CodingForm(
        request.POST or None,
        initial={"attacks": annotation.attacks, "version": annotation.version},
    )
    if request.method == "POST" and form.is_valid():
        try:
            code_attack(
                actor=request.user,
                annotation_id=annotation.pk,
                attacks=form.cleaned_data["attacks"],
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "What it attacks is said.")
            return redirect(annotation)
    context = {
        "form": form,
        "card": card_of(request.user, annotation),
        "assignment": assignment,
        "cancel_url": annotation.get_absolute_url(),
    }
    return render(request, "annotations/annotation_code.html", context, status=status_of(form))
