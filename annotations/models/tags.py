"""A seminar's vocabulary, and the tags of paragraphs. Those of annotations are a column of theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models

from debate.assignments.models import Assignment
from debate.core.models import PublicId, Timestamped
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class VocabularyQuerySet(models.QuerySet["Vocabulary"]):
    """Reads of vocabularies."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the person's seminars."""
        return self.filter(seminar__in=Seminar.objects.visible_to(user))


class Vocabulary(PublicId, Timestamped):
    """The words by which a seminar tags (its codebook). `version` is raised by each change."""

    seminar = models.OneToOneField(Seminar, on_delete=models.CASCADE, related_name="vocabulary")
    version = models.PositiveIntegerField(default=1)
    is_closed = models.BooleanField(
        default=False, help_text="Whether only its own tags are taken, no free words."
    )

    objects = VocabularyQuerySet.as_manager()

    def __str__(self) -> str:
        return f"vocabulary {self.version} of {self.seminar_id}"


class TagQuerySet(models.QuerySet["Tag"]):
    """Reads of tags."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The tags of the person's seminars."""
        return self.filter(vocabulary__seminar__in=Seminar.objects.visible_to(user))

    def in_use(self) -> Self:
        """Tags that may be given; retired ones only stay where they are."""
        return self.filter(retired_at=None)


class Tag(PublicId, Timestamped):
    """One word of a vocabulary. Annotations and paragraphs hold its key, which never changes."""

    vocabulary = models.ForeignKey(Vocabulary, on_delete=models.CASCADE, related_name="tags")
    key = models.SlugField(max_length=50)
    label = models.CharField(max_length=50)
    definition = models.CharField(max_length=1_000, blank=True)
    example = models.CharField(max_length=1_000, blank=True)
    counter_example = models.CharField(max_length=1_000, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["position", "label", "id"]
        constraints = [
            models.UniqueConstraint(fields=["vocabulary", "key"], name="tag_key_is_unique"),
        ]

    def __str__(self) -> str:
        return self.label


class VocabularyVersion(models.Model):
    """A vocabulary as it stood after one of its changes; `entries` has a JSON object a tag."""

    vocabulary = models.ForeignKey(Vocabulary, on_delete=models.CASCADE, related_name="history")
    version = models.PositiveIntegerField()
    is_closed = models.BooleanField(default=False)
    entries = models.JSONField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["vocabulary", "version"], name="vocabulary_version_is_unique"
            ),
        ]

    def __str__(self) -> str:
        return f"version {self.version} of {self.vocabulary_id}"


class ParagraphTagQuerySet(models.QuerySet["ParagraphTag"]):
    """Reads of the tags of paragraphs."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of assignments the person is concerned with."""
        return self.filter(assignment__in=Assignment.objects.set_to(user))


class ParagraphTag(PublicId):
    """A tag that staff gave a paragraph of an assignment's essay; it follows the paragraph's key."""

    assignment = models.ForeignKey(
        Assignment, on_delete=models.CASCADE, related_name="paragraph_tags"
    )
    paragraph_key = models.UUIDField()
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="paragraph_tags")
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ParagraphTagQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["assignment", "paragraph_key", "tag"], name="paragraph_has_a_tag_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.tag_id} on {self.paragraph_key}"
