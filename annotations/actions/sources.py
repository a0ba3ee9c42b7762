"""Works on a seminar's shelf: added, imported, described, merged and copied.

A shelf belongs to no assignment, so that no line of a change feed tells of it; what cites a work
that is merged into another has changed itself, and is told of.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from annotations.actions.changes import Visibility, record_moved, save_change
from annotations.actions.evidence import address_of, hold_shelf, shelve
from annotations.actions.indexing import index_citations
from annotations.actions.links import forget_link
from annotations.bibliography.completeness import FIELDS
from annotations.bibliography.csl import (
    DATE_MEMBERS,
    NAME_MEMBERS,
    TYPES,
    date_parts,
    read_date,
    read_names,
    title_of,
    write_date,
    write_names,
)
from annotations.bibliography.identifiers import work_key
from annotations.bibliography.references import MOST_REFERENCES
from annotations.enums import Op, SourceType
from annotations.models import Annotation, LinkHealth, Passage, PassageCheck, QualityMark, Source
from annotations.permissions import may_add_sources, may_change_source, may_keep_shelf
from debate.assignments.actions import lock_assignment
from debate.core.errors import Conflict, Invalid, Missing, NotAllowed, Stale, named_by
from debate.core.text import clean
from debate.essays.actions import web_address
from debate.seminars.models import Membership
from debate.seminars.permissions import is_staff, membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.bibliography.csl import Item
    from annotations.bibliography.references import Reference
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Seminar

ONLY_WRITERS = "You may read here, but not write."
ONLY_ITS_OWN = "Only staff, and whoever put it on the shelf, say what is known of a work."
ONLY_KEEPERS = "Only instructors and assistants of the whole seminar merge works."
LONGEST_TITLE = 1_000
MOST_COPIED = 500

# The texts of a work that people write in, by the members of CSL that take them.
TEXTS: Final = {
    "title": "title",
    "container_title": "container-title",
    "publisher": "publisher",
    "publisher_place": "publisher-place",
    "volume": "volume",
    "issue": "issue",
    "page": "page",
    "number": "number",
    "edition": "edition",
    "language": "language",
}
_NAMES: Final = {"author": "author", "editor": "editor"}
_COLUMNS: Final = ("author_qualifications", "interest_note", "retraction_note")


@dataclass(frozen=True, kw_only=True)
class SourceDetails:
    """What is known of a work, as people write it; names apart by semicolons, dates as 2024-05-31.

    `not_given` holds which of the eight fields of a citation the source itself does not give.
    """

    link: str = ""
    type: str = ""
    title: str = ""
    author: str = ""
    editor: str = ""
    container_title: str = ""
    publisher: str = ""
    publisher_place: str = ""
    issued: str = ""
    volume: str = ""
    issue: str = ""
    page: str = ""
    number: str = ""
    edition: str = ""
    language: str = ""
    source_type: str = ""
    author_qualifications: str = ""
    accessed_on: str = ""
    archived_url: str = ""
    interest_note: str = ""
    retraction_note: str = ""
    not_given: tuple[str, ...] = ()

    @classmethod
    def of(cls, source: Source) -> SourceDetails:
        """What is known of the source now."""
        csl = source.csl
        return cls(
            link=source.doi or source.url,
            type=str(csl.get("type") or ""),
            **{name: str(csl.get(member) or "") for name, member in TEXTS.items()},
            **{name: write_names(csl.get(member)) for name, member in _NAMES.items()},
            issued=write_date(csl.get("issued")),
            accessed_on=source.accessed_on.isoformat() if source.accessed_on else "",
            source_type=source.source_type,
            archived_url=source.archived_url,
            not_given=tuple(source.not_given),
            **{name: getattr(source, name) for name in _COLUMNS},
        )


DETAILS: Final = tuple(one.name for one in fields(SourceDetails))


@dataclass(frozen=True)
class Known:
    """Details that were checked: the CSL item, the address, and the shelf's own columns."""

    csl: Item
    doi: str = ""
    url: str = ""
    columns: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def add_source(*, actor: User, seminar: Seminar, details: SourceDetails) -> tuple[Source, bool]:
    """Put a work on the shelf; also tells whether it is new there, as far as the actor knows.

    A work that stands there already is completed by what was not known of it; see `shelve` for
    which are found. Raises Missing, NotAllowed for whoever does not write in the seminar, Invalid
    that names the detail: a work has a title, or at least a link or a DOI.
    """
    check_shelf(actor, seminar)
    known = read_details(details)
    hold_shelf(seminar.pk)
    put = _put(actor, seminar, known)
    _index([put])
    return put.source, put.is_new


