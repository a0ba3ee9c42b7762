"""Cited works, the verbatim words taken from them, and what others found who looked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from django.apps import apps
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, OuterRef, Q

from annotations.enums import LinkStatus, Match, SourceType
from debate.core.db import is_there
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
        said there. Staff see the whole shelf; others see what `found_by` gives.
        """
        staffed = Membership.objects.of(user).unlimited().values("seminar_id")
        known = Q(seminar__in=staffed) | _is_met_by(user)
        return self.filter(known, seminar__in=Seminar.objects.visible_to(user))

    def found_by(self, user: User | AnonymousUser) -> Self:
        """The sources that the person meets without keeping the shelf.

        What staff put there otherwise than by a note, what the person added or took a passage from,
        and what the person can read a citation of. Only among these a work is known again: staff who
        cite what a private note cites as well would else show the others what its author wrote of it.
        """
        return self.filter(_is_met_by(user), seminar__in=Seminar.objects.visible_to(user))


def _is_met_by(user: User | AnonymousUser) -> Q:
    # By its name: annotations rest on sources, so their module imports this one.
    annotations = apps.get_model("annotations", "Annotation").objects
    cited = Passage.objects.filter(
        source=OuterRef("pk"), annotations__in=annotations.visible_to(user).values("pk")
    )
    staffed = Membership.objects.staff().filter(
        seminar=OuterRef("seminar_id"), user=OuterRef("added_by_id")
    )
    stocked = Q(for_note=False) & Q(Exists(staffed))
    taken = Passage.objects.filter(source=OuterRef("pk"), added_by_id=user.pk)
    return Q(added_by_id=user.pk) | stocked | Q(Exists(taken)) | Q(Exists(cited))


class Source(PublicId, Timestamped):
    """A cited work on a seminar's shelf: a link, a DOI or a title, and what is known as CSL-JSON.

    `doi` is lower-cased without prefix. `canonical` is `doi:` and that, else `url:` and the
    canonical address, else `title:` with title and year: among the works that a person knows, one
    is known again by it. What two people put there unseen by one another stands there twice.
    """

    seminar = models.ForeignKey(Seminar, on_delete=models.CASCADE, related_name="sources")
    url = models.URLField(max_length=2_000, blank=True)
    doi = models.CharField(max_length=255, blank=True)
    canonical = models.CharField(
        max_length=2_100, blank=True, help_text="By what one work is known again, kind in front."
    )
    csl = models.JSONField(default=dict, blank=True, help_text="CSL-JSON 1.0 item")
    source_type = models.CharField(max_length=20, choices=SourceType.choices, blank=True)
    author_qualifications = models.CharField(max_length=500, blank=True)
    accessed_on = models.DateField(null=True, blank=True)
    archived_url = models.URLField(max_length=2_000, blank=True)
    interest_note = models.CharField(
        max_length=500, blank=True, help_text="Who paid for it, or has a stake in it."
    )
    retraction_note = models.CharField(max_length=500, blank=True)
    not_given = ArrayField(
        models.CharField(max_length=30),
        default=list,
        blank=True,
        help_text="Citation fields that somebody looked for and the source does not give.",
    )
    for_note = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Put there by a note alone: of staff, too, known to those who may read that.",
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="sources"
    )

    objects = SourceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(url="") | ~Q(doi="") | Q(csl__has_key="title"),
                name="source_has_a_link_a_doi_or_a_title",
            ),
            models.CheckConstraint(
                condition=Q(source_type="") | Q(source_type__in=SourceType.values),
                name="source_type_is_known",
            ),
        ]
        # None is unique: what a person does not see must not stand in the way of a row of one's own.
        indexes = [
            models.Index(
                fields=["seminar", "doi"], condition=~Q(doi=""), name="source_doi_on_its_shelf"
            ),
            models.Index(
                fields=["seminar", "url"],
                condition=~Q(url="") & Q(doi=""),
                name="source_url_on_its_shelf",
            ),
            models.Index(
                fields=["seminar", "canonical"],
                condition=~Q(canonical=""),
                name="source_work_on_its_shelf",
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
    def item(self) -> dict[str, Any]:
        """The work as a whole CSL-JSON item: with DOI, address and day of access."""
        day = self.accessed_on
        places = {
            "DOI": self.doi,
            "URL": self.url,
            "accessed": {"date-parts": [[day.year, day.month, day.day]]} if day else None,
        }
        return {**self.csl, **{name: value for name, value in places.items() if value}}

    @property
    def host(self) -> str:
        """The host of that address, to be shown beside the link."""
        return (urlsplit(self.href).hostname or "").removeprefix("www.")


class PassageQuerySet(models.QuerySet["Passage"]):
    """Reads of passages."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The passages that the person may know.

        Those that the person took, and those that a note cites which the person may read. What was
        taken on the shelf is known to staff, and to all when staff took it.
        """
        annotations = apps.get_model("annotations", "Annotation").objects
        cited = is_there(annotations.visible_to(user).filter(passage=OuterRef("pk")))
        staffed = Membership.objects.of(user).unlimited().values("seminar_id")
        stocked = Membership.objects.staff().filter(
            seminar=OuterRef("source__seminar_id"), user=OuterRef("added_by_id")
        )
        known = (
            Q(added_by_id=user.pk, added_by__isnull=False)
            | (Q(for_note=False) & (Q(source__seminar__in=staffed) | is_there(stocked)))
            | cited
        )
        return self.filter(known, source__seminar__in=Seminar.objects.visible_to(user))


class Passage(PublicId, Timestamped):
    """Verbatim words of a source with their locator; without words it shows "no quote yet".

    `relied_on` holds the runs of the quote that the argument rests on, as half-open pairs of code
    point offsets in order, without overlap. `for_note` stays when the note comes to quote others.
    """

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="passages")
    quote = models.TextField(blank=True)
    locator = models.CharField(max_length=100, blank=True)
    relied_on = models.JSONField(default=list, blank=True)
    for_note = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Taken by writing a note: known to those who may read that.",
    )
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="passages"
    )

    objects = PassageQuerySet.as_manager()

    def __str__(self) -> str:
        return self.quote[:80] or f"no quote yet from {self.source_id}"


