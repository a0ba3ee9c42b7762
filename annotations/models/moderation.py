"""Flags, and the log of what staff did about annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from annotations.enums import FlagReason, ModerationAct
from annotations.models.annotation import Annotation
from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class FlagQuerySet(models.QuerySet["Flag"]):
    """Reads of flags."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own flags, and as staff those on what the person oversees."""
        if not user.pk:
            return self.none()
        overseen = Annotation.objects.overseen_by(user).filter(pk=OuterRef("annotation_id"))
        seen = Annotation.objects.visible_to(user).filter(pk=OuterRef("annotation_id"))
        return self.filter((Q(flagged_by_id=user.pk) & Exists(seen)) | Exists(overseen))

    def open(self) -> Self:
        """Flags that nobody has resolved."""
        return self.filter(resolved_at=None)

    def with_shown_flagger(self, user: User | AnonymousUser) -> Self:
        """Adds `shows_flagger`: authors never learn who flagged them, though they be staff.

        And `shows_resolution`: what staff said when they resolved it is for staff.
        """
        others = ~Q(annotation__author_id=user.pk) if user.pk else Q(pk=None)
        overseen = Annotation.objects.overseen_by(user).filter(pk=OuterRef("annotation_id"))
        return self.annotate(
            shows_flagger=models.ExpressionWrapper(others, output_field=models.BooleanField()),
            shows_resolution=Exists(overseen),
        )


class Flag(PublicId, Timestamped):
    """A member's word to staff that an annotation needs looking at; one open at a time."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="flags")
    flagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="flags"
    )
    reason = models.CharField(max_length=20, choices=FlagReason.choices)
    note = models.CharField(max_length=500, blank=True)
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=500, blank=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=FlagReason.values), name="flag_reason_is_known"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at=None, resolved_by=None)
                | Q(resolved_at__isnull=False, resolved_by__isnull=False),
                name="flag_is_resolved_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["annotation", "flagged_by"],
                condition=Q(resolved_at=None),
                name="flag_is_open_once_a_person",
            ),
        ]
        indexes = [
            models.Index(fields=["annotation"], condition=Q(resolved_at=None), name="flag_open"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} on {self.annotation_id}"


class ModerationEntryQuerySet(models.QuerySet["ModerationEntry"]):
    """Reads of the log."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What was done about annotations that the person oversees as staff."""
        return self.filter(annotation__in=Annotation.objects.overseen_by(user))


class ModerationEntry(PublicId):
    """One act of moderation; never changed. The author reads `reason` with the state it led to."""

    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, related_name="moderation_entries"
    )
    act = models.CharField(max_length=20, choices=ModerationAct.choices)
    actor = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = ModerationEntryQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(act__in=ModerationAct.values), name="moderation_act_is_known"
            ),
        ]
        indexes = [models.Index(fields=["annotation", "-id"], name="moderation_by_annotation")]

    def __str__(self) -> str:
        return f"{self.act} {self.annotation_id}"
