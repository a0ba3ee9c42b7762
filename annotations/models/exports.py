"""Exports that people ask for on a page, made by the job worker while they wait."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.enums import ExportState
from debate.assignments.models import Assignment
from debate.core.models import PublicId, Timestamped
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class ExportJobQuerySet(models.QuerySet["ExportJob"]):
    """Reads of exports."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own; a file holds what its asker may read, so nobody else gets it."""
        return self.filter(asked_by=user.pk) if user.pk else self.none()


class ExportJob(PublicId, Timestamped):
    """A file of what a person may read in an assignment, in a seminar, or of all the person's own.

    Without assignment and seminar it is of the person's own data. `options` are those of the
    address (`authors`, `cells`, `trailer`). `done` of `total` records are written; `file` is its
    name below the data folder, "" until it is there. It is removed at `expires_at`.
    """

    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="export_jobs"
    )
    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    seminar = models.ForeignKey(
        Seminar, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    format = models.CharField(max_length=20)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=20, choices=ExportState.choices, default=ExportState.QUEUED)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    file = models.CharField(max_length=200, blank=True)
    size = models.PositiveBigIntegerField(default=0, help_text="Bytes.")
    message = models.CharField(max_length=500, blank=True, help_text="Why it failed.")
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportJobQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=ExportState.values), name="export_job_state_is_known"
            ),
            models.CheckConstraint(
                condition=Q(assignment=None) | Q(seminar=None),
                name="export_job_is_of_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["asked_by", "-id"], name="export_job_by_person")]

    def __str__(self) -> str:
        return f"{self.format} for {self.asked_by_id}: {self.state}"
