"""The state in which a person reads the annotations of an assignment, without looking at them.

What the API hashes into the tags of lists, exports and feeds: as long as the state is the same, the
person is shown the same.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Now

from annotations.models import Appearance
from annotations.models.appearance import NAMES
from annotations.queries.view_keys import View, view_of
from debate.assignments.enums import RoundMode
from debate.assignments.models import Assignment, Round
from debate.core.db import ANYBODY, Somebody, Statement, asked
from debate.seminars.enums import STAFF, WRITERS
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from collections.abc import Collection

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from debate.accounts.models import User

State = tuple[object, ...]
"""Parts whose texts tell one state from another."""

TOLD = (
    "seminar__slug",
    "slug",
    "title",
    "seminar__title",
    "essay__title",
    "essay__byline_author",
    "essay__affiliation",
    "essay__language",
    "essay__current_revision_id",
)
"""Where an assignment is, and what files of it tell beside annotations; no change line says so."""

# That, what `View` is made of, and what is called how. The last two say which blind rounds hide.
_FACTS = (
    *TOLD,
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
    statement = _statement(is_visitor=user.pk is None)
    rows = statement.ask({ANYBODY: user.pk, _WHICH: assignment_id}) if statement else []
    if not rows:
        return None
    if user.pk and not rows[0][-1]:
        return (user.pk, assignment_id, *rows[0])
    assignment = Assignment.objects.select_related("seminar", "essay").get(pk=assignment_id)
    return (user.pk, assignment_id, *rows[0], view_of(user, assignment).key)


def stem_of(state: State) -> str:
    """The short names of seminar and assignment, by which files of it are called."""
    seminar, slug = state[2:4]
    return f"{seminar}-{slug}"


_GROUPS = "SELECT group_id FROM seminars_group_members WHERE user_id = %s"


def view_in(state: State, groups: Collection[UUID] | None = None) -> View | None:
    """The rules by which the person sees the assignment in that state, as `view_of` finds them.

    None for a visitor, and where a blind round reveals itself after some posts, which only
    annotations tell. Takes one query, for the groups that the person is in, where they are not given.
    """
    user_id, assignment_id, *facts = state[: 2 + len(_FACTS)]
    one: dict[str, Any] = dict(zip(_FACTS, facts, strict=True))
    if not user_id or one["revealing"]:
        return None
    own: frozenset[UUID] = frozenset()
    if one["role"] in WRITERS:
        rows = asked(_GROUPS, [user_id]) if groups is None else []
        own = frozenset(groups or (pk for (pk,) in rows))
    is_in = one["role"] is not None
    view = View(
        user_id=cast("UUID", user_id),
        assignment_id=cast("UUID", assignment_id),
        revision=one["revision"],
        role=one["role"] or "",
        is_limited=bool(one["limited"]),
        is_set=is_in
        and (
            not one["is_for_groups"]
            or one["role"] in STAFF
            or not own.isdisjoint(one["set_groups"])
        ),
        shows_public=one["essay__is_public"] and one["seminar__allows_public"],
        uses_pseudonyms=one["uses_pseudonyms"],
        is_archived=one["seminar__archived_at"] is not None,
        groups=own,
        people=frozenset(one["people"] if one["limited"] else ()),
        colleagues=frozenset(one["staff"] if one["limited"] else ()),
    )
    return view if view.oversees_all else replace(view, closed_rounds=frozenset(one["hiding"]))


def with_appearances(assignments: QuerySet[Assignment]) -> QuerySet[Any]:
    """The assignments, each with the numbers (`appearances`) of what its annotations are shown with."""
    return assignments.annotate(appearances=ArraySubquery(_appearances()))


def _appearances() -> QuerySet[Any]:
    about = Q(about=NAMES) | Q(about=OuterRef("seminar_id")) | Q(about=OuterRef("pk"))
    return Appearance.objects.filter(about).order_by("about").values("changes")


_WHICH = UUID(int=ANYBODY.int - 1)
"""Stands for the assignment's id in the statement."""


@lru_cache(maxsize=2)
def _statement(*, is_visitor: bool) -> Statement | None:
    """That of the facts of one assignment, for whoever asks."""
    reader = cast("User", Somebody(None if is_visitor else ANYBODY))
    return Statement.of(_facts(reader).filter(pk=_WHICH).values_list(*_FACTS))


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
    lists: dict[str, QuerySet[Any]] = {
        "own_groups": own.order_by("group_id").values("group_id"),
        "set_groups": Assignment.groups.through.objects.filter(assignment=OuterRef("pk"))
        .order_by("group_id")
        .values("group_id"),
        "people": overseen.order_by("user_id").values("user_id"),
        "staff": Membership.objects.staff().filter(**inside).order_by("user_id").values("user_id"),
        "appearances": _appearances(),
        "hiding": hiding.order_by("pk").values("pk"),
        "revealing": hiding.filter(reveals_after__isnull=False).order_by("pk").values("pk"),
    }
    return Assignment.objects.visible_to(user).annotate(
        role=Subquery(mine.values("role")[:1]),
        limited=Subquery(mine.values("is_limited")[:1]),
        **{name: ArraySubquery(rows) for name, rows in lists.items()},
    )
