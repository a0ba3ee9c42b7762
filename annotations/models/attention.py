"""Who was named in an annotation, who asks the same, when people last looked, and who is here."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models.functions import Now

from annotations.models.annotation import Annotation
from debate.assignments.models import Assignment

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


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


class MeTooQuerySet(models.QuerySet["MeToo"]):
    """Reads of who asks the same."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the questions that the person may read; who they are is for nobody."""
        return self.filter(annotation__in=Annotation.objects.visible_to(user))


class MeToo(models.Model):
    """A person asks the same as a question; it counts once a person."""

    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="me_toos")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="me_toos"
    )
    at = models.DateTimeField(auto_now_add=True)

    objects = MeTooQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["annotation", "user"], name="me_too_is_said_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} asks {self.annotation_id} too"


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


class PresenceQuerySet(models.QuerySet["Presence"]):
    """Reads of who has an assignment open."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those in assignments that are set to the person: members know one another.

        Not where students go by other names: who comes and goes would tell who posts.
        """
        known = Assignment.objects.set_to(user).filter(uses_pseudonyms=False)
        return self.filter(assignment__in=known.values("pk"))

    def now(self) -> Self:
        """Those who are here, by the database's clock."""
        return self.filter(seen_at__gt=Now() - Presence.STALE)


class Presence(models.Model):
    """A person who has an assignment open just now.

    `seen_at` is kept fresh by the process that holds the person's stream; whoever was not seen for
    a while is gone. `paragraph_key` is set only for people who share where they read.
    """

    STALE: ClassVar[timedelta] = timedelta(seconds=60)

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="presences"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="presences")
    paragraph_key = models.UUIDField(null=True, blank=True)
    seen_at = models.DateTimeField(db_default=Now())

    objects = PresenceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "assignment"], name="presence_is_one_a_person"),
        ]
        indexes = [models.Index(fields=["assignment", "seen_at"], name="presence_by_assignment")]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.assignment_id}"
