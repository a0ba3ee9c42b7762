"""A mark taken to another version of its rubric: pure, so that what a change moves can be shown before.

Criteria and levels are the same where their keys are. What has no counterpart becomes unset, and
somebody has to look at it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from annotations.grading.scoring import NOTHING, of_checks, rounded, total_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class Rule:
    """How a criterion of one version gives points; `levels` are the points by key."""

    key: UUID
    kind: str
    most: Decimal
    weight: Decimal
    levels: Mapping[UUID, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a marker said by a criterion: a level, checks, or points; points None for not set."""

    points: Decimal | None = None
    level: UUID | None = None
    checks: frozenset[UUID] = frozenset()

    @property
    def is_set(self) -> bool:
        """Whether the marker said something that gives points."""
        return self.points is not None


@dataclass(frozen=True, slots=True)
class Carried:
    """A mark by the new version: its choices by key, the total, and what became unset or is gone."""

    choices: Mapping[UUID, Choice]
    total: Decimal | None
    unset: Sequence[UUID]
    gone: Sequence[UUID]

    @property
    def needs_look(self) -> bool:
        """Whether something that the marker had said has no place any more."""
        return bool(self.unset or self.gone)


def carried(
    choices: Mapping[UUID, Choice], before: Sequence[Rule], after: Sequence[Rule]
) -> Carried:
    """The choices made by the version `before`, taken to the version `after`."""
    old = {rule.key: rule for rule in before}
    new = {rule.key: rule for rule in after}
    taken = {
        key: _choice(one, old[key], new[key])
        for key, one in choices.items()
        if key in new and key in old
    }
    unset = [key for key, one in taken.items() if choices[key].is_set and not one.is_set]
    gone = [key for key, one in choices.items() if key not in new and one.is_set]
    return Carried(taken, total(taken, after), unset, gone)


def total(choices: Mapping[UUID, Choice], rules: Sequence[Rule]) -> Decimal | None:
    """What the choices give; None while a criterion that gives points is not set."""
    return total_of(
        (choices.get(rule.key, Choice()).points, rule.weight)
        for rule in rules
        if rule.kind != "feedback"
    )


def _choice(one: Choice, old: Rule, new: Rule) -> Choice:
    if not one.is_set or new.kind == "feedback" or old.kind != new.kind:
        return Choice()
    if new.kind == "levels":
        points = new.levels.get(one.level) if one.level else None
        return Choice(points, one.level) if points is not None else Choice()
    if new.kind == "checks":
        return _checks(one, new)
    if new.kind == "completion":
        return Choice(_share(one, old, new))
    # Points within a range stay as they are, unless there is no room for them any more.
    return one if one.points is not None and one.points <= new.most else Choice()


def _checks(one: Choice, new: Rule) -> Choice:
    kept = frozenset(key for key in one.checks if key in new.levels)
    if kept != one.checks:
        return Choice(checks=kept)
    return Choice(of_checks((new.levels[key] for key in kept), new.most), checks=kept)


def _share(one: Choice, old: Rule, new: Rule) -> Decimal:
    given = one.points if one.points is not None else NOTHING
    return rounded(given * new.most / old.most) if old.most else new.most


def moved_by(before: Decimal | None, after: Decimal | None) -> Decimal | None:
    """By how much a score moves; None where there is no number before or after."""
    return None if before is None or after is None else after - before
