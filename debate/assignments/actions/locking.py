"""The lock that every change of an assignment, and of what is said in it, takes first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db import connection, models
from django.db.models import FilteredRelation, Func, OuterRef
from django.db.models.functions import JSONObject
from django.db.transaction import TransactionManagementError

from debate.assignments.models import Assignment, Extension, Round
from debate.assignments.permissions import may_set_essay
from debate.assignments.queries import dates_with
from debate.core.db import ANYBODY, THAT, THIS, Finder, asked
from debate.core.errors import InvalidState, Missing, NotAllowed
from debate.core.inserting import insert_all
from debate.essays.models import Paragraph
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import Model

    from debate.accounts.models import User
    from debate.assignments.queries import Dates


class ClockTimestamp(Func):
    """The database's clock at the moment the row is read, not the transaction's beginning."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()

    @classmethod
    def told(cls) -> str:
        """How it is asked in SQL."""
        return cls.template % {"function": cls.function}


_LOCK = "SELECT 1 FROM assignments_assignment WHERE id = %s FOR NO KEY UPDATE"
_RAISE = (
    'UPDATE "assignments_assignment" SET "change_counter" = "change_counter" + %s WHERE "id" = %s'
)
_TOLD = ' RETURNING "change_counter"'


@lru_cache(maxsize=1)
def _locked(clock: str) -> Finder[Assignment]:  # noqa: ARG001 - what is found depends on it
    """The assignment THIS with the time by that clock, which is the database's."""
    found = Assignment.objects.select_related("seminar", "revision", "essay")
    return Finder(lambda: found.annotate(locked_at=ClockTimestamp()).filter(pk=THIS))


def lock_assignment(assignment_id: UUID) -> tuple[Assignment, datetime]:
    """Lock the assignment as every change of its annotations does, before any other row.

    `FOR NO KEY UPDATE`, so that rows that merely refer to it are not held up. Returns it with the
    database's time after the lock was granted, by which deadlines are decided. Raises Missing.
    """
    _lock(assignment_id)
    (assignment,) = _locked(ClockTimestamp.told()).find(this=assignment_id)
    now: datetime = assignment.locked_at  # type: ignore[attr-defined]  # annotated
    return assignment, now


def _lock(assignment_id: UUID) -> None:
    # Alone: joined to its revision the row would be gone for whoever waited while another revision
    # was published, as PostgreSQL looks for the new row's partner among the old snapshot's.
    if connection.get_autocommit():
        raise TransactionManagementError("A lock is held until its transaction ends.")
    if not asked(_LOCK, [assignment_id]):
        raise Missing


@dataclass(frozen=True)
class Standing:
    """How an assignment stands for one person once it is locked: `now` is the database's clock."""

    assignment: Assignment
    now: datetime
    dates: Dates
    rounds: list[Round]
    paragraph: Paragraph | None = None


def lock_for(user: User, assignment_id: UUID, paragraph_id: UUID | None = None) -> Standing:
    """Lock the assignment as `lock_assignment` does, and read what holds there for the person.

    With the paragraph of that id, if the revision that is set has it and numbers it. Takes 2
    queries. Raises Missing.
    """
    _lock(assignment_id)
    finder = _standing(ClockTimestamp.told())
    (found,) = finder.find(anybody=user.pk, this=assignment_id, that=paragraph_id)
    held: Any = found
    extension = None
    if held.extension_id:
        extension = Extension(due_at=held.extended_due_at, closes_at=held.extended_closes_at)
    paragraph = None
    if held.named_id:
        values = [getattr(held, f"named_{name}") for name in _OF_PARAGRAPH]
        paragraph = Paragraph.from_db(held._state.db, _OF_PARAGRAPH, values)  # noqa: SLF001 - Django's documented name
        paragraph.revision = held.revision
    return Standing(
        assignment=found,
        now=held.locked_at,
        dates=dates_with(found, extension, held.extra_days),
        rounds=_rounds(held),
        paragraph=paragraph,
    )


# What decides nothing, and takes longer to read than the rest: words that are shown, and moments.
_OF_NO_ACCOUNT = (
    *("created_at", "updated_at", "instructions"),
    *("seminar__created_at", "seminar__updated_at", "seminar__description"),
    *("essay__created_at", "essay__updated_at", "essay__source_url", "essay__licence_note"),
    *("revision__published_at", "revision__note"),
)