class PassageCheckQuerySet(models.QuerySet["PassageCheck"]):
    """Reads of second readers' checks."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The checks of the passages that the person may know."""
        return self.filter(passage__in=Passage.objects.visible_to(user))


class PassageCheck(PublicId):
    """What a second reader found who opened the source; each check stays, the last one counts."""

    passage = models.ForeignKey(Passage, on_delete=models.CASCADE, related_name="checks")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    opened = models.BooleanField(default=True)
    match = models.CharField(max_length=20, choices=Match.choices)
    note = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    objects = PassageCheckQuerySet.as_manager()

    class Meta:
        ordering = ["passage_id", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(match__in=Match.values), name="passage_check_match_is_known"
            ),
            models.CheckConstraint(
                condition=Q(opened=True) | ~Q(match=Match.VERBATIM),
                name="passage_check_opened_what_it_vouches_for",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.match} for {self.passage_id}"


class LinkHealth(models.Model):
    """What stood at a source's address when the site last opened it; never the page itself.

    `digest` is the SHA-256 of the page's text in hexadecimal. `next_at` is when it is opened again.
    """

    source = models.OneToOneField(
        Source, on_delete=models.CASCADE, primary_key=True, related_name="link_health"
    )
    status = models.CharField(
        max_length=20, choices=LinkStatus.choices, default=LinkStatus.UNCHECKED
    )
    http_status = models.PositiveSmallIntegerField(null=True, blank=True)
    title = models.CharField(max_length=300, blank=True)
    digest = models.CharField(max_length=64, blank=True)
    final_url = models.URLField(max_length=2_000, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    found = models.JSONField(
        default=dict, blank=True, help_text="CSL-JSON that the address gave of itself."
    )
    checked_at = models.DateTimeField(null=True, blank=True)
    failures = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(status__in=LinkStatus.values), name="link_health_status_is_known"
            ),
        ]
        indexes = [models.Index(fields=["next_at"], name="link_health_due")]

    def __str__(self) -> str:
        return f"{self.source_id}: {self.status}"
