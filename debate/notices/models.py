"""Notices, their e-mails, and what people want to hear of.

A notice holds whom it is for, its kind, and the public id of what it is about. What it says is
made when it is shown or sent, by the app that registered the kind (`registry`), which looks again
whether the recipient may see it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from debate.core.models import PublicId, Timestamped
from debate.notices.enums import Cadence, DeliveryState

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """Reads of notices."""

    def addressed_to(self, user: User | AnonymousUser) -> Self:
        """The person's notices, whether or not what they are about can still be seen."""
        return self.filter(recipient_id=user.pk) if user.pk else self.none()

    def unread(self) -> Self:
        """Notices that have not been read."""
        return self.filter(read_at=None)


class Notice(PublicId):
    """One thing that a person is told, once for each kind and object.

    `context_id` is what it belongs to, by which notices are muted: a thread's first annotation, or
    an assignment.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notices"
    )
    kind = models.CharField(max_length=30)
    object_id = models.UUIDField()
    context_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "kind", "object_id"], name="notice_is_given_once"
            ),
        ]
        indexes = [
            models.Index(fields=["recipient", "-id"], name="notice_by_recipient"),
            models.Index(
                fields=["recipient", "kind"], condition=Q(read_at=None), name="notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.object_id}"


class Delivery(PublicId, Timestamped):
    """A notice's e-mail: a row of the transaction that caused it, sent by the job worker.

    It is due at once, or with the recipient's next digest.
    """

    notice = models.OneToOneField(Notice, on_delete=models.CASCADE, related_name="delivery")
    cadence = models.CharField(max_length=10, choices=Cadence.choices)
    state = models.CharField(
        max_length=10, choices=DeliveryState.choices, default=DeliveryState.QUEUED
    )
    due_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(cadence__in=[one for one in Cadence.values if one != "never"]),
                name="delivery_cadence_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=DeliveryState.values), name="delivery_state_is_known"
            ),
        ]
        indexes = [
            models.Index(fields=["due_at"], condition=Q(state="queued"), name="delivery_due"),
        ]

    def __str__(self) -> str:
        return f"{self.state} {self.notice_id}"


class Preference(models.Model):
    """How soon a person wants e-mails of one kind of notice; without a row, the kind's default."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notice_preferences"
    )
    kind = models.CharField(max_length=30)
    cadence = models.CharField(max_length=10, choices=Cadence.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="preference_is_one_a_kind"),
            models.CheckConstraint(
                condition=Q(cadence__in=Cadence.values), name="preference_cadence_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.cadence}"


class Mute(models.Model):
    """A thread or assignment of which a person is told nothing more."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes"
    )
    context_id = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "context_id"], name="mute_is_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} mutes {self.context_id}"
