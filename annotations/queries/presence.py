"""Who reads the same essay just now, for the people of the seminar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Subquery

from annotations.models import Presence
from annotations.queries.cards import initials
from debate.essays.models import Paragraph
from debate.seminars.models import Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from annotations.queries.view_keys import View
    from debate.accounts.models import User
    from debate.assignments.models import Assignment

MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class ReadingPerson:
    """Somebody who reads; `paragraph` is the number of the one where, for who shares it."""

    name: str
    initials: str
    paragraph: int | None


@dataclass(frozen=True, slots=True)
class Reading:
    """How many others read just now, and some of them by name, in the order of names."""

    count: int
    people: list[ReadingPerson]


def reading_now(user: User | AnonymousUser, assignment: Assignment, view: View) -> Reading | None:
    """Who else reads the assignment. Takes 1 query.

    None where one may not know: for who is no member, in a blind round, and where students go by
    other names.
    """
    if not view.is_set or view.is_blind_now or view.uses_pseudonyms:
        return None
    members = Membership.objects.filter(seminar=assignment.seminar_id, user=OuterRef("user"))
    places = Paragraph.objects.filter(
        revision=assignment.revision_id, key=OuterRef("paragraph_key")
    )
    here = (
        Presence.objects.visible_to(user)
        .now()
        .filter(Exists(members), assignment=assignment)
        .exclude(user=user.pk)
        .select_related("user")
        .only("user__name", "user__username", "user__shares_paragraph", "paragraph_key")
        .annotate(number=Subquery(places.values("number")[:1]))
    )
    people = sorted(
        (
            ReadingPerson(
                one.user.display_name,
                initials(one.user.display_name),
                one.number  # type: ignore[attr-defined]  # annotated
                if one.user.shares_paragraph
                else None,
            )
            for one in here
        ),
        key=lambda one: (one.paragraph is None, one.name),
    )
    return Reading(len(people), people[:MOST_NAMED])
