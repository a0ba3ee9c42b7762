"""What makes, revokes and accepts invitations."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone

from debate.accounts.actions import count_attempt, uncount_attempt
from debate.core.errors import Invalid, Missing, NotAllowed
from debate.seminars.actions.people import Standing, lock_people, settle
from debate.seminars.enums import GroupKind, Role
from debate.seminars.models import Group, Invitation, Membership, Seminar
from debate.seminars.permissions import may_manage, membership_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from debate.accounts.models import User

MOST_USES = 10_000
HOUR = 3_600
# One sentence for whatever is the matter: which it is, is nobody's business who was not invited.
NO_WAY_IN = (
    "This invitation lets nobody in: it is unknown, has expired, was revoked or is used up. "
    "Please ask whoever gave it to you for another."
)


@transaction.atomic
def create_invitation(
    *,
    actor: User,
    seminar: Seminar,
    role: str = Role.STUDENT,
    section_id: UUID | None = None,
    most_uses: int | None = None,
    days: int = Invitation.LONGEST_DAYS,
) -> tuple[Invitation, str, str]:
    """Make a way into the seminar; returns it with its link's token and its short code.

    Neither is ever seen again. `most_uses` None lets in any number, 1 a single person. Students
    who come in belong to the section, assistants are limited to it. Raises NotAllowed for all but
    instructors, Invalid that names `role`, `section`, `most_uses` or `days`.
    """
    if not may_manage(membership_of(actor, seminar), seminar):
        raise NotAllowed("Only instructors of this seminar invite people.")
    if role not in Role.values:
        raise Invalid("Choose one of: " + ", ".join(Role.values) + ".", field="role")
    if most_uses is not None and not 1 <= most_uses <= MOST_USES:
        raise Invalid(f"Give a number from 1 to {MOST_USES:,}, or none.", field="most_uses")
    if not 1 <= days <= Invitation.LONGEST_DAYS:
        raise Invalid(f"An invitation lives 1 to {Invitation.LONGEST_DAYS} days.", field="days")
    token, code = Invitation.fresh_secrets()
    invitation = Invitation.objects.create(
        seminar=seminar,
        role=role,
        section=_section(seminar, section_id, role) if section_id else None,
        token_digest=Invitation.digest_of(token),
        code_digest=Invitation.digest_of(code),
        hint=code[:4],
        most_uses=most_uses,
        expires_at=timezone.now() + timedelta(days=days),
        created_by=actor,
    )
    return invitation, token, code


def _section(seminar: Seminar, section_id: UUID, role: str) -> Group:
    if role not in {Role.STUDENT, Role.ASSISTANT}:
        raise Invalid("Only students and assistants belong to sections.", field="section")
    section = seminar.groups.filter(kind=GroupKind.SECTION, pk=section_id).first()
    if section is None:
        raise Invalid("Choose a section of this seminar.", field="section")
    return section


def revoke_invitation(*, actor: User, invitation_id: UUID) -> None:
    """End an invitation at once; again does nothing. Raises Missing for all but instructors."""
    invitations = Invitation.objects.visible_to(actor).filter(pk=invitation_id)
    if not invitations.exists():
        raise Missing
    invitations.filter(revoked_at=None).update(revoked_at=Now())


def find_invitation(*, secret: str, limits: Mapping[str, int] | None = None) -> Invitation:
    """The invitation of that link's token or short code, if it lets somebody in.

    `limits` says how often an hour each key, such as an account or an address, may be wrong; a
    link's token is too long to be guessed and needs none. To be called outside a transaction.
    Raises Invalid on `code`, with one sentence for all that may be the matter, and TooMany.
    """
    keys = {f"invitation:{key}": limit for key, limit in (limits or {}).items()}
    for key, limit in keys.items():
        count_attempt(key=key, limit=limit, seconds=HOUR)
    known = Invitation.objects.known_by(secret)
    invitation = known.acceptable().select_related("seminar", "section").first()
    if invitation is None:
        raise Invalid(NO_WAY_IN, field="code", code="no_way_in")
    for key in keys:
        uncount_attempt(key=key)
    return invitation


@transaction.atomic
def accept_invitation(*, actor: User, invitation_id: UUID) -> Membership:
    """Become a member by an invitation. Members stay what they are, and use nothing up.

    Of many people who accept a single-use invitation at once exactly one gets in: one statement
    both looks whether it is used up and uses it. Raises Invalid on `code`.
    """
    invitation = (
        Invitation.objects.filter(pk=invitation_id).select_related("seminar", "section").first()
    )
    if invitation is None:
        raise Invalid(NO_WAY_IN, field="code", code="no_way_in")
    seminar = lock_people(invitation.seminar)
    membership = membership_of(actor, seminar)
    if membership is not None:
        return membership
    usable = Invitation.objects.usable().filter(pk=invitation_id)
    if seminar.archived_at is not None or not usable.update(uses=F("uses") + 1):
        raise Invalid(NO_WAY_IN, field="code", code="no_way_in")
    return join(seminar, actor, invitation.role, invitation.section)


def join(seminar: Seminar, user: User, role: str, section: Group | None) -> Membership:
    """Make the person a member of that role, in the section or limited to it.

    The caller has the seminar's lock and has judged that the person gets in.
    """
    if section is None:
        return settle(seminar, user, Standing(role))
    limited = True if role == Role.ASSISTANT else None
    return settle(seminar, user, Standing(role, limited, (section.pk,)), [section])
