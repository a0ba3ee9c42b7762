"""Claims of an essay: marked or proposed, accepted, reworded, taken off the map and put back.

The claim of an annotation is its author's and changes with the annotation alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations import selectors
from annotations.actions.anchoring import anchors_for
from annotations.actions.arguing import keep_claim_version
from annotations.actions.changes import record_argument
from annotations.actions.mapping import (
    Actor,
    anchor_claim,
    check_row_version,
    lock_map,
    locked_row,
    save_row,
)
from annotations.enums import ClaimAct, ClaimType, MapStatus, Op
from annotations.models import Annotation, Claim
from annotations.permissions import may_change_claim, may_propose_claim
from debate.core.errors import Conflict, Invalid, InvalidState, NotAllowed
from debate.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from uuid import UUID

    from annotations.actions.inputs import Target
    from annotations.models.places import PlaceInText
    from debate.accounts.models import User

ONLY_MARKERS = "Only instructors and assistants put claims on the map here. You may propose one."
ONLY_READERS = "You may read here, but not write."
ONLY_ITS_KEEPERS = (
    "Only instructors, assistants and whoever proposed it change a claim of the essay. "
    "The claim of a note changes with that note alone."
)
UNDECIDED = (MapStatus.PROPOSED, MapStatus.IMPLIED)


@transaction.atomic
def mark_claim(
    *,
    actor: User,
    assignment_id: UUID,
    targets: Sequence[Target] = (),
    text: str = "",
    type: str = "",  # noqa: A002 - the member's name everywhere
    is_thesis: bool = False,
    is_explicit: bool = True,
    annotation_id: UUID | None = None,
) -> Claim:
    """Put a claim of the essay on the map: words of it, restated in `text` unless they speak for it.

    What the essay takes for granted (`is_explicit` false) needs no words but a text. With
    `annotation_id`, as `propose_claim` takes it. Raises Missing, NotAllowed for students unless the house rules let them mark, InvalidState outside the
    dates, Invalid that names the member at fault, Conflict (`claim_exists`) for a claim that is
    there already, on `is_thesis` for a student where there is a thesis, and what `anchors_for`
    raises.
    """
    by = lock_map(actor, assignment_id, may=lambda one: one.marks_claims, refusal=ONLY_MARKERS)
    text, places, details = _said(by, text, targets, annotation_id)
    claim = _new(by, places, text=text, type_=type, is_explicit=is_explicit)
    if is_thesis:
        _take_thesis(by, claim)
        claim.is_thesis = True
    return _insert(by, claim, places, ClaimAct.MARK, **details)


@transaction.atomic
def propose_claim(
    *,
    actor: User,
    assignment_id: UUID,
    targets: Sequence[Target] = (),
    text: str = "",
    type: str = "",  # noqa: A002 - the member's name everywhere
    is_explicit: bool = True,
    annotation_id: UUID | None = None,
) -> Claim:
    """Propose a claim for the map, seen by staff until they accept it.

    With `annotation_id`, what that annotation says, and on its words, as far as nothing else is
    given. Raises as `mark_claim`; NotAllowed for all who do not write; Invalid on `annotation`.
    """
    by = lock_map(actor, assignment_id, may=_proposes, refusal=ONLY_READERS)
    text, places, details = _said(by, text, targets, annotation_id)
    claim = _new(by, places, text=text, type_=type, is_explicit=is_explicit)
    claim.status = MapStatus.PROPOSED
    return _insert(by, claim, places, ClaimAct.CREATE, **details)


@transaction.atomic
def accept_claim(
    *, actor: User, claim_id: UUID, version: int | None = None, **changes: Any
) -> Claim:
    """Put a proposed or implied claim on the map, changed as `change_claim` takes it; again nothing.

    Raises as that; NotAllowed for whoever does not mark claims.
    """
    claim, by = _locked(actor, claim_id, _accepts, ONLY_MARKERS)
    check_row_version(claim, version)
    if claim.status == MapStatus.MARKED:
        return claim
    if claim.status not in UNDECIDED:
        raise InvalidState("It has been taken off the map. Put it back instead.")
    before = claim.status
    claim.status = MapStatus.MARKED
    _apply(by, claim, changes)
    _save(by, claim, ClaimAct.MARK, before=before)
    return claim


@transaction.atomic
def change_claim(
    *, actor: User, claim_id: UUID, version: int | None = None, **changes: Any
) -> Claim:
    """Say a claim of the essay otherwise: `text`, `type`, `is_thesis`, `has_burden`, `is_explicit`.

    One thesis an assignment: for staff the mark moves. Raises Missing, NotAllowed for all but staff
    and whoever added it while it is theirs to change, InvalidState for one off the map, Stale, Invalid that names the member, Conflict on `is_thesis`.
    """
    claim, by = _locked(actor, claim_id)
    check_row_version(claim, version)
    if claim.status == MapStatus.WITHDRAWN:
        raise InvalidState("It has been taken off the map. Put it back first.")
    changed = _apply(by, claim, changes)
    if changed:
        act = ClaimAct.REWORD if "text" in changed else ClaimAct.CHANGE
        _save(by, claim, act, before=claim.status)
    return claim


@transaction.atomic
def withdraw_claim(*, actor: User, claim_id: UUID, version: int | None = None) -> Claim:
    """Take a claim of the essay off the map, or dismiss a proposal; again does nothing.

    What bears on it stays with it, and comes back with it. Raises Missing, NotAllowed, Stale.
    """
    claim, by = _locked(actor, claim_id)
    check_row_version(claim, version)
    if claim.status == MapStatus.WITHDRAWN:
        return claim
    before = claim.status
    claim.status = MapStatus.WITHDRAWN
    _save(by, claim, ClaimAct.WITHDRAW, before=before, op=Op.WITHDRAW)
    return claim


@transaction.atomic
def restore_claim(*, actor: User, claim_id: UUID, version: int | None = None) -> Claim:
    """Put the claim back as it stood before it was taken off; again does nothing.

    For staff, and for whoever took it off. It is the thesis no longer where another is. Raises
    Missing, NotAllowed, Stale.
    """
    claim, by = _locked(actor, claim_id, _restores)
    check_row_version(claim, version)
    if claim.status != MapStatus.WITHDRAWN:
        return claim
    stood = claim.history.exclude(act=ClaimAct.WITHDRAW).order_by("-version").first()
    claim.status = stood.details["status"] if stood else MapStatus.MARKED
    if claim.is_thesis and _thesis(by, but=claim):
        claim.is_thesis = False
    _save(by, claim, ClaimAct.RESTORE, before=MapStatus.WITHDRAWN)
    return claim


def _proposes(by: Actor) -> bool:
    return may_propose_claim(by.membership, by.assignment.seminar)


def _accepts(by: Actor, claim: Claim) -> bool:
    return by.marks_claims and claim.annotation_id is None


def _changes(by: Actor, claim: Claim) -> bool:
    return may_change_claim(by.user, by.membership, claim, rules=by.rules)


def _restores(by: Actor, claim: Claim) -> bool:
    """Staff put back what anybody took off, others what they took off themselves."""
    if claim.annotation_id or not _proposes(by):
        return False
    last = claim.history.order_by("-version").first()
    return by.keeps_map or (last is not None and last.by_id == by.user.pk)


def _locked(
    actor: User,
    claim_id: UUID,
    may: Callable[[Actor, Claim], bool] = _changes,
    refusal: str = ONLY_ITS_KEEPERS,
) -> tuple[Claim, Actor]:
    seen = Claim.objects.visible_to(actor)
    return locked_row(seen, actor, claim_id, may=may, refusal=refusal)


def _said(
    by: Actor, text: str, targets: Sequence[Target], annotation_id: UUID | None
) -> tuple[str, list[PlaceInText], dict[str, str]]:
    """The text and the places as given, else as the annotation has them, and which that was."""
    places: list[PlaceInText] = [*anchors_for(by.assignment.revision, targets)]
    if annotation_id is None:
        return text, places, {}
    notes = Annotation.objects.visible_to(by.user).filter(assignment=by.assignment)
    note = notes.filter(pk=annotation_id).first()
    if note is None:
        raise Invalid("This assignment has no such annotation.", field="annotation")
    if not text:
        said = note.counterclaim or note.body or note.warrant
        text = selectors.first_sentence(said) if len(said) > Claim.TEXT_LIMIT else said
    shown = note.anchors.filter(revision=by.assignment.revision).order_by("position")
    places = places or [*shown.select_related("revision", "paragraph")]
    return text, places, {"proposed_from": str(note.pk)}


def _new(
    by: Actor, places: Sequence[PlaceInText], *, text: str, type_: str, is_explicit: bool
) -> Claim:
    """The claim, not yet saved. Raises Invalid, Conflict."""
    if is_explicit and not places:
        raise Invalid("Say which words of the essay make this claim.", field="anchors")
    if not text.strip() and places:
        first = places[0]
        words = first.exact or (first.paragraph.text if first.paragraph else "")
        text = selectors.first_sentence(words)
    claim = Claim(
        assignment=by.assignment,
        text=_text(text),
        type=_type(type_),
        is_explicit=is_explicit,
        added_by=by.user,
    )
    _refuse_twin(by, claim)
    return claim


def _insert(
    by: Actor, claim: Claim, places: Iterable[PlaceInText], act: ClaimAct, **details: str
) -> Claim:
    claim.save(force_insert=True)
    anchor_claim(claim, places)
    keep_claim_version(claim, act, by=by.user, **details)
    record_argument(claim, Op.CREATE, before="", until=by.until)
    return claim


def _save(
    by: Actor, claim: Claim, act: ClaimAct, *, before: str, op: Op = Op.UPDATE, **details: str
) -> None:
    save_row(claim, by, before=before, op=op)
    keep_claim_version(claim, act, by=by.user, **details)


def _apply(by: Actor, claim: Claim, changes: dict[str, Any]) -> set[str]:
    """Give the claim what is new in the changes; returns the names of what that is."""
    values = dict(changes)
    if "text" in values:
        values["text"] = _text(values["text"])
    if "type" in values:
        values["type"] = _type(values["type"])
    changed = {name: value for name, value in values.items() if getattr(claim, name) != value}
    if "has_burden" in changed and not by.keeps_map:
        raise NotAllowed("Only instructors and assistants say which claims need a reason.")
    for name, value in changed.items():
        setattr(claim, name, value)
    if "text" in changed:
        _refuse_twin(by, claim)
    if changed.get("is_thesis"):
        _take_thesis(by, claim)
    return set(changed)


def _text(given: str) -> str:
    return clean(given, field="text", limit=Claim.TEXT_LIMIT, one_line=True)


def _type(given: str) -> str:
    if given and given not in ClaimType.values:
        raise Invalid("Choose one of: " + ", ".join(ClaimType.values) + ".", field="type")
    return given


def _refuse_twin(by: Actor, claim: Claim) -> None:
    """Refuse the same words as another claim of the essay that the person sees."""
    others = Claim.objects.visible_to(by.user).filter(
        assignment=by.assignment, annotation=None, merged_into=None, text__iexact=claim.text
    )
    twin = others.exclude(pk=claim.pk).exclude(status=MapStatus.WITHDRAWN).first()
    if twin:
        raise Conflict(
            "A claim in these words is there already.",
            field="text",
            code="claim_exists",
            extra={"claim": str(twin.pk)},
        )


def _thesis(by: Actor, *, but: Claim) -> Claim | None:
    theses = Claim.objects.filter(assignment=by.assignment, is_thesis=True)
    return theses.exclude(status=MapStatus.WITHDRAWN).exclude(pk=but.pk).first()


def _take_thesis(by: Actor, claim: Claim) -> None:
    """Make room for the claim as the thesis, before it is saved as that."""
    if claim.status != MapStatus.MARKED:
        raise Invalid("Only a claim on the map can be the thesis.", field="is_thesis")
    if claim.merged_into_id:
        raise Invalid("It is merged into another claim: mark that one.", field="is_thesis")
    former = _thesis(by, but=claim)
    if former is None:
        return
    if not by.keeps_map:
        raise Conflict("Another claim is marked as the thesis already.", field="is_thesis")
    former.is_thesis = False
    former.assignment = by.assignment
    _save(by, former, ClaimAct.CHANGE, before=former.status)
