"""A seminar's shelf of sources, and one source with its citations, passages and uses.

A fixed number of queries, whatever stands there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q, TextField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Coalesce, Lower, NullIf

from annotations.bibliography.citations import cite, cite_all
from annotations.bibliography.csl import (
    TYPES,
    short_author,
    title_of,
    write_date,
    write_names,
    year_of,
)
from annotations.bibliography.duplicates import alike
from annotations.bibliography.identifiers import work_key
from annotations.bibliography.relied import cut
from annotations.enums import SourceType, Stance
from annotations.models import Annotation, LinkHealth, Passage, Source
from annotations.models.named import shown_name
from annotations.permissions import (
    may_add_sources,
    may_change_passage,
    may_change_source,
    may_check_links,
    may_check_passage,
    may_keep_shelf,
)
from annotations.queries.evidence import Check, checks_of, completeness_of, link_flag
from annotations.queries.links import link_words
from debate.core.errors import Missing
from debate.seminars.models import Membership, Seminar
from debate.seminars.permissions import is_staff, may_manage, membership_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from annotations.bibliography.citations import Cited
    from annotations.bibliography.completeness import Completeness
    from annotations.bibliography.csl import Item
    from annotations.bibliography.references import Fault, Reading
    from annotations.bibliography.relied import Run
    from annotations.models.evidence import SourceQuerySet
    from debate.accounts.models import User

SOURCES_A_PAGE = 30
PASSAGES_A_PAGE = 30
USES_A_PASSAGE = 20
MOST_COMPARED = 2_000
CITED_IN_A_PREVIEW = 40
SORTS = {"newest": "Newest first", "title": "Title"}


@dataclass(frozen=True, slots=True)
class ShelfChoice:
    """What the address asks to see of a shelf."""

    q: str = ""
    type: str = ""
    sort: str = "newest"
    after: str = ""


@dataclass(slots=True)
class ShelfLine:
    """A source on the shelf: what it is, how its citation stands, how often it is used."""

    source: Source
    passages: int = 0
    unchecked: int = 0
    uses: int = 0
    flag: str = ""

    @property
    def author(self) -> str:
        """Whom one names as its author."""
        return short_author(self.source.item)

    @property
    def year(self) -> str:
        """When the work was issued."""
        return year_of(self.source.item)

    @property
    def missing(self) -> int:
        """How many of the eight fields of its citation are missing."""
        return len(completeness_of(self.source).missing)


@dataclass(slots=True)
class ShelfPage:
    """A page of a seminar's shelf."""

    seminar: Seminar
    membership: Membership
    choice: ShelfChoice
    lines: list[ShelfLine]
    next_after: str
    may_add: bool
    may_keep: bool
    may_copy: bool
    is_instructor: bool

    @property
    def is_filtered(self) -> bool:
        """Whether the address leaves anything out."""
        return bool(self.choice.q or self.choice.type)


def shelf_page(membership: Membership, choice: ShelfChoice) -> ShelfPage:
    """The sources of the member's seminar that the member may know; `after` goes on behind one."""
    user, seminar = membership.user, membership.seminar
    sources = _chosen(Source.objects.visible_to(user).filter(seminar=seminar), choice)
    page = list(sources[: SOURCES_A_PAGE + 1])
    shown = page[:SOURCES_A_PAGE]
    return ShelfPage(
        seminar=seminar,
        membership=membership,
        choice=choice,
        lines=_lines(user, shown),
        next_after=str(shown[-1].pk) if len(page) > SOURCES_A_PAGE else "",
        may_add=may_add_sources(membership, seminar),
        may_keep=may_keep_shelf(membership, seminar),
        may_copy=bool(shelves_to_copy_to(user, seminar)),
        is_instructor=may_manage(membership, seminar),
    )


def with_words(sources: SourceQuerySet, words: str) -> SourceQuerySet:
    """Those whose title, author, publisher or address has each of the first ten words."""
    for word in words.split()[:10]:
        said = Q(url__icontains=word) | Q(doi__icontains=word)
        for member in ("title", "container-title", "publisher", "author"):
            said |= Q(**{f"csl__{member}__icontains": word})
        sources = sources.filter(said)
    return sources


def _chosen(sources: SourceQuerySet, choice: ShelfChoice) -> SourceQuerySet:
    if choice.type:
        sources = sources.filter(csl__type=choice.type)
    sources = with_words(sources, choice.q)
    if choice.sort == "title":
        title = Coalesce(
            NullIf(KT("csl__title"), Value("")), F("doi"), F("url"), output_field=TextField()
        )
        sources = sources.annotate(by_title=Lower(title)).order_by("by_title", "pk")
        last = sources.filter(pk=choice.after).first() if choice.after else None
        if last:
            place = last.by_title  # type: ignore[attr-defined]  # annotated above
            behind = Q(by_title__gt=place) | Q(by_title=place, pk__gt=last.pk)
            sources = sources.filter(behind)
        return sources
    if choice.after:
        sources = sources.filter(pk__lt=choice.after)
    return sources.order_by("-pk")


