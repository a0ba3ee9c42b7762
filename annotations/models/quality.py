"""What readers find wanting in notes, claims and passages, and what is answered to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.db.models import OuterRef, Q
from django.urls import reverse

from annotations.enums import QualityMarkType
from annotations.models.annotation import Annotation
from annotations.models.argument import Claim
from annotations.models.evidence import Passage
from annotations.models.named import is_named_to, shown_name
from debate.core.db import is_there
from debate.core.models import PublicId, Timestamped
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User
    from debate.assignments.models import Assignment


class QualityMarkQuerySet(models.QuerySet["QualityMark"]):
    """Reads of quality marks."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The marks on what the person may know of, in the person's seminars."""
        on = (
            is_there(Annotation.objects.visible_to(user).filter(pk=OuterRef("annotation_id")))
            | is_there(Claim.objects.visible_to(user).filter(pk=OuterRef("claim_id")))
            | is_there(Passage.objects.visible_to(user).filter(pk=OuterRef("passage_id")))
        )
        return self.filter(on, seminar__in=Seminar.objects.visible_to(user))

    def open(self) -> Self:
        """Marks that nobody has settled."""
        return self.filter(resolved_at=None)

    def in_assignment(self, assignment: Assignment, user: User | AnonymousUser) -> Self:
        """Marks on notes and claims of the assignment, and on what its notes cite for the person."""
        cited = Annotation.objects.visible_to(user).filter(
            passage=OuterRef("passage_id"), assignment=assignment
        )
        return self.filter(
            Q(annotation__assignment=assignment)
            | Q(claim__assignment=assignment)
            | (Q(passage__isnull=False) & is_there(cited))
        )

    def with_shown_marker(self, user: User | AnonymousUser) -> Self:
        """Adds `shown_marker_name`, and `names_marker`: whether the person may know who it is.

        The same of whoever settled it: `shown_settler_name`, `names_settler`.
        """
        return self.annotate(
            shown_marker_name=shown_name(user, person="by"),
            names_marker=_switch(is_named_to(user, person="by")),
            shown_settler_name=shown_name(user, person="resolved_by"),
            names_settler=_switch(is_named_to(user, person="resolved_by")),
        )


def _switch(condition: Q) -> models.ExpressionWrapper[Q]:
    return models.ExpressionWrapper(condition, output_field=models.BooleanField())


class QualityMark(PublicId, Timestamped):
    """A reader's word that something is wanting, with what it rests on; never a score.

    It moves no label. `resolution` says how it was settled; some settle themselves ("unsupported"
    when a reason or evidence comes).
    """

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="quality_marks")
    annotation = models.ForeignKey(
        Annotation, on_delete=models.CASCADE, null=True, blank=True, related_name="quality_marks"
    )
    claim = models.ForeignKey(
        Claim, on_delete=models.CASCADE, null=True, blank=True, related_name="quality_marks"
    )
    passage = models.ForeignKey(
        Passage, on_delete=models.CASCADE, null=True, blank=True, related_name="quality_marks"
    )
    type = models.CharField(max_length=20, choices=QualityMarkType.choices)
    note = models.CharField(max_length=500, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    resolution = models.CharField(max_length=500, blank=True)

    objects = QualityMarkQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(annotation__isnull=False, claim=None, passage=None)
                | Q(annotation=None, claim__isnull=False, passage=None)
                | Q(annotation=None, claim=None, passage__isnull=False),
                name="quality_mark_is_on_one_thing",
            ),
            models.CheckConstraint(
                condition=Q(type__in=QualityMarkType.values), name="quality_mark_type_is_known"
            ),
            models.CheckConstraint(
                condition=Q(resolved_at__isnull=False) | Q(resolved_by=None, resolution=""),
                name="quality_mark_is_resolved_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["annotation", "claim", "passage", "type", "by"],
                condition=Q(resolved_at=None),
                nulls_distinct=False,
                name="quality_mark_is_open_once_a_person",
            ),
        ]
        indexes = [
            models.Index(
                fields=["seminar", "id"], condition=Q(resolved_at=None), name="quality_mark_open"
            )
        ]

    def __str__(self) -> str:
        return f"{self.type} by {self.by_id}"

    @property
    def target(self) -> Annotation | Claim | Passage:
        """What it is on."""
        found = self.annotation or self.claim or self.passage
        assert found is not None  # noqa: S101 - the constraint says so
        return found

    @property
    def label(self) -> str:
        """Its type in words."""
        return str(QualityMarkType(self.type).label)

    def get_absolute_url(self) -> str:
        """Its page, with what was answered to it."""
        return reverse("annotations:mark", args=[self.pk])


class QualityMarkAnswerQuerySet(models.QuerySet["QualityMarkAnswer"]):
    """Reads of answers to quality marks."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The answers to the marks that the person may read."""
        return self.filter(mark__in=QualityMark.objects.visible_to(user))

    def with_shown_writer(self, user: User | AnonymousUser) -> Self:
        """Adds `shown_writer_name`, and `names_writer`: whether the person may know who it is."""
        return self.annotate(
            shown_writer_name=shown_name(user, person="by", seminar="mark__seminar_id"),
            names_writer=_switch(is_named_to(user, person="by", seminar="mark__seminar_id")),
        )


class QualityMarkAnswer(PublicId):
    """What somebody says to a quality mark."""

    mark = models.ForeignKey(QualityMark, on_delete=models.CASCADE, related_name="answers")
    body = models.CharField(max_length=1_000)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    objects = QualityMarkAnswerQuerySet.as_manager()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(body=""), name="quality_mark_answer_says_something")
        ]

    def __str__(self) -> str:
        return self.body[:80]
