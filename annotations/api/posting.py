"""Annotations posted and changed as clients send them: alone, and in batches.

Not one of the usual module names: views of one annotation and of many share it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from annotations.actions import create_annotation, create_annotations, edit_annotation
from annotations.actions.annotations import writer_in
from annotations.actions.arguing import claim_borne_on
from annotations.actions.refusing import ONLY_ITS_AUTHOR, check_change
from annotations.api.finding import find_annotation
from annotations.api.inputs import AnnotationChangeShape, AnnotationShape
from annotations.models import Annotation, Claim
from debate.assignments.actions import lock_assignment
from debate.core.errors import DomainError, Invalid, named_by
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from debate.accounts.models import User


def post_annotation(user: User, body: Any, shape: AnnotationShape | None = None) -> Annotation:
    """Attach what the body says. Raises for what cannot be, its assignment being judged first.

    `shape` is that of the body where it has been judged before.
    """
    with named_by("assignment"):
        writer = writer_in(user, _assignment_in(body))
    if shape is None:
        shape = AnnotationShape(data=body)
        shape.is_valid(raise_exception=True)
    post = shape.post
    with shape.naming_members():
        return create_annotation(
            actor=user,
            assignment_id=writer.assignment.pk,
            content=post.content,
            targets=post.targets,
            parent_id=post.parent_id,
            submission_key=post.submission_key,
            as_late=post.as_late,
            writer=writer,
        )


def post_together(user: User, shapes: Sequence[AnnotationShape]) -> list[Annotation | DomainError]:
    """Attach to one assignment what the shapes say, each of which `stands_alone`; see there.

    Returns for each the annotation or what refuses it.
    """
    (assignment_id,) = {shape.validated_data["assignment"] for shape in shapes}
    try:
        with named_by("assignment"):
            outcomes = create_annotations(
                actor=user, assignment_id=assignment_id, posts=[shape.post for shape in shapes]
            )
    except DomainError as error:
        return [error] * len(shapes)
    for shape, outcome in zip(shapes, outcomes, strict=True):
        if isinstance(outcome, DomainError):
            outcome.field = shape.name_of(outcome.field)
    return outcomes


def _assignment_in(body: Any) -> UUID:
    """The assignment that the body names, which is judged before the rest of the body."""
    try:
        return UUID(body["assignment"])
    except (AttributeError, KeyError, TypeError, ValueError):
        shape = AnnotationShape(data=body)
        shape.is_valid(raise_exception=True)
        named: UUID = shape.validated_data["assignment"]
        return named


def find_to_change(user: User, annotation_id: UUID) -> Annotation:
    """The annotation, which is the person's to change. Raises Missing, Gone, NotAllowed."""
    annotation = find_annotation(user, annotation_id)
    membership = membership_of(user, annotation.assignment.seminar)
    check_change(user, membership, annotation, ONLY_ITS_AUTHOR)
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
