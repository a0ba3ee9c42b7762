"""The kinds of notices about grades: none of them tells a number, or who marked.

They fill the registry of `debate.notices`, as `annotations.notices` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef
from django.urls import reverse

from annotations.grading.models import (
    Criterion,
    RegradeMessage,
    RegradeRequest,
    Release,
    Sheet,
)
from debate.notices.enums import Cadence
from debate.notices.registry import NoticeKind, Wording, register

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from django.db.models import QuerySet

    from annotations.grading.models.review import RegradeRequestQuerySet
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

GRADE_RELEASED = "grade_released"
REGRADE_ANSWERED = "regrade_answered"
REGRADE_ASKED = "regrade_asked"


def register_kinds() -> None:
    """Make the kinds known; called once, when the app is ready."""
    for kind in (
        NoticeKind(
            GRADE_RELEASED, "Grades", "A grade of yours is released.",
            Cadence.AT_ONCE, _releases, _word_releases,
        ),
        NoticeKind(
            REGRADE_ANSWERED, "Answers about my grades", "Staff answer what you asked of a grade.",
            Cadence.AT_ONCE, _answers, _word_answers,
        ),
        NoticeKind(
            REGRADE_ASKED, "Questions about grades", "A student asks you to look at a grade again.",
            Cadence.DAILY, _requests, _word_requests,
        ),
    ):  # fmt: skip
        register(kind)


def _releases(user: User) -> QuerySet[Release]:
    """Releases that stand and showed the person something."""
    shown = Sheet.objects.visible_to(user).filter(
        release=OuterRef("pk"), grade__work__student_id=user.pk
    )
    return Release.objects.filter(Exists(shown))


def _answers(user: User) -> QuerySet[RegradeMessage]:
    """What staff said to requests of the person's own."""
    own = RegradeRequest.objects.visible_to(user).filter(
        pk=OuterRef("request_id"), grade__work__student_id=user.pk
    )
    return RegradeMessage.objects.filter(Exists(own)).exclude(author_id=user.pk)


def _requests(user: User) -> RegradeRequestQuerySet:
    """Requests about grades that the person sees as staff."""
    return RegradeRequest.objects.visible_to(user).exclude(grade__work__student_id=user.pk)


def _word_releases(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    found = _releases(user).filter(pk__in=ids).select_related("assignment__seminar")
    return {
        one.pk: Wording(
            sentence=f"Your grade in “{one.assignment.title}” is released",
            href=own_page(one.assignment),
            heading=one.assignment.seminar.title,
        )
        for one in found
    }


def _word_answers(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    found = _answers(user).filter(pk__in=ids).select_related("request__" + PLACED)
    titles = _titles_of({one.request.criterion_key for one in found})
    return {
        one.pk: Wording(
            sentence=f"Staff answered what you asked about {_about(one.request, titles)}",
            href=own_page(one.request.grade.work.assignment) + "#requests",
            heading=one.request.grade.work.assignment.title,
        )
        for one in found
    }


def _word_requests(user: User, ids: Collection[UUID]) -> dict[UUID, Wording]:
    found = list(_requests(user).filter(pk__in=ids).select_related(PLACED))
    titles = _titles_of({one.criterion_key for one in found})
    return {
        one.pk: Wording(
            sentence=f"A student asks to look again at {_about(one, titles)}",
            href=_staff_page(one.grade.work.assignment),
            heading=one.grade.work.assignment.title,
        )
        for one in found
    }


PLACED = "grade__work__assignment__seminar"


def own_page(assignment: Assignment) -> str:
    """Where students read their grade of the assignment."""
    return reverse("grading:mine", args=[assignment.seminar.slug, assignment.slug])


def _staff_page(assignment: Assignment) -> str:
    return reverse("grading:requests", args=[assignment.seminar.slug, assignment.slug])


def _titles_of(keys: Collection[UUID | None]) -> dict[UUID, str]:
    """What the criteria are called, in their newest versions."""
    rows = Criterion.objects.filter(key__in=[key for key in keys if key])
    return dict(rows.order_by("rubric_version__number").values_list("key", "title"))


def _about(request: RegradeRequest, titles: dict[UUID, str]) -> str:
    title = titles.get(request.criterion_key) if request.criterion_key else None
    return f"“{title}”" if title else "a grade"
