"""Quality marks: what readers find wanting, what is answered to it, and how it is settled.

A mark is a word to whoever wrote it, never a score, and moves no label. Each action does the same
in the same order: may the person know of it and do it; the lock (the assignment's, or that of a
passage, which belongs to none); the rule; the rows; the change line; who is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone

from annotations.actions.changes import record_mark
from annotations.actions.telling import tell_of_answer, tell_of_mark, tell_of_settling
from annotations.enums import (
    READ_BY_STUDENTS,
    Audience,
    Kind,
    MapStatus,
    Match,
    Op,
    QualityMarkType,
    Stance,
    Status,
)
from annotations.models import (
    Annotation,
    Claim,
    Inference,
    Passage,
    PassageCheck,
    QualityMark,
    QualityMarkAnswer,
)
from annotations.permissions import may_set_mark, may_settle_mark
from debate.assignments.actions import lock_assignment
from debate.assignments.enums import RoundMode
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.core.text import clean
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from annotations.models.quality import QualityMarkQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment
    from debate.seminars.models import Membership, Seminar

MOST_OPEN = 2
LONGEST_NOTE = 500
LONGEST_ANSWER = 1_000

OF_WORDS = (
    QualityMarkType.UNSUPPORTED,
    QualityMarkType.NOT_A_CLAIM,
    QualityMarkType.UNCLEAR,
    QualityMarkType.ABUSIVE,
    QualityMarkType.DUPLICATE,
    QualityMarkType.UNRELATED,
    QualityMarkType.SEVERAL_CLAIMS,
    QualityMarkType.MOVE,
)
OF_QUOTES = (
    QualityMarkType.MISQUOTE,
    QualityMarkType.OUT_OF_CONTEXT,
    QualityMarkType.OUTDATED,
)
# What settles a mark without anybody's doing, in the words that stand beside it then.
SETTLED_BY = {
    QualityMarkType.UNSUPPORTED: "A reason for it has come.",
    QualityMarkType.SEVERAL_CLAIMS: "It has been split.",
    QualityMarkType.DUPLICATE: "It has been merged.",
    QualityMarkType.MOVE: "It has been moved.",
}
TAKEN_BACK = "Taken back"
CONFIRMED = "Confirmed: the words do not stand in the source."
ONLY_WRITERS = "You may read here, but not write."
ONLY_STAFF = "Only an instructor or assistant, or whoever set it, settles this mark."


def types_for(target: Annotation | Claim | Passage) -> tuple[QualityMarkType, ...]:
    """Which marks fit: those of words, those of quotations, or for evidence both."""
    if isinstance(target, Passage):
        return (*OF_QUOTES, QualityMarkType.UNCLEAR, QualityMarkType.UNRELATED)
    if isinstance(target, Annotation) and target.kind == Kind.EVIDENCE:
        return (*OF_WORDS, *OF_QUOTES)
    return OF_WORDS


@dataclass(frozen=True)
class Marked:
    """What a mark is on, whose it is and where; `assignment` is locked, a passage has none."""

    target: Annotation | Claim | Passage
    seminar: Seminar
    membership: Membership | None
    assignment: Assignment | None

    @property
    def member(self) -> dict[str, Annotation | Claim | Passage]:
        """The mark's column for it."""
        return {type(self.target).__name__.lower(): self.target}


def find_target(
    user: User, on: str, target_id: UUID
) -> tuple[Annotation | Claim | Passage, Seminar]:
    """What the person may know of under that kind and id, and its seminar.

    Raises Missing, also for a kind that is none of `annotation`, `claim`, `passage`.
    """
    found: Annotation | Claim | Passage | None = None
    if on == "annotation":
        notes = Annotation.objects.visible_to(user).filter(pk=target_id)
        found = notes.select_related("assignment__seminar", "passage").first()
    elif on == "claim":
        claims = Claim.objects.visible_to(user).filter(pk=target_id)
        found = claims.select_related("assignment__seminar", "annotation").first()
    elif on == "passage":
        passages = Passage.objects.visible_to(user).filter(pk=target_id)
        found = passages.select_related("source__seminar").first()
    if found is None:
        raise Missing
    return found, found.source.seminar if isinstance(found, Passage) else found.assignment.seminar


