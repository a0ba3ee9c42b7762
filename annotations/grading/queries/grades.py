"""A grade as staff see it: its numbers, how they come about, and each step of its history in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Case, Exists, OuterRef, Prefetch, Q, Value, When

from annotations.grading.enums import GradeState, MarkingMode, MarkState, Verb
from annotations.grading.models import Grade, GradeEvent, Mark, Sheet
from annotations.grading.models.mark import asked_to_mark
from annotations.grading.queries.veil import veil_of
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from annotations.grading.models import GradingPlan
    from annotations.grading.models.grade import GradeQuerySet, SheetQuerySet
    from debate.accounts.models import User

RULES: Final = {
    "single": "The mark of one marker.",
    "mean": "The mean of two marks.",
    "first": "Two marks that agree; the first stands.",
    "nearest": "Of two marks the one that is nearer to a third.",
    "agreed": "What the markers agreed on.",
    "disagreed": "Two marks that differ too much.",
}
"""What a grade rests on, by the rule that its basis names."""

MEMBERS: Final = {
    "state": "State",
    "raw": "By the marks",
    "late_deduction": "Taken off for lateness",
    "adjustment": "Adjustment",
    "final": "Final",
    "is_excused": "Excused",
    "basis": "Rests on",
}
"""Members of a grade that its history tells, in their order, with their words."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A member that a step changed: its words, what it was and what it became; "–" for nothing."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a grade: who did what, when and why, and what it changed."""

    number: int
    who: str
    did: str
    at: datetime
    via: str
    reason: str
    moved: list[Moved]


def shown_to(user: User) -> GradeQuerySet:
    """Grades that the person sees as staff, and the own ones of which a sheet stands.

    Of an own one nothing but its `standing` sheets is to be told, the last one first. Takes 1 query
    more.
    """
    seen = Grade.objects.visible_to(user).values("pk")
    own = standing_sheets(user)
    either = seen.union(own.order_by().values("grade"))
    return Grade.objects.filter(pk__in=either).prefetch_related(
        Prefetch("sheets", own.order_by("-pk"), to_attr="standing")
    )


def standing_sheets(user: User) -> SheetQuerySet:
    """The person's own sheets that were not taken back."""
    seen = Sheet.objects.visible_to(user)
    return seen.filter(grade__work__student=user.pk, release__undone_at=None)


def with_is_known(grades: GradeQuerySet, user: User) -> GradeQuerySet:
    """Grades with whether the person may know their numbers yet (`is_known`).

    Where two mark without seeing one another, a number would tell whoever is still to mark what the
    other thinks: it is known to who has submitted, to instructors who neither mark nor are asked
    to, and to all staff once it stands.
    """
    mine = Mark.objects.filter(work=OuterRef("work"), marker=user.pk)
    taught = Q(work__assignment__seminar__in=Seminar.objects.taught_by(user))
    is_seen_by_all = ~Q(work__assignment__grading_plan__marking_mode=MarkingMode.BLIND_DOUBLE)
    stands = Q(state__in=(GradeState.READY, GradeState.RELEASED))
    submitted = Exists(mine.filter(state=MarkState.SUBMITTED))
    is_marking = Exists(mine.filter(state=MarkState.DRAFT)) | asked_to_mark(user)
    known = is_seen_by_all | stands | submitted | (taught & ~is_marking)
    return grades.annotate(
        is_known=Case(When(known, then=Value(value=True)), default=Value(value=False))
    )


def history_of(user: User, plan: GradingPlan, grade: Grade) -> list[Step]:
    """The steps of a grade whose numbers the person may know, the last one first.

    In blind marking what was given as reasons names no student. Takes 1 query, 2 or 3 where names
    are hidden.
    """
    veil = veil_of(plan)
    events = GradeEvent.objects.visible_to(user).filter(grade=grade).select_related("actor")
    return [
        Step(
            number=event.number,
            who=veil.name_of(event.actor) if event.actor else "A rule",
            did=str(Verb(event.verb).label),
            at=event.at,
            via=str(event.get_via_display()),
            reason=veil.over(event.reason),
            moved=moved_by(event),
        )
        for event in events.order_by("-number")
    ]


def changed_since(user: User, versions: dict[UUID, int]) -> list[tuple[Grade, list[GradeEvent]]]:
    """Of the works, by id with the version of the grade that was looked at, what moved since.

    Takes 2 queries. What the person may not know the numbers of is left out.
    """
    seen = Grade.objects.visible_to(user).filter(work__in=list(versions))
    grades = with_is_known(seen, user).filter(Q(is_known=True))
    known = {grade.pk: grade for grade in grades.select_related("work__student")}
    moved: dict[UUID, list[GradeEvent]] = {}
    for event in GradeEvent.objects.filter(grade__in=list(known)).select_related("actor"):
        if event.number > versions[known[event.grade_id].work_id]:
            moved.setdefault(event.grade_id, []).append(event)
    return [(known[pk], events) for pk, events in moved.items()]


def event_in_words(event: GradeEvent) -> str:
    """Such as "Ada Byron adjusted the grade: Final 8.00 → 7.00"."""
    who = event.actor.display_name if event.actor else "A rule"
    moved = ", ".join(f"{one.label} {one.before} → {one.after}" for one in moved_by(event))
    return f"{who} {Verb(event.verb).label}" + (f": {moved}" if moved else "")


def rule_in_words(basis: dict[str, Any]) -> str:
    """What a grade rests on; "" for nothing yet."""
    return RULES.get(basis.get("rule", ""), "")


def moved_by(event: GradeEvent) -> list[Moved]:
    """The members that an event changed, in words."""
    return [
        Moved(label, _said(name, event.before.get(name)), _said(name, event.after[name]))
        for name, label in MEMBERS.items()
        if name in event.after
        and _said(name, event.before.get(name)) != _said(name, event.after[name])
    ]


def _said(name: str, value: Any) -> str:
    if name == "basis":
        return rule_in_words(value or {}) or "–"
    if name == "state" and value in GradeState.values:
        return str(GradeState(value).label)
    if name == "is_excused":
        return "yes" if value else "no"
    return "–" if value is None else str(value)
