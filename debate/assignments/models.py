"""An essay set to its seminar: dates, rounds and what is asked for; annotations live in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from debate.core.models import PublicId, Timestamped
from debate.core.text import render_markdown
from debate.essays.models import Essay, Revision
from debate.seminars.models import Membership, Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.safestring import SafeString

    from debate.accounts.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Reads of assignments."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assignments of the person's seminars, and of public essays where the seminar allows it.

        Of the latter an outsider reads the essay and the public annotations, no more.
        """
        return self.filter(
            Q(seminar__in=Seminar.objects.visible_to(user))
            | Q(essay__is_public=True, seminar__allows_public=True)
        )

    def for_pages(self) -> Self:
        """What the pages of an assignment show beside it."""
        return self.select_related("seminar", "essay", "revision")

    def for_api(self, user: User | AnonymousUser) -> Self:
        """What the API shows; `is_member` says whether the person belongs to the seminar."""
        mine = Membership.objects.of(user).filter(seminar=OuterRef("seminar_id"))
        return self.for_pages().prefetch_related("rounds").annotate(is_member=Exists(mine))

    def by_due_date(self) -> Self:
        """The next to be due first, those without a date last."""
        return self.order_by(F("due_at").asc(nulls_last=True), "id")


class Assignment(PublicId, Timestamped):
    """An essay set to the seminar that owns it. Shows one revision of the essay.

    `change_counter` is raised under the row's lock in the transaction of each change of the
    assignment's annotations, so that the change feed has no gaps.
    """

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="assignments")
    essay = models.ForeignKey(Essay, on_delete=models.PROTECT, related_name="assignments")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="assignments")
    title = models.CharField(max_length=200)
    slug = models.SlugField(max_length=80)
    instructions = models.TextField(blank=True)
    opens_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    asked_comments = models.PositiveSmallIntegerField(default=3)
    asked_counterarguments = models.PositiveSmallIntegerField(default=2)
    asked_evidence = models.PositiveSmallIntegerField(default=2)
    change_counter = models.BigIntegerField(default=0, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "slug"], name="assignment_slug_is_unique_in_seminar"
            ),
            models.CheckConstraint(
                condition=Q(due_at__isnull=True) | Q(due_at__gte=F("opens_at")),
                name="assignment_is_due_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(closes_at__isnull=True)
                | (
                    Q(closes_at__gte=F("opens_at"))
                    & (Q(due_at__isnull=True) | Q(closes_at__gte=F("due_at")))
                ),
                name="assignment_closes_last",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The reading page."""
        return reverse("annotations:reading", args=[self.seminar.slug, self.slug])

    @property
    def instructions_html(self) -> SafeString:
        """The instructions, which are Markdown, as safe HTML."""
        return render_markdown(self.instructions)

    @property
    def is_open(self) -> bool:
        """Whether it looks open now; a write asks the database's clock instead."""
        now = timezone.now()
        return self.opens_at <= now and (self.closes_at is None or now < self.closes_at)


class Round(PublicId):
    """A stretch of an assignment; the last whose `opens_at` has come is the current one."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=100, default="Open discussion")
    opens_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["assignment_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="round_number_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name
