"""What changes who belongs to a seminar, and as what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from debate.core.errors import Conflict, Invalid, InvalidState, Missing, NotAllowed
from debate.core.text import clean_name
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Membership, RosterEntry, Seminar
from debate.seminars.permissions import may_manage, membership_of
from debate.seminars.queries.people import account_of_username, accounts_by_address

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

LONGEST_ADDRESS = 254


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person is to be in a seminar.

    None leaves limits and sections as they are, as far as they fit the role. A student belongs to
    at most one section; an assistant who is limited acts for the sections named only.
    """

    role: str
    is_limited: bool | None = None
    sections: tuple[UUID, ...] | None = None


@transaction.atomic
def add_member(*, actor: User, seminar: Seminar, user: User, role: str) -> Membership:
    """Make the person a member, or give a member another role. Raises NotAllowed, Invalid.

    The last instructor keeps the role, so that no seminar is left without one.
    """
    lock_for_people(actor, seminar)
    return _stand(seminar, user, Standing(role))


def add_person(
    *, actor: User, seminar: Seminar, who: str, standing: Standing
) -> Membership | RosterEntry:
    """Add somebody by username or e-mail address.

    Somebody whose confirmed address it is becomes a member; an address without account is kept on
    the roster until its owner signs in. Raises NotAllowed, Invalid and, for members, Conflict on
    `who`.
    """
    with transaction.atomic():
        lock_for_people(actor, seminar)
        who = clean_name(who, field="who", limit=LONGEST_ADDRESS)
        user = accounts_by_address([who]).get(who.lower()) or account_of_username(who)
        if user is None:
            return _expect(actor, seminar, who, standing)
        if seminar.memberships.filter(user=user).exists():
            raise Conflict(f"{user.display_name} is a member already.", field="who")
        return _stand(seminar, user, standing)


def _expect(actor: User, seminar: Seminar, who: str, standing: Standing) -> RosterEntry:
    try:
        validate_email(who)
    except ValidationError as error:
        raise Invalid(
            "There is nobody with that username. With an e-mail address you can add people who "
            "have no account yet.",
            field="who",
        ) from error
    sections = _sections(seminar, standing)
    if len(sections) > 1 or (standing.is_limited and not sections):
        raise Invalid("Choose one section for somebody without an account.", field="sections")
    kept = {"role": standing.role, "section": next(iter(sections), None)}
    entry, _ = RosterEntry.objects.update_or_create(
        seminar=seminar,
        email=who.lower(),
        defaults=kept,
        create_defaults={**kept, "created_by": actor},
    )
    return entry


@transaction.atomic
def change_member(*, actor: User, membership_id: UUID, standing: Standing) -> Membership:
    """Give a member another role, or other limits and sections; acts on the next request.

    Raises Missing, NotAllowed for all but instructors, Invalid that names `role`, `is_limited` or
    `sections`.
    """
    membership = _found(actor, membership_id)
    lock_for_people(actor, membership.seminar)
    # Again, under the lock: the person may have left meanwhile.
    fresh = Membership.objects.filter(pk=membership_id).first()
    if fresh is None:
        raise Missing
    return _stand(membership.seminar, membership.user, standing)


@transaction.atomic
def remove_member(*, actor: User, membership_id: UUID) -> None:
    """End somebody's membership; what the person wrote stays. Acts on the next request.

    Raises Missing, NotAllowed for all but instructors, InvalidState for the last instructor.
    """
    membership = _found(actor, membership_id)
    lock_for_people(actor, membership.seminar)
    _end(membership)


@transaction.atomic
def leave_seminar(*, actor: User, seminar: Seminar) -> None:
    """End the actor's own membership, also of an archived seminar.

    Raises Missing, InvalidState for the last instructor.
    """
    lock_people(seminar)
    membership = membership_of(actor, seminar)
    if membership is None:
        raise Missing
    _end(membership)


@transaction.atomic
def say_consent(*, actor: User, seminar: Seminar, consents: bool | None) -> Membership:
    """Say whether one's own words may go into research; None takes an answer back.

    Also in an archived seminar. Raises Missing for who is no member, InvalidState where the seminar
    does not ask.
    """
    locked = lock_people(seminar)
    membership = membership_of(actor, locked)
    if membership is None:
        raise Missing
    if not locked.asks_consent:
        raise InvalidState("This seminar does not ask whether your words may go into research.")
    membership.consents = consents
    membership.save(update_fields=["consents", "updated_at"])
    return membership