@transaction.atomic
def import_sources(
    *, actor: User, seminar: Seminar, references: Iterable[Reference]
) -> list[tuple[Source, bool]]:
    """Put the works of a paste on the shelf, all or none; each with whether it is new to the actor.

    Raises as `add_source`; Invalid names entry and line.
    """
    check_shelf(actor, seminar)
    wanted = list(references)
    if not wanted:
        raise Invalid("Choose at least one work.", field="chosen", code="blank")
    if len(wanted) > MOST_REFERENCES:
        raise Invalid(f"At most {MOST_REFERENCES} are taken at once.", field="text")
    hold_shelf(seminar.pk)
    put = [_put(actor, seminar, _of_reference(one)) for one in wanted]
    _index(put)
    return [(one.source, one.is_new) for one in put]


def check_shelf(actor: User, seminar: Seminar) -> None:
    """Raise Missing for who is no member of the seminar, NotAllowed for who does not write there."""
    membership = membership_of(actor, seminar)
    if membership is None:
        raise Missing
    if not may_add_sources(membership, seminar):
        raise NotAllowed(ONLY_WRITERS)


@dataclass(frozen=True)
class _Put:
    """A work put on a shelf; `is_completed` where more is known now of one that stood there."""

    source: Source
    is_new: bool
    is_completed: bool


def _index(put: Iterable[_Put]) -> None:
    """Find what cites the completed works by what is known of them now."""
    index_citations(*{one.source for one in put if one.is_completed})


def _put(actor: User, seminar: Seminar, known: Known) -> _Put:
    """Put the work on the shelf, under its lock; what cites it is still to be indexed."""
    source, is_new = shelve(
        actor=actor, seminar=seminar, doi=known.doi, url=known.url, csl=known.csl
    )
    if is_new:
        for name, value in known.columns.items():
            setattr(source, name, value)
        source.save(update_fields=[*known.columns, "updated_at"])
        return _Put(source, is_new=True, is_completed=False)
    if source.for_note and is_staff(membership_of(actor, seminar)):
        source.for_note = False  # it is on the shelf from now on
        source.save(update_fields=["for_note", "updated_at"])
    return _Put(source, is_new=False, is_completed=_complete(source, known))


def _complete(source: Source, known: Known) -> bool:
    """Add what was not known of the source; whether there was any such thing."""
    csl = {name: value for name, value in known.csl.items() if not source.csl.get(name)}
    columns = {name: value for name, value in known.columns.items() if not getattr(source, name)}
    if known.url and not source.url:
        columns["url"] = known.url
    if not csl and not columns:
        return False
    source.csl = {**source.csl, **csl}
    for name, value in columns.items():
        setattr(source, name, value)
    source.save(update_fields=["csl", *columns, "updated_at"])
    return True


