"""What students read of the grading of their own work.

Before a release nothing of it depends on whether there is a mark or a grade: what is shown are the
assignment, the plan, what the student wrote, and sheets that stand.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.urls import reverse
from django.utils.text import Truncator

from annotations.enums import Kind
from annotations.grading.enums import GradeState
from annotations.grading.models import GradingPlan, RegradeRequest, Sheet
from annotations.grading.queries.grades import RULES, standing_sheets
from annotations.grading.queries.regrading import own_threads
from annotations.grading.queries.rubrics import content_of
from annotations.grading.scoring import scaled
from annotations.queries.progress import own_progress
from debate.core.text import render_markdown

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.utils.safestring import SafeString

    from annotations.grading.formats.content import RubricContent
    from annotations.grading.queries.regrading import Thread
    from annotations.queries.progress import OwnProgress
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

QUOTED: Final = 120
MINUTE, HOUR, DAY = 60, 3600, 86400


@dataclass(frozen=True, slots=True)
class Contribution:
    """One of the student's own contributions as a sheet names it; `feedback` is what was said of it."""

    label: str
    kind: str
    href: str
    quote: str
    paragraph: int | None
    late: str
    feedback: list[SafeString]


@dataclass(frozen=True, slots=True)
class PartShown:
    """What one criterion came to."""

    title: str
    text: str
    points: str | None
    most: str | None
    level: str
    description: str
    checks: list[str]
    comment: SafeString
    cited: list[Contribution]


@dataclass(frozen=True, slots=True)
class MarkShown:
    """One of the marks on which the grade rests; who gave it is not told.

    `on_scale` is its total on the scale of the grade, None where that is the rubric's.
    """

    total: str | None
    of: str | None
    on_scale: Decimal | None
    comment: SafeString
    parts: list[PartShown]


@dataclass(frozen=True, slots=True)
class SheetShown:
    """A sheet as its student reads it."""

    sheet: Sheet
    rule: str
    marks: list[MarkShown]
    contributions: list[Contribution]

    @property
    def content(self) -> Mapping[str, Any]:
        """Its numbers, as texts of two places."""
        content: Mapping[str, Any] = self.sheet.content
        return content

    @property
    def late(self) -> list[Contribution]:
        """The contributions that came late."""
        return [one for one in self.contributions if one.late]

    @property
    def has_late_deduction(self) -> bool:
        """Whether lateness took something off."""
        return self.content.get("late_deduction") not in {None, "0.00"}

    @property
    def has_adjustment(self) -> bool:
        """Whether an instructor moved it."""
        return self.content.get("adjustment") not in {None, "0.00"}

    @property
    def answered(self) -> list[Contribution]:
        """The contributions of which something is said."""
        return [one for one in self.contributions if one.feedback]


@dataclass(frozen=True, slots=True)
class Mine:
    """A student's page of an assignment's grading; `shown` None before the first release."""

    plan: GradingPlan | None
    progress: OwnProgress
    rubric: RubricContent
    shown: SheetShown | None
    earlier: list[Sheet]
    is_under_review: bool
    threads: list[Thread]


def mine_of(user: User, assignment: Assignment) -> Mine:
    """What the student reads of an assignment's grading. Takes at most 14 queries."""
    plans = GradingPlan.objects.visible_to(user).filter(assignment=assignment)
    plan = plans.select_related("rubric_version").first()
    sheets = own_sheets(user, assignment) if plan else []
    latest = sheets[0] if sheets else None
    return Mine(
        plan=plan,
        progress=own_progress(user, assignment),
        rubric=content_of(plan.rubric_version if plan else None),
        shown=shown(latest) if latest else None,
        earlier=sheets[1:],
        is_under_review=latest is not None and latest.grade.state != GradeState.RELEASED,
        threads=own_threads(user, plan) if plan and latest else [],
    )


def own_sheets(user: User, assignment: Assignment) -> list[Sheet]:
    """The student's sheets of an assignment that stand, the last one first. Takes 1 query."""
    own = Sheet.objects.visible_to(user).filter(
        grade__work__student=user.pk,
        grade__work__assignment=assignment,
        release__undone_at=None,
    )
    return list(own.select_related("grade").order_by("-pk"))


