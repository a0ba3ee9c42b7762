"""Flags of members, and what staff do about them: the queue, the acts, the log."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotations.actions import approve_annotations, flag_annotation, moderate, withdraw_flag
from annotations.actions.moderation import ACTS
from annotations.actions.refusing import ARCHIVED
from annotations.enums import ModerationAct
from annotations.forms.moderation import ActForm, FlagForm, LogForm, read_of
from annotations.models import Flag
from annotations.permissions import may_flag, may_moderate
from annotations.queries import card_of
from annotations.queries.moderation import (
    CASES_A_PAGE,
    SHOWN,
    moderation_log,
    moderation_queue,
    pending_cases,
)
from annotations.views.annotations import GET_AND_POST, seen
from annotations.views.undoing import offer_undo
from debate.core.errors import DomainError, Missing, NotAllowed
from debate.core.forms import show_refusal
from debate.core.policies import signed_in
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_instructor, is_staff, may_write, membership_of

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from annotations.models import Annotation
    from debate.accounts.http import SignedInRequest
    from debate.accounts.models import User

# What each act is called before and after it is done, and what its words are for.
ASKED = {
    ModerationAct.HIDE: "Hide this annotation?",
    ModerationAct.UNHIDE: "Show this annotation again?",
    ModerationAct.APPROVE: "Approve this annotation?",
    ModerationAct.LOCK: "Lock this thread?",
    ModerationAct.UNLOCK: "Unlock this thread?",
    ModerationAct.PIN: "Pin this thread?",
    ModerationAct.UNPIN: "Unpin this thread?",
    ModerationAct.RESOLVE: "Resolve the flags?",
}
MEANS = {
    ModerationAct.HIDE: "Only its author and staff will read it. Its flags count as resolved.",
    ModerationAct.UNHIDE: "Others will read it as before.",
    ModerationAct.APPROVE: "Others will read it from now on.",
    ModerationAct.LOCK: "Others can still read it; only staff can add to it.",
    ModerationAct.UNLOCK: "Whoever reads it can reply again.",
    ModerationAct.PIN: "It will stand first in its paragraph.",
    ModerationAct.UNPIN: "It will stand among the others of its paragraph.",
    ModerationAct.RESOLVE: "The annotation stays as it is.",
}
DONE = {
    ModerationAct.HIDE: "Hidden. Its author reads your reason.",
    ModerationAct.UNHIDE: "Others read it again.",
    ModerationAct.APPROVE: "Approved. Others read it now.",
    ModerationAct.LOCK: "Locked. Only staff can add to this thread.",
    ModerationAct.UNLOCK: "Unlocked.",
    ModerationAct.PIN: "Pinned. It stands first in its paragraph.",
    ModerationAct.UNPIN: "No longer pinned.",
    ModerationAct.RESOLVE: "The flags are resolved.",
}


@signed_in
@require_http_methods(GET_AND_POST)
def flag(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Ask staff to look at an annotation, or say it in other words."""
    annotation = seen(request.user, annotation_id)
    membership = membership_of(request.user, annotation.assignment.seminar)
    if not may_flag(request.user, membership, annotation):
        raise NotAllowed("You can flag what others have posted, where you write yourself.")
    own = Flag.objects.open().filter(annotation=annotation, flagged_by=request.user).first()
    initial = {"reason": own.reason, "note": own.note} if own else {}
    form = FlagForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            flag_annotation(actor=request.user, annotation_id=annotation.pk, **form.cleaned_data)
        except DomainError as error:
            show_refusal(form, error)
        else:
            messages.success(request, "Staff will look at it. Its author does not learn of you.")
            return redirect(annotation)
    context = _about(request.user, annotation) | {"form": form, "own": own}
    return render(request, "annotations/annotation_flag.html", context, status=_status(form))


@signed_in
@require_POST
def unflag(request: SignedInRequest, annotation_id: UUID) -> HttpResponse:
    """Take back the own flag."""
    annotation = seen(request.user, annotation_id)
    withdraw_flag(actor=request.user, annotation_id=annotation.pk)
    messages.success(request, "You have taken back your flag.")
    return redirect(annotation)