@transaction.atomic
def change_source(
    *,
    actor: User,
    source_id: UUID,
    changes: Mapping[str, Any],
    seen: datetime | None = None,
) -> Source:
    """Say otherwise what is known of a work: any of the members of `SourceDetails`.

    `seen` is when the source that the actor saw had last changed: Stale when it has changed since.
    Raises Missing, NotAllowed for all but staff and whoever put it on the shelf, Invalid that names
    the detail, Conflict on `link` or `title` where the actor knows that work on the shelf already.
    """
    source = _source(actor, source_id)
    if not may_change_source(actor, membership_of(actor, source.seminar), source):
        raise NotAllowed(ONLY_ITS_OWN)
    citing, (source,) = lock_works(source.pk)
    if seen is not None and seen != source.updated_at:
        raise Stale("This work has been changed since you opened it.", field="seen")
    now = SourceDetails.of(source)
    known = read_details(replace(now, **changes))
    if changes.get("link", now.link) == now.link:
        known = replace(known, doi=source.doi, url=source.url)  # it may have both
    csl = {name: value for name, value in source.csl.items() if name not in _WRITTEN} | known.csl
    before = source.href
    cited = (source.csl, source.doi, source.url)
    key = work_key(csl, known.url, known.doi)
    _refuse_double(actor, source, key, known)
    source.csl, source.doi, source.url, source.canonical = csl, known.doi, known.url, key
    for name, value in known.columns.items():
        setattr(source, name, value)
    source.save()
    if source.href != before:
        forget_link(source=source)
    index_citations(source)
    if (source.csl, source.doi, source.url) != cited:
        _record_citing(source, citing)
    return source


def _record_citing(
    source: Source, assignments: Mapping[UUID, Assignment], *, told: Collection[UUID] = ()
) -> None:
    """Tell of the annotations that cite the work: what is known of it stands in each of them.

    But for those of which a line tells already.
    """
    for assignment in assignments.values():
        citing = Annotation.objects.filter(passage__source=source, assignment=assignment)
        record_moved(assignment, citing.exclude(pk__in=told).order_by("pk"))


_WRITTEN = {*TEXTS.values(), *_NAMES.values(), "type", "issued"}


def _refuse_double(actor: User, source: Source, key: str, known: Known) -> None:
    known_there = Source.objects.visible_to(actor).filter(seminar=source.seminar_id)
    shelf = known_there.exclude(pk=source.pk)
    same = shelf.filter(canonical=key).first() if key else None
    if same is None and known.doi:
        same = shelf.filter(doi=known.doi).first()
    elif same is None and known.url:
        same = shelf.filter(url=known.url, doi="").first()
    if same is None:
        return
    raise Conflict(
        "This work stands on the shelf already.",
        field="link" if known.doi or known.url else "title",
        code="duplicate_source",
        extra={"source": str(same.pk)},
    )


@transaction.atomic
def take_found_details(*, actor: User, source_id: UUID) -> Source:
    """Add to a work what its address says of it, as the site found it, where nothing is known yet.

    Raises Missing, also where the address said nothing, and NotAllowed as `change_source`.
    """
    source = _source(actor, source_id)
    if not may_change_source(actor, membership_of(actor, source.seminar), source):
        raise NotAllowed(ONLY_ITS_OWN)
    health = LinkHealth.objects.filter(source=source).exclude(found={}).first()
    if health is None:
        raise Missing
    citing, (source,) = lock_works(source.pk)
    if _complete(source, Known(_clean_item(health.found))):
        index_citations(source)
    _record_citing(source, citing)
    return _source(actor, source_id)


