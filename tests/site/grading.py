"""What is graded in the worlds of the site's tests: one work of one student, and the addresses of it."""

from uuid import UUID

from annotations.grading.enums import MarkState
from tests.factories.grading import (
    GradeFactory,
    GradingPlanFactory,
    MarkFactory,
    MarkPartFactory,
    RemarkFactory,
    WorkFactory,
    WorkItemFactory,
)

WORK = UUID("5c0d4d0a-0f0e-4b1c-9d2e-0a1b2c3d4e5f")


def graded(assignment, student, note):
    """A plan of the assignment, and the student's work with that note in it. Returns the work."""
    GradingPlanFactory(assignment=assignment)
    work = WorkFactory(pk=WORK, assignment=assignment, student=student, alias="Quiet Lever")
    GradeFactory(work=work)
    WorkItemFactory(work=work, annotation=note)
    return work


def criterion_of(work):
    """The key of the first criterion by which the work is marked."""
    return work.assignment.grading_plan.rubric_version.criteria.first().key


def addresses_of_grading(work, where):
    """What stands behind the addresses of the work."""
    given = {f"grading:{name}": where for name in ("works", "next", "collect", "split")}
    at_work = where | {"work_id": work.pk}
    given |= {f"grading:{name}": at_work for name in ("desk", "lease", "take_in")}
    given["grading:criterion"] = where | {"key": criterion_of(work)}
    given["api:work-detail"] = [work.pk]
    return given


def marked(work, marker, *, state=MarkState.DRAFT, **fields):
    """A whole mark of the work, 3 of 10."""
    total = 3 if state == MarkState.SUBMITTED else None
    mark = MarkFactory(
        work=work, marker=marker, state=state, total=total, comment="Okapis agree.", **fields
    )
    for criterion in mark.rubric_version.criteria.all():
        MarkPartFactory(mark=mark, criterion=criterion, points=1)
    return mark


def marked_beside(note, marker, *, pk):
    """A draft on the work of the note's author; work and contribution have that id."""
    work = WorkFactory(pk=pk, assignment=note.assignment, student=note.author)
    GradeFactory(work=work)
    WorkItemFactory(pk=pk, work=work, annotation=note)
    return marked(work, marker)


def addresses_of_marking(work, mark, where):
    """What stands behind the addresses by which the work is marked; `mark` is one of another work."""
    at_work = where | {"work_id": work.pk}
    forms = ("mark", "part", "mark_reopen", "mark_withdraw")
    given = {f"grading:{name}": at_work for name in forms}
    given |= {f"grading:{name}": where for name in ("bulk", "bulk_undo", "remarks")}
    given["grading:item_feedback"] = at_work | {"item_id": work.items.get().pk}
    seminar = work.assignment.seminar
    remark = RemarkFactory(seminar=seminar, owner=work.assignment.created_by, is_shared=True)
    given["grading:remark"] = where | {"remark_id": remark.pk}
    calls = ("detail", "submit", "reopen", "withdraw", "feedback")
    return given | {f"api:mark-{name}": [mark.pk] for name in calls}
