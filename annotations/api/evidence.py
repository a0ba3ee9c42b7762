"""One piece of evidence in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from annotations.api.views import REVISION, EvidenceReader
from annotations.enums import Kind
from debate.core.errors import Missing

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class EvidenceDetail(EvidenceReader):
    """One annotation of kind evidence, with target and passage."""

    def find(self) -> None:
        """The evidence. Raises Gone, and Missing also for an annotation of another kind."""
        if self.find_one(self.kwargs["pk"]).kind != Kind.EVIDENCE:
            raise Missing

    @extend_schema(
        parameters=[REVISION],
        operation_id="evidence_retrieve",
        description="One annotation of kind evidence, with target and passage.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The evidence."""
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)
