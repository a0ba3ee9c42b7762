"""What has happened in a seminar lately, as its members may know it: who wrote what, and where."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import F
from django.utils import timezone

from annotations.models import Anchor, Annotation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from debate.accounts.models import User
    from debate.assignments.models import Assignment

SHOWN = 10


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody wrote something; `whom` it answers, "" where it stands beside the text.

    `number` is the paragraph's, None where the text has no place for it any more.
    """

    kind: str
    who: str
    is_mine: bool
    is_reply: bool
    whom: str
    to_me: bool
    to_self: bool
    number: int | None
    assignment: str
    href: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Day:
    """What happened on one day, the newest first."""

    date: date
    events: list[Event]


@dataclass(frozen=True, slots=True)
class Activity:
    """A page of what happened; `before` is where the next begins, None at the end."""

    days: list[Day]
    before: UUID | None
    is_first: bool


def activity(
    user: User, assignments: Sequence[Assignment], *, before: UUID | None = None
) -> Activity:
    """What others can read of what was written in these assignments, newest first. Takes 3 queries.

    Begins at `visible_to`: a blind round tells nothing of the others, a pseudonym stands for its name.
    """
    titles = {one.pk: one.title for one in assignments}
    written = Annotation.objects.visible_to(user).counted().filter(assignment__in=titles)
    if before:
        written = written.filter(pk__lt=before)
    named = written.with_shown_author(user).order_by("-pk")
    rows = list(named.defer("search", "body", "body_html")[: SHOWN + 1])
    shown = rows[:SHOWN]
    parents = _parents(user, [one.parent_id for one in shown if one.parent_id])
    numbers = _numbers([one.root_id or one.pk for one in shown])
    events = [_event(user, one, titles, parents, numbers) for one in shown]
    days = groupby(events, key=lambda event: timezone.localdate(event.at))
    return Activity(
        days=[Day(date, list(found)) for date, found in days],
        before=shown[-1].pk if len(rows) > SHOWN else None,
        is_first=before is None,
    )


def _parents(user: User, ids: Sequence[UUID]) -> dict[UUID, tuple[UUID, str]]:
    """Who wrote what is answered, and under which name the person reads it."""
    seen = Annotation.objects.visible_to(user).with_shown_author(user).filter(pk__in=ids)
    rows = seen.values_list("pk", "author_id", "shown_author_name")  # type: ignore[misc]  # annotated
    return {pk: (author, name) for pk, author, name in rows}


def _numbers(ids: Sequence[UUID]) -> dict[UUID, int | None]:
    """The numbers of the paragraphs where these annotations stand first."""
    places = Anchor.objects.filter(
        annotation__in=ids, revision=F("annotation__assignment__revision"), position=0
    )
    return dict(places.values_list("annotation_id", "paragraph__number"))


def _event(
    user: User,
    one: Annotation,
    titles: dict[UUID, str],
    parents: dict[UUID, tuple[UUID, str]],
    numbers: dict[UUID, int | None],
) -> Event:
    author, whom = parents.get(one.parent_id, (None, "")) if one.parent_id else (None, "")
    return Event(
        kind=one.kind,
        who=one.shown_author_name,  # type: ignore[attr-defined]  # annotated
        is_mine=one.author_id == user.pk,
        is_reply=one.parent_id is not None,
        whom=whom,
        to_me=author == user.pk,
        to_self=author == one.author_id,
        number=numbers.get(one.root_id or one.pk),
        assignment=titles[one.assignment_id],
        href=one.get_absolute_url(),
        at=one.created_at,
    )
