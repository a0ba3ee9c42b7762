"""The claims that a note may say it bears on, as the composer offers them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import F, Min

from annotations.enums import MapStatus
from annotations.models import Claim

if TYPE_CHECKING:
    from collections.abc import Iterable

    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.essays.models import Paragraph


@dataclass(frozen=True, slots=True)
class ClaimToName:
    """A claim to choose: its id as the form's value, and what it says."""

    value: str
    text: str


def claims_to_name(
    user: User, assignment: Assignment, paragraphs: Iterable[Paragraph], *, asked: str = ""
) -> list[ClaimToName]:
    """The claims marked in the paragraphs in the order of the text, where there are several.

    With the one that was `asked` for, if the person may know of it and it is on the map or a
    note's, the others stand beside it in any case. 2 queries at most.
    """
    here = {"assignment": assignment, "merged_into": None}
    marked = Claim.objects.on_map(user, ()).filter(**here, anchors__paragraph__in=list(paragraphs))
    places = marked.annotate(start=Min("anchors__start"))
    in_order = places.order_by(F("start").asc(nulls_first=True), "pk")
    found = [ClaimToName(str(pk), text) for pk, text in in_order.values_list("pk", "text")]
    if not asked:
        return found if len(found) > 1 else []
    first = [one for one in found if one.value == asked]
    if not first and _is_uuid(asked):
        known = Claim.objects.visible_to(user).exclude(status=MapStatus.WITHDRAWN)
        first = [ClaimToName(str(one.pk), one.text) for one in known.filter(**here, pk=asked)]
    return [*first, *(one for one in found if one not in first)] if first or len(found) > 1 else []


def _is_uuid(given: str) -> bool:
    try:
        UUID(given)
    except ValueError:
        return False
    return True
