"""Rubrics as JSON, with their keys: written, and read again as the same.

    {"format": "counterpoint-rubric", "version": 1, "title": "…", "criteria": [
      {"key": "…", "title": "…", "kind": "levels", "tag": "claim", "weight": "1", "points": "3",
       "student_text": "…", "marker_text": "…", "requires_citation": false,
       "levels": [{"key": "…", "title": "…", "points": "0", "description": "…"}]}]}

Numbers are written as text, so that no program rounds them; read are both. Only `title`, and of
criteria and levels theirs, have to be there.
"""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from annotations.grading.formats.content import (
    LEVELS,
    CriterionContent,
    LevelContent,
    RubricContent,
    number,
)
from annotations.grading.formats.errors import Unreadable

FORMAT: Final = "counterpoint-rubric"
VERSION: Final = 1
_RUBRIC: Final = frozenset({"format", "version", "title", "criteria"})
_CRITERION: Final = frozenset(
    {
        "key", "title", "kind", "tag", "weight", "points", "student_text", "marker_text",
        "requires_citation", "levels",
    }
)  # fmt: skip
_LEVEL: Final = frozenset({"key", "title", "points", "description"})


def as_value(title: str, content: RubricContent) -> dict[str, Any]:
    """The rubric as plain values, in the form that is written."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": title,
        "criteria": [_criterion(one) for one in content.criteria],
    }


def _criterion(one: CriterionContent) -> dict[str, Any]:
    return {
        "key": str(one.key) if one.key else None,
        "title": one.title,
        "kind": one.kind,
        "tag": one.tag,
        "weight": number(one.weight),
        "points": number(one.most),
        "student_text": one.student_text,
        "marker_text": one.marker_text,
        "requires_citation": one.requires_citation,
        "levels": [
            {
                "key": str(level.key) if level.key else None,
                "title": level.title,
                "points": number(level.points),
                "description": level.description,
            }
            for level in one.levels
        ],
    }


def dumped(title: str, content: RubricContent) -> str:
    """The rubric as the text of a file."""
    return json.dumps(as_value(title, content), ensure_ascii=False, indent=2) + "\n"


def loaded(text: str) -> tuple[str, RubricContent]:
    """Title and content of a file. Raises Unreadable that says where."""
    try:
        told = json.loads(text.removeprefix("\ufeff"))
    except json.JSONDecodeError as error:
        raise Unreadable(
            f"line {error.lineno}, column {error.colno}", "this is no JSON."
        ) from error
    except RecursionError as error:
        raise Unreadable("", "This is nested too deeply to be a rubric.") from error
    return read(told)


def read(told: Any) -> tuple[str, RubricContent]:
    """The same of plain values."""
    rubric = _object(told, "the file", _RUBRIC)
    if rubric.get("format", FORMAT) != FORMAT or rubric.get("version", VERSION) != VERSION:
        raise Unreadable("format", f"only {FORMAT}, version {VERSION}, is read.")
    title = _text(rubric, "title", "title")
    criteria = _list(rubric, "criteria", "criteria")
    return title, RubricContent(
        criteria=tuple(
            _read_criterion(one, f"criterion {place}") for place, one in enumerate(criteria, 1)
        )
    )


def _read_criterion(told: Any, place: str) -> CriterionContent:
    one = _object(told, place, _CRITERION)
    levels = _list(one, "levels", f"{place}, levels")
    kind = _text(one, "kind", f"{place}, kind", default=LEVELS)
    read_levels = tuple(
        _read_level(level, f"{place}, level {number}") for number, level in enumerate(levels, 1)
    )
    return CriterionContent(
        key=_key(one, place),
        title=_text(one, "title", f"{place}, title"),
        kind=kind,
        tag=_text(one, "tag", f"{place}, tag", default=""),
        weight=_number(one, "weight", f"{place}, weight", default=Decimal(1)),
        points=_number(one, "points", f"{place}, points", default=Decimal(0)),
        student_text=_text(one, "student_text", f"{place}, student_text", default=""),
        marker_text=_text(one, "marker_text", f"{place}, marker_text", default=""),
        requires_citation=_switch(one, "requires_citation", f"{place}, requires_citation"),
        levels=read_levels,
    )


def _read_level(told: Any, place: str) -> LevelContent:
    level = _object(told, place, _LEVEL)
    return LevelContent(
        key=_key(level, place),
        title=_text(level, "title", f"{place}, title"),
        points=_number(level, "points", f"{place}, points"),
        description=_text(level, "description", f"{place}, description", default=""),
    )


def _object(told: Any, place: str, members: frozenset[str]) -> dict[str, Any]:
    if not isinstance(told, dict):
        raise Unreadable(place, "give an object.")
    unknown = sorted(told.keys() - members)
    if unknown:
        raise Unreadable(place, f"there is no member “{unknown[0][:40]}”.")
    return told


def _list(told: dict[str, Any], name: str, place: str) -> list[Any]:
    found = told.get(name, [])
    if not isinstance(found, list):
        raise Unreadable(place, "give a list.")
    return found


def _text(told: dict[str, Any], name: str, place: str, *, default: str | None = None) -> str:
    found = told.get(name, default)
    if not isinstance(found, str):
        raise Unreadable(place, "give a text.")
    return found


def _switch(told: dict[str, Any], name: str, place: str) -> bool:
    found = told.get(name, False)
    if not isinstance(found, bool):
        raise Unreadable(place, "give true or false.")
    return found


def _number(
    told: dict[str, Any], name: str, place: str, *, default: Decimal | None = None
) -> Decimal:
    found = told.get(name, default)
    if isinstance(found, bool) or not isinstance(found, str | int | float | Decimal):
        raise Unreadable(place, "give a number.")
    return decimal_of(str(found), place)


def decimal_of(text: str, place: str) -> Decimal:
    """The number that the text says. Raises Unreadable for none, and for what is no finite one."""
    try:
        value = Decimal(text.strip()) if text.isascii() and "_" not in text else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite():
        raise Unreadable(place, f"“{text[:40]}” is no number.")
    return value


def _key(told: dict[str, Any], place: str) -> UUID | None:
    found = told.get("key")
    if found is None:
        return None
    try:
        return UUID(found)
    except (ValueError, TypeError, AttributeError) as error:
        raise Unreadable(f"{place}, key", "a key is a UUID, or left out.") from error
