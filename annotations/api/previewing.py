"""Markdown as it will be shown, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.response import Response

from annotations.models import Annotation
from debate.accounts.authentication import TokenScope
from debate.core.api.fields import Shape, Text
from debate.core.api.views import ApiView
from debate.core.text import clean, render_markdown

if TYPE_CHECKING:
    from rest_framework.request import Request


class PreviewShape(Shape):
    """The Markdown of a note."""

    body = Text()


class PreviewSerializer(serializers.Serializer[Any]):
    """The same as HTML, made and cleaned as by posting."""

    body_html = serializers.CharField()


class PreviewView(ApiView):
    """A note's Markdown rendered, and kept nowhere."""

    queryset = Annotation.objects.none()
    makes_nothing = True
    serializer_class = PreviewSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]

    @extend_schema(
        request=PreviewShape,
        responses={200: PreviewSerializer},
        operation_id="preview_create",
        description="See a note's Markdown as it will be shown. Nothing is kept.",
    )
    def post(self, request: Request) -> Response:
        """Render it."""
        shape = PreviewShape(data=request.data)
        shape.is_valid(raise_exception=True)
        given = shape.validated_data["body"]
        body = clean(given, field="body", limit=Annotation.BODY_LIMIT, required=False)
        return Response({"body_html": str(render_markdown(body))})
