"""Sources put on a seminar's shelf, and passages taken from them, as evidence is given."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any

from annotations.actions.indexing import index_citations
from annotations.models import Passage, Source
from debate.core.errors import Invalid
from debate.core.text import clean, clean_name
from debate.essays.actions import web_address

if TYPE_CHECKING:
    from annotations.actions.inputs import SourceInput
    from debate.accounts.models import User
    from debate.seminars.models import Seminar

# DOI Handbook 2.2: directory indicator 10, registrant code, suffix of any printable characters.
_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)

# The item types of CSL 1.0 that seminars cite; others are kept as `document`.
SOURCE_TYPES = {
    "article-journal": "Journal article",
    "article-newspaper": "Newspaper article",
    "webpage": "Web page",
    "report": "Report",
    "book": "Book",
    "chapter": "Chapter",
    "legislation": "Legislation",
    "dataset": "Data set",
    "document": "Other document",
}


def doi_of(link: str) -> str:
    """The DOI that the text is, lower-cased and without prefix; "" when it is none."""
    match = _DOI.fullmatch(link.strip())
    return match.group(1).rstrip(".,;)").lower() if match else ""


def find_or_add_source(*, actor: User, seminar: Seminar, given: SourceInput) -> Source:
    """The source on the seminar's shelf that the input names, added when it is new.

    Details of a new source are kept as CSL-JSON; to a source that stands there already they add
    what is missing, and whoever added it may also change them. Raises Invalid that names
    `evidence.source` or one of its members.
    """
    if given.source_id:
        shelf = Source.objects.visible_to(actor).filter(seminar=seminar)
        source = shelf.filter(pk=given.source_id).first()
        if source is None:
            raise Invalid("This source is not on the seminar's shelf.", field="evidence.source.id")
        created = False
    else:
        source, created = _by_link(actor, seminar, given.link)
    details = _csl(given)
    if not created and source.added_by_id != actor.pk:
        details = {name: value for name, value in details.items() if not source.csl.get(name)}
    if details:
        source.csl = {**source.csl, **details}
        source.save(update_fields=["csl", "updated_at"])
        index_citations(source)
    return source


def take_passage(
    *, actor: User, source: Source, quote: str, locator: str, current: Passage | None
) -> Passage:
    """The passage of those words; the current one when nothing changed. Raises Invalid."""
    quote = clean(quote, field="evidence.quote", limit=5_000, required=False)
    locator = clean(locator, field="evidence.locator", limit=100, required=False, one_line=True)
    if current and (current.source_id, current.quote, current.locator) == (
        source.pk,
        quote,
        locator,
    ):
        current.source = source  # as it is known now
        return current
    return Passage.objects.create(source=source, quote=quote, locator=locator, added_by=actor)


def _by_link(actor: User, seminar: Seminar, link: str) -> tuple[Source, bool]:
    if doi := doi_of(link):
        doi = clean_name(doi, field="evidence.source.link", limit=255)
        return Source.objects.get_or_create(
            seminar=seminar, doi=doi, defaults={"added_by": actor, "url": ""}
        )
    url = web_address(link, field="evidence.source.link")
    if not url:
        raise Invalid(
            "Give a link, a DOI, or a source that the seminar has already.",
            field="evidence.source.link",
        )
    return Source.objects.get_or_create(
        seminar=seminar, url=url, doi="", defaults={"added_by": actor}
    )


def _csl(given: SourceInput) -> dict[str, Any]:
    """The details as members of a CSL-JSON item; only those that were given."""

    def line(name: str, limit: int = 500) -> str:
        text = getattr(given, name)
        return clean(
            text, field=f"evidence.source.{name}", limit=limit, required=False, one_line=True
        )

    details: dict[str, Any] = {"title": line("title"), "publisher": line("publisher")}
    authors = [name.strip() for name in line("author", 1_000).split(";") if name.strip()]
    details["author"] = [_csl_name(name) for name in authors]
    details["issued"] = _csl_date(line("issued", 20))
    if kind := line("type", 50):
        if kind not in SOURCE_TYPES:
            raise Invalid(
                "Choose one of: " + ", ".join(SOURCE_TYPES) + ".", field="evidence.source.type"
            )
        details["type"] = kind
    return {name: value for name, value in details.items() if value}


def _csl_name(name: str) -> dict[str, str]:
    family, comma, given = (part.strip() for part in name.partition(","))
    return {"family": family, "given": given} if comma and given else {"literal": name}


def _csl_date(text: str) -> dict[str, Any]:
    if not text:
        return {}
    match = re.fullmatch(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?", text, re.ASCII)
    parts = [int(part) for part in match.groups() if part] if match else []
    try:
        date(*[*parts, 1, 1][:3])
    except (TypeError, ValueError) as error:
        raise Invalid(
            "Write the date as 2024, 2024-05 or 2024-05-31.", field="evidence.source.issued"
        ) from error
    return {"date-parts": [parts]}
