"""Who marks what: the staff who may, the sections, and what a split would do before it is done."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import TYPE_CHECKING

from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from annotations.grading.enums import DOUBLE, GradeState, MarkRole
from annotations.grading.models import Mark, Work
from debate.seminars.enums import GroupKind
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence
    from uuid import UUID

    from annotations.grading.models import GradingPlan
    from debate.assignments.models import Assignment


def kept_of(assignment_id: UUID, *, role: MarkRole) -> dict[UUID, UUID | None]:
    """The works that no split moves in that role, each with who marks it; None where nobody does.

    They are those of which a mark stands in the role, and those that are released. Takes 1 query.
    """
    marks = Mark.objects.standing().filter(work=OuterRef("pk"), role=role)
    works = Work.objects.filter(assignment=assignment_id).annotate(
        kept_by=Subquery(marks.values("marker")[:1])
    )
    kept = works.filter(Q(kept_by__isnull=False) | Q(grade__state=GradeState.RELEASED))
    return dict(kept.values_list("pk", "kept_by"))


def planned_split(
    works: Sequence[Work],
    markers: Sequence[UUID],
    *,
    role: MarkRole,
    kept: Mapping[UUID, UUID | None] | None = None,
) -> dict[UUID, UUID]:
    """Which of the works goes to which marker, evenly and by chance; the same for the same works.

    What is assigned or `kept` (`kept_of`) stays so, and counts to whom it is. Who is the first
    marker of a work is not its second one.
    """
    kept = kept or {}
    field, other = fields_of(role)
    loads = dict.fromkeys(markers, 0)
    found = {}
    for work in works:
        known = kept.get(work.pk) or getattr(work, f"{field}_id")
        if known in loads:
            loads[known] += 1
    waiting = [
        work for work in works if work.pk not in kept and getattr(work, f"{field}_id") is None
    ]
    for work in sorted(waiting, key=lambda one: hashlib.sha256(one.pk.bytes).digest()):
        free = [one for one in markers if one != getattr(work, f"{other}_id")]
        if free:
            chosen = min(free, key=lambda one: (loads[one], markers.index(one)))
            loads[chosen] += 1
            found[work.pk] = chosen
    return found


def split_by_section(
    assignment: Assignment, works: Iterable[Work], markers: Mapping[UUID, UUID], *, role: MarkRole
) -> dict[UUID, UUID]:
    """Which work goes to which marker, by the section of its student; `markers` by section."""
    members = Group.members.through.objects.filter(
        group__in=list(markers), group__seminar=assignment.seminar_id
    )
    sections: dict[UUID, UUID] = {}
    for user, group in members.order_by("group__name").values_list("user_id", "group_id"):
        sections.setdefault(user, group)
    _, other = fields_of(role)
    return {
        work.pk: markers[sections[work.student_id]]
        for work in works
        if work.student_id in sections
        and getattr(work, f"{other}_id") != markers[sections[work.student_id]]
    }


def roles_of(plan: GradingPlan) -> list[MarkRole]:
    """The roles in which works are split: the second only where two marks make a grade."""
    return [MarkRole.FIRST, *([MarkRole.SECOND] if plan.marking_mode in DOUBLE else [])]


def markers_of(assignment: Assignment) -> list[Membership]:
    """The staff of the assignment's seminar, by name."""
    staff = Membership.objects.staff().people().filter(seminar=assignment.seminar_id)
    return list(
        staff.select_related("user").order_by(Coalesce("user__name", "user__username"), "pk")
    )


def sections_of(assignment: Assignment) -> list[Group]:
    """The sections of the assignment's seminar, by name."""
    found = Group.objects.filter(seminar=assignment.seminar_id, kind=GroupKind.SECTION)
    return list(found.order_by("name", "pk"))


def reach_of(limited: Collection[Membership]) -> dict[UUID, set[UUID]]:
    """Whose work each limited assistant sees."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    if limited:
        members = Group.members.through.objects.filter(group__assistants__in=limited)
        for assistant, student in members.values_list("group__assistants__user_id", "user_id"):
            found[assistant].add(student)
    return found


def fields_of(role: MarkRole) -> tuple[str, str]:
    """The member of a work that names who marks it in that role, and that of the other one.

    Of the first two roles; a third marker is asked for by work (`actions.judging`).
    """
    return ("second_marker", "marker") if role == MarkRole.SECOND else ("marker", "second_marker")
