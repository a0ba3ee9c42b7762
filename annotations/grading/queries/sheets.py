"""What a student is shown of a grade: built once, at its release, and read from there ever after."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from django.db.models import Prefetch

from annotations.grading.models import Criterion, Mark, MarkPart, WorkItem
from annotations.models import Anchor, AnnotationVersion

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from decimal import Decimal
    from uuid import UUID

    from annotations.grading.models import Grade, GradingPlan

    Content = dict[str, Any]

FORM = 1
"""The form of a sheet's content, for whoever reads old ones."""


def contents_of(plan: GradingPlan, grades: Collection[Grade], most: Decimal) -> dict[UUID, Content]:
    """What each of these grades shows its student now, by the grade's id. Takes 7 queries.

    The parts are those of the marks that the grade rests on, in the versions that it names; who
    marked is not told, nor what markers noted for themselves.
    """
    works = [grade.work_id for grade in grades]
    marks = _marks_of(grades)
    items = _items_of(works, plan)
    contents = {}
    for grade in grades:
        shown = [marks[pk] for pk in grade.basis.get("marks", {}) if pk in marks]
        if grade.basis.get("stands"):
            shown.sort(key=lambda mark: str(mark.pk) != grade.basis["stands"])
        contents[grade.pk] = {
            "form": FORM,
            "final": _text(grade.final),
            "points": _text(most),
            "raw": _text(grade.raw),
            "late_deduction": _text(grade.late_deduction),
            "adjustment": _text(grade.adjustment),
            "excused": grade.is_excused,
            "rule": grade.basis.get("rule", ""),
            "marks": [] if grade.is_excused else [_mark(mark) for mark in shown],
            "items": items.get(grade.work_id, []),
        }
    return contents


def _marks_of(grades: Iterable[Grade]) -> dict[str, Mark]:
    wanted = {pk for grade in grades for pk in grade.basis.get("marks", {})}
    parts = MarkPart.objects.select_related("criterion", "level").prefetch_related(
        "checks", "cited"
    )
    criteria = Criterion.objects.order_by("position")
    rows = Mark.objects.filter(pk__in=wanted).prefetch_related(
        Prefetch("parts", parts.order_by("criterion__position")),
        "feedback",
        Prefetch("rubric_version__criteria", criteria),
    )
    return {str(mark.pk): mark for mark in rows.select_related("rubric_version")}


def _mark(mark: Mark) -> Content:
    return {
        "total": _text(mark.total),
        "of": _text(mark.rubric_version.points),
        "comment": mark.comment,
        "parts": [_part(part) for part in mark.parts.all()],
        "feedback": [{"item": str(one.item_id), "body": one.body} for one in mark.feedback.all()],
    }


def _part(part: MarkPart) -> Content:
    criterion, level = part.criterion, part.level
    return {
        "criterion": str(criterion.key),
        "title": criterion.title,
        "text": criterion.student_text,
        "kind": criterion.kind,
        "points": _text(part.points),
        "most": _text(criterion.points),
        "weight": _text(criterion.weight),
        "level": None
        if level is None
        else {"title": level.title, "description": level.description},
        "checks": [check.title for check in part.checks.all()],
        "comment": part.comment,
        "cited": [str(item.pk) for item in part.cited.all()],
    }


def _items_of(works: Collection[UUID], plan: GradingPlan) -> dict[UUID, list[Content]]:
    """The contributions of each work as they were graded, with what they quote."""
    items = list(
        WorkItem.objects.filter(work__in=works).select_related("annotation").order_by("position")
    )
    annotations = [item.annotation_id for item in items]
    kinds = {
        (row.annotation_id, row.version): row.kind
        for row in AnnotationVersion.objects.filter(annotation__in=annotations).only(
            "annotation_id", "version", "kind"
        )
    }
    places: dict[UUID, tuple[int | None, str]] = {}
    anchors = Anchor.objects.filter(
        annotation__in=annotations, revision=plan.assignment.revision_id
    ).select_related("paragraph")
    for anchor in anchors.order_by("pk"):
        number = anchor.paragraph.number if anchor.paragraph else None
        places.setdefault(anchor.annotation_id, (number, anchor.exact or ""))
    found: dict[UUID, list[Content]] = defaultdict(list)
    for item in items:
        number, quote = places.get(item.annotation_id, (None, ""))
        kind = kinds.get((item.annotation_id, item.annotation_version), item.annotation.kind)
        found[item.work_id].append(
            {
                "item": str(item.pk),
                "annotation": str(item.annotation_id),
                "version": item.annotation_version,
                "kind": kind,
                "paragraph": number,
                "quote": quote,
                "late_by": item.late_by,
            }
        )
    return found


def _text(number: Decimal | None) -> str | None:
    return None if number is None else f"{number:.2f}"