@transaction.atomic
def merge_sources(*, actor: User, source_id: UUID, into_id: UUID) -> Source:
    """Make of two works of one shelf one: `into` keeps its own, and takes passages and what it lacks.

    Passages with the same words at the same place become one, with the checks of both, but for
    those of notes that the actor may not read. What cites the other work cites this one from now
    on, and who put either on the shelf goes on seeing it there: everybody, where staff did. Raises
    Missing, NotAllowed for all but staff of the whole seminar, Invalid on `into` for a work and
    itself, or works of two seminars.
    """
    source = _source(actor, source_id)
    with named_by("into"):
        into = _source(actor, into_id)
    if not may_keep_shelf(membership_of(actor, source.seminar), source.seminar):
        raise NotAllowed(ONLY_KEEPERS)
    if source.pk == into.pk or source.seminar_id != into.seminar_id:
        raise Invalid("Choose another work of the same shelf.", field="into")
    assignments, (source, into) = lock_works(source.pk, into.pk)
    readable = Passage.objects.visible_to(actor).exclude(quote="")
    kept = {(one.quote, one.locator): one for one in readable.filter(source=into).order_by("-pk")}
    joining = set(readable.filter(source=source).values_list("pk", flat=True))
    told: list[UUID] = []
    for passage in source.passages.order_by("pk"):
        same = kept.get((passage.quote, passage.locator)) if passage.pk in joining else None
        _move_passage(passage, same or passage, into)
        for annotation in Annotation.objects.filter(passage=passage).order_by("pk"):
            annotation.assignment = assignments[annotation.assignment_id]
            annotation.passage = same or passage
            save_change(annotation, actor, Op.UPDATE, Visibility.of(annotation))
            told.append(annotation.pk)
        if same:
            passage.delete()
    cited = (into.csl, into.doi, into.url)
    columns = {name: getattr(source, name) for name in _OWN_COLUMNS if getattr(source, name)}
    known = Known(source.csl, source.doi, source.url, columns)
    both_lack = sorted({*source.not_given} & {*into.not_given})
    LinkHealth.objects.filter(source=source).delete()
    _keep_in_sight(source, into)
    source.delete()
    _complete(into, known)
    into.not_given = both_lack
    if known.doi and not into.doi:
        into.doi = known.doi
    into.canonical = work_key(into.csl, into.url, into.doi)
    into.save(update_fields=["not_given", "doi", "canonical", "for_note", "added_by", "updated_at"])
    index_citations(into)
    if (into.csl, into.doi, into.url) != cited:
        _record_citing(into, assignments, told=told)
    return into


def lock_works(*source_ids: UUID) -> tuple[dict[UUID, Assignment], list[Source]]:
    """Lock works, as every change of them does, and what is locked before them.

    First the assignments where they are cited, in the order of their ids; then their shelf; then the
    works. Returns the assignments by id, and the works as they now stand, as they are named. Raises
    Missing where one is there no more.
    """
    while True:
        begun = transaction.savepoint()
        assignments, found = _locked_works(source_ids)
        if _citing(source_ids) <= assignments.keys():
            return assignments, [found[one] for one in source_ids]
        # Cited elsewhere before they were locked: to begin anew, as assignments come first.
        transaction.savepoint_rollback(begun)


def _citing(source_ids: Sequence[UUID]) -> set[UUID]:
    """The assignments where the works are cited."""
    citing = Annotation.objects.filter(passage__source__in=source_ids)
    return set(citing.values_list("assignment_id", flat=True))


def _locked_works(
    source_ids: Sequence[UUID],
) -> tuple[dict[UUID, Assignment], dict[UUID, Source]]:
    assignments = {one: lock_assignment(one)[0] for one in sorted(_citing(source_ids))}
    works = Source.objects.filter(pk__in=source_ids)
    for seminar_id in sorted(set(works.values_list("seminar_id", flat=True))):
        hold_shelf(seminar_id)
    rows = works.select_for_update(of=("self",)).select_related("seminar").order_by("pk")
    found = {one.pk: one for one in rows}
    if not found.keys() >= set(source_ids):
        raise Missing
    return assignments, found


_OWN_COLUMNS = (*_COLUMNS, "source_type", "accessed_on", "archived_url")


