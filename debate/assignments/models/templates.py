"""Set-ups that an instructor keeps to use again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class AssignmentTemplateQuerySet(models.QuerySet["AssignmentTemplate"]):
    """Reads of templates."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own."""
        return self.filter(owner_id=user.pk) if user.pk else self.none()


class AssignmentTemplate(PublicId, Timestamped):
    """A set-up kept to be used again: what is asked, rounds and dates relative to the opening."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="assignment_templates"
    )
    name = models.CharField(max_length=100)
    setup = models.JSONField()

    objects = AssignmentTemplateQuerySet.as_manager()

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "name"], name="template_name_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name
