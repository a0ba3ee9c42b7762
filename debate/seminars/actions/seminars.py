"""What makes and changes seminars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify

from debate.core.errors import Conflict, Invalid
from debate.core.text import clean, clean_name
from debate.seminars.enums import Role
from debate.seminars.models import Membership, Seminar, validate_time_zone

if TYPE_CHECKING:
    from debate.accounts.models import User


@transaction.atomic
def create_seminar(
    *,
    actor: User,
    title: str,
    slug: str = "",
    description: str = "",
    time_zone: str = "UTC",
    allows_public: bool = False,
) -> Seminar:
    """Make a seminar whose first instructor is the actor.

    The slug is made from the title when none is given. Raises Invalid that names the field, and
    Conflict on `slug` when another seminar has it.
    """
    title = clean_name(title, field="title")
    slug = slugify(slug or title)[:80]
    if not slug:
        raise Invalid("Please give an address of letters a to z and digits.", field="slug")
    if Seminar.objects.filter(slug=slug).exists():
        raise Conflict("Another seminar has this address.", field="slug")
    try:
        validate_time_zone(time_zone)
    except ValidationError as error:
        raise Invalid(f"{time_zone} is not a time zone.", field="time_zone") from error
    seminar = Seminar.objects.create(
        title=title,
        slug=slug,
        description=clean(description, field="description", limit=5_000, required=False),
        time_zone=time_zone,
        allows_public=allows_public,
    )
    Membership.objects.create(seminar=seminar, user=actor, role=Role.INSTRUCTOR)
    return seminar