def _keep_in_sight(source: Source, into: Source) -> None:
    """Let who put the source on the shelf see there what it becomes."""
    staff = Membership.objects.staff().filter(seminar=into.seminar_id)
    stocked = Source.objects.filter(for_note=False, added_by__in=staff.values("user"))
    other = source.added_by
    if stocked.filter(pk=source.pk).exists():
        if stocked.filter(pk=into.pk).exists():
            return
        into.added_by, other, into.for_note = other, into.added_by, False
    is_member = Membership.objects.of(other).filter(seminar=into.seminar_id).exists()
    if is_member and other.pk != into.added_by_id:
        # Who took a passage from a work sees it; this one has no words.
        Passage.objects.create(source=into, added_by=other)


def _move_passage(passage: Passage, to: Passage, into: Source) -> None:
    """Give the passage to the other work, or what is known of it to that passage there."""
    if to == passage:
        passage.source = into
        passage.save(update_fields=["source", "updated_at"])
        return
    PassageCheck.objects.filter(passage=passage).update(passage=to)
    there = set(QualityMark.objects.open().filter(passage=to).values_list("type", "by_id"))
    for mark in QualityMark.objects.filter(passage=passage).order_by("pk"):
        if mark.resolved_at is None and (mark.type, mark.by_id) in there:
            continue  # the same person says the same of the same words; it goes with the passage
        mark.passage = to
        mark.save(update_fields=["passage", "updated_at"])
    to.relied_on = to.relied_on or passage.relied_on
    to.for_note = to.for_note and passage.for_note
    to.save(update_fields=["relied_on", "for_note", "updated_at"])


@transaction.atomic
def copy_sources(*, actor: User, source_ids: Collection[UUID], to: Seminar) -> list[Source]:
    """Copy works to the shelf of another seminar, with the passages that the actor may know.

    Checks come along, with who made them and when. What stands there already is completed, and
    passages that it has are not doubled. Raises Missing for works or a seminar that the actor may
    not know of, NotAllowed for all but staff of that seminar, Invalid on `sources` for none, for
    more than 500, or for a work of that seminar itself.
    """
    if not may_keep_shelf(membership_of(actor, to), to):
        raise NotAllowed("Works are copied to seminars by their instructors and assistants.")
    wanted = set(source_ids)
    if not wanted or len(wanted) > MOST_COPIED:
        raise Invalid(f"Choose between one and {MOST_COPIED} works.", field="sources")
    sources = list(Source.objects.visible_to(actor).filter(pk__in=wanted).order_by("pk"))
    if len(sources) != len(wanted):
        raise Missing(field="sources")
    if any(one.seminar_id == to.pk for one in sources):
        raise Invalid("These works stand on that shelf already.", field="sources")
    hold_shelf(to.pk)
    readable = Passage.objects.visible_to(actor)
    put = [
        _copy(actor, one, to, list(readable.filter(source=one).order_by("pk"))) for one in sources
    ]
    _index(put)
    return [one.source for one in put]


def _copy(actor: User, source: Source, to: Seminar, passages: list[Passage]) -> _Put:
    columns = {name: getattr(source, name) for name in (*_OWN_COLUMNS, "not_given")}
    known = Known(source.csl, source.doi, source.url, columns)
    put = _put(actor, to, known)
    copy = put.source
    there = set(copy.passages.values_list("quote", "locator"))
    for passage in passages:
        if (passage.quote, passage.locator) in there or not passage.quote:
            continue
        taken = Passage.objects.create(
            source=copy,
            quote=passage.quote,
            locator=passage.locator,
            relied_on=passage.relied_on,
            added_by=actor,
        )
        for check in passage.checks.order_by("pk"):
            made = PassageCheck.objects.create(
                passage=taken, by=check.by, opened=check.opened, match=check.match, note=check.note
            )
            PassageCheck.objects.filter(pk=made.pk).update(at=check.at)
    return put


def _source(actor: User, source_id: UUID) -> Source:
    sources = Source.objects.visible_to(actor).select_related("seminar")
    source = sources.filter(pk=source_id).first()
    if source is None:
        raise Missing
    return source


# -- what people write ---------------------------------------------------------------------------


