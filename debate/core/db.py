"""SQL expressions that the ORM does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q, Subquery
from django.db.models.lookups import IsNull

if TYPE_CHECKING:
    from django.db.models import QuerySet


def is_there(rows: QuerySet[Any]) -> Q:
    """Whether there is a row among `rows`, which refer to the outer row; looked up for each.

    What `Exists` says; but of an EXISTS that is asked of many rows PostgreSQL makes a table of all
    rows that any of them may find, which for what a person may see is nearly all there are.
    """
    return Q(IsNull(Subquery(rows.order_by().values("pk")[:1]), rhs=False))
