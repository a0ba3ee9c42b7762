"""The claims of an essay: listed, marked or proposed, changed, merged, split, taken off."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions.claims import (
    ONLY_ITS_KEEPERS,
    ONLY_MARKERS,
    ONLY_READERS,
    accept_claim,
    change_claim,
    mark_claim,
    propose_claim,
    restore_claim,
    withdraw_claim,
)
from annotations.actions.merging import ONLY_STAFF, merge_claims, split_claim, unmerge_claim
from annotations.forms.claims import (
    ClaimForm,
    MergeForm,
    NewClaimForm,
    SplitForm,
    VersionForm,
)
from annotations.permissions import may_annotate
from annotations.queries import card_of
from annotations.queries.claims import (
    SHOWN,
    Keeper,
    bearing_on,
    claim_history,
    claim_of,
    claims_page,
    claims_to_choose,
)
from annotations.queries.graph import rules_of
from annotations.views.annotations import seen
from annotations.views.reading import assignment_for
from debate.core.errors import DomainError, Invalid, Missing, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import public, signed_in

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation, Claim
    from debate.accounts.http import SignedInRequest
    from debate.assignments.models import Assignment

GET_AND_POST = ["GET", "HEAD", "POST"]


@public
@require_safe
def claims(request: HttpRequest, seminar: str, assignment: str) -> HttpResponse:
    """The essay's claims in the order of its text; `?show=` another list, `?q=` those of words."""
    found = assignment_for(request.user, seminar, assignment)
    shown = request.GET.get("show", "map")
    page = claims_page(
        request.user,
        found,
        shown=shown if shown in SHOWN else "map",
        words=request.GET.get("q", ""),
        after=uuid_of(request.GET.get("after", "")),
    )
    context = {"page": page, "assignment": found}
    return render(request, "annotations/claims.html", context)


def uuid_of(given: str) -> UUID | None:
    """The id that an address gives, None for none. Raises Missing for what is no id."""
    try:
        return UUID(given) if given else None
    except ValueError:
        raise Missing from None


@signed_in
@require_http_methods(GET_AND_POST)
def claim_new(request: SignedInRequest, seminar: str, assignment: str) -> HttpResponse:
    """Mark or propose a claim: of a paragraph (`?paragraph=`), or of a note (`?annotation=`)."""
    found = assignment_for(request.user, seminar, assignment)
    keeper = Keeper.of(request.user, found, rules_of(found))
    if not may_annotate(keeper.membership, found.seminar):
        raise NotAllowed(ONLY_READERS)
    given = request.POST if request.method == "POST" else request.GET
    note = _note(request, found, given.get("annotation", ""))
    paragraphs = list(found.revision.paragraphs.numbered().order_by("number"))
    asked = given.get("paragraph")
    paragraph = next((one for one in paragraphs if str(one.number) == asked), paragraphs[0])
    form = NewClaimForm(
        request.POST or None,
        paragraph=paragraph,
        marks=keeper.marks,
        from_note=note is not None,
        initial={"annotation": note.pk, "text": note.counterclaim} if note else {},
    )
    if request.method == "POST" and form.is_valid():
        try:
            act = mark_claim if keeper.marks else propose_claim
            made = act(actor=request.user, assignment_id=found.pk, **form.claim())
        except DomainError as error:
            form.add_refusal(error)
        else:
            done = "is on the map." if keeper.marks else "is proposed. Staff decide on it."
            messages.success(request, f"“{made.text}” {done}")
            return _to_list(found, "" if keeper.marks else "decide", made)
    context = {
        "form": form,
        "assignment": found,
        "keeper": keeper,
        "paragraphs": paragraphs,
        "paragraph": paragraph,
        "note": note,
        "card": card_of(request.user, note) if note else None,
    }
    return render(request, "annotations/claim_new.html", context, status=status_of(form))


