"""Where an annotation stands, what was just done to it, and its thread's notices, changed through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework import permissions
from rest_framework.response import Response

from annotations.actions import place_annotation, undo
from annotations.actions.refusing import check_placing
from annotations.actions.telling import mute_thread
from annotations.api.inputs import AnchorsShape, UndoShape
from annotations.api.serializers import AnnotationSerializer
from annotations.api.views import AnnotationReader
from annotations.models import Annotation
from debate.accounts.authentication import TokenScope
from debate.core.errors import Missing, NotAllowed
from debate.notices.actions import unmute

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class AnchorsView(AnnotationReader):
    """Where an annotation stands in the revision that is shown."""

    query_parameters = frozenset()

    def find(self) -> None:
        """The annotation, and whether the person puts it elsewhere. Raises NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        if self.annotation.parent_id:
            raise Missing
        check_placing(self.user, self.membership(self.annotation), self.annotation)

    @extend_schema(
        request=AnchorsShape,
        responses={200: AnnotationSerializer},
        operation_id="annotations_anchors_update",
        description="Put an annotation by hand onto paragraphs or words of the revision that is "
        "shown, such as one that lost its words. For its author and staff.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Put it there."""
        shape = AnchorsShape(data=request.data)
        shape.is_valid(raise_exception=True)
        placed = place_annotation(
            actor=self.user,
            annotation_id=pk,
            targets=shape.targets(),
            version=self.version(shape),
        )
        return Response(self.shown(placed))


class UndoView(AnnotationReader):
    """The last act on an annotation, taken back by whoever did it."""

    query_parameters = frozenset()

    def find(self) -> None:
        """The annotation. Raises Missing, NotAllowed where nothing of the person's is to be undone."""
        seen = Annotation.objects.visible_to(self.user).filter(pk=self.kwargs["pk"])
        annotation = seen.first()
        if annotation is None:
            raise Missing
        if not annotation.history.filter(by=self.user, undo__isnull=False).exists():
            raise NotAllowed("Only what you have just done yourself can be undone.")

    @extend_schema(
        request=UndoShape,
        responses={200: AnnotationSerializer},
        operation_id="annotations_undo_create",
        description="Take back your withdrawal, your placing or your hiding, named by the `version` "
        "that it made; for ten minutes, and while nothing else has changed the annotation.",
    )
    def post(self, request: Request, pk: UUID) -> Response:
        """Undo the act that made the version."""
        shape = UndoShape(data=request.data)
        shape.is_valid(raise_exception=True)
        undone = undo(actor=self.user, annotation_id=pk, version=shape.validated_data["version"])
        return Response(self.shown(undone.annotation))


class MuteView(AnnotationReader):
    """Whether the person is told of what happens in a thread."""

    demands = frozenset()
    permission_classes = [permissions.IsAuthenticated, TokenScope]
    query_parameters = frozenset()

    def find(self) -> None:
        """An annotation of the thread. Raises Missing."""
        found = Annotation.objects.visible_to(self.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Missing
        self.annotation = found

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="annotations_mute_update",
        description="Be told nothing more of the annotation's thread; again does nothing.",
    )
    def put(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Mute the thread."""
        mute_thread(actor=self.user, annotation_id=pk)
        return Response(status=204)

    @extend_schema(
        request=None,
        responses={204: None},
        operation_id="annotations_mute_destroy",
        description="Be told of the thread again; does nothing if it was not muted.",
    )
    def delete(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """End that the thread is muted."""
        unmute(actor=self.user, context_id=self.annotation.root_id or pk)
        return Response(status=204)
