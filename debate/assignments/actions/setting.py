"""An essay set to its seminar, what is asked of its readers, and the end of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypedDict, Unpack

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone
from django.utils.text import slugify

from debate.assignments.actions.locking import locked_by_instructor
from debate.assignments.actions.rounds import RoundInput, put_rounds
from debate.assignments.models import Assignment
from debate.assignments.permissions import may_set_essay
from debate.core.errors import Conflict, Invalid, InvalidState, NotAllowed
from debate.core.text import clean, clean_name
from debate.essays.models import Essay
from debate.seminars.models import Group
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User

MOST_ASKED = 50
ASKED = ("comments", "counterarguments", "evidence", "replies", "paragraphs")


class SetUp(TypedDict, total=False):
    """What an instructor says of an assignment; what is left out stays as it is, or by default.

    `asked` maps `comments`, `counterarguments`, `evidence`, `replies` and `paragraphs` to how many.
    `group_ids` are those of the groups that take part where `is_for_groups`.
    """

    title: str
    instructions: str
    opens_at: datetime | None
    due_at: datetime | None
    closes_at: datetime | None
    asked: Mapping[str, int]
    is_for_groups: bool
    group_ids: Sequence[UUID]
    uses_pseudonyms: bool
    requires_approval: bool
    resolution: str
    rounds: Sequence[RoundInput]


@transaction.atomic
def set_essay(*, actor: User, essay: Essay, slug: str = "", **given: Unpack[SetUp]) -> Assignment:
    """Set the essay to its seminar, with one open round unless rounds are given.

    Title and slug are taken from the essay's title when not given. Raises NotAllowed for all but
    instructors, Invalid that names the field, Conflict on `slug`, or `title` when no slug is given,
    when the seminar has an assignment there.
    """
    seminar = essay.seminar
    if not may_set_essay(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar set essays.")
    # Locked, so that a revision published meanwhile is shown or finds this assignment.
    revision = Essay.objects.select_for_update(no_key=True).get(pk=essay.pk).current_revision
    if revision is None:
        raise Invalid("This essay has no text yet.", field="essay")
    given["title"] = clean_name(given.get("title") or essay.title, field="title")
    address = slugify(slug or given["title"])[:80].strip("-") or "essay"
    if seminar.assignments.filter(slug=address).exists():
        raise Conflict(
            "This seminar has an assignment of that name already. Please choose another.",
            field="slug" if slug else "title",
        )
    assignment = Assignment(
        seminar=seminar, essay=essay, revision=revision, slug=address, created_by=actor
    )
    groups = _take(assignment, given)
    assignment.save(force_insert=True)
    assignment.groups.set(groups)
    put_rounds(assignment, given.get("rounds") or [RoundInput()], timezone.now())
    return assignment


@transaction.atomic
def change_assignment(*, actor: User, assignment_id: UUID, **given: Unpack[SetUp]) -> Assignment:
    """Change what is given of the set-up; the essay and the address stay.

    Raises Missing for an assignment that the actor may not know of, NotAllowed for all but
    instructors, Invalid that names the field, InvalidState where posts forbid the change.
    """
    assignment, now = locked_by_instructor(actor, assignment_id)
    named = given.get("uses_pseudonyms", assignment.uses_pseudonyms)
    if named != assignment.uses_pseudonyms and has_posts(assignment):
        raise InvalidState(
            "Somebody has posted under the names as they are, so this cannot be changed any more.",
            field="uses_pseudonyms",
        )
    groups = _take(assignment, given)
    assignment.save()
    assignment.groups.set(groups)
    rounds = given.get("rounds")
    if rounds is None:
        rounds = [RoundInput.of(one) for one in assignment.rounds.all()]
    put_rounds(assignment, rounds, now)
    return assignment


@transaction.atomic
def close_assignment(*, actor: User, assignment_id: UUID) -> Assignment:
    """Let nothing more be posted from now on; one that has closed already stays as it is.

    Rounds stay as they are, so that a blind one is revealed when it was to be. Raises Missing, and
    NotAllowed for all but instructors.
    """
    assignment, now = locked_by_instructor(actor, assignment_id)
    if assignment.closes_at and assignment.closes_at <= now:
        return assignment
    closes = max(now, assignment.opens_at)
    assignment.closes_at = closes
    assignment.due_at = assignment.due_at and min(assignment.due_at, closes)
    assignment.save(update_fields=["closes_at", "due_at", "updated_at"])
    return assignment


@transaction.atomic
def delete_assignment(*, actor: User, assignment_id: UUID) -> None:
    """Delete an assignment in which nothing was ever posted; the essay goes back to the shelf.

    Raises Missing, NotAllowed for all but instructors, InvalidState once something was posted, and
    (`has_works`) where students have works in it.
    """
    assignment, _ = locked_by_instructor(actor, assignment_id)
    if has_posts(assignment):
        raise InvalidState("Something was posted in it, so it can only be closed.")
    try:
        assignment.delete()
    except ProtectedError as error:
        raise InvalidState(
            "Works to grade were collected in it, so it can only be closed.", code="has_works"
        ) from error


def has_posts(assignment: Assignment) -> bool:
    """Whether anything was ever posted in the assignment, whatever has become of it."""
    return assignment.annotations.exists()


def _take(assignment: Assignment, given: SetUp) -> Sequence[Group]:
    """Set the fields that are given; returns the groups that take part. Raises Invalid."""
    if "title" in given:
        assignment.title = clean_name(given["title"], field="title")
    if "instructions" in given:
        assignment.instructions = clean(
            given["instructions"], field="instructions", limit=10_000, required=False
        )
    if "resolution" in given:
        assignment.resolution = clean(
            given["resolution"], field="resolution", limit=500, required=False, one_line=True
        )
    assignment.uses_pseudonyms = given.get("uses_pseudonyms", assignment.uses_pseudonyms)
    assignment.requires_approval = given.get("requires_approval", assignment.requires_approval)
    _take_dates(assignment, given)
    _take_asked(assignment, given.get("asked", {}))
    return _take_groups(assignment, given)


def _take_dates(assignment: Assignment, given: SetUp) -> None:
    opens = given.get("opens_at") or assignment.opens_at
    due = given.get("due_at", assignment.due_at)
    closes = given.get("closes_at", assignment.closes_at)
    if due and due < opens:
        raise Invalid("It cannot be due before it opens.", field="due_at")
    if closes and closes < (due or opens):
        raise Invalid("It cannot close before it is due.", field="closes_at")
    assignment.opens_at, assignment.due_at, assignment.closes_at = opens, due, closes


def _take_asked(assignment: Assignment, asked: Mapping[str, int]) -> None:
    for what, count in asked.items():
        if what not in ASKED or not 0 <= count <= MOST_ASKED:
            raise Invalid(f"Give a number from 0 to {MOST_ASKED}.", field=f"asked.{what}")
        setattr(assignment, f"asked_{what}", count)


def _take_groups(assignment: Assignment, given: SetUp) -> Sequence[Group]:
    assignment.is_for_groups = given.get("is_for_groups", assignment.is_for_groups)
    if not assignment.is_for_groups:
        return []
    if "group_ids" not in given:
        found = list(assignment.groups.all())
    else:
        wanted = set(given["group_ids"])
        found = list(Group.objects.filter(seminar=assignment.seminar_id, pk__in=wanted))
        if len(found) < len(wanted):
            raise Invalid("This seminar has no such group.", field="groups")
    if not found:
        raise Invalid("Choose the groups that take part.", field="groups")
    return found
