"""The stand-in through whose eyes an instructor sees what a student sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.db import transaction

from debate.accounts.models import User
from debate.core.errors import NotAllowed
from debate.seminars.actions.seminars import lock_seminar
from debate.seminars.enums import Role
from debate.seminars.models import Membership
from debate.seminars.permissions import is_instructor, membership_of

if TYPE_CHECKING:
    from debate.seminars.models import Seminar

NAME = "A student"


@transaction.atomic
def begin_student_view(*, actor: User, seminar: Seminar) -> User:
    """The seminar's stand-in, made when it is first looked through.

    An account that nobody can sign in to: not active, without password and address. It is a member
    so that every rule for students holds for it, and none of `Membership.objects.people()`. Raises
    NotAllowed for all but instructors.
    """
    locked = lock_seminar(seminar)
    if not is_instructor(membership_of(actor, locked)):
        raise NotAllowed("Only instructors of this seminar see it as a student does.")
    stand_in, _ = User.objects.get_or_create(
        username=locked.stand_in_username,
        defaults={"name": NAME, "is_active": False, "password": make_password(None)},
    )
    Membership.objects.update_or_create(
        seminar=locked, user=stand_in, defaults={"role": Role.STUDENT}
    )
    return stand_in
