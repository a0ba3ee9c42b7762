"""What a rubric says, as a value: criteria with their levels, its hashes, and how two differ."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from uuid import UUID

LEVELS, RANGE, CHECKS, FEEDBACK, COMPLETION = "levels", "range", "checks", "feedback", "completion"
KINDS: Final = (LEVELS, RANGE, CHECKS, FEEDBACK, COMPLETION)
WITH_LEVELS: Final = (LEVELS, CHECKS)
TAGS: Final = ("claim", "evidence", "rebuttal", "concession")
NONE: Final = Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelContent:
    """One level of a criterion, or one check. Without a `key` it is a new one."""

    title: str
    points: Decimal
    description: str = ""
    key: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionContent:
    """One criterion. `points` is said for ranges and completion; else `most` follows from the rest.

    Without a `key` it is a new one.
    """

    title: str
    kind: str = LEVELS
    tag: str = ""
    student_text: str = ""
    marker_text: str = ""
    points: Decimal = NONE
    weight: Decimal = Decimal(1)
    requires_citation: bool = False
    levels: tuple[LevelContent, ...] = ()
    key: UUID | None = None

    @property
    def most(self) -> Decimal:
        """The most that it gives, before its weight."""
        if self.kind == LEVELS:
            return max((one.points for one in self.levels), default=NONE)
        if self.kind == CHECKS:
            return sum((one.points for one in self.levels if one.points > 0), NONE)
        return NONE if self.kind == FEEDBACK else self.points


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricContent:
    """The whole of a rubric's version, its criteria in their order."""

    criteria: tuple[CriterionContent, ...] = ()

    @property
    def points(self) -> Decimal:
        """The most that can be reached: points times weight, summed."""
        return sum((one.most * one.weight for one in self.criteria), NONE)


def with_keys(content: RubricContent, before: RubricContent | None = None) -> RubricContent:
    """The same with a key for everything.

    What has none takes that of what bears the same title in `before`, unless it is taken, else a
    new one.
    """
    known = before.criteria if before else ()
    taken = {one.key for one in content.criteria}
    criteria = []
    for one in content.criteria:
        same = _named_alike(one, known, taken)
        key = one.key or (same.key if same else None) or uuid4()
        taken.add(key)
        older = next((old for old in known if old.key == key), None)
        criteria.append(replace(one, key=key, levels=_keyed(one, older)))
    return RubricContent(criteria=tuple(criteria))


def _keyed(one: CriterionContent, older: CriterionContent | None) -> tuple[LevelContent, ...]:
    known = older.levels if older else ()
    taken = {level.key for level in one.levels}
    levels = []
    for level in one.levels:
        same = _named_alike(level, known, taken)
        key = level.key or (same.key if same else None) or uuid4()
        taken.add(key)
        levels.append(replace(level, key=key))
    return tuple(levels)


def _named_alike(one: Any, known: Iterable[Any], taken: set[UUID | None]) -> Any:
    wanted = one.title.casefold()
    return next(
        (old for old in known if old.title.casefold() == wanted and old.key not in taken), None
    )


def content_hash(content: RubricContent) -> str:
    """SHA-256 over every word and number, in their order."""
    return _hash([_told(one, points=True, words=True) for one in content.criteria])


def structure_hash(content: RubricContent) -> str:
    """SHA-256 over what moves points alone: keys, kinds, points and weights, in whatever order."""
    told = [_told(one, points=True, words=False) for one in content.criteria]
    return _hash(sorted(told, key=lambda one: one["key"]))


def _hash(told: list[dict[str, Any]]) -> str:
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _told(one: CriterionContent, *, points: bool, words: bool) -> dict[str, Any]:
    levels = [_told_level(level, words=words) for level in one.levels]
    told: dict[str, Any] = {"key": str(one.key), "kind": one.kind}
    if points:
        told |= {"points": number(one.most), "weight": number(one.weight)}
    if words:
        told |= {
            "title": one.title,
            "tag": one.tag,
            "student_text": one.student_text,
            "marker_text": one.marker_text,
            "requires_citation": one.requires_citation,
        }
    told["levels"] = levels if words else sorted(levels, key=lambda level: str(level["key"]))
    return told


def _told_level(level: LevelContent, *, words: bool) -> dict[str, str]:
    told = {"key": str(level.key), "points": number(level.points)}
    if words:
        told |= {"title": level.title, "description": level.description}
    return told


def number(value: Decimal) -> str:
    """The number as plain text without zeros at its end: 2.50 is "2.5", 10 is "10"."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


# -- how two versions differ, in words --------------------------------------------------------------


def differences(before: RubricContent, after: RubricContent) -> list[str]:
    """One sentence for each thing that is not as it was, in the order of the rubric."""
    old = {one.key: one for one in before.criteria}
    new = {one.key: one for one in after.criteria}
    told: list[str] = []
    for one in after.criteria:
        if one.key in old:
            told += _criterion_differences(old[one.key], one)
        else:
            told.append(f"“{one.title}” is new, with {_points(one.most)}.")
    told += [f"“{one.title}” is gone." for one in before.criteria if one.key not in new]
    kept_before = [one.key for one in before.criteria if one.key in new]
    kept_after = [one.key for one in after.criteria if one.key in old]
    if kept_before != kept_after:
        told.append("The criteria stand in another order.")
    return told


_MEMBERS: Final[tuple[tuple[str, str, Callable[[Any], str] | None], ...]] = (
    ("kind", "kind", str),
    ("tag", "tag", lambda tag: tag or "none"),
    ("weight", "weight", number),
    ("student_text", "text for students", None),
    ("marker_text", "text for markers", None),
)


def _criterion_differences(old: CriterionContent, new: CriterionContent) -> list[str]:
    place = f"“{new.title}”"
    told = []
    if old.title != new.title:
        told.append(f"“{old.title}” is called {place} now.")
    for name, word, shown in _MEMBERS:
        was, now = getattr(old, name), getattr(new, name)
        if was == now:
            continue
        change = f" from {shown(was)} to {shown(now)}" if shown else ""
        told.append(f"{place}: the {word} has changed{change}.")
    if old.most != new.most:
        told.append(f"{place} gives {_points(new.most)} instead of {number(old.most)}.")
    if old.requires_citation != new.requires_citation:
        told.append(
            f"{place} {'demands' if new.requires_citation else 'no longer demands'} a citation."
        )
    return told + _level_differences(place, old, new)


def _level_differences(place: str, old: CriterionContent, new: CriterionContent) -> list[str]:
    was = {one.key: one for one in old.levels}
    now = {one.key for one in new.levels}
    told = []
    for level in new.levels:
        before = was.get(level.key)
        if before is None:
            told.append(f"{place}: “{level.title}” is new, with {_points(level.points)}.")
            continue
        if before.title != level.title:
            told.append(f"{place}: “{before.title}” is called “{level.title}” now.")
        if before.points != level.points:
            told.append(
                f"{place}: “{level.title}” gives {_points(level.points)} instead of "
                f"{number(before.points)}."
            )
        if before.description != level.description:
            told.append(f"{place}: the description of “{level.title}” has changed.")
    told += [f"{place}: “{one.title}” is gone." for one in old.levels if one.key not in now]
    kept = [one.key for one in new.levels if one.key in was]
    if kept != [one.key for one in old.levels if one.key in now]:
        told.append(f"{place}: the levels stand in another order.")
    return told


def _points(value: Decimal) -> str:
    return f"{number(value)} {'point' if value == 1 else 'points'}"
