"""A place in an essay's text: what the anchors of annotations and of claims have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.db import models
from django.db.models import F, Q

from annotations.enums import AnchorState
from debate.essays.models import Paragraph, Revision

if TYPE_CHECKING:
    from uuid import UUID


class PlaceInText(models.Model):
    """A run of words, or a whole paragraph, of one revision.

    `start` and `end` are half-open code point offsets into the paragraph's text, `exact` the
    words there, `prefix` and `suffix` up to 32 characters around them (W3C TextPositionSelector
    and TextQuoteSelector). An anchor on a whole paragraph has none of them. An orphaned anchor
    keeps its words and has no paragraph.
    """

    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, related_name="%(class)ss")
    position = models.PositiveSmallIntegerField(default=0)
    paragraph = models.ForeignKey(
        Paragraph, on_delete=models.PROTECT, null=True, blank=True, related_name="%(class)ss"
    )
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    exact = models.TextField(null=True, blank=True)  # noqa: DJ001 - null: the whole paragraph
    prefix = models.CharField(max_length=32, blank=True)
    suffix = models.CharField(max_length=32, blank=True)
    state = models.CharField(
        max_length=20, choices=AnchorState.choices, default=AnchorState.CREATED
    )
    confidence = models.FloatField(default=1.0, help_text="0 to 1")

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(start=None, end=None)
                | Q(
                    start__isnull=False, end__isnull=False, exact__isnull=False, end__gt=F("start")
                ),
                name="%(class)s_is_a_run_or_a_whole_paragraph",
            ),
            models.CheckConstraint(
                condition=Q(paragraph=None, state=AnchorState.ORPHANED, start=None)
                | (Q(paragraph__isnull=False) & ~Q(state=AnchorState.ORPHANED)),
                name="%(class)s_is_orphaned_without_paragraph",
            ),
            models.CheckConstraint(
                condition=Q(confidence__gte=0, confidence__lte=1),
                name="%(class)s_confidence_is_a_share",
            ),
        ]

    OWNER: ClassVar[str]  # the column of what stands there

    @property
    def owner_id(self) -> UUID:
        """The id of the annotation, or of the claim, that stands there."""
        found: UUID = getattr(self, self.OWNER)
        return found

    def another(self, **fields: Any) -> Self:
        """An unsaved place of the same annotation or claim."""
        return type(self)(**{self.OWNER: self.owner_id}, **fields)

    @property
    def state_label(self) -> str:
        """The state in the words of the page: "exact", "moved", "text edited (82 %)" …"""
        label = str(self.get_state_display())
        if self.state != AnchorState.EDITED:
            return label
        return f"{label} ({round(100 * self.confidence)} %)"
