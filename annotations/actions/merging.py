"""Claims that say the same, merged and taken apart again; and one that says several, split.

Nothing is lost by either: anchors, history and what bears on a claim stay with it, and the map
shows what it is merged into.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q

from annotations.actions.arguing import is_read_where, keep_claim_version, refuse_cycle
from annotations.actions.changes import record_argument
from annotations.actions.mapping import (
    Actor,
    anchor_claim,
    check_row_version,
    claim_on_the_map,
    locked_row,
    save_row,
)
from annotations.actions.quality import settle_marks
from annotations.enums import ClaimAct, MapStatus, Op, QualityMarkType
from annotations.models import Annotation, Claim, Concession, Inference, Relation
from debate.core.errors import Invalid, InvalidState
from debate.core.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from debate.accounts.models import User

MOST_PARTS = 10
ONLY_STAFF = "Only instructors and assistants merge and split claims."


@transaction.atomic
def merge_claims(
    *, actor: User, claim_id: UUID, into_id: UUID, version: int | None = None
) -> Claim:
    """Show another claim in place of this one, as they say the same; what bears on both meets there.

    What was merged into this one goes along. Raises Missing, NotAllowed for all but staff, Stale,
    InvalidState for the thesis and for what is off the map or merged already, Invalid on `into` for
    a claim of elsewhere, not on the map, read by fewer people, in conflict with this one, or for
    which this one is a reason.
    """
    claim, by = _locked(actor, claim_id)
    check_row_version(claim, version)
    _refuse_gone(claim)
    if claim.is_thesis:
        raise InvalidState("This is the thesis. Merge the other claim into it.", field="into")
    if into_id == claim.pk:
        raise Invalid("A claim cannot be merged into itself.", field="into")
    into = claim_on_the_map(by, into_id, field="into")
    if into.pk == claim.pk:
        raise Invalid("That claim is merged into this one already.", field="into")
    _refuse_narrower(claim, into)
    _refuse_conflict(claim, into)
    along = list(claim.merged.all())
    _merge(by, claim, into)
    for one in along:
        one.assignment = by.assignment
        _merge(by, one, into, by_way_of=claim)
    _refuse_circle(by, claim, into)
    for one in (claim, into):
        settle_marks(one, QualityMarkType.DUPLICATE)
    return claim


@transaction.atomic
def unmerge_claim(*, actor: User, claim_id: UUID, version: int | None = None) -> Claim:
    """Show the claim by itself again, with what had been merged into it; again does nothing.

    Raises Missing, NotAllowed for all but staff, Stale.
    """
    claim, by = _locked(actor, claim_id)
    check_row_version(claim, version)
    if claim.merged_into is None:
        return claim
    former = claim.merged_into
    claim.merged_into = None
    _keep(by, claim, ClaimAct.UNMERGE, apart_from=str(former.pk))
    for one in former.merged.all():
        last = one.history.filter(act=ClaimAct.MERGE).order_by("-version").first()
        if last and last.details.get("by_way_of") == str(claim.pk):
            one.assignment = by.assignment
            _merge(by, one, claim)
    return claim


@transaction.atomic
def split_claim(
    *,
    actor: User,
    claim_id: UUID,
    texts: Sequence[str],
    version: int | None = None,
    bearing: Mapping[UUID, int] | None = None,
) -> list[Claim]:
    """Make two or more claims of one that says several; it says the first text from now on.

    The others stand on the same words of the essay. What bears on the claim stays on the first,
    but for the reasons, challenges and concessions that `bearing` names by id, with the number of
    the text from 0. Raises Missing, NotAllowed for all but staff, Stale, InvalidState for what is
    off the map or merged, Invalid on `texts` or `bearing`.
    """
    claim, by = _locked(actor, claim_id)
    check_row_version(claim, version)
    _refuse_gone(claim)
    if claim.annotation_id:
        raise InvalidState("The claim of a note changes with that note alone.")
    words = _parts(texts)
    others = [
        Claim(
            assignment=by.assignment,
            text=text,
            status=claim.status,
            type=claim.type,
            has_burden=claim.has_burden,
            is_explicit=claim.is_explicit,
            added_by=by.user,
        )
        for text in words[1:]
    ]
    anchors = list(claim.anchors.select_related("revision", "paragraph"))
    for other in others:
        other.save(force_insert=True)
        anchor_claim(other, anchors)
        keep_claim_version(other, ClaimAct.SPLIT, by=by.user, split_from=str(claim.pk))
        record_argument(other, Op.CREATE, before="", until=by.until)
    claim.text = words[0]
    _keep(by, claim, ClaimAct.SPLIT, split_into=", ".join(str(one.pk) for one in others))
    parts = [claim, *others]
    for row_id, number in (bearing or {}).items():
        if not 0 <= number < len(parts):
            raise Invalid(f"There are {len(parts)} claims, counted from 0.", field="bearing")
        _move(by, claim, row_id, parts[number])
    settle_marks(claim, QualityMarkType.SEVERAL_CLAIMS)
    return parts


def _locked(actor: User, claim_id: UUID) -> tuple[Claim, Actor]:
    seen = Claim.objects.visible_to(actor).select_related("merged_into")
    return locked_row(seen, actor, claim_id, may=lambda by, _: by.keeps_map, refusal=ONLY_STAFF)


def _refuse_gone(claim: Claim) -> None:
    if claim.status == MapStatus.WITHDRAWN:
        raise InvalidState("It has been taken off the map. Put it back first.")
    if claim.merged_into_id:
        raise InvalidState("It is merged into another claim. Take it apart first.")


def _refuse_narrower(claim: Claim, into: Claim) -> None:
    """Refuse to show a claim in place of one that more people may read."""
    if into.annotation is None:
        return
    if claim.annotation is None or not is_read_where(into.annotation, claim.annotation):
        raise Invalid("That claim is read by fewer people than this one.", field="into")


def _refuse_conflict(claim: Claim, into: Claim) -> None:
    one = [claim.pk, *claim.merged.values_list("pk", flat=True)]
    other = [into.pk, *into.merged.values_list("pk", flat=True)]
    between = Relation.objects.exclude(status=MapStatus.WITHDRAWN).filter(
        Q(source__in=one, target_claim__in=other) | Q(source__in=other, target_claim__in=one)
    )
    if between.exists():
        raise Invalid("One of the two attacks the other: they do not say the same.", field="into")


def _refuse_circle(by: Actor, claim: Claim, into: Claim) -> None:
    """Refuse a claim that has become a reason for itself."""
    ids = [claim.pk, into.pk, *into.merged.values_list("pk", flat=True)]
    standing = Inference.objects.filter(assignment=by.assignment, conclusion__in=ids)
    for inference in standing.exclude(status=MapStatus.WITHDRAWN).prefetch_related("premises"):
        try:
            refuse_cycle(by.assignment, inference.premises.all(), into, but=inference.pk)
        except Invalid as error:
            raise Invalid(error.sentence, field="into") from error


def _merge(by: Actor, claim: Claim, into: Claim, *, by_way_of: Claim | None = None) -> None:
    claim.merged_into = into
    details = {"by_way_of": str(by_way_of.pk)} if by_way_of else {}
    _keep(by, claim, ClaimAct.MERGE, merged_into=str(into.pk), **details)


def _keep(by: Actor, claim: Claim, act: ClaimAct, **details: str) -> None:
    save_row(claim, by, before=claim.status)
    keep_claim_version(claim, act, by=by.user, **details)


def _parts(texts: Sequence[str]) -> list[str]:
    if not 1 < len(texts) <= MOST_PARTS:
        raise Invalid(f"Give from 2 to {MOST_PARTS} texts.", field="texts")
    words = [
        clean(text, field=f"texts.{number}", limit=Claim.TEXT_LIMIT, one_line=True)
        for number, text in enumerate(texts)
    ]
    for number, text in enumerate(words):
        if text.casefold() in {one.casefold() for one in words[:number]}:
            raise Invalid("This is one of the others once more.", field=f"texts.{number}")
    return words


def _move(by: Actor, claim: Claim, row_id: UUID, to: Claim) -> None:
    """Let one thing bear on that part: a challenge or what it attacks, a reason, a concession."""
    relation = Relation.objects.visible_to(by.user).filter(pk=row_id).first()
    if relation and claim.pk in {relation.target_claim_id, relation.source_id}:
        name = "target_claim" if relation.target_claim_id == claim.pk else "source"
        setattr(relation, name, to)
        _saved(by, relation)
        return
    reason = Inference.objects.visible_to(by.user).filter(pk=row_id).first()
    if reason and reason.conclusion_id == claim.pk:
        reason.conclusion = to
        _saved(by, reason)
        return
    if reason and claim in reason.premises.all():
        reason.premises.remove(claim)
        reason.premises.add(to)
        _saved(by, reason)
        return
    readable = Annotation.objects.visible_to(by.user)
    granted = Concession.objects.filter(pk=row_id, claim=claim, annotation__in=readable)
    if not granted.update(claim=to):
        raise Invalid("This does not bear on the claim.", field="bearing")


def _saved(by: Actor, row: Relation | Inference) -> None:
    row.assignment = by.assignment
    save_row(row, by, before=row.status)
