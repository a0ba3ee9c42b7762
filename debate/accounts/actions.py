"""What changes accounts: profiles, tokens made and revoked."""

from __future__ import annotations

import zoneinfo
from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models.functions import Now

from debate.accounts.enums import Scope
from debate.accounts.models import ApiToken, User
from debate.core.errors import Invalid, Missing
from debate.core.text import clean_name

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID


def change_profile(*, actor: User, name: str, time_zone: str) -> User:
    """Change how others read the actor's name, and the zone in which times are shown.

    `time_zone` is a name of the IANA time zone database. Raises Invalid that names the field.
    """
    name = clean_name(name, field="name")
    if time_zone not in zoneinfo.available_timezones():
        raise Invalid("Choose a time zone such as Europe/Berlin.", field="time_zone")
    User.objects.filter(pk=actor.pk).update(name=name, time_zone=time_zone)
    actor.name, actor.time_zone = name, time_zone
    return actor


@transaction.atomic
def create_token(
    *, actor: User, name: str, scopes: Sequence[str] = (Scope.READ,), days: int = 90
) -> tuple[ApiToken, str]:
    """Make a token for the actor; returns it with its secret, which is never seen again.

    `days` is its life, 1 to 365. Raises Invalid that names `name`, `scopes` or `days`.
    """
    name = clean_name(name, field="name", limit=100)
    if not scopes or set(scopes) - set(Scope.values):
        raise Invalid("Choose at least one of: " + ", ".join(Scope.values) + ".", field="scopes")
    if not 1 <= days <= ApiToken.LONGEST_DAYS:
        raise Invalid(f"A token lives 1 to {ApiToken.LONGEST_DAYS} days.", field="days")
    secret = ApiToken.fresh_secret()
    token = ApiToken.objects.create(
        user=actor,
        name=name,
        prefix=secret[:9],
        digest=ApiToken.digest_of(secret),
        scopes=sorted(set(scopes)),
        expires_at=ApiToken.expiry(days),
    )
    return token, secret


def revoke_token(*, actor: User, token_id: UUID) -> None:
    """End one of the actor's tokens at once; again does nothing. Raises Missing for another's."""
    tokens = ApiToken.objects.visible_to(actor).filter(pk=token_id)
    if not tokens.exists():
        raise Missing
    tokens.filter(revoked_at=None).update(revoked_at=Now())


@transaction.atomic
def make_operator(*, username: str, email: str, name: str = "", password: str = "") -> User:
    """Make an account whose owner runs the site, or make one that exists an operator's.

    For whoever has the command line, hence no actor. The address counts as verified, and an account
    that exists keeps its password. Raises Invalid that names the field.
    """
    email = email.lower()
    person = User.objects.select_for_update().filter(username__iexact=username).first()
    if person is None:
        person = User(username=username, name=name or username)
        _set_password(person, password)
    person.email = email
    person.is_staff = person.is_superuser = person.is_active = True
    try:
        person.full_clean()
    except ValidationError as error:
        field, sentences = next(iter(error.message_dict.items()))
        at = "email" if "email" in sentences[0] else field
        raise Invalid(sentences[0], field=at) from error
    person.save()
    EmailAddress.objects.filter(user=person).exclude(email=email).update(primary=False)
    EmailAddress.objects.update_or_create(
        user=person, email=email, defaults={"verified": True, "primary": True}
    )
    return person


def _set_password(person: User, password: str) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from error
    person.set_password(password)
