"""How claims on the map bear on one another: reasons for a claim, and attacks, kept by hand.

What annotations make of this changes with them alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import IntegrityError, transaction

from annotations.actions.arguing import refuse_cycle
from annotations.actions.changes import record_argument
from annotations.actions.mapping import (
    Actor,
    Row,
    check_row_version,
    claim_on_the_map,
    lock_map,
    locked_row,
    save_row,
)
from annotations.actions.quality import settle_marks
from annotations.enums import Kind, MapStatus, Op, QualityMarkType, RelationKind
from annotations.models import Annotation, Claim, Inference, Relation
from annotations.schemes import SCHEMES
from debate.core.errors import Conflict, Invalid, InvalidState
from debate.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from debate.accounts.models import User

MOST_PREMISES = 20
ONLY_MARKERS = "Only instructors and assistants link claims here."
ONLY_KEEPERS = (
    "Only instructors, assistants and whoever made it change this link. "
    "What a note made changes with that note alone."
)
ONLY_STAFF = (
    "Only instructors and assistants relate claims. What a note made changes with that note alone."
)


# --- reasons -------------------------------------------------------------------------------------


@transaction.atomic
def link_claims(
    *,
    actor: User,
    assignment_id: UUID,
    conclusion_id: UUID,
    premise_ids: Sequence[UUID],
    scheme: str = "",
    warrant: str = "",
    is_explicit: bool = True,
) -> Inference:
    """Say that these claims, taken together, are a reason for that one.

    `scheme` is a name of `schemes.SCHEMES`, `warrant` why the conclusion follows. Raises Missing,
    NotAllowed for students unless the house rules let them mark, InvalidState outside the dates,
    Invalid that names the member (a claim as a reason for itself, in however many steps, names
    `premises`), Conflict (`link_exists`) for a reason that is there already.
    """
    by = lock_map(actor, assignment_id, may=lambda one: one.marks_claims, refusal=ONLY_MARKERS)
    conclusion = claim_on_the_map(by, conclusion_id, field="conclusion")
    premises = _premises(by, premise_ids, conclusion)
    inference = Inference(
        assignment=by.assignment,
        conclusion=conclusion,
        scheme=_scheme(scheme),
        warrant=_warrant(warrant),
        is_explicit=is_explicit,
        added_by=by.user,
    )
    _refuse_twin(by, inference, premises)
    inference.save(force_insert=True)
    inference.premises.set(premises)
    record_argument(inference, Op.CREATE, before="", until=by.until)
    settle_marks(conclusion, QualityMarkType.UNSUPPORTED)
    return inference


@transaction.atomic
def change_link(
    *,
    actor: User,
    inference_id: UUID,
    version: int | None = None,
    premise_ids: Sequence[UUID] | None = None,
    **changes: Any,
) -> Inference:
    """Say a reason otherwise: its premises, `scheme`, `warrant`, `is_explicit`.

    Raises Missing, NotAllowed for all but staff and whoever made it, Stale, InvalidState for one
    that is off the map, and otherwise as `link_claims`.
    """
    inference, by = _locked_link(actor, inference_id)
    check_row_version(inference, version)
    if inference.status == MapStatus.WITHDRAWN:
        raise InvalidState("It has been taken off the map. Put it back first.")
    if "scheme" in changes and changes["scheme"] != inference.scheme:
        changes["scheme"] = _scheme(changes["scheme"])
    if "warrant" in changes:
        changes["warrant"] = _warrant(changes["warrant"])
    before = set(inference.premises.all())
    premises = before
    if premise_ids is not None:
        conclusion = inference.conclusion.merged_into or inference.conclusion
        premises = set(_premises(by, premise_ids, conclusion, but=inference.pk))
        _refuse_twin(by, inference, premises)
    if premises == before and all(getattr(inference, n) == v for n, v in changes.items()):
        return inference
    for name, value in changes.items():
        setattr(inference, name, value)
    inference.premises.set(premises)
    save_row(inference, by, before=inference.status)
    return inference


@transaction.atomic
def withdraw_link(*, actor: User, inference_id: UUID, version: int | None = None) -> Inference:
    """Take a reason off the map; again does nothing. Raises Missing, NotAllowed, Stale."""
    inference, by = _locked_link(actor, inference_id)
    return _withdraw(inference, by, version)


@transaction.atomic
def restore_link(*, actor: User, inference_id: UUID, version: int | None = None) -> Inference:
    """Put a reason back on the map; again does nothing.

    Raises Missing, NotAllowed, Stale; Invalid and Conflict where the map has changed so that it
    can no longer stand.
    """
    inference, by = _locked_link(actor, inference_id)
    check_row_version(inference, version)
    if inference.status != MapStatus.WITHDRAWN:
        return inference
    premises = list(inference.premises.all())
    _refuse_circle(by, premises, inference.conclusion, but=inference.pk)
    _refuse_twin(by, inference, premises)
    return _restored(inference, by)


def _locked_link(actor: User, inference_id: UUID) -> tuple[Inference, Actor]:
    def may(by: Actor, inference: Inference) -> bool:
        own = inference.added_by_id == by.user.pk and by.marks_claims
        return inference.annotation_id is None and (by.keeps_map or own)

    seen = Inference.objects.visible_to(actor).select_related("conclusion__merged_into")
    return locked_row(seen, actor, inference_id, may=may, refusal=ONLY_KEEPERS)


def _premises(
    by: Actor, ids: Sequence[UUID], conclusion: Claim, *, but: UUID | None = None
) -> list[Claim]:
    """The claims of these ids as premises. Raises Invalid on `premises`."""
    if not ids:
        raise Invalid("Choose at least one claim as a reason.", field="premises")
    if len(ids) > MOST_PREMISES:
        raise Invalid(f"At most {MOST_PREMISES} claims are taken together.", field="premises")
    found = {
        one.pk: one
        for one in (claim_on_the_map(by, claim_id, field="premises") for claim_id in ids)
    }
    if conclusion.pk in found:
        raise Invalid("A claim cannot be a reason for itself.", field="premises")
    premises = list(found.values())
    _refuse_circle(by, premises, conclusion, but=but)
    return premises


def _refuse_circle(
    by: Actor, premises: Collection[Claim], conclusion: Claim, *, but: UUID | None
) -> None:
    try:
        refuse_cycle(by.assignment, premises, conclusion, but=but)
    except Invalid as error:
        raise Invalid(error.sentence, field="premises") from error


def _refuse_twin(by: Actor, inference: Inference, premises: Collection[Claim]) -> None:
    """Refuse a reason of the same claims for the same one that the person sees."""
    standing = Inference.objects.visible_to(by.user).filter(
        annotation=None, conclusion=inference.conclusion
    )
    standing = standing.exclude(pk=inference.pk).exclude(status=MapStatus.WITHDRAWN)
    for other in standing.prefetch_related("premises"):
        if set(other.premises.all()) == set(premises):
            raise Conflict(
                "This reason is on the map already.", field="premises", code="link_exists"
            )


def _scheme(given: str) -> str:
    if given and given not in SCHEMES:
        raise Invalid("Choose one of: " + ", ".join(SCHEMES) + ".", field="scheme")
    return given


def _warrant(given: str) -> str:
    return clean(given, field="warrant", limit=500, required=False, one_line=True)


# --- attacks -------------------------------------------------------------------------------------


@transaction.atomic
def relate_claims(
    *,
    actor: User,
    assignment_id: UUID,
    kind: str,
    source_id: UUID,
    target_claim_id: UUID | None = None,
    target_inference_id: UUID | None = None,
    target_evidence_id: UUID | None = None,
    is_one_way: bool = False,
    rationale: str = "",
) -> Relation:
    """Say that one claim on the map attacks another, a reason, or a piece of evidence.

    Exactly one target: `rebuts` goes to a claim, `undermines` to a claim or evidence, `undercuts`
    to a reason. Raises Missing, NotAllowed for all but staff, Invalid that names `kind`, `source`,
    `target` or `rationale`, Conflict (`relation_exists`) for one that is there already.
    """
    by = lock_map(actor, assignment_id, may=lambda one: one.keeps_map, refusal=ONLY_STAFF)
    if kind not in RelationKind.values:
        raise Invalid("Choose one of: " + ", ".join(RelationKind.values) + ".", field="kind")
    given = {
        "target_claim": target_claim_id,
        "target_inference": target_inference_id,
        "target_evidence": target_evidence_id,
    }
    if sum(one is not None for one in given.values()) != 1:
        raise Invalid("Give exactly one target.", field="target")
    fitting = {
        RelationKind.REBUTS: {"target_claim"},
        RelationKind.UNDERMINES: {"target_claim", "target_evidence"},
        RelationKind.UNDERCUTS: {"target_inference"},
    }
    name = next(name for name, value in given.items() if value is not None)
    if name not in fitting[RelationKind(kind)]:
        raise Invalid("What attacks so, attacks something else.", field="kind")
    source = claim_on_the_map(by, source_id, field="source")
    target = _target(by, name, next(one for one in given.values() if one))
    if target == source:
        raise Invalid("A claim cannot attack itself.", field="target")
    relation = Relation(
        assignment=by.assignment,
        kind=kind,
        source=source,
        is_one_way=is_one_way,
        rationale=_rationale(rationale),
        added_by=by.user,
        **{name: target},
    )
    try:
        with transaction.atomic():
            relation.save(force_insert=True)
    except IntegrityError as error:
        raise _twin(error) from error
    record_argument(relation, Op.CREATE, before="", until=by.until)
    return relation


@transaction.atomic
def change_relation(
    *, actor: User, relation_id: UUID, version: int | None = None, **changes: Any
) -> Relation:
    """Say an attack otherwise: `is_one_way`, `rationale`.

    Raises Missing, NotAllowed for all but staff and for what a note made, Stale, InvalidState for
    one that is off the map, Invalid on `rationale`.
    """
    relation, by = _locked_relation(actor, relation_id)
    check_row_version(relation, version)
    if relation.status == MapStatus.WITHDRAWN:
        raise InvalidState("It has been taken off the map. Put it back first.")
    if "rationale" in changes:
        changes["rationale"] = _rationale(changes["rationale"])
    if any(getattr(relation, name) != value for name, value in changes.items()):
        for name, value in changes.items():
            setattr(relation, name, value)
        save_row(relation, by, before=relation.status)
    return relation


@transaction.atomic
def withdraw_relation(*, actor: User, relation_id: UUID, version: int | None = None) -> Relation:
    """Take an attack off the map; again does nothing. Raises Missing, NotAllowed, Stale."""
    relation, by = _locked_relation(actor, relation_id)
    return _withdraw(relation, by, version)


@transaction.atomic
def restore_relation(*, actor: User, relation_id: UUID, version: int | None = None) -> Relation:
    """Put an attack back on the map; again does nothing.

    Raises Missing, NotAllowed, Stale, Conflict where the same one is there by now.
    """
    relation, by = _locked_relation(actor, relation_id)
    check_row_version(relation, version)
    if relation.status != MapStatus.WITHDRAWN:
        return relation
    try:
        with transaction.atomic():
            return _restored(relation, by)
    except IntegrityError as error:
        raise _twin(error) from error


def _locked_relation(actor: User, relation_id: UUID) -> tuple[Relation, Actor]:
    def may(by: Actor, relation: Relation) -> bool:
        return relation.annotation_id is None and by.keeps_map

    seen = Relation.objects.visible_to(actor)
    return locked_row(seen, actor, relation_id, may=may, refusal=ONLY_STAFF)


def _target(by: Actor, name: str, target_id: UUID) -> Claim | Inference | Annotation:
    """What is attacked. Raises Invalid on `target`, the same for elsewhere as for hidden."""
    if name == "target_claim":
        return claim_on_the_map(by, target_id, field="target")
    found: Inference | Annotation | None
    if name == "target_inference":
        seen = Inference.objects.visible_to(by.user).exclude(status=MapStatus.WITHDRAWN)
        found = seen.filter(assignment=by.assignment, pk=target_id).first()
    else:
        notes = Annotation.objects.visible_to(by.user).filter(kind=Kind.EVIDENCE)
        found = notes.filter(assignment=by.assignment, pk=target_id).first()
    if found is None:
        raise Invalid("This assignment has no such target.", field="target")
    return found


def _rationale(given: str) -> str:
    return clean(given, field="rationale", limit=500, required=False, one_line=True)


def _twin(error: IntegrityError) -> Exception:
    if "relation_is_made_once" not in str(error):
        return error
    return Conflict("This attack is on the map already.", field="target", code="relation_exists")


# --- both ----------------------------------------------------------------------------------------


def _withdraw(row: Row, by: Actor, version: int | None) -> Row:
    check_row_version(row, version)
    if row.status != MapStatus.WITHDRAWN:
        before = row.status
        row.status = MapStatus.WITHDRAWN
        save_row(row, by, before=before, op=Op.WITHDRAW)
    return row


def _restored(row: Row, by: Actor) -> Row:
    row.status = MapStatus.MARKED
    save_row(row, by, before=MapStatus.WITHDRAWN)
    return row
