"""How annotations that hold some words are found among a million: by an index, never by a scan.

The database adds to the words of an annotation where it stands, so a question is asked within the
seminars of whoever asks. Where no more than 1,000 rows hold the words they are found first, and
then put in order; where more do, a page is filled soonest by looking through the newest rows. The
planner cannot be left to choose between the two: it would have to know how many of the hits the
person may read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchQuery
from django.db.models import BooleanField, ExpressionWrapper, F, Func, Q, UUIDField, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from uuid import UUID

    from annotations.models.annotation import AnnotationQuerySet

MOST_SORTED = 1_000
MOST_PLACES = 50
PUBLIC = "public"


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
    """The condition, asked of each row in its turn: no index is used for it."""
    asked: Any = ExpressionWrapper(condition, output_field=BooleanField())
    return Func(asked, template="(%(expressions)s) IS TRUE", output_field=BooleanField())
