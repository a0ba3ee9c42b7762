"""Annotations posted and changed as clients send them: alone, and in batches.

Not one of the usual module names: views of one annotation and of many share it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from annotations.actions import create_annotation, edit_annotation
from annotations.actions.annotations import writer_in
from annotations.actions.arguing import claim_borne_on
from annotations.api.finding import find_annotation
from annotations.api.inputs import AnnotationChangeShape, AnnotationShape
from annotations.models import Annotation, Claim
from annotations.permissions import may_change
from debate.assignments.actions import lock_assignment
from debate.core.api.fields import Addressed
from debate.core.errors import Invalid, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from annotations.actions.annotations import Writer
    from debate.accounts.models import User


def post_annotation(user: User, body: Any) -> Annotation:
    """Attach what the body says. Raises for what cannot be, its assignment being judged first."""
    writer = _writer_in(user, body)
    shape = AnnotationShape(data=body)
    shape.is_valid(raise_exception=True)
    with shape.naming_members():
        return create_annotation(
            actor=user,
            assignment_id=writer.assignment.pk,
            content=shape.content(),
            targets=shape.targets(),
            parent_id=shape.validated_data.get("parent"),
            submission_key=shape.validated_data.get("submission_key"),
            as_late=shape.validated_data.get("as_late", False),
            writer=writer,
        )


def _writer_in(user: User, body: Any) -> Writer:
    """The person in the assignment that the body names, before the rest of the body is judged."""
    named = Addressed(data=body)
    if not named.is_valid():
        AnnotationShape(data=body).is_valid(raise_exception=True)
    return writer_in(user, named.validated_data["assignment"])


def find_to_change(user: User, annotation_id: UUID) -> Annotation:
    """The annotation, which is the person's to change. Raises Missing, Gone, NotAllowed."""
    annotation = find_annotation(user, annotation_id)
    if not may_change(user, membership_of(user, annotation.assignment.seminar), annotation):
        raise NotAllowed("Only its author changes or withdraws an annotation.")
    return annotation


def change_annotation(
    user: User,
    annotation: Annotation,
    body: Any,
    version: Callable[[AnnotationChangeShape], int | None],
) -> Annotation:
    """Change the annotation as the body says; `version` tells which one it was made from."""
    shape = AnnotationChangeShape(data=body, context={"kind": annotation.kind})
    shape.is_valid(raise_exception=True)
    with transaction.atomic(), shape.naming_members():
        # What is left out stays as it stands under the lock.
        lock_assignment(annotation.assignment_id)
        standing = find_annotation(user, annotation.pk)
        if shape.takes_claim_off(standing) and _knows_claim_of(user, standing):
            raise Invalid(
                "What argues bears on a claim. Name another, or leave this member out: it stays.",
                field="claim",
            )
        return edit_annotation(
            actor=user,
            annotation_id=annotation.pk,
            content=shape.changed(standing),
            version=version(shape),
        )


def _knows_claim_of(user: User, annotation: Annotation) -> bool:
    """Whether the person is shown a claim that the annotation bears on."""
    claim = claim_borne_on(annotation)
    readable = Annotation.objects.visible_to(user)
    known = Claim.objects.known_beside(user, readable)
    return claim is not None and known.filter(pk=claim.pk).exists()
