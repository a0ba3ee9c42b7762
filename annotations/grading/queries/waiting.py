"""What waits for staff in grading, of all assignments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Count, Exists, OuterRef, Q

from annotations.grading.enums import GradeState, MarkRole, RequestState
from annotations.grading.models import Mark, RegradeRequest, Work
from annotations.grading.queries.queue import UNGRADED
from debate.seminars.enums import Role
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from debate.accounts.models import User


@dataclass(frozen=True, slots=True)
class ToDo:
    """An assignment with how much of it waits for the person."""

    title: str
    seminar: str
    assignment: str
    count: int


def to_grade(user: User) -> list[ToDo]:
    """How many works wait for the person in each assignment: a first mark, a second or a third one.

    What is assigned to others, and what others have begun, does not. Takes 1 query.
    """
    marks = Mark.objects.standing().filter(work=OuterRef("pk"))
    mine = Exists(marks.filter(marker=user.pk))
    is_first = (
        Q(grade__state__in=UNGRADED)
        & (Q(marker=None) | Q(marker=user.pk))
        & ~Exists(marks.filter(role=MarkRole.FIRST).exclude(marker=user.pk))
    )
    is_second = (
        Q(grade__state=GradeState.AWAITING_SECOND)
        & (Q(second_marker=None) | Q(second_marker=user.pk))
        & ~mine
        & ~Exists(marks.filter(role=MarkRole.SECOND))
    )
    is_third = (
        Q(grade__state=GradeState.DISAGREED, third_marker=user.pk)
        & ~mine
        & ~Exists(marks.filter(role=MarkRole.THIRD))
    )
    works = Work.objects.marked_by(user).filter(
        is_first | is_second | is_third,
        grade__is_excused=False,
        assignment__seminar__archived_at=None,
    )
    rows = (
        works.order_by()
        .values_list("assignment__title", "assignment__seminar__slug", "assignment__slug")
        .annotate(count=Count("pk"))
    )
    return [ToDo(*row) for row in rows.order_by("assignment__title", "assignment__slug")]


def to_settle(user: User) -> list[ToDo]:
    """How many requests to look at a grade again wait for the person in each assignment.

    Those that are open for all staff who see them, those handed on for instructors alone; never
    about an own grade. Takes 1 query.
    """
    led = Membership.objects.of(user).filter(role=Role.INSTRUCTOR).values("seminar_id")
    place = "grade__work__assignment"
    requests = (
        RegradeRequest.objects.visible_to(user)
        .exclude(grade__work__student=user.pk)
        .filter(
            Q(state=RequestState.OPEN)
            | Q(state=RequestState.ESCALATED, **{f"{place}__seminar__in": led}),
            **{f"{place}__seminar__archived_at": None},
        )
    )
    rows = (
        requests.order_by()
        .values_list(f"{place}__title", f"{place}__seminar__slug", f"{place}__slug")
        .annotate(count=Count("pk"))
    )
    return [ToDo(*row) for row in rows.order_by(f"{place}__title", f"{place}__slug")]
