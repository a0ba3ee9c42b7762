"""Rubrics: what is looked at, in versions that never change once they are published."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.grading.enums import CriterionKind, CriterionTag
from debate.assignments.models import Assignment
from debate.core.models import PublicId, Timestamped
from debate.seminars.models import Membership, Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class RubricQuerySet(models.QuerySet["Rubric"]):
    """Reads of rubrics."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own library, and the rubrics of seminars whose staff the person is."""
        if not user.pk:
            return self.none()
        staffed = Membership.objects.of(user).staff().values("seminar_id")
        return self.filter(Q(seminar=None, owner_id=user.pk) | Q(seminar__in=staffed))


class Rubric(PublicId, Timestamped):
    """A named line of versions: in a seminar, or without one in the owner's library.

    `latest` is the version that a new assignment takes; `version` is raised by each change.
    """

    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    seminar = models.ForeignKey(
        Seminar, on_delete=models.CASCADE, null=True, blank=True, related_name="rubrics"
    )
    title = models.CharField(max_length=200)
    copied_from = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    objects = RubricQuerySet.as_manager()

    class Meta:
        ordering = ["title", "id"]

    def __str__(self) -> str:
        return self.title


class RubricVersionQuerySet(models.QuerySet["RubricVersion"]):
    """Reads of versions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of rubrics that the person sees, and those that an assignment set to them asks by.

        To students the text for markers is not shown: see `permissions.may_read_marker_text`.
        """
        if not user.pk:
            return self.none()
        asked = Assignment.objects.set_to(user).values("grading_plan__rubric_version")
        own = Rubric.objects.visible_to(user).values("pk")
        return self.filter(Q(rubric__in=own) | Q(pk__in=asked))


class RubricVersion(PublicId):
    """One published state of a rubric; the database refuses to change or delete it.

    `content_hash` is SHA-256 over all words and numbers, `structure_hash` over what moves points
    alone: two versions of one structure give comparable grades. `points` is the most that can be
    reached: the sum of the criteria's points times their weights.
    """

    is_history: ClassVar = True

    rubric = models.ForeignKey(Rubric, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    content_hash = models.CharField(max_length=64)
    structure_hash = models.CharField(max_length=64)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    note = models.CharField(max_length=300, blank=True, help_text="What has changed, and why.")
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(auto_now_add=True)

    objects = RubricVersionQuerySet.as_manager()

    class Meta:
        ordering = ["rubric_id", "-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric", "number"], name="rubric_version_number_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rubric_id}, version {self.number}"


class Criterion(PublicId):
    """One line of a rubric's version; `key` is the same criterion's in every version.

    `points` is the most that it gives (0 for feedback only), before `weight`. For levels and checks
    it follows from them, for range and completion it is said.
    """

    is_history: ClassVar = True

    rubric_version = models.ForeignKey(
        RubricVersion, on_delete=models.PROTECT, related_name="criteria"
    )
    key = models.UUIDField(default=uuid4)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    student_text = models.TextField(blank=True, max_length=4000)
    marker_text = models.TextField(blank=True, max_length=4000)
    kind = models.CharField(max_length=20, choices=CriterionKind.choices)
    tag = models.CharField(max_length=20, choices=CriterionTag.choices, blank=True)
    points = models.DecimalField(max_digits=7, decimal_places=2)
    weight = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    requires_citation = models.BooleanField(default=False)

    class Meta:
        ordering = ["rubric_version_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["rubric_version", "position"], name="criterion_position_is_unique"
            ),
            models.UniqueConstraint(
                fields=["rubric_version", "key"], name="criterion_key_is_unique_in_version"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=CriterionKind.values)
                & (Q(tag="") | Q(tag__in=CriterionTag.values)),
                name="criterion_kind_and_tag_are_known",
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0, weight__gte=0)
                & (~Q(kind=CriterionKind.FEEDBACK) | Q(points=0)),
                name="criterion_points_suit_its_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class Level(PublicId):
    """One level of a criterion, or one check of it; `key` is the same in every version.

    Points of a check may be negative; the criterion gives at least 0 and at most its points.
    """

    is_history: ClassVar = True

    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="levels")
    key = models.UUIDField(default=uuid4)
    position = models.PositiveSmallIntegerField()
    points = models.DecimalField(max_digits=7, decimal_places=2)
    title = models.CharField(max_length=100)
    description = models.TextField(blank=True, max_length=2000)

    class Meta:
        ordering = ["criterion_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["criterion", "position"], name="level_position_is_unique"
            ),
            models.UniqueConstraint(fields=["criterion", "key"], name="level_key_is_unique"),
        ]

    def __str__(self) -> str:
        return self.title
