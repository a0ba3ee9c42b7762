"""Who reads an annotation, changed through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from annotations.actions import change_audience
from annotations.actions.refusing import check_audience
from annotations.api.inputs import AudienceShape
from annotations.api.serializers import AnnotationSerializer
from annotations.api.views import AnnotationReader

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class AudienceView(AnnotationReader):
    """Who may read an annotation and its thread."""

    def find(self) -> None:
        """The annotation, and whether the person says who reads it. Raises NotAllowed."""
        self.annotation = self.find_one(self.kwargs["pk"])
        check_audience(self.user, self.membership(self.annotation), self.annotation)

    @extend_schema(
        request=AudienceShape,
        responses={200: AnnotationSerializer},
        operation_id="annotations_audience_update",
        description="Let fewer or more people read an annotation; its replies go with it. Its "
        "author may until somebody else has replied, staff always.",
    )
    def put(self, request: Request, pk: UUID) -> Response:
        """Change who reads the annotation."""
        shape = AudienceShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data
        changed = change_audience(
            actor=self.user,
            annotation_id=pk,
            audience=given["audience"],
            group_id=given.get("group"),
            version=self.version(shape),
        )
        return Response(self.shown(changed))
