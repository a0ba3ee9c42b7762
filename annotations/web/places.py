"""Where a client's targets lie: the paragraphs and words meant, and the annotation replied to.

Not one of the usual module names: it reads the essay to turn IRIs and selectors into targets, and
decides nothing; every rule is the action's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from annotations import selectors
from annotations.actions import Target
from annotations.models import WebIdentity
from annotations.web.model import container_iri
from debate.core.errors import Conflict, Invalid
from debate.essays.models import Paragraph

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from annotations.selectors import Span
    from annotations.web.reading import Place
    from debate.assignments.models import Assignment

_ID = r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
_PARAGRAPH = re.compile(rf"/api/v1/paragraphs/{_ID}/?", re.IGNORECASE)
_ANNOTATION = re.compile(rf"/(?:api/v1/)?annotations/{_ID}/?", re.IGNORECASE)
_ELSEWHERE = "This lies outside the essay that the container belongs to."


@dataclass
class Resolved:
    """The targets as the actions take them; `parent` is replied to, by the target `parent_at`."""

    targets: list[Target] = field(default_factory=list)
    parent: UUID | None = None
    parent_at: str = ""


def resolve(places: Sequence[Place], *, assignment: Assignment, base: str) -> Resolved:
    """What the places mean in the assignment; `base` is the site's scheme and host.

    Raises Invalid for what lies elsewhere, Conflict for words that the essay has not or more than
    once.
    """
    here = _Addresses(assignment, base)
    found = Resolved()
    texts = _texts([one for place in places if (one := here.paragraph(place.source))])
    for place in places:
        at = ".".join(map(str, place.path))
        if here.is_essay(place.source):
            found.targets.append(_in_essay(place, here, at))
        elif paragraph := here.paragraph(place.source):
            found.targets.append(_in_paragraph(place, paragraph, texts.get(paragraph, ""), at))
        elif parent := here.annotation(place.source):
            if found.parent:
                raise Invalid("A reply answers one annotation.", field=at)
            found.parent, found.parent_at = parent, at
        else:
            raise Invalid(_ELSEWHERE, field=f"{at}.source")
    return found


class _Addresses:
    """What the addresses of the site mean to one container."""

    def __init__(self, assignment: Assignment, base: str) -> None:
        self.assignment, self.base = assignment, base
        essay = assignment.essay
        self.container = container_iri("", str(assignment.pk))
        reading = assignment.get_absolute_url()
        self.essays = (
            self.container,
            reading,
            essay.get_absolute_url(),
            f"/api/v1/essays/{essay.pk}/",
            f"/api/v1/assignments/{assignment.pk}/",
        )
        self.revisions = re.compile(
            rf"(?:{re.escape(reading)}|/api/v1/essays/{essay.pk}/)revisions/\d+/?"
        )

    @cached_property
    def words(self) -> dict[UUID, str]:
        """The essay that is set, by paragraph: read once, however many targets lie in it."""
        rows = Paragraph.objects.filter(revision=self.assignment.revision_id).numbered()
        return dict(rows.values_list("pk", "text"))

    def path(self, iri: str) -> str:
        """The path of an address of this site, without query and fragment; "" for others."""
        if not iri.startswith(f"{self.base}/"):
            return ""
        return re.split(r"[?#]", iri.removeprefix(self.base), maxsplit=1)[0]

    def is_essay(self, iri: str) -> bool:
        """Whether it is the container's essay as a whole; so is what names nothing."""
        path = self.path(iri)
        if not iri or f"{path.rstrip('/')}/" in self.essays:
            return True
        return bool(self.revisions.fullmatch(path))

    def paragraph(self, iri: str) -> UUID | None:
        """The paragraph of that address."""
        return _id_of(_PARAGRAPH, self.path(iri))

    def annotation(self, iri: str) -> UUID | None:
        """The annotation of that address, here or in the container under its own name."""
        path = self.path(iri)
        if found := _id_of(_ANNOTATION, path):
            return found
        segment = path.removeprefix(self.container)
        if segment == path:
            return None
        # A name that nobody has had is refused as one is of which the person may not know.
        return id_of_segment(self.assignment, segment) or uuid4()


def _id_of(pattern: re.Pattern[str], path: str) -> UUID | None:
    match = pattern.fullmatch(path)
    return UUID(match["id"]) if match else None


def id_of_segment(assignment: Assignment, segment: str) -> UUID | None:
    """The annotation with that last segment of its address; None for one that nobody has had.

    Whether it may be known of is not asked.
    """
    try:
        return UUID(segment)
    except ValueError:
        named = WebIdentity.objects.filter(assignment=assignment, slug=segment)
        return named.values_list("annotation_id", flat=True).first() if segment else None


def _texts(paragraphs: Iterable[UUID]) -> dict[UUID, str]:
    wanted = list(paragraphs)
    rows = Paragraph.objects.filter(pk__in=wanted).values_list("pk", "text") if wanted else ()
    return dict(rows)


def _in_paragraph(place: Place, paragraph: UUID, text: str, at: str) -> Target:
    """Words of one paragraph. Where the offsets do not give the words, the words decide.

    A browser counts UTF-16 units; words that stand once are found whatever was counted.
    """
    given: dict[str, Any] = {"paragraph_id": paragraph, "field": at}
    quote = unicodedata.normalize("NFC", place.quote)
    if not quote:
        return Target(**given, start=place.start, end=place.end)
    given |= {"quote": quote, "prefix": place.prefix, "suffix": place.suffix}
    if place.start is not None and place.end is not None:
        counted = selectors.from_utf16(text, place.start, place.end)
        if text[place.start : place.end] == quote or (
            counted and text[counted.start : counted.end] == quote
        ):
            return Target(**given, start=place.start, end=place.end)
    return Target(**given)


def _in_essay(place: Place, here: _Addresses, at: str) -> Target:
    """Words of the essay as a whole, wherever they stand."""
    quote = unicodedata.normalize("NFC", place.quote)
    if not quote:
        raise Invalid(
            "Give the words in a TextQuoteSelector, or a paragraph as source.",
            field=f"{at}.selector",
        )
    texts = here.words
    every = [(pk, span) for pk, text in texts.items() for span in selectors.places(text, quote)]
    found = [(pk, span) for pk, span in every if _fits(place, texts[pk], span)] or every
    if len(found) != 1:
        times = len(found)
        raise Conflict(
            f"These words stand {times} times in the essay. Give a paragraph as source."
            if times
            else "These words do not stand in the essay.",
            field=f"{at}.selector",
            code="quote_repeats" if times else "quote_not_found",
            extra={"places": list(_shown(found, texts))} if times else {"candidate": None},
        )
    pk, span = found[0]
    return Target(
        paragraph_id=pk,
        start=span.start,
        end=span.end,
        quote=texts[pk][span.start : span.end],
        field=at,
    )


def _fits(place: Place, text: str, span: Span) -> bool:
    """Whether the words around are those of the client, as far as the paragraph reaches."""
    before, after = text[: span.start], text[span.end :]
    prefix, suffix = (unicodedata.normalize("NFC", one) for one in (place.prefix, place.suffix))
    return (before.endswith(prefix) or prefix.endswith(before)) and (
        after.startswith(suffix) or suffix.startswith(after)
    )


def _shown(found: Iterable[tuple[UUID, Span]], texts: dict[UUID, str]) -> Iterator[dict[str, Any]]:
    for pk, span in found:
        one = selectors.select(texts[pk], span.start, span.end)
        yield {
            "paragraph": str(pk),
            "start": one.start,
            "end": one.end,
            "exact": one.exact,
            "prefix": one.prefix,
            "suffix": one.suffix,
        }
