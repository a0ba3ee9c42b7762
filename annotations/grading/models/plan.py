"""How an assignment is graded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.grading.enums import (
    AgreementRule,
    LateInterval,
    LateOwner,
    LateRule,
    MarkingMode,
    ReleaseMode,
)
from annotations.grading.models.rubric import RubricVersion
from debate.assignments.models import Assignment
from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class GradingPlanQuerySet(models.QuerySet["GradingPlan"]):
    """Reads of plans."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of assignments that are set to the person as a member."""
        return self.filter(assignment__in=Assignment.objects.set_to(user).values("pk"))


class GradingPlan(PublicId, Timestamped):
    """Points, rubric, markers and release of one assignment. Without a plan nothing is graded.

    Its row is the first of all locks of grading (`actions.locking.lock_plan`), `counter` is raised
    by each change below it, `version` by changes of the plan itself. `points` null means what the
    rubric gives; else what the rubric gives is scaled to it. `collected_at` is when works were
    frozen, null before. `names_known_at` is when an instructor ended blind marking. `sample_draws`
    tells how the moderator's sample was drawn, the last draw last: seed, percent, least and
    pass_percent, of how many works, how many were drawn, when and by whom.
    """

    assignment = models.OneToOneField(
        Assignment, on_delete=models.CASCADE, related_name="grading_plan"
    )
    rubric_version = models.ForeignKey(
        RubricVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="plans"
    )
    points = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    is_blind = models.BooleanField(
        default=False, help_text="Whether markers do not learn whose work they mark."
    )
    names_known_at = models.DateTimeField(null=True, blank=True, editable=False)
    marking_mode = models.CharField(
        max_length=20, choices=MarkingMode.choices, default=MarkingMode.SINGLE
    )
    tolerance = models.DecimalField(
        max_digits=7, decimal_places=2, default=0, help_text="By how much two marks may differ."
    )
    agreement_rule = models.CharField(
        max_length=20, choices=AgreementRule.choices, default=AgreementRule.MEAN
    )
    sample_percent = models.PositiveSmallIntegerField(default=10)
    sample_least = models.PositiveSmallIntegerField(default=10)
    pass_percent = models.PositiveSmallIntegerField(
        default=50, help_text="Below it a work fails, and belongs to the moderator's sample."
    )
    sample_draws = models.JSONField(default=list, blank=True, editable=False)
    release_mode = models.CharField(
        max_length=20, choices=ReleaseMode.choices, default=ReleaseMode.MANUAL
    )
    release_at = models.DateTimeField(null=True, blank=True)
    late_owner = models.CharField(
        max_length=20, choices=LateOwner.choices, default=LateOwner.NOBODY
    )
    late_rule = models.CharField(max_length=20, choices=LateRule.choices, default=LateRule.EACH)
    late_percent = models.DecimalField(max_digits=5, decimal_places=2, default=10)
    late_interval = models.CharField(
        max_length=10, choices=LateInterval.choices, default=LateInterval.DAY
    )
    late_floor = models.DecimalField(
        max_digits=5,
        decimal_places=2,
        default=0,
        help_text="Percent that lateness leaves at least.",
    )
    regrade_days = models.PositiveSmallIntegerField(
        default=7, help_text="How long after release a student may ask; 0: not at all."
    )
    regrade_wait_hours = models.PositiveSmallIntegerField(default=0)
    collected_at = models.DateTimeField(null=True, blank=True, editable=False)
    counter = models.BigIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = GradingPlanQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(marking_mode__in=MarkingMode.values)
                & Q(agreement_rule__in=AgreementRule.values)
                & Q(release_mode__in=ReleaseMode.values)
                & Q(late_owner__in=LateOwner.values)
                & Q(late_rule__in=LateRule.values)
                & Q(late_interval__in=LateInterval.values),
                name="grading_plan_words_are_known",
            ),
            models.CheckConstraint(
                condition=Q(points=None) | Q(points__gt=0), name="grading_plan_points_are_positive"
            ),
            models.CheckConstraint(
                condition=Q(
                    late_percent__gte=0,
                    late_percent__lte=100,
                    late_floor__gte=0,
                    late_floor__lte=100,
                    sample_percent__lte=100,
                    pass_percent__lte=100,
                ),
                name="grading_plan_percents_are_percents",
            ),
            models.CheckConstraint(
                condition=Q(release_mode=ReleaseMode.MANUAL) | Q(release_at__isnull=False),
                name="grading_plan_says_when_it_releases",
            ),
        ]

    def __str__(self) -> str:
        return f"grading of {self.assignment_id}"

    @property
    def hides_names(self) -> bool:
        """Whether markers see aliases instead of names now."""
        return self.is_blind and self.names_known_at is None
