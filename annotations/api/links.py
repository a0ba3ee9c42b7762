"""Links of sources in the API: whether they open, and opening them anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotations.actions.links import check_link, source_to_check
from annotations.models import LinkHealth
from annotations.queries.links import link_words
from debate.core.api.views import ApiView

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.accounts.models import User


class LinkSerializer(serializers.ModelSerializer[LinkHealth]):
    """Whether a source's address opens, and what was found there when it last did."""

    words = serializers.SerializerMethodField()

    class Meta:
        model = LinkHealth
        fields = [
            "status", "words", "http_status", "title", "digest", "final_url", "checked_at",
            "next_at",
        ]  # fmt: skip
        read_only_fields = fields

    def get_words(self, health: LinkHealth) -> str:
        """The status and the reason for it, in words."""
        return link_words(health)


class LinkCheckView(ApiView):
    """The opening of one source's link anew."""

    queryset = LinkHealth.objects.none()
    serializer_class = LinkSerializer

    def find(self) -> None:
        """The source, and whether the person has its link opened. Raises Missing, NotAllowed."""
        self.source = source_to_check(cast("User", self.request.user), self.kwargs["pk"])

    @extend_schema(
        request=None,
        responses={202: LinkSerializer},
        operation_id="sources_check_link_create",
        description="Have the source's link opened anew, in a moment; staff do. The answer is what "
        "was found the last time.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Hand the opening to the worker."""
        source = check_link(actor=cast("User", self.request.user), source_id=pk)
        health = LinkHealth.objects.filter(source=source).first() or LinkHealth(source=source)
        return Response(LinkSerializer(health).data, status=202)