@transaction.atomic
def set_mark(
    *,
    actor: User,
    on: str,
    target_id: UUID,
    type: str,  # noqa: A002 - the member's name everywhere
    note: str = "",
) -> QualityMark:
    """Mark a note, a claim or a passage as wanting in some way; whoever wrote it is told.

    The same mark again says the note anew. Raises Missing, NotAllowed for whoever does not write
    there, InvalidState for a note that is not published or a claim off the map, Invalid that names
    `type` or `note`, Conflict (`too_many_marks`) for a third open mark of one person on one thing.
    """
    marked = _locked_target(actor, on, target_id)
    if not may_set_mark(marked.membership, marked.seminar):
        raise NotAllowed(ONLY_WRITERS)
    _refuse_off_stage(marked.target)
    fitting = types_for(marked.target)
    if type not in fitting:
        raise Invalid("Choose one of: " + ", ".join(fitting) + ".", field="type")
    words = clean(note, field="note", limit=LONGEST_NOTE, required=False, one_line=True)
    own = QualityMark.objects.open().filter(by=actor, **marked.member)
    same = own.filter(type=type).first()
    if same:
        if same.note != words:
            same.note = words
            same.save(update_fields=["note", "updated_at"])
            record_mark(same, Op.UPDATE)
        return same
    if own.count() >= MOST_OPEN:
        raise Conflict(
            f"You have {MOST_OPEN} open marks on this already. Take one back first.",
            field="type",
            code="too_many_marks",
        )
    mark = QualityMark(seminar=marked.seminar, type=type, note=words, by=actor, **marked.member)
    mark.save(force_insert=True)
    record_mark(mark, Op.CREATE)
    tell_of_mark(mark)
    return mark


@transaction.atomic
def answer_mark(*, actor: User, mark_id: UUID, body: str) -> QualityMarkAnswer:
    """Say something to an open mark; whoever set it and whoever wrote the thing are told.

    Raises Missing, NotAllowed for whoever does not write there, InvalidState for a settled mark,
    Invalid that names `body`.
    """
    mark, marked, _ = _locked_mark(actor, mark_id)
    if not may_set_mark(marked.membership, marked.seminar):
        raise NotAllowed(ONLY_WRITERS)
    words = clean(body, field="body", limit=LONGEST_ANSWER)
    if mark.resolved_at:
        raise InvalidState("This mark has been settled, so nothing more is answered to it.")
    answer = QualityMarkAnswer(mark=mark, body=words, by=actor)
    answer.save(force_insert=True)
    record_mark(mark, Op.UPDATE)
    tell_of_answer(answer)
    return answer


@transaction.atomic
def settle_mark(
    *, actor: User, mark_id: UUID, resolution: str = "", is_confirmed: bool = False
) -> QualityMark:
    """Settle a mark with a word about how; whoever set it takes it back so. Again does nothing.

    To confirm a misquote is to say that one has opened the source and the words do not stand
    there: the passage gets a check that says so. Raises Missing, NotAllowed for all but staff and
    whoever set it, Invalid that names `resolution` or `is_confirmed`.
    """
    mark, marked, now = _locked_mark(actor, mark_id)
    if not may_settle_mark(actor, marked.membership, mark):
        raise NotAllowed(ONLY_STAFF)
    words = clean(resolution, field="resolution", limit=LONGEST_NOTE, required=False, one_line=True)
    if mark.resolved_at:
        return mark
    if is_confirmed:
        _confirm(mark, marked, actor)
        words = words or CONFIRMED
    elif mark.by_id == actor.pk:
        words = words or TAKEN_BACK
    _settle(mark, now, by=actor, resolution=words)
    return mark


def settle_marks(
    target: Annotation | Claim,
    type: QualityMarkType,  # noqa: A002 - the member's name everywhere
    *,
    now: datetime | None = None,
) -> None:
    """Settle the open marks of that type on a note or claim, because what they ask for is done.

    Called by the action that did it, under the assignment's lock. The claim of a note and the note
    are one here.
    """
    note = target if isinstance(target, Annotation) else target.annotation
    claim = target if isinstance(target, Claim) else Claim.objects.filter(annotation=note).first()
    for member in ({"annotation": note}, {"claim": claim}):
        if None in member.values():
            continue
        for mark in _with_one_assignment(QualityMark.objects.open().filter(type=type, **member)):
            _settle(mark, now or timezone.now(), by=None, resolution=SETTLED_BY[type])


def reopen_marks(ids: Collection[UUID]) -> None:
    """Open those of the marks again that settled themselves, because what did so has been undone.

    But not where the same person has meanwhile set the same mark anew. Under the assignment's lock.
    """
    settled = QualityMark.objects.filter(pk__in=ids, resolved_at__isnull=False, resolved_by=None)
    for mark in _with_one_assignment(settled):
        same = QualityMark.objects.open().filter(type=mark.type, by=mark.by_id)
        if same.filter(annotation=mark.annotation, claim=mark.claim).exists():
            continue
        mark.resolved_at, mark.resolution = None, ""
        mark.save(update_fields=["resolved_at", "resolution", "updated_at"])
        record_mark(mark, Op.UPDATE)


def _with_one_assignment(marks: QualityMarkQuerySet) -> list[QualityMark]:
    """The marks of one note or claim: its assignment counts the lines of all of them."""
    found = list(marks.select_related("seminar", "annotation__assignment", "claim__assignment"))
    ons = [on for mark in found if (on := mark.annotation or mark.claim)]
    for on in ons:
        on.assignment = ons[0].assignment
    return found


