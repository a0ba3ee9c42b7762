"""Grades: what counts of a work, every step of its history, and what the student was shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from annotations.grading.enums import GradeState, Verb, Via
from annotations.grading.models.work import Work
from annotations.models.annotation import overseen_by
from debate.assignments.models import Assignment
from debate.core.models import PublicId, Timestamped

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class GradeQuerySet(models.QuerySet["Grade"]):
    """Reads of grades as staff see them; students read sheets."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Grades of students whose work the person sees as staff. Never the person's own."""
        if not user.pk:
            return self.none()
        overseen = overseen_by(user, person="work__student_id", assignment="work__assignment")
        return self.filter(overseen).exclude(work__student_id=user.pk)


class Grade(PublicId, Timestamped):
    """What counts of a work. Equal to the fold of its events (`folding.fold`).

    `raw` is what the marks make of the rubric's points, scaled to the plan's; `late_deduction` what
    lateness takes, `adjustment` what an instructor adds or takes, `final` their sum, at least 0;
    null as long as there is none. `basis` names the marks and the rule. Excused works have no
    number, and are released as such. `version` is raised by each event.
    """

    work = models.OneToOneField(Work, on_delete=models.PROTECT, related_name="grade")
    state = models.CharField(
        max_length=20, choices=GradeState.choices, default=GradeState.NOT_STARTED
    )
    raw = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    late_deduction = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    adjustment = models.DecimalField(max_digits=7, decimal_places=2, default=0)
    final = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    is_excused = models.BooleanField(default=False)
    basis = models.JSONField(default=dict, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = GradeQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=GradeState.values), name="grade_state_is_known"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=(GradeState.READY, GradeState.RELEASED))
                | Q(final__isnull=False)
                | Q(is_excused=True),
                name="grade_that_is_ready_has_a_number",
            ),
            models.CheckConstraint(
                condition=Q(final=None) | Q(final__gte=0), name="grade_is_not_negative"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.work_id}: {self.state}"


class GradeEventQuerySet(models.QuerySet["GradeEvent"]):
    """Reads of a grade's history."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Of grades that the person sees as staff; students read what their sheets say."""
        return self.filter(grade__in=Grade.objects.visible_to(user).values("pk"))


class GradeEvent(PublicId):
    """One step of a grade; rows are added and never changed, which the database holds to.

    `number` counts the grade's events from 1 and is its version afterwards. `after` holds the
    members that the event set, `before` what they were. `reason` is demanded where a released grade
    changes. `actor` is null for what a rule did.
    """

    is_history: ClassVar = True

    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    verb = models.CharField(max_length=20, choices=Verb.choices)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    before = models.JSONField(default=dict, blank=True)
    after = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    via = models.CharField(max_length=10, choices=Via.choices, default=Via.WEB)
    at = models.DateTimeField(auto_now_add=True)

    objects = GradeEventQuerySet.as_manager()

    class Meta:
        ordering = ["grade_id", "number"]
        constraints = [
            models.UniqueConstraint(
                fields=["grade", "number"], name="grade_event_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(verb__in=Verb.values, via__in=Via.values),
                name="grade_event_words_are_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.verb}"


class ReleaseQuerySet(models.QuerySet["Release"]):
    """Reads of releases."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of seminars in which the person is instructor."""
        taught = Assignment.objects.filter(
            seminar__memberships__user=user.pk, seminar__memberships__role="instructor"
        )
        return self.filter(assignment__in=taught.values("pk")) if user.pk else self.none()


class Release(PublicId):
    """Grades shown to students at once; it can be taken back until `undo_until`.

    E-mails and notices go out afterwards, at `announced_at`. `choice` says which works were meant.
    """

    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="releases")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField(auto_now_add=True)
    undo_until = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    announced_at = models.DateTimeField(null=True, blank=True)
    choice = models.JSONField(default=dict, blank=True)
    count = models.PositiveIntegerField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.count} grades of {self.assignment_id}"


class SheetQuerySet(models.QuerySet["Sheet"]):
    """Reads of what was released."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own that were not taken back, and those of works the person sees as staff."""
        if not user.pk:
            return self.none()
        overseen = overseen_by(
            user, person="grade__work__student_id", assignment="grade__work__assignment"
        )
        own = Q(grade__work__student_id=user.pk, release__undone_at=None)
        return self.filter(own | overseen)


class Sheet(PublicId):
    """What a student was shown of a grade by a release; never changed, so nobody sees half of it.

    `content` holds `final`, `points`, `raw`, `late_deduction`, `adjustment`, `excused`, the comment,
    the parts with the words of criterion and level and the cited contributions, and the feedback on
    contributions, as `queries.sheets` builds them.
    """

    is_history: ClassVar = True

    grade = models.ForeignKey(Grade, on_delete=models.PROTECT, related_name="sheets")
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="sheets")
    grade_version = models.PositiveIntegerField()
    content = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)

    objects = SheetQuerySet.as_manager()

    class Meta:
        ordering = ["grade_id", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["grade", "release"], name="sheet_is_one_a_release"),
        ]

    def __str__(self) -> str:
        return f"sheet of {self.grade_id}"
