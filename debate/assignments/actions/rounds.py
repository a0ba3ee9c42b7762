"""The rounds of an assignment: their order, times and modes, and what protects those who posted."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from debate.assignments.actions.locking import locked_by_instructor
from debate.assignments.enums import ASKED_KINDS, KIND_PLURALS, POSTED_KINDS, RoundMode
from debate.assignments.models import Round
from debate.core.errors import Invalid, InvalidState
from debate.core.text import clean_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

MOST_ROUNDS = 8
MOST_BEFORE_REVEAL = 50
_ASIDE = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundInput:
    """A round as it shall be; with `round_id`, what becomes of the round of that id.

    The first round opens with the assignment, whatever its `opens_at`. No `allowed_kinds`: every
    kind may be posted.
    """

    round_id: UUID | None = None
    name: str = "Open discussion"
    mode: str = RoundMode.OPEN
    opens_at: datetime | None = None
    reveals_after: int | None = None
    allowed_kinds: Sequence[str] = ()

    @classmethod
    def of(cls, one: Round) -> RoundInput:
        """The round as it is."""
        return cls(
            round_id=one.pk,
            name=one.name,
            mode=one.mode,
            opens_at=one.opens_at,
            reveals_after=one.reveals_after,
            allowed_kinds=tuple(one.allowed_kinds),
        )


@transaction.atomic
def change_rounds(*, actor: User, assignment_id: UUID, rounds: Sequence[RoundInput]) -> list[Round]:
    """Replace the assignment's rounds by these, in this order; each ends as the next one opens.

    Rounds that are not among them go, unless something was posted in them. Raises Missing,
    NotAllowed for all but instructors, and what `put_rounds` raises.
    """
    assignment, now = locked_by_instructor(actor, assignment_id)
    return put_rounds(assignment, rounds, now)


def put_rounds(assignment: Assignment, rounds: Sequence[RoundInput], now: datetime) -> list[Round]:
    """Write the rounds of the assignment, whose lock the caller holds since `now`.

    Raises Invalid that names the member (`rounds.1.opens_at`) for what cannot be; InvalidState for
    what would take posts away or hide again what others have read.
    """
    if not 1 <= len(rounds) <= MOST_ROUNDS:
        raise Invalid(f"An assignment has 1 to {MOST_ROUNDS} rounds.", field="rounds")
    known = {one.pk: one for one in assignment.rounds.all()}
    rows = [_row(assignment, index, one, known) for index, one in enumerate(rounds)]
    if len({row.pk for row in rows}) < len(rows):
        raise Invalid("A round is named twice.", field="rounds")
    for row, following in pairwise(rows):
        row.ends_at = following.opens_at
    _check_times(assignment, rows, known)
    _check_kinds(assignment, rows)
    _protect(assignment, rows, known, now)
    _write(assignment, rows, known)
    return rows


def _row(assignment: Assignment, index: int, given: RoundInput, known: dict[UUID, Round]) -> Round:
    """The round of that input, unsaved; what holds between rounds is not looked at yet."""
    place = f"rounds.{index}"
    if given.round_id and given.round_id not in known:
        raise Invalid("This assignment has no such round.", field=f"{place}.id")
    if given.mode not in RoundMode.values:
        raise Invalid("Choose one of: " + ", ".join(RoundMode.values) + ".", field=f"{place}.mode")
    opens_at = given.opens_at if index else assignment.opens_at
    if opens_at is None:
        raise Invalid("Say when this round opens.", field=f"{place}.opens_at")
    row = Round(
        assignment=assignment,
        number=index + 1,
        name=clean_name(given.name, field=f"{place}.name", limit=100),
        mode=given.mode,
        opens_at=opens_at,
        reveals_after=_reveals_after(given, place),
        allowed_kinds=_allowed_kinds(given, place),
    )
    if given.round_id:
        row.pk = given.round_id
    return row


def _reveals_after(given: RoundInput, place: str) -> int | None:
    if given.mode != RoundMode.BLIND or given.reveals_after is None:
        return None
    if not 1 <= given.reveals_after <= MOST_BEFORE_REVEAL:
        raise Invalid(
            f"Give a number from 1 to {MOST_BEFORE_REVEAL}.", field=f"{place}.reveals_after"
        )
    return given.reveals_after


def _allowed_kinds(given: RoundInput, place: str) -> list[str]:
    """The kinds in the order of the house; all of them, or a closed round, is an empty list."""
    if set(given.allowed_kinds) - set(POSTED_KINDS):
        raise Invalid(
            "Choose from: " + ", ".join(POSTED_KINDS) + ".", field=f"{place}.allowed_kinds"
        )
    kinds = [kind for kind in POSTED_KINDS if kind in given.allowed_kinds]
    return [] if len(kinds) == len(POSTED_KINDS) or given.mode == RoundMode.CLOSED else kinds


def _check_times(assignment: Assignment, rows: list[Round], known: dict[UUID, Round]) -> None:
    for index, (before, row) in enumerate(pairwise(rows), start=1):
        place = f"rounds.{index}.opens_at"
        if row.opens_at <= before.opens_at:
            raise Invalid("It opens before the round above it.", field=place)
        # Closed early, an assignment keeps its rounds: a blind one is still to be revealed then.
        stays = row.pk in known and known[row.pk].opens_at == row.opens_at
        if assignment.closes_at and row.opens_at >= assignment.closes_at and not stays:
            raise Invalid("It opens when the assignment has closed.", field=place)


def _check_kinds(assignment: Assignment, rows: list[Round]) -> None:
    """Nothing is asked for that a round forbids: its students could not do what is asked."""
    for index, row in enumerate(rows):
        for asked, kind in ASKED_KINDS.items():
            count = getattr(assignment, f"asked_{asked}")
            if not count or not row.allowed_kinds or kind in row.allowed_kinds:
                continue
            word = KIND_PLURALS[kind]
            raise Invalid(
                f"“{row.name}” does not take {word}, but {count} are asked for. Let the round take "
                f"{word}, or ask for none.",
                field=f"rounds.{index}.allowed_kinds",
            )


def _protect(
    assignment: Assignment, rows: list[Round], known: dict[UUID, Round], now: datetime
) -> None:
    """Keep what was posted where it is, and what others have read readable."""
    posted = set(
        Round.objects.filter(assignment=assignment, annotations__isnull=False)
        .values_list("pk", flat=True)
        .distinct()
    )
    kept = {row.pk for row in rows}
    for one in known.values():
        if one.pk in posted - kept:
            raise InvalidState(
                f"Something was posted in “{one.name}”, so it cannot be taken away.",
                field="rounds",
            )
    for index, row in enumerate(rows):
        if row.pk not in posted or row.mode != RoundMode.BLIND:
            continue
        before = known[row.pk]
        if before.mode != RoundMode.BLIND:
            raise InvalidState(
                "Others have read what was posted in this round, so it cannot become blind.",
                field=f"rounds.{index}.mode",
            )
        if _has_ended(before, now) and not _has_ended(row, now):
            raise InvalidState(
                f"“{row.name}” has ended and what was posted in it is revealed, so it cannot go on.",
                field="rounds" if row.ends_at is None else f"rounds.{index + 1}.opens_at",
            )


def _has_ended(one: Round, now: datetime) -> bool:
    return one.ends_at is not None and one.ends_at <= now


def _write(assignment: Assignment, rows: list[Round], known: dict[UUID, Round]) -> None:
    gone = known.keys() - {row.pk for row in rows}
    assignment.rounds.filter(pk__in=gone).delete()
    # Out of one another's way first: numbers are unique at every moment.
    assignment.rounds.update(number=F("number") + _ASIDE)
    for row in rows:
        row.save(force_insert=row.pk not in known, force_update=row.pk in known)
