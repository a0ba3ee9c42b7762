"""Dates that hold for one student only: extensions, and accommodations in a whole seminar."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from debate.assignments.enums import ReasonCode
from debate.assignments.models.assignment import Assignment
from debate.core.models import PublicId, Timestamped
from debate.seminars.models import Group, Membership, Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Reads of extensions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those of seminars whose staff the person is.

        The reason is for the person and instructors; whoever shows one to assistants leaves it out.
        """
        staffed = Membership.objects.of(user).unlimited().values("seminar_id")
        limited = Membership.objects.of(user).limited().values("sections")
        section = Group.members.through.objects.filter(
            user=OuterRef("user_id"),
            group__seminar=OuterRef("assignment__seminar_id"),
            group__in=limited,
        )
        own = Q(user_id=user.pk) if user.pk else Q(pk=None)
        return self.filter(own | Q(assignment__seminar__in=staffed) | Exists(section))


class Extension(PublicId, Timestamped):
    """Other dates for one student of one assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="extensions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="extensions"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(
        max_length=20, choices=ReasonCode.choices, default=ReasonCode.OTHER
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "user"], name="extension_is_one_a_person"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(closes_at=None) | Q(closes_at__gte=F("due_at")),
                name="extension_closes_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.due_at}"


class AccommodationQuerySet(models.QuerySet["Accommodation"]):
    """Reads of accommodations."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those of seminars in which the person is instructor."""
        own = Q(user_id=user.pk) if user.pk else Q(pk=None)
        return self.filter(own | Q(seminar__in=Seminar.objects.taught_by(user)))


class Accommodation(PublicId, Timestamped):
    """Days that a student has more in each assignment of a seminar; an extension goes before it."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="accommodations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accommodations"
    )
    extra_days = models.PositiveSmallIntegerField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = AccommodationQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "user"], name="accommodation_is_one_a_person"
            ),
            models.CheckConstraint(
                condition=Q(extra_days__gte=1, extra_days__lte=60),
                name="accommodation_is_one_to_sixty_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.extra_days} days"