def read_details(details: SourceDetails) -> Known:
    """The details as they are kept. Raises Invalid that names the one at fault."""
    csl: Item = {}
    for name, member in TEXTS.items():
        limit = LONGEST_TITLE if name == "title" else 500
        text = clean(getattr(details, name), field=name, limit=limit, required=False, one_line=True)
        csl[member] = text
    for name, member in _NAMES.items():
        text = clean(getattr(details, name), field=name, limit=2_000, required=False)
        csl[member] = read_names(text)
    csl["type"] = _choice(details.type, TYPES, "type")
    csl["issued"] = _date(details.issued, "issued")
    doi, url = address_of(details.link, field="link")
    if not (csl["title"] or doi or url):
        raise Invalid("Give the title, or at least a link or a DOI.", field="title", code="blank")
    unknown = [name for name in details.not_given if name not in FIELDS]
    if unknown:
        raise Invalid("Choose among: " + ", ".join(FIELDS) + ".", field="not_given")
    accessed = date_parts(_date(details.accessed_on, "accessed_on"))
    if 0 < len(accessed) < 3:  # noqa: PLR2004
        raise Invalid("Write the day as 2024-05-31.", field="accessed_on")
    columns: dict[str, Any] = {
        name: clean(getattr(details, name), field=name, limit=500, required=False, one_line=True)
        for name in _COLUMNS
    }
    columns |= {
        "source_type": _choice(details.source_type, SourceType.values, "source_type"),
        "accessed_on": date(*accessed) if accessed else None,
        "archived_url": web_address(details.archived_url, field="archived_url"),
        "not_given": [name for name in FIELDS if name in details.not_given],
    }
    return Known({name: value for name, value in csl.items() if value}, doi, url, columns)


def _choice(word: str, known: Collection[str], name: str) -> str:
    if word and word not in known:
        raise Invalid("Choose one of: " + ", ".join(known) + ".", field=name)
    return word


def _date(text: str, name: str) -> dict[str, Any]:
    try:
        return read_date(text)
    except ValueError as error:
        raise Invalid("Write the date as 2024, 2024-05 or 2024-05-31.", field=name) from error


def _of_reference(reference: Reference) -> Known:
    """The work of a pasted entry as it is kept; Invalid names the entry and its line."""
    item = reference.item
    place = f"{reference.label}, line {reference.line}"
    if not title_of(item):
        raise Invalid(f"{place}: The work has no title.", field="text")
    try:
        doi, url = address_of(str(item.get("DOI") or item.get("URL") or ""), field="URL")
        if doi and item.get("URL"):
            url = address_of(str(item["URL"]), field="URL")[1]
        accessed = date_parts(item.get("accessed"))
        columns = {"accessed_on": date(*accessed) if len(accessed) == 3 else None}  # noqa: PLR2004
        return Known(_clean_item(item), doi, url, columns)
    except Invalid as error:
        raise Invalid(f"{place}: {error.sentence} ({error.field})", field="text") from error
    except ValueError as error:
        raise Invalid(f"{place}: there is no such day. (accessed)", field="text") from error


def _clean_item(item: Item) -> Item:
    """The item's texts, names and dates as they are kept, without address and day of access."""
    cleaned: Item = {}
    for member, value in item.items():
        if member in {"DOI", "URL", "accessed", "id", "abstract"}:
            continue
        if member in NAME_MEMBERS:
            names = write_names(value)
            cleaned[member] = read_names(clean(names, field=member, limit=4_000, required=False))
        elif member in DATE_MEMBERS:
            cleaned[member] = _date(write_date(value), member)
        elif isinstance(value, str | int):
            limit = LONGEST_TITLE if member == "title" else 500
            text = clean(str(value), field=member, limit=limit, required=False, one_line=True)
            cleaned[member] = text
    if cleaned.get("type") not in TYPES:
        cleaned["type"] = "document"
    return {member: value for member, value in cleaned.items() if value}
