"""An uploaded gradebook filled with released grades: looked at first, then taken exactly so.

Not one of the usual module names: it reads and writes files. Nothing of the file is kept here: it
travels in the page's form, packed and sealed for this person and this assignment, and is filled
anew each time. What is taken is compared with what was looked at, to the byte.
"""

from __future__ import annotations

import hashlib
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db.models import Q

from annotations.grading.formats.cells import MOST_BYTES, Table
from annotations.grading.formats.errors import Unreadable
from annotations.grading.formats.lms import CANVAS, Person, fill, layout_of, suggested
from annotations.grading.models import Work
from annotations.grading.queries.gradebook import points_of, shown_now
from debate.accounts.models import User
from debate.core.errors import Invalid
from debate.core.seals import opened, seal
from debate.seminars.enums import Role
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal
    from uuid import UUID

    from annotations.grading.formats.lms import Filled, Layout
    from annotations.grading.models import GradingPlan

MOST_PACKED: Final = 4_000_000
"""How long the sealed file may be, which is sent back with the form: below what forms may hold."""
SYSTEMS: Final = {
    "canvas": "Canvas",
    "moodle": "Moodle",
    "blackboard": "Blackboard",
    "other": "a table with one row a person",
}


@dataclass(frozen=True, slots=True)
class Filling:
    """A file filled: what it is, which columns could take grades, what changes, and the result."""

    layout: Layout
    column: int | None
    filled: Filled | None
    content: bytes
    names: Mapping[str, str]

    @property
    def system(self) -> str:
        """Whose file it is, in words."""
        return SYSTEMS[self.layout.system]

    @property
    def digest(self) -> str:
        """SHA-256 over the result."""
        return hashlib.sha256(self.content).hexdigest()

    @property
    def most(self) -> Decimal | None:
        """What the file says that the column is out of."""
        return None if self.column is None else self.layout.most.get(self.column)

    @property
    def people_left(self) -> list[str]:
        """People with a released grade whom the file does not know, by name."""
        left = self.filled.people_left if self.filled else ()
        return sorted((self.names[key] for key in left), key=str.casefold)

    @property
    def leaves_excused(self) -> bool:
        """Whether excused works have no word in this file."""
        return self.layout.system != CANVAS


def filling_of(
    user: User,
    plan: GradingPlan,
    content: bytes,
    *,
    column: int | None = None,
    scales: bool = False,
    with_words: bool = True,
) -> Filling:
    """The file filled with what students read of their grades; takes 2 queries.

    `column` is one of the layout's. Without it the one is taken that bears the assignment's title; where that is none or
    several, nothing is filled. Raises Invalid on `column` for another, and (`unreadable`) for what is
    no such file, and for a column that the file says is read only. Names must be known.
    """
    people, names = _people(user, plan, with_words=with_words)
    try:
        table = Table(content)
        layout = layout_of(table)
        chosen = suggested(layout, plan.assignment.title) if column is None else column
        if column is not None and column not in layout.columns:
            raise Invalid("There is no such column that takes grades.", field="column")
        if chosen is None:
            return Filling(layout, None, None, content, names)
        filled = fill(table, layout, chosen, people, of=points_of(plan), scales=scales)
    except Unreadable as error:
        raise Invalid(str(error), field="file", code="unreadable") from error
    return Filling(layout, chosen, filled, table.content(), names)


def packed(user: User, plan: GradingPlan, content: bytes) -> str:
    """The file as a word for a form, that this person alone can send back, for this assignment.

    Raises Invalid (`unreadable`) for one that is too large for that.
    """
    if len(content) > MOST_BYTES:
        raise Invalid("The file is larger than 5 MB.", field="file", code="unreadable")
    word = seal(_purpose(user, plan), zlib.compress(content, 9))
    if len(word) > MOST_PACKED:
        raise Invalid("The file is too large to be filled.", field="file", code="unreadable")
    return word


def unpacked(user: User, plan: GradingPlan, word: str) -> bytes:
    """The file that was packed. Raises Invalid for any other word."""
    return zlib.decompress(opened(_purpose(user, plan), word))


def _purpose(user: User, plan: GradingPlan) -> str:
    return f"grading.filling:{plan.pk}:{user.pk}"


def _people(
    user: User, plan: GradingPlan, *, with_words: bool
) -> tuple[list[Person], dict[str, str]]:
    """The students, with what identifies them in a file, and their names by the same key.

    Also of those without a work, so that their rows are not told as nobody's.
    """
    shown = shown_now(user, [plan.assignment_id])
    works = Work.objects.marked_by(user).filter(assignment=plan.assignment_id)
    members = Membership.objects.people().filter(
        seminar=plan.assignment.seminar_id, role=Role.STUDENT
    )
    students = list(
        User.objects.filter(
            Q(pk__in=works.values("student_id")) | Q(pk__in=members.values("user_id"))
        ).only("id", "name", "username", "email")
    )
    # The part before the @ is often what a system calls a person; somebody's own name goes first.
    taken = Counter(_local(student.email) for student in students)
    taken.update({student.username.casefold() for student in students})
    people = []
    for student in students:
        ids = {student.username.casefold(), student.email.casefold()}
        if taken[_local(student.email)] == 1:
            ids.add(_local(student.email))
        one = shown.get((student.pk, plan.assignment_id))
        people.append(
            Person(
                key=_key(student.pk),
                identifiers=frozenset(ids - {""}),
                names=frozenset({student.display_name, student.name} - {""}),
                points=one.final if one else None,
                is_excused=one is not None and one.final is None,
                feedback=one.comment if one and with_words else "",
            )
        )
    return people, {_key(student.pk): student.display_name for student in students}


def _key(student: UUID) -> str:
    return str(student)


def _local(address: str) -> str:
    return address.partition("@")[0].casefold()
