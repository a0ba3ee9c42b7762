"""How annotations that hold some words are found among a million: by an index, never by a scan.

The database adds to the words of an annotation where it stands, so a question is asked within the
seminars of whoever asks. Where no more than 1,000 rows hold the words they are found first, and
then put in order; where more do, a page is filled soonest by looking through the rows in their
order: through those of each assignment of whoever asks until it could fill the page. The planner
cannot be left to choose between the two: it would have to know how many of the hits the person may
read. But how common words are it knows, and says so sooner than the index is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, UUIDField, Value

from debate.core.db import ANYBODY, Statement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from django.db.models import QuerySet

    from annotations.models.annotation import AnnotationQuerySet

MOST_SORTED = 1_000
MOST_PLACES = 50
MOST_WALKED = 10_000
"""Rows that are looked through for a page, at most, where the planner is right about the words."""

PUBLIC = "public"
PLACE, AFTER = (UUID(int=ANYBODY.int - n) for n in (10, 11))
"""Stand for the assignments that are walked through, and for the id that the page comes behind."""

_SHARE = """
    EXPLAIN (FORMAT JSON)
    SELECT FROM annotations_annotation WHERE search @@ websearch_to_tsquery(%s::regconfig, %s)
    UNION ALL SELECT FROM annotations_annotation
"""


@dataclass(frozen=True, slots=True)
class PageAsked:
    """Which page of a list by age: so many rows behind that id, downwards or upwards."""

    limit: int
    after: UUID | None = None
    downwards: bool = False


def share_of(words: str, config: str) -> float:
    """Which share of all annotations the planner expects to hold the words: nothing is looked at."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARE, [config, words])
        (plan,) = cursor.fetchone()
    some, whole = (one["Plan Rows"] for one in plan[0]["Plan"]["Plans"])
    share: float = some / max(whole, 1)
    return share


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
        super().__init__(" | ".join(f"'in {place}'" for place in places))


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
