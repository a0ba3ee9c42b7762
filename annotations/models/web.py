"""What a Web Annotation client calls an annotation, beside our own id."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from annotations.models.annotation import Annotation
from debate.assignments.models import Assignment

LONGEST_IRI = 2_000
MOST_VIA = 20


class WebIdentity(models.Model):
    """The names that an annotation has on the Web (Web Annotation Protocol, 5.1 and 5.2).

    `slug` is the last segment of its address in the container: what its client asked for with an
    ending, never given again, not even after a withdrawal; "" for that of its id. `canonical` is kept as it
    was first set (Web Annotation Data Model, 3.3.7), `via` are the ids under which others have it.
    """

    annotation = models.OneToOneField(
        Annotation, on_delete=models.CASCADE, primary_key=True, related_name="web"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="+")
    slug = models.CharField(max_length=100, blank=True)
    canonical = models.CharField(max_length=LONGEST_IRI, blank=True)
    via = ArrayField(models.CharField(max_length=LONGEST_IRI), default=list, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "slug"],
                condition=~Q(slug=""),
                name="web_slug_is_unique_in_its_container",
            ),
        ]

    def __str__(self) -> str:
        return self.slug or str(self.annotation_id)
