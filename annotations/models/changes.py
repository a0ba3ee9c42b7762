"""The change lines of an assignment: what happened, in an order without gaps."""

from __future__ import annotations

from django.contrib.postgres.indexes import BrinIndex
from django.db import models

from annotations.enums import Audience, Op, Status
from debate.assignments.models import Assignment


class Change(models.Model):
    """One line of an assignment's change feed, written in the transaction of the change.

    `counter` is the assignment's counter after the change. The visibility of the object before
    and after lets the feed give a tombstone to those who lost sight of it, and nothing to those
    who never had it. Lines are never changed.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="changes")
    counter = models.BigIntegerField()
    type = models.CharField(max_length=30, default="annotation")
    object_id = models.UUIDField()
    op = models.CharField(max_length=20, choices=Op.choices)
    version = models.PositiveIntegerField()
    at = models.DateTimeField(auto_now_add=True)
    author_id = models.UUIDField()
    round_id = models.UUIDField()
    status_before = models.CharField(max_length=20, choices=Status.choices, blank=True)
    status_after = models.CharField(max_length=20, choices=Status.choices)
    audience_before = models.CharField(max_length=20, choices=Audience.choices, blank=True)
    audience_after = models.CharField(max_length=20, choices=Audience.choices)
    group_before = models.UUIDField(null=True)
    group_after = models.UUIDField(null=True)

    class Meta:
        ordering = ["assignment_id", "counter"]
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "counter"], name="change_counter_is_unique"
            ),
        ]
        indexes = [BrinIndex(fields=["at"], name="change_at_for_retention")]

    def __str__(self) -> str:
        return f"{self.op} {self.type} {self.object_id}"
