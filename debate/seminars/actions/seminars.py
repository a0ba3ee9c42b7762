"""What makes and changes seminars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now
from django.utils.text import slugify

from debate.core.errors import Conflict, Invalid, InvalidState, NotAllowed
from debate.core.models import uuid7
from debate.core.text import clean, clean_name
from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar, validate_time_zone
from debate.seminars.permissions import is_instructor, membership_of

if TYPE_CHECKING:
    from uuid import UUID

    from debate.accounts.models import User

RESERVED = frozenset({"new"})
"""Addresses below `/seminars/` that are no seminar's; "-" is none because it is no slug of ours."""
LONGEST_ADDRESS = 80
ARCHIVED = "This seminar is archived. Restore it first."


@transaction.atomic
def create_seminar(
    *,
    actor: User,
    title: str,
    slug: str = "",
    description: str = "",
    time_zone: str = "UTC",
    allows_public: bool = False,
    seminar_id: UUID | None = None,
) -> Seminar:
    """Make a seminar whose first instructor is the actor. Whether the actor may, the caller asks.

    Without a slug, one that is free is made from the title. `seminar_id` names the seminar to be,
    so that what is sent twice makes one. Raises Invalid that names the field, and Conflict on
    `slug` when the one that is given is taken.
    """
    title = clean_name(title, field="title")
    seminar = Seminar.objects.create(
        id=seminar_id or uuid7(),
        title=title,
        slug=_given_address(slug) if slug else free_address(title),
        description=_description(description),
        time_zone=_time_zone(time_zone),
        allows_public=allows_public,
    )
    Membership.objects.create(seminar=seminar, user=actor, role=Role.INSTRUCTOR)
    return seminar


@transaction.atomic
def change_seminar(
    *,
    actor: User,
    seminar: Seminar,
    title: str,
    description: str = "",
    time_zone: str,
    allows_public: bool = False,
    students_make_groups: bool = False,
    asks_consent: bool = False,
) -> Seminar:
    """Change how the seminar is called and what is allowed in it; the address stays.

    Where public annotations are no longer allowed, those there are stay within the seminar. Raises
    NotAllowed for all but instructors, InvalidState when it is archived, Invalid that names the
    field.
    """
    locked = _locked(actor, seminar, "Only instructors of this seminar change its settings.")
    if locked.archived_at:
        raise InvalidState(ARCHIVED)
    locked.title = clean_name(title, field="title")
    locked.description = _description(description)
    locked.time_zone = _time_zone(time_zone)
    locked.allows_public = allows_public
    locked.students_make_groups = students_make_groups
    locked.asks_consent = asks_consent
    locked.save()
    return locked


@transaction.atomic
def archive_seminar(*, actor: User, seminar: Seminar) -> Seminar:
    """End the seminar: it stays readable, and nothing is written in it any more.

    Again does nothing. Raises NotAllowed for all but instructors.
    """
    locked = _locked(actor, seminar, "Only instructors of this seminar archive it.")
    if locked.archived_at is None:
        Seminar.objects.filter(pk=locked.pk).update(archived_at=Now(), updated_at=Now())
        locked.refresh_from_db()
    return locked


@transaction.atomic
def restore_seminar(*, actor: User, seminar: Seminar) -> Seminar:
    """Take the seminar out of the archive; again does nothing. Raises NotAllowed."""
    locked = _locked(actor, seminar, "Only instructors of this seminar restore it.")
    locked.archived_at = None
    locked.save(update_fields=["archived_at", "updated_at"])
    return locked


def lock_seminar(seminar: Seminar) -> Seminar:
    """Lock the seminar as every change of its people and groups does; gives it as it stands now."""
    return Seminar.objects.select_for_update(no_key=True).get(pk=seminar.pk)


def free_address(title: str) -> str:
    """An address made from the title that no seminar has: with a number where the first is taken."""
    stem = slugify(title)[: LONGEST_ADDRESS - 4].strip("-_") or "seminar"
    taken = set(Seminar.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    taken |= RESERVED
    number, address = 1, stem
    while address in taken:
        number += 1
        address = f"{stem}-{number}"
    return address


def _given_address(slug: str) -> str:
    address = slugify(slug)[:LONGEST_ADDRESS].strip("-_")
    if not address:
        raise Invalid("Please give an address of letters a to z and digits.", field="slug")
    if address in RESERVED or Seminar.objects.filter(slug=address).exists():
        raise Conflict("Another seminar has this address.", field="slug")
    return address


def _locked(actor: User, seminar: Seminar, refusal: str) -> Seminar:
    locked = lock_seminar(seminar)
    if not is_instructor(membership_of(actor, locked)):
        raise NotAllowed(refusal)
    return locked


def _description(text: str) -> str:
    return clean(text, field="description", limit=5_000, required=False)


def _time_zone(name: str) -> str:
    try:
        validate_time_zone(name)
    except ValidationError as error:
        raise Invalid(f"{name} is not a time zone.", field="time_zone") from error
    return name
