"""The assignment of an address, and whether the person manages it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import get_object_or_404

from debate.assignments.models import Assignment
from debate.assignments.permissions import may_set_essay
from debate.core.errors import NotAllowed
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from debate.accounts.http import SignedInRequest
    from debate.seminars.models import Seminar


def find_assignment(request: SignedInRequest, seminar: str, assignment: str) -> Assignment:
    """The assignment of the address. Raises Http404 unless the person may see it."""
    visible = Assignment.objects.visible_to(request.user).for_pages()
    return get_object_or_404(visible, seminar__slug=seminar, slug=assignment)


def find_own(request: SignedInRequest, seminar: str, assignment: str) -> Assignment:
    """The assignment of the address. Raises Http404 unless it concerns the person as a member."""
    concerning = Assignment.objects.set_to(request.user).for_pages()
    return get_object_or_404(concerning, seminar__slug=seminar, slug=assignment)


def find_managed(request: SignedInRequest, seminar: str, assignment: str) -> Assignment:
    """As `find_assignment`. Raises NotAllowed for all but the instructors of its seminar."""
    found = find_assignment(request, seminar, assignment)
    refuse_all_but_instructors(request, found.seminar)
    return found


def refuse_all_but_instructors(request: SignedInRequest, seminar: Seminar) -> None:
    """Raise NotAllowed unless the person sets essays there."""
    if not may_set_essay(membership_of(request.user, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar do this, and while it is not archived.")