def _lines(user: User, sources: Sequence[Source]) -> list[ShelfLine]:
    lines = {one.pk: ShelfLine(one) for one in sources}
    passages = Passage.objects.visible_to(user).filter(source__in=lines).exclude(quote="")
    counted = passages.order_by().values("source")
    unchecked = Count("pk", filter=Q(checks=None), distinct=True)
    for row in counted.annotate(count=Count("pk", distinct=True), unchecked=unchecked):
        lines[row["source"]].passages = row["count"]
        lines[row["source"]].unchecked = row["unchecked"]
    notes = Annotation.objects.visible_to(user).counted().filter(passage__source__in=lines)
    for used in notes.order_by().values("passage__source").annotate(count=Count("pk")):
        lines[used["passage__source"]].uses = used["count"]
    healths = {one.pk: one for one in LinkHealth.objects.filter(source__in=lines)}
    for line in lines.values():
        line.flag = link_flag(line.source, healths.get(line.source.pk))
    return list(lines.values())


# -- one source ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class UseLine:
    """Where a passage is used: the annotation in a few words, its assignment, whose it is."""

    url: str
    text: str
    stance: str
    by: str
    assignment: str


@dataclass(slots=True)
class PassageLine:
    """A passage with its relied-on words, what second readers found, and where it is used."""

    passage: Passage
    runs: list[Run]
    checks: list[Check]
    uses: list[UseLine]
    further_uses: int
    may_check: bool
    may_mark: bool


@dataclass(frozen=True, slots=True)
class FoundDetail:
    """Something that the source's address says of it and nobody has written in."""

    label: str
    text: str


@dataclass(slots=True)
class SourcePage:
    """One source as the reader may know it."""

    source: Source
    membership: Membership | None
    cited: list[Cited]
    completeness: Completeness
    link: str
    health: LinkHealth | None
    found: list[FoundDetail]
    passages: list[PassageLine]
    next_after: str
    adder: str
    may_add: bool
    may_change: bool
    may_keep: bool
    may_open_link: bool
    targets: list[Seminar] = field(default_factory=list)

    @property
    def type(self) -> str:
        """What kind of work it is, in words."""
        return TYPES.get(str(self.source.csl.get("type")), "")

    @property
    def source_type(self) -> str:
        """What kind of witness it is, in words."""
        known = self.source.source_type
        return str(SourceType(known).label) if known else ""


def source_of(user: User, seminar: str, source_id: UUID) -> Source:
    """The source on the shelf of the seminar of that slug. Raises Missing."""
    sources = Source.objects.visible_to(user).select_related("seminar")
    source = sources.filter(pk=source_id, seminar__slug=seminar).first()
    if source is None:
        raise Missing
    return source


def source_page(user: User, source: Source, after: str = "") -> SourcePage:
    """The source with its citations, and its passages 30 a page, the oldest first."""
    membership = membership_of(user, source.seminar)
    health = LinkHealth.objects.filter(source=source).first()
    passages, following = _passages(user, source, membership, after)
    return SourcePage(
        source=source,
        membership=membership,
        cited=cite_all(source.item),
        completeness=completeness_of(source, [one.passage for one in passages]),
        link=link_words(health) if source.href else "",
        health=health,
        found=_found(source, health),
        passages=passages,
        next_after=following,
        adder=_adder(user, membership, source),
        may_add=may_add_sources(membership, source.seminar),
        may_change=may_change_source(user, membership, source),
        may_keep=may_keep_shelf(membership, source.seminar),
        may_open_link=may_check_links(membership, source.seminar) and bool(source.href),
        targets=shelves_to_copy_to(user, source.seminar),
    )


def _adder(user: User, membership: Membership | None, source: Source) -> str:
    """Who put a work on the shelf; "" where that might tell what somebody cites unseen.

    Students read it of staff and of themselves: a work of theirs may be on the shelf for another
    who cites it in a blind round.
    """
    shelf = Membership.objects.staff().filter(seminar=source.seminar_id, user=source.added_by_id)
    is_told = is_staff(membership) or source.added_by_id == user.pk or shelf.exists()
    if not is_told:
        return ""
    named = Source.objects.annotate(adder=shown_name(user, person="added_by"))
    return str(named.values_list("adder", flat=True).get(pk=source.pk))


def _passages(
    user: User, source: Source, membership: Membership | None, after: str
) -> tuple[list[PassageLine], str]:
    passages = Passage.objects.visible_to(user).filter(source=source).exclude(quote="")
    if after:
        passages = passages.filter(pk__gt=after)
    page = list(passages.order_by("pk")[: PASSAGES_A_PAGE + 1])
    shown = page[:PASSAGES_A_PAGE]
    checks = checks_of(user, [one.pk for one in shown])
    uses = _uses(user, [one.pk for one in shown])
    lines = []
    for one in shown:
        one.source = source
        lines.append(
            PassageLine(
                passage=one,
                runs=cut(one.quote, one.relied_on),
                checks=checks.get(one.pk, []),
                uses=uses[one.pk][:USES_A_PASSAGE],
                further_uses=max(len(uses[one.pk]) - USES_A_PASSAGE, 0),
                may_check=may_check_passage(user, membership, one),
                may_mark=may_change_passage(user, membership, one),
            )
        )
    return lines, str(shown[-1].pk) if len(page) > PASSAGES_A_PAGE else ""


