"""Who was named in an annotation, and when people last looked."""

from __future__ import annotations

from django.conf import settings
from django.db import models

from annotations.models.annotation import Annotation
from debate.assignments.models import Assignment


class Mention(models.Model):
    """A person whom an annotation's body names with an @."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mentions"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "user"], name="mention_is_made_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.annotation_id}"


class Visit(models.Model):
    """A person's latest visit to an assignment, and when the one before it ended.

    What others posted after `before` is new to the person until the next visit. A visit ends when
    nothing was looked at for half an hour.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visits"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="visits")
    before = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "assignment"], name="visit_is_one_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.assignment_id}"
