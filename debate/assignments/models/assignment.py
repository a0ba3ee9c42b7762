"""An essay set to its seminar: dates, rounds and what is asked for; annotations live in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from debate.assignments.enums import RoundMode
from debate.core.db import built_once
from debate.core.models import PublicId, Timestamped
from debate.core.text import render_markdown
from debate.essays.models import Essay, Revision
from debate.seminars.models import Group, Membership, Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.safestring import SafeString

    from debate.accounts.models import User


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    """Reads of assignments."""

    @built_once
    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assignments of the person's seminars, and of public essays where the seminar allows it.

        Of the latter an outsider reads the essay and the public annotations, no more.
        """
        return self.filter(
            self._set_to(user) | Q(essay__is_public=True, seminar__allows_public=True)
        )

    @built_once
    def set_to(self, user: User | AnonymousUser) -> Self:
        """Assignments that the person is concerned with as a member of their seminars.

        One that is set to groups concerns their members, and staff.
        """
        return self.filter(self._set_to(user))

    @staticmethod
    def _set_to(user: User | AnonymousUser) -> Q:
        memberships = Membership.objects.of(user)
        own_groups = Assignment.groups.through.objects.filter(
            assignment=OuterRef("pk"), group__in=Group.objects.of(user)
        )
        return Q(seminar__in=memberships.values("seminar_id")) & (
            Q(is_for_groups=False)
            | Q(seminar__in=memberships.staff().values("seminar_id"))
            | Q(Exists(own_groups))
        )

    def for_pages(self) -> Self:
        """What the pages of an assignment show beside it."""
        return self.select_related("seminar", "essay", "revision")

    def for_api(self, user: User | AnonymousUser) -> Self:
        """What the API shows; `is_member` says whether the person belongs to the seminar."""
        mine = Membership.objects.of(user).filter(seminar=OuterRef("seminar_id"))
        return (
            self.for_pages().prefetch_related("rounds", "groups").annotate(is_member=Exists(mine))
        )

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
    asked_replies = models.PositiveSmallIntegerField(default=0)
    asked_paragraphs = models.PositiveSmallIntegerField(
        default=0, help_text="Different paragraphs to write on."
    )
    is_for_groups = models.BooleanField(
        default=False, help_text="Whether only the groups named take part, and staff."
    )
    groups = models.ManyToManyField(Group, related_name="assignments", blank=True)
    uses_pseudonyms = models.BooleanField(
        default=False, help_text="Whether students read one another's posts under aliases."
    )
    requires_approval = models.BooleanField(
        default=False, help_text="Whether what students post waits for staff."
    )
    resolution = models.CharField(
        max_length=500, blank=True, help_text="The sentence that the sides argue for and against."
    )
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
    """A stretch of an assignment; the last whose `opens_at` has come is the current one.

    `ends_at` is the next round's `opens_at`, null for the last. In a blind round everybody sees
    only the own annotations, until the round ends or the person has posted `reveals_after` of
    them. `allowed_kinds` names what may be posted; empty, everything.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField(default=1)
    name = models.CharField(max_length=100, default="Open discussion")
    mode = models.CharField(max_length=20, choices=RoundMode.choices, default=RoundMode.OPEN)
    opens_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True, blank=True)
    reveals_after = models.PositiveSmallIntegerField(null=True, blank=True)
    allowed_kinds = ArrayField(models.CharField(max_length=20), default=list, blank=True)

    class Meta:
        ordering = ["assignment_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "number"], name="round_number_is_unique"),
            models.CheckConstraint(
                condition=Q(mode__in=RoundMode.values), name="round_mode_is_known"
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(ends_at__gte=F("opens_at")),
                name="round_ends_after_it_opens",
            ),
            models.CheckConstraint(
                condition=Q(reveals_after=None) | Q(mode=RoundMode.BLIND, reveals_after__gte=1),
                name="round_reveals_after_posts_if_blind",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_current(self) -> bool:
        """Whether it looks current now; a write asks the database's clock instead."""
        now = timezone.now()
        return self.opens_at <= now and (self.ends_at is None or now < self.ends_at)
