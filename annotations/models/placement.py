"""Where an instructor wants an annotation to go when a draft is published."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from annotations.models.annotation import Annotation
from debate.core.models import Timestamped
from debate.essays.models import ImportDraft


class Placement(Timestamped):
    """A decision about one annotation in a draft of a revision: its words by hand, or an orphan.

    `block` is the paragraph's place among those the draft would save, from 0; without it the
    annotation is left orphaned. `exact`, the words of the run or of the whole paragraph, guards
    against a draft that changed since.
    """

    draft = models.ForeignKey(ImportDraft, on_delete=models.CASCADE, related_name="placements")
    annotation = models.ForeignKey(Annotation, on_delete=models.CASCADE, related_name="placements")
    block = models.PositiveIntegerField(null=True, blank=True)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    exact = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft", "annotation"], name="placement_is_decided_once"
            ),
            models.CheckConstraint(
                condition=Q(block=None, start=None, end=None)
                | Q(block__isnull=False, start=None, end=None)
                | Q(block__isnull=False, start__isnull=False, end__gt=models.F("start")),
                name="placement_is_a_run_a_paragraph_or_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.annotation_id} in {self.draft_id}"
