"""Under which name and on which side a person argues in an assignment."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from debate.assignments.enums import Position
from debate.assignments.models.assignment import Assignment, Round
from debate.core.models import PublicId
from debate.seminars.models import Group


class Alias(models.Model):
    """The name under which a student's posts are read by the others of one assignment.

    Its id tells nothing of the order in which people came, hence version 4.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="aliases")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="aliases"
    )
    name = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["assignment", "user"], name="alias_is_one_a_person"),
            models.UniqueConstraint(fields=["assignment", "name"], name="alias_name_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name


class Side(PublicId):
    """The side that a person or a group argues in an assignment, from a round on or in all.

    A person's own side goes before that of the groups, one of a round before one of all rounds.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="sides")
    round = models.ForeignKey(
        Round, on_delete=models.CASCADE, null=True, blank=True, related_name="sides"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="sides",
    )
    group = models.ForeignKey(
        Group, on_delete=models.CASCADE, null=True, blank=True, related_name="sides"
    )
    position = models.CharField(max_length=20, choices=Position.choices)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(user=None, group__isnull=False) | Q(user__isnull=False, group=None),
                name="side_is_of_a_person_or_a_group",
            ),
            models.CheckConstraint(
                condition=Q(position__in=Position.values), name="side_position_is_known"
            ),
            models.UniqueConstraint(
                fields=["assignment", "round", "user", "group"],
                name="side_is_said_once",
                nulls_distinct=False,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id or self.group_id}: {self.position}"
