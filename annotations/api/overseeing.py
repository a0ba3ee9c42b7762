"""What staff did about the annotations of a seminar, in the API."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import django_filters
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import generics

from annotations.api.moderation import EntryFilters, ModerationEntrySerializer
from annotations.models import ModerationEntry
from debate.core.api.views import ApiView
from debate.core.errors import Missing, NotAllowed
from debate.seminars.models import Seminar
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from debate.accounts.models import User


class LogFilters(EntryFilters):
    """Which acts."""

    actor = django_filters.UUIDFilter(field_name="actor_id", label="Of that person.")


@extend_schema_view(
    get=extend_schema(
        operation_id="seminars_moderation_list",
        description="What staff did about the annotations that you oversee, the oldest first.",
    )
)
class ModerationLog(ApiView, generics.ListAPIView[ModerationEntry]):
    """The acts of staff in one seminar."""

    has_pages = True
    queryset = ModerationEntry.objects.none()
    serializer_class = ModerationEntrySerializer
    filterset_class = LogFilters

    def find(self) -> None:
        """The seminar, whose staff the person is. Raises Missing, NotAllowed."""
        user = cast("User", self.request.user)
        seminar = Seminar.objects.visible_to(user).filter(pk=self.kwargs["seminar_id"]).first()
        if seminar is None:
            raise Missing
        if not is_staff(membership_of(user, seminar)):
            raise NotAllowed("This is for the instructors and assistants of the seminar.")
        self.seminar = seminar

    def get_queryset(self) -> QuerySet[ModerationEntry]:
        """The acts on what the person oversees."""
        entries = ModerationEntry.objects.visible_to(cast("User", self.request.user))
        of_seminar = entries.filter(annotation__assignment__seminar=self.seminar)
        return of_seminar.select_related("actor")
