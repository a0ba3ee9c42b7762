"""Whose names a person reads beside rows that have no alias of their own: marks, checks, claims.

Not one of the usual module names: it is a part of the queries of several models. Where students
write under pseudonyms, a name beside such a row would tell who stands behind an alias.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Case, Exists, OuterRef, Q, Value, When
from django.db.models.functions import Coalesce, NullIf

from debate.assignments.models import Assignment
from debate.seminars.models import Group, Membership

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from debate.accounts.models import User

SOMEBODY = "a member"


def is_named_to(user: User | AnonymousUser, *, person: str, seminar: str = "seminar_id") -> Q:
    """Rows beside which the user reads the name of `person`; `seminar` is the path to its id.

    Everybody's where no assignment of the seminar uses pseudonyms. Else students read the names of
    staff and their own; staff those of all, assistants limited to sections their people's.
    """
    whose = f"{person}_id"
    memberships = Membership.objects.of(user)
    pseudonyms = Assignment.objects.filter(seminar=OuterRef(seminar), uses_pseudonyms=True)
    staff = Membership.objects.staff().filter(seminar=OuterRef(seminar), user=OuterRef(whose))
    section = Group.members.through.objects.filter(
        user=OuterRef(whose),
        group__seminar=OuterRef(seminar),
        group__in=memberships.limited().values("sections"),
    )
    staffed = memberships.unlimited().values("seminar_id")
    named = ~Q(Exists(pseudonyms)) | Q(Exists(staff)) | Q(Exists(section))
    named |= Q(**{f"{seminar}__in": staffed})
    return named | Q(**{whose: user.pk}) if user.pk else named


def shown_name(user: User | AnonymousUser, *, person: str, seminar: str = "seminar_id") -> Case:
    """The name of `person` as the user reads it: "a member" where `is_named_to` says no."""
    name = Coalesce(NullIf(f"{person}__name", Value("")), f"{person}__username")
    return Case(
        When(is_named_to(user, person=person, seminar=seminar), then=name), default=Value(SOMEBODY)
    )
