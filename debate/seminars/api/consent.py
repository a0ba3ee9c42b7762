"""Whether a member's own words may go into research, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response

from debate.core.api.fields import SENTENCES, Shape
from debate.core.api.views import ApiView
from debate.core.errors import Missing
from debate.seminars.actions.people import lock_people, say_consent
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request

    from debate.accounts.models import User


class ConsentSerializer(serializers.ModelSerializer[Membership]):
    """Whether the seminar asks, and what the person has answered; null for nothing."""

    asks_consent = serializers.BooleanField(source="seminar.asks_consent", read_only=True)

    class Meta:
        model = Membership
        fields = ["asks_consent", "consents"]
        read_only_fields = fields


class ConsentShape(Shape):
    """An answer."""

    consents = serializers.BooleanField(
        allow_null=True,
        error_messages={**SENTENCES, "invalid": "Give true, false or null."},
        help_text="Null takes an answer back.",
    )


class ConsentView(ApiView):
    """What the person who asks says of research with the own words."""

    queryset = Membership.objects.none()
    serializer_class = ConsentSerializer

    def find(self) -> None:
        """The person's own membership. Raises Missing."""
        own = Membership.objects.of(self.request.user).select_related("seminar")
        found = own.filter(seminar=self.kwargs["seminar_id"]).first()
        if found is None:
            raise Missing
        self.membership = found

    def current(self) -> Any:
        """The answer as it stands now."""
        self.find()
        return self.get_serializer(self.membership).data

    def hold(self) -> None:
        """Lock what the answer is locked with."""
        lock_people(self.membership.seminar)

    @extend_schema(
        operation_id="seminars_consent_retrieve",
        description="Whether your words may go into research, where the seminar asks.",
    )
    def get(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """What the person has answered."""
        return Response(self.get_serializer(self.membership).data)

    @extend_schema(
        operation_id="seminars_consent_update",
        request=ConsentShape,
        responses={200: ConsentSerializer},
        description="Say whether your words may go into research; you can change it at any time. "
        "Exports under pseudonyms hold the words of those alone who say yes.",
    )
    def put(self, request: Request, seminar_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Answer, or take the answer back."""
        shape = ConsentShape(data=request.data)
        shape.is_valid(raise_exception=True)
        with self.unchanged():
            say_consent(
                actor=cast("User", request.user),
                seminar=self.membership.seminar,
                consents=shape.validated_data["consents"],
            )
        return Response(self.current())
