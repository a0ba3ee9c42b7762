"""Works: what one student wrote in an assignment, frozen as it stood at the closing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.grading.enums import MarkRole
from annotations.models import Annotation
from annotations.models.annotation import overseen_by
from debate.assignments.models import Assignment
from debate.core.models import Timestamped

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class WorkQuerySet(models.QuerySet["Work"]):
    """Reads of works."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those of students whose work the person sees as staff."""
        if not user.pk:
            return self.none()
        return self.filter(Q(student_id=user.pk) | overseen_by(user, person="student_id"))

    def marked_by(self, user: User | AnonymousUser) -> Self:
        """Those that the person may mark: as staff, and never the own."""
        if not user.pk:
            return self.none()
        return self.filter(overseen_by(user, person="student_id")).exclude(student_id=user.pk)


class Work(Timestamped):
    """A student's commentary in an assignment. Its id tells no order, hence version 4.

    `alias` stands for the student wherever the assignment is marked blind. `frozen_at` is the
    closing that held for the student; `snapshot_hash` is SHA-256 over its items. `first_at` and
    `last_at` are of its contributions. `marker` is to whom the first mark is assigned, null for
    whoever comes; `third_marker` who was asked to judge between two that disagree.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="works")
    student = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="works"
    )
    alias = models.CharField(max_length=60)
    frozen_at = models.DateTimeField()
    snapshot_hash = models.CharField(max_length=64)
    first_at = models.DateTimeField(null=True, blank=True)
    last_at = models.DateTimeField(null=True, blank=True)
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    third_marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = WorkQuerySet.as_manager()

    class Meta:
        ordering = ["assignment_id", "alias"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "student"], name="work_is_one_a_student"),
            models.UniqueConstraint(fields=["assignment", "alias"], name="work_alias_is_unique"),
        ]

    def __str__(self) -> str:
        return self.alias


class WorkItem(models.Model):
    """One contribution of a work: an annotation in the version that is graded.

    What its author changes afterwards raises "changed since", and moves no grade. `late_by` is by
    how many seconds it came after the student's due date, 0 in time.
    """

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="items")
    annotation = models.ForeignKey(Annotation, on_delete=models.PROTECT, related_name="graded_as")
    annotation_version = models.PositiveIntegerField()
    position = models.PositiveSmallIntegerField()
    posted_at = models.DateTimeField()
    late_by = models.PositiveIntegerField(default=0, help_text="Seconds.")

    class Meta:
        ordering = ["work_id", "position"]
        constraints = [
            models.UniqueConstraint(fields=["work", "annotation"], name="work_item_is_there_once"),
            models.UniqueConstraint(
                fields=["work", "position"], name="work_item_position_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id} in version {self.annotation_version}"


class Lease(models.Model):
    """Who has a work open to mark it in that role: advice, as versions alone decide."""

    work = models.ForeignKey(Work, on_delete=models.CASCADE, related_name="leases")
    role = models.CharField(max_length=20, choices=MarkRole.choices)
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["work", "role"], name="lease_is_one_a_role"),
            models.CheckConstraint(
                condition=Q(role__in=MarkRole.values), name="lease_role_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_id} until {self.expires_at}"
