"""A student's receipt in the API: what is in, when the server received it, a digest over all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.response import Response

from annotations.actions.receipts import send_receipt
from annotations.api.progress import TaskSerializer
from annotations.enums import Kind
from annotations.permissions import may_have_receipt
from annotations.queries.receipts import receipt
from debate.accounts.authentication import TokenScope
from debate.assignments.models import Assignment
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from rest_framework.request import Request


class ReceiptLineSerializer(serializers.Serializer[Any]):
    """One annotation, and why it does not count if it does not."""

    annotation = serializers.UUIDField(source="id")
    kind = serializers.ChoiceField(choices=Kind.choices)
    version = serializers.IntegerField()
    place = serializers.CharField()
    received_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)
    is_late = serializers.BooleanField()
    counts = serializers.BooleanField()
    why_not = serializers.CharField()
    html_url = serializers.SerializerMethodField()

    def get_html_url(self, line: Any) -> str:
        """Its page."""
        return str(self.context["request"].build_absolute_uri(line.url))


class ReceiptSerializer(serializers.Serializer[Any]):
    """What you have in an assignment that counts, as it stands at `made_at`.

    `digest` is the SHA-256 of `canonical` in UTF-8; as long as nothing changes, it stays the same.
    """

    assignment = serializers.UUIDField(source="assignment.pk")
    student = serializers.UUIDField(source="person.pk")
    words = serializers.CharField(help_text="How much of what is asked is in.")
    tasks = TaskSerializer(many=True)
    annotations = ReceiptLineSerializer(source="notes", many=True)
    digest = serializers.CharField()
    canonical = serializers.CharField(help_text="What the digest is computed over.")
    made_at = serializers.DateTimeField()


class ReceiptReader(ApiView):
    """What views of a receipt share: it is a student's own."""

    queryset = Assignment.objects.none()
    serializer_class = ReceiptSerializer
    permission_classes = [permissions.IsAuthenticated, TokenScope]

    def find(self) -> None:
        """The assignment, for its students. Raises Missing, NotAllowed."""
        known = Assignment.objects.set_to(self.user).for_pages()
        found = known.filter(pk=self.kwargs["assignment_id"]).first()
        if found is None:
            raise Missing
        if not may_have_receipt(membership_of(self.user, found.seminar)):
            raise NotAllowed("Receipts are for students.")
        self.assignment = found


class ReceiptView(ReceiptReader):
    """The receipt of whoever asks."""

    @extend_schema(
        operation_id="assignments_receipt_retrieve",
        responses={200: ReceiptSerializer},
        description="Your receipt as a student: what of yours counts in an assignment, when the "
        "server received it, and a digest by which a copy is checked.",
    )
    def get(self, request: Request, assignment_id: UUID) -> Response:  # noqa: ARG002 - DRF's signature
        """The receipt as it stands now."""
        return Response(self.get_serializer(receipt(self.user, self.assignment)).data)


class ReceiptSend(ReceiptReader):
    """How the receipt is sent."""

    @extend_schema(
        request=None,
        responses={202: None},
        operation_id="assignments_receipt_send_create",
        description="Have your receipt sent to your e-mail address as it stands now.",
    )
    def post(self, request: Request, assignment_id: UUID) -> Response:
        """Send it."""
        place = [self.assignment.seminar.slug, self.assignment.slug]
        address = request.build_absolute_uri(reverse("annotations:receipt", args=place))
        send_receipt(actor=self.user, assignment_id=assignment_id, address=address)
        return Response(status=202)