def own_record(user: User) -> list[dict[str, Any]]:
    """All grades that the person was released, in the order of their releases, then what was asked.

    As plain values; of staff no name is told. Takes 3 queries.
    """
    sheets = standing_sheets(user).select_related("grade__work__assignment__seminar")
    told = list(sheets.order_by("pk"))
    latest = {sheet.grade_id: sheet.pk for sheet in told}
    grades = [
        {
            "type": "grade",
            "id": str(sheet.pk),
            "grade": str(sheet.grade_id),
            "released_at": sheet.at,
            "is_latest": latest[sheet.grade_id] == sheet.pk,
            **_place_of(sheet.grade.work.assignment),
            **sheet.content,
        }
        for sheet in told
    ]
    asked = RegradeRequest.objects.visible_to(user).filter(grade__work__student=user.pk)
    related = asked.select_related("grade__work__assignment__seminar")
    requests = [
        {
            "type": "regrade_request",
            "id": str(one.pk),
            "grade": str(one.grade_id),
            "criterion": str(one.criterion_key) if one.criterion_key else None,
            "state": one.state,
            "created_at": one.created_at,
            "settled_at": one.settled_at,
            **_place_of(one.grade.work.assignment),
            "messages": [
                {"by_student": said.author_id == user.pk, "body": said.body, "at": said.at}
                for said in one.messages.all()
            ],
        }
        for one in related.prefetch_related("messages").order_by("pk")
    ]
    return grades + requests


def _place_of(assignment: Assignment) -> dict[str, Any]:
    seminar = assignment.seminar
    return {
        "assignment": {"id": str(assignment.pk), "title": assignment.title},
        "seminar": {"id": str(seminar.pk), "title": seminar.title},
    }


def shown(sheet: Sheet) -> SheetShown:
    """The sheet in the words of a page. Reads nothing."""
    content = sheet.content
    said: dict[str, list[SafeString]] = {}
    for mark in content.get("marks", []):
        for one in mark["feedback"]:
            said.setdefault(one["item"], []).append(render_markdown(one["body"]))
    found = {
        one["item"]: _contribution(one, said.get(one["item"], []))
        for one in content.get("items", [])
    }
    return SheetShown(
        sheet=sheet,
        rule=RULES.get(content.get("rule", ""), ""),
        marks=[_mark(mark, found, content.get("points")) for mark in content.get("marks", [])],
        contributions=list(found.values()),
    )


def _mark(
    mark: Mapping[str, Any], found: Mapping[str, Contribution], most: str | None
) -> MarkShown:
    total, of = mark["total"], mark["of"]
    is_scaled = total is not None and of is not None and most is not None and of != most
    return MarkShown(
        total=total,
        of=of,
        on_scale=scaled(Decimal(total), Decimal(of), Decimal(most)) if is_scaled else None,  # type: ignore[arg-type]  # asked for above
        comment=render_markdown(mark["comment"]),
        parts=[_part(part, found) for part in mark["parts"]],
    )


def _part(part: Mapping[str, Any], found: Mapping[str, Contribution]) -> PartShown:
    level = part["level"] or {}
    return PartShown(
        title=part["title"],
        text=part["text"],
        points=part["points"],
        most=part["most"],
        level=level.get("title", ""),
        description=level.get("description", ""),
        checks=part["checks"],
        comment=render_markdown(part["comment"]),
        cited=[found[item] for item in part["cited"] if item in found],
    )


def _contribution(item: Mapping[str, Any], feedback: list[SafeString]) -> Contribution:
    return Contribution(
        label=str(Kind(item["kind"]).label),
        kind=item["kind"],
        href=reverse("annotations:detail", args=[item["annotation"]]),
        quote=Truncator(item["quote"]).chars(QUOTED),
        paragraph=item["paragraph"],
        late=late_in_words(item["late_by"]),
        feedback=feedback,
    )


def late_in_words(seconds: int) -> str:
    """Such as "2 days late"; "" for what came in time. A begun unit is a whole one."""
    if not seconds:
        return ""
    for size, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        if seconds > size:
            number = -(-seconds // size)
            return f"{number} {name}{'' if number == 1 else 's'} late"
    return "1 minute late"
