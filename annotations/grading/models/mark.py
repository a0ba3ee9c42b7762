"""Marks: what one marker thinks of a work, criterion by criterion, with what it rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from annotations.grading.enums import GradeState, MarkingMode, MarkRole, MarkState
from annotations.grading.models.rubric import Criterion, Level, RubricVersion
from annotations.grading.models.work import Work, WorkItem
from debate.core.models import PublicId, Timestamped
from debate.core.text import render_markdown
from debate.seminars.models import Membership, Seminar

STANDING = (GradeState.READY, GradeState.RELEASED)
"""States in which a grade has a number that counts."""

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from django.utils.safestring import SafeString

    from debate.accounts.models import User


def asked_to_mark(user: User, work: str = "work__") -> Q:
    """Of what belongs to works: those that the person is to mark, and whose grade does not stand yet.

    `work` is the path to the work. Who is asked to mark without seeing another's mark learns
    nothing of it before, whatever else the person may see.
    """
    state = f"{work}grade__state"
    either = Q(**{f"{work}marker": user.pk}) | Q(**{f"{work}second_marker": user.pk})
    # Of two marks that disagree nobody is asked for one of the two any more.
    either &= ~Q(**{state: GradeState.DISAGREED})
    return (either | Q(**{f"{work}third_marker": user.pk})) & ~Q(**{f"{state}__in": STANDING})


class MarkQuerySet(models.QuerySet["Mark"]):
    """Reads of marks."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own as long as the person is staff, and others' submitted ones.

        Where two mark without seeing one another, others' marks of a work are hidden from whoever
        has not submitted an own one of it: from assistants altogether, from instructors while
        they are marking it or are asked to. Drafts of others are seen by instructors alone, and
        there neither. Students see no mark: what is released to them is a sheet.
        """
        if not user.pk:
            return self.none()
        works = Work.objects.marked_by(user)
        own = Q(marker_id=user.pk)
        taught = Q(work__assignment__seminar__in=Seminar.objects.taught_by(user))
        is_blind = Q(work__assignment__grading_plan__marking_mode=MarkingMode.BLIND_DOUBLE)
        mine = Mark.objects.filter(work=OuterRef("work"), marker_id=user.pk)
        has_submitted = Exists(mine.filter(state=MarkState.SUBMITTED))
        is_marking = Exists(mine.filter(state=MarkState.DRAFT)) | asked_to_mark(user)
        of_others = (
            ~is_blind & (taught | Q(state=MarkState.SUBMITTED))
            | is_blind & has_submitted & Q(state=MarkState.SUBMITTED)
            | is_blind & taught & ~is_marking
        )
        return self.filter(Q(work__in=works.values("pk")) & (own | of_others))

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.exclude(state=MarkState.WITHDRAWN)


class Mark(PublicId, Timestamped):
    """One marker's opinion of a work in one role; drafts count for nothing.

    `version` is raised by each change of it or of its parts. `total` is what its parts give, by the
    rubric's points, null while a part that gives points is missing.
    """

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="marks")
    marker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="marks"
    )
    role = models.CharField(max_length=20, choices=MarkRole.choices, default=MarkRole.FIRST)
    state = models.CharField(max_length=20, choices=MarkState.choices, default=MarkState.DRAFT)
    rubric_version = models.ForeignKey(
        RubricVersion, on_delete=models.PROTECT, related_name="marks"
    )
    total = models.DecimalField(max_digits=7, decimal_places=2, null=True, blank=True)
    comment = models.TextField(blank=True, max_length=10000)
    private_note = models.TextField(blank=True, max_length=10000)
    submitted_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    objects = MarkQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["work", "role"],
                condition=~Q(state=MarkState.WITHDRAWN),
                name="mark_is_one_a_role",
            ),
            models.UniqueConstraint(
                fields=["work", "marker"],
                condition=~Q(state=MarkState.WITHDRAWN),
                name="mark_is_one_a_marker",
            ),
            models.CheckConstraint(
                condition=Q(role__in=MarkRole.values, state__in=MarkState.values),
                name="mark_role_and_state_are_known",
            ),
            models.CheckConstraint(
                condition=~Q(state=MarkState.SUBMITTED) | Q(total__isnull=False),
                name="mark_submitted_has_a_total",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} mark of {self.work_id}"

    @property
    def comment_html(self) -> SafeString:
        """The comment to the student as safe HTML."""
        return render_markdown(self.comment)


class MarkPart(models.Model):
    """What a mark says by one criterion: a level, checks or points, words, and what it cites."""

    mark = models.ForeignKey(Mark, on_delete=models.CASCADE, related_name="parts")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+")
    level = models.ForeignKey(
        Level, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    checks = models.ManyToManyField(Level, related_name="+", blank=True)
    points = models.DecimalField(
        max_digits=7, decimal_places=2, null=True, blank=True, help_text="Null: not set yet."
    )
    comment = models.TextField(blank=True, max_length=4000)
    cited = models.ManyToManyField(WorkItem, related_name="cited_by", blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "criterion"], name="mark_part_is_one_a_criterion"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion_id}: {self.points}"


class ItemFeedback(PublicId, Timestamped):
    """What a marker says of one contribution; its author reads it once the grade is released."""

    mark = models.ForeignKey(Mark, on_delete=models.CASCADE, related_name="feedback")
    item = models.ForeignKey(WorkItem, on_delete=models.PROTECT, related_name="feedback")
    body = models.TextField(max_length=4000)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["mark", "item"], name="item_feedback_is_one_a_contribution"
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60]


class RemarkQuerySet(models.QuerySet["Remark"]):
    """Reads of the bank of remarks."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and those that a seminar's staff share where the person is staff."""
        if not user.pk:
            return self.none()
        staffed = Membership.objects.of(user).staff().values("seminar_id")
        return self.filter(Q(seminar__in=staffed) & (Q(owner_id=user.pk) | Q(is_shared=True)))


class Remark(PublicId, Timestamped):
    """A sentence that markers use again; `criterion_key` for one criterion, null for all."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="remarks"
    )
    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="+")
    criterion_key = models.UUIDField(null=True, blank=True)
    text = models.CharField(max_length=1000)
    is_shared = models.BooleanField(default=False)
    uses = models.PositiveIntegerField(default=0)

    objects = RemarkQuerySet.as_manager()

    class Meta:
        ordering = ["-uses", "id"]

    def __str__(self) -> str:
        return self.text[:60]
