"""The state in which a person reads the annotations of an assignment, without looking at them.

What the API hashes into the tags of lists, exports and feeds: as long as the state is the same, the
person is shown the same.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now

from annotations.models import Appearance
from annotations.models.appearance import NAMES
from annotations.queries.view_keys import view_of
from debate.assignments.enums import RoundMode
from debate.assignments.models import Assignment, Round
from debate.core.db import ANYBODY, Somebody, prepared, to_be_told, told
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from uuid import UUID

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from debate.accounts.models import User

State = tuple[object, ...]
"""Parts whose texts tell one state from another."""

# What `View` is made of, and what is called how. The last two say which blind rounds hide.
_FACTS = (
    "change_counter",
    "revision",
    "is_for_groups",
    "uses_pseudonyms",
    "essay__is_public",
    "seminar__allows_public",
    "seminar__archived_at",
    "role",
    "limited",
    "own_groups",
    "set_groups",
    "people",
    "staff",
    "appearances",
    "hiding",
    "revealing",
)


def state_of(user: User | AnonymousUser, assignment_id: UUID) -> State | None:
    """What the person sees there: counter, rules, and what names and sources are called.

    None where there is no such assignment for the person. Takes one query, which looks at no
    annotations; for visitors, and where a blind round reveals itself after some posts, up to 8 more.
    Read before what is shown, so that a change between the two is told as one once more, never
    passed over.
    """
    facts = _prepared_facts(user.pk) if user.pk else _facts(user)
    rows = prepared(facts.filter(pk=assignment_id).values_list(*_FACTS))
    if not rows:
        return None
    if user.pk and not rows[0][-1]:
        return (user.pk, assignment_id, *rows[0])
    assignment = Assignment.objects.select_related("seminar", "essay").get(pk=assignment_id)
    return (user.pk, assignment_id, *rows[0], view_of(user, assignment).key)


def _prepared_facts(reader: UUID) -> QuerySet[Assignment]:
    return told(_facts_for_anybody(), reader)


@lru_cache(maxsize=1)
def _facts_for_anybody() -> QuerySet[Assignment]:
    return to_be_told(_facts(cast("User", Somebody(ANYBODY))))


def _facts(user: User | AnonymousUser) -> QuerySet[Assignment]:
    """The assignments that the person sees, with `_FACTS`."""
    inside = {"seminar": OuterRef("seminar_id")}
    mine = (
        Membership.objects.filter(user=user.pk, **inside) if user.pk else Membership.objects.none()
    )
    places: Any = Group.members.through.objects
    own = (
        places.filter(user=user.pk, group__seminar=OuterRef("seminar_id"))
        if user.pk
        else places.none()
    )
    limited: Any = Membership.sections.through
    sections = limited.objects.filter(
        membership__user=user.pk, membership__seminar=OuterRef(OuterRef("seminar_id"))
    )
    overseen = places.filter(group__in=sections.values("group")) if user.pk else places.none()
    hiding = Round.objects.filter(assignment=OuterRef("pk"), mode=RoundMode.BLIND).filter(
        Q(ends_at=None) | Q(ends_at__gt=Now())
    )
    about = Appearance.objects.filter(
        Q(about=NAMES) | Q(about=OuterRef("seminar_id")) | Q(about=OuterRef("pk"))
    )
    lists: dict[str, QuerySet[Any]] = {
        "own_groups": own.order_by("group_id").values("group_id"),
        "set_groups": Assignment.groups.through.objects.filter(assignment=OuterRef("pk"))
        .order_by("group_id")
        .values("group_id"),
        "people": overseen.order_by("user_id").values("user_id"),
        "staff": Membership.objects.staff().filter(**inside).order_by("user_id").values("user_id"),
        "appearances": about.order_by("about").values("changes"),
        "hiding": hiding.order_by("pk").values("pk"),
        "revealing": hiding.filter(reveals_after__isnull=False).order_by("pk").values("pk"),
    }
    return Assignment.objects.visible_to(user).annotate(
        role=Subquery(mine.values("role")[:1]),
        limited=Subquery(mine.values("is_limited")[:1]),
        **{name: ArraySubquery(rows) for name, rows in lists.items()},
    )
