"""What the column of the desk sends: a mark as a whole, or the fields that have just been changed.

A field is called by its member and the criterion's key, such as `level-<key>`. Of a whole form a
level that is not there stays as it is, as no radio button can be let go without scripts; checks
and citations that are not there are taken away.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from annotations.grading.actions.marking import MarkChange, PartChange
from annotations.grading.enums import CriterionKind
from annotations.grading.queries.marking import Content, PartContent
from debate.core.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import QueryDict

    from annotations.grading.models import Criterion

NONE: Final = "none"
"""What a check says that none of the criterion's checks is given."""
WORDS: Final = ("comment", "private_note")
LONGEST_NUMBER: Final = 12


def typed_content(data: QueryDict, criteria: Iterable[Criterion]) -> Content:
    """What a whole form holds, as it was typed."""
    return Content(
        comment=data.get("comment", ""),
        private_note=data.get("private_note", ""),
        parts={str(one.key): _typed(data, one) for one in criteria},
    )


def _typed(data: QueryDict, criterion: Criterion) -> PartContent:
    key = criterion.key
    checks = data.getlist(f"checks-{key}")
    part = PartContent(
        level=data.get(f"level-{key}", ""),
        checks=frozenset(checks) - {NONE},
        points=data.get(f"points-{key}", "").strip(),
        comment=data.get(f"comment-{key}", ""),
        cited=frozenset(data.getlist(f"cited-{key}")),
    )
    return replace(part, points="0") if checks and not part.points else part


def change_of(
    data: QueryDict, criteria: Iterable[Criterion], *, only: frozenset[str] | None = None
) -> MarkChange:
    """The change that the form asks for; `only` names the fields that are meant, else all are.

    Raises Invalid that names the member.
    """
    words: dict[str, Any] = {
        name: data.get(name, "")
        for name in WORDS
        if (name in data if only is None else name in only)
    }
    parts = {}
    for criterion in criteria:
        members = _members(data, criterion, only)
        if members:
            parts[criterion.key] = PartChange(**members)
    return MarkChange(**words, parts=parts)


def _members(data: QueryDict, criterion: Criterion, only: frozenset[str] | None) -> dict[str, Any]:
    key = criterion.key
    at = f"parts.{key}"

    def is_meant(member: str, *, without_value: bool) -> bool:
        name = f"{member}-{key}"
        return name in only if only is not None else (name in data or without_value)

    kind = criterion.kind
    found: dict[str, Any] = {}
    if kind == CriterionKind.LEVELS and is_meant("level", without_value=False):
        found["level"] = _key(data.get(f"level-{key}", ""), f"{at}.level")
    if kind == CriterionKind.CHECKS and is_meant("checks", without_value=True):
        given = data.getlist(f"checks-{key}")
        keys = [_key(one, f"{at}.checks") for one in given if one != NONE]
        found["checks"] = [one for one in keys if one] if given else None
    if kind in {CriterionKind.RANGE, CriterionKind.COMPLETION} and is_meant(
        "points", without_value=False
    ):
        found["points"] = _number(data.get(f"points-{key}", ""), f"{at}.points")
    if is_meant("comment", without_value=False):
        found["comment"] = data.get(f"comment-{key}", "")
    if is_meant("cited", without_value=f"cites-{key}" in data):
        cited = [_key(one, f"{at}.cited") for one in data.getlist(f"cited-{key}")]
        found["cited"] = [one for one in cited if one]
    return found


def _key(text: str, at: str) -> UUID | None:
    if not text:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise Invalid("There is no such choice.", field=at) from None


def _number(text: str, at: str) -> Decimal | None:
    text = text.strip().replace(",", ".")
    if not text:
        return None
    try:
        if len(text) <= LONGEST_NUMBER:
            return Decimal(text)
    except InvalidOperation:
        pass
    raise Invalid("Give a number.", field=at)


def version_of(data: QueryDict) -> int:
    """The version that a form was made from; one that nothing has where it says none."""
    given = data.get("version", "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < LONGEST_NUMBER else -1
