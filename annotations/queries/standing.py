"""What concerns a member above the essay: the round, the own side and name, what is asked and done."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.utils import timezone

from annotations.enums import Kind
from annotations.permissions import may_annotate
from annotations.queries.paragraphs import annotate_url
from annotations.queries.progress import (
    Counts,
    TaskLine,
    counts_of,
    done_of,
    due_in_words,
    is_done,
    late_in_words,
    own_dates_of,
    progress_url,
    receipt_url,
    task_lines,
)
from annotations.queries.rounds import (
    EVERY_KIND,
    OpenKinds,
    SideView,
    open_kinds,
    pseudonym_of,
    round_in_words,
    side_view,
)
from debate.assignments.enums import RoundMode
from debate.assignments.queries import Dates, current_round, dates_with, side_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from annotations.queries.cards import Card, Reader
    from annotations.queries.paragraphs import AnchoredRow
    from debate.assignments.models import Assignment, Round
    from debate.essays.models import Paragraph
    from debate.seminars.models import Membership


@dataclass(frozen=True, slots=True)
class Standing:
    """How a member stands in an assignment; the members that do not concern the person are empty.

    `kinds` are those that the person may post now, all of them when nothing can be posted any more.
    """

    round: str = ""
    kinds: OpenKinds = EVERY_KIND
    pseudonym: str = ""
    side: SideView | None = None
    tasks: list[TaskLine] = field(default_factory=list)
    due: str = ""
    is_extended: bool = False
    late: str = ""
    students_done: int = 0
    students: int = 0
    progress_url: str = ""
    receipt_url: str = ""

    @property
    def is_done(self) -> bool:
        """Whether something is asked and all of it is in."""
        return is_done(self.tasks)


def standing(
    reader: Reader,
    assignment: Assignment,
    *,
    paragraphs: Sequence[Paragraph],
    rows: Iterable[AnchoredRow],
    cards: Iterable[Card],
) -> Standing | None:
    """How the reader stands; None for who is no member. Takes a fixed number of queries."""
    membership = reader.membership
    if membership is None:
        return None
    now = timezone.now()
    current = current_round(assignment, now)
    if membership.is_staff:
        return _of_staff(membership, assignment, current, now)
    if not membership.may_write:
        said = round_in_words(
            current, membership=membership, dates=dates_with(assignment), posted=0, now=now
        )
        return Standing(round=said)
    person = membership.user_id
    own = own_dates_of(assignment, [person])
    dates = own.get(person, dates_with(assignment))
    counts = counts_of(assignment, people=[person], dates=own, current=current).get(
        person, Counts()
    )
    hrefs, kinds = {}, EVERY_KIND
    if _is_open(membership, assignment, current, dates, now):
        kinds = open_kinds(assignment, membership, current)
        first = _first_without_note(paragraphs, rows, person)
        hrefs = _beginnings(assignment, first, kinds, cards)
    return Standing(
        round=round_in_words(
            current, membership=membership, dates=dates, posted=counts.in_round, now=now
        ),
        kinds=kinds,
        pseudonym=pseudonym_of(reader.user, assignment, staff=False),
        side=_side(reader, assignment, current),
        tasks=task_lines(assignment, counts, hrefs),
        due=due_in_words(dates, now),
        is_extended=dates.is_own,
        late=late_in_words(counts.late),
        progress_url=progress_url(assignment),
        receipt_url=receipt_url(assignment),
    )


def _of_staff(
    membership: Membership, assignment: Assignment, current: Round, now: datetime
) -> Standing:
    done, students = done_of(membership, assignment)
    return Standing(
        round=round_in_words(
            current, membership=membership, dates=dates_with(assignment), posted=0, now=now
        ),
        students_done=done,
        students=students,
        progress_url=progress_url(assignment),
    )


def _side(reader: Reader, assignment: Assignment, current: Round) -> SideView | None:
    if not assignment.resolution or not reader.user.is_authenticated:
        return None
    return side_view(side_of(reader.user, assignment, current))


def _is_open(
    membership: Membership, assignment: Assignment, current: Round, dates: Dates, now: datetime
) -> bool:
    """Whether it looks as if the student could post; the action decides."""
    return (
        may_annotate(membership, assignment.seminar)
        and dates.opens_at <= now
        and not (dates.closes_at and dates.closes_at <= now)
        and (current.mode != RoundMode.CLOSED or dates.is_own)
    )


def _first_without_note(
    paragraphs: Sequence[Paragraph], rows: Iterable[AnchoredRow], person: UUID
) -> Paragraph | None:
    """The first numbered paragraph without an own note; the first of all when each has one."""
    taken = {row.paragraph_id for row in rows if row.author_id == str(person)}
    numbered = [one for one in paragraphs if one.number]
    return next(
        (one for one in numbered if str(one.pk) not in taken), numbered[0] if numbered else None
    )


def _beginnings(
    assignment: Assignment, paragraph: Paragraph | None, kinds: OpenKinds, cards: Iterable[Card]
) -> dict[str, str]:
    """Where one begins with each thing that is asked and that the round takes."""
    hrefs: dict[str, str] = {}
    if paragraph is not None:
        composer = annotate_url(assignment, paragraph)
        hrefs["paragraphs"] = composer
        for name, kind in _COMPOSERS.items():
            if kind in kinds:
                hrefs[name] = f"{composer}?kind={kind.value}"
    others = [card for card in cards if card.reply_url and not card.is_mine]
    if others:
        hrefs["replies"] = min(others, key=lambda card: (not card.unanswered, card.id)).reply_url
    return hrefs


_COMPOSERS = {
    "comments": Kind.COMMENT,
    "counterarguments": Kind.COUNTERARGUMENT,
    "evidence": Kind.EVIDENCE,
}
