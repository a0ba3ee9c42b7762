"""What a counterargument attacks, said by its author or by staff who read it as a coder would."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from annotations.actions.annotations import (
    check_dates,
    check_version,
    latest_for,
    locked_annotation,
)
from annotations.actions.arguing import follow_argument
from annotations.actions.changes import Visibility, save_change
from annotations.actions.inputs import Content
from annotations.actions.refusing import check_coding
from annotations.enums import Attacks, Op
from debate.assignments.queries import current_round, dates_for
from debate.core.errors import Invalid, InvalidState

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.models import Annotation
    from debate.accounts.models import User


@transaction.atomic
def code_attack(
    *,
    actor: User,
    annotation_id: UUID,
    attacks: str,
    claim_id: UUID | None = None,
    version: int | None = None,
) -> Annotation:
    """Say what a counterargument attacks: conclusion, reason or step, and of which claim.

    Its words stay, and a version of it is kept with who said so. For its author within the dates,
    and for staff who oversee the author. Raises Missing, NotAllowed, InvalidState outside the dates
    and for what it attacks already, Stale, Invalid that names `attacks` or `claim`.
    """
    annotation, membership, now = locked_annotation(actor, annotation_id)
    check_coding(actor, membership, annotation)
    check_version(annotation, version)
    coded = [one.value for one in Attacks if one != Attacks.UNSPECIFIED]
    if attacks not in coded:
        raise Invalid("Choose one of: " + ", ".join(coded) + ".", field="attacks")
    assignment = annotation.assignment
    dates = dates_for(actor, assignment)
    check_dates(assignment, dates, now, membership)
    if annotation.attacks == attacks and claim_id is None:
        raise InvalidState("This is what it attacks already.", field="attacks")
    before = Visibility.of(annotation)
    argued = (annotation.kind, annotation.attacks, annotation.stance)
    annotation.attacks = attacks
    content = Content(kind=annotation.kind, attacks=attacks, claim_id=claim_id)
    follow_argument(annotation, content, actor=actor, argued=argued)
    until = latest_for(assignment, current_round(assignment, now), dates, membership)
    save_change(annotation, actor, Op.UPDATE, before, until=until)
    return annotation
