"""A seminar copied to a new term through the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.reverse import reverse

from annotations.actions.copying import copy_to_term
from debate.accounts.enums import Scope
from debate.assignments.forms.zoned import EARLIEST, LATEST
from debate.core.api.fields import SENTENCES, Shape, Text
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.api.seminars import SeminarSerializer
from debate.seminars.models import Seminar
from debate.seminars.permissions import (
    MAKES_NO_SEMINAR,
    is_instructor,
    may_create_seminar,
    membership_of,
)

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from rest_framework.request import Request

    from debate.accounts.models import User


class Day(serializers.DateField):
    """A day as RFC 3339 writes it, in the years of the pages."""

    default_error_messages = {
        **SENTENCES,
        "invalid": "Give a day such as 2027-04-12.",
        "absurd": f"Give a year from {EARLIEST} to {LATEST}.",
    }

    def to_internal_value(self, value: object) -> date:
        """The day."""
        if not isinstance(value, str):
            self.fail("invalid", format="")
        day = super().to_internal_value(value)
        if not EARLIEST <= day.year <= LATEST:
            self.fail("absurd")
        return day


class SeminarCopyShape(Shape):
    """How the copy is called, and when its term starts."""

    title = Text()
    starts_on = Day()


class SeminarCopyView(ApiView):
    """A seminar copied to a new term."""

    required_scope = Scope.ADMIN
    serializer_class = SeminarSerializer

    def find(self) -> None:
        """The seminar, and whether the person copies it. Raises Missing, NotAllowed."""
        user = cast("User", self.request.user)
        seminar = Seminar.objects.visible_to(user).filter(pk=self.kwargs["pk"]).first()
        if seminar is None:
            raise Missing
        if not is_instructor(membership_of(user, seminar)):
            raise NotAllowed("Only instructors of this seminar copy it.")
        if not may_create_seminar(user):
            raise NotAllowed(MAKES_NO_SEMINAR)
        self.seminar = seminar

    @extend_schema(
        request=SeminarCopyShape,
        responses={201: SeminarSerializer},
        operation_id="seminars_copy_create",
        description="Make a seminar with the essays, assignments and vocabulary of this one, its "
        "dates moved to the new term; nothing that was posted. For instructors, with the scope "
        "`admin`.",
    )
    def post(self, request: Request, pk: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """Copy it."""
        shape = SeminarCopyShape(data=request.data)
        shape.is_valid(raise_exception=True)
        user = cast("User", request.user)
        made = copy_to_term(actor=user, seminar=self.seminar, **shape.validated_data)
        fresh = Seminar.objects.visible_to(user).for_member(user).get(pk=made.pk)
        address = reverse("api:seminar-detail", args=[made.pk], request=request)
        data = SeminarSerializer(fresh, context=self.get_serializer_context()).data
        return Response(data, status=201, headers={"Location": address})
