"""How annotations that hold some words are found among a million: by an index, never by a scan.

The database adds to the words of an annotation where it stands, so a question is asked within the
seminars of whoever asks. Where no more than 1,000 rows hold the words they are found first, and
then put in order; where more do, a page is filled soonest by looking through the rows in their
order: through those of each assignment of whoever asks until it could fill the page. The planner
cannot be left to choose between the two: it would have to know how many of the hits the person may
read. But how common words are it knows, and what it knows is kept for a minute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, UUIDField, Value

from annotations.queries.kept import Kept
from debate.core.db import ANYBODY, Statement, asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.db.models import QuerySet

    from annotations.models.annotation import AnnotationQuerySet

MOST_SORTED = 1_000
MOST_PLACES = 50
MOST_WALKED = 10_000
"""Rows that are looked through for a page, at most, where the planner is right about the words."""

PUBLIC = "public"
PLACE, AFTER = (UUID(int=ANYBODY.int - n) for n in (10, 11))
"""Stand for the assignments that are walked through, and for the id that the page comes behind."""

FIRST, LAST = UUID(int=0), UUID(int=(1 << 128) - 1)
"""The least id that there may be, and the greatest."""

_FREQUENCIES = """
    SELECT most_common_elems::text::text[], most_common_elem_freqs, reltuples
    FROM pg_stats JOIN pg_class ON pg_class.oid = 'annotations_annotation'::regclass
    WHERE schemaname = ANY (current_schemas(false))
        AND tablename = 'annotations_annotation' AND attname = 'search'
"""
# What is found is put aside first, so that no plan hopes to come upon the first few by reading rows.
_FEW = f"""
    WITH found AS MATERIALIZED (
        SELECT id FROM annotations_annotation
        WHERE search @@ (websearch_to_tsquery(%s::regconfig, %s){{}})
    )
    SELECT id FROM found LIMIT {MOST_SORTED + 1}
"""  # noqa: S608 - a number of ours
_ANYWHERE, _INSIDE = _FEW.format(""), _FEW.format(" && %s::tsquery")
_NEXT = f"""
    SELECT id FROM (
        SELECT id, search FROM annotations_annotation WHERE id {{}} %s ORDER BY id {{}} LIMIT {MOST_WALKED}
    ) AS one WHERE search @@ websearch_to_tsquery(%s::regconfig, %s) ORDER BY id {{}} LIMIT %s
"""  # noqa: S608 - as above
_FORWARDS, _BACKWARDS = _NEXT.format(">", "ASC", "ASC"), _NEXT.format("<", "DESC", "DESC")
_PART = re.compile(r"'((?:[^']|'')*)'(?::[*A-D]+)?|[&|()]|<(?:-|\d+)>")

_kept = Kept(most=1, seconds=60)


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of a list by age: so many rows behind that id, downwards or upwards."""

    limit: int
    after: UUID | None = None
    downwards: bool = False


def share_of(tree: str) -> float:
    """Which share of all annotations the planner expects to hold the words: nothing is looked at.

    `tree` is what an index looks for, as `querytree` writes it. Words stand beside one another by
    chance, as the planner has it, and one that it does not know as common is not.
    """
    shares, _ = _known()
    return _either(_PART.finditer(tree), shares)


def are_many(tree: str) -> bool:
    """Whether it is known before that far more annotations hold the words than are put in order."""
    _, rows = _known()
    return share_of(tree) * rows > 4 * MOST_SORTED


def _known() -> tuple[dict[str, float], float]:
    """The shares of annotations that hold common words, and how many annotations there are."""
    known: tuple[dict[str, float], float] | None = _kept.get("all")
    if known is None:
        rows = asked(_FREQUENCIES, ())
        words, shares, count = rows[0] if rows else ((), (), 0)
        known = dict(zip(words or (), shares or (), strict=False)), count
        _kept.keep("all", known)
    return known