def settle_by_reason(annotation: Annotation) -> None:
    """Settle "unsupported" on what a support or evidence for it now gives a reason for.

    Only once everybody in the seminar can read the reason: a mark that vanished would tell others
    what a group, a blind round or a private note says.
    """
    gives = annotation.kind == Kind.SUPPORT or (
        annotation.kind == Kind.EVIDENCE and annotation.stance == Stance.SUPPORTS
    )
    is_open = (
        annotation.status == Status.PUBLISHED
        and annotation.audience in set(READ_BY_STUDENTS) - {Audience.GROUP}
        and annotation.round.mode != RoundMode.BLIND
    )
    if gives and is_open:
        made = Inference.objects.filter(annotation=annotation)
        for step in made.select_related("conclusion__annotation"):
            settle_marks(step.conclusion, QualityMarkType.UNSUPPORTED)


def _settle(mark: QualityMark, now: datetime, *, by: User | None, resolution: str) -> None:
    mark.resolved_at, mark.resolved_by, mark.resolution = now, by, resolution
    mark.save(update_fields=["resolved_at", "resolved_by", "resolution", "updated_at"])
    record_mark(mark, Op.UPDATE)
    tell_of_settling(mark)


def _confirm(mark: QualityMark, marked: Marked, actor: User) -> None:
    """Keep that the words were looked for and not found."""
    passage = marked.target if isinstance(marked.target, Passage) else _cited(marked.target)
    is_staff = marked.membership is not None and marked.membership.is_staff
    if mark.type != QualityMarkType.MISQUOTE or passage is None or not is_staff:
        raise Invalid(
            "Only staff confirm, and only that words are misquoted.", field="is_confirmed"
        )
    if passage.added_by_id == actor.pk:
        raise Invalid(
            "You added this passage yourself: somebody else looks whether its words stand there.",
            field="is_confirmed",
        )
    PassageCheck.objects.create(
        passage=passage, by=actor, opened=True, match=Match.NOT_FOUND, note=mark.note
    )


def _cited(target: Annotation | Claim) -> Passage | None:
    return target.passage if isinstance(target, Annotation) else None


def _refuse_off_stage(target: Annotation | Claim | Passage) -> None:
    if isinstance(target, Annotation) and target.status != Status.PUBLISHED:
        raise InvalidState("Only what others can read is marked.")
    if isinstance(target, Claim) and target.status == MapStatus.WITHDRAWN:
        raise InvalidState("This claim has been taken off the map.")


def _locked_target(actor: User, on: str, target_id: UUID) -> Marked:
    """What the person may know of, locked. Raises Missing, NotAllowed before the lock."""
    target, seminar = find_target(actor, on, target_id)
    if not may_set_mark(membership_of(actor, seminar), seminar):
        raise NotAllowed(ONLY_WRITERS)
    return _lock(actor, target)[0]


def lock_target(mark: QualityMark) -> None:
    """Lock what the mark is on, as every change of the mark does first, in the caller's transaction.

    Raises Missing when it is gone.
    """
    target = mark.target
    if isinstance(target, Passage):
        list(Passage.objects.select_for_update(of=["self"]).filter(pk=target.pk).values_list("pk"))
    else:
        lock_assignment(target.assignment_id)


def _lock(actor: User, target: Annotation | Claim | Passage) -> tuple[Marked, datetime]:
    """The target as it stands under the lock. Raises Missing when it went out of sight meanwhile."""
    on = type(target).__name__.lower()
    if isinstance(target, Passage):
        list(Passage.objects.select_for_update(of=["self"]).filter(pk=target.pk).values_list("pk"))
        assignment, now = None, timezone.now()
    else:
        assignment, now = lock_assignment(target.assignment_id)
    fresh, seminar = find_target(actor, on, target.pk)
    if assignment and not isinstance(fresh, Passage):
        fresh.assignment = assignment
        seminar = assignment.seminar
    return Marked(fresh, seminar, membership_of(actor, seminar), assignment), now


def _locked_mark(actor: User, mark_id: UUID) -> tuple[QualityMark, Marked, datetime]:
    """The mark, with what it is on locked before it. Raises Missing."""
    known = QualityMark.objects.visible_to(actor).filter(pk=mark_id)
    related = ("seminar", "annotation", "claim", "passage")
    mark = known.select_related(*related).first()
    if mark is None:
        raise Missing
    marked, now = _lock(actor, mark.target)
    fresh = known.select_related(*related).first()
    if fresh is None:
        raise Missing
    for name, target in marked.member.items():
        setattr(fresh, name, target)
    fresh.seminar = marked.seminar
    return fresh, marked, now