def _note(request: SignedInRequest, assignment: Assignment, given: str) -> Annotation | None:
    """The note that a claim is made of. Raises Missing for one of elsewhere."""
    note_id = uuid_of(given)
    if note_id is None:
        return None
    note = seen(request.user, note_id)
    if note.assignment_id != assignment.pk:
        raise Missing
    return note


def status_of(form: Form) -> int:
    """400 for a form that was refused."""
    return 400 if form.is_bound and form.errors else 200


def _to_list(assignment: Assignment, shown: str = "", claim: Claim | None = None) -> HttpResponse:
    """Back to the list of claims, at the claim."""
    address = redirect("annotations:claims", assignment.seminar.slug, assignment.slug)
    if shown:
        address["Location"] += f"?show={shown}"
    if claim:
        address["Location"] += f"#c-{claim.pk}"
    return address


def _claim(
    request: HttpRequest, seminar: str, assignment: str, claim_id: UUID
) -> tuple[Assignment, Claim, Keeper]:
    """The claim that the address names, and what the person may do. Raises Missing."""
    found = assignment_for(request.user, seminar, assignment)
    claim = claim_of(request.user, found, claim_id)
    return found, claim, Keeper.of(request.user, found, rules_of(found))


@signed_in
@require_http_methods(GET_AND_POST)
def claim_edit(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Reword a claim, and say what it is."""
    found, claim, keeper = _claim(request, seminar, assignment, claim_id)
    if not keeper.may_change(claim):
        raise NotAllowed(ONLY_ITS_KEEPERS)
    form = ClaimForm(request.POST or None, claim=claim, keeps_map=keeper.keeps_map)
    if request.method == "POST" and form.is_valid():
        try:
            change_claim(
                actor=request.user,
                claim_id=claim.pk,
                version=form.cleaned_data["version"],
                **form.changes(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The claim is changed.")
            return redirect("annotations:claim", seminar, assignment, claim.pk)
    context = {"form": form, "assignment": found, "claim": claim, "accepting": False}
    return render(request, "annotations/claim_edit.html", context, status=status_of(form))


@signed_in
@require_http_methods(GET_AND_POST)
def claim_accept(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Put a proposed claim on the map, in these words or others."""
    found, claim, keeper = _claim(request, seminar, assignment, claim_id)
    if not keeper.marks or claim.annotation_id:
        raise NotAllowed(ONLY_MARKERS)
    form = ClaimForm(request.POST or None, claim=claim, keeps_map=keeper.keeps_map)
    if request.method == "POST" and form.is_valid():
        try:
            accept_claim(
                actor=request.user,
                claim_id=claim.pk,
                version=form.cleaned_data["version"],
                **form.changes(),
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The claim is on the map.")
            return _to_list(found, "decide")
    context = {"form": form, "assignment": found, "claim": claim, "accepting": True}
    return render(request, "annotations/claim_edit.html", context, status=status_of(form))


@public
@require_safe
def claim_history_page(
    request: HttpRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """What the claim was before, fifty states a page; `?before=` goes on."""
    found, claim, _ = _claim(request, seminar, assignment, claim_id)
    versions, following = claim_history(
        request.user, claim, before=number_of(request.GET.get("before", ""))
    )
    context = {
        "assignment": found,
        "claim": claim,
        "versions": versions,
        "following": following,
    }
    return render(request, "annotations/claim_history.html", context)


def number_of(given: str) -> int | None:
    """The number that an address gives; None for what is none."""
    short = len(given) < len("1000000000")
    return int(given) if given.isascii() and given.isdecimal() and short else None


@signed_in
@require_http_methods(GET_AND_POST)
def claim_merge(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Choose the claim that is shown instead of this one; `?q=` looks for it."""
    found, claim, keeper = _claim(request, seminar, assignment, claim_id)
    if not keeper.keeps_map:
        raise NotAllowed(ONLY_STAFF)
    words = request.GET.get("q", "")
    chosen = [one] if (one := chosen_of(request.POST.get("into", ""))) else []
    offered, more = claims_to_choose(
        request.user, found, words=words, but=[claim.pk], keep=chosen, near=claim.pk
    )
    form = MergeForm(request.POST or None, offered=offered, initial={"version": claim.version})
    if request.method == "POST" and form.is_valid():
        try:
            merge_claims(
                actor=request.user,
                claim_id=claim.pk,
                into_id=form.cleaned_data["into"],
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "The two are shown as one. You can take them apart again.")
            return redirect("annotations:claim", seminar, assignment, form.cleaned_data["into"])
    context = {
        "form": form,
        "assignment": found,
        "claim": claim,
        "offered": offered,
        "more": more,
        "words": words,
    }
    return render(request, "annotations/claim_merge.html", context, status=status_of(form))


def chosen_of(given: str) -> UUID | None:
    """The id that a form gives; None for what is none, which the form then refuses."""
    try:
        return UUID(given)
    except ValueError:
        return None


@signed_in
@require_POST
def claim_unmerge(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Show a merged claim by itself again."""
    found, claim, _ = _claim(request, seminar, assignment, claim_id)
    unmerge_claim(actor=request.user, claim_id=claim.pk, version=posted_version(request))
    messages.success(request, f"“{claim.text}” stands by itself again.")
    return _to_list(found, claim=claim)


def posted_version(request: SignedInRequest) -> int | None:
    """The version that a button of one word sends. Raises Invalid for what is none."""
    form = VersionForm(request.POST)
    if not form.is_valid():
        raise Invalid("This form could not be understood. Please go back and try again.")
    version: int | None = form.cleaned_data["version"]
    return version


@signed_in
@require_http_methods(GET_AND_POST)
def claim_split(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Make several claims of one, and say what bears on which."""
    found, claim, keeper = _claim(request, seminar, assignment, claim_id)
    if not keeper.keeps_map:
        raise NotAllowed(ONLY_STAFF)
    form = SplitForm(
        request.POST or None,
        bearing=bearing_on(request.user, claim),
        initial={"texts": claim.text, "version": claim.version},
    )
    if request.method == "POST" and form.is_valid():
        texts, bearing = form.parts()
        try:
            parts = split_claim(
                actor=request.user,
                claim_id=claim.pk,
                texts=texts,
                version=form.cleaned_data["version"],
                bearing=bearing,
            )
        except DomainError as error:
            form.add_refusal(error)
        else:
            messages.success(request, f"There are {len(parts)} claims of it now.")
            return _to_list(found, claim=claim)
    context = {"form": form, "assignment": found, "claim": claim}
    return render(request, "annotations/claim_split.html", context, status=status_of(form))


@signed_in
@require_http_methods(GET_AND_POST)
def claim_withdraw(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Ask, then take the claim off the map or dismiss the proposal."""
    found, claim, keeper = _claim(request, seminar, assignment, claim_id)
    if not keeper.may_change(claim):
        raise NotAllowed(ONLY_ITS_KEEPERS)
    if request.method == "POST":
        withdraw_claim(actor=request.user, claim_id=claim.pk, version=posted_version(request))
        messages.success(request, "The claim is taken off. You can put it back.")
        return _to_list(found, "off", claim)
    context = {
        "assignment": found,
        "claim": claim,
        "bearing": bearing_on(request.user, claim),
    }
    return render(request, "annotations/claim_withdraw.html", context)


@signed_in
@require_POST
def claim_restore(
    request: SignedInRequest, seminar: str, assignment: str, claim_id: UUID
) -> HttpResponse:
    """Put the claim back as it stood before it was taken off."""
    found, claim, _ = _claim(request, seminar, assignment, claim_id)
    restore_claim(actor=request.user, claim_id=claim.pk, version=posted_version(request))
    messages.success(request, f"“{claim.text}” is back.")
    return _to_list(found, claim=claim)
