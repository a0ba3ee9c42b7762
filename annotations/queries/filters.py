"""Which notes of the reading page its reader asked for, and what there is to choose from."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode
from uuid import UUID

from annotations.enums import Kind
from annotations.queries.vocabulary import tag_labels
from debate.seminars.enums import WRITERS
from debate.seminars.models import Group

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.cards import Reader
    from annotations.queries.paragraphs import AnchoredRow
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

TAGS_A_PAGE = 40

Groups = dict[UUID, tuple[str, frozenset[str]]]
"""The name and the ids of the members of each group."""


@dataclass(frozen=True, slots=True)
class ReadingFilters:
    """Which annotations the reader asked to see; several filters hold together, several kinds or."""

    kinds: tuple[str, ...] = ()
    author: UUID | None = None
    group: UUID | None = None
    tag: str = ""
    unanswered: bool = False
    mine: bool = False
    new: bool = False

    @property
    def active(self) -> bool:
        """Whether any filter is set."""
        return self != ReadingFilters()

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """The filters as names and values of an address, always in the same order."""
        given: list[tuple[str, object]] = [("kind", kind) for kind in self.kinds]
        given += [("author", self.author), ("group", self.group), ("tag", self.tag)]
        given += [(name, "1") for name in ("unanswered", "mine", "new") if getattr(self, name)]
        return [(name, str(value)) for name, value in given if value]

    @property
    def pairs_beside_people(self) -> list[tuple[str, str]]:
        """What the form that asks for people and groups must send along."""
        return replace(self, author=None, group=None).pairs

    def query(self, **changes: Any) -> str:
        """The address of the page with these filters, some of them changed."""
        return "?" + urlencode(replace(self, **changes).pairs)

    def toggled(self, kind: str) -> tuple[str, ...]:
        """The chosen kinds with that one more, or without it."""
        chosen = {*self.kinds} ^ {kind}
        return tuple(one for one in Kind.values if one in chosen)

    def admit(
        self,
        row: AnchoredRow,
        user: User | AnonymousUser,
        news: Mapping[str, int],
        groups: Groups,
    ) -> bool:
        """Whether the row is asked for."""
        return (
            (not self.kinds or row.kind in self.kinds)
            and (not self.author or row.shown_author_id == str(self.author))
            and (not self.group or _is_of(row, self.group, groups))
            and (not self.unanswered or row.is_unanswered)
            and (not self.mine or row.author_id == str(user.pk))
            and (not self.new or bool(news[row.annotation_id]))
            and (not self.tag or self.tag in row.tags)
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to filter by: how many notes it has, and the address that chooses or leaves it."""

    key: str
    label: str
    count: int
    is_chosen: bool
    query: str = ""
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """All that the notes of the page can be filtered by; what has no note is left out unless chosen."""

    kinds: list[Choice] = field(default_factory=list)
    states: list[Choice] = field(default_factory=list)
    tags: list[Choice] = field(default_factory=list)
    people: list[Choice] = field(default_factory=list)
    groups: list[Choice] = field(default_factory=list)

    @property
    def has_chosen_tag(self) -> bool:
        """Whether the tags are to stand open."""
        return any(one.is_chosen for one in self.tags)

    @property
    def has_chosen_person(self) -> bool:
        """Whether people and groups are to stand open."""
        return any(one.is_chosen for one in (*self.people, *self.groups))


def groups_of(reader: Reader, assignment: Assignment) -> Groups:
    """The groups of the seminar that the reader may see, with their members; two queries."""
    if reader.membership is None:
        return {}
    visible = Group.objects.visible_to(reader.user).filter(seminar=assignment.seminar_id)
    # Named one by one, for of a subquery the planner reads the members of all groups there are.
    names = dict(visible.order_by("name").values_list("pk", "name"))
    members: dict[UUID, set[str]] = {}
    inside = Group.members.through.objects.filter(
        group__in=list(names),
        user__memberships__seminar=assignment.seminar_id,
        user__memberships__role__in=WRITERS,
    )
    for group, person in inside.values_list("group_id", "user_id"):
        members.setdefault(group, set()).add(str(person))
    return {pk: (name, frozenset(members[pk])) for pk, name in names.items() if pk in members}


