"""The grading of an address, and that its pages are kept nowhere."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from django.views.decorators.cache import cache_control

from annotations.grading.models import Work
from annotations.grading.permissions import may_mark, may_see_gradebook, may_set_up_grading
from debate.assignments.models import Assignment
from debate.core.errors import Missing, NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from annotations.grading.models import GradingPlan
    from debate.accounts.models import User
    from debate.seminars.models import Membership

View = TypeVar("View", bound=Callable[..., Any])

ONLY_STAFF = "Only staff of this seminar see its grading."
ONLY_INSTRUCTORS = "Only instructors of this seminar do this, and while it is not archived."


def never_stored(view: View) -> View:
    """No browser and nothing on the way keeps the page: what it shows may be taken back."""
    return cache_control(private=True, no_store=True)(view)


@dataclass(frozen=True, slots=True)
class Graded:
    """An assignment whose grading the person sees as staff; `plan` None before it is set up."""

    assignment: Assignment
    membership: Membership
    plan: GradingPlan | None

    @property
    def planned(self) -> GradingPlan:
        """The plan. Raises Missing without one."""
        if self.plan is None:
            raise Missing
        return self.plan

    @property
    def marks(self) -> bool:
        """Whether the person marks works now: not in an archived seminar."""
        return may_mark(self.membership, self.assignment.seminar)

    @property
    def sets_up(self) -> bool:
        """Whether the person sets up the grading."""
        return may_set_up_grading(self.membership, self.assignment.seminar)


def find_graded(user: User, seminar: str, assignment: str) -> Graded:
    """The grading of the address. Raises Missing, NotAllowed for all but staff. Takes 2 queries."""
    known = Assignment.objects.set_to(user).for_pages()
    rows = known.select_related("grading_plan__rubric_version__rubric")
    found = rows.filter(seminar__slug=seminar, slug=assignment).first()
    if found is None:
        raise Missing
    membership = membership_of(user, found.seminar)
    if membership is None or not may_see_gradebook(membership):
        raise NotAllowed(ONLY_STAFF)
    plan: GradingPlan | None = getattr(found, "grading_plan", None)
    return Graded(found, membership, plan)


def find_work(user: User, graded: Graded, work_id: UUID) -> Work:
    """A work of the assignment that the person may mark. Raises Missing."""
    works = Work.objects.marked_by(user).filter(assignment=graded.assignment)
    found = works.select_related("student", "grade").filter(pk=work_id).first()
    if found is None:
        raise Missing
    return found


def refuse_all_but_instructors(graded: Graded) -> None:
    """Raise NotAllowed unless the person sets up the grading."""
    if not graded.sets_up:
        raise NotAllowed(ONLY_INSTRUCTORS)