def _either(parts: Iterator[re.Match[str]], shares: Mapping[str, float]) -> float:
    """The share of what stands up to the end of the parts, or to the bracket that closes it."""
    none_of, both = 1.0, 1.0
    for part in parts:
        sign = part.group()
        if sign == ")":
            break
        if sign == "|":
            none_of, both = none_of * (1 - both), 1.0
        elif sign == "(":
            both *= _either(parts, shares)
        elif part.group(1) is not None:
            both *= shares.get(part.group(1).replace("''", "'").replace("\\\\", "\\"), 0.0)
    return 1 - none_of * (1 - both)


def few_in(words: str, config: str, places: Sequence[object]) -> list[UUID] | None:
    """The ids of all annotations in the places, or anywhere, that hold the words; as `few_of`."""
    rows = (
        asked(_INSIDE, (config, words, within(places)))
        if places
        else asked(_ANYWHERE, (config, words))
    )
    found = [pk for (pk,) in rows]
    return found if len(found) <= MOST_SORTED else None


def following(words: str, config: str, page: PageAsked, count: int) -> list[UUID]:
    """The ids of the next annotations of all in the page's order that hold the words.

    No more than MOST_WALKED are looked at, so there may be fewer than `count`.
    """
    sql, edge = (_BACKWARDS, LAST) if page.downwards else (_FORWARDS, FIRST)
    return [pk for (pk,) in asked(sql, (page.after or edge, config, words, count))]


def beside(pk: UUID, page: PageAsked) -> UUID:
    """The id behind which the page begins with the one of that id."""
    return UUID(int=pk.int + 1 if page.downwards else pk.int - 1)


class Walk:
    """A statement that looks through the rows of some assignments, each until it fills a page.

    `rows` are ids in the order of the page and no more than it has, of the assignment PLACE.
    """

    def __init__(self, rows: QuerySet[Any, Any], page: PageAsked) -> None:
        inner = Statement.of(rows)
        self._statement: Statement | None = None
        if inner is None:
            return
        given = iter(inner.params)
        kept: list[Any] = []

        def place(found: re.Match[str]) -> str:
            if found.group() == "%%":
                return "%%"
            value = next(given)
            if value == PLACE:
                return "place.id"
            kept.append(value)
            return found.group()

        inside = re.sub(r"%%|%s", place, inner.sql)
        sql = (
            "SELECT found.id FROM unnest(%s::uuid[]) AS place (id)"  # noqa: S608 - of Django's making
            f" CROSS JOIN LATERAL ({inside}) AS found (id)"
            f" ORDER BY found.id {'DESC' if page.downwards else 'ASC'} LIMIT {page.limit}"
        )
        self._statement = Statement(sql, ([PLACE], *kept), inner.alias)

    def ids(self, given: Mapping[Any, Any]) -> list[UUID]:
        """The ids of the page's rows, with what is given for the stand-ins."""
        rows = self._statement.ask(given) if self._statement else []
        return [pk for (pk,) in rows]


class Within(SearchQuery):
    """What stands in one of the places: the ids of seminars and assignments, and `public`.

    The database keeps them as words that no text can hold, "in " before each.
    """

    template = "%(expressions)s::tsquery"

    def __init__(self, places: Iterable[object]) -> None:
        super().__init__(within(places))


def within(places: Iterable[object]) -> str:
    """The same as PostgreSQL's tsquery reads it."""
    return " | ".join(f"'in {place}'" for place in places)


def few_of(rows: AnnotationQuerySet) -> list[UUID] | None:
    """The ids of the rows, in no order, if they are 1,000 at most; else None."""
    found = list(rows.order_by().values_list("pk", flat=True)[: MOST_SORTED + 1])
    return found if len(found) <= MOST_SORTED else None


def one_of(ids: Sequence[UUID]) -> Func:
    """The condition that the row has one of the ids, which are sent as one value."""
    return Func(
        F("pk"),
        Value(ids, output_field=ArrayField(UUIDField())),
        arg_joiner=" = ANY(",
        template="%(expressions)s)",
        output_field=BooleanField(),
    )


def looked_through(condition: Q) -> Func:
    """The condition, asked of each row in its turn.

    No index is used for it, and no plan begins with the few rows that it is expected to hold of.
    """
    asked: Any = ExpressionWrapper(condition, output_field=BooleanField())
    return Func(asked, template="COALESCE(%(expressions)s, false)", output_field=BooleanField())
