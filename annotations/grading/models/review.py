"""Second looks: the moderator's sample, and students who ask to have a grade looked at again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.grading.enums import RequestState, SampleOutcome, SampleReason
from annotations.grading.models.grade import Grade
from annotations.grading.models.work import Work
from annotations.models.annotation import overseen_by
from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class SampleQuerySet(models.QuerySet["Sample"]):
    """Reads of samples."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of works that the person may mark."""
        return self.filter(work__in=Work.objects.marked_by(user).values("pk"))


class Sample(PublicId, Timestamped):
    """A work that a moderator looks at; the moderator says what was found, and changes no mark."""

    work = models.OneToOneField(Work, on_delete=models.PROTECT, related_name="sample")
    why = models.CharField(max_length=20, choices=SampleReason.choices)
    outcome = models.CharField(max_length=20, choices=SampleOutcome.choices, blank=True)
    note = models.TextField(blank=True, max_length=4000)
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    moderated_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = SampleQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(why__in=SampleReason.values)
                & (Q(outcome="") | Q(outcome__in=SampleOutcome.values)),
                name="sample_words_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_id}: {self.outcome or 'not looked at'}"


class RegradeRequestQuerySet(models.QuerySet["RegradeRequest"]):
    """Reads of requests."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those about works that the person sees as staff."""
        if not user.pk:
            return self.none()
        overseen = overseen_by(
            user, person="grade__work__student_id", assignment="grade__work__assignment"
        )
        return self.filter(Q(grade__work__student_id=user.pk) | overseen)


class RegradeRequest(PublicId, Timestamped):
    """A student asks to look again at one criterion, or at the whole (`criterion_key` null)."""

    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="requests")
    criterion_key = models.UUIDField(null=True, blank=True)
    state = models.CharField(max_length=20, choices=RequestState.choices, default=RequestState.OPEN)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    settled_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = RegradeRequestQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["grade", "criterion_key"],
                condition=Q(state__in=(RequestState.OPEN, RequestState.ESCALATED)),
                nulls_distinct=False,
                name="regrade_request_is_open_once_a_criterion",
            ),
            models.CheckConstraint(
                condition=Q(state__in=RequestState.values), name="regrade_request_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.grade_id}: {self.state}"


class RegradeMessage(PublicId):
    """One message of a request's thread, from the student or from staff; the first is the reason."""

    request = models.ForeignKey(RegradeRequest, on_delete=models.PROTECT, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    body = models.TextField(max_length=4000)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.body[:60]
