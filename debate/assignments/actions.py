"""What changes assignments, and the lock that every change of their annotations takes first."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from django.db import models, transaction
from django.db.models import F, Func
from django.utils import timezone
from django.utils.text import slugify

from debate.assignments.models import Alias, Assignment, Round
from debate.assignments.permissions import may_set_essay
from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.core.text import clean, clean_name
from debate.essays.models import Essay
from debate.seminars.permissions import membership_of

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from debate.accounts.models import User


# Neutral names of things that nobody is called after.
ALIASES = (
    "Amber", "Anchor", "Aspen", "Basalt", "Beacon", "Birch", "Bramble", "Brook", "Cedar", "Chalk",
    "Cinder", "Clover", "Cobalt", "Comet", "Copper", "Coral", "Cypress", "Delta", "Dune", "Elm",
    "Ember", "Fern", "Fjord", "Flint", "Garnet", "Granite", "Harbour", "Hazel", "Heath", "Heron",
    "Indigo", "Inlet", "Island", "Jasper", "Juniper", "Kestrel", "Lagoon", "Lantern", "Larch",
    "Linden", "Marble", "Meadow", "Meridian", "Moss", "Nimbus", "Oak", "Ochre", "Onyx", "Opal",
    "Orchard", "Pebble", "Pine", "Plover", "Poplar", "Prairie", "Quartz", "Quill", "Reed", "Ridge",
    "Rowan", "Rush", "Saffron", "Sage", "Sandstone", "Sequoia", "Slate", "Spruce", "Summit",
    "Tamarisk", "Teal", "Thicket", "Thistle", "Tide", "Topaz", "Tundra", "Umber", "Valley",
    "Walnut", "Willow", "Zephyr",
)  # fmt: skip
ASKED = ("comments", "counterarguments", "evidence")
CHANGEABLE = (
    "title",
    "instructions",
    "opens_at",
    "due_at",
    "closes_at",
    *(f"asked_{kind}" for kind in ASKED),
)


@transaction.atomic
def set_essay(
    *,
    actor: User,
    essay: Essay,
    title: str = "",
    slug: str = "",
    instructions: str = "",
    opens_at: datetime | None = None,
    due_at: datetime | None = None,
    closes_at: datetime | None = None,
    asked: dict[str, int] | None = None,
) -> Assignment:
    """Set the essay to its seminar, with one open round.

    Title and slug are taken from the essay's title when not given; `asked` maps `comments`,
    `counterarguments` and `evidence` to how many. Raises NotAllowed for all but instructors,
    Invalid that names the field, Conflict on `slug`, or `title` when no slug is given, when the
    seminar has an assignment there.
    """
    seminar = essay.seminar
    if not may_set_essay(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar set essays.")
    # Locked, so that a revision published meanwhile is shown or finds this assignment.
    revision = Essay.objects.select_for_update(no_key=True).get(pk=essay.pk).current_revision
    if revision is None:
        raise Invalid("This essay has no text yet.", field="essay")
    title = clean_name(title or essay.title, field="title")
    address = slugify(slug or title)[:80].strip("-") or "essay"
    if seminar.assignments.filter(slug=address).exists():
        raise Conflict(
            "This seminar has an assignment of that name already. Please choose another.",
            field="slug" if slug else "title",
        )
    opens_at = opens_at or timezone.now()
    _check_dates(opens_at, due_at, closes_at)
    assignment = Assignment.objects.create(
        seminar=seminar,
        essay=essay,
        revision=revision,
        title=title,
        slug=address,
        instructions=clean(instructions, field="instructions", limit=10_000, required=False),
        opens_at=opens_at,
        due_at=due_at,
        closes_at=closes_at,
        created_by=actor,
        **{f"asked_{kind}": count for kind, count in (asked or {}).items()},
    )
    Round.objects.create(assignment=assignment, opens_at=opens_at)
    return assignment


@transaction.atomic
def change_assignment(
    *,
    actor: User,
    assignment_id: UUID,
    title: str,
    instructions: str,
    opens_at: datetime,
    due_at: datetime | None,
    closes_at: datetime | None,
    asked: dict[str, int],
) -> Assignment:
    """Change what is asked and when; the essay and the address stay.

    The first round opens with the assignment. Raises Missing for an assignment that the actor may
    not know of, NotAllowed for all but instructors, Invalid that names the field.
    """
    known = Assignment.objects.visible_to(actor).select_related("seminar")
    seen = known.filter(pk=assignment_id).first()
    if seen is None:
        raise Missing
    if not may_set_essay(membership_of(actor, seen.seminar), seen.seminar):
        raise NotAllowed("Only instructors of this seminar change its assignments.")
    assignment, _ = lock_assignment(assignment_id)
    _check_dates(opens_at, due_at, closes_at)
    assignment.title = clean_name(title, field="title")
    assignment.instructions = clean(
        instructions, field="instructions", limit=10_000, required=False
    )
    assignment.opens_at, assignment.due_at, assignment.closes_at = opens_at, due_at, closes_at
    for kind, count in asked.items():
        setattr(assignment, f"asked_{kind}", count)
    assignment.save(update_fields=[*CHANGEABLE, "updated_at"])
    assignment.rounds.filter(number=1).update(opens_at=opens_at)
    return assignment


def _check_dates(opens: datetime, due: datetime | None, closes: datetime | None) -> None:
    if due and due < opens:
        raise Invalid("It cannot be due before it opens.", field="due_at")
    if closes and closes < (due or opens):
        raise Invalid("It cannot close before it is due.", field="closes_at")


class ClockTimestamp(Func):
    """The database's clock at the moment the row is read, not the transaction's beginning."""

    function = "clock_timestamp"
    template = "%(function)s()"
    output_field = models.DateTimeField()


def lock_assignment(assignment_id: UUID) -> tuple[Assignment, datetime]:
    """Lock the assignment as every change of its annotations does, before any other row.

    `FOR NO KEY UPDATE`, so that rows that merely refer to it are not held up. Returns it with the
    database's time after the lock was granted, by which deadlines are decided. Raises Missing.
    """
    # Alone: joined to its revision the row would be gone for whoever waited while another revision
    # was published, as PostgreSQL looks for the new row's partner among the old snapshot's.
    locked = Assignment.objects.select_for_update(no_key=True).filter(pk=assignment_id)
    if not locked.values_list("pk", flat=True):
        raise Missing
    assignment = Assignment.objects.select_related("seminar", "revision").get(pk=assignment_id)
    now: datetime = (
        Assignment.objects.filter(pk=assignment_id).values_list(ClockTimestamp(), flat=True).get()
    )
    return assignment, now


def raise_counter(assignment: Assignment, by: int = 1, *, until: datetime | None = None) -> int:
    """Raise the locked assignment's counter; returns its new value.

    Of a change that has to be in time, `until` is the moment it closes: then the statement that
    writes looks at the database's clock itself. Raises InvalidState when that moment has come.
    """
    assignment.change_counter += by
    rows = Assignment.objects.filter(pk=assignment.pk)
    if until:
        rows = rows.annotate(now=ClockTimestamp()).filter(now__lt=until)
    if not rows.update(change_counter=F("change_counter") + by):
        raise InvalidState(
            "This assignment has closed, so nothing more can be posted or changed.", code="closed"
        )
    return assignment.change_counter


def alias_for(assignment: Assignment, user: User) -> Alias:
    """The person's alias in the assignment, whose lock the caller holds; a new one at first.

    Names are drawn by chance, so that they tell nothing of the order in which people came.
    """
    known = Alias.objects.filter(assignment=assignment, user=user).first()
    if known:
        return known
    taken = set(assignment.aliases.values_list("name", flat=True))
    free = [name for name in ALIASES if name not in taken]
    number = 2
    while not free:
        free = [f"{name} {number}" for name in ALIASES if f"{name} {number}" not in taken]
        number += 1
    return Alias.objects.create(assignment=assignment, user=user, name=secrets.choice(free))
