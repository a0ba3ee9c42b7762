"""An essay set to its seminar: dates, rounds and what is asked for; annotations live in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone

from debate.assignments.enums import Position, ReasonCode, RoundMode
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

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Assignments of the person's seminars, and of public essays where the seminar allows it.

        Of the latter an outsider reads the essay and the public annotations, no more.
        """
        return self.filter(
            self._set_to(user) | Q(essay__is_public=True, seminar__allows_public=True)
        )

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


class ExtensionQuerySet(models.QuerySet["Extension"]):
    """Reads of extensions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those of seminars whose staff the person is.

        The reason is for the person and instructors; whoever shows one to assistants leaves it out.
        """
        staffed = Membership.objects.of(user).unlimited().values("seminar_id")
        limited = Membership.objects.of(user).limited().values("sections")
        section = Group.members.through.objects.filter(user=OuterRef("user_id"), group__in=limited)
        own = Q(user_id=user.pk) if user.pk else Q(pk=None)
        return self.filter(own | Q(assignment__seminar__in=staffed) | Exists(section))


class Extension(PublicId, Timestamped):
    """Other dates for one student of one assignment."""

    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="extensions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="extensions"
    )
    due_at = models.DateTimeField(null=True, blank=True)
    closes_at = models.DateTimeField(null=True, blank=True)
    reason_code = models.CharField(
        max_length=20, choices=ReasonCode.choices, default=ReasonCode.OTHER
    )
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    objects = ExtensionQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "user"], name="extension_is_one_a_person"
            ),
            models.CheckConstraint(
                condition=Q(due_at=None) | Q(closes_at=None) | Q(closes_at__gte=F("due_at")),
                name="extension_closes_last",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} until {self.due_at}"


class Accommodation(PublicId, Timestamped):
    """Days that a student has more in each assignment of a seminar; an extension goes before it."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="accommodations")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="accommodations"
    )
    extra_days = models.PositiveSmallIntegerField()
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "user"], name="accommodation_is_one_a_person"
            ),
            models.CheckConstraint(
                condition=Q(extra_days__gte=1, extra_days__lte=60),
                name="accommodation_is_one_to_sixty_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.extra_days} days"


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
