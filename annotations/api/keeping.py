"""What keeping a shelf takes beside its sources, in the API: found details, works that stand twice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from annotations.actions.sources import (
    ONLY_ITS_OWN,
    ONLY_KEEPERS,
    lock_works,
    take_found_details,
)
from annotations.api.serializers import SourceSerializer
from annotations.api.sources import OfShelves
from annotations.models import LinkHealth, Source
from annotations.permissions import may_change_source, may_keep_shelf
from annotations.queries.shelf import duplicate_pairs
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.models import Seminar
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet
    from rest_framework.request import Request


class FoundSerializer(serializers.Serializer[Any]):
    """What the work's address says of it, as CSL-JSON, and when the site looked."""

    found = serializers.DictField(help_text="CSL-JSON.")
    checked_at = serializers.DateTimeField(allow_null=True)


class FoundDetails(OfShelves):
    """What the address of a work says of it."""

    queryset = Source.objects.none()
    serializer_class = SourceSerializer
    demands = frozenset({"POST"})
    address = "api:source-detail"

    def find(self) -> None:
        """The source with what was found, for who describes it. Raises Missing, NotAllowed."""
        self.source = self.source_of(self.kwargs["pk"])
        membership = membership_of(self.user, self.source.seminar)
        if not may_change_source(self.user, membership, self.source):
            raise NotAllowed(ONLY_ITS_OWN)
        health = LinkHealth.objects.filter(source=self.source).exclude(found={}).first()
        if health is None:
            raise Missing
        self.health = health

    def get_queryset(self) -> QuerySet[Source]:
        """The sources that the person may see."""
        return Source.objects.visible_to(self.user)

    def hold(self) -> None:
        """Lock the source, as changing does."""
        lock_works(self.kwargs["pk"])

    @extend_schema(
        responses={200: FoundSerializer},
        operation_id="sources_found_retrieve",
        description="What the address of a work says of it, as the site found it; 404 where it said "
        "nothing. For staff, and whoever put the work on the shelf.",
    )
    def get(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """What was found."""
        return Response(FoundSerializer(self.health).data)

    @extend_schema(
        request=None,
        responses={200: SourceSerializer},
        operation_id="sources_found_create",
        description="Take over what the address of a work says of it, where nothing is known yet.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Take it over."""
        with self.unchanged():
            source = take_found_details(actor=self.user, source_id=pk)
        return Response(self.get_serializer(source).data)


class DuplicateSerializer(serializers.Serializer[Any]):
    """Two works that look like one: the older, which is offered to stay, and the other."""

    stays = serializers.UUIDField()
    goes = serializers.UUIDField()


class DuplicatesSerializer(serializers.Serializer[Any]):
    """All pairs of a shelf."""

    results = DuplicateSerializer(many=True)


class DuplicateList(ApiView):
    """Works that stand twice on a shelf."""

    queryset = Source.objects.none()
    serializer_class = DuplicatesSerializer

    def find(self) -> None:
        """The seminar, for who keeps its shelf. Raises Missing, NotAllowed."""
        seminars = Seminar.objects.visible_to(self.user)
        seminar = seminars.filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        if not may_keep_shelf(membership_of(self.user, seminar), seminar):
            raise NotAllowed(ONLY_KEEPERS)
        self.seminar = seminar

    @extend_schema(
        responses={200: DuplicatesSerializer},
        operation_id="seminars_duplicate_sources_list",
        description="Works of a shelf that look like one, of the newest 2,000; `merge/` of the one "
        "that goes makes them one. For staff of the whole seminar.",
    )
    def get(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The pairs."""
        pairs = duplicate_pairs(self.user, self.seminar)
        found = [{"stays": one.stays.source.pk, "goes": one.goes.source.pk} for one in pairs]
        return Response(DuplicatesSerializer({"results": found}).data)