@signed_in
@require_http_methods(GET_AND_POST)
def act(request: SignedInRequest, annotation_id: UUID, act: str) -> HttpResponse:
    """Ask, then do the act of that name; back to where staff came from."""
    annotation = seen(request.user, annotation_id)
    if act not in ACTS:
        raise Missing
    membership = membership_of(request.user, annotation.assignment.seminar)
    if not may_moderate(membership, annotation):
        raise NotAllowed("Only an instructor or assistant who oversees its author does this.")
    form = ActForm(request.POST or None, initial={"back": request.GET.get("back", "")})
    if request.method == "POST" and form.is_valid():
        try:
            changed = moderate(
                actor=request.user,
                annotation_id=annotation.pk,
                act=act,
                reason=form.cleaned_data["reason"],
                version=form.cleaned_data["version"],
            )
        except DomainError as error:
            show_refusal(form, error)
        else:
            if act == ModerationAct.HIDE:
                offer_undo(request, DONE[ModerationAct.HIDE], changed)
            else:
                messages.success(request, DONE[ModerationAct(act)])
            return redirect(_back(request, form, annotation))
    words = {"heading": ASKED[ModerationAct(act)], "means": MEANS[ModerationAct(act)]}
    context = _about(request.user, annotation) | words | {"form": form, "act": act}
    return render(request, "annotations/annotation_moderate.html", context, status=_status(form))


@signed_in
@require_safe
def queue(request: SignedInRequest, seminar: str) -> HttpResponse:
    """What staff have to look at in the seminar, one of the lists of `?show=`."""
    staffed = _staffed(request.user, seminar)
    found = moderation_queue(
        user=request.user, seminar=staffed, shown=_shown(request), after=_after(request)
    )
    teaches = is_instructor(membership_of(request.user, staffed))
    context = {"queue": found, "is_instructor": teaches}
    return render(request, "annotations/moderation_queue.html", context)


@signed_in
@require_http_methods(GET_AND_POST)
def approve(request: SignedInRequest, seminar: str) -> HttpResponse:
    """Ask, then approve the annotations that were read on a page of the queue (`one`)."""
    found = _staffed(request.user, seminar)
    if not may_write(membership_of(request.user, found), found):
        raise NotAllowed(ARCHIVED)
    given = request.POST if request.method == "POST" else request.GET
    read = read_of(given.getlist("one")[:CASES_A_PAGE])
    if request.method == "POST":
        count = approve_annotations(actor=request.user, read=read)
        left = len(read) - count
        text = f"{count} approved." + (f" {left} changed meanwhile; look again." if left else "")
        messages.success(request, text)
        return redirect("annotations:moderation", seminar=found.slug)
    cases = pending_cases(user=request.user, seminar=found, ids=[pk for pk, _ in read])
    context = {"seminar": found, "cases": cases}
    return render(request, "annotations/moderation_approve.html", context)


@signed_in
@require_safe
def log(request: SignedInRequest, seminar: str) -> HttpResponse:
    """What staff did in the seminar, the newest first; `?act=` and `?person=` choose."""
    form = LogForm(request.GET)
    act, person = form.asked()
    staffed = _staffed(request.user, seminar)
    found = moderation_log(
        user=request.user, seminar=staffed, act=act, person=person, after=_after(request)
    )
    teaches = is_instructor(membership_of(request.user, staffed))
    context = {"log": found, "act": act, "person": person, "is_instructor": teaches}
    context["acts"] = ModerationAct.choices
    return render(request, "annotations/moderation_log.html", context)


def _staffed(user: User, slug: str) -> Seminar:
    """The seminar of that address, whose staff the person is. Raises Missing, NotAllowed."""
    found = Seminar.objects.visible_to(user).filter(slug=slug).first()
    if found is None:
        raise Missing
    if not is_staff(membership_of(user, found)):
        raise NotAllowed("This page is for the instructors and assistants of the seminar.")
    return found


def _about(user: User, annotation: Annotation) -> dict[str, object]:
    return {
        "annotation": annotation,
        "assignment": annotation.assignment,
        "card": card_of(user, annotation),
        "cancel_url": annotation.get_absolute_url(),
    }


def _shown(request: HttpRequest) -> str:
    asked = request.GET.get("show", "")
    return asked if asked in SHOWN else next(iter(SHOWN))


def _after(request: HttpRequest) -> UUID | None:
    """Where the page begins. Raises Missing for what no page of ours asks for."""
    try:
        return UUID(request.GET["after"]) if request.GET.get("after") else None
    except ValueError:
        raise Missing from None


def _back(request: HttpRequest, form: ActForm, annotation: Annotation) -> str:
    """Where staff came from, if that is a page of this site; else the annotation."""
    back = form.cleaned_data["back"]
    own = url_has_allowed_host_and_scheme(
        back, allowed_hosts=None, require_https=request.is_secure()
    )
    return back if own and back.startswith("/") else annotation.get_absolute_url()


def _status(form: FlagForm | ActForm) -> int:
    return 400 if form.is_bound and form.errors else 200