def lock_people(seminar: Seminar) -> Seminar:
    """The seminar, locked until the transaction ends: its members change one after the other."""
    return Seminar.objects.select_for_update(no_key=True).get(pk=seminar.pk)


def lock_for_people(actor: User, seminar: Seminar) -> None:
    """As `lock_people`, for what only instructors do. Raises NotAllowed for the others."""
    locked = lock_people(seminar)
    if not may_manage(membership_of(actor, locked), locked):
        raise NotAllowed("Only instructors of this seminar add, change and remove people.")


def _found(actor: User, membership_id: UUID) -> Membership:
    found = Membership.objects.filter(
        pk=membership_id, seminar__in=Seminar.objects.visible_to(actor)
    )
    membership = found.select_related("seminar", "user").first()
    if membership is None:
        raise Missing
    return membership


def _stand(seminar: Seminar, user: User, standing: Standing) -> Membership:
    """Make the person a member of that standing. Needs the seminar's lock."""
    sections = _sections(seminar, standing)
    instructors = seminar.memberships.filter(role=Role.INSTRUCTOR)
    if standing.role != Role.INSTRUCTOR and not instructors.exclude(user=user).exists():
        raise Invalid("A seminar keeps at least one instructor.", field="role")
    return settle(seminar, user, standing, sections)


def settle(
    seminar: Seminar, user: User, standing: Standing, sections: list[Group] | None = None
) -> Membership:
    """Write the membership, and take away limits, sections and groups that its role has not.

    The caller has the seminar's lock and has judged the standing; `sections` are those it names.
    """
    known = Membership.objects.filter(seminar=seminar, user=user).first()
    is_assistant = standing.role == Role.ASSISTANT
    is_limited = standing.is_limited
    if is_limited is None:
        is_limited = known is not None and known.is_limited
    membership, _ = Membership.objects.update_or_create(
        seminar=seminar,
        user=user,
        defaults={"role": standing.role, "is_limited": is_assistant and is_limited},
    )
    named = standing.sections is not None
    if not is_assistant or not membership.is_limited:
        membership.sections.clear()
    elif named:
        membership.sections.set(sections or [])
    if standing.role == Role.OBSERVER:
        _leave_groups(membership)
    elif standing.role != Role.STUDENT or named:
        _leave_groups(membership, kind=GroupKind.SECTION)
    if standing.role == Role.STUDENT and named:
        user.reading_groups.add(*(sections or []))
    return membership


def _sections(seminar: Seminar, standing: Standing) -> list[Group]:
    """The sections that the standing names. Raises Invalid for what no role has."""
    if standing.role not in Role.values:
        raise Invalid("Choose one of: " + ", ".join(Role.values) + ".", field="role")
    if standing.is_limited and standing.role != Role.ASSISTANT:
        raise Invalid("Only assistants are limited to sections.", field="is_limited")
    wanted = set(standing.sections or ())
    if not wanted:
        return []
    found = list(seminar.groups.filter(kind=GroupKind.SECTION, pk__in=wanted))
    if len(found) != len(wanted):
        raise Invalid("Choose sections of this seminar.", field="sections")
    if standing.role not in {Role.STUDENT, Role.ASSISTANT}:
        raise Invalid("Only students and assistants belong to sections.", field="sections")
    if standing.role == Role.STUDENT and len(found) > 1:
        raise Invalid("A student belongs to one section at most.", field="sections")
    if standing.role == Role.ASSISTANT and standing.is_limited is False:
        raise Invalid("Limit the assistant to these sections, or choose none.", field="is_limited")
    return found


def _leave_groups(membership: Membership, **kinds: str) -> None:
    places = Group.members.through.objects.filter(
        user=membership.user_id,
        group__in=Group.objects.filter(seminar=membership.seminar_id, **kinds),
    )
    places.delete()


def _end(membership: Membership) -> None:
    """End the membership, and with it the person's place in groups. Needs the seminar's lock."""
    others = Membership.objects.filter(seminar=membership.seminar_id, role=Role.INSTRUCTOR)
    if membership.role == Role.INSTRUCTOR and not others.exclude(pk=membership.pk).exists():
        raise InvalidState(
            "A seminar keeps at least one instructor. Make somebody else instructor first."
        )
    _leave_groups(membership)
    membership.delete()
