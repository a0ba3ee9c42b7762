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
    who never had it. Lines are never changed, but for the `number` that they get afterwards.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="changes")
    counter = models.BigIntegerField()
    number = models.BigIntegerField(
        null=True,
        unique=True,
        editable=False,
        help_text="Its place among all lines, given after it was committed.",
    )
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
        indexes = [
            BrinIndex(fields=["at"], name="change_at_for_retention"),
            models.Index(
                fields=["assignment", "counter"],
                condition=models.Q(number=None),
                name="change_not_yet_numbered",
            ),
            models.Index(fields=["assignment", "number"], name="change_of_assignment_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.op} {self.type} {self.object_id}"


class FeedBook(models.Model):
    """What the change feed remembers beside its lines: one row, whose key is `THE_ONE`.

    `last_number` is the highest number that a line ever got, so that none is given twice when
    lines go with their assignment; `forgotten` the highest of those that became too old. A reader
    who knows of less than `forgotten` has missed something.
    """

    THE_ONE = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=THE_ONE, editable=False)
    last_number = models.BigIntegerField(default=0)
    forgotten = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.forgotten} to {self.last_number}"
