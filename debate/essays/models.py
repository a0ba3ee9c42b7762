"""Essays, the immutable states of their text, and the paragraphs annotations stand on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from uuid import uuid4

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import Q
from django.urls import reverse

from debate.core.models import PublicId, Timestamped
from debate.essays.enums import NUMBERED, ParagraphKind
from debate.essays.importing.blocks import Draft
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class EssayQuerySet(models.QuerySet["Essay"]):
    """Reads of essays."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Essays of the person's seminars, and public ones."""
        return self.filter(Q(is_public=True) | Q(seminar__in=Seminar.objects.visible_to(user)))

    def for_library(self) -> Self:
        """What a list of essays shows, newest first."""
        return self.select_related("seminar", "current_revision").order_by("-id")

    def matching(self, words: str) -> Self:
        """Essays whose title, author or affiliation holds the words, in any case."""
        return self.filter(
            Q(title__icontains=words)
            | Q(byline_author__icontains=words)
            | Q(affiliation__icontains=words)
        )


class Essay(PublicId, Timestamped):
    """A policy essay of one seminar. Its text lives in revisions, the newest of which is current."""

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="essays")
    title = models.CharField(max_length=300)
    byline_author = models.CharField(max_length=300, blank=True)
    affiliation = models.CharField(max_length=300, blank=True)
    source_url = models.URLField(max_length=2_000, blank=True)
    licence_note = models.CharField(max_length=500, blank=True)
    language = models.CharField(
        max_length=35, default="en", help_text="BCP 47, such as en or pt-BR"
    )
    is_public = models.BooleanField(default=False)
    current_revision = models.ForeignKey(
        "Revision", on_delete=models.PROTECT, related_name="+", null=True, editable=False
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="imported_essays"
    )

    objects = EssayQuerySet.as_manager()

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """The essay's own page, without annotations."""
        return reverse("essays:detail", args=[self.pk])


class RevisionQuerySet(models.QuerySet["Revision"]):
    """Reads of revisions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The revisions of essays the person may read."""
        return self.filter(essay__in=Essay.objects.visible_to(user))


class Revision(PublicId):
    """One immutable state of an essay's text; numbers from 1 within the essay."""

    essay = models.ForeignKey(Essay, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    published_at = models.DateTimeField(auto_now_add=True)

    objects = RevisionQuerySet.as_manager()

    class Meta:
        ordering = ["essay_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["essay", "number"], name="revision_number_is_unique"),
            models.CheckConstraint(condition=Q(number__gte=1), name="revision_numbers_from_one"),
        ]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.essay_id}"


class ParagraphQuerySet(models.QuerySet["Paragraph"]):
    """Reads of paragraphs."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The paragraphs of essays the person may read."""
        return self.filter(revision__essay__in=Essay.objects.visible_to(user))

    def numbered(self) -> Self:
        """Paragraphs that take a number, and so annotations."""
        return self.filter(number__isnull=False)


class ParagraphManager(models.Manager["Paragraph"]):
    """Rows without the column that only searches look at."""

    def get_queryset(self) -> models.QuerySet[Paragraph]:
        """All paragraphs, `search` left in the database."""
        return super().get_queryset().defer("search")


class Paragraph(PublicId):
    """A unit of one revision: its plain text in NFC, and the same words with inline markup.

    Offsets of annotations count code points of `text`. `key` follows the paragraph from revision
    to revision; `number` counts body paragraphs, quotes and list items, the others have none.
    `label` is a note's mark ("1") or a list item's number, `level` a heading's depth (2 to 4).
    `search` holds the words of `text` in the essay's language.
    """

    LONGEST_LABEL = 40

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="paragraphs")
    key = models.UUIDField(default=uuid4)
    position = models.PositiveIntegerField()
    number = models.PositiveIntegerField(null=True)
    kind = models.CharField(max_length=20, choices=ParagraphKind.choices)
    level = models.PositiveSmallIntegerField(null=True)
    label = models.CharField(max_length=LONGEST_LABEL, blank=True)
    text = models.TextField()
    html = models.TextField()
    search = SearchVectorField(null=True, editable=False)

    objects = ParagraphManager.from_queryset(ParagraphQuerySet)()

    class Meta:
        ordering = ["revision_id", "position"]
        constraints = [
            models.UniqueConstraint(
                fields=["revision", "position"], name="paragraph_position_is_unique"
            ),
            models.UniqueConstraint(fields=["revision", "key"], name="paragraph_key_is_unique"),
            models.UniqueConstraint(
                fields=["revision", "number"], name="paragraph_number_is_unique"
            ),
            models.CheckConstraint(
                condition=Q(number__isnull=False, kind__in=NUMBERED)
                | (Q(number__isnull=True) & ~Q(kind__in=NUMBERED)),
                name="paragraph_is_numbered_by_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=ParagraphKind.values), name="paragraph_kind_is_known"
            ),
        ]
        indexes = [GinIndex(fields=["search"], name="paragraph_by_word")]

    def __str__(self) -> str:
        return f"¶{self.number}" if self.number else self.get_kind_display()


class ImportDraftQuerySet(models.QuerySet["ImportDraft"]):
    """Reads of imports under way."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own imports; nobody else sees an essay before it is saved."""
        return self.filter(created_by_id=user.pk) if user.pk else self.none()


class ImportDraft(PublicId, Timestamped):
    """An essay being imported: what was read, as the importer corrects it, before it is an essay.

    `content` is what `importing.blocks.Draft.to_json` wrote, `previous` the same before the last
    correction, "" when there is nothing to take back. `version` guards against two tabs that edit
    one draft: the second is told.

    With `essay` it becomes that essay's next revision; `base` is the revision it was made from.
    Without `seminar` it waits for the seminar that its owner makes with it.
    """

    seminar = models.ForeignKey(
        Seminar, on_delete=models.CASCADE, null=True, blank=True, related_name="import_drafts"
    )
    essay = models.ForeignKey(
        Essay, on_delete=models.CASCADE, null=True, blank=True, related_name="revision_drafts"
    )
    base = models.ForeignKey(
        Revision, on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="import_drafts"
    )
    filename = models.CharField(max_length=255, blank=True)
    source_url = models.URLField(max_length=2_000, blank=True)
    licence_note = models.CharField(max_length=500, blank=True)
    content = models.TextField()
    previous = models.TextField(blank=True, help_text="The content before the last correction.")
    version = models.PositiveIntegerField(default=1)

    objects = ImportDraftQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(essay=None, base=None) | Q(essay__isnull=False, base__isnull=False),
                name="import_of_a_revision_has_its_base",
            ),
            models.CheckConstraint(
                condition=Q(essay=None) | Q(seminar__isnull=False),
                name="import_of_a_revision_has_its_seminar",
            ),
            models.UniqueConstraint(
                fields=["essay", "created_by"], name="import_of_a_revision_is_one_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.filename or f"draft {self.pk}"

    @property
    def draft(self) -> Draft:
        """The essay as it would be imported."""
        return Draft.from_json(self.content)

    def get_absolute_url(self) -> str:
        """The preview."""
        return reverse("essays:import_preview", args=[self.pk])