def choices(
    reader: Reader,
    assignment: Assignment,
    filters: ReadingFilters,
    rows: Collection[AnchoredRow],
    *,
    news: Mapping[str, int],
    since: str,
    groups: Groups,
) -> Choices:
    """What the notes, of which `rows` are the first anchors, can be filtered by.

    Each count is that of all notes, whatever is chosen beside it. At most one query.
    """
    kinds = Counter(row.kind for row in rows)
    return Choices(
        kinds=[
            Choice(
                kind.value,
                str(kind.label),
                kinds[kind],
                is_chosen=kind in filters.kinds,
                query=filters.query(kinds=filters.toggled(kind)),
            )
            for kind in Kind
            if kinds[kind] or kind in filters.kinds
        ],
        states=_states(reader, filters, rows, news=news, since=since),
        tags=_tags(reader, assignment, filters, rows),
        people=_people(filters, rows),
        groups=_groups(filters, rows, groups),
    )


def _states(
    reader: Reader,
    filters: ReadingFilters,
    rows: Collection[AnchoredRow],
    *,
    news: Mapping[str, int],
    since: str,
) -> list[Choice]:
    person = str(reader.user.pk)
    counts = {
        "unanswered": ("Unanswered", sum(row.is_unanswered for row in rows)),
        "mine": ("Mine", sum(row.author_id == person for row in rows)),
        "new": (f"New since {since}" if since else "New", sum(news.values())),
    }
    found = [
        Choice(
            name,
            label,
            count,
            is_chosen=getattr(filters, name),
            query=filters.query(**{name: not getattr(filters, name)}),
        )
        for name, (label, count) in counts.items()
    ]
    return [one for one in found if one.count or one.is_chosen]


def _tags(
    reader: Reader,
    assignment: Assignment,
    filters: ReadingFilters,
    rows: Collection[AnchoredRow],
) -> list[Choice]:
    """The tags of what stands on the page, the commonest first, and the one that is chosen."""
    counts = Counter(tag for row in rows for tag in row.tags)
    if filters.tag:
        counts.setdefault(filters.tag, 0)
    labels = tag_labels(reader.user, assignment.seminar, counts)
    return [
        Choice(
            key,
            labels[key].label,
            count,
            is_chosen=key == filters.tag,
            query=filters.query(tag="" if key == filters.tag else key),
            definition=labels[key].definition,
        )
        for key, count in sorted(counts.items(), key=lambda one: (-one[1], labels[one[0]].label))
    ][:TAGS_A_PAGE]


def _people(filters: ReadingFilters, rows: Collection[AnchoredRow]) -> list[Choice]:
    """Who wrote what stands on the page, by the names under which the reader knows them."""
    counts = Counter(row.shown_author_id for row in rows)
    names = {row.shown_author_id: row.author_name for row in rows}
    return [
        Choice(pk, name, counts[pk], is_chosen=pk == str(filters.author))
        for pk, name in sorted(names.items(), key=lambda one: (one[1].casefold(), one[0]))
    ]


def _groups(filters: ReadingFilters, rows: Collection[AnchoredRow], groups: Groups) -> list[Choice]:
    found = [
        Choice(
            str(pk),
            name,
            sum(_is_of(row, pk, groups) for row in rows),
            is_chosen=pk == filters.group,
        )
        for pk, (name, _) in groups.items()
    ]
    return [one for one in found if one.count or one.is_chosen]


def _is_of(row: AnchoredRow, group: UUID, groups: Groups) -> bool:
    """Whether a member of the group wrote it; of an alias nobody is told in which groups it is."""
    _, members = groups.get(group, ("", frozenset()))
    return row.shown_author_id == row.author_id and row.author_id in members
