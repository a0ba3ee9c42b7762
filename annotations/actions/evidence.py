"""Sources put on a seminar's shelf, and passages taken from them, as evidence is given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import Case, Q, When

from annotations.actions.indexing import index_citations
from annotations.bibliography.csl import TYPES, read_date, read_names
from annotations.bibliography.identifiers import doi_in, normal_doi, work_key
from annotations.models import Passage, Source
from debate.core.errors import Invalid
from debate.core.text import clean, clean_name
from debate.essays.actions import web_address

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.actions.inputs import SourceInput
    from annotations.bibliography.csl import Item
    from debate.accounts.models import User
    from debate.seminars.models import Seminar


def address_of(link: str, *, field: str) -> tuple[str, str]:
    """The DOI and the web address that a link is; ("", "") for none. Raises Invalid.

    A publisher's address that holds a DOI gives both.
    """
    doi = normal_doi(link)
    url = "" if doi else web_address(link, field=field)
    doi = doi or doi_in(url)
    return clean_name(doi, field=field, limit=255, required=False), url


def shelve(
    *,
    actor: User,
    seminar: Seminar,
    doi: str = "",
    url: str = "",
    csl: Item | None = None,
    for_note: bool = False,
) -> tuple[Source, bool]:
    """The actor's source of that DOI, address or title, and whether it was put there now.

    By DOI, else by canonical address, else by title and year; see `work_key`. What others put on
    the shelf unseen by the actor is not found: the actor gets a source of one's own beside it, and
    nothing tells of the other.
    """
    csl = csl or {}
    key = work_key(csl, url, doi)
    standing = _standing(actor, seminar, key, doi, url)
    if standing:
        return standing, False
    hold_shelf(seminar.pk)
    standing = _standing(actor, seminar, key, doi, url)
    if standing:
        return standing, False  # somebody has put it there meanwhile
    source = Source.objects.create(
        seminar=seminar,
        doi=doi,
        url=url,
        canonical=key,
        csl=csl,
        for_note=for_note,
        added_by=actor,
    )
    return source, True


def hold_shelf(seminar_id: UUID) -> None:
    """Let nobody else put works on the seminar's shelf until the transaction ends.

    A constraint cannot see who may know of a row, so that those who look and then write take turns.
    One lock for all works, as who changes several would else wait for who takes them in another
    order. To be taken after the assignments' locks and before those of works and annotations.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TURN, [f"shelf {seminar_id}"])


_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def _standing(actor: User, seminar: Seminar, key: str, doi: str, url: str) -> Source | None:
    same = Q(canonical=key)
    if doi:
        same |= Q(doi=doi)
    elif url:
        same |= Q(url=url, doi="")
    found = Source.objects.found_by(actor).filter(same, seminar=seminar)
    # One's own before others': what one cites stays what it was, also once others' is revealed.
    return found.order_by(Case(When(added_by=actor, then=0), default=1), "pk").first()


def find_or_add_source(
    *, actor: User, seminar: Seminar, given: SourceInput, is_for_all: bool
) -> Source:
    """The source on the seminar's shelf that the input names, added when it is new.

    Details of a new source are kept as CSL-JSON; to a source that stands there already they add
    what is missing, and whoever added it may also change them. Where the note is not `is_for_all`,
    what it says of a work that others put there is kept in a work of the actor's own beside that:
    to complete it would tell that somebody cites it. Raises Invalid that names `evidence.source` or
    one of its members.
    """
    if given.source_id:
        source = (
            Source.objects.visible_to(actor).filter(seminar=seminar, pk=given.source_id).first()
        )
    else:
        source = _by_link(actor, seminar, given.link)
    details = _csl(given)
    if source and details:
        hold_shelf(seminar.pk)
        source = Source.objects.select_for_update(no_key=True).filter(pk=source.pk).first()
    if source is None:
        raise Invalid("This source is not on the seminar's shelf.", field="evidence.source.id")
    if source.added_by_id != actor.pk:
        details = {name: value for name, value in details.items() if not source.csl.get(name)}
        if details and not is_for_all:
            source = _own_beside(actor, source)
    if details:
        source.csl = {**source.csl, **details}
        source.save(update_fields=["csl", "updated_at"])
        index_citations(source)
    return source


def _own_beside(actor: User, source: Source) -> Source:
    """The actor's own source of the same work, with what the actor sees of that one.

    Under the lock of the shelf.
    """
    same = Source.objects.filter(seminar=source.seminar_id, canonical=source.canonical)
    own = same.exclude(canonical="").filter(added_by=actor).order_by("pk").first()
    return own or Source.objects.create(
        seminar_id=source.seminar_id,
        doi=source.doi,
        url=source.url,
        canonical=source.canonical,
        csl=source.csl,
        for_note=True,
        added_by=actor,
    )


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
    return Passage.objects.create(
        source=source, quote=quote, locator=locator, for_note=True, added_by=actor
    )


def _by_link(actor: User, seminar: Seminar, link: str) -> Source:
    doi, url = address_of(link, field="evidence.source.link")
    if not doi and not url:
        raise Invalid(
            "Give a link, a DOI, or a source that the seminar has already.",
            field="evidence.source.link",
        )
    source, _ = shelve(actor=actor, seminar=seminar, doi=doi, url=url, for_note=True)
    return source


def _csl(given: SourceInput) -> dict[str, Any]:
    """The details as members of a CSL-JSON item; only those that were given."""

    def line(name: str, limit: int = 500) -> str:
        text = getattr(given, name)
        return clean(
            text, field=f"evidence.source.{name}", limit=limit, required=False, one_line=True
        )

    details: dict[str, Any] = {"title": line("title"), "publisher": line("publisher")}
    details["author"] = read_names(line("author", 1_000))
    details["issued"] = _csl_date(line("issued", 20))
    if kind := line("type", 50):
        if kind not in TYPES:
            raise Invalid("Choose one of: " + ", ".join(TYPES) + ".", field="evidence.source.type")
        details["type"] = kind
    return {name: value for name, value in details.items() if value}


def _csl_date(text: str) -> dict[str, Any]:
    try:
        return read_date(text)
    except ValueError as error:
        raise Invalid(
            "Write the date as 2024, 2024-05 or 2024-05-31.", field="evidence.source.issued"
        ) from error
