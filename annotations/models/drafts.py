"""What a person has begun to write and not posted yet."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from debate.assignments.models import Assignment
from debate.core.models import uuid7
from debate.core.text import is_blank

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User

Fields = dict[str, str | list[str]]
"""The composer's fields by their names."""

LONGEST_KEY = 500
MOST_BYTES = 200_000
MOST_DRAFTS = 100
"""Of one person in one assignment."""

WORDS = (
    "body",
    "counterclaim",
    "scope",
    "warrant",
    "cited",
    "link",
    "title",
    "author",
    "publisher",
    "issued",
    "locator",
    "exact",
    "tags",
)
"""The fields in which somebody writes; in the others one chooses."""

_RUN = r"\d{1,5}:\d{1,6}-\d{1,6}"
_PARAGRAPH = re.compile(
    rf"p:(?P<revision>\d{{1,5}}):(?:(?P<number>\d{{1,5}})|(?P<spans>{_RUN}(?:;{_RUN}){{0,19}}))",
    re.ASCII,
)
_ANNOTATION = re.compile(r"(?P<purpose>[re]):(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Where what is written is to stand: a paragraph or its words, or else an annotation.

    An annotation is answered, or changed where `is_edit`.
    """

    revision: int = 0
    number: int = 0
    spans: str = ""
    annotation_id: UUID | None = None
    is_edit: bool = False

    @property
    def key(self) -> str:
        """The place as drafts are kept by it."""
        if self.annotation_id:
            return f"{'e' if self.is_edit else 'r'}:{self.annotation_id}"
        return f"p:{self.revision}:{self.spans or self.number}"

    def is_beside(self, other: DraftPlace) -> bool:
        """Whether both are written in the same composer: whatever words of the paragraph they name."""
        return replace(self, spans="") == replace(other, spans="")

    @classmethod
    def of(cls, key: str) -> DraftPlace | None:
        """The place that the key names; None when it is none."""
        if at := _PARAGRAPH.fullmatch(key):
            spans = at["spans"] or ""
            number = int(at["number"] or spans.partition(":")[0])
            return cls(revision=int(at["revision"]), number=number, spans=spans)
        if on := _ANNOTATION.fullmatch(key):
            return cls(annotation_id=UUID(on["id"]), is_edit=on["purpose"] == "e")
        return None


def says_nothing(content: Mapping[str, str | list[str]]) -> bool:
    """Whether no word is written in any of the fields."""
    return all(is_blank(str(content.get(name, ""))) for name in WORDS)


class DraftQuerySet(models.QuerySet["Draft"]):
    """Reads of drafts."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, of assignments that the person still may know of."""
        return self.filter(user=user.pk, assignment__in=Assignment.objects.visible_to(user))


class Draft(models.Model):
    """The composer's fields as the server saw them last, at most one for each thing to be written.

    `key` says what is written where (see `DraftPlace`): `p:<revision's number>:<paragraph's>` for
    an annotation of a paragraph, `p:<revision's number>:<spans>` of words, with `spans` as the
    composer's address has them, `r:<annotation>` for a reply, `e:<annotation>` for a change.
    `content` holds the fields by their names in the composer's form. `revision` rises with each
    save, so that two devices notice each other. `submission_key` is the one that posting uses, so
    that what was posted already is not posted again. `seen_at` is when the words came to the server.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="drafts"
    )
    assignment = models.ForeignKey(Assignment, on_delete=models.CASCADE, related_name="drafts")
    key = models.CharField(max_length=LONGEST_KEY)
    content = models.JSONField()
    submission_key = models.UUIDField()
    revision = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(db_default=Now(), editable=False)
    seen_at = models.DateTimeField(db_default=Now())

    objects = DraftQuerySet.as_manager()

    class Meta:
        ordering = ["-seen_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "assignment", "key"], name="draft_is_one_for_each_thing"
            ),
            models.CheckConstraint(condition=~Q(key=""), name="draft_has_a_key"),
        ]

    def __str__(self) -> str:
        return f"{self.key} by {self.user_id}"

    @property
    def words(self) -> list[str]:
        """All that is written in it, field by field."""
        return [str(self.content[name]) for name in WORDS if self.content.get(name)]
