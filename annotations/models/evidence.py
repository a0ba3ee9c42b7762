"""Cited works and the verbatim words taken from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q

from debate.core.models import PublicId, Timestamped
from debate.seminars.models import Membership, Seminar

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User


class SourceQuerySet(models.QuerySet["Source"]):
    """Reads of sources."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The sources on the shelves of the person's seminars, as far as the person may know them.

        A work that only a blind round, another group or a private note cites would tell what is
        said there. Staff see the whole shelf; others see what staff put there, what they added
        themselves, and what they can read a citation of.
        """
        # By its name: annotations rest on sources, so their module imports this one.
        annotations = apps.get_model("annotations", "Annotation").objects
        cited = Passage.objects.filter(
            source=OuterRef("pk"), annotations__in=annotations.visible_to(user).values("pk")
        )
        staffed = Membership.objects.of(user).unlimited().values("seminar_id")
        stocked = Membership.objects.staff().filter(
            seminar=OuterRef("seminar_id"), user=OuterRef("added_by_id")
        )
        known = (
            Q(seminar__in=staffed) | Q(added_by_id=user.pk) | Q(Exists(stocked)) | Q(Exists(cited))
        )
        return self.filter(known, seminar__in=Seminar.objects.visible_to(user))


class Source(PublicId, Timestamped):
    """A cited work on a seminar's shelf: a link or DOI, and what is known of it as CSL-JSON.

    `doi` is lower-cased without prefix, so that one work stands on a shelf once.
    """

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="sources")
    url = models.URLField(max_length=2_000, blank=True)
    doi = models.CharField(max_length=255, blank=True)
    csl = models.JSONField(default=dict, blank=True, help_text="CSL-JSON 1.0 item")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sources"
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seminar", "doi"],
                condition=~Q(doi=""),
                name="source_doi_is_unique_on_its_shelf",
            ),
            models.UniqueConstraint(
                fields=["seminar", "url"],
                condition=~Q(url="") & Q(doi=""),
                name="source_url_is_unique_on_its_shelf",
            ),
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(doi=""), name="source_has_a_link_or_doi"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The work's title, else the address under which it is known."""
        return str(self.csl.get("title") or self.doi or self.url)

    @property
    def href(self) -> str:
        """Where a reader opens the work."""
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def host(self) -> str:
        """The host of that address, to be shown beside the link."""
        return (urlsplit(self.href).hostname or "").removeprefix("www.")


class Passage(PublicId, Timestamped):
    """Verbatim words of a source with their locator; without words it shows "no quote yet"."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="passages")
    quote = models.TextField(blank=True)
    locator = models.CharField(max_length=100, blank=True)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="passages"
    )

    def __str__(self) -> str:
        return self.quote[:80] or f"no quote yet from {self.source_id}"