def _uses(user: User, passages: Sequence[UUID]) -> dict[UUID, list[UseLine]]:
    notes = Annotation.objects.visible_to(user).counted().filter(passage__in=passages)
    shown = notes.with_shown_author(user).select_related("assignment__essay", "assignment__seminar")
    found: dict[UUID, list[UseLine]] = defaultdict(list)
    for note in shown.order_by("pk"):
        stance = str(Stance(note.stance).label)
        by = note.shown_author_name  # type: ignore[attr-defined]  # by `with_shown_author`
        line = UseLine(note.get_absolute_url(), note.warrant, stance, by, note.assignment.title)
        found[note.passage_id].append(line)  # type: ignore[index]  # it has one
    return found


def _found(source: Source, health: LinkHealth | None) -> list[FoundDetail]:
    """What the address says of the work and nobody has written in."""
    if health is None:
        return []
    labels = {
        "title": "Title",
        "author": "Author",
        "issued": "Date",
        "container-title": "Published in",
        "publisher": "Publisher",
        "type": "Type",
    }
    found = []
    for member, label in labels.items():
        value = health.found.get(member)
        if not value or source.csl.get(member):
            continue
        if member == "author":
            text = write_names(value)
        elif member == "issued":
            text = write_date(value)
        else:
            text = TYPES.get(str(value), str(value)) if member == "type" else str(value)
        found.append(FoundDetail(label, text))
    return found


def passage_of(user: User, source: Source, passage_id: UUID) -> Passage:
    """A passage of the source that the person may know. Raises Missing."""
    passage = Passage.objects.visible_to(user).filter(source=source, pk=passage_id).first()
    if passage is None:
        raise Missing
    passage.source = source
    return passage


# -- keeping the shelf ---------------------------------------------------------------------------


def shelves_to_copy_to(user: User, but: Seminar) -> list[Seminar]:
    """The other seminars whose shelf the person keeps, by title. Takes 1 query."""
    kept = Membership.objects.of(user).unlimited().select_related("seminar")
    others = kept.exclude(seminar=but).filter(seminar__archived_at=None)
    return [one.seminar for one in others.order_by("seminar__title", "pk")]


@dataclass(frozen=True, slots=True)
class Pair:
    """Two sources that look like one work: the older, which is offered to stay, and the other."""

    stays: ShelfLine
    goes: ShelfLine


def duplicate_pairs(user: User, seminar: Seminar) -> list[Pair]:
    """Sources of the shelf that look like one work, of the newest 2,000."""
    sources = list(
        Source.objects.visible_to(user).filter(seminar=seminar).order_by("-pk")[:MOST_COMPARED]
    )
    pairs = alike([one.item for one in reversed(sources)])
    oldest_first = list(reversed(sources))
    wanted = {at for pair in pairs for at in pair}
    lines = {
        line.source.pk: line for line in _lines(user, [oldest_first[at] for at in sorted(wanted)])
    }
    return [
        Pair(lines[oldest_first[one].pk], lines[oldest_first[other].pk]) for one, other in pairs
    ]


# -- what comes and goes -------------------------------------------------------------------------


def shelf_rows(membership: Membership, choice: ShelfChoice) -> SourceQuerySet:
    """The sources that the address chooses of those the member may know, all of them."""
    sources = Source.objects.visible_to(membership.user).filter(seminar=membership.seminar)
    return _chosen(sources, choice)


@dataclass(frozen=True, slots=True)
class PreviewLine:
    """A pasted work before it is taken: how it is cited, and the work of the shelf that it is."""

    at: int
    html: str
    left_out: tuple[str, ...]
    standing: Source | None


@dataclass(frozen=True, slots=True)
class Preview:
    """What was read of a paste, and what could not be."""

    lines: list[PreviewLine]
    faults: Sequence[Fault]


def _shown(at: int, item: Item) -> str:
    """The work as Chicago cites it; in a long paste, whose citations would take seconds, in short."""
    if at < CITED_IN_A_PREVIEW:
        return cite(item, "chicago").html
    parts = (short_author(item), title_of(item), year_of(item))
    return escape(". ".join(part for part in parts if part), quote=False)


def preview_of(user: User, seminar: Seminar, reading: Reading) -> Preview:
    """The pasted works, beside those of the shelf that taking them would find. Takes 1 query."""
    keys = [work_key(one.item) for one in reading.references]
    shelf = Source.objects.found_by(user).filter(seminar=seminar, canonical__in=set(keys) - {""})
    standing = {one.canonical: one for one in shelf}
    lines = [
        PreviewLine(at, _shown(at, one.item), one.left_out, standing.get(keys[at]))
        for at, one in enumerate(reading.references)
    ]
    return Preview(lines, reading.faults)
