"""Rubrics as they are read: their lists, what a version says, and where it is used."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce

from annotations.grading.enums import MarkState
from annotations.grading.formats.content import CriterionContent, LevelContent, RubricContent
from annotations.grading.models import (
    Criterion,
    GradingPlan,
    Level,
    Mark,
    Rubric,
    RubricVersion,
)
from debate.seminars.models import Seminar

if TYPE_CHECKING:
    from uuid import UUID

    from django.db.models import QuerySet

    from debate.accounts.models import User

MOST_LISTED = 200


def content_of(version: RubricVersion | None) -> RubricContent:
    """What the version says, as a value; nothing for None. Takes 2 queries, unless read before."""
    if version is None:
        return RubricContent()
    return RubricContent(
        criteria=tuple(
            CriterionContent(
                key=one.key,
                title=one.title,
                kind=one.kind,
                tag=one.tag,
                student_text=one.student_text,
                marker_text=one.marker_text,
                points=one.points,
                weight=one.weight,
                requires_citation=one.requires_citation,
                levels=tuple(
                    LevelContent(
                        key=level.key,
                        title=level.title,
                        points=level.points,
                        description=level.description,
                    )
                    for level in one.levels.all()
                ),
            )
            for one in version.criteria.all()
        )
    )


def with_content() -> Prefetch[Any]:
    """The criteria of versions, each with its levels, in their order: 2 queries."""
    levels = Prefetch("levels", Level.objects.order_by("position"))
    return Prefetch("criteria", Criterion.objects.order_by("position").prefetch_related(levels))


def latest_of(rubric: Rubric) -> RubricVersion | None:
    """The newest version of the rubric with what it says; None before the first. Takes 3 queries."""
    versions = RubricVersion.objects.filter(rubric=rubric).order_by("-number")
    return (
        versions.select_related("published_by", "rubric").prefetch_related(with_content()).first()
    )


def with_latest(rubrics: QuerySet[Rubric]) -> QuerySet[Rubric]:
    """The rubrics with `latest_number`, `latest_points`, `latest_criteria`, `latest_at`, `uses`."""
    newest = RubricVersion.objects.filter(rubric=OuterRef("pk")).order_by("-number")
    criteria = Criterion.objects.filter(
        rubric_version__rubric=OuterRef("pk"), rubric_version__number=OuterRef("latest_number")
    )
    counted = criteria.order_by().values("rubric_version").annotate(count=Count("pk"))
    plans = GradingPlan.objects.filter(rubric_version__rubric=OuterRef("pk")).order_by()
    used = plans.values("rubric_version__rubric").annotate(count=Count("pk"))
    return rubrics.annotate(
        latest_number=Subquery(newest.values("number")[:1]),
        latest_points=Subquery(newest.values("points")[:1]),
        latest_at=Subquery(newest.values("published_at")[:1]),
        latest_criteria=Coalesce(Subquery(counted.values("count")[:1]), 0),
        uses=Coalesce(Subquery(used.values("count")[:1]), 0),
    )


def listed(
    user: User, seminar: Seminar | None, *, words: str = "", archived: bool = False
) -> list[Rubric]:
    """Rubrics of the seminar, or of the person's library, by title; with words in title or criteria.

    Takes 1 query. At most 200.
    """
    rubrics = Rubric.objects.visible_to(user).filter(seminar=seminar)
    rubrics = rubrics.filter(archived_at__isnull=not archived)
    if words:
        criteria = Criterion.objects.filter(title__icontains=words)
        rubrics = rubrics.filter(
            Q(title__icontains=words) | Q(versions__in=criteria.values("rubric_version"))
        ).distinct()
    return list(with_latest(rubrics).order_by("title", "id")[:MOST_LISTED])


def uses_of(user: User, rubric: Rubric) -> list[GradingPlan]:
    """The plans that ask by one of the rubric's versions, where the person may know of them.

    Each with `number` of its version, `marks` that are not withdrawn, and assignment and seminar.
    Takes 1 query.
    """
    marks = Mark.objects.filter(work__assignment=OuterRef("assignment")).exclude(
        state=MarkState.WITHDRAWN
    )
    counted = marks.order_by().values("work__assignment").annotate(count=Count("pk"))
    plans = GradingPlan.objects.visible_to(user).filter(rubric_version__rubric=rubric)
    told = plans.annotate(
        number=F("rubric_version__number"),
        marks=Coalesce(Subquery(counted.values("count")[:1]), 0),
    )
    return list(
        told.select_related("assignment__seminar", "rubric_version").order_by(
            "assignment__title", "pk"
        )
    )


def to_choose(user: User, seminar: Seminar) -> list[tuple[UUID, str]]:
    """The rubrics that a plan of the seminar may ask by, with their names; 1 query.

    Those of the seminar first, then the person's library, which is copied when it is chosen.
    """
    rubrics = Rubric.objects.visible_to(user).filter(archived_at=None)
    rubrics = rubrics.filter(Q(seminar=seminar) | Q(seminar=None))
    found = rubrics.filter(Exists(RubricVersion.objects.filter(rubric=OuterRef("pk"))))
    rows = list(found.order_by(F("seminar").asc(nulls_last=True), "title", "id"))
    return [
        (one.pk, one.title if one.seminar_id else f"{one.title} (your library, copied)")
        for one in rows
    ]


def versions_of(rubric: Rubric) -> list[RubricVersion]:
    """All versions, the newest first, with who published them; without what they say. 1 query."""
    versions = RubricVersion.objects.filter(rubric=rubric).select_related("published_by")
    return list(versions.order_by("-number"))


def teaching(user: User) -> list[Seminar]:
    """The seminars in which the person is instructor, by title; not those that are archived."""
    taught = Seminar.objects.taught_by(user).filter(archived_at=None)
    return list(taught.order_by("title"))