# What of a paragraph is read with the assignment: all but its HTML and the words it is found by.
_OF_PARAGRAPH = tuple(
    one.attname
    for one in Paragraph._meta.concrete_fields  # noqa: SLF001 - as above
    if one.attname not in {"html", "search"}
)


@lru_cache(maxsize=1)
def _standing(clock: str) -> Finder[Assignment]:  # noqa: ARG001 - as above
    """The assignment THIS as `_locked` finds it, with its rounds and what is granted to ANYBODY."""
    mine = models.Q(extensions__user=ANYBODY)
    held = models.Q(seminar__accommodations__user=ANYBODY)
    named = models.Q(revision__paragraphs__pk=THAT, revision__paragraphs__number__isnull=False)
    rounds = Round.objects.filter(assignment=OuterRef("pk")).order_by("number")
    columns = {name: name for name in _round_columns()}
    return Finder(
        lambda: (
            Assignment.objects.annotate(
                locked_at=ClockTimestamp(),
                granted=FilteredRelation("extensions", condition=mine),
                held=FilteredRelation("seminar__accommodations", condition=held),
                named=FilteredRelation("revision__paragraphs", condition=named),
                extension_id=models.F("granted__pk"),
                extended_due_at=models.F("granted__due_at"),
                extended_closes_at=models.F("granted__closes_at"),
                extra_days=models.F("held__extra_days"),
                told_rounds=ArraySubquery(rounds.values(told=JSONObject(**columns))),
                **{f"named_{name}": models.F(f"named__{name}") for name in _OF_PARAGRAPH},
            )
            .select_related("seminar", "revision", "essay")
            .defer(*_OF_NO_ACCOUNT)
            .filter(pk=THIS)
        )
    )


def _round_columns() -> list[str]:
    return [one.attname for one in Round._meta.concrete_fields]  # noqa: SLF001 - Django's documented name


def _rounds(found: Any) -> list[Round]:
    """The rounds that were read with the assignment."""
    fields = Round._meta.concrete_fields  # noqa: SLF001 - as above
    rounds = []
    for told in found.told_rounds:
        values = [one.to_python(told[one.attname]) for one in fields]
        one = Round.from_db(found._state.db, _round_columns(), values)  # noqa: SLF001 - as above
        one.assignment = found
        rounds.append(one)
    return rounds


def lock_assignments(assignment_ids: Collection[UUID]) -> None:
    """Lock several in the order of their ids, so that no two who hold some wait for one another.

    To be taken before changes of them in one transaction, each of which then locks its own again.
    """
    rows = Assignment.objects.filter(pk__in=set(assignment_ids)).order_by("pk")
    list(rows.select_for_update(no_key=True).values_list("pk"))


def raise_counter(
    assignment: Assignment,
    by: int = 1,
    *,
    until: datetime | None = None,
    rows: Sequence[Model] = (),
    telling: tuple[str, Sequence[str]] = ("", ()),
) -> int:
    """Raise the locked assignment's counter; returns its new value.

    Of a change that has to be in time, `until` is the moment it closes: then the statement that
    writes looks at the database's clock itself. It also inserts the rows and tells whoever listens,
    as `insert_all` does. Raises InvalidState when that moment has come, and then nothing that the
    transaction wrote may stand.
    """
    sql, params = _RAISE, [by, assignment.pk]
    if until:
        sql, params = f"{sql} AND {ClockTimestamp.told()} < %s", [*params, until]
    if not insert_all(rows, beside=(sql + _TOLD, params), telling=telling):
        raise InvalidState(
            "This assignment has closed, so nothing more can be posted or changed.", code="closed"
        )
    assignment.change_counter += by
    return assignment.change_counter


def locked_by_instructor(actor: User, assignment_id: UUID) -> tuple[Assignment, datetime]:
    """The assignment, locked, with the database's time, for whoever changes what is asked there.

    Raises Missing for an assignment that the actor may not know of, NotAllowed for all but
    instructors, and in an archived seminar.
    """
    known = Assignment.objects.visible_to(actor).select_related("seminar")
    seen = known.filter(pk=assignment_id).first()
    if seen is None:
        raise Missing
    if not may_set_essay(membership_of(actor, seen.seminar), seen.seminar):
        raise NotAllowed("Only instructors of this seminar change its assignments.")
    return lock_assignment(assignment_id)
